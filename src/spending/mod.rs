//! Spending power: what an account can pay an order with, by means of payment, from one call.
//!
//! ```no_run
//! # async fn example(partner: huaweicloud_partner::Client, customer: huaweicloud_partner::Client)
//! #     -> Result<(), Box<dyn std::error::Error>> {
//! use huaweicloud_partner::spending::SpendingQuery;
//!
//! let query = SpendingQuery::new().service("hws.service.type.ec2").budget_of(&partner, "0dbc4e63");
//! let power = customer.spending_power(query).await?;
//! for means in &power.means {
//!     println!("{:?} {}: {}", means.kind, means.id, means.available.clone()?);
//! }
//! println!("at most {:?}", power.unconditional()?);
//! # Ok(())
//! # }
//! ```

use futures_util::{TryStreamExt as _, future::try_join};

use crate::{
    Client, Error,
    client::Items,
    customers::{ExpenditureQuota, ShowAccountBalances, ShowBudget, ShowExpenditureQuota},
    error::codes,
    operation::Paged,
    partners::AccountType,
    types::{CustomerId, MeasureUnit, Money, MoneyError, ResellerId, Site, UtcTime},
    vouchers::{
        CardStatus, Frozen, HeldVoucher, LimitKey, ListHeldVouchers, ListStoredValueCards, UseLimit,
        VoucherStatus, VoucherType,
    },
};

/// Description of the order that is to be paid.
#[derive(Clone, Debug, Default)]
pub struct SpendingQuery {
    service: Option<String>,
    product: Option<String>,
    budget: Option<(Client, CustomerId, Option<ResellerId>)>,
}

impl SpendingQuery {
    /// An order that nothing is known about yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// An order of this service, by its code, such as `hws.service.type.ec2`. Vouchers of other services are left out.
    #[must_use]
    pub fn service(mut self, service_type_code: impl Into<String>) -> Self {
        self.service = Some(service_type_code.into());
        self
    }

    /// An order of this product. Vouchers for other products are left out.
    #[must_use]
    pub fn product(mut self, product_id: impl Into<String>) -> Self {
        self.product = Some(product_id.into());
        self
    }

    /// Also asks, as the partner, for the budget of the customer, which limits customers of the Reseller model on the sites
    /// outside China.
    #[must_use]
    pub fn budget_of(mut self, partner: &Client, customer: impl Into<CustomerId>) -> Self {
        self.budget = Some((partner.clone(), customer.into(), None));
        self
    }

    /// Whether a limit of a voucher lets it pay; `None` where that cannot be known before the order is there.
    fn admits(&self, limit: &UseLimit) -> Option<bool> {
        let wanted = match limit.limit_key.as_ref()? {
            LimitKey::Products => self.product.as_deref()?,
            key if key.as_str() == SERVICES => self.service.as_deref()?,
            LimitKey::UsageTimes => return Some(true),
            _ => return None,
        };
        Some(limit.value1.as_deref()?.split(',').any(|value| value.trim() == wanted))
    }
}

/// The limit of a voucher to services, which the documented table does not name.
const SERVICES: &str = "cloudServiceType";

/// Means with which an account can pay.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpendingPower {
    /// The means of payment.
    pub means: Vec<MeansOfPayment>,
    /// Limits on the sum of the means.
    pub limits: Vec<SpendingLimit>,
}

/// One means of payment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeansOfPayment {
    /// Kind of the means.
    pub kind: MeansKind,
    /// The id of the account, voucher or card.
    pub id: String,
    /// Amount that the means can pay; an error where the service did not send the amount, which is not zero
    /// then.
    pub available: Result<Money, MoneyError>,
    /// Limits that cannot be decided before the order is there; empty where it pays any order that was asked for.
    pub conditions: Vec<UseLimit>,
}

/// Kind of a means of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MeansKind {
    /// Money on the account.
    Cash,
    /// Credit that is left.
    Credit,
    /// Another account, such as one for bonuses.
    OtherAccount,
    /// A voucher that pays like money for what it is limited to.
    Voucher,
    /// Stored-value card with a balance.
    StoredValueCard,
    /// Remaining budget of a customer of the Reseller model, who has no balance because the partner is
    /// billed.
    PartnerBudget,
}

/// Limit on the sum of all means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpendingLimit {
    /// Kind of the means.
    pub kind: LimitKind,
    /// Remainder of the limit; an error where the service did not send the amounts.
    pub left: Result<Money, MoneyError>,
}

/// Quantity that a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitKind {
    /// The budget that the partner set.
    Budget,
    /// The quota of a month that Huawei Cloud granted.
    ExpenditureQuota,
}

