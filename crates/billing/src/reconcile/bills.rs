//! The service's own sums, and the comparison of charges with them.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, ErrorKind,
    bills::{ChargingMode, ListMonthlyBills, MonthlyBill, MonthlyBillType, PartnerBill, ShowPartnerBill},
    partners::{AdjustmentKind, ListAdjustments},
    types::{Amount, BillCycle, ResellerId, UtcTime},
};
use time::{Date, UtcOffset};

use super::{Cause, Check, Difference, Scope, difference::causes};
use crate::{
    Error, ExactSum,
    totals::{GroupKey, Sums, Totals, is_in_monthly_bills},
};

/// Figures with which the charges of a month are compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reference {
    /// Month sums of the China site, with the reseller that was asked for.
    pub monthly_bills: Vec<(Option<ResellerId>, MonthlyBill)>,
    /// The partner's bill of the international site.
    pub partner_bill: Option<PartnerBill>,
    /// Money granted to customers and resellers during the month and taken back. It is shown beside the charges and not
    /// compared: what was paid may have been granted earlier.
    pub funding: Vec<FundingRow>,
    /// The ISO code of the currency.
    pub currency: Option<String>,
    /// Figures that the service refused to show, by reseller.
    pub(crate) refused: Vec<(Option<ResellerId>, String)>,
}

impl Reference {
    /// Takes note of the currency that the service states.
    fn take_currency(&mut self, stated: &str) -> Result<(), Error> {
        match &self.currency {
            Some(known) if known != stated => Err(Error::MixedCurrencies(known.clone(), stated.to_owned())),
            Some(_) => Ok(()),
            None => {
                self.currency = Some(stated.to_owned());
                Ok(())
            }
        }
    }
}

/// Money granted to a customer or reseller during the month.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FundingRow {
    /// On behalf of this reseller; `None` for the partner itself.
    pub reseller: Option<String>,
    /// The customer or reseller.
    pub receiver: String,
    /// Sum of granted amounts.
    pub granted: ExactSum,
    /// Taken back, also at the end of an association.
    pub reclaimed: ExactSum,
}

/// Reads the month sums of the partner and of its resellers.
pub(crate) async fn monthly_bills(
    client: &Client,
    cycle: BillCycle,
    resellers: &[ResellerId],
    reference: &mut Reference,
) -> Result<(), Error> {
    for owner in std::iter::once(None).chain(resellers.iter().map(Some)) {
        let known = reference.monthly_bills.len();
        match monthly_bills_of(client, cycle, owner, reference).await {
            // Without all of them there is nothing to compare with; the charges are there all the same.
            Err(Error::Call(error)) if error.kind() == ErrorKind::Refused => {
                reference.monthly_bills.truncate(known);
                reference.refused.push((owner.cloned(), error.to_string()));
            }
            read => read?,
        }
    }
    Ok(())
}

/// Reads the month sums of the partner or of one of its resellers.
async fn monthly_bills_of(
    client: &Client,
    cycle: BillCycle,
    owner: Option<&ResellerId>,
    reference: &mut Reference,
) -> Result<(), Error> {
    for mode in [ChargingMode::YearlyMonthly, ChargingMode::PayPerUse, ChargingMode::SavingsPlan] {
        let mut request = ListMonthlyBills::new(cycle, mode);
        if let Some(owner) = owner {
            request = request.indirect_partner_id(owner);
        }
        let mut pages = client.pages(request).prefetch(1);
        while let Some(page) = pages.try_next().await? {
            let page = page.into_inner();
            if let Some(currency) = page.currency {
                reference.take_currency(currency.as_str())?;
            }
            let bills = page.bill_sums.into_iter().map(|bill| (owner.cloned(), bill));
            reference.monthly_bills.extend(bills);
        }
    }
    Ok(())
}

