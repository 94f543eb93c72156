//! Rules for duplicate opportunities: when two are the same, and which takes precedence (rule 8).

use sha2::{Digest, Sha256};

use super::{CustomerCompany, Ho, HoState, Offering, Po, PoEventKind, PoState, rules::ONE_PASSES};
use crate::{
    types::UtcTime,
    workflow::{AnyRecord, Duplicate, Record, RuleContext, RuleViolation, Winner, Workflow},
};

/// One of two opportunities that may be the same, as far as the question goes.
struct Rival<'a> {
    customer: &'a CustomerCompany,
    name: &'a str,
    services: &'a [String],
    offering: Option<&'a Offering>,
    claim: Claim,
}

/// Event from which a rival's right is counted.
#[derive(Clone, Copy)]
enum Claim {
    /// A PO: whether it was verified, when it was submitted, when its audit passed.
    Po { verified: bool, submitted: Option<UtcTime>, audited: Option<UtcTime> },
    /// An HO: the time that counts for it.
    Ho { counts_from: Option<UtcTime> },
}

/// Records of the same customer share a key. The company's name is personal data, so the key is a digest of it.
pub(super) fn keys(customer: &CustomerCompany) -> Vec<String> {
    let company = normal(customer.company.expose());
    let dynamic = (!company.is_empty()).then(|| {
        let mut digest = hex::encode(Sha256::digest(company));
        digest.truncate(24);
        format!("opportunity/company/{digest}")
    });
    let by_account = customer.account.as_ref().map(|account| format!("opportunity/account/{account}"));
    dynamic.into_iter().chain(by_account).collect()
}

pub(super) fn compare(this: &dyn AnyRecord, other: &dyn AnyRecord) -> Option<Duplicate> {
    let (this, other) = (rival(this)?, rival(other)?);
    if !same_customer(this.customer, other.customer) {
        return None;
    }
    let certain = normal(this.name) == normal(other.name) && !this.name.is_empty();
    let similar = this.services.iter().any(|service| other.services.contains(service))
        || this.offering.is_some_and(|offering| other.offering.is_some_and(|o| o.name == offering.name));
    if !certain && !similar {
        return None;
    }
    let detail =
        if certain { "same customer and name" } else { "same customer and a common service or offering" };
    Some(Duplicate {
        certain,
        winner: winner(this.claim, other.claim),
        rule: ONE_PASSES,
        detail: detail.to_owned(),
    })
}

/// Every certain duplicate that stands in the way of this record.
pub(super) fn stronger<W: Workflow>(record: &Record<W>, context: RuleContext<'_>) -> Vec<RuleViolation> {
    let mut others: Vec<_> =
        W::duplicate_keys(record).iter().flat_map(|key| context.others.with_key(key)).collect();
    others.retain(|other| other.id() != record.id());
    others.sort_by(|a, b| a.id().cmp(b.id()));
    others.dedup_by(|a, b| a.id() == b.id());
    others
        .iter()
        .filter_map(|other| Some((other, W::compare(record, &**other)?)))
        .filter(|(_, duplicate)| duplicate.certain && duplicate.winner == Winner::Other)
        .map(|(other, _)| {
            ONE_PASSES.violation(
                "name",
                format!("{} {} is the same opportunity and stands", other.kind(), other.id()),
            )
        })
        .collect()
}

/// Rejected, cancelled and deleted opportunities are no one's rivals.
fn rival(record: &dyn AnyRecord) -> Option<Rival<'_>> {
    if let Some(po) = record.view::<Po>() {
        let verified = match po.state()? {
            PoState::Draft | PoState::UnderAudit | PoState::AuditPassed => false,
            PoState::Verified | PoState::InProgress | PoState::DealSigned | PoState::Delivered => true,
            PoState::Rejected | PoState::Cancelled | PoState::Released | PoState::Deleted => return None,
        };
        let form = &po.facts().form;
        return Some(Rival {
            customer: &form.customer,
            name: &form.name,
            services: &form.services,
            offering: form.offering.as_ref(),
            claim: Claim::Po {
                verified,
                submitted: po.last(PoEventKind::Submit),
                audited: po.last(PoEventKind::PassAudit),
            },
        });
    }
    let ho = record.view::<Ho>()?;
    if matches!(ho.state()?, HoState::RejectedByPartner | HoState::TakenBack) {
        return None;
    }
    let offer = &ho.facts().offer;
    Some(Rival {
        customer: &offer.customer,
        name: &offer.name,
        services: &offer.services,
        offering: ho.facts().offering.as_ref(),
        claim: Claim::Ho { counts_from: offer.counts_from.map(super::HoTime::time) },
    })
}

fn winner(this: Claim, other: Claim) -> Winner {
    match (this, other) {
        (
            Claim::Po { verified: true, submitted: Some(this), .. },
            Claim::Po { verified: true, submitted: Some(other), .. },
        ) => earlier(this, other),
        (Claim::Po { verified, .. }, Claim::Po { verified: other, .. }) => match (verified, other) {
            (true, false) => Winner::This,
            (false, true) => Winner::Other,
            _ => Winner::Undecided,
        },
        (Claim::Po { audited, .. }, Claim::Ho { counts_from }) => po_against_ho(audited, counts_from),
        (Claim::Ho { counts_from }, Claim::Po { audited, .. }) => match po_against_ho(audited, counts_from) {
            Winner::This => Winner::Other,
            Winner::Other => Winner::This,
            Winner::Undecided => Winner::Undecided,
        },
        // The documentation does not speak of two HOs for the same thing.
        (Claim::Ho { .. }, Claim::Ho { .. }) => Winner::Undecided,
    }
}

fn po_against_ho(audited: Option<UtcTime>, counts_from: Option<UtcTime>) -> Winner {
    match (audited, counts_from) {
        (Some(po), Some(ho)) => earlier(po, ho),
        // Whenever its audit passes, it will be later than an HO that exists.
        (None, Some(_)) => Winner::Other,
        (_, None) => Winner::Undecided,
    }
}

fn earlier(this: UtcTime, other: UtcTime) -> Winner {
    match this.cmp(&other) {
        std::cmp::Ordering::Less => Winner::This,
        std::cmp::Ordering::Greater => Winner::Other,
        std::cmp::Ordering::Equal => Winner::Undecided,
    }
}

fn same_customer(a: &CustomerCompany, b: &CustomerCompany) -> bool {
    let name = normal(a.company.expose());
    let same_name = !name.is_empty() && name == normal(b.company.expose());
    same_name || (a.account.is_some() && a.account == b.account)
}

/// Letters and digits in lower case.
fn normal(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
