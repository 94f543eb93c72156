//! Types that all parts of the sandbox use: accounts, quotas and vouchers, refusals and pages.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use huaweicloud_partner::{
    auth::{Credentials, IdentityKind},
    customers::PaymentChannel,
    error::{ApiError, ErrorCode, codes},
    operation::{OperationMeta, Service},
    partners::{AccountChange, BalanceType},
    types::{Amount, Personal, Secret, Site, UtcTime},
    vouchers::QuotaStatus,
};

/// A record and whose it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Owned<T> {
    pub(crate) owner: String,
    pub(crate) record: T,
}

/// A change of one of two kinds of account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) balance: BalanceType,
    pub(crate) change: AccountChange,
    /// For a charge the time that is paid for.
    #[serde(default)]
    pub(crate) consumed: Option<(UtcTime, UtcTime)>,
    /// For a charge the offer.
    #[serde(default)]
    pub(crate) offer: Option<String>,
    /// For a recharge the channel of the payment and the number that it has there.
    #[serde(default)]
    pub(crate) channel: Option<(PaymentChannel, String)>,
}

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

/// A quota from which vouchers are issued.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Quota {
    pub(crate) id: String,
    /// The partner or reseller that issues from it.
    pub(crate) holder: String,
    /// The distributor's quota it was cut from.
    pub(crate) parent: Option<String>,
    pub(crate) value: Amount,
    pub(crate) reclaimed: bool,
    pub(crate) created: UtcTime,
    pub(crate) updated: UtcTime,
    pub(crate) effective: UtcTime,
    pub(crate) expires: UtcTime,
    #[serde(default)]
    pub(crate) limits: QuotaLimits,
    /// Type of the quota's vouchers.
    #[serde(default)]
    pub(crate) kind: VoucherKind,
    /// The status that Huawei Cloud set; else it follows from the time.
    #[serde(default)]
    pub(crate) set_status: Option<QuotaStatus>,
}

/// Limits on the vouchers that may be issued from a quota and on their receivers. Without limits any voucher
/// may be issued to any customer.
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
    /// Maximum number of vouchers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_number: Option<u32>,
    /// Maximum value of all vouchers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_total: Option<Amount>,
    /// The customers who may receive its vouchers; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<String>,
    /// Whether only customers that are associated with a partner for the first time receive its vouchers.
    pub first_association_only: bool,
}

/// Type of a voucher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VoucherKind {
    /// A cash voucher, which pays like money.
    #[default]
    Cash,
    /// A flexi-purchase voucher, which pays like money as well.
    FlexiPurchase,
    /// A discount voucher, which leaves this share of the price of what is bought by a period, above 0 and below 1. Its
    /// amount is the most that it takes off.
    Discount(Amount),
}

/// Limits on the payments with a voucher. Without limits it pays for anything, together with any discount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct VoucherLimits {
    /// The cloud services that it may pay for, by their codes; all where empty.
    pub services: Vec<String>,
    /// The products that it may pay for, by their ids; all where empty.
    pub products: Vec<String>,
    /// The kinds of order that it may pay, of `new`, `renew` and `change`; all where empty.
    pub order_types: Vec<String>,
    /// The regions whose products it may pay for, by their codes; all where empty.
    pub regions: Vec<String>,
    /// Whether it cannot be used together with a commercial discount.
    pub without_commercial_discounts: bool,
    /// Whether it cannot be used together with a discount that a partner granted. For a discount voucher this always
    /// holds, for commercial discounts too.
    pub without_partner_discounts: bool,
    /// Whether it cannot be used together with a promotion.
    pub without_promotion_discounts: bool,
    /// Least share of each line that a discount must leave for the voucher to be used together with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_discount_ratio: Option<Amount>,
    /// The largest share of a line that it pays, above 0 and up to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_share: Option<Amount>,
    /// Whether it pays only the first order of a customer for a cloud service.
    pub first_order_in_service: bool,
    /// Number of payments that it can be used for; without limit where it is left out or 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_times: Option<u32>,
}

