//! The report for a terminal.

use std::fmt::Write as _;

use super::{exact, ordered, referred, sections, sentence, short, shown};
use crate::{Error, Outcome};

/// Differences that are listed; the rest is counted.
const LISTED: usize = 50;

/// The width of the bars.
const BAR: usize = 24;

/// The report as text.
pub(crate) fn text(outcome: &Outcome) -> Result<String, Error> {
    let mut out = String::new();
    let currency = outcome.totals().currency().unwrap_or_default().to_owned();
    // Writing into a String cannot fail.
    let all = outcome.total();
    let _ = writeln!(out, "{} on the site {}: {}", outcome.cycle(), outcome.site(), sentence(outcome));
    let _ = writeln!(out, "{}", outcome.completeness());
    let _ = write!(
        out,
        "billed {} {currency}: consumption {}, refunds {}, adjustments {}",
        all.billed, all.consumption, all.refunds, all.adjustments
    );
    if !all.list.is_zero() {
        let _ = write!(out, "; list price {}, discounts {}", all.list, all.discount);
    }
    let referred = referred(outcome)?;
    if !referred.is_zero() {
        let _ = write!(out, "; {referred} of it are paid by referral customers themselves");
    }
    out.push('\n');
    for section in sections(outcome)? {
        let _ = writeln!(out, "\n{}", section.title);
        // The row of all others has no bar to compare with.
        let named = section.rows.len() - usize::from(section.others > 0);
        let largest = section
            .rows
            .iter()
            .take(named)
            .filter_map(|(_, sums)| sums.billed.amount())
            .max()
            .filter(|amount| amount.is_positive());
        for (name, sums) in &section.rows {
            let part = sums
                .billed
                .amount()
                .zip(largest)
                .map_or(0, |(amount, largest)| share(amount.as_decimal(), largest.as_decimal(), BAR));
            let bar = "█".repeat(part);
            let amount = shown(&sums.billed)?;
            let _ =
                writeln!(out, "  {:<36} {:>9} rows {amount:>18} {currency} {bar}", short(name), sums.rows);
        }
    }
    let lines = outcome.invoice_lines();
    if !lines.is_empty() {
        let _ = writeln!(out, "\nOwn invoices");
        let mut line_of = |name: &str, service: &str, cost, price| {
            let _ = writeln!(
                out,
                "  {name:<36} {service:<20} cost {:>18} price {:>16}",
                exact(cost),
                exact(price)
            );
        };
        for line in lines.iter().take(LISTED) {
            line_of(
                &line.customer,
                short(line.service.as_deref().unwrap_or_default()),
                line.cost,
                line.price,
            );
        }
        let (_, cost, price) = super::invoiced(lines)?;
        line_of("all lines", "", cost, price);
        if lines.len() > LISTED {
            let _ = writeln!(out, "  {} lines are not shown here", lines.len() - LISTED);
        }
        if outcome.unpriced() > 0 {
            let _ = writeln!(out, "  {} charges have no price", outcome.unpriced());
        }
    }
    let differences = ordered(outcome.differences());
    let _ = writeln!(out, "\nDifferences: {}", differences.len());
    for difference in differences.iter().take(LISTED) {
        let _ = writeln!(out, "  {difference}");
    }
    if differences.len() > LISTED {
        let _ = writeln!(out, "  and {} more", differences.len() - LISTED);
    }
    Ok(out)
}

/// Returns the number of `width` steps that a part is of the largest.
pub(super) fn share(part: rust_decimal::Decimal, largest: rust_decimal::Decimal, width: usize) -> usize {
    let Some(scaled) = part.checked_mul(width.into()).and_then(|scaled| scaled.checked_div(largest)) else {
        return 0;
    };
    usize::try_from(scaled.round().mantissa().max(0)).unwrap_or(0).min(width)
}
