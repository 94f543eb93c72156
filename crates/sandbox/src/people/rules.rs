//! Rules for associations and their ends.

use crate::{
    core::{AccountKind, Refusal, refuse},
    ledger::LedgerAccount,
    world::State,
};
use huaweicloud_partner::{
    customers::AssociationType,
    error::codes,
    partners::AdjustmentKind,
    types::{Amount, Site},
    vouchers::VoucherOperation,
};

impl State {
    /// A customer of a partner, or of one of its resellers where the partner is a distributor: for the operations that
    /// take no reseller.
    pub(crate) fn is_below(&self, partner: &str, customer: &str) -> bool {
        self.accounts
            .get(customer)
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .and_then(|account| account.associated_with.as_deref())
            .is_some_and(|owner| owner == partner || self.reseller_of(partner, owner).is_ok())
    }

    /// Returns the amount that a customer used and has not paid.
    pub(crate) fn debt_of(&self, customer: &str) -> Amount {
        self.ledger.balance(&LedgerAccount::arrears(customer)).negated()
    }

    /// The way in which a customer is associated changes: what the partner granted and the customer has left goes back to
    /// it, and its vouchers are recalled, where the customer was of the resale model.
    pub(crate) fn change_association(&mut self, customer: &str, to: &AssociationType) -> Result<(), Refusal> {
        let account = self.accounts.get(customer).filter(|account| account.associated_with.is_some());
        let account = account.ok_or_else(|| refuse(codes::NO_SUCH_CUSTOMER))?;
        let offered = match to {
            AssociationType::Referral => true,
            AssociationType::Resale => account.site == Site::China,
            AssociationType::ResellerModel => account.site != Site::China,
            _ => false,
        };
        if !offered || account.association_type.as_deref() == Some(to.as_str()) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let (resale, partner) = (account.is_resale(), account.associated_with.clone().unwrap_or_default());
        if resale {
            self.reclaim_granted(&partner, customer)?;
        }
        self.recall_vouchers(&partner, customer, VoucherOperation::ModelChange)?;
        if *to != AssociationType::ResellerModel {
            self.people.frozen.remove(customer);
            self.end_budget(customer, &partner);
        }
        if let Some(account) = self.accounts.get_mut(customer) {
            account.association_type = Some(to.to_string());
        }
        Ok(())
    }

    /// A partner and its customer part: what the partner granted and the customer has left goes back to it, its vouchers
    /// are recalled, the customer's budget ends, and it is frozen no more.
    pub(crate) fn end_association(&mut self, customer: &str) -> Result<(), Refusal> {
        let account = self.accounts.get_mut(customer).filter(|account| account.associated_with.is_some());
        let account = account.ok_or_else(|| refuse(codes::NO_SUCH_CUSTOMER))?;
        let resale = account.is_resale();
        let partner = account.associated_with.clone().unwrap_or_default();
        if resale {
            self.reclaim_granted(&partner, customer)?;
        }
        self.recall_vouchers(&partner, customer, VoucherOperation::Dissociation)?;
        self.people.left_a_partner.insert(customer.to_owned());
        let Some(account) = self.accounts.get_mut(customer) else { return Ok(()) };
        account.associated_with = None;
        account.associated_on = None;
        account.association_type = None;
        self.people.frozen.remove(customer);
        self.end_budget(customer, &partner);
        Ok(())
    }

    /// Returns granted money to a partner, as far as the customer still has it.
    fn reclaim_granted(&mut self, partner: &str, customer: &str) -> Result<(), Refusal> {
        let moved = self.adjustments.iter().filter(|entry| entry.owner == partner).map(|entry| &entry.record);
        let moved =
            moved.filter(|record| record.customer_id.as_ref().is_some_and(|id| id.as_str() == customer));
        let granted = Amount::checked_sum(moved.filter_map(|record| match record.operation_type {
            Some(AdjustmentKind::Grant) => record.amount,
            Some(AdjustmentKind::Reclaim | AdjustmentKind::Dissociation) => {
                record.amount.map(Amount::negated)
            }
            _ => None,
        }));
        let left = granted.unwrap_or_default().min(self.ledger.balance(&LedgerAccount::cash(customer)));
        if left.is_positive() {
            self.transfer(AdjustmentKind::Dissociation, partner, customer, left)?;
        }
        Ok(())
    }

    /// Returns the remainder of vouchers that a partner issued to a customer to their quotas.
    fn recall_vouchers(
        &mut self,
        partner: &str,
        customer: &str,
        why: VoucherOperation,
    ) -> Result<(), Refusal> {
        let usable = self.vouchers.values().filter(|voucher| {
            let left = self.ledger.balance(&LedgerAccount::voucher(&voucher.id));
            voucher.issuer == partner
                && voucher.customer == customer
                && voucher.is_usable(self.now)
                && left.is_positive()
        });
        let usable: Vec<String> = usable.map(|voucher| voucher.id.clone()).collect();
        for voucher in usable {
            self.take_voucher_back(&voucher, why.clone())?;
        }
        Ok(())
    }
}
