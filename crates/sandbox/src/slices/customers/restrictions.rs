//! Restrictions of accounts for a time, and contacts that Huawei Cloud has as leads of its own.

use serde::{Deserialize, Serialize};

use crate::{
    core::{AccountKind, Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{error::codes, types::Personal};

/// Action that an account may not perform, set and lifted by the event `restrict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Restriction {
    /// A distributor may create customers for its resellers only (`CBC.50010059`).
    NoCustomersOfItsOwn,
    /// A distributor or reseller is leaving: no customers for resellers of the one (`CBC.50010065`), no quotas for the
    /// other (`CBC.50010105`), and no members for customers of either (`CBC.99007490`).
    Leaving,
    /// The enterprise behind a partner is restricted: no customers (`CBC.50010085`), also for resellers of a distributor
    /// (`CBC.50010086`).
    EnterpriseRestricted,
    /// A partner is an account for tests and may not create customers (`CBC.99005035`).
    TestAccount,
    /// A partner uses vouchers itself and may not issue any (`CBC.50000010`).
    UsesVouchersItself,
    /// Members of an enterprise are made on another platform (`CBC.70900002`).
    MembersMadeElsewhere,
    /// The tax rate of a customer cannot be read: it pays no orders (`CBC.99006093`).
    TaxRateMissing,
}

impl State {
    /// Restricts an account, or lifts the restriction.
    pub(crate) fn restrict(&mut self, account: &str, what: Restriction, lifted: bool) -> Result<(), Refusal> {
        if !self.accounts.contains_key(account) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let of_account = self.customers.restrictions.entry(account.to_owned()).or_default();
        if lifted {
            of_account.remove(&what);
        } else {
            of_account.insert(what);
        }
        self.note_change_of_state();
        Ok(())
    }

    /// Whether an account is restricted in this way.
    pub(crate) fn is_restricted(&self, account: &str, what: Restriction) -> bool {
        self.customers.restrictions.get(account).is_some_and(|set| set.contains(&what))
    }

    /// Huawei Cloud has a telephone number or e-mail address as a lead of its own from now on.
    pub(crate) fn register_lead(&mut self, contact: &Personal) {
        self.customers.leads.insert(contact.expose().to_owned());
        self.note_change_of_state();
    }

    /// Refuses a contact that is a lead of Huawei Cloud.
    pub(crate) fn is_no_lead(&self, contact: Option<&Personal>) -> Result<(), Refusal> {
        match contact.filter(|contact| self.customers.leads.contains(contact.expose())) {
            Some(_) => Err(refuse(codes::REGISTERED_AS_LEAD)),
            None => Ok(()),
        }
    }

    /// Whether a partner may create customers, for itself or for a reseller.
    pub(crate) fn may_create_customers(&self, partner: &str, owner: &str) -> Result<(), Refusal> {
        let is = |what| self.is_restricted(partner, what);
        let distributor = self.accounts.get(partner).is_some_and(|it| it.kind == AccountKind::Distributor);
        let for_reseller = owner != partner;
        let code = if is(Restriction::TestAccount) {
            codes::TEST_PARTNER_REFUSED
        } else if distributor && !for_reseller && is(Restriction::NoCustomersOfItsOwn) {
            codes::DISTRIBUTOR_MAY_NOT_ASSOCIATE
        } else if for_reseller && is(Restriction::Leaving) {
            codes::DISTRIBUTOR_LEFT
        } else if for_reseller && is(Restriction::EnterpriseRestricted) {
            codes::DISTRIBUTOR_RESTRICTED
        } else if is(Restriction::EnterpriseRestricted)
            || self.is_restricted(owner, Restriction::EnterpriseRestricted)
        {
            codes::PARTNER_RESTRICTED
        } else {
            return Ok(());
        };
        Err(refuse(code))
    }

    /// Whether a master may create members.
    pub(crate) fn may_create_members(&self, master: &str) -> Result<(), Refusal> {
        if self.is_restricted(master, Restriction::MembersMadeElsewhere) {
            return Err(refuse(codes::MEMBERS_MADE_ELSEWHERE));
        }
        let seller = self.accounts.get(master).and_then(|account| account.associated_with.as_deref());
        match seller.filter(|seller| self.is_restricted(seller, Restriction::Leaving)) {
            Some(_) => Err(refuse(codes::RESELLER_LEAVING_NO_MEMBERS)),
            None => Ok(()),
        }
    }
}
