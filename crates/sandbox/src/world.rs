//! The state: accounts and who belongs to whom, books, quotas, vouchers, and the records of everything.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::tickets::Tickets;
use super::{
    billing::Billing,
    charges::Booked,
    enterprise::Enterprise,
    faults::Faults,
    identities::Identities,
    ledger::{Ledger, LedgerAccount, LedgerError},
    market::Market,
    people::People,
};
use huaweicloud_partner::{
    auth::{Credentials, IdentityKind},
    error::{ApiError, ErrorCode, codes},
    partners::{AccountChange, Adjustment, BalanceType},
    resellers::QuotaRecord,
    types::Site,
    types::{Amount, Personal, Secret, UtcTime},
    vouchers::VoucherRecord,
};

/// A whole Partner Center at one moment. Can be saved and loaded as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// The hour, as far as the last call told.
    pub(super) now: UtcTime,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) ledger: Ledger,
    pub(super) quotas: BTreeMap<String, Quota>,
    /// Grants and reclaims with the account whose book they are in.
    pub(super) adjustments: Vec<Owned<Adjustment>>,
    /// Changes of cash accounts with the account.
    pub(super) changes: Vec<Owned<Change>>,
    /// Grants and reclaims of resellers' quotas with the distributor.
    pub(super) quota_records: Vec<Owned<QuotaRecord>>,
    pub(super) vouchers: BTreeMap<String, Voucher>,
    /// Issues and reclaims of vouchers with the issuer.
    pub(super) voucher_records: Vec<Owned<VoucherRecord>>,
    /// Verification codes that were sent, in order.
    pub(super) outbox: Vec<SentCode>,
    /// What customers were charged, in the order of time.
    #[serde(default)]
    pub(super) charges: Vec<Booked>,
    #[serde(default)]
    pub(super) people: People,
    #[serde(default)]
    pub(super) enterprise: Enterprise,
    #[serde(default)]
    pub(super) market: Market,
    #[serde(default)]
    pub(super) billing: Billing,
    #[serde(default)]
    pub(super) tickets: Tickets,
    #[serde(default)]
    pub(super) identities: Identities,
    #[serde(default)]
    pub(super) faults: Faults,
    serial: u64,
}

/// A record and whose it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Owned<T> {
    pub(super) owner: String,
    pub(super) record: T,
}

/// A change of one of two kinds of account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) balance: BalanceType,
    pub(super) change: AccountChange,
    /// For a charge the time that is paid for.
    #[serde(default)]
    pub(super) consumed: Option<(UtcTime, UtcTime)>,
}

/// Someone with an account: a partner, a reseller or a customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// The account (domain) id.
    pub id: String,
    /// What kind of account.
    pub kind: AccountKind,
    /// The site it belongs to.
    pub site: Site,
    /// The company or person.
    pub name: Personal,
    /// The login name.
    pub login: Personal,
    /// The access key id.
    pub access_key: String,
    /// The secret key.
    pub secret_key: Secret,
    /// The partner or reseller it is associated with.
    pub associated_with: Option<String>,
    /// Since when.
    pub associated_on: Option<UtcTime>,
    /// How a customer is associated: `1` referral, `2` resale, `3` Reseller model.
    pub association_type: Option<String>,
    /// Where it can be called.
    pub mobile_phone: Option<Personal>,
    /// Where it can be written to.
    pub email: Option<Personal>,
    /// The id that the partner's platform gave a customer.
    pub xaccount_id: Option<String>,
    /// The platform.
    pub xaccount_type: Option<String>,
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
    /// A customer.
    Customer,
    /// The master account of an enterprise.
    EnterpriseMaster,
}

/// A quota from which vouchers are issued.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Quota {
    pub(super) id: String,
    /// The partner or reseller that issues from it.
    pub(super) holder: String,
    /// The distributor's quota it was cut from.
    pub(super) parent: Option<String>,
    pub(super) value: Amount,
    pub(super) reclaimed: bool,
    pub(super) created: UtcTime,
    pub(super) updated: UtcTime,
    pub(super) effective: UtcTime,
    pub(super) expires: UtcTime,
    #[serde(default)]
    pub(super) limits: QuotaLimits,
}

