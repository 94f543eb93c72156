//! Rules for setting up enterprises, and their credit.

use super::{MAKING, Membership, Unit};
use crate::{
    core::{AccountKind, Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{enterprise::MemberPermission, error::codes, types::Personal};

impl State {
    /// Returns the payer of a customer's purchases and usage: the master account that has its money in
    /// custody, else the customer.
    pub(crate) fn payer_of<'s>(&'s self, customer: &'s str) -> &'s str {
        let member = self.enterprise.members.get(customer).filter(|member| member.custody);
        member.map_or(customer, |member| &member.master)
    }

    /// The same, where it is somebody else.
    pub(crate) fn other_payer_of(&self, customer: &str) -> Option<String> {
        Some(self.payer_of(customer)).filter(|payer| *payer != customer).map(str::to_owned)
    }

    /// The unit at the top of an enterprise, which is there as soon as somebody looks.
    pub(crate) fn top_unit(&mut self, master: &str) -> String {
        let top = self.enterprise.units.values().find(|unit| unit.master == master && unit.above.is_none());
        if let Some(top) = top {
            return top.id.clone();
        }
        let id = self.fresh("");
        let name = self.accounts.get(master).map(|account| account.name.clone()).unwrap_or_default();
        let top = Unit { id: id.clone(), master: master.to_owned(), above: None, name };
        self.enterprise.units.insert(id.clone(), top);
        id
    }

    /// The enterprise sets up a unit, at the top or below another one. Returns its id.
    pub(crate) fn add_unit(
        &mut self,
        master: &str,
        name: Personal,
        below: Option<&str>,
    ) -> Result<String, Refusal> {
        let above = self.unit(master, below)?;
        let (id, tie) = (self.fresh(""), self.fresh(""));
        let unit = Unit { id: id.clone(), master: master.to_owned(), above: Some((above, tie)), name };
        self.enterprise.units.insert(id.clone(), unit);
        Ok(id)
    }

    /// The id of a unit that is named by its id or name; the top where none is.
    fn unit(&mut self, master: &str, named: Option<&str>) -> Result<String, Refusal> {
        let is_master = |kind: AccountKind| kind == AccountKind::EnterpriseMaster;
        if !self.accounts.get(master).is_some_and(|account| is_master(account.kind)) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let top = self.top_unit(master);
        let Some(named) = named else { return Ok(top) };
        let own = self.enterprise.units.values().filter(|unit| unit.master == master);
        let unit = own.into_iter().find(|unit| unit.id == named || unit.name.expose() == named);
        unit.map(|unit| unit.id.clone()).ok_or_else(|| refuse(codes::BAD_PARAMETER))
    }

    /// A customer joins an enterprise; it can be used at once.
    pub(crate) fn add_member(
        &mut self,
        master: &str,
        account: String,
        unit: Option<&str>,
        custody: bool,
        permissions: Vec<MemberPermission>,
    ) -> Result<(), Refusal> {
        let unit = self.unit(master, unit)?;
        let free = self.accounts.get(&account).is_some_and(|account| account.kind == AccountKind::Customer)
            && !self.enterprise.members.contains_key(&account);
        if !free {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let made = self.now.instant().saturating_sub(MAKING).into();
        let master = master.to_owned();
        let membership = Membership { master, unit, display_name: None, custody, permissions, made };
        self.enterprise.members.insert(account, membership);
        Ok(())
    }
}
