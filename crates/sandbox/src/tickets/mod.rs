//! Service tickets: their states, messages and logs, and what belongs to them.
//!
//! A ticket belongs to the account that opens it. The sandbox knows no user groups and no IAM users' keys: every call is
//! made by the master account, which sees all tickets of its account whichever group it names, and none of another's.
//! An engineer works on each ticket by a script ([`ScriptStep`]) on the sandbox's clock. What no operation can do (the
//! console's switches, servers, agencies, sessions on a server) is a [`TicketEvent`].
//!
//! `ShowLoginType` alone is not simulated: no value that it could answer is documented.

mod access;
pub(super) mod archive;
mod desk;
mod diagnosis;
mod engineer;
mod event;
mod files;
mod offering;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::world::Account;
use huaweicloud_partner::{
    tickets::{Author, LoggedAction, ScoreGiven, TicketStatus},
    types::{BEIJING, Personal, UtcTime},
};

pub(super) use access::{Access, Session as HeldSession, Thing};
pub use access::{Occurrence, SessionRecord, TransferRecord};
pub(super) use desk::{Feedback, Report, Signature, SupportProfile, User, VerifiedNumber};
pub use diagnosis::Machine;
pub(super) use diagnosis::{Job, milliseconds};
pub use engineer::{EngineerAct, ScriptStep};
pub use event::TicketEvent;
pub(super) use files::{StoredFile, from_base64};
pub(super) use offering::{Offering, Product, USER_CENTRE};

/// The state of this room.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Tickets {
    /// What tickets can be about, and the limits.
    pub(super) offering: Offering,
    pub(super) tickets: BTreeMap<String, Ticket>,
    pub(super) files: BTreeMap<String, StoredFile>,
    pub(super) labels: BTreeMap<i64, OwnLabel>,
    pub(super) accesses: BTreeMap<String, Access>,
    pub(super) machines: Vec<Machine>,
    pub(super) jobs: Vec<Job>,
    /// What is known about each account that has to do with tickets.
    pub(super) desks: BTreeMap<String, SupportProfile>,
    pub(super) reports: Vec<Report>,
    /// What the engineer does with every ticket that is opened from now on.
    pub(super) script: Vec<ScriptStep>,
    /// When an engineer does the next step of which ticket.
    agenda: BTreeSet<(UtcTime, String)>,
    /// Messages written on all tickets so far; the cursors of polling count them.
    letters: u64,
    serial: i64,
}

/// A ticket with all that happened to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Ticket {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) status: TicketStatus,
    pub(super) problem: String,
    pub(super) category: Option<String>,
    pub(super) product: Option<String>,
    pub(super) region: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) source: String,
    pub(super) description: Personal,
    pub(super) contacts: Contacts,
    /// The answers to the questions of the form, and what was handed in later.
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) opened: UtcTime,
    pub(super) solved: Option<UtcTime>,
    pub(super) resolution: Option<String>,
    pub(super) judgement: Option<Personal>,
    pub(super) scores: Vec<ScoreGiven>,
    pub(super) letters: Vec<Letter>,
    pub(super) log: Vec<LogLine>,
    pub(super) labels: BTreeSet<i64>,
    pub(super) related: Vec<String>,
    pub(super) urged: Option<UtcTime>,
    /// What the engineer has still to do.
    script: VecDeque<ScriptStep>,
    /// The engineer waits for the customer: an answer, or a decision about access.
    held: bool,
}

/// Whom to tell about a ticket.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Contacts {
    pub(super) area_code: Option<String>,
    pub(super) mobile: Option<Personal>,
    pub(super) mail: Option<Personal>,
    pub(super) time: Option<String>,
    pub(super) copies: Vec<Personal>,
}

/// A message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Letter {
    pub(super) id: String,
    /// Its place among the messages of all tickets.
    pub(super) number: u64,
    pub(super) author: Author,
    pub(super) text: Personal,
    pub(super) at: UtcTime,
    pub(super) files: Vec<String>,
    pub(super) first: bool,
    pub(super) read: bool,
    pub(super) withdrawn: bool,
}

/// Something that was done with a ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LogLine {
    pub(super) id: String,
    pub(super) action: LoggedAction,
    pub(super) why: Option<String>,
    pub(super) at: UtcTime,
}

/// A label of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OwnLabel {
    pub(super) account: String,
    pub(super) name: String,
    pub(super) color: String,
}

/// A ticket that is to be opened.
#[derive(Debug, Default)]
pub(super) struct Opening {
    pub(super) problem: String,
    pub(super) category: Option<String>,
    pub(super) product: Option<String>,
    pub(super) region: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) source: String,
    pub(super) description: Personal,
    pub(super) contacts: Contacts,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) files: Vec<String>,
}

