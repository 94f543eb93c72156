//! Effects of a change of the signing entity on open payouts and invoices.

use serde::{Deserialize, Serialize};

use super::{
    EntityChange, EntityChangeForm, EntityChangeState, InvoiceRequest, InvoiceRequestState, Payout,
    PayoutState, SigningEntity,
};
use crate::workflow::{Record, RecordId, RecordLookup, Workflow, named};

/// An open record that a change of the signing entity concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedRecord {
    /// Id of the record.
    pub record: RecordId,
    /// Effect of the change on the record.
    pub effect: EntityEffect,
    /// The entity that is responsible for it after the change.
    pub entity: SigningEntity,
}

named! {
    /// Effect of a change of the signing entity on an open record.
    pub enum EntityEffect {
        /// The partner's invoice for the payout is made out to this entity.
        InvoiceRecipient = "invoice_recipient",
        /// The payout is paid by this entity's account, which may differ from the one that is known.
        Payer = "payer",
        /// The requested invoice is issued by this entity.
        Issuer = "issuer",
        /// The issued invoice is returned to this entity, which issued it.
        ReturnTo = "return_to",
    }
}

impl Record<EntityChange> {
    /// Returns the effects of the change on the open payouts and invoices among these records, in the order
    /// of their numbers.
    pub fn affected(&self, records: &dyn RecordLookup) -> Vec<AffectedRecord> {
        let Some(change) = self.facts().form.filter(|_| !self.is(EntityChangeState::Cancelled)) else {
            return Vec::new();
        };
        let mut affected = Vec::new();
        for record in records.of_kind(Payout::KIND) {
            affected.extend(record.view::<Payout>().and_then(|payout| effect_on_payout(change, payout)));
        }
        for record in records.of_kind(InvoiceRequest::KIND) {
            let invoice = record.view::<InvoiceRequest>();
            affected.extend(invoice.and_then(|invoice| effect_on_invoice(change, invoice)));
        }
        affected.sort_by(|a, b| a.record.cmp(&b.record));
        affected
    }
}

fn effect_on_payout(change: EntityChangeForm, payout: &Record<Payout>) -> Option<AffectedRecord> {
    let requested_on = payout.history().first()?.at.billing_day();
    let request = payout.facts().request.as_ref()?;
    let (effect, entity) = match payout.state()? {
        PayoutState::UnderReview | PayoutState::Invoicing | PayoutState::InvoiceRefused
            if request.form.needs_invoice() =>
        {
            (EntityEffect::InvoiceRecipient, change.recipient_of_payout(requested_on))
        }
        PayoutState::UnderReview | PayoutState::InvoiceReview | PayoutState::Paying => {
            (EntityEffect::Payer, change.to)
        }
        _ => return None,
    };
    Some(AffectedRecord { record: payout.id().clone(), effect, entity })
}

fn effect_on_invoice(change: EntityChangeForm, invoice: &Record<InvoiceRequest>) -> Option<AffectedRecord> {
    use InvoiceRequestState as S;
    let form = invoice.facts().form.as_ref()?;
    let effect = match invoice.state()? {
        S::Pending | S::Issuing | S::Withdrawing | S::WithdrawalRefused | S::ToBeSigned => {
            EntityEffect::Issuer
        }
        S::Issued | S::Returning | S::ReturnRefused => EntityEffect::ReturnTo,
        S::Refused | S::Deleted | S::Withdrawn | S::Returned => return None,
    };
    // An invoice stays with the entity that it was requested from, whenever that was.
    let concerned = form.entity == change.from || form.entity == change.to;
    concerned.then(|| AffectedRecord { record: invoice.id().clone(), effect, entity: form.entity })
}