impl VoucherLimits {
    /// Whether it may pay for a product of a cloud service, bought by an order of this kind. Use has no kind of order.
    pub(crate) fn admit(
        &self,
        (service, product, region): (&str, &str, &str),
        order_type: Option<&str>,
    ) -> bool {
        let among = |list: &[String], one: &str| list.is_empty() || list.iter().any(|it| it == one);
        among(&self.services, service)
            && among(&self.products, product)
            && among(&self.regions, region)
            && order_type.is_none_or(|kind| among(&self.order_types, kind))
    }
}

/// A voucher that a customer holds or held.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Voucher {
    pub(crate) id: String,
    /// The quota that it was issued from; empty for those that Huawei Cloud gave.
    pub(crate) quota: String,
    /// The partner or reseller that issued it; empty for Huawei Cloud.
    pub(crate) issuer: String,
    pub(crate) customer: String,
    pub(crate) face_value: Amount,
    pub(crate) reclaimed: bool,
    pub(crate) created: UtcTime,
    pub(crate) effective: UtcTime,
    pub(crate) expires: UtcTime,
    /// The promotion plan of Huawei Cloud that it comes from.
    #[serde(default)]
    pub(crate) plan: Option<String>,
    /// The voucher of an enterprise master that it was cut from.
    #[serde(default)]
    pub(crate) cut_from: Option<String>,
    #[serde(default)]
    pub(crate) limits: VoucherLimits,
    #[serde(default)]
    pub(crate) kind: VoucherKind,
}

/// A verification code on its way to a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SentCode {
    pub(crate) receiver: Personal,
    pub(crate) code: Secret,
    pub(crate) sent: UtcTime,
    pub(crate) expires: UtcTime,
    /// Number of wrong codes that were given for it.
    #[serde(default)]
    pub(crate) failures: u32,
}

impl Voucher {
    /// Neither taken back nor past its end.
    pub(crate) fn is_usable(&self, now: UtcTime) -> bool {
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
    pub(crate) fn is_resale(&self) -> bool {
        self.association_type.as_deref() == Some("2")
    }
}

impl Quota {
    pub(crate) fn is_in_force(&self, now: UtcTime) -> bool {
        !self.reclaimed && self.effective <= now && now < self.expires
    }

    /// As partners see it: what was set counts until the quota ends.
    pub(crate) fn status(&self, now: UtcTime) -> QuotaStatus {
        match self.set_status {
            _ if !self.is_in_force(now) => QuotaStatus::Invalid,
            Some(set) => set,
            None => QuotaStatus::Normal,
        }
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

/// Error with which a handler refuses a call.
pub(crate) type Refusal = ApiError;

/// A refusal with HTTP status 400, as most business errors have.
pub(crate) fn refuse(code: ErrorCode) -> Refusal {
    refuse_with(StatusCode::BAD_REQUEST, code)
}

/// A refusal with another status.
pub(crate) fn refuse_with(status: StatusCode, code: ErrorCode) -> Refusal {
    let meaning = code.info().map_or("refused", |info| info.meaning);
    ApiError::new(status, code.as_str(), meaning)
}

/// A refusal whose body has a further field, such as `fail_check_items`.
pub(crate) fn refuse_naming(code: ErrorCode, field: &str, value: impl Serialize) -> Refusal {
    let plain = refuse(code);
    let body =
        serde_json::json!({"error_code": plain.code().as_str(), "error_msg": plain.message(), field: value});
    ApiError::read(plain.status(), body.to_string().into())
}

/// Returns the number of rows, and those of one page, each made only if it is on the page.
pub(crate) fn page<R, T>(
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

/// [`bad_request`] as the operation's service does: the ticket service with a code of its own and HTTP status 200.
pub(crate) fn unfit(meta: &OperationMeta, reason: String) -> Refusal {
    match meta.service() {
        Service::Tickets => ApiError::new(StatusCode::OK, codes::TICKET_BAD_PARAMETER.as_str(), reason),
        _ => bad_request(reason),
    }
}

/// A request that cannot be read or breaks a rule.
pub(crate) fn bad_request(reason: String) -> Refusal {
    ApiError::new(StatusCode::BAD_REQUEST, codes::BAD_PARAMETER.as_str(), reason)
}
