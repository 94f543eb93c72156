//! Analysis of the charges in one pass: totals, broken rows, own prices.

use std::collections::BTreeMap;

use huaweicloud_partner::types::{Amount, Currency, Day, Money};

use crate::{
    Error,
    charge::Charge,
    pricing::{InvoiceLines, PriceBook},
    reconcile::{Cause, Check, Difference, Scope},
    rows::{Source, for_each_page},
    statement::StatementSummary,
    totals::Totals,
};

/// Number of broken rows that are described; all are counted.
const DESCRIBED: usize = 1000;

/// Findings of one pass.
#[derive(Debug, Default)]
pub(super) struct Analysis {
    pub(super) totals: Totals,
    /// Rows whose amount is not the sum of its parts.
    pub(super) broken: Vec<Difference>,
    pub(super) broken_rows: u64,
    /// The first row without an amount.
    pub(super) first_without_amount: Option<String>,
    pub(super) lines: InvoiceLines,
    /// Partners that rows of customers without a reseller name, with the count of their rows.
    pub(super) partners: BTreeMap<String, u64>,
    pub(super) summaries: Vec<StatementSummary>,
}

pub(super) fn analyse(
    source: &Source,
    prices: Option<&PriceBook>,
    as_of: Option<Day>,
    on_rows: &mut dyn FnMut(u64),
) -> Result<Analysis, Error> {
    let mut analysis = Analysis { totals: Totals::new(as_of), ..Analysis::default() };
    let mut rows = 0_u64;
    let mut each = |analysis: &mut Analysis, charge: &Charge<'_>| -> Result<(), Error> {
        analysis.totals.add(charge)?;
        if charge.billed_amount().is_none() && analysis.first_without_amount.is_none() {
            let row = charge.id.or(charge.trade_id).unwrap_or("without id");
            analysis.first_without_amount = Some(format!("row {row} of customer {}", charge.customer_id));
        }
        if let Some(book) = prices {
            book.add(&mut analysis.lines, charge)?;
        }
        if let (None, Some(partner)) = (charge.indirect_partner_id, charge.partner_id) {
            match analysis.partners.get_mut(partner) {
                Some(count) => *count += 1,
                None => drop(analysis.partners.insert(partner.to_owned(), 1)),
            }
        }
        rows += 1;
        if rows.is_multiple_of(4096) {
            on_rows(rows);
        }
        Ok(())
    };
    match source {
        // The rows of the API know which sums they keep.
        Source::Spool(path) => for_each_page(path, |page| {
            for row in &page.charges {
                let charge = page.charge(row);
                each(&mut analysis, &charge)?;
                for broken in row.check_identities() {
                    analysis.broken_rows += 1;
                    let off = broken.difference().unwrap_or(Amount::ZERO);
                    if analysis.broken.len() < DESCRIBED {
                        analysis.broken.push(broken_row(&charge, &broken.to_string(), off));
                    }
                }
            }
            Ok(())
        })?,
        Source::Statements { .. } => {
            let mut found = Analysis { totals: Totals::new(as_of), ..Analysis::default() };
            let summaries = source.for_each(&mut |charge| each(&mut found, charge))?;
            analysis = Analysis { summaries, ..found };
        }
    }
    on_rows(rows);
    Ok(analysis)
}

fn broken_row(charge: &Charge<'_>, why: &str, off: Amount) -> Difference {
    let money = Money::new(off, Currency::from(charge.currency.unwrap_or("CNY")));
    Difference {
        check: Check::ChargeParts,
        scope: Scope {
            reseller: charge.indirect_partner_id.map(str::to_owned),
            customer: Some(charge.customer_id.to_owned()),
            service: charge.service_type_code.map(str::to_owned),
            charging_mode: charge.payment_mode.map(|mode| mode.charging_mode().code()),
            row: Some(format!("{}: {why}", charge.id.unwrap_or("without id"))),
        },
        charged: charge.billed_amount().map(|amount| Money::new(amount, money.currency.clone())),
        compared: None,
        difference: money.clone(),
        causes: vec![(Cause::Unexplained, money)],
    }
}
