//! Service tickets: their states, messages and logs, and what belongs to them.
//!
//! A ticket belongs to the account that opens it. The sandbox knows no user groups and no IAM users' keys: every call is
//! made by the master account, which sees all tickets of its account whichever group it names, and none of another's.
//! An engineer works on each ticket by a script ([`ScriptStep`]) on the sandbox's clock. What no operation can do (the
//! console's switches, servers, agencies, sessions on a server) is a [`TicketEvent`].
//!
//! `ShowLoginType` returns what an event has set: no value that it could return is documented.

mod access;
mod agreements;
mod archive;
mod authorizations;
mod diagnosis;
mod engineer;
mod event;
mod files;
mod handlers;
mod labels;
mod lifecycle;
mod messages;
mod offering;
mod privileges;
mod profile;
mod refusal;
mod reports;
mod verification;

use crate::core::Account;
use access::Access;
pub use access::{Occurrence, SessionRecord, TransferRecord};
use diagnosis::Job;
pub use diagnosis::Machine;
pub use engineer::{EngineerAct, ScriptStep};
pub use event::TicketEvent;
use files::StoredFile;
pub(crate) use handlers::ROUTES;
use huaweicloud_partner::{
    tickets::{Author, LoggedAction, ScoreGiven, TicketStatus},
    types::{BEIJING, Personal, UtcTime},
};
use offering::Offering;
use profile::{Report, SupportProfile};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The state of this slice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tickets {
    /// Subjects of tickets, and the limits.
    offering: Offering,
    tickets: BTreeMap<String, Ticket>,
    files: BTreeMap<String, StoredFile>,
    labels: BTreeMap<i64, OwnLabel>,
    accesses: BTreeMap<String, Access>,
    machines: Vec<Machine>,
    jobs: Vec<Job>,
    /// Support profiles of the accounts that use tickets.
    profiles: BTreeMap<String, SupportProfile>,
    reports: Vec<Report>,
    /// Script of the engineer for every ticket that is opened from now on.
    script: Vec<ScriptStep>,
    /// Times of the engineer's next step on each ticket.
    agenda: BTreeSet<(UtcTime, String)>,
    /// Messages written on all tickets so far; the cursors of polling count them.
    letters: u64,
    serial: i64,
}

/// A ticket with all that happened to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) status: TicketStatus,
    pub(crate) problem: String,
    pub(crate) category: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) severity: Option<String>,
    pub(crate) source: String,
    pub(crate) description: Personal,
    pub(crate) contacts: Contacts,
    /// Replies to the questions of the form, and parameters that were submitted later.
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) opened: UtcTime,
    pub(crate) solved: Option<UtcTime>,
    pub(crate) resolution: Option<String>,
    pub(crate) judgement: Option<Personal>,
    pub(crate) scores: Vec<ScoreGiven>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) labels: BTreeSet<i64>,
    pub(crate) related: Vec<String>,
    pub(crate) urged: Option<UtcTime>,
    /// Remaining steps of the engineer.
    script: VecDeque<ScriptStep>,
    /// Whether the engineer waits for the customer: a reply, or a decision about access.
    held: bool,
}

/// Contacts for notices about a ticket.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Contacts {
    pub(crate) area_code: Option<String>,
    pub(crate) mobile: Option<Personal>,
    pub(crate) mail: Option<Personal>,
    pub(crate) time: Option<String>,
    pub(crate) copies: Vec<Personal>,
}

/// Message of a ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) id: String,
    /// Number of the message among those of all tickets.
    pub(crate) number: u64,
    pub(crate) author: Author,
    pub(crate) text: Personal,
    pub(crate) at: UtcTime,
    pub(crate) files: Vec<String>,
    pub(crate) first: bool,
    pub(crate) read: bool,
    pub(crate) withdrawn: bool,
}

/// Entry in the log of a ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LogLine {
    pub(crate) id: String,
    pub(crate) action: LoggedAction,
    pub(crate) why: Option<String>,
    pub(crate) at: UtcTime,
}

/// A label of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OwnLabel {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) color: String,
}

/// A ticket that is to be opened.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    pub(crate) problem: String,
    pub(crate) category: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) severity: Option<String>,
    pub(crate) source: String,
    pub(crate) description: Personal,
    pub(crate) contacts: Contacts,
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) files: Vec<String>,
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
            profiles: BTreeMap::new(),
            reports: Vec::new(),
            script: engineer::usual_script(),
            agenda: BTreeSet::new(),
            letters: 0,
            serial: 0,
        }
    }
}

