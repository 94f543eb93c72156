//! The actions of customers on their tickets: opening, urging, withdrawing, closing, scoring.

use std::collections::BTreeMap;

use serde_json::Value;
use time::Duration;

use super::{
    Contacts, Opening,
    files::to_take,
    privileges,
    refusal::{bad_parameter, refuse, ticket_of, ticket_of_mut},
};
use crate::{
    core::{Account, Refusal},
    handler::non_empty,
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        ActOnTicket, CaseType, ChangeContacts, ContactWay, Done, LoggedAction, OpenTicket, OpenedTicket,
        Privilege, ScoreGiven, ScoreTicket, SubmitParameters, TICKET_SOURCE, TicketAction, TicketStatus,
    },
    types::Personal,
};

/// Whether scores fit the dimensions of the table, each at most once.
pub(crate) fn check(world: &State, scores: &[ScoreGiven]) -> Result<(), Refusal> {
    for (place, score) in scores.iter().enumerate() {
        let dimension = world.tickets.offering.dimensions.iter().find(|one| one.id == score.satisfaction_id);
        let dimension = dimension.ok_or_else(|| bad_parameter("there is no such dimension"))?;
        if !(0..=dimension.most).contains(&score.satisfaction_value) {
            return Err(bad_parameter(format!("a score must be from 0 to {}", dimension.most)));
        }
        if scores.iter().take(place).any(|before| before.satisfaction_id == score.satisfaction_id) {
            return Err(bad_parameter("a dimension has one score"));
        }
    }
    Ok(())
}

/// Only a completed ticket. A second score replaces the first.
pub(crate) fn score_ticket(
    world: &mut State,
    caller: &Account,
    request: ScoreTicket,
) -> Result<Done, Refusal> {
    let now = world.now;
    let ticket = ticket_of(world, caller, &request.case_id)?;
    if ticket.status != TicketStatus::Completed {
        return Err(bad_parameter(format!("no score fits the status {}", ticket.status)));
    }
    check(world, &request.incident_satisfaction_list)?;
    world.tickets.change(request.case_id.as_str(), |tickets, ticket| {
        ticket.scores = request.incident_satisfaction_list;
        ticket.judgement = Some(request.judgement);
        tickets.note(ticket, LoggedAction::Scored, None, now);
    });
    Ok(Done::default())
}

/// Whether a contact is one of the account's own.
pub(crate) fn is_registered(account: &Account, contact: &Personal) -> bool {
    [&account.mobile_phone, &account.email].into_iter().flatten().any(|own| own == contact)
}

