//! Tickets are opened, urged, withdrawn, closed, deleted; contacts and parameters change.

use std::collections::BTreeMap;

use serde_json::Value;
use time::Duration;

use super::{attachments::to_take, no, own, own_mut, privileges, satisfaction, wrong};
use crate::{
    core::{Account, Refusal},
    handler::{Simulated, given},
    slices::tickets::{Contacts, Opening},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        ActOnTicket, CaseType, ChangeContacts, ContactWay, Done, LoggedAction, OpenTicket, OpenedTicket,
        Parameters, Privilege, ShowParameters, SubmitParameters, TICKET_SOURCE, TicketAction, TicketStatus,
    },
    types::Personal,
};

impl Simulated for OpenTicket {
    /// Opens a ticket. Rules with a code: the severity, the quota and the support plan, the privilege under
    /// the submission policy, copy addresses (which are sent in `extension_map` under `cc_email`, their name
    /// in responses), contacts that are not registered and not verified. A contact counts as registered if
    /// the account has it. Other rules: the path must be in the table, a fault must name a region, mandatory
    /// questions need a reply.
    fn run(self, world: &mut State, caller: &Account) -> Result<OpenedTicket, Refusal> {
        let desk = world.tickets.desk(caller);
        if desk.policy && !desk.has(&Privilege::OpenTickets) {
            return Err(no(codes::NO_ROLE_FOR_TICKETS));
        }
        let offering = &world.tickets.offering;
        if self.source_id != TICKET_SOURCE {
            return Err(wrong("source_id must be the one that is documented"));
        }
        let problem =
            offering.problem(&self.business_type_id).ok_or_else(|| wrong("there is no such problem"))?;
        let product = given(self.product_category_id.as_deref());
        if product.is_some_and(|product| product != problem.product) {
            return Err(wrong("the product does not have this problem"));
        }
        let product = offering.product(&problem.product).ok_or_else(|| wrong("there is no such product"))?;
        let category = given(self.incident_sub_type_id.as_deref());
        if category.is_some_and(|category| category != product.category) {
            return Err(wrong("the category does not have this product"));
        }
        let region = given(self.region_id.as_deref());
        if region.is_none() && problem.kind == CaseType::Fault {
            return Err(wrong("a fault must name a region"));
        }
        if region.is_some_and(|region| offering.region(region).is_none()) {
            return Err(wrong("there is no such region"));
        }
        let severity = given(self.severity_id.as_deref());
        if let Some(severity) = severity {
            if !offering.severities.iter().any(|(id, _)| id == severity) {
                return Err(no(codes::SEVERITY_UNKNOWN));
            }
            if !offering.severities(desk.support_plan).any(|(id, _)| id == severity) {
                return Err(no(codes::SUPPORT_PLAN_REFUSES));
            }
        }
        let parameters = self.extends_map.unwrap_or_default();
        let mut questions = offering.questions.iter();
        let asked = questions.find(|one| {
            one.required && one.problem.as_ref() == Some(&problem.id) && !parameters.contains_key(&one.key)
        });
        if let Some(question) = asked {
            return Err(wrong(format!("extends_map must contain {}", question.key)));
        }
        let copies = copies(world, self.extension_map.as_ref())?;
        if privileges::left(world, caller) == 0 {
            return Err(no(codes::SUPPORT_PLAN_REFUSES));
        }
        let mobile = self.remind_mobile.filter(|mobile| !mobile.is_empty());
        let mail = self.remind_mail.filter(|mail| !mail.is_empty());
        for (way, contact, serial) in [
            (ContactWay::Phone, &mobile, &self.verified_phone),
            (ContactWay::Email, &mail, &self.verified_email),
        ] {
            let Some(contact) = contact.as_ref().filter(|contact| !is_registered(caller, contact)) else {
                continue;
            };
            let verified = desk.verified_at(world.now, way, contact);
            if verified.is_none_or(|verified| serial.as_ref() != Some(&verified.id)) {
                return Err(no(codes::VERIFICATION_FAILED));
            }
        }
        let opening = Opening {
            category: Some(product.category.clone()),
            product: Some(product.id.clone()),
            problem: self.business_type_id,
            region: self.region_id.filter(|region| !region.is_empty()),
            severity: self.severity_id.filter(|severity| !severity.is_empty()),
            source: self.source_id,
            description: self.simple_description,
            contacts: Contacts { area_code: self.area_code, mobile, mail, time: self.remind_time, copies },
            parameters,
            files: to_take(world, caller, self.accessory_ids.as_deref())?,
        };
        let id = world.tickets.open(caller, opening, world.now);
        Ok(fill!(OpenedTicket { incident_id: id.into() }))
    }
}

/// Whether a contact is one of the account's own.
pub(crate) fn is_registered(account: &Account, contact: &Personal) -> bool {
    [&account.mobile_phone, &account.email].into_iter().flatten().any(|own| own == contact)
}