/// What may be issued from a quota, and to whom. Without limits anything may, to every customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct QuotaLimits {
    /// The cloud services that its vouchers may pay for, by their codes; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// The products that its vouchers may pay for, by their ids; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// The kinds of order that its vouchers may pay, of `new`, `renew` and `change`; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order_types: Vec<String>,
    /// The least face value of a voucher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_face_value: Option<Amount>,
    /// The greatest face value of a voucher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_face_value: Option<Amount>,
    /// How many vouchers can be issued in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_number: Option<u32>,
    /// How much the vouchers may be worth in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_total: Option<Amount>,
    /// The customers who may receive its vouchers; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<String>,
    /// Whether only customers that are associated with a partner for the first time receive its vouchers.
    pub first_association_only: bool,
}

/// What a voucher may pay for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct VoucherLimits {
    pub(super) services: Vec<String>,
    pub(super) products: Vec<String>,
    pub(super) order_types: Vec<String>,
}

impl VoucherLimits {
    /// Whether it may pay for a product of a cloud service, bought by an order of this kind. Use has no kind of order.
    pub(super) fn admit(&self, service: &str, product: &str, order_type: Option<&str>) -> bool {
        let among = |list: &[String], one: &str| list.is_empty() || list.iter().any(|it| it == one);
        among(&self.services, service)
            && among(&self.products, product)
            && order_type.is_none_or(|kind| among(&self.order_types, kind))
    }
}

/// A voucher that a customer holds or held.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Voucher {
    pub(super) id: String,
    /// The quota that it was issued from; empty for those that Huawei Cloud gave.
    pub(super) quota: String,
    /// The partner or reseller that issued it; empty for Huawei Cloud.
    pub(super) issuer: String,
    pub(super) customer: String,
    pub(super) face_value: Amount,
    pub(super) reclaimed: bool,
    pub(super) created: UtcTime,
    pub(super) effective: UtcTime,
    pub(super) expires: UtcTime,
    /// The promotion plan of Huawei Cloud that it comes from.
    #[serde(default)]
    pub(super) plan: Option<String>,
    /// The voucher of an enterprise master that it was cut from.
    #[serde(default)]
    pub(super) cut_from: Option<String>,
    #[serde(default)]
    pub(super) limits: VoucherLimits,
}

/// A verification code on its way to a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SentCode {
    pub(super) receiver: Personal,
    pub(super) code: Secret,
    pub(super) sent: UtcTime,
    pub(super) expires: UtcTime,
    /// How often a wrong code was given for it.
    #[serde(default)]
    pub(super) failures: u32,
}

impl Voucher {
    /// Neither taken back nor past its end.
    pub(super) fn is_usable(&self, now: UtcTime) -> bool {
        !self.reclaimed && now < self.expires
    }
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
    pub(super) fn is_resale(&self) -> bool {
        self.association_type.as_deref() == Some("2")
    }
}

impl Quota {
    pub(super) fn is_in_force(&self, now: UtcTime) -> bool {
        !self.reclaimed && self.effective <= now && now < self.expires
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
    pub(super) fn is_partner(self) -> bool {
        matches!(self, Self::Distributor | Self::SolutionProvider)
    }
}

/// What a handler refuses a call with.
pub(super) type Refusal = ApiError;

/// A refusal with HTTP status 400, as most business errors have.
pub(super) fn refuse(code: ErrorCode) -> Refusal {
    refuse_with(StatusCode::BAD_REQUEST, code)
}

/// A refusal with another status.
pub(super) fn refuse_with(status: StatusCode, code: ErrorCode) -> Refusal {
    let meaning = code.info().map_or("refused", |info| info.meaning);
    ApiError::new(status, code.as_str(), meaning)
}

/// A refusal whose body has a further field, such as `fail_check_items`.
pub(super) fn refuse_naming(code: ErrorCode, field: &str, value: impl Serialize) -> Refusal {
    let plain = refuse(code);
    let body =
        serde_json::json!({"error_code": plain.code().as_str(), "error_msg": plain.message(), field: value});
    ApiError::read(plain.status(), body.to_string().into())
}

impl State {
    /// An empty world at an hour.
    pub fn new(now: UtcTime) -> Self {
        Self {
            now,
            accounts: BTreeMap::new(),
            ledger: Ledger::default(),
            quotas: BTreeMap::new(),
            adjustments: Vec::new(),
            changes: Vec::new(),
            quota_records: Vec::new(),
            vouchers: BTreeMap::new(),
            voucher_records: Vec::new(),
            outbox: Vec::new(),
            charges: Vec::new(),
            people: People::default(),
            enterprise: Enterprise::default(),
            market: Market::default(),
            billing: Billing::default(),
            tickets: Tickets::default(),
            identities: Identities::default(),
            faults: Faults::default(),
            serial: 0,
        }
    }