impl Ticket {
    /// Returns the readable messages in the order of time.
    pub(crate) fn readable(&self) -> impl DoubleEndedIterator<Item = &Letter> {
        self.letters.iter().filter(|letter| !letter.withdrawn)
    }

    pub(crate) fn unread(&self) -> usize {
        self.readable().filter(|letter| letter.author == Author::Engineer && !letter.read).count()
    }
}

impl Tickets {
    /// A number that was not given before; ids of this slice are made of them.
    pub(crate) fn number(&mut self) -> i64 {
        self.serial += 1;
        self.serial
    }

    pub(crate) fn fresh(&mut self, prefix: &str) -> String {
        format!("{prefix}{:08}", self.number())
    }

    /// A ticket of an account.
    pub(crate) fn of(&self, account: &Account, id: &str) -> Option<&Ticket> {
        self.tickets.get(id).filter(|ticket| ticket.account == account.id)
    }

    pub(crate) fn of_mut(&mut self, account: &Account, id: &str) -> Option<&mut Ticket> {
        self.tickets.get_mut(id).filter(|ticket| ticket.account == account.id)
    }

    /// The tickets of an account, the latest first.
    pub(crate) fn all_of<'t>(&'t self, account: &'t Account) -> impl Iterator<Item = &'t Ticket> {
        let mut own: Vec<_> = self.tickets.values().filter(|ticket| ticket.account == account.id).collect();
        own.sort_by(|a, b| (b.opened, &b.id).cmp(&(a.opened, &a.id)));
        own.into_iter()
    }

    pub(crate) fn profile(&self, account: &Account) -> SupportProfile {
        self.profiles.get(&account.id).cloned().unwrap_or_default()
    }

    pub(crate) fn profile_mut(&mut self, account: &str) -> &mut SupportProfile {
        self.profiles.entry(account.to_owned()).or_default()
    }

    /// Opens a ticket; its description is the first message. The engineer's script begins.
    pub(crate) fn open(&mut self, account: &Account, opening: Opening, now: UtcTime) -> String {
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
    pub(crate) fn write(
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
    pub(crate) fn note(
        &mut self,
        ticket: &mut Ticket,
        action: LoggedAction,
        why: Option<String>,
        at: UtcTime,
    ) {
        ticket.log.push(LogLine { id: self.fresh("LOG"), action, why, at });
    }

    /// Changes a ticket together with the rest of the state; nothing where it is not there.
    pub(crate) fn change<T>(&mut self, id: &str, how: impl FnOnce(&mut Self, &mut Ticket) -> T) -> Option<T> {
        let mut ticket = self.tickets.remove(id)?;
        let result = how(self, &mut ticket);
        self.tickets.insert(ticket.id.clone(), ticket);
        Some(result)
    }

    /// Returns the number of written messages, which is the newest cursor.
    pub(crate) fn newest(&self) -> u64 {
        self.letters
    }

    /// All tickets in the order of their ids.
    #[cfg(feature = "server")]
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Ticket> + ExactSizeIterator {
        self.tickets.values()
    }

    /// A ticket by its id, whoever's it is.
    pub(crate) fn ticket(&self, id: &str) -> Option<&Ticket> {
        self.tickets.get(id)
    }

    /// Sets the script of the engineer for every ticket that is opened from now on.
    pub(crate) fn script_engineers(&mut self, script: Vec<ScriptStep>) {
        self.script = script;
    }

    /// Subjects of tickets, and the limits.
    pub(crate) fn offering(&self) -> &Offering {
        &self.offering
    }

    /// A file by its id, whoever's it is.
    pub(crate) fn file(&self, id: &str) -> Option<&StoredFile> {
        self.files.get(id)
    }

    /// The labels of all accounts by their ids.
    pub(crate) fn labels(&self) -> &BTreeMap<i64, OwnLabel> {
        &self.labels
    }

    /// The access that engineers asked for, in the order of the ids.
    pub(crate) fn accesses(&self) -> impl DoubleEndedIterator<Item = &Access> {
        self.accesses.values()
    }

    /// The machines of all accounts.
    pub(crate) fn machines(&self) -> &[Machine] {
        &self.machines
    }

    /// The diagnoses that were started, in the order of time.
    pub(crate) fn jobs(&self) -> &[Job] {
        &self.jobs
    }
}
