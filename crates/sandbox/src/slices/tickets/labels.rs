//! Labels of tickets, and tickets that are related.

use super::{
    OwnLabel,
    refusal::{bad_parameter, refuse, ticket_of, ticket_of_mut},
};
use crate::{
    core::{Account, Refusal},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    tickets::{
        AttachLabels, ChangeLabel, CreateLabel, DeleteLabel, DetachLabels, Done, RelateTickets,
        UnrelateTicket,
    },
};

/// Two labels of one name are two labels.
pub(crate) fn create_label(
    world: &mut State,
    caller: &Account,
    request: CreateLabel,
) -> Result<Done, Refusal> {
    let own = world.tickets.labels.values().filter(|label| label.account == caller.id).count();
    if own >= world.tickets.offering.labels_each {
        return Err(bad_parameter(format!(
            "an account has at most {} labels",
            world.tickets.offering.labels_each
        )));
    }
    let id = world.tickets.number();
    let label = OwnLabel { account: caller.id.clone(), name: request.name, color: request.color };
    world.tickets.labels.insert(id, label);
    Ok(Done::default())
}

pub(crate) fn change_label(
    world: &mut State,
    caller: &Account,
    request: ChangeLabel,
) -> Result<Done, Refusal> {
    let label = world.tickets.labels.get_mut(&request.label_id);
    let label = label.filter(|label| label.account == caller.id);
    let label = label.ok_or_else(|| bad_parameter("there is no such label"))?;
    (label.name, label.color) = (request.name, request.color);
    Ok(Done::default())
}

/// Ignores attachments that do not exist or are not the caller's.
pub(crate) fn delete_label(
    world: &mut State,
    caller: &Account,
    request: DeleteLabel,
) -> Result<Done, Refusal> {
    let tickets = &mut world.tickets;
    if tickets.labels.get(&request.label_id).is_some_and(|label| label.account == caller.id) {
        tickets.labels.remove(&request.label_id);
        for ticket in tickets.tickets.values_mut() {
            ticket.labels.remove(&request.label_id);
        }
    }
    Ok(Done::default())
}

/// A label that is there already stays.
pub(crate) fn attach_labels(
    world: &mut State,
    caller: &Account,
    request: AttachLabels,
) -> Result<Done, Refusal> {
    let is_own = |id: &i64| world.tickets.labels.get(id).is_some_and(|label| label.account == caller.id);
    if !request.label_ids.iter().all(is_own) {
        return Err(bad_parameter("there is no such label"));
    }
    let ticket = ticket_of_mut(world, caller, &request.case_id)?;
    let mut labels = ticket.labels.clone();
    labels.extend(&request.label_ids);
    if labels.len() > LABELS {
        return Err(bad_parameter(format!("a ticket holds at most {LABELS} labels")));
    }
    ticket.labels = labels;
    Ok(Done::default())
}

pub(crate) fn detach_labels(
    world: &mut State,
    caller: &Account,
    request: DetachLabels,
) -> Result<Done, Refusal> {
    let ticket = ticket_of_mut(world, caller, &request.case_id)?;
    ticket.labels.retain(|label| !request.label_ids.contains(label));
    Ok(Done::default())
}

/// One that belongs to it already stays. Another account's ticket has the code for tickets of different people.
pub(crate) fn relate_tickets(
    world: &mut State,
    caller: &Account,
    request: RelateTickets,
) -> Result<Done, Refusal> {
    ticket_of(world, caller, &request.case_id)?;
    for id in &request.related_id_list {
        match world.tickets.tickets.get(id.as_str()) {
            None => return Err(refuse(codes::TICKET_NOT_FOUND)),
            Some(other) if other.account != caller.id => {
                return Err(refuse(codes::TICKETS_OF_DIFFERENT_PEOPLE));
            }
            Some(_) => {}
        }
    }
    let ticket = ticket_of_mut(world, caller, &request.case_id)?;
    let mut related = ticket.related.clone();
    for id in request.related_id_list {
        if !related.iter().any(|known| known == id.as_str()) {
            related.push(id.to_string());
        }
    }
    if related.len() > RELATED {
        return Err(bad_parameter(format!("at most {RELATED} tickets belong to one")));
    }
    ticket.related = related;
    Ok(Done::default())
}

pub(crate) fn unrelate_ticket(
    world: &mut State,
    caller: &Account,
    request: UnrelateTicket,
) -> Result<Done, Refusal> {
    let ticket = ticket_of_mut(world, caller, &request.case_id)?;
    ticket.related.retain(|id| id != request.related_id.as_str());
    Ok(Done::default())
}

/// Number of labels of a ticket, and of tickets of a label.
const LABELS: usize = 5;

const RELATED: usize = 3;