impl SpendingPower {
    /// Returns the amount that the means of one kind can pay together, without those with conditions; `None`
    /// where there is none.
    ///
    /// # Errors
    /// [`MoneyError`] where an amount was not sent or the currencies differ.
    pub fn of_kind(&self, kind: MeansKind) -> Result<Option<Money>, MoneyError> {
        Money::sum(self.certain().filter(|means| means.kind == kind).map(|means| means.available.clone()))
    }

    /// Returns the amount that all means without conditions can pay together, within the limits; `None` where
    /// there is none.
    ///
    /// # Errors
    /// [`MoneyError`] where an amount was not sent or the currencies differ.
    pub fn unconditional(&self) -> Result<Option<Money>, MoneyError> {
        let Some(mut sum) = Money::sum(self.certain().map(|means| means.available.clone()))? else {
            return Ok(None);
        };
        for limit in &self.limits {
            let left = limit.left.clone()?;
            if sum.checked_sub(&left)?.amount > 0.into() {
                sum = left;
            }
        }
        Ok(Some(sum))
    }

    fn certain(&self) -> impl Iterator<Item = &MeansOfPayment> {
        self.means.iter().filter(|means| means.conditions.is_empty())
    }
}

impl Client {
    /// Reads the means with which the account of this client, a customer, can pay an order: balances, credit,
    /// vouchers and, on sites that have them, stored-value cards, an expenditure quota and a budget.
    ///
    /// The result is a picture of the moment: orders that run meanwhile spend of the same means.
    ///
    /// # Errors
    /// As for [`Client::send`]; no part is left out because it cannot be read.
    pub async fn spending_power(&self, query: SpendingQuery) -> Result<SpendingPower, Error> {
        let accounts = async { unless_partner_is_billed(self.send(&ShowAccountBalances::new()).await) };
        let vouchers =
            rows(self.items(ListHeldVouchers::new().status(VoucherStatus::Usable).offset(0).limit(100)));
        let (accounts, vouchers) = try_join(accounts, vouchers).await?;
        let mut power = SpendingPower { means: Vec::new(), limits: Vec::new() };
        let partner_is_billed = accounts.is_none();
        let accounts = accounts.map(|accounts| accounts.into_inner().account_balances).unwrap_or_default();
        for account in &accounts {
            let kind = match account.account_type {
                Some(AccountType::Balance) => MeansKind::Cash,
                Some(AccountType::Credit) => MeansKind::Credit,
                _ => MeansKind::OtherAccount,
            };
            let (id, available) = (account.account_id.clone(), account.money());
            power.means.push(MeansOfPayment { kind, id, available, conditions: Vec::new() });
        }
        let now = self.service_now().map_or_else(|| self.clock().now(), |now| now.estimate());
        power.means.extend(vouchers.iter().filter_map(|voucher| means_of(voucher, &query, now.into())));
        if self.site() == Site::China {
            self.add_cards(&mut power, now.into()).await?;
        } else {
            self.add_limits(&mut power, &query, partner_is_billed).await?;
        }
        Ok(power)
    }

    async fn add_cards(&self, power: &mut SpendingPower, now: UtcTime) -> Result<(), Error> {
        let cards = rows(self.items(ListStoredValueCards::new(CardStatus::Usable).limit(100))).await?;
        let usable = cards.into_iter().filter(|card| {
            card.effective_time.is_none_or(|start| start <= now)
                && card.expire_time.is_none_or(|end| now < end)
        });
        power.means.extend(usable.map(|card| {
            // A card is in the currency of the site: the response names none.
            let balance = card.balance.ok_or(MoneyError::Missing("balance"));
            MeansOfPayment {
                kind: MeansKind::StoredValueCard,
                id: card.card_id,
                available: balance.map(|amount| Money::new(amount, Site::China.currency())),
                conditions: Vec::new(),
            }
        }));
        Ok(())
    }

