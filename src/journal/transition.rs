//! The transitions of an attempt, as functions from value to value.
//!
//! Journals call them inside their transactions, so that every journal has the same states.

use super::{
    state::{AttemptState, LegEntry, LegState, OwnerId, StoredAttempt},
    store::{Begin, LegChange},
};

/// An attempt after [`Journal::begin`](super::Journal::begin): `old` is what was stored before.
pub fn open(old: Option<&StoredAttempt>, begin: &Begin, owner: &OwnerId) -> StoredAttempt {
    let mut new = match old {
        Some(old) => StoredAttempt {
            attempt: begin.attempt.clone(),
            version: old.version.saturating_add(1),
            send_no: old.send_no.saturating_add(1),
            owner: owner.clone(),
            signed_at: begin.signed_at.max(old.signed_at),
            send_by: begin.send_by,
            fenced: old.fenced && begin.fenced,
            ..old.clone()
        },
        None => StoredAttempt {
            attempt: begin.attempt.clone(),
            version: 1,
            state: AttemptState::Ready,
            send_no: 1,
            owner: owner.clone(),
            window_begin: begin.window_begin,
            signed_at: begin.signed_at,
            send_by: begin.send_by,
            fenced: begin.fenced,
            legs: begin.attempt.legs.iter().map(|_| LegEntry::new()).collect(),
        },
    };
    for (number, leg) in new.legs.iter_mut().enumerate() {
        if begin.legs.contains(&number) {
            let mut ignored = std::mem::take(&mut leg.ignored);
            ignored.extend(begin.ignored.get(&number).cloned().unwrap_or_default());
            ignored.sort();
            ignored.dedup();
            *leg = LegEntry { state: LegState::Open, ignored, send_no: new.send_no, ..LegEntry::new() };
        }
    }
    new.state = AttemptState::of(&new.legs);
    new
}

/// An attempt after changes of its legs.
pub fn settle(old: &StoredAttempt, changes: &[LegChange]) -> StoredAttempt {
    let mut new = StoredAttempt { version: old.version.saturating_add(1), ..old.clone() };
    for change in changes {
        if let Some(leg) = new.legs.get_mut(change.leg) {
            leg.state = change.state;
            leg.code.clone_from(&change.code);
            leg.record.clone_from(&change.record);
            leg.by = change.by;
            leg.candidates.clone_from(&change.candidates);
            leg.rivals.clone_from(&change.rivals);
        }
    }
    new.state = AttemptState::of(&new.legs);
    new
}

/// An attempt that another process has taken over.
pub fn take_over(old: &StoredAttempt, owner: &OwnerId) -> StoredAttempt {
    StoredAttempt { version: old.version.saturating_add(1), owner: owner.clone(), ..old.clone() }
}

/// An attempt that lost a record to the attempt whose response named it: the leg is open again.
pub fn reopen(old: &StoredAttempt, leg: usize) -> StoredAttempt {
    let mut change = LegChange::new(leg, LegState::Open);
    change.record = None;
    settle(old, &[change])
}

/// True where a change may be made to a leg in this state. A success that a response reports is always stored; a verdict
/// changes open legs only; a person changes undecided ones.
pub fn is_allowed(from: LegState, to: &LegChange) -> bool {
    use super::state::DecidedBy;
    matches!(
        (from, to.by),
        (_, Some(DecidedBy::Response))
            | (LegState::Undecided, Some(DecidedBy::Operator))
            | (LegState::Open, _)
    )
}
