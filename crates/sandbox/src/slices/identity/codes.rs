use serde::{Deserialize, Serialize};

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
    /// Number of wrong codes that were given for it.
    #[serde(default)]
    pub(crate) failures: u32,
}

impl State {
    /// Returns the place in the outbox of the code that was last sent to a receiver, if it was entered
    /// correctly. More than three wrong ones block it.
    pub(crate) fn sent_code(
        &mut self,
        receiver: &Personal,
        given: Option<&Secret>,
    ) -> Result<usize, Refusal> {
        let last = self.identity.outbox.iter().rposition(|sent| sent.receiver == *receiver);
        let wrong = || refuse(codes::SENT_CODE_WRONG);
        let index = last.ok_or_else(wrong)?;
        let sent = self.identity.outbox.get_mut(index).ok_or_else(wrong)?;
        if sent.failures > 3 {
            return Err(refuse(codes::CODE_FAILED_TOO_OFTEN));
        }
        if given != Some(&sent.code) {
            sent.failures += 1;
            let over = sent.failures > 3;
            return Err(refuse(if over { codes::CODE_FAILED_TOO_OFTEN } else { codes::SENT_CODE_WRONG }));
        }
        if sent.expires <= self.now {
            return Err(refuse(codes::SENT_CODE_EXPIRED));
        }
        Ok(index)
    }
}
