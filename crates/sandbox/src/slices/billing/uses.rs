//! Pay-per-use: a resource was used, and the customer is charged.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    core::{AccountKind, LedgerAccount, Refusal, refuse},
    slices::wallet::{Charge, Paid, Voucher, VoucherKind},
    state::State,
};
use huaweicloud_partner::{
    bills::{BillType, ChargingMode},
    error::codes,
    types::{Amount, Site, UtcTime},
};

/// A customer used a resource that is paid for by use, such as three hours of a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResourceUse {
    /// Account that the entry belongs to.
    pub customer: String,
    /// The offer that was used; it must have a price for pay-per-use.
    pub offer: String,
    /// Amount of use in the unit of the offer's price: hours, gigabytes of traffic, and for products sold by
    /// size hours times size. Above zero.
    pub amount: Amount,
    /// The resource. Left out, the customer has one of each offer.
    #[serde(default)]
    pub resource: Option<String>,
    /// The beginning; an hour before the end by default.
    #[serde(default)]
    pub from: Option<UtcTime>,
    /// End of the use, the time of the event by default; not after it.
    #[serde(default)]
    pub until: Option<UtcTime>,
}

impl ResourceUse {
    /// Makes a use of this amount of an offer, in the hour before now.
    pub fn new(customer: impl Into<String>, offer: impl Into<String>, amount: impl Into<Amount>) -> Self {
        Self {
            customer: customer.into(),
            offer: offer.into(),
            amount: amount.into(),
            resource: None,
            from: None,
            until: None,
        }
    }

    /// On this resource.
    #[must_use]
    pub fn of(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// In this time.
    #[must_use]
    pub fn between(mut self, from: UtcTime, until: UtcTime) -> Self {
        (self.from, self.until) = (Some(from), Some(until));
        self
    }
}

impl State {
    /// Charges for a use; see [`Sandbox::use_resource`]. Returns the id of the charge.
    pub(crate) fn use_resource(&mut self, what: ResourceUse) -> Result<String, Refusal> {
        let account = self.accounts.get(&what.customer);
        let account = account
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .ok_or_else(|| refuse(codes::ACCOUNT_NOT_FOUND))?;
        let site = account.site;
        let until = what.until.unwrap_or(self.now);
        let from = what.from.unwrap_or_else(|| until.instant().saturating_sub(time::Duration::HOUR).into());
        if !what.amount.is_positive() || from > until || until > self.now {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let offer = self.offer(&what.offer).filter(|offer| offer.site == site);
        let price = offer.and_then(|offer| offer.price_per_hour);
        let price = price.ok_or_else(|| refuse(codes::PRODUCT_NOT_FOUND))?;
        rated(price, what.amount).ok_or_else(|| refuse(codes::BAD_PARAMETER))?;
        self.may_buy(&what.customer)?;
        let resource = what.resource.unwrap_or_else(|| format!("{}-{}", what.customer, what.offer));
        self.may_use(&what.customer, &resource)?;
        let covered =
            self.cover_by_packages(&what.customer, &what.offer, &resource, what.amount, (from, until));
        let charged = what.amount.checked_sub(covered).unwrap_or_default();
        let list_price = rated(price, charged).unwrap_or_default();
        let offer = self.offer(&what.offer);
        let service = offer.map_or("", |offer| offer.service_type_code);
        let region = offer.map_or("", |offer| offer.region_code);
        let product = (service, what.offer.as_str(), region);
        let (paid, debt) = self.means(&what.customer, payable(site, list_price), product);
        let payer = self.other_payer_of(&what.customer);
        let id = self.fresh("USE");
        let charge = Charge {
            id: id.clone(),
            at: self.now,
            customer: what.customer,
            what: BillType::Usage,
            mode: ChargingMode::PayPerUse,
            offer: what.offer,
            order: None,
            resource: Some(resource),
            from,
            until,
            usage: Some(what.amount),
            covered: Some(covered).filter(|covered| covered.is_positive()),
            list_price,
            discount: Amount::ZERO,
            paid,
            payer,
        };
        self.charge_partly(charge, debt)?;
        Ok(id)
    }

    /// Returns the means with which a customer pays an amount, and the missing amount.
    fn means(&self, customer: &str, amount: Amount, product: (&str, &str, &str)) -> (Paid, Amount) {
        let mut left = amount;
        let mut take = |held: Amount| {
            let taken = left.min(held);
            left = left.checked_sub(taken).unwrap_or_default();
            taken
        };
        let payer = self.payer_of(customer);
        let usable = |voucher: &&Voucher| {
            (voucher.customer == customer || voucher.customer == payer)
                && !matches!(voucher.kind, VoucherKind::Discount(_))
                && voucher.is_usable(self.now)
                && voucher.effective <= self.now
                && voucher.limits.admit(product, None)
                && !voucher.limits.first_order_in_service
                && self.wallet.lock_on(&voucher.id).is_none()
                && !self.is_used_up(voucher)
        };
        let mut vouchers: Vec<_> = self.wallet.vouchers().filter(usable).collect();
        vouchers.sort_by_key(|voucher| voucher.expires);
        let vouchers = vouchers
            .into_iter()
            .map(|voucher| {
                (voucher.id.clone(), take(self.ledger.balance(&LedgerAccount::voucher(&voucher.id))))
            })
            .filter(|(_, taken)| taken.is_positive())
            .collect();
        // Of the Reseller model it is the partner who pays, after the month.
        let later = self.accounts.is_of_reseller_model(payer);
        let cash = take(if later { amount } else { self.ledger.balance(&LedgerAccount::cash(payer)) });
        let credit = self.credit_lines(payer).map(|(line, held)| (line, take(held)));
        let credit = credit.filter(|(_, taken)| taken.is_positive()).collect();
        (Paid { cash, vouchers, credit, cards: Vec::new() }, left)
    }
}

/// Price times amount, cut after eight decimals.
pub(crate) fn rated(price: Amount, amount: Amount) -> Option<Amount> {
    let product: Option<Decimal> = price.as_decimal().checked_mul(amount.as_decimal());
    product.map(|product| Amount::from(Amount::from(product).truncated(8).as_decimal().normalize()))
}

/// Returns the charge for an amount due: whole cents on the China site, all of it elsewhere.
pub(crate) fn payable(site: Site, due: Amount) -> Amount {
    if site == Site::China { due.truncated(2) } else { due }
}
