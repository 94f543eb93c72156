//! From the fields of a CSV row to a charge.

use encoding_rs::GB18030;
use huaweicloud_partner::{
    bills::{BillClass, PeriodType},
    types::{Amount, BillCycle, UtcTime},
};
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

use super::{
    BadRowReason, Encoding,
    columns::{Column, Layout},
    schedule,
};
use crate::charge::{Charge, Origin, PaymentMode};

/// The fields of one row as text, decoded.
#[derive(Default)]
pub(super) struct Fields {
    text: String,
    ends: Vec<usize>,
}

/// Text of one row, either as it stands in the file or decoded.
#[derive(Clone, Copy)]
pub(super) enum Row<'r> {
    /// UTF-8 as it stands in the record.
    Plain(&'r str, &'r csv::ByteRecord),
    /// Decoded from another encoding.
    Decoded(&'r Fields),
}

impl<'r> Row<'r> {
    /// The field at a place, without blanks around it; `None` where there is no such field or nothing in it.
    pub(super) fn get(self, place: usize) -> Option<&'r str> {
        let field = match self {
            Self::Plain(text, record) => text.get(record.range(place)?)?,
            Self::Decoded(fields) => {
                let begin = match place.checked_sub(1) {
                    Some(before) => *fields.ends.get(before)?,
                    None => 0,
                };
                fields.text.get(begin..*fields.ends.get(place)?)?
            }
        };
        // Most fields begin and end with a visible letter of ASCII: then there is nothing to trim.
        let visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        if visible(field.as_bytes().first()) && visible(field.as_bytes().last()) {
            return Some(field);
        }
        let field = field.trim();
        (!field.is_empty()).then_some(field)
    }

    pub(super) fn len(self) -> usize {
        match self {
            Self::Plain(_, record) => record.len(),
            Self::Decoded(fields) => fields.ends.len(),
        }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'r str> {
        (0..self.len()).map(move |place| self.get(place).unwrap_or_default())
    }
}

/// Decoder for the encoding of a member's rows, detected with the first row that is not plain ASCII.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoder {
    pub(super) encoding: Option<Encoding>,
}

impl Decoder {
    /// The row as text, or `None` where it is not text in the member's encoding.
    pub(super) fn decode<'r>(
        &mut self,
        record: &'r csv::ByteRecord,
        fields: &'r mut Fields,
    ) -> Option<Row<'r>> {
        let bytes = record.as_slice();
        // UTF-16 is UTF-8 by the time it comes here.
        if self.encoding != Some(Encoding::Gbk) || bytes.is_ascii() {
            if let Ok(text) = std::str::from_utf8(bytes) {
                if self.encoding.is_none() && !bytes.is_ascii() {
                    self.encoding = Some(Encoding::Utf8);
                }
                return Some(Row::Plain(text, record));
            }
            if matches!(self.encoding, Some(Encoding::Utf8 | Encoding::Utf16)) {
                return None;
            }
        }
        fields.text.clear();
        fields.ends.clear();
        for field in record {
            let decoded = GB18030.decode_without_bom_handling_and_without_replacement(field)?;
            fields.text.push_str(&decoded);
            fields.ends.push(fields.text.len());
        }
        self.encoding = Some(Encoding::Gbk);
        Some(Row::Decoded(fields))
    }
}

/// Set of fields of good rows that could not be read and count as unknown.
#[derive(Default)]
pub(super) struct Unreadable(pub(super) u64);

/// Facts that the whole file states about each of its rows.
pub(super) struct FileFacts<'f> {
    pub(super) layout: &'f Layout,
    pub(super) cycle: Option<BillCycle>,
    pub(super) currency: Option<&'f str>,
}