impl Default for Tickets {
    fn default() -> Self {
        Self {
            offering: Offering::default(),
            tickets: BTreeMap::new(),
            files: BTreeMap::new(),
            labels: BTreeMap::new(),
            accesses: BTreeMap::new(),
            machines: Vec::new(),
            jobs: Vec::new(),
            desks: BTreeMap::new(),
            reports: Vec::new(),
            script: engineer::usual_script(),
            agenda: BTreeSet::new(),
            letters: 0,
            serial: 0,
        }
    }
}

impl Ticket {
    /// What can be read of its messages, in the order of time.
    pub(super) fn readable(&self) -> impl DoubleEndedIterator<Item = &Letter> {
        self.letters.iter().filter(|letter| !letter.withdrawn)
    }

    pub(super) fn unread(&self) -> usize {
        self.readable().filter(|letter| letter.author == Author::Engineer && !letter.read).count()
    }
}

impl Tickets {
    /// A number that was not given before; ids of this room are made of them.
    pub(super) fn number(&mut self) -> i64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        format!("{prefix}{:08}", self.number())
    }

    /// A ticket of an account.
    pub(super) fn of(&self, account: &Account, id: &str) -> Option<&Ticket> {
        self.tickets.get(id).filter(|ticket| ticket.account == account.id)
    }

    pub(super) fn of_mut(&mut self, account: &Account, id: &str) -> Option<&mut Ticket> {
        self.tickets.get_mut(id).filter(|ticket| ticket.account == account.id)
    }

    /// The tickets of an account, the latest first.
    pub(super) fn all_of<'t>(&'t self, account: &'t Account) -> impl Iterator<Item = &'t Ticket> {
        let mut own: Vec<_> = self.tickets.values().filter(|ticket| ticket.account == account.id).collect();
        own.sort_by(|a, b| (b.opened, &b.id).cmp(&(a.opened, &a.id)));
        own.into_iter()
    }

    pub(super) fn desk(&self, account: &Account) -> SupportProfile {
        self.desks.get(&account.id).cloned().unwrap_or_default()
    }

    pub(super) fn desk_mut(&mut self, account: &str) -> &mut SupportProfile {
        self.desks.entry(account.to_owned()).or_default()
    }

    /// Opens a ticket; its description is the first message. The engineer's script begins.
    pub(super) fn open(&mut self, account: &Account, opening: Opening, now: UtcTime) -> String {
        let day = now.instant().to_offset(BEIJING).date();
        let number = self.number();
        let id = format!("TT{:04}{:02}{:02}{number:05}", day.year(), u8::from(day.month()), day.day());
        let mut ticket = Ticket {
            id: id.clone(),
            account: account.id.clone(),
            status: TicketStatus::ToBeAccepted,
            problem: opening.problem,
            category: opening.category,
            product: opening.product,
            region: opening.region,
            severity: opening.severity,
            source: opening.source,
            description: opening.description.clone(),
            contacts: opening.contacts,
            parameters: opening.parameters,
            opened: now,
            solved: None,
            resolution: None,
            judgement: None,
            scores: Vec::new(),
            letters: Vec::new(),
            log: Vec::new(),
            labels: BTreeSet::new(),
            related: Vec::new(),
            urged: None,
            script: self.script.clone().into(),
            held: false,
        };
        self.write(&mut ticket, Author::Customer, opening.description, opening.files, now);
        self.note(&mut ticket, LoggedAction::Opened, None, now);
        self.schedule(&ticket, now);
        self.tickets.insert(id.clone(), ticket);
        id
    }

    /// Leaves a message, which takes its files.
    pub(super) fn write(
        &mut self,
        ticket: &mut Ticket,
        author: Author,
        text: Personal,
        files: Vec<String>,
        at: UtcTime,
    ) {
        self.letters += 1;
        let letter = Letter {
            id: self.fresh("MSG"),
            number: self.letters,
            author,
            text,
            at,
            files,
            first: ticket.letters.is_empty(),
            read: author == Author::Customer,
            withdrawn: false,
        };
        for file in &letter.files {
            if let Some(file) = self.files.get_mut(file) {
                file.ticket = Some(ticket.id.clone());
            }
        }
        ticket.letters.push(letter);
    }

    /// Adds to a ticket's log.
    pub(super) fn note(
        &mut self,
        ticket: &mut Ticket,
        action: LoggedAction,
        why: Option<String>,
        at: UtcTime,
    ) {
        ticket.log.push(LogLine { id: self.fresh("LOG"), action, why, at });
    }

    /// Changes a ticket together with the rest of the state; nothing where it is not there.
    pub(super) fn change<T>(&mut self, id: &str, how: impl FnOnce(&mut Self, &mut Ticket) -> T) -> Option<T> {
        let mut ticket = self.tickets.remove(id)?;
        let result = how(self, &mut ticket);
        self.tickets.insert(ticket.id.clone(), ticket);
        Some(result)
    }

    /// How many messages have been written, which is the newest cursor.
    pub(super) fn newest(&self) -> u64 {
        self.letters
    }
}
