//! Benefits that Huawei Cloud gives to accounts: vouchers of its promotions, stored-value cards, agreed
//! discounts.

use serde::{Deserialize, Serialize};

use super::vouchers::{Voucher, VoucherKind, VoucherLimits};
use crate::{
    core::{LedgerAccount, Refusal, positive, refuse},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    orders::VoucherGroup,
    types::{Amount, UtcTime},
    vouchers::{CategoryDiscount, ProductDiscount, VoucherTradeDetail},
};

/// Validity of vouchers, cards and contracts that an event creates.
const YEAR: time::Duration = time::Duration::days(365);

/// A stored-value card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) name: String,
    pub(crate) face_value: Amount,
    pub(crate) effective: UtcTime,
    pub(crate) expires: UtcTime,
}

/// A customer's commercial contract.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Contract {
    pub(crate) id: String,
    pub(crate) effective: UtcTime,
    pub(crate) expires: UtcTime,
    pub(crate) products: Vec<ProductDiscount>,
    pub(crate) categories: Vec<CategoryDiscount>,
}

impl State {
    fn in_a_year(&self) -> UtcTime {
        self.now.instant().saturating_add(YEAR).into()
    }

    /// Huawei Cloud gives a voucher out of a promotion plan.
    pub(crate) fn give_voucher(
        &mut self,
        account: &str,
        amount: Amount,
        plan: String,
        kind: VoucherKind,
        limits: VoucherLimits,
    ) -> Result<String, Refusal> {
        if !limits.group.is_none_or(VoucherGroup::is_known) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        if !self.accounts.contains_key(account) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let one = Amount::from(1);
        let share = |share: Amount| share.is_positive() && share <= one;
        let rate = match kind {
            VoucherKind::Discount(rate) => share(rate) && rate != one,
            _ => true,
        };
        if !rate || ![limits.greatest_share, limits.least_discount_ratio].into_iter().flatten().all(share) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let voucher = Voucher {
            id: self.fresh("CP"),
            quota: String::new(),
            issuer: String::new(),
            customer: account.to_owned(),
            face_value: positive(amount)?,
            reclaimed: false,
            created: self.now,
            effective: self.now,
            expires: self.in_a_year(),
            plan: Some(plan),
            cut_from: None,
            limits,
            kind,
        };
        self.move_money(
            "promotion",
            LedgerAccount::outside("promotion"),
            LedgerAccount::voucher(&voucher.id),
            amount,
        )?;
        self.note_voucher(&voucher, VoucherTradeDetail::Activation, amount, &voucher.id);
        let id = voucher.id.clone();
        self.wallet.vouchers.insert(id.clone(), voucher);
        Ok(id)
    }

    /// A customer gets a stored-value card that was paid for outside.
    pub(crate) fn give_card(
        &mut self,
        customer: &str,
        name: String,
        amount: Amount,
    ) -> Result<String, Refusal> {
        if !self.accounts.contains_key(customer) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let id = self.fresh("SVC");
        self.move_money(
            "card",
            LedgerAccount::outside("recharge"),
            LedgerAccount::card(&id),
            positive(amount)?,
        )?;
        let card = Card {
            id: id.clone(),
            customer: customer.to_owned(),
            name,
            face_value: amount,
            effective: self.now,
            expires: self.in_a_year(),
        };
        self.wallet.cards.insert(id.clone(), card);
        Ok(id)
    }

    /// Makes a payment from a stored-value card.
    pub(crate) fn spend_from_card(&mut self, card: &str, amount: Amount) -> Result<(), Refusal> {
        let usable = self.wallet.cards.get(card).is_some_and(|card| self.now < card.expires);
        if !usable {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        self.move_money(
            "card spent",
            LedgerAccount::card(card),
            LedgerAccount::outside("consumption"),
            positive(amount)?,
        )
    }

    /// A discount for one product is agreed with a customer. Returns the id of the item.
    pub(crate) fn agree_product(
        &mut self,
        customer: &str,
        mut discount: ProductDiscount,
    ) -> Result<String, Refusal> {
        let ProductDiscount { item_id, effective_time, expire_time, .. } = &mut discount;
        let contract = self.add_item(customer, item_id, (effective_time, expire_time))?;
        let id = discount.item_id.clone();
        contract.products.push(discount);
        Ok(id)
    }

    /// A discount for a category of products is agreed with a customer. Returns the id of the item.
    pub(crate) fn agree_category(
        &mut self,
        customer: &str,
        mut discount: CategoryDiscount,
    ) -> Result<String, Refusal> {
        let CategoryDiscount { item_id, effective_time, expire_time, .. } = &mut discount;
        let contract = self.add_item(customer, item_id, (effective_time, expire_time))?;
        let id = discount.item_id.clone();
        contract.categories.push(discount);
        Ok(id)
    }

    /// Gives a new item its id, and the validity of the contract where it has none of its own. Returns the contract that
    /// it belongs to.
    fn add_item(
        &mut self,
        customer: &str,
        id: &mut String,
        (effective, expires): (&mut Option<UtcTime>, &mut Option<UtcTime>),
    ) -> Result<&mut Contract, Refusal> {
        *id = self.fresh("QI");
        let contract = self.contract(customer)?;
        effective.get_or_insert(contract.effective);
        expires.get_or_insert(contract.expires);
        Ok(contract)
    }

    /// The contract of a customer, made for a year where it has none in force.
    fn contract(&mut self, customer: &str) -> Result<&mut Contract, Refusal> {
        if !self.accounts.contains_key(customer) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let (now, expires, id) = (self.now, self.in_a_year(), self.fresh("CT"));
        let fresh = Contract { id, effective: now, expires, products: Vec::new(), categories: Vec::new() };
        let contract = self.wallet.contracts.entry(customer.to_owned()).or_insert_with(|| fresh.clone());
        if contract.expires <= now {
            *contract = fresh;
        }
        Ok(contract)
    }
}
