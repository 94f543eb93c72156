//! Partners' bills for a month, and invoices.

use super::{lines::Selection, plus};
use crate::{
    core::{Account, AccountKind, Owned, Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{
    bills::{
        BillClass, Invoice, InvoiceBasis, InvoiceHolder, InvoiceRequestMode, InvoiceState, InvoiceTrade,
        PartnerBill,
    },
    error::codes,
    fill,
    types::{Amount, BillCycle, Currency, Site, UtcTime},
};

impl State {
    /// Returns the amount that a partner owes for a month: the charges of its customers and those of its
    /// resellers, without referral customers, which pay themselves. `None` before noon on the 5th of the next
    /// month, and where nothing was charged.
    ///
    /// The total is rounded to cents once, as documented, and the invoice and the partner's debt are that amount.
    pub(crate) fn partner_bill(&self, partner: &str, cycle: BillCycle) -> Option<PartnerBill> {
        cycle.final_from().filter(|made| *made <= self.now)?;
        let resellers: Vec<&str> = self
            .accounts
            .values()
            .filter(|account| account.kind == AccountKind::Reseller)
            .filter(|account| account.associated_with.as_deref() == Some(partner))
            .map(|account| account.id.as_str())
            .collect();
        let cells = self.cells(&Selection {
            wanted: &|kind| {
                kind.association != Some("1")
                    && kind.partner.is_some_and(|owner| owner == partner || resellers.contains(&owner))
            },
            ..Selection::of(cycle)
        });
        if cells.is_empty() {
            return None;
        }
        let (mut consumed, mut refunds, mut adjustments) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
        for cell in cells {
            let part = match cell.kind.what.class() {
                Some(BillClass::Refund) => &mut refunds,
                Some(BillClass::Adjustment) => &mut adjustments,
                Some(BillClass::Consumption) | None => &mut consumed,
            };
            *part = plus(*part, cell.sums.payable());
        }
        let exact = plus(plus(consumed, refunds), adjustments);
        let due = exact.rounded(2);
        // The parts add up to the one amount: consumption carries what rounding adds or takes.
        let consumed = plus(consumed, plus(due, exact.negated()));
        Some(fill!(PartnerBill {
            bill_cycle: Some(cycle),
            initial_amount_due: Some(due),
            consume_amount: Some(consumed),
            refunds: Some(refunds),
            adjustments: Some(adjustments),
            tax_amount: Some(self.tax_on(partner, due)),
            currency: Some(Currency::Usd),
        }))
    }

    /// The invoices of an account by the time of their application: those that were applied for, and on the international
    /// site one for each final month that a partner owes for.
    pub(crate) fn invoices(&self, account: &Account) -> Vec<Invoice> {
        let applied = self.billing.invoices.iter().filter(|entry| entry.owner == account.id);
        let mut invoices: Vec<Invoice> = applied.map(|entry| entry.record.clone()).collect();
        let partner = matches!(account.kind, AccountKind::Distributor | AccountKind::SolutionProvider);
        if partner && account.site == Site::International {
            invoices.extend(self.billed_cycles().into_iter().filter_map(|cycle| {
                let bill = self.partner_bill(&account.id, cycle)?;
                Some(monthly_invoice(account, cycle, bill.initial_amount_due?))
            }));
        }
        invoices.sort_by_key(|invoice| invoice.apply_time);
        invoices
    }

    /// Takes an application for an invoice. What it leaves out is filled in: an id, the time, that it was asked for.
    pub(crate) fn issue_invoice(&mut self, account: &str, mut invoice: Invoice) -> Result<String, Refusal> {
        let holder = self.accounts.get(account).ok_or_else(|| refuse(codes::ACCOUNT_NOT_FOUND))?;
        let title = Some(holder.name.clone()).filter(|name| !name.is_empty());
        if self.billing.invoices.iter().any(|entry| entry.record.request_id == invoice.request_id) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        if invoice.request_id.is_empty() {
            invoice.request_id = self.fresh("IV");
        }
        invoice.invoice_title = invoice.invoice_title.or(title);
        invoice.apply_time = invoice.apply_time.or(Some(self.now));
        invoice.request_mode = invoice.request_mode.or(Some(InvoiceRequestMode::Issue));
        let id = invoice.request_id.clone();
        self.billing.invoices.push(Owned { owner: account.to_owned(), record: invoice });
        Ok(id)
    }
}

fn monthly_invoice(partner: &Account, cycle: BillCycle, amount: Amount) -> Invoice {
    let made: Option<UtcTime> = cycle.final_from();
    fill!(Invoice {
        request_id: format!("IV-{}-{cycle}", partner.id),
        title_type: Some(InvoiceHolder::Enterprise),
        channel_type: Some(0),
        invoice_title: Some(partner.name.clone()),
        invoice_amount: Some(amount),
        invoice_method: Some(InvoiceBasis::BillingCycle),
        invoice_state: Some(InvoiceState::Done),
        apply_time: made,
        email: partner.email.clone(),
        request_mode: Some(InvoiceRequestMode::Issue),
        trade_type: Some(InvoiceTrade::PartnerSettlement),
        bill_cycle: Some(cycle.to_string()),
        ..Invoice::default()
    })
}
