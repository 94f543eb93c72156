//! Labels on tickets, and tickets that belong together.

use super::{directory, has, no, own, own_mut, wrong};
use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, given},
    slices::tickets::OwnLabel,
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        AttachLabels, ChangeLabel, CreateLabel, DeleteLabel, DetachLabels, Done, Label, LabelPage,
        ListLabels, ListRelatedTickets, ListTicketLabels, RelateTickets, RelatedTicket, RelatedTickets,
        TicketLabels, UnrelateTicket,
    },
};

/// Number of labels of a ticket, and of tickets of a label.
const LABELS: usize = 5;

const RELATED: usize = 3;

impl Simulated for CreateLabel {
    /// Two labels of one name are two labels.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let own = world.tickets.labels.values().filter(|label| label.account == caller.id).count();
        if own >= world.tickets.offering.labels_each {
            return Err(wrong(format!(
                "an account has at most {} labels",
                world.tickets.offering.labels_each
            )));
        }
        let id = world.tickets.number();
        let label = OwnLabel { account: caller.id.clone(), name: self.name, color: self.color };
        world.tickets.labels.insert(id, label);
        Ok(Done::default())
    }
}

impl Simulated for ChangeLabel {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let label = world.tickets.labels.get_mut(&self.label_id);
        let label = label.filter(|label| label.account == caller.id);
        let label = label.ok_or_else(|| wrong("there is no such label"))?;
        (label.name, label.color) = (self.name, self.color);
        Ok(Done::default())
    }
}

impl Simulated for DeleteLabel {
    /// Ignores attachments that do not exist or are not the caller's.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let tickets = &mut world.tickets;
        if tickets.labels.get(&self.label_id).is_some_and(|label| label.account == caller.id) {
            tickets.labels.remove(&self.label_id);
            for ticket in tickets.tickets.values_mut() {
                ticket.labels.remove(&self.label_id);
            }
        }
        Ok(Done::default())
    }
}

impl Simulated for ListLabels {
    /// In the order in which they were made.
    fn run(self, world: &mut State, caller: &Account) -> Result<LabelPage, Refusal> {
        let name = given(self.name.as_deref());
        let own = world.tickets.labels.iter().filter(|(id, label)| {
            label.account == caller.id
                && name.is_none_or(|name| has(&label.name, name))
                && self.label_id.is_none_or(|wanted| **id == wanted)
        });
        let (total_count, label_list) = page(own, self.offset, self.limit, |(id, label)| {
            fill!(Label { label_id: *id, name: Some(label.name.clone()), color: Some(label.color.clone()) })
        });
        Ok(fill!(LabelPage { total_count, label_list }))
    }
}

impl Simulated for AttachLabels {
    /// A label that is there already stays.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let is_own = |id: &i64| world.tickets.labels.get(id).is_some_and(|label| label.account == caller.id);
        if !self.label_ids.iter().all(is_own) {
            return Err(wrong("there is no such label"));
        }
        let ticket = own_mut(world, caller, &self.case_id)?;
        let mut labels = ticket.labels.clone();
        labels.extend(&self.label_ids);
        if labels.len() > LABELS {
            return Err(wrong(format!("a ticket holds at most {LABELS} labels")));
        }
        ticket.labels = labels;
        Ok(Done::default())
    }
}

impl Simulated for DetachLabels {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let ticket = own_mut(world, caller, &self.case_id)?;
        ticket.labels.retain(|label| !self.label_ids.contains(label));
        Ok(Done::default())
    }
}

impl Simulated for ListTicketLabels {
    fn run(self, world: &mut State, caller: &Account) -> Result<TicketLabels, Refusal> {
        let ticket = own(world, caller, &self.case_id)?;
        Ok(fill!(TicketLabels { case_label_list: directory::labels(world, ticket) }))
    }
}

impl Simulated for RelateTickets {
    /// One that belongs to it already stays. Another account's ticket has the code for tickets of different people.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        own(world, caller, &self.case_id)?;
        for id in &self.related_id_list {
            match world.tickets.tickets.get(id.as_str()) {
                None => return Err(no(codes::TICKET_NOT_FOUND)),
                Some(other) if other.account != caller.id => {
                    return Err(no(codes::TICKETS_OF_DIFFERENT_PEOPLE));
                }
                Some(_) => {}
            }
        }
        let ticket = own_mut(world, caller, &self.case_id)?;
        let mut related = ticket.related.clone();
        for id in self.related_id_list {
            if !related.iter().any(|known| known == id.as_str()) {
                related.push(id.to_string());
            }
        }
        if related.len() > RELATED {
            return Err(wrong(format!("at most {RELATED} tickets belong to one")));
        }
        ticket.related = related;
        Ok(Done::default())
    }
}

impl Simulated for UnrelateTicket {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let ticket = own_mut(world, caller, &self.case_id)?;
        ticket.related.retain(|id| id != self.related_id.as_str());
        Ok(Done::default())
    }
}

impl Simulated for ListRelatedTickets {
    fn run(self, world: &mut State, caller: &Account) -> Result<RelatedTickets, Refusal> {
        let related = own(world, caller, &self.case_id)?.related.iter();
        let rows = related.filter_map(|id| world.tickets.tickets.get(id)).map(|ticket| {
            fill!(RelatedTicket {
                case_id: ticket.id.as_str().into(),
                simple_description: Some(ticket.description.clone()),
                user_name: Some(caller.login.clone()),
            })
        });
        Ok(fill!(RelatedTickets { case_relation_list: rows.collect() }))
    }
}