/// Reads the partner's bill. There is none before the month is final.
pub(crate) async fn partner_bill(
    client: &Client,
    cycle: BillCycle,
    reference: &mut Reference,
) -> Result<(), Error> {
    match client.send(&ShowPartnerBill::new(cycle)).await {
        Ok(bill) => {
            let bill = bill.into_inner();
            if let Some(currency) = &bill.currency {
                reference.take_currency(currency.as_str())?;
            }
            reference.partner_bill = bill.bill_cycle.is_some().then_some(bill);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::NotOffered => Ok(()),
        Err(error) if error.kind() == ErrorKind::Refused => {
            reference.refused.push((None, error.to_string()));
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads what was granted and taken back during the month.
pub(crate) async fn funding(
    client: &Client,
    cycle: BillCycle,
    resellers: &[ResellerId],
    reference: &mut Reference,
) -> Result<(), Error> {
    let (Some(begin), Some(end)) = (start_of(cycle), start_of(cycle.next())) else { return Ok(()) };
    let mut rows: BTreeMap<(Option<String>, String), (ExactSum, ExactSum)> = BTreeMap::new();
    for owner in std::iter::once(None).chain(resellers.iter().map(Some)) {
        let mut request = ListAdjustments::new().operation_time_begin(begin).operation_time_end(end);
        if let Some(owner) = owner {
            request = request.indirect_partner_id(owner);
        }
        let mut records = client.items(request).allow_changes();
        loop {
            let record = match records.try_next().await {
                Ok(Some(record)) => record,
                Ok(None) => break,
                // Some operators may not see these records; nothing depends on them.
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Refused | ErrorKind::NotOffered | ErrorKind::WrongCaller
                    ) =>
                {
                    break;
                }
                Err(error) => return Err(error.into()),
            };
            if record.operation_time.is_some_and(|time| time >= end) {
                continue;
            }
            let (Some(amount), Some(receiver)) = (record.amount, record.customer_id) else {
                continue;
            };
            let key = (owner.map(ToString::to_string), receiver.to_string());
            let (granted, reclaimed) = rows.entry(key).or_default();
            let sum = match record.operation_type {
                Some(AdjustmentKind::Grant) => granted,
                Some(AdjustmentKind::Reclaim | AdjustmentKind::Dissociation) => reclaimed,
                // Money of a kind that is not known went in a direction that is not known.
                _ => continue,
            };
            sum.add(amount).ok_or(Error::TooLarge("a total"))?;
        }
    }
    reference.funding = rows
        .into_iter()
        .map(|((reseller, receiver), (granted, reclaimed))| FundingRow {
            reseller,
            receiver,
            granted,
            reclaimed,
        })
        .collect();
    Ok(())
}

/// The first instant of a month.
pub(crate) fn start_of(cycle: BillCycle) -> Option<UtcTime> {
    let first = Date::from_calendar_date(cycle.year(), cycle.month(), 1).ok()?;
    Some(first.midnight().assume_offset(UtcOffset::from_hms(8, 0, 0).ok()?).into())
}

/// Month sums of one customer, service and charging mode.
#[derive(Default)]
struct Billed {
    consumption: Option<ExactSum>,
    unsubscriptions: Option<ExactSum>,
    write_offs: Option<ExactSum>,
}

/// Compares charges with the month sums, group by group.
pub(crate) fn compare_monthly(
    totals: &Totals,
    reference: &Reference,
    is_final: bool,
) -> Result<Vec<Difference>, Error> {
    let mut differences = Vec::new();
    let mut billed: BTreeMap<GroupKey, Billed> = BTreeMap::new();
    for (owner, bill) in &reference.monthly_bills {
        let key = GroupKey {
            reseller: owner.as_ref().map(ToString::to_string),
            customer: bill.customer_id.to_string(),
            service: bill.cloud_service_type.clone().filter(|code| !code.is_empty()),
            charging_mode: bill.charge_mode.map(ChargingMode::code),
            referral: false,
        };
        for broken in bill.check_identities() {
            if let Some(off) = broken.difference() {
                let scope = Scope { row: Some(broken.to_string()), ..scope(&key) };
                let money = totals.money(&sum_of(off)?)?;
                let causes = vec![(Cause::Unexplained, money.clone())];
                differences.push(Difference {
                    check: Check::BillParts,
                    scope,
                    charged: None,
                    compared: None,
                    difference: money,
                    causes,
                });
            }
        }
        let Some(amount) = bill.amount else { continue };
        let entry = billed.entry(key).or_default();
        let sum = match bill.bill_type {
            Some(MonthlyBillType::Unsubscription) => &mut entry.unsubscriptions,
            Some(MonthlyBillType::WriteOff) => &mut entry.write_offs,
            _ => &mut entry.consumption,
        };
        sum.get_or_insert_default().add(amount).ok_or(Error::TooLarge("a total"))?;
    }
    let groups = totals.groups();
    let nothing = Sums::default();
    let is_refused = |key: &GroupKey| {
        let of = |(owner, _): &(Option<ResellerId>, String)| {
            owner.as_ref().map(ResellerId::as_str) == key.reseller.as_deref()
        };
        reference.refused.iter().any(of)
    };
    let compared = |key: &&GroupKey| is_in_monthly_bills(key) && !is_refused(key);
    let mut keys: Vec<&GroupKey> = groups.keys().copied().filter(compared).collect();
    keys.extend(billed.keys());
    keys.sort_unstable();
    keys.dedup();
    let empty = Billed::default();
    for key in keys {
        let charged = groups.get(key).copied();
        let sums = charged.unwrap_or(&nothing);
        let billed = billed.get(key).unwrap_or(&empty);
        let consumption = {
            // The documentation does not say where the month sums put adjustments.
            let mut sum = sums.consumption;
            sum.add_sum(&sums.adjustments).ok_or(Error::TooLarge("a total"))?;
            sum.add_sum(&sums.unclassified).ok_or(Error::TooLarge("a total"))?;
            sum
        };
        let written_off = negated(&sums.written_off)?;
        let has_rows = charged.is_some();
        let pairs = [
            (Check::MonthlyConsumption, consumption, billed.consumption, has_rows),
            (
                Check::MonthlyRefunds,
                sums.refunds,
                billed.unsubscriptions,
                has_rows && !sums.refunds.is_zero(),
            ),
            (Check::MonthlyWriteOffs, written_off, billed.write_offs, has_rows && !written_off.is_zero()),
        ];
        for (check, charged, compared, has_rows) in pairs {
            let candidates = || -> Result<Vec<(Cause, ExactSum)>, Error> {
                let mut set_off = vec![
                    (Cause::LateRows, negated(&sums.late)?),
                    (Cause::Truncation, negated(&sums.below_cent)?),
                    (Cause::RowRounding, sums.row_rounding),
                    (Cause::Rounding, rounding(&charged)?),
                    (Cause::Tax, negated(&sums.tax)?),
                    (Cause::Adjustment, negated(&sums.adjustments)?),
                ];
                match check {
                    Check::MonthlyConsumption => {
                        set_off.push((Cause::Unsubscription, sums.refunds));
                        set_off.push((Cause::WriteOff, negated(&sums.written_off)?));
                        set_off.push((Cause::Coupons, negated(&sums.coupons)?));
                    }
                    Check::MonthlyRefunds => set_off.push((Cause::Unsubscription, negated(&sums.refunds)?)),
                    _ => set_off.push((Cause::WriteOff, sums.written_off)),
                }
                Ok(set_off)
            };
            let sides = (has_rows.then_some(charged), compared);
            differences.extend(compare(totals, check, scope(key), sides, candidates, is_final)?);
        }
    }
    Ok(differences)
}

/// Compares the charges of a statement with the partner's bill.
pub(crate) fn compare_partner_bill(
    totals: &Totals,
    reference: &Reference,
    is_final: bool,
) -> Result<Vec<Difference>, Error> {
    if !reference.refused.is_empty() {
        return Ok(Vec::new());
    }
    let resale = totals.by(|key| key.referral)?.remove(&false).unwrap_or_default();
    let Some(bill) = &reference.partner_bill else {
        // A final month of charges without a bill is itself a difference.
        let sides = (is_final.then_some(resale.billed), None);
        let missing =
            compare(totals, Check::BillAmountDue, Scope::default(), sides, || Ok(Vec::new()), is_final)?;
        return Ok(missing.into_iter().collect());
    };
    let amount = |field: Option<Amount>| field.map(sum_of).transpose();
    let tax = amount(bill.tax_amount)?;
    let mut differences = Vec::new();
    // Without kinds, what is below zero stands among the refunds.
    let mut refunds = resale.refunds;
    refunds.add_sum(&resale.unclassified).ok_or(Error::TooLarge("a total"))?;
    let to_payable = {
        let mut sum = resale.payable;
        sum.subtract(&resale.billed).ok_or(Error::TooLarge("a total"))?;
        sum
    };
    let pairs = [
        (Check::BillConsumption, resale.consumption, amount(bill.consume_amount)?),
        (Check::BillRefunds, refunds, amount(bill.refunds)?),
        (Check::BillAdjustments, resale.adjustments, amount(bill.adjustments)?),
        (Check::BillAmountDue, resale.billed, amount(bill.initial_amount_due)?),
    ];
    for (check, charged, compared) in pairs {
        let candidates = || -> Result<Vec<(Cause, ExactSum)>, Error> {
            let mut all = vec![
                (Cause::Rounding, rounding(&charged)?),
                (Cause::RowRounding, resale.row_rounding),
                (Cause::Truncation, negated(&resale.below_cent)?),
                (Cause::Tax, tax.unwrap_or_default()),
                (Cause::Coupons, negated(&resale.coupons)?),
                (Cause::SettlementDiscount, to_payable),
            ];
            match check {
                Check::BillAdjustments => {
                    // The rounding of the total may stand among the adjustments.
                    all.push((Cause::Rounding, rounding(&resale.billed)?));
                    all.push((Cause::Unclassified, resale.unclassified));
                }
                Check::BillRefunds => all.push((Cause::Unclassified, negated(&resale.unclassified)?)),
                Check::BillConsumption => all.push((Cause::Tax, negated(&resale.tax)?)),
                _ => {}
            }
            Ok(all)
        };
        differences.extend(compare(
            totals,
            check,
            Scope::default(),
            (Some(charged), compared),
            candidates,
            is_final,
        )?);
    }
    for broken in bill.check_identities() {
        if let Some(off) = broken.difference() {
            let money = totals.money(&sum_of(off)?)?;
            differences.push(Difference {
                check: Check::BillParts,
                scope: Scope { row: Some(broken.to_string()), ..Scope::default() },
                charged: None,
                compared: None,
                difference: money.clone(),
                causes: vec![(Cause::Unexplained, money)],
            });
        }
    }
    Ok(differences)
}

/// Compares two figures. A figure that is not there differs from one that is not zero.
pub(super) fn compare(
    totals: &Totals,
    check: Check,
    scope: Scope,
    (charged, compared): (Option<ExactSum>, Option<ExactSum>),
    candidates: impl FnOnce() -> Result<Vec<(Cause, ExactSum)>, Error>,
    is_final: bool,
) -> Result<Option<Difference>, Error> {
    let mut difference = compared.unwrap_or_default();
    difference.subtract(&charged.unwrap_or_default()).ok_or(Error::TooLarge("a difference"))?;
    if difference.is_zero() {
        return Ok(None);
    }
    let otherwise = if is_final { Cause::Unexplained } else { Cause::MonthNotFinal };
    let amount = difference.amount().ok_or(Error::TooLarge("a difference"))?;
    let causes = causes(amount, &candidates()?, otherwise)
        .into_iter()
        .map(|(cause, amount)| Ok((cause, totals.money(&sum_of(amount)?)?)))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Some(Difference {
        check,
        scope,
        charged: charged.map(|sum| totals.money(&sum)).transpose()?,
        compared: compared.map(|sum| totals.money(&sum)).transpose()?,
        difference: totals.money(&difference)?,
        causes,
    }))
}

fn scope(key: &GroupKey) -> Scope {
    Scope {
        reseller: key.reseller.clone(),
        customer: Some(key.customer.clone()),
        service: key.service.clone(),
        charging_mode: key.charging_mode,
        row: None,
    }
}

pub(crate) fn sum_of(amount: Amount) -> Result<ExactSum, Error> {
    let mut sum = ExactSum::default();
    sum.add(amount).ok_or(Error::TooLarge("an amount"))?;
    Ok(sum)
}

fn negated(sum: &ExactSum) -> Result<ExactSum, Error> {
    let mut negative = ExactSum::default();
    negative.subtract(sum).ok_or(Error::TooLarge("a total"))?;
    Ok(negative)
}

/// Returns the amount that rounding half up to cents adds.
fn rounding(sum: &ExactSum) -> Result<ExactSum, Error> {
    let amount = sum.amount().ok_or(Error::TooLarge("a total"))?;
    sum_of(amount.rounded(2).checked_sub(amount).ok_or(Error::TooLarge("a total"))?)
}
