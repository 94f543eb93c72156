//! Enterprise organizations: masters, members, and what was handed between them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    ledger::LedgerAccount,
    people::positive,
    world::{AccountKind, Refusal, State, refuse},
};
use huaweicloud_partner::{
    enterprise::{MemberPermission, MemberStatus},
    error::codes,
    types::{Amount, Personal, UtcTime},
};

/// How long it takes here until a new member can be used; the real time is not documented.
const MAKING: time::Duration = time::Duration::seconds(10);

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Enterprise {
    pub(super) units: BTreeMap<String, Unit>,
    /// Members by their account.
    pub(super) members: BTreeMap<String, Membership>,
    /// Keys against repeats that were used, each behind its master.
    pub(super) keys: BTreeSet<String>,
    /// The credit of masters and members.
    pub(super) credit: BTreeMap<String, Vec<CreditLine>>,
    /// Customers that have enterprise projects.
    pub(super) projects: BTreeSet<String>,
}

/// A unit of an enterprise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Unit {
    pub(super) id: String,
    pub(super) master: String,
    /// The unit above, and the tie to it; none at the top.
    pub(super) above: Option<(String, String)>,
    pub(super) name: Personal,
}

/// A member of an enterprise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Membership {
    pub(super) master: String,
    pub(super) unit: String,
    pub(super) display_name: Option<Personal>,
    /// The master has its money in custody.
    pub(super) custody: bool,
    pub(super) permissions: Vec<MemberPermission>,
    pub(super) made: UtcTime,
}

/// A part of an account's credit, by the time at which it expires.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CreditLine {
    pub(super) expires: Option<UtcTime>,
    pub(super) granted: Amount,
}

impl Membership {
    pub(super) fn status(&self, now: UtcTime) -> MemberStatus {
        if now.instant() < self.made.instant().saturating_add(MAKING) {
            MemberStatus::Creating
        } else {
            MemberStatus::Normal
        }
    }
}

impl CreditLine {
    pub(super) fn has_expired(&self, now: UtcTime) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

impl State {
    /// The unit at the top of an enterprise, which is there as soon as somebody looks.
    pub(super) fn top_unit(&mut self, master: &str) -> String {
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

    /// The enterprise sets up a unit, at the top or below another one. Gives its id.
    pub(super) fn add_unit(
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
    pub(super) fn add_member(
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

    /// Huawei Cloud grants credit to an account, until a time or for good.
    pub(super) fn grant_credit(
        &mut self,
        account: &str,
        amount: Amount,
        expires: Option<UtcTime>,
    ) -> Result<(), Refusal> {
        if !self.accounts.contains_key(account) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let whole = |time: UtcTime| time.instant().replace_nanosecond(0).map(UtcTime::from).unwrap_or(time);
        let expires = expires.map(whole); // as the moves name it
        let book = LedgerAccount::credit(account, expires);
        self.move_money("credit", LedgerAccount::outside("credit"), book, positive(amount)?)?;
        self.widen_credit(account, expires, amount);
        Ok(())
    }

    /// Makes a line of credit wider, or narrower by an amount below zero.
    pub(super) fn widen_credit(&mut self, account: &str, expires: Option<UtcTime>, amount: Amount) {
        let lines = self.enterprise.credit.entry(account.to_owned()).or_default();
        match lines.iter_mut().find(|line| line.expires == expires) {
            Some(line) => line.granted = line.granted.checked_add(amount).unwrap_or(line.granted),
            None => lines.push(CreditLine { expires, granted: amount }),
        }
        lines.sort_by_key(|line| line.expires);
    }

    /// The lines of credit that an account can spend from, the soonest to expire first, with what is left on them. What a
    /// customer of the Reseller model spends its partner owes, so credit pays nothing there.
    pub(super) fn credit_lines(&self, account: &str) -> impl Iterator<Item = (Option<UtcTime>, Amount)> {
        let lines = self.enterprise.credit.get(account).into_iter().flatten();
        let mut lines: Vec<_> = lines
            .filter(|line| !line.has_expired(self.now))
            .map(|line| (line.expires, self.ledger.balance(&LedgerAccount::credit(account, line.expires))))
            .filter(|(_, left)| left.is_positive())
            .collect();
        lines.sort_by_key(|(expires, _)| (expires.is_none(), *expires));
        lines.into_iter()
    }

    /// All credit that an account has and that has not expired.
    pub(super) fn credit_of(&self, account: &str) -> Amount {
        let lines = self.enterprise.credit.get(account).into_iter().flatten();
        let running = lines.filter(|line| !line.has_expired(self.now));
        let left = running.map(|line| self.ledger.balance(&LedgerAccount::credit(account, line.expires)));
        Amount::checked_sum(left).unwrap_or_default()
    }
}