/// The copy addresses in the further parameters, with commas or semicolons between them.
pub(crate) fn copies(
    world: &State,
    more: Option<&BTreeMap<String, Value>>,
) -> Result<Vec<Personal>, Refusal> {
    let Some(text) = more.and_then(|more| more.get("cc_email")) else { return Ok(Vec::new()) };
    let text = text.as_str().ok_or_else(|| refuse(codes::COPY_ADDRESS_INVALID))?;
    let addresses: Vec<&str> =
        text.split([',', ';']).map(str::trim).filter(|address| !address.is_empty()).collect();
    let is_address = |address: &&str| {
        address.len() <= 256
            && !address.contains(char::is_whitespace)
            && address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    if addresses.len() > world.tickets.offering.copies_each as usize || !addresses.iter().all(is_address) {
        return Err(refuse(codes::COPY_ADDRESS_INVALID));
    }
    Ok(addresses.into_iter().map(Personal::from).collect())
}

/// Opens a ticket. Rules with a code: the severity, the quota and the support plan, the privilege under
/// the submission policy, copy addresses (which are sent in `extension_map` under `cc_email`, their name
/// in responses), contacts that are not registered and not verified. A contact counts as registered if
/// the account has it. Other rules: the path must be in the table, a fault must name a region, mandatory
/// questions need a reply.
pub(crate) fn open_ticket(
    world: &mut State,
    caller: &Account,
    request: OpenTicket,
) -> Result<OpenedTicket, Refusal> {
    let profile = world.tickets.profile(caller);
    if profile.policy && !profile.has(&Privilege::OpenTickets) {
        return Err(refuse(codes::NO_ROLE_FOR_TICKETS));
    }
    let offering = &world.tickets.offering;
    if request.source_id != TICKET_SOURCE {
        return Err(bad_parameter("source_id must be the one that is documented"));
    }
    let problem = offering
        .problem(&request.business_type_id)
        .ok_or_else(|| bad_parameter("there is no such problem"))?;
    let product = non_empty(request.product_category_id.as_deref());
    if product.is_some_and(|product| product != problem.product) {
        return Err(bad_parameter("the product does not have this problem"));
    }
    let product =
        offering.product(&problem.product).ok_or_else(|| bad_parameter("there is no such product"))?;
    let category = non_empty(request.incident_sub_type_id.as_deref());
    if category.is_some_and(|category| category != product.category) {
        return Err(bad_parameter("the category does not have this product"));
    }
    let region = non_empty(request.region_id.as_deref());
    if region.is_none() && problem.kind == CaseType::Fault {
        return Err(bad_parameter("a fault must name a region"));
    }
    if region.is_some_and(|region| offering.region(region).is_none()) {
        return Err(bad_parameter("there is no such region"));
    }
    let severity = non_empty(request.severity_id.as_deref());
    if let Some(severity) = severity {
        if !offering.severities.iter().any(|(id, _)| id == severity) {
            return Err(refuse(codes::SEVERITY_UNKNOWN));
        }
        if !offering.severities(profile.support_plan).any(|(id, _)| id == severity) {
            return Err(refuse(codes::SUPPORT_PLAN_REFUSES));
        }
    }
    let parameters = request.extends_map.unwrap_or_default();
    let mut questions = offering.questions.iter();
    let asked = questions.find(|one| {
        one.required && one.problem.as_ref() == Some(&problem.id) && !parameters.contains_key(&one.key)
    });
    if let Some(question) = asked {
        return Err(bad_parameter(format!("extends_map must contain {}", question.key)));
    }
    let copies = copies(world, request.extension_map.as_ref())?;
    if privileges::left(world, caller) == 0 {
        return Err(refuse(codes::SUPPORT_PLAN_REFUSES));
    }
    let mobile = request.remind_mobile.filter(|mobile| !mobile.is_empty());
    let mail = request.remind_mail.filter(|mail| !mail.is_empty());
    for (way, contact, serial) in [
        (ContactWay::Phone, &mobile, &request.verified_phone),
        (ContactWay::Email, &mail, &request.verified_email),
    ] {
        let Some(contact) = contact.as_ref().filter(|contact| !is_registered(caller, contact)) else {
            continue;
        };
        let verified = profile.verified_at(world.now, way, contact);
        if verified.is_none_or(|verified| serial.as_ref() != Some(&verified.id)) {
            return Err(refuse(codes::VERIFICATION_FAILED));
        }
    }
    let opening = Opening {
        category: Some(product.category.clone()),
        product: Some(product.id.clone()),
        problem: request.business_type_id,
        region: request.region_id.filter(|region| !region.is_empty()),
        severity: request.severity_id.filter(|severity| !severity.is_empty()),
        source: request.source_id,
        description: request.simple_description,
        contacts: Contacts { area_code: request.area_code, mobile, mail, time: request.remind_time, copies },
        parameters,
        files: to_take(world, caller, request.accessory_ids.as_deref())?,
    };
    let id = world.tickets.open(caller, opening, world.now);
    Ok(fill!(OpenedTicket { incident_id: id.into() }))
}

/// Urged twice within half an hour is too often; the documentation does not say how often that is.
pub(crate) fn act_on_ticket(
    world: &mut State,
    caller: &Account,
    request: ActOnTicket,
) -> Result<Done, Refusal> {
    let now = world.now;
    let ticket = ticket_of(world, caller, &request.case_id)?;
    if !request.action_id.is_known() {
        return Err(refuse(codes::TICKET_ACTION_UNKNOWN));
    }
    if !ticket.status.permits(&request.action_id) {
        return Err(bad_parameter(format!(
            "{} does not fit the status {}",
            request.action_id, ticket.status
        )));
    }
    let minutes = Duration::minutes(world.tickets.offering.minutes_between_urgings.into());
    let scores = request.incident_satisfaction_list.unwrap_or_default();
    check(world, &scores)?;
    match &request.action_id {
        TicketAction::Urge if ticket.urged.is_some_and(|at| now.instant() - at.instant() < minutes) => {
            return Err(refuse(codes::URGED_TOO_OFTEN));
        }
        _ => {}
    }
    let (judgement, why) = (request.judgement.filter(|text| !text.is_empty()), request.operate_desc);
    world.tickets.change(request.case_id.as_str(), |tickets, ticket| match request.action_id {
        TicketAction::Urge => {
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

/// Changes contacts: absent values stay, empty ones are removed. The contacts are not verified here,
/// because the call has no field for a serial number.
pub(crate) fn change_contacts(
    world: &mut State,
    caller: &Account,
    request: ChangeContacts,
) -> Result<Done, Refusal> {
    let now = world.now;
    ticket_of(world, caller, &request.case_id)?;
    let copies = match &request.extension_map {
        Some(more) if more.contains_key("cc_email") => Some(copies(world, Some(more))?),
        _ => None,
    };
    let removed =
        [&request.remind_mobile, &request.remind_mail].into_iter().flatten().any(Personal::is_empty);
    world.tickets.change(request.case_id.as_str(), |tickets, ticket| {
        let contacts = &mut ticket.contacts;
        contacts.area_code = request.area_code.or(contacts.area_code.take());
        contacts.time = request.remind_time.or(contacts.time.take());
        for (kept, new) in
            [(&mut contacts.mobile, request.remind_mobile), (&mut contacts.mail, request.remind_mail)]
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

/// A parameter that is there already is replaced. The message that asks for them must be one of the ticket's.
pub(crate) fn submit_parameters(
    world: &mut State,
    caller: &Account,
    request: SubmitParameters,
) -> Result<Done, Refusal> {
    let ticket = ticket_of_mut(world, caller, &request.case_id)?;
    if let Some(id) = &request.message_id
        && !ticket.readable().any(|letter| letter.id == *id)
    {
        return Err(bad_parameter("the ticket has no such message"));
    }
    ticket.parameters.extend(request.extends_map.unwrap_or_default());
    Ok(Done::default())
}
