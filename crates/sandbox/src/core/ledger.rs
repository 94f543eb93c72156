//! Double entry: whatever leaves one book arrives in others, and no book goes below zero.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use huaweicloud_partner::types::{Amount, UtcTime};

/// Account of the ledger that holds money or a right to money.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LedgerAccount(String);

impl LedgerAccount {
    /// The cash account of a partner, reseller or customer.
    pub fn cash(account: &str) -> Self {
        Self(format!("cash/{account}"))
    }

    /// Account of the remainder of a voucher quota.
    pub fn quota(quota: &str) -> Self {
        Self(format!("quota/{quota}"))
    }

    /// Account of the remainder of a voucher.
    pub fn voucher(voucher: &str) -> Self {
        Self(format!("voucher/{voucher}"))
    }

    /// One line of an account's credit, by the time at which it expires.
    pub fn credit(account: &str, expires: Option<UtcTime>) -> Self {
        match expires {
            Some(expires) => Self(format!("credit/{account}/{expires}")),
            None => Self(format!("credit/{account}/permanent")),
        }
    }

    /// Account of the remainder of a stored-value card.
    pub fn card(card: &str) -> Self {
        Self(format!("card/{card}"))
    }

    /// Account of the debt of a partner to Huawei Cloud for the customers that it resells to, as an amount
    /// below zero.
    pub fn payable(partner: &str) -> Self {
        Self(format!("outside/owed/{partner}"))
    }

    /// The world outside, such as `recharge` or `consumption`: the only books that may go below zero.
    pub fn outside(name: &str) -> Self {
        Self(format!("outside/{name}"))
    }

    /// Account of the debt of a customer for charges that its cash did not cover, as an amount below zero.
    pub fn arrears(account: &str) -> Self {
        Self(format!("outside/arrears/{account}"))
    }

    fn is_outside(&self) -> bool {
        self.0.starts_with("outside/")
    }
}

impl fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One movement: what each book gained or lost, adding up to nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posting {
    /// Time of the movement.
    pub at: UtcTime,
    /// Purpose of the movement.
    pub what: String,
    /// The books with their gains.
    pub legs: Vec<(LedgerAccount, Amount)>,
}

/// Error in the balances of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AuditError(String);

/// Reason why a movement was not made; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A book does not hold enough.
    #[error("{0} does not hold enough")]
    Overdrawn(LedgerAccount),
    /// The legs do not add up to nothing, or an amount does not fit.
    #[error("the movement does not balance")]
    Unbalanced,
}

/// All books with all their movements.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    balances: BTreeMap<LedgerAccount, Amount>,
    postings: Vec<Posting>,
}

impl Ledger {
    /// Returns the balance of an account.
    pub fn balance(&self, book: &LedgerAccount) -> Amount {
        self.balances.get(book).copied().unwrap_or_default()
    }

    /// All books with what they hold.
    pub fn balances(&self) -> impl Iterator<Item = (&LedgerAccount, Amount)> {
        self.balances.iter().map(|(book, amount)| (book, *amount))
    }

    /// All movements in order.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// Makes a movement, all of it or nothing.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn post(
        &mut self,
        at: UtcTime,
        what: &str,
        legs: Vec<(LedgerAccount, Amount)>,
    ) -> Result<(), LedgerError> {
        let total = Amount::checked_sum(legs.iter().map(|(_, gain)| *gain));
        if !total.is_some_and(Amount::is_zero) {
            return Err(LedgerError::Unbalanced);
        }
        let mut after: BTreeMap<&LedgerAccount, Amount> = BTreeMap::new();
        for (book, gain) in &legs {
            let held = after.get(book).copied().unwrap_or_else(|| self.balance(book));
            after.insert(book, held.checked_add(*gain).ok_or(LedgerError::Unbalanced)?);
        }
        if let Some((book, _)) = after.iter().find(|(book, held)| held.is_negative() && !book.is_outside()) {
            return Err(LedgerError::Overdrawn((*book).clone()));
        }
        let after: Vec<(LedgerAccount, Amount)> =
            after.into_iter().map(|(book, held)| (book.clone(), held)).collect();
        self.balances.extend(after);
        self.postings.push(Posting { at, what: what.to_owned(), legs });
        Ok(())
    }

    /// Moves an amount from one book to another.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn transfer(
        &mut self,
        at: UtcTime,
        what: &str,
        from: LedgerAccount,
        to: LedgerAccount,
        amount: Amount,
    ) -> Result<(), LedgerError> {
        self.post(at, what, vec![(from, amount.negated()), (to, amount)])
    }

    /// Checks that the books are what their movements made them, add up to nothing, and are not overdrawn.
    ///
    /// # Errors
    /// What is wrong.
    pub fn audit(&self) -> Result<(), AuditError> {
        let mut replayed: BTreeMap<&LedgerAccount, Amount> = BTreeMap::new();
        for (book, gain) in self.postings.iter().flat_map(|posting| &posting.legs) {
            let held = replayed.entry(book).or_default();
            *held = held.checked_add(*gain).ok_or_else(|| AuditError("a sum does not fit".to_owned()))?;
        }
        if let Some((book, held)) =
            self.balances().find(|(book, held)| replayed.get(book).copied().unwrap_or_default() != *held)
        {
            return Err(AuditError(format!("{book} holds {held}, its movements say otherwise")));
        }
        if let Some((book, held)) =
            self.balances().find(|(book, held)| held.is_negative() && !book.is_outside())
        {
            return Err(AuditError(format!("{book} is overdrawn: {held}")));
        }
        match Amount::checked_sum(self.balances.values().copied()) {
            Some(total) if total.is_zero() => Ok(()),
            total => Err(AuditError(format!("all books together hold {total:?}, not nothing"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at() -> UtcTime {
        "2026-05-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_movement_is_made_whole_or_not_at_all() {
        let mut ledger = Ledger::default();
        let (a, b) = (LedgerAccount::cash("a"), LedgerAccount::cash("b"));
        ledger
            .transfer(at(), "recharge", LedgerAccount::outside("recharge"), a.clone(), Amount::from(10))
            .unwrap();
        let before = ledger.clone();
        let legs = vec![
            (a.clone(), Amount::from(-4)),
            (b.clone(), Amount::from(-1)),
            (LedgerAccount::outside("x"), Amount::from(5)),
        ];
        assert_eq!(ledger.post(at(), "no", legs), Err(LedgerError::Overdrawn(b.clone())));
        assert_eq!(ledger.post(at(), "no", vec![(a.clone(), Amount::from(1))]), Err(LedgerError::Unbalanced));
        assert_eq!(ledger, before);
        ledger.transfer(at(), "grant", a.clone(), b.clone(), Amount::from(4)).unwrap();
        assert_eq!((ledger.balance(&a), ledger.balance(&b)), (Amount::from(6), Amount::from(4)));
        ledger.audit().unwrap();
    }

    proptest! {
        #[test]
        fn no_sequence_makes_or_loses_money(moves in prop::collection::vec((0_u8..5, 0_u8..5, 0_i64..100_000, 0_u32..=2), 0..200)) {
            let mut ledger = Ledger::default();
            let book = |number: u8| if number == 0 { LedgerAccount::outside("world") } else { LedgerAccount::cash(&number.to_string()) };
            for (from, to, digits, scale) in moves {
                let _ = ledger.transfer(at(), "move", book(from), book(to), Amount::new(digits, scale).unwrap());
                prop_assert_eq!(ledger.audit(), Ok(()));
            }
        }
    }
}