    /// Sets the hour and lets happen what became due since the last one.
    pub(super) fn advance_to(&mut self, now: UtcTime) {
        self.renew_what_is_due(now);
        self.tickets.run_until(now);
        self.now = now;
        self.settle_arrears();
    }

    /// The current time, as far as the last call or event moved it.
    pub const fn now(&self) -> UtcTime {
        self.now
    }

    /// Counts something that was done without a new identifier.
    pub(super) fn note_change_of_state(&mut self) {
        self.serial += 1;
    }

    /// How many identifiers were given: more after everything that was done.
    pub(super) const fn revision(&self) -> u64 {
        self.serial
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// All accounts in the order of their ids.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// A new identifier with a prefix; the same world makes the same ones.
    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!("{prefix}{:010}", self.serial)
    }

    /// A reseller of a distributor, or the documented refusal.
    pub(super) fn reseller_of(&self, distributor: &str, reseller: &str) -> Result<&Account, Refusal> {
        self.accounts
            .get(reseller)
            .filter(|account| account.kind == AccountKind::Reseller)
            .filter(|account| account.associated_with.as_deref() == Some(distributor))
            .ok_or_else(|| refuse(codes::NO_RIGHT_TO_RESELLER))
    }

    /// On whose books a partner's call is made: the reseller's where a distributor names one, else its own. A name that
    /// a solution provider gives is not evaluated.
    pub(super) fn acting_for(&self, caller: &Account, reseller: Option<&str>) -> Result<String, Refusal> {
        match reseller.filter(|id| !id.is_empty()) {
            Some(reseller) if caller.kind == AccountKind::Distributor => {
                self.reseller_of(&caller.id, reseller).map(|account| account.id.clone())
            }
            _ => Ok(caller.id.clone()),
        }
    }

    /// A customer of a partner or reseller.
    pub(super) fn customer_of(&self, owner: &str, customer: &str) -> Option<&Account> {
        self.accounts
            .get(customer)
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .filter(|account| account.associated_with.as_deref() == Some(owner))
    }

    /// Whether somebody issued vouchers to a customer.
    pub(super) fn vouchers_issued_to(&self, issuer: &str, customer: &str) -> bool {
        self.vouchers.values().any(|voucher| voucher.issuer == issuer && voucher.customer == customer)
    }

    /// Moves money between books; a book that does not hold enough answers the documented code.
    pub(super) fn move_money(
        &mut self,
        what: &str,
        from: LedgerAccount,
        to: LedgerAccount,
        amount: Amount,
    ) -> Result<(), Refusal> {
        self.post(what, vec![(from, amount.negated()), (to, amount)])
    }

    /// Makes a movement of several legs; a book that does not hold enough answers the documented code.
    pub(super) fn post(&mut self, what: &str, legs: Vec<(LedgerAccount, Amount)>) -> Result<(), Refusal> {
        self.ledger.post(self.now, what, legs).map_err(|error| match error {
            LedgerError::Overdrawn(_) => refuse(codes::BALANCE_TOO_LOW),
            LedgerError::Unbalanced => refuse(codes::BAD_PARAMETER),
        })
    }
}

/// How many rows there are, and those of one page, each made only if it is on the page.
pub(super) fn page<R, T>(
    rows: impl IntoIterator<Item = R>,
    offset: Option<u32>,
    limit: Option<u32>,
    make: impl Fn(R) -> T,
) -> (Option<u64>, Vec<T>) {
    let begin = offset.unwrap_or(0) as usize;
    let end = begin.saturating_add(limit.unwrap_or(10) as usize);
    let (mut total, mut page) = (0, Vec::new());
    for row in rows {
        if (begin..end).contains(&total) {
            page.push(make(row));
        }
        total += 1;
    }
    (Some(total as u64), page)
}