    async fn add_limits(
        &self,
        power: &mut SpendingPower,
        query: &SpendingQuery,
        partner_is_billed: bool,
    ) -> Result<(), Error> {
        let quota = if partner_is_billed {
            ExpenditureQuota::default()
        } else {
            self.send(&ShowExpenditureQuota::new()).await?.into_inner()
        };
        let money =
            |field, amount| Money::from_fields(field, amount, quota.measure_id, quota.currency.as_ref());
        if quota.granting_amount.is_some() {
            let left = money("granting_amount", quota.granting_amount).and_then(|granted| {
                granted.checked_sub(&money("granting_amount_used", quota.granting_amount_used)?)
            });
            power.limits.push(SpendingLimit { kind: LimitKind::ExpenditureQuota, left });
        }
        if let Some((partner, customer, reseller)) = &query.budget {
            let mut show = ShowBudget::new(customer.clone());
            show.indirect_partner_id.clone_from(reseller);
            let budget = partner.send(&show).await?;
            let money = |field, amount| {
                Money::from_fields(field, amount, budget.measure_id, budget.currency.as_ref())
            };
            if budget.budget_amount.is_some() {
                let left = money("budget_amount", budget.budget_amount)
                    .and_then(|set| set.checked_sub(&money("used_amount", budget.used_amount)?));
                if partner_is_billed {
                    let (kind, id) = (MeansKind::PartnerBudget, customer.to_string());
                    power.means.push(MeansOfPayment { kind, id, available: left, conditions: Vec::new() });
                } else {
                    power.limits.push(SpendingLimit { kind: LimitKind::Budget, left });
                }
            }
        }
        Ok(())
    }
}

/// The response; nothing where the customer has no balance because its partner is billed.
fn unless_partner_is_billed<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(response) => Ok(Some(response)),
        Err(error) if error.code() == Some(&codes::RESELLER_CUSTOMER_HAS_NO_BALANCE) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn rows<O: Paged>(items: Items<O>) -> Result<Vec<O::Item>, Error> {
    items.try_collect().await
}

/// Returns the part of the order that a voucher pays; `None` where it pays no part.
fn means_of(voucher: &HeldVoucher, query: &SpendingQuery, now: UtcTime) -> Option<MeansOfPayment> {
    let frozen = voucher.is_frozen.as_ref().is_some_and(|frozen| *frozen == Frozen::Yes);
    let started = voucher.valid_time.is_none_or(|start| start <= now);
    let ended = voucher.expire_time.is_some_and(|end| end <= now);
    let locked = voucher.lock_order_id.as_ref().is_some_and(|order| !order.as_str().is_empty());
    let pays = matches!(voucher.coupon_type, Some(VoucherType::Cash | VoucherType::FlexiPurchase));
    if frozen || !started || ended || locked || !pays {
        return None;
    }
    let mut conditions = Vec::new();
    for limit in &voucher.use_limits {
        match query.admits(limit) {
            Some(true) => {}
            Some(false) => return None,
            None => conditions.push(limit.clone()),
        }
    }
    let unit = voucher.measure_id.or(Some(MeasureUnit::MainUnit));
    Some(MeansOfPayment {
        kind: MeansKind::Voucher,
        id: voucher.coupon_id.to_string(),
        available: Money::from_fields("balance", voucher.balance, unit, voucher.currency.as_ref()),
        conditions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    fn voucher(more: &str) -> HeldVoucher {
        let text = format!(
            r#"{{"coupon_id":"v","status":2,"coupon_type":1,"measure_id":1,"balance":5,"currency":"CNY"{more}}}"#
        );
        decode_str(&text).unwrap()
    }

    fn means(voucher: &HeldVoucher, query: &SpendingQuery) -> Option<MeansOfPayment> {
        means_of(voucher, query, "2026-05-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn only_vouchers_that_pay_the_service_count() {
        let (ec2, any) = (SpendingQuery::new().service("ec2").product("p1"), SpendingQuery::new());
        let limited = |key: &str, value: &str| {
            voucher(&format!(r#","use_limits":[{{"limit_key":"{key}","value1":"{value}"}}]"#))
        };
        assert!(means(&limited("cloudServiceType", "obs,ec2"), &ec2).unwrap().conditions.is_empty());
        assert_eq!(means(&limited("cloudServiceType", "obs"), &ec2), None);
        assert_eq!(means(&limited("cloudServiceType", "obs"), &any).unwrap().conditions.len(), 1);
        assert_eq!(means(&limited("productId", "p2"), &ec2), None);
        assert_eq!(means(&limited("maxDeductionRatio", "0.5"), &ec2).unwrap().conditions.len(), 1);
        for unusable in [
            r#","is_frozen":"1""#,
            r#","lock_order_id":"CS1""#,
            r#","expire_time":"2026-05-01T00:00:00Z""#,
            r#","valid_time":"2026-06-01T00:00:00Z""#,
        ] {
            assert_eq!(means(&voucher(unusable), &any), None, "{unusable}");
        }
    }

    #[test]
    fn missing_money_is_never_zero() {
        let no_amount = HeldVoucher { balance: None, ..voucher("") };
        let power = SpendingPower {
            means: vec![means(&no_amount, &SpendingQuery::new()).unwrap()],
            limits: Vec::new(),
        };
        assert_eq!(power.unconditional(), Err(MoneyError::Missing("balance")));
        assert_eq!(power.of_kind(MeansKind::Cash), Ok(None));
    }
}