/// The charge of a row.
pub(super) fn charge<'r>(
    row: Row<'r>,
    facts: &FileFacts<'r>,
    unreadable: &mut Unreadable,
) -> Result<Charge<'r>, BadRowReason> {
    let layout = facts.layout;
    if row.len() != layout.width {
        return Err(BadRowReason::FieldCount { expected: layout.width, found: row.len() });
    }
    let text = |column: Column| {
        let at = |place: usize| row.get(place).filter(|text| !is_none(text));
        layout.place(column).and_then(at).or_else(|| layout.alternatives(column).find_map(at))
    };
    let money = |column: Column| match text(column) {
        None => Ok(None),
        Some(text) => match text.parse::<Amount>() {
            Ok(amount) => Ok(Some(amount)),
            Err(_) => Err(BadRowReason::Amount { column, text: text.to_owned() }),
        },
    };
    let Some(customer_id) = text(Column::CustomerId) else { return Err(BadRowReason::NoCustomer) };
    let mut note = |found: bool| unreadable.0 += u64::from(!found);

    let cycle = match text(Column::BillCycle) {
        None => facts.cycle,
        Some(text) => match cycle(text) {
            Some(read) if facts.cycle.is_none_or(|expected| expected == read) => Some(read),
            _ => return Err(BadRowReason::Month(text.to_owned())),
        },
    };
    let payment_mode = text(Column::BillingMode).and_then(|text| {
        let mode = if text.len() <= 2 {
            PaymentMode::from_statement_code(text)
        } else {
            PaymentMode::from_statement_word(text)
        };
        note(mode.is_some());
        mode
    });
    let mut moment = |column: Column| {
        text(column).and_then(|text| {
            let time = local_time(text);
            note(time.is_some());
            time
        })
    };
    let trade_time = moment(Column::TradeTime);
    let consume_time = moment(Column::UsageEnd);
    let period_type = text(Column::PeriodUnit).and_then(|text| {
        let period = period(text);
        note(period.is_some());
        period
    });

    let mut charge = Charge {
        origin: Origin::Statement,
        payment_amount: money(Column::Payable)?,
        settlement_amount: money(Column::Settlement)?,
        official_amount: money(Column::ListPrice)?,
        official_discount_amount: money(Column::Discount)?,
        tax_amount: money(Column::Tax)?,
        cash_amount: money(Column::Cash)?,
        credit_amount: money(Column::Credit)?,
        coupon_amount: money(Column::Coupon)?,
        flexipurchase_coupon_amount: money(Column::FlexipurchaseCoupon)?,
        stored_value_card_amount: money(Column::StoredValueCard)?,
        debt_amount: money(Column::Debt)?,
        writeoff_amount: money(Column::WriteOff)?,
        usage_amount: money(Column::UsageAmount)?,
        period_num: money(Column::PeriodCount)?,
        ..Charge::default()
    };
    if charge.billed_amount().is_none() {
        return Err(BadRowReason::NoAmount);
    }
    let class_of_sign = || {
        let negative = charge.billed_amount().is_some_and(Amount::is_negative);
        if negative { None } else { Some(BillClass::Consumption) }
    };
    charge.bill_class = match text(Column::BillType) {
        // Without the column, what is below zero may be a refund or an adjustment.
        None => class_of_sign(),
        Some(text) => {
            let class = bill_class(text);
            note(class.is_some());
            class
        }
    };
    charge.customer_id = customer_id;
    charge.bill_cycle = cycle;
    charge.payment_mode = payment_mode;
    charge.trade_time = trade_time;
    charge.consume_time = consume_time;
    charge.period_type = period_type;
    charge.customer_name = text(Column::CustomerName);
    charge.account_name = text(Column::AccountName);
    charge.partner_id = text(Column::PartnerId);
    charge.service_type_code = text(Column::ServiceTypeCode);
    charge.service_type_name = text(Column::ServiceTypeName);
    charge.resource_type_code = text(Column::ResourceTypeCode);
    charge.resource_type_name = text(Column::ResourceTypeName);
    charge.trade_id = text(Column::TradeId);
    charge.original_order_id = text(Column::OriginalOrderId);
    charge.resource_id = text(Column::ResourceId);
    charge.resource_name = text(Column::ResourceName);
    charge.region_code = text(Column::RegionCode);
    charge.region_name = text(Column::RegionName);
    charge.product_id = text(Column::ProductId);
    charge.product_name = text(Column::ProductName);
    charge.product_spec_desc = text(Column::Specification);
    charge.resource_tag = text(Column::ResourceTag);
    charge.usage_type = text(Column::UsageType);
    charge.enterprise_project_id = text(Column::EnterpriseProjectId);
    charge.currency = text(Column::Currency).or(facts.currency);
    Ok(charge)
}

