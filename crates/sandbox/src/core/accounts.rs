//! Accounts, and the partner or reseller that each of them is associated with.

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
};

use serde::{Deserialize, Serialize};

use super::refusal::{Refusal, refuse};
use huaweicloud_partner::{
    auth::{Credentials, IdentityKind},
    customers::AssociationType,
    error::codes,
    operation::Caller,
    types::{Personal, Secret, Site, UtcTime},
};

/// Someone with an account: a partner, a reseller or a customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// The account (domain) id.
    pub id: String,
    /// Kind of the account.
    pub kind: AccountKind,
    /// The site it belongs to.
    pub site: Site,
    /// The company or person.
    pub name: Personal,
    /// The login name.
    pub login: Personal,
    /// The access key id.
    pub access_key: String,
    /// Secret key of the account.
    pub secret_key: Secret,
    /// The partner or reseller it is associated with.
    pub associated_with: Option<String>,
    /// Time of the association.
    pub associated_on: Option<UtcTime>,
    /// Type of a customer's association: `1` referral, `2` resale, `3` Reseller model.
    pub association_type: Option<String>,
    /// Telephone number of the account.
    pub mobile_phone: Option<Personal>,
    /// E-mail address of the account.
    pub email: Option<Personal>,
    /// The id that the partner's platform gave a customer.
    pub xaccount_id: Option<String>,
    /// Platform that created the account.
    pub xaccount_type: Option<String>,
}

/// All accounts by their ids.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Accounts(BTreeMap<String, Account>);

impl Deref for Accounts {
    type Target = BTreeMap<String, Account>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Accounts {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// The kinds of account in the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccountKind {
    /// A first-tier distributor with resellers.
    Distributor,
    /// A solution provider without resellers.
    SolutionProvider,
    /// A distributor's reseller, whose own credentials are accepted nowhere.
    Reseller,
    /// Account of a customer.
    Customer,
    /// The master account of an enterprise.
    EnterpriseMaster,
}

impl Account {
    /// The keys of this account, with its id and kind.
    pub fn credentials(&self) -> Credentials {
        let keys = Credentials::keys(&self.access_key, self.secret_key.clone()).with_domain_id(&self.id);
        match self.kind.identity() {
            Some(kind) => keys.with_kind(kind),
            None => keys,
        }
    }

    /// A customer whose spending its partner pays.
    pub(crate) fn is_resale(&self) -> bool {
        self.association_type.as_deref() == Some("2")
    }
}

impl AccountKind {
    /// The kind of identity that its credentials have; a reseller's have none.
    pub fn identity(self) -> Option<IdentityKind> {
        match self {
            Self::Distributor => Some(IdentityKind::Distributor),
            Self::SolutionProvider => Some(IdentityKind::SolutionProvider),
            Self::Customer => Some(IdentityKind::Customer),
            Self::EnterpriseMaster => Some(IdentityKind::EnterpriseMaster),
            Self::Reseller => None,
        }
    }

    /// A distributor or a solution provider.
    pub(crate) fn is_partner(self) -> bool {
        matches!(self, Self::Distributor | Self::SolutionProvider)
    }
}

impl Accounts {
    /// A reseller of a distributor, or the documented refusal.
    pub(crate) fn reseller_of(&self, distributor: &str, reseller: &str) -> Result<&Account, Refusal> {
        self.get(reseller)
            .filter(|account| account.kind == AccountKind::Reseller)
            .filter(|account| account.associated_with.as_deref() == Some(distributor))
            .ok_or_else(|| refuse(codes::NO_RIGHT_TO_RESELLER))
    }

    /// Returns the account on whose books a partner's call is made: the reseller's where a distributor names one, else the caller's own. A name that
    /// a solution provider gives is not evaluated.
    pub(crate) fn acting_for(&self, caller: &Account, reseller: Option<&str>) -> Result<String, Refusal> {
        match reseller.filter(|id| !id.is_empty()) {
            Some(reseller) if caller.kind == AccountKind::Distributor => {
                self.reseller_of(&caller.id, reseller).map(|account| account.id.clone())
            }
            _ => Ok(caller.id.clone()),
        }
    }

    /// A customer of a partner or reseller.
    pub(crate) fn customer_of(&self, owner: &str, customer: &str) -> Option<&Account> {
        self.get(customer)
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .filter(|account| account.associated_with.as_deref() == Some(owner))
    }

    /// A customer of a partner, or of one of its resellers where the partner is a distributor: for the operations that
    /// take no reseller.
    pub(crate) fn is_below(&self, partner: &str, customer: &str) -> bool {
        self.get(customer)
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .and_then(|account| account.associated_with.as_deref())
            .is_some_and(|owner| owner == partner || self.reseller_of(partner, owner).is_ok())
    }

    /// A customer whose partner is billed for it.
    pub(crate) fn is_of_reseller_model(&self, customer: &str) -> bool {
        self.get(customer).and_then(|account| account.association_type.as_deref())
            == Some(AssociationType::ResellerModel.as_str())
    }

    /// The partner that is billed for what a partner or reseller sells: the distributor for its resellers.
    pub(crate) fn billed<'w>(&'w self, seller: &'w str) -> &'w str {
        self.get(seller).and_then(|account| account.associated_with.as_deref()).unwrap_or(seller)
    }

    /// The site of a customer, or the refusal of one who is none.
    pub(crate) fn customer_site(&self, customer: &str) -> Result<Site, Refusal> {
        self.get(customer)
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .map(|account| account.site)
            .ok_or_else(|| refuse(codes::ACCOUNT_NOT_FOUND))
    }
}

/// Whether an account is a customer rather than a partner.
pub(crate) fn is_customer(account: &Account) -> bool {
    account.kind.identity().is_some_and(|kind| Caller::Customer.admits(kind))
}
