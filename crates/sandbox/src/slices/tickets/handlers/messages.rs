//! Messages between customer and engineers.

use super::local;
use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, non_empty},
    slices::tickets::{
        Letter, Ticket, messages,
        refusal::{bad_parameter, refuse, ticket_of},
    },
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        Attachment, Author, CountUnreadMessages, Done, Flag, ListMessages, ListOlderMessages,
        MarkMessagesRead, Message, MessagePage, NewMessages, PollMessages, ReadState, ReadStatus,
        ReplierType, SendMessage, TicketId, TicketMessages, UnreadCount, UnreadCounts, UserType,
        WithdrawMessage,
    },
    types::TimeZone,
};

/// A message as lists have it. The sandbox's engineers have neither ids nor names.
pub(crate) fn message(world: &State, caller: &Account, letter: &Letter, zone: Option<TimeZone>) -> Message {
    let own = letter.author == Author::Customer;
    let files = letter.files.iter().filter_map(|id| world.tickets.file(id));
    fill!(Message {
        author: Some(letter.author),
        replier_type: Some(if own { ReplierType::Customer } else { ReplierType::Engineer }),
        replier: own.then(|| caller.id.clone()),
        content: Some(letter.text.clone()),
        create_time: local(letter.at, zone),
        replier_name: own.then(|| caller.login.clone()),
        is_first_message: Some(if letter.first { Flag::Yes } else { Flag::No }),
        iam_user_type: own.then_some(UserType::Master),
        accessory_list: files
            .map(|file| fill!(Attachment {
                accessory_id: file.id.as_str().into(),
                file_actual_name: Some(file.name.clone()),
            }))
            .collect(),
    })
}

impl Simulated for SendMessage {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        messages::send_message(world, caller, self)
    }
}

impl Simulated for ListMessages {
    /// The earliest first.
    fn run(self, world: &mut State, caller: &Account) -> Result<MessagePage, Refusal> {
        let ticket = ticket_of(world, caller, &self.case_id)?;
        let make = |letter: &Letter| message(world, caller, letter, self.time_zone);
        let (count, message_list) = page(ticket.readable(), self.offset, self.limit, make);
        Ok(fill!(MessagePage { count, message_list }))
    }
}

impl Simulated for ListOlderMessages {
    const OPEN_FIELDS: &'static [&'static str] = &["author"];

    /// Lists messages written before the time, in milliseconds since 1970, the latest first; the author of
    /// the message at that time does not matter.
    fn run(self, world: &mut State, caller: &Account) -> Result<MessagePage, Refusal> {
        if !self.author.is_known() {
            return Err(refuse(codes::TYPE_NOT_0_OR_1));
        }
        let before: i128 = self
            .create_time
            .parse()
            .map_err(|_| bad_parameter("create_time must be a number of milliseconds since 1970"))?;
        let ticket = ticket_of(world, caller, &self.case_id)?;
        let older = ticket.readable().rev();
        let older = older.filter(|letter| letter.at.instant().unix_timestamp_nanos() < before * 1_000_000);
        let make = |letter: &Letter| message(world, caller, letter, self.time_zone);
        let (count, message_list) = page(older, None, Some(self.limit), make);
        Ok(fill!(MessagePage { count, message_list }))
    }
}

/// The tickets of a question about several, or the refusal of the first that is not the caller's.
fn several<'w>(world: &'w State, caller: &Account, ids: &[TicketId]) -> Result<Vec<&'w Ticket>, Refusal> {
    ids.iter().map(|id| ticket_of(world, caller, id)).collect()
}

impl Simulated for PollMessages {
    /// All messages after the cursor, the customer's own among them; without a cursor, all there are. The cursor counts the
    /// messages of the whole sandbox.
    fn run(self, world: &mut State, caller: &Account) -> Result<NewMessages, Refusal> {
        let cursor: u64 = match non_empty(self.last_message_time_id.as_deref()) {
            None => 0,
            Some(cursor) => {
                cursor.parse().map_err(|_| bad_parameter("last_message_time_id must be from a response"))?
            }
        };
        let tickets = several(world, caller, &self.case_ids)?;
        let news = tickets.iter().map(|ticket| {
            fill!(TicketMessages {
                incident_id: ticket.id.as_str().into(),
                message_list: ticket
                    .readable()
                    .filter(|letter| letter.number > cursor)
                    .map(|letter| message(world, caller, letter, self.time_zone))
                    .collect(),
            })
        });
        Ok(fill!(NewMessages {
            imstatus: tickets
                .iter()
                .map(|ticket| fill!(ReadState {
                    incident_id: ticket.id.as_str().into(),
                    status: if ticket.unread() > 0 {
                        Some(ReadStatus::Unread)
                    } else {
                        Some(ReadStatus::Read)
                    },
                }))
                .collect(),
            immsg: news.filter(|news| !news.message_list.is_empty()).collect(),
            last_message_time_id: Some(world.tickets.newest().to_string()),
        }))
    }
}

impl Simulated for CountUnreadMessages {
    fn run(self, world: &mut State, caller: &Account) -> Result<UnreadCounts, Refusal> {
        let tickets = several(world, caller, &self.case_ids)?;
        let counts = tickets.into_iter().map(|ticket| {
            fill!(UnreadCount {
                incident_id: ticket.id.as_str().into(),
                status: Some(ticket.status),
                unread_num: Some(ticket.unread() as u64),
            })
        });
        Ok(fill!(UnreadCounts { imunread: counts.collect() }))
    }
}

impl Simulated for MarkMessagesRead {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        messages::mark_messages_read(world, caller, self)
    }
}

impl Simulated for WithdrawMessage {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        messages::withdraw_message(world, caller, self)
    }
}
