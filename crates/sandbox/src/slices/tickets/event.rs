//! Events of tickets in the console and elsewhere outside the API.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{
    access::{Session, SessionRecord},
    diagnosis::Machine,
    engineer::ScriptStep,
    profile::{OwnAgency, Service, User},
};
use crate::{
    core::{Refusal, refuse, refuse_with},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    tickets::{AuthorizationStatus, LoggedAction, TicketStatus},
    types::Personal,
};

/// Event of service tickets that no operation of the API can cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TicketEvent {
    /// A script for the engineer is set: for one ticket from now on, or for every ticket that is opened
    /// later.
    ScriptEngineer {
        /// The ticket; none means all later ones.
        ticket: Option<String>,
        /// Steps of the script.
        script: Vec<ScriptStep>,
    },
    /// The customer sends a result back in the console: the ticket is processed again, by a new script.
    SendBack {
        /// The ticket, whose result is to be confirmed.
        ticket: String,
        /// Steps of the engineer.
        script: Vec<ScriptStep>,
    },
    /// An account gets a machine, or one of the same id changes.
    AddMachine {
        /// The machine with its owner.
        machine: Machine,
    },
    /// An account gets an IAM user.
    AddUser {
        /// Account that is affected.
        account: String,
        /// The user's id.
        id: String,
        /// The user's name.
        name: Personal,
        /// The telephone number.
        mobile: Option<Personal>,
        /// The e-mail address.
        email: Option<Personal>,
        /// The country calling code of the number.
        area_code: Option<String>,
    },
    /// An account delegates to another by an agency. Returns the agency's id.
    AddAgency {
        /// Account that is affected.
        account: String,
        /// The agency's name.
        name: String,
    },
    /// The submission policy is switched: with it, opening a ticket needs the privilege.
    SwitchPolicy {
        /// Account that is affected.
        account: String,
        /// On or off.
        on: bool,
    },
    /// A support plan is bought or ends: with it, all severities are offered.
    SupportPlan {
        /// Account that is affected.
        account: String,
        /// Whether it holds one from now on.
        holds: bool,
    },
    /// The login type of an account is set, as the service returns it; its values are not documented.
    SetLoginType {
        /// Account that is affected.
        account: String,
        /// Text that the service returns.
        login_type: String,
    },
    /// The number of tickets that an account may open in a month changes.
    LimitTickets {
        /// Account that is affected.
        account: String,
        /// Number of tickets in a month; -1 for no limit.
        monthly: i64,
    },
    /// A partner says when it serves, and is or is not admitted to handle its customers' tickets.
    ServeCustomers {
        /// The partner or reseller.
        partner: String,
        /// Whether it may handle tickets.
        handles_tickets: bool,
        /// The zone of the hours, such as `GMT+8`.
        zone: String,
        /// The days of the week.
        days: String,
        /// The hours of the day.
        hours: String,
    },
    /// A setting of the service gets a value.
    Set {
        /// Key of the setting.
        key: String,
        /// Value of the setting.
        value: String,
    },
    /// An engineer holds a session with access that is granted. Returns the session's id.
    HoldSession {
        /// Authorization of the access.
        authorization: String,
        /// The machine or console in it.
        detail: i64,
        /// Operation in the session.
        record: SessionRecord,
    },
}

impl State {
    pub(crate) fn apply_ticket_event(&mut self, event: TicketEvent) -> Result<Option<String>, Refusal> {
        let now = self.now;
        let not_found = || refuse_with(StatusCode::OK, codes::TICKET_NOT_FOUND);
        let known = |account: &str| match self.accounts.contains_key(account) {
            true => Ok(()),
            false => Err(refuse(codes::ACCOUNT_NOT_FOUND)),
        };
        match event {
            TicketEvent::ScriptEngineer { ticket: None, script } => self.tickets.script = script,
            TicketEvent::ScriptEngineer { ticket: Some(id), script } => {
                let change = self.tickets.change(&id, |tickets, ticket| tickets.rewrite(ticket, script, now));
                change.ok_or_else(not_found)?;
            }
            TicketEvent::SendBack { ticket: id, script } => {
                let waits = |ticket: &super::Ticket| ticket.status == TicketStatus::ToBeConfirmed;
                if !self.tickets.tickets.get(&id).is_some_and(waits) {
                    return Err(not_found());
                }
                self.tickets.change(&id, |tickets, ticket| {
                    ticket.status = TicketStatus::Processing;
                    ticket.solved = None;
                    tickets.note(ticket, LoggedAction::SentBack, None, now);
                    tickets.rewrite(ticket, script, now);
                });
            }
            TicketEvent::AddMachine { machine } => {
                known(&machine.account)?;
                self.tickets.machines.retain(|one| one.id != machine.id);
                self.tickets.machines.push(machine);
            }
            TicketEvent::AddUser { account, id, name, mobile, email, area_code } => {
                known(&account)?;
                let user = User { id, name, mobile, email, area_code };
                self.tickets.profile_mut(&account).users.push(user);
            }
            TicketEvent::AddAgency { account, name } => {
                known(&account)?;
                let id = self.tickets.fresh("AGENCY");
                let agency = OwnAgency { id: id.clone(), name, created: now };
                self.tickets.profile_mut(&account).agencies.push(agency);
                return Ok(Some(id));
            }
            TicketEvent::SwitchPolicy { account, on } => {
                known(&account)?;
                self.tickets.profile_mut(&account).policy = on;
            }
            TicketEvent::SetLoginType { account, login_type } => {
                known(&account)?;
                self.tickets.profile_mut(&account).login_type = Some(login_type);
            }
            TicketEvent::SupportPlan { account, holds } => {
                known(&account)?;
                self.tickets.profile_mut(&account).support_plan = holds;
            }
            TicketEvent::LimitTickets { account, monthly } => {
                known(&account)?;
                self.tickets.profile_mut(&account).monthly_tickets = Some(monthly);
            }
            TicketEvent::ServeCustomers { partner, handles_tickets, zone, days, hours } => {
                known(&partner)?;
                self.tickets.profile_mut(&partner).service =
                    Service { handles_tickets, zone: Some(zone), days: Some(days), hours: Some(hours) };
            }
            TicketEvent::Set { key, value } => {
                self.tickets.offering.settings.insert(key, Some(value));
            }
            TicketEvent::HoldSession { authorization, detail, record } => {
                let id = self.tickets.number();
                let access = self.tickets.accesses.get_mut(&authorization);
                let access = access.filter(|access| access.status_at(now) == AuthorizationStatus::Granted);
                let thing =
                    access.and_then(|access| access.things.iter_mut().find(|thing| thing.id == detail));
                let thing = thing.ok_or_else(|| refuse_with(StatusCode::OK, codes::TICKET_NO_PERMISSION))?;
                thing.sessions.push(Session { id, began: now, record });
                return Ok(Some(id.to_string()));
            }
        }
        Ok(None)
    }
}
