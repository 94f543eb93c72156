//! Refusals of the ticket service, and the ticket that a caller means.

use http::StatusCode;

use super::Ticket;
use crate::{
    core::{Account, Refusal, refuse_with},
    state::State,
};
use huaweicloud_partner::{
    error::{ApiError, ErrorCode, codes},
    tickets::TicketId,
};

/// A refusal of the ticket service.
pub(crate) fn refuse(code: ErrorCode) -> Refusal {
    refuse_with(StatusCode::OK, code)
}

/// A refusal by a rule that has no code of its own.
pub(crate) fn bad_parameter(why: impl Into<String>) -> Refusal {
    ApiError::new(StatusCode::OK, codes::TICKET_BAD_PARAMETER.as_str(), why)
}

/// A ticket of the caller.
pub(crate) fn ticket_of<'w>(
    world: &'w State,
    caller: &Account,
    id: &TicketId,
) -> Result<&'w Ticket, Refusal> {
    world.tickets.of(caller, id.as_str()).ok_or_else(|| refuse(codes::TICKET_NOT_FOUND))
}

/// A ticket of the caller that is to be changed.
pub(crate) fn ticket_of_mut<'w>(
    world: &'w mut State,
    caller: &Account,
    id: &TicketId,
) -> Result<&'w mut Ticket, Refusal> {
    world.tickets.of_mut(caller, id.as_str()).ok_or_else(|| refuse(codes::TICKET_NOT_FOUND))
}
