//! Messages of customers.

use super::{
    files::to_take,
    refusal::{bad_parameter, refuse, ticket_of, ticket_of_mut},
};
use crate::{
    core::{Account, Refusal},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    tickets::{Author, Done, LoggedAction, MarkMessagesRead, SendMessage, TicketStatus, WithdrawMessage},
};

/// Accepts a message until the ticket has ended. A ticket that waits for the customer is processed again
/// immediately.
pub(crate) fn send_message(
    world: &mut State,
    caller: &Account,
    request: SendMessage,
) -> Result<Done, Refusal> {
    let ticket = ticket_of(world, caller, &request.case_id)?;
    if ticket.status.is_ended() {
        return Err(bad_parameter(format!("no message fits the status {}", ticket.status)));
    }
    let files = to_take(world, caller, request.message.accessory_ids.as_deref())?;
    let now = world.now;
    world.tickets.change(request.case_id.as_str(), |tickets, ticket| {
        tickets.write(ticket, Author::Customer, request.message.content, files, now);
        if ticket.status == TicketStatus::WaitingForCustomer {
            ticket.status = TicketStatus::Processing;
            tickets.note(ticket, LoggedAction::Replied, None, now);
            tickets.go_on(ticket, now);
        }
    });
    Ok(Done::default())
}

pub(crate) fn mark_messages_read(
    world: &mut State,
    caller: &Account,
    request: MarkMessagesRead,
) -> Result<Done, Refusal> {
    let ticket = ticket_of_mut(world, caller, &request.case_id)?;
    ticket.letters.iter_mut().for_each(|letter| letter.read = true);
    Ok(Done::default())
}

/// Of the customer's own messages all but the first, at any time until the ticket has ended. A repeat changes
/// nothing.
pub(crate) fn withdraw_message(
    world: &mut State,
    caller: &Account,
    request: WithdrawMessage,
) -> Result<Done, Refusal> {
    let ticket = ticket_of_mut(world, caller, &request.case_id)?;
    if ticket.status.is_ended() {
        return Err(bad_parameter(format!("withdrawing does not fit the status {}", ticket.status)));
    }
    let letter = ticket.letters.iter_mut().find(|letter| letter.id == request.message_id);
    let letter = letter.ok_or_else(|| bad_parameter("the ticket has no such message"))?;
    if letter.author != Author::Customer || letter.first {
        return Err(refuse(codes::TICKET_NO_PERMISSION));
    }
    letter.withdrawn = true;
    Ok(Done::default())
}