/// Words that exports write where there is nothing.
fn is_none(text: &str) -> bool {
    text.len() <= 4 && matches!(text, "-" | "--" | "null" | "NULL" | "\\N" | "N/A")
}

fn bill_class(text: &str) -> Option<BillClass> {
    match text {
        "消费" | "Expenditure" => return Some(BillClass::Consumption),
        "退款" | "Refund" => return Some(BillClass::Refund),
        "调账" | "Adjustment" => return Some(BillClass::Adjustment),
        _ => {}
    }
    let plain = text.to_lowercase();
    Some(match plain.as_str() {
        "消费" | "expenditure" | "consumption" | "1" => BillClass::Consumption,
        "退款" | "refund" | "2" => BillClass::Refund,
        "调账" | "adjustment" | "3" => BillClass::Adjustment,
        _ if plain.starts_with("消费") || plain.starts_with("expenditure") => BillClass::Consumption,
        _ if plain.starts_with("退款") || plain.starts_with("refund") => BillClass::Refund,
        _ if plain.starts_with("调账") || plain.starts_with("adjustment") => BillClass::Adjustment,
        _ => return None,
    })
}

fn period(text: &str) -> Option<PeriodType> {
    Some(match text.to_lowercase().trim_end_matches('s') {
        "年" | "year" => PeriodType::Year,
        "月" | "month" => PeriodType::Month,
        "天" | "日" | "day" => PeriodType::Day,
        "小时" | "hour" => PeriodType::Hour,
        "一次性" | "one-time" | "one-off" => PeriodType::OneOff,
        _ => return None,
    })
}

/// Reads `2019-09`, `2019/09`, `2019.09`, `201909`, `2019年9月`, `Sep 2019`, `September 2019` and `Sep-19` with the year
/// in full.
fn cycle(text: &str) -> Option<BillCycle> {
    let by_number = text.parse().ok().or_else(|| schedule::month(text));
    by_number.or_else(|| text.replace(['/', '.'], "-").parse().ok()).or_else(|| cycle_in_words(text))
}

/// A month with a word: `2019年9月` or an English name beside the year.
fn cycle_in_words(text: &str) -> Option<BillCycle> {
    if let Some((year, month)) = text.strip_suffix('月').and_then(|text| text.split_once('年')) {
        return format!("{}-{:0>2}", year.trim(), month.trim()).parse().ok();
    }
    let mut words = text.split([' ', '-', ',']).filter(|word| !word.is_empty());
    let (one, other) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|digit| digit.is_ascii_digit());
    let (name, year) = if is_year(one) { (other, one) } else { (one, other) };
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.trim_end_matches('.').to_lowercase();
    let number = NAMES.iter().position(|whole| name.len() >= 3 && whole.starts_with(&name))? + 1;
    is_year(year).then(|| format!("{year}-{number:02}").parse().ok()).flatten()
}

