//! The report of a month: one HTML file, or text for a terminal.

mod html;
mod text;

use html::html;
use text::text;

use huaweicloud_partner::types::Amount;

use crate::{Error, ExactSum, Outcome, pricing::InvoiceLine, reconcile::Difference, totals::Sums};

impl Outcome {
    /// The report as one HTML file that needs nothing else.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where a total does not fit.
    pub fn report_html(&self) -> Result<String, Error> {
        html(self)
    }

    /// The report as text for a terminal.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where a total does not fit.
    pub fn report_text(&self) -> Result<String, Error> {
        text(self)
    }
}

/// The charges of referral customers, which pay Huawei Cloud themselves.
fn referred(outcome: &Outcome) -> Result<ExactSum, Error> {
    let mut by = outcome.totals().by(|key| key.referral)?;
    Ok(by.remove(&true).unwrap_or_default().billed)
}

/// The charges, the cost and the price of all invoice lines.
fn invoiced(lines: &[InvoiceLine]) -> Result<(u64, Amount, Amount), Error> {
    let too_large = || Error::TooLarge("a total");
    let (mut cost, mut price) = (ExactSum::default(), ExactSum::default());
    for line in lines {
        cost.add(line.cost).and(price.add(line.price)).ok_or_else(too_large)?;
    }
    let charges = lines.iter().map(|line| line.charges).sum();
    Ok((charges, cost.amount().ok_or_else(too_large)?, price.amount().ok_or_else(too_large)?))
}

/// Number of rows that a table of the report shows; the rest is one row.
const SHOWN: usize = 40;

/// Sums under a heading.
struct Section {
    title: &'static str,
    rows: Vec<(String, Sums)>,
    others: usize,
}

/// The tables of a report, each with its largest rows first and the rest in one row.
fn sections(outcome: &Outcome) -> Result<Vec<Section>, Error> {
    let totals = outcome.totals();
    let own = || "own customers".to_owned();
    let services = totals.by(|key| key.service.clone().unwrap_or_else(|| "without service".to_owned()))?;
    let customers = totals.by(|key| key.customer.clone())?;
    let resellers = totals.by(|key| key.reseller.clone().unwrap_or_else(own))?;
    let modes = totals.by(|key| mode(key.charging_mode).to_owned())?;
    let mut sections = vec![
        section("By cloud service", services)?,
        section("By customer", customers)?,
        section("By charging mode", modes)?,
    ];
    if resellers.len() > 1 {
        sections.insert(1, section("By reseller", resellers)?);
    }
    sections.retain(|section| !section.rows.is_empty());
    Ok(sections)
}

fn section(title: &'static str, sums: std::collections::BTreeMap<String, Sums>) -> Result<Section, Error> {
    let mut rows: Vec<(String, Sums)> = sums.into_iter().collect();
    // A large refund is as notable as a large charge.
    let size = |sums: &Sums| sums.billed.amount().unwrap_or_default().abs();
    rows.sort_by(|a, b| size(&b.1).cmp(&size(&a.1)).then_with(|| a.0.cmp(&b.0)));
    let mut others = 0;
    if rows.len() > SHOWN {
        let rest = rows.split_off(SHOWN - 1);
        others = rest.len();
        let mut sum = Sums::default();
        for (_, more) in &rest {
            sum.add_sums(more).ok_or(Error::TooLarge("a total"))?;
        }
        rows.push((format!("{others} others"), sum));
    }
    Ok(Section { title, rows, others })
}

fn mode(code: Option<i64>) -> &'static str {
    match code {
        Some(1) => "Yearly/monthly",
        Some(3) => "Pay-per-use",
        Some(10) => "Reserved instances",
        Some(11) => "Savings plans",
        _ => "Unknown mode",
    }
}

/// The name of a cloud service without what all of them have in common.
fn short(name: &str) -> &str {
    name.strip_prefix("hws.service.type.").unwrap_or(name)
}

/// A sum rounded to cents for people, with marks between thousands. Files and differences keep every digit.
fn shown(sum: &ExactSum) -> Result<String, Error> {
    let amount = sum.amount().ok_or(Error::TooLarge("a total"))?;
    Ok(grouped(&format!("{:.2}", Amount::rounded(amount, 2))))
}

/// An amount with every digit, at least two decimals and marks between thousands.
fn exact(amount: Amount) -> String {
    let text = amount.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match decimals {
        0 => grouped(&format!("{text}.00")),
        1 => grouped(&format!("{text}0")),
        _ => grouped(&text),
    }
}

fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Unexplained differences first, then by check and scope.
fn ordered(differences: &[Difference]) -> Vec<&Difference> {
    let mut ordered: Vec<&Difference> = differences.iter().collect();
    ordered.sort_by_key(|difference| (difference.is_explained(), difference.check, difference.scope.clone()));
    ordered
}

/// The verdict in one sentence.
fn sentence(outcome: &Outcome) -> String {
    let unexplained = outcome.differences().iter().filter(|difference| !difference.is_explained()).count();
    let explained = outcome.differences().len() - unexplained;
    match outcome.verdict() {
        crate::Verdict::Agrees if explained == 0 => "All figures agree to the last digit.".to_owned(),
        crate::Verdict::Agrees if explained == 1 => {
            "All figures agree; one difference has a known cause.".to_owned()
        }
        crate::Verdict::Agrees => format!("All figures agree; {explained} differences have known causes."),
        crate::Verdict::Differs => {
            let without = match unexplained {
                1 => "One difference has no known cause".to_owned(),
                more => format!("{more} differences have no known cause"),
            };
            match explained {
                0 => format!("{without}."),
                1 => format!("{without}, and one has a known cause."),
                more => format!("{without}, and {more} have known causes."),
            }
        }
        crate::Verdict::Incomplete => "Charges are missing: the totals are too small.".to_owned(),
        crate::Verdict::NotFinal => match outcome.cycle().final_from() {
            Some(until) if outcome.closed_at() >= until => {
                "A later statement file of the month replaces the one that was read.".to_owned()
            }
            Some(until) => format!("The figures of this month move until {until}."),
            None => "The figures of this month still move.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_marked() {
        for (number, text) in
            [("0.00", "0.00"), ("-1234.50", "-1,234.50"), ("999", "999"), ("1234567.01", "1,234,567.01")]
        {
            assert_eq!(grouped(number), text);
        }
        for (number, text) in
            [("813.1", "813.10"), ("-5000", "-5,000.00"), ("1234.00000001", "1,234.00000001")]
        {
            assert_eq!(exact(number.parse().unwrap()), text);
        }
    }
}
