//! Labels on tickets, and tickets that belong together.

use super::{directory, has};
use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, non_empty},
    slices::tickets::{labels, refusal::ticket_of},
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        AttachLabels, ChangeLabel, CreateLabel, DeleteLabel, DetachLabels, Done, Label, LabelPage,
        ListLabels, ListRelatedTickets, ListTicketLabels, RelateTickets, RelatedTicket, RelatedTickets,
        TicketLabels, UnrelateTicket,
    },
};

impl Simulated for CreateLabel {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        labels::create_label(world, caller, self)
    }
}

impl Simulated for ChangeLabel {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        labels::change_label(world, caller, self)
    }
}

impl Simulated for DeleteLabel {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        labels::delete_label(world, caller, self)
    }
}

impl Simulated for ListLabels {
    /// In the order in which they were made.
    fn run(self, world: &mut State, caller: &Account) -> Result<LabelPage, Refusal> {
        let name = non_empty(self.name.as_deref());
        let own = world.tickets.labels().iter().filter(|(id, label)| {
            label.account == caller.id
                && name.is_none_or(|name| has(&label.name, name))
                && self.label_id.is_none_or(|wanted| **id == wanted)
        });
        let (total_count, label_list) = page(own, self.offset, self.limit, |(id, label)| {
            fill!(Label {
                label_id: Some(*id),
                name: Some(label.name.clone()),
                color: Some(label.color.clone())
            })
        });
        Ok(fill!(LabelPage { total_count, label_list }))
    }
}

impl Simulated for AttachLabels {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        labels::attach_labels(world, caller, self)
    }
}

impl Simulated for DetachLabels {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        labels::detach_labels(world, caller, self)
    }
}

impl Simulated for ListTicketLabels {
    fn run(self, world: &mut State, caller: &Account) -> Result<TicketLabels, Refusal> {
        let ticket = ticket_of(world, caller, &self.case_id)?;
        Ok(fill!(TicketLabels { case_label_list: directory::labels(world, ticket) }))
    }
}

impl Simulated for RelateTickets {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        labels::relate_tickets(world, caller, self)
    }
}

impl Simulated for UnrelateTicket {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        labels::unrelate_ticket(world, caller, self)
    }
}

impl Simulated for ListRelatedTickets {
    fn run(self, world: &mut State, caller: &Account) -> Result<RelatedTickets, Refusal> {
        let related = ticket_of(world, caller, &self.case_id)?.related.iter();
        let rows = related.filter_map(|id| world.tickets.ticket(id)).map(|ticket| {
            fill!(RelatedTicket {
                case_id: ticket.id.as_str().into(),
                simple_description: Some(ticket.description.clone()),
                user_name: Some(caller.login.clone()),
            })
        });
        Ok(fill!(RelatedTickets { case_relation_list: rows.collect() }))
    }
}