/// Reads `2020-09-28 09:00:00` with ` GMT+08:00`, ` (UTC+08:00)`, `Z`, `+08:00` or nothing behind it, which is Beijing.
pub(super) fn local_time(text: &str) -> Option<UtcTime> {
    let date = text.get(..10)?;
    let number = |from: usize, to: usize| -> Option<u16> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    };
    let separators = (date.as_bytes().get(4)?, date.as_bytes().get(7)?);
    if !matches!(separators, (b'-', b'-') | (b'/', b'/')) {
        return None;
    }
    let month = Month::try_from(u8::try_from(number(5, 7)?).ok()?).ok()?;
    let day = u8::try_from(number(8, 10)?).ok()?;
    let date = Date::from_calendar_date(i32::from(number(0, 4)?), month, day).ok()?;
    let rest = text.get(10..)?;
    let (time, rest) = match rest.strip_prefix([' ', 'T']) {
        None if rest.is_empty() => (Time::MIDNIGHT, ""),
        None => return None,
        Some(clock) => {
            if clock.as_bytes().get(2) != Some(&b':') {
                return None;
            }
            let (hour, minute) = (number(11, 13)?, number(14, 16)?);
            let has_seconds = clock.as_bytes().get(5) == Some(&b':');
            let second = if has_seconds { number(17, 19)? } else { 0 };
            let parts = (u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, u8::try_from(second).ok()?);
            let time = Time::from_hms(parts.0, parts.1, parts.2).ok()?;
            let rest = clock.get(if has_seconds { 8 } else { 5 }..)?;
            // A fraction of a second has no meaning in a bill.
            let fraction =
                rest.strip_prefix('.').map(|digits| digits.trim_start_matches(|c: char| c.is_ascii_digit()));
            (time, fraction.unwrap_or(rest))
        }
    };
    let instant = PrimitiveDateTime::new(date, time).assume_offset(offset(rest.trim())?);
    Some(UtcTime::from(instant))
}

fn offset(text: &str) -> Option<UtcOffset> {
    // The forms that real files have.
    if matches!(text, "" | "GMT+08:00") {
        return UtcOffset::from_whole_seconds(8 * 3600).ok();
    }
    let text = text.trim_matches(['(', ')', '（', '）']).trim();
    let named = text.strip_prefix("GMT").or_else(|| text.strip_prefix("UTC"));
    let text = match (text, named) {
        ("", _) => return UtcOffset::from_hms(8, 0, 0).ok(),
        ("Z" | "z", _) | (_, Some("")) => return Some(UtcOffset::UTC),
        (text, named) => named.unwrap_or(text),
    };
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|letter| *letter != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: i8 = digits.get(..digits.len().min(2))?.parse().ok()?;
    let minutes: i8 =
        digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Some(0), |rest| rest.parse().ok())?;
    UtcOffset::from_hms(sign * number, sign * minutes, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_beijing_unless_they_say_otherwise() {
        for text in [
            "2020-09-28 09:00:00 GMT+08:00",
            "2020-09-28 09:00:00 (UTC+08:00)",
            "2020-09-28 09:00:00",
            "2020/09/28 09:00",
            "2020-09-28T01:00:00Z",
            "2020-09-28 01:00:00.250 UTC",
            "2020-09-28 04:00:00 GMT+3",
            "2020-09-27 22:30:00 -0230",
        ] {
            assert_eq!(
                local_time(text).map(|time| time.to_string()).as_deref(),
                Some("2020-09-28T01:00:00Z"),
                "{text}"
            );
        }
        assert_eq!(local_time("2020-09-28").unwrap().to_string(), "2020-09-27T16:00:00Z");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2020-09-28 09:00:00 CST",
            "2020-13-01",
            "2020-02-30 00:00:00",
            "28.09.2020",
            "2020-09-28 9:00",
            "٢٠٢٠-09-28",
            "2020-09/28",
            "2020-09-28 09:00:00 +99",
        ] {
            assert_eq!(local_time(text), None, "{text}");
        }
    }

    #[test]
    fn months_are_read_in_all_forms() {
        let month: BillCycle = "2019-09".parse().unwrap();
        for text in [
            "2019-09",
            "2019/09",
            "2019.09",
            "201909",
            "2019-9",
            "2019年9月",
            "2019年09月",
            "Sep 2019",
            "Sept. 2019",
            "September 2019",
            "2019-Sep",
            "SEP-2019",
            "September, 2019",
        ] {
            assert_eq!(cycle(text), Some(month), "{text}");
        }
        for text in [
            "2019-13",
            "19-09",
            "2019年13月",
            "Se 2019",
            "Ju 2019",
            "Sepp 2019",
            "Sep 19",
            "9 2019",
            "2019",
            "Sep",
            "",
        ] {
            assert_eq!(cycle(text), None, "{text}");
        }
    }
}
