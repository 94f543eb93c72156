//! Verification codes on their way to people.

use serde::{Deserialize, Serialize};
use time::Duration;

use super::Identity;
use crate::{
    core::{Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    types::{Personal, Secret, UtcTime},
};

/// A verification code on its way to a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SentCode {
    pub(crate) receiver: Personal,
    pub(crate) code: Secret,
    pub(crate) sent: UtcTime,
    pub(crate) expires: UtcTime,
    /// Whether it arrived.
    #[serde(default = "arrived")]
    pub(crate) arrived: bool,
    /// Number of wrong codes that were given for it.
    #[serde(default)]
    pub(crate) failures: u32,
}

const fn arrived() -> bool {
    true
}

impl Identity {
    /// Whether messages to a contact arrive.
    pub(crate) fn is_reachable(&self, contact: &Personal) -> bool {
        !self.blocked.contains(contact.expose())
    }

    /// The number of codes that were sent to a receiver after a time.
    pub(crate) fn codes_sent(&self, receiver: &Personal, since: UtcTime) -> usize {
        let recent = self.outbox.iter().rev().take_while(|sent| sent.sent > since);
        recent.filter(|sent| sent.receiver == *receiver).count()
    }

    /// The code that last arrived at a receiver.
    pub(crate) fn last_code(&self, receiver: &str) -> Option<&SentCode> {
        self.outbox.iter().rev().find(|sent| sent.arrived && sent.receiver.expose() == receiver)
    }

    /// The code that last arrived anywhere.
    pub(crate) fn newest_code(&self) -> Option<&SentCode> {
        self.outbox.iter().rev().find(|sent| sent.arrived)
    }

    /// Keeps a code with the time at which it was sent and that of its expiry.
    pub(crate) fn keep_code(
        &mut self,
        receiver: Personal,
        code: String,
        (sent, expires): (UtcTime, UtcTime),
        arrived: bool,
    ) {
        self.outbox.push(SentCode { receiver, code: code.into(), sent, expires, arrived, failures: 0 });
    }

    /// Ends the validity of the code that was last sent to a receiver: a code is spent by its use.
    pub(crate) fn spend_code(&mut self, receiver: &Personal, now: UtcTime) {
        if let Some(sent) = self.outbox.iter_mut().rev().find(|sent| sent.receiver == *receiver) {
            sent.expires = now;
        }
    }

    /// Refuses a code that is not the one that was last sent to a receiver. More than three wrong ones block it.
    pub(crate) fn check_code(
        &mut self,
        receiver: &Personal,
        given: Option<&Secret>,
        now: UtcTime,
    ) -> Result<(), Refusal> {
        let last = self.outbox.iter_mut().rev().find(|sent| sent.receiver == *receiver);
        let sent = last.ok_or_else(|| refuse(codes::SENT_CODE_WRONG))?;
        if sent.failures > 3 {
            return Err(refuse(codes::CODE_FAILED_TOO_OFTEN));
        }
        if given != Some(&sent.code) {
            sent.failures += 1;
            let over = sent.failures > 3;
            return Err(refuse(if over { codes::CODE_FAILED_TOO_OFTEN } else { codes::SENT_CODE_WRONG }));
        }
        if sent.expires <= now {
            return Err(refuse(codes::SENT_CODE_EXPIRED));
        }
        Ok(())
    }
}

impl State {
    /// Messages to a telephone number or e-mail address do not arrive from now on, or arrive again.
    pub(crate) fn block_contact(&mut self, contact: &Personal, lifted: bool) {
        if lifted {
            self.identity.blocked.remove(contact.expose());
        } else {
            self.identity.blocked.insert(contact.expose().to_owned());
        }
        self.note_change_of_state();
    }

    /// Makes a code for a receiver and sends it. One whose receiver is blocked is made and counted, but not sent.
    pub(crate) fn deliver_code(&mut self, receiver: Personal, minutes: u32) -> Result<(), Refusal> {
        let arrives = self.identity.is_reachable(&receiver);
        self.send_code(receiver, minutes, arrives);
        if arrives { Ok(()) } else { Err(refuse(codes::CODE_NOT_DELIVERED)) }
    }

    /// Makes a code of six digits, which is valid for some minutes, and sends it.
    fn send_code(&mut self, receiver: Personal, minutes: u32, arrived: bool) {
        let expires = self.now.instant().saturating_add(Duration::minutes(minutes.into())).into();
        let digits = self.fresh("");
        let code: String = digits.chars().skip(digits.len().saturating_sub(6)).collect();
        self.identity.keep_code(receiver, code, (self.now, expires), arrived);
    }
}
