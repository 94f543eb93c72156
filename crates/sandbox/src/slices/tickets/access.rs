//! Access that engineers ask for, and what they did with it.

use serde::{Deserialize, Serialize};

use super::{Ticket, diagnosis::Machine};
use huaweicloud_partner::{
    tickets::AuthorizationStatus,
    types::{Personal, Secret, UtcTime},
};

/// Access that an engineer asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Access {
    pub(crate) id: String,
    pub(crate) ticket: String,
    pub(crate) account: String,
    /// As it was last set; see [`Access::status_at`].
    pub(crate) status: AuthorizationStatus,
    pub(crate) purpose: String,
    pub(crate) asked: UtcTime,
    pub(crate) from: Option<UtcTime>,
    pub(crate) until: Option<UtcTime>,
    pub(crate) reason: Option<String>,
    pub(crate) agency: Option<String>,
    /// Whether the customer has decided.
    pub(crate) decided: bool,
    pub(crate) things: Vec<Thing>,
}

/// A machine or the console, to which access is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Thing {
    pub(crate) id: i64,
    /// The machine; nothing for the console.
    pub(crate) machine: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) region: Option<String>,
    /// The login that the customer handed over.
    pub(crate) port: Option<i64>,
    pub(crate) login: Option<Personal>,
    pub(crate) password: Option<Secret>,
    pub(crate) sessions: Vec<Session>,
}

/// A session that an engineer held.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: i64,
    pub(crate) began: UtcTime,
    pub(crate) record: SessionRecord,
}

/// Operation of an engineer in a session on a machine or in the console.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionRecord {
    /// Duration of the operation in seconds.
    pub seconds: u32,
    /// The commands that were given.
    pub commands: Vec<Occurrence>,
    /// The files that were moved.
    pub transfers: Vec<TransferRecord>,
}

/// A command of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Occurrence {
    /// Number of seconds since the start of the session.
    pub after_seconds: u32,
    /// Command that was executed.
    pub command: String,
}

/// A file that was moved in a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferRecord {
    /// Number of seconds since the start of the session.
    pub after_seconds: u32,
    /// Duration of the operation in seconds.
    pub seconds: u32,
    /// Name of the transferred file.
    pub file_name: String,
    /// Source path of the file.
    pub from_path: String,
    /// Target path of the file.
    pub to_path: String,
    /// Size of the file, such as `12k`.
    pub file_size: String,
}

impl Access {
    pub(crate) fn asked(
        id: String,
        ticket: &Ticket,
        purpose: String,
        things: Vec<Thing>,
        at: UtcTime,
    ) -> Self {
        Self {
            id,
            ticket: ticket.id.clone(),
            account: ticket.account.clone(),
            status: AuthorizationStatus::Pending,
            purpose,
            asked: at,
            from: None,
            until: None,
            reason: None,
            agency: None,
            decided: false,
            things,
        }
    }

    /// Returns the state of the access at a time: access that was granted for a time expires.
    pub(crate) fn status_at(&self, now: UtcTime) -> AuthorizationStatus {
        match self.until {
            Some(until) if self.status == AuthorizationStatus::Granted && until <= now => {
                AuthorizationStatus::Expired
            }
            _ => self.status,
        }
    }

    /// Asked for or granted.
    pub(crate) fn is_open(&self, now: UtcTime) -> bool {
        matches!(self.status_at(now), AuthorizationStatus::Pending | AuthorizationStatus::Granted)
    }

    /// The customer decides.
    pub(crate) fn decide(&mut self, status: AuthorizationStatus) {
        self.status = status;
        self.decided = true;
    }

    pub(crate) fn is_console(&self) -> bool {
        self.things.iter().all(|thing| thing.machine.is_none())
    }
}

impl Thing {
    pub(crate) fn of(id: i64, machine: &Machine) -> Self {
        Self {
            machine: Some(machine.id.clone()),
            name: Some(machine.name.clone()),
            region: Some(machine.region.clone()),
            port: Some(machine.port),
            ..Self::console(id)
        }
    }

    pub(crate) fn console(id: i64) -> Self {
        Self {
            id,
            machine: None,
            name: None,
            region: None,
            port: None,
            login: None,
            password: None,
            sessions: Vec::new(),
        }
    }
}