/// The copy addresses in the further parameters, with commas or semicolons between them.
fn copies(world: &State, more: Option<&BTreeMap<String, Value>>) -> Result<Vec<Personal>, Refusal> {
    let Some(text) = more.and_then(|more| more.get("cc_email")) else { return Ok(Vec::new()) };
    let text = text.as_str().ok_or_else(|| no(codes::COPY_ADDRESS_INVALID))?;
    let addresses: Vec<&str> =
        text.split([',', ';']).map(str::trim).filter(|address| !address.is_empty()).collect();
    let is_address = |address: &&str| {
        address.len() <= 256
            && !address.contains(char::is_whitespace)
            && address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    if addresses.len() > world.tickets.offering.copies_each as usize || !addresses.iter().all(is_address) {
        return Err(no(codes::COPY_ADDRESS_INVALID));
    }
    Ok(addresses.into_iter().map(Personal::from).collect())
}

impl Simulated for ActOnTicket {
    /// Urged twice within half an hour is too often; the documentation does not say how often that is.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let now = world.now;
        let ticket = own(world, caller, &self.case_id)?;
        if !self.action_id.is_known() {
            return Err(no(codes::TICKET_ACTION_UNKNOWN));
        }
        if !ticket.status.permits(&self.action_id) {
            return Err(wrong(format!("{} does not fit the status {}", self.action_id, ticket.status)));
        }
        let minutes = Duration::minutes(world.tickets.offering.minutes_between_urgings.into());
        let scores = self.incident_satisfaction_list.unwrap_or_default();
        satisfaction::check(world, &scores)?;
        match &self.action_id {
            TicketAction::Press if ticket.urged.is_some_and(|at| now.instant() - at.instant() < minutes) => {
                return Err(no(codes::URGED_TOO_OFTEN));
            }
            _ => {}
        }
        let (judgement, why) = (self.judgement.filter(|text| !text.is_empty()), self.operate_desc);
        world.tickets.change(self.case_id.as_str(), |tickets, ticket| match self.action_id {
            TicketAction::Press => {
                ticket.urged = Some(now);
                tickets.note(ticket, LoggedAction::Urged, why, now);
            }
            TicketAction::Cancel => {
                tickets.end(ticket, TicketStatus::Cancelled);
                tickets.note(ticket, LoggedAction::Withdrawn, why, now);
            }
            TicketAction::Delete => {
                tickets.end(ticket, TicketStatus::Deleted);
                tickets.note(ticket, LoggedAction::Deleted, why, now);
            }
            _ => {
                tickets.end(ticket, TicketStatus::Completed);
                ticket.solved = ticket.solved.or(Some(now));
                tickets.note(ticket, LoggedAction::Closed, why, now);
                ticket.judgement = judgement.or(ticket.judgement.take());
                if !scores.is_empty() {
                    ticket.scores = scores;
                    tickets.note(ticket, LoggedAction::Scored, None, now);
                }
            }
        });
        Ok(Done::default())
    }
}

impl Simulated for ChangeContacts {
    /// Changes contacts: absent values stay, empty ones are removed. The contacts are not verified here,
    /// because the call has no field for a serial number.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let now = world.now;
        own(world, caller, &self.case_id)?;
        let copies = match &self.extension_map {
            Some(more) if more.contains_key("cc_email") => Some(copies(world, Some(more))?),
            _ => None,
        };
        let removed = [&self.remind_mobile, &self.remind_mail].into_iter().flatten().any(Personal::is_empty);
        world.tickets.change(self.case_id.as_str(), |tickets, ticket| {
            let contacts = &mut ticket.contacts;
            contacts.area_code = self.area_code.or(contacts.area_code.take());
            contacts.time = self.remind_time.or(contacts.time.take());
            for (kept, new) in
                [(&mut contacts.mobile, self.remind_mobile), (&mut contacts.mail, self.remind_mail)]
            {
                if let Some(new) = new {
                    *kept = Some(new).filter(|contact| !contact.is_empty());
                }
            }
            contacts.copies = copies.unwrap_or_else(|| std::mem::take(&mut contacts.copies));
            let action = if removed { LoggedAction::ContactRemoved } else { LoggedAction::ContactChanged };
            tickets.note(ticket, action, None, now);
        });
        Ok(Done::default())
    }
}

impl Simulated for SubmitParameters {
    /// A parameter that is there already is replaced. The message that asks for them must be one of the ticket's.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let ticket = own_mut(world, caller, &self.case_id)?;
        if let Some(id) = &self.message_id
            && !ticket.readable().any(|letter| letter.id == *id)
        {
            return Err(wrong("the ticket has no such message"));
        }
        ticket.parameters.extend(self.extends_map.unwrap_or_default());
        Ok(Done::default())
    }
}

impl Simulated for ShowParameters {
    /// Under the name with which they are handed in; the documentation does not say where they stand.
    fn run(self, world: &mut State, caller: &Account) -> Result<Parameters, Refusal> {
        let parameters = own(world, caller, &self.case_id)?.parameters.clone();
        let map = Value::Object(parameters.into_iter().collect());
        Ok(fill!(Parameters { fields: BTreeMap::from([("extends_map".to_owned(), map)]) }))
    }
}
