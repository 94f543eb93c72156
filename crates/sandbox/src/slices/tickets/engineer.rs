//! The engineer who works on a ticket, by a script on the sandbox's clock.

use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    Ticket, Tickets,
    access::{Access, Thing},
};
use huaweicloud_partner::{
    tickets::{Author, AuthorizationStatus, TicketStatus},
    types::UtcTime,
};

/// One step of an engineer's script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScriptStep {
    /// Number of minutes since the step before, or since the event that it waited for.
    pub after_minutes: u32,
    /// Action of the engineer.
    pub act: EngineerAct,
}

/// Action of an engineer on a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EngineerAct {
    /// Takes the ticket, or goes on with one that rested: it is being processed from then on.
    Take,
    /// Writes a message.
    Say {
        /// Text of the action.
        text: String,
    },
    /// Writes a message with a file.
    Send {
        /// Text of the message.
        text: String,
        /// Name of the attached file.
        file_name: String,
        /// Content of the file.
        content: String,
    },
    /// Asks the customer, and waits for a reply.
    Ask {
        /// Text of the question.
        text: String,
    },
    /// Asks for access, and waits until it is granted or refused.
    AskAccess {
        /// Purpose of the access.
        purpose: String,
        /// The ids of the account's machines that it is for; those that the account does not have are left out. None
        /// means the console.
        machines: Vec<String>,
    },
    /// Gives access back that was granted or asked for.
    RecallAccess,
    /// Lets the ticket rest.
    Pause,
    /// Has a result, which the customer is to confirm.
    Solve {
        /// Description of the solution.
        text: String,
    },
    /// Sets the ticket invalid.
    Reject {
        /// Text of the message.
        text: String,
    },
}

impl ScriptStep {
    /// Makes a step this number of minutes after the one before.
    pub fn new(after_minutes: u32, act: EngineerAct) -> Self {
        Self { after_minutes, act }
    }
}

/// Returns the default script of an engineer: takes the ticket, asks, and solves it after the reply.
pub(crate) fn usual_script() -> Vec<ScriptStep> {
    vec![
        ScriptStep::new(5, EngineerAct::Take),
        ScriptStep::new(
            0,
            EngineerAct::Say { text: "I have taken your ticket and look into it.".to_owned() },
        ),
        ScriptStep::new(
            10,
            EngineerAct::Ask { text: "Does it happen all the time or now and then?".to_owned() },
        ),
        ScriptStep::new(
            15,
            EngineerAct::Solve { text: "We found the cause and fixed it. Is it good now?".to_owned() },
        ),
    ]
}

impl Tickets {
    /// Lets the engineers do what is due, in the order of time.
    pub(crate) fn run_due(&mut self, now: UtcTime) {
        while let Some((at, id)) = self.agenda.first().filter(|(at, _)| *at <= now).cloned() {
            self.agenda.pop_first();
            self.change(&id, |tickets, ticket| {
                if let Some(step) = ticket.script.pop_front() {
                    tickets.act(ticket, step.act, at);
                }
                tickets.schedule(ticket, at);
            });
        }
    }

    /// Puts the next step of a ticket on the agenda, unless the engineer waits or has nothing more to do.
    pub(crate) fn schedule(&mut self, ticket: &Ticket, from: UtcTime) {
        self.agenda.retain(|(_, id)| *id != ticket.id);
        if let Some(step) = ticket.script.front().filter(|_| !ticket.held && !ticket.status.is_ended()) {
            let due = from.instant().saturating_add(Duration::minutes(step.after_minutes.into()));
            self.agenda.insert((due.into(), ticket.id.clone()));
        }
    }

    /// Replaces what the engineer still does with a ticket.
    pub(crate) fn rewrite(&mut self, ticket: &mut Ticket, script: Vec<ScriptStep>, now: UtcTime) {
        ticket.script = script.into();
        self.schedule(ticket, now);
    }

    /// Continues the script: the customer replied, or decided about access.
    pub(crate) fn go_on(&mut self, ticket: &mut Ticket, now: UtcTime) {
        if ticket.held {
            ticket.held = false;
            self.schedule(ticket, now);
        }
    }

    /// Ends the work on a ticket.
    pub(crate) fn end(&mut self, ticket: &mut Ticket, status: TicketStatus) {
        ticket.status = status;
        ticket.held = false;
        ticket.script.clear();
        self.agenda.retain(|(_, id)| *id != ticket.id);
    }

    fn say(&mut self, ticket: &mut Ticket, text: String, files: Vec<String>, at: UtcTime) {
        self.write(ticket, Author::Engineer, text.into(), files, at);
    }

    fn act(&mut self, ticket: &mut Ticket, act: EngineerAct, at: UtcTime) {
        match act {
            EngineerAct::Take => ticket.status = TicketStatus::Processing,
            EngineerAct::Say { text } => self.say(ticket, text, Vec::new(), at),
            EngineerAct::Send { text, file_name, content } => {
                let file = self.keep(&ticket.account, file_name, content.into(), at);
                self.say(ticket, text, vec![file], at);
            }
            EngineerAct::Ask { text } => {
                self.say(ticket, text, Vec::new(), at);
                ticket.status = TicketStatus::WaitingForCustomer;
                ticket.held = true;
            }
            EngineerAct::AskAccess { purpose, machines } => self.ask_access(ticket, purpose, &machines, at),
            EngineerAct::RecallAccess => {
                for access in self.accesses.values_mut().filter(|access| access.ticket == ticket.id) {
                    if access.is_open(at) {
                        access.status = AuthorizationStatus::Recalled;
                    }
                }
            }
            EngineerAct::Pause => ticket.status = TicketStatus::Paused,
            EngineerAct::Solve { text } => {
                ticket.resolution = Some(text.clone());
                ticket.solved = Some(at);
                self.say(ticket, text, Vec::new(), at);
                ticket.status = TicketStatus::ToBeConfirmed;
            }
            EngineerAct::Reject { text } => {
                self.say(ticket, text, Vec::new(), at);
                self.end(ticket, TicketStatus::Invalid);
            }
        }
    }

    fn ask_access(&mut self, ticket: &mut Ticket, purpose: String, machines: &[String], at: UtcTime) {
        let mut things = Vec::new();
        for name in machines {
            let machine = self.machines.iter().find(|one| one.account == ticket.account && one.id == *name);
            if let Some(machine) = machine.cloned() {
                things.push(Thing::of(self.number(), &machine));
            }
        }
        if machines.is_empty() {
            things.push(Thing::console(self.number()));
        }
        if things.is_empty() {
            return;
        }
        let id = self.fresh("AUTH");
        let access = Access::asked(id.clone(), ticket, purpose, things, at);
        self.accesses.insert(id, access);
        ticket.held = true;
    }
}
