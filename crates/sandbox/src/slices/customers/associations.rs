//! Rules for associations and their ends.

use crate::{
    core::{Refusal, is_customer, refuse},
    state::State,
};
use huaweicloud_partner::{
    customers::AssociationType, error::codes, types::Site, vouchers::VoucherOperation,
};

impl State {
    /// The way in which a customer is associated changes: what the partner granted and the customer has left goes back to
    /// it, and its vouchers are recalled, where the customer was of the resale model.
    pub(crate) fn change_association(&mut self, customer: &str, to: &AssociationType) -> Result<(), Refusal> {
        let account = self.accounts.get(customer).filter(|account| is_customer(account));
        let account = account.filter(|account| account.associated_with.is_some());
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
            self.customers.frozen.remove(customer);
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
        let account = self.accounts.get(customer).filter(|account| is_customer(account));
        let account = account.filter(|account| account.associated_with.is_some());
        let account = account.ok_or_else(|| refuse(codes::NO_SUCH_CUSTOMER))?;
        let resale = account.is_resale();
        let partner = account.associated_with.clone().unwrap_or_default();
        if resale {
            self.reclaim_granted(&partner, customer)?;
        }
        self.recall_vouchers(&partner, customer, VoucherOperation::Dissociation)?;
        self.customers.left_a_partner.insert(customer.to_owned());
        let Some(account) = self.accounts.get_mut(customer) else { return Ok(()) };
        account.associated_with = None;
        account.associated_on = None;
        account.association_type = None;
        self.customers.frozen.remove(customer);
        self.end_budget(customer, &partner);
        Ok(())
    }
}
