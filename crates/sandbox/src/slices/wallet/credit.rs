//! Credit that Huawei Cloud grants, line by line.

use serde::{Deserialize, Serialize};

use crate::{
    core::{LedgerAccount, Refusal, positive, refuse},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    types::{Amount, UtcTime},
};

/// A part of an account's credit, by the time at which it expires.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CreditLine {
    pub(crate) expires: Option<UtcTime>,
    pub(crate) granted: Amount,
}

impl CreditLine {
    pub(crate) fn has_expired(&self, now: UtcTime) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

impl State {
    /// Huawei Cloud grants credit to an account, until a time or for good.
    pub(crate) fn grant_credit(
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
    pub(crate) fn widen_credit(&mut self, account: &str, expires: Option<UtcTime>, amount: Amount) {
        let lines = self.wallet.credit.entry(account.to_owned()).or_default();
        match lines.iter_mut().find(|line| line.expires == expires) {
            Some(line) => line.granted = line.granted.checked_add(amount).unwrap_or(line.granted),
            None => lines.push(CreditLine { expires, granted: amount }),
        }
        lines.sort_by_key(|line| line.expires);
    }

    /// The lines of credit that an account can spend from, the soonest to expire first, with what is left on them. What a
    /// customer of the Reseller model spends its partner owes, so credit pays nothing there.
    pub(crate) fn credit_lines(&self, account: &str) -> impl Iterator<Item = (Option<UtcTime>, Amount)> {
        let lines = self.wallet.credit.get(account).into_iter().flatten();
        let mut lines: Vec<_> = lines
            .filter(|line| !line.has_expired(self.now))
            .map(|line| (line.expires, self.ledger.balance(&LedgerAccount::credit(account, line.expires))))
            .filter(|(_, left)| left.is_positive())
            .collect();
        lines.sort_by_key(|(expires, _)| (expires.is_none(), *expires));
        lines.into_iter()
    }

    /// All credit that an account has and that has not expired.
    pub(crate) fn credit_of(&self, account: &str) -> Amount {
        let lines = self.wallet.credit.get(account).into_iter().flatten();
        let running = lines.filter(|line| !line.has_expired(self.now));
        let left = running.map(|line| self.ledger.balance(&LedgerAccount::credit(account, line.expires)));
        Amount::checked_sum(left).unwrap_or_default()
    }
}
