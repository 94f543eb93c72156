//! Messages between customer and engineers.

use super::{
    Attachment, AttachmentId, Done, TicketId, TicketStatus,
    common::{Flag, ticket_operation},
};
use crate::{
    operation::{Paged, Paging, Position, request},
    types::{LocalTime, Personal, TimeZone, fields::EmptyAsNone, open_enum::open_codes, response},
};

ticket_operation! {
    /// Leaves a message on a ticket: a reply, a question, data that the engineers requested.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group. It is also how a
    /// ticket that waits for the customer gets a reply; whether its status then changes at once is not
    /// documented. A repeat leaves a second message, so the client never repeats it after it may have been
    /// executed.
    POST "/v2/servicerequest/cases/{case_id}/message" as osm "CreateMessages" -> Done {
        records("osm.ListMessages"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateMessages.html"),
    }
    pub struct SendMessage {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
            /// Message to send.
            message: MessageDraft,
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
        check |it, check| check.rule("message", !it.message.content.is_empty(), "must have a text")
    }
}

request! {
    /// A message to be left.
    pub struct MessageDraft {
        required {
            /// Text of the message. Responses declare at most 400 characters; the limit of requests is not
            /// documented.
            content: Personal,
        }
        optional {
            /// Files that were uploaded before with
            /// [`AttachmentPurpose::Message`](super::AttachmentPurpose::Message).
            accessory_ids: Vec<AttachmentId>,
        }
    }
}

impl From<&str> for MessageDraft {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for MessageDraft {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

ticket_operation! {
    /// The messages of a ticket, one page.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group. Messages come without
    /// their ids here; [`ShowTicket`](super::ShowTicket) has them.
    GET "/v2/servicerequest/cases/{case_id}/messages" as osm -> MessagePage {
        rows(100, message_list: Message, total: count),
        source("https://support.huaweicloud.com/api-ticket/ListMessages.html"),
    }
    pub struct ListMessages {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=65535),
            /// Rows per page.
            limit: u32 where range(0..=100) default(10),
        }
    }
}

ticket_operation! {
    /// The messages before one that is held already, going back in time.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group. `client.pages` and
    /// `client.items` walk back to the beginning: each page continues before the oldest message of the one
    /// before. The service names the place by a time in milliseconds (inferred: the documentation says
    /// timestamp), while responses show local times to the second, so of several messages in one second at a
    /// page's edge some may be left out; [`ListMessages`] leaves out none. While walking, times are asked for
    /// in this request's zone, else in UTC+8, whatever the client's is.
    ///
    /// A kind of message other than 0 and 1 is refused with `OSM.01010012`.
    GET "/v2/servicerequest/cases/{case_id}/instant-messages/more" as osm "ListMoreInstantMessages" -> MessagePage {
        paging(Paging::marker(100, "message_list")),
        source("https://support.huaweicloud.com/api-ticket/ListMoreInstantMessages.html"),
    }
    pub struct ListOlderMessages {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
            /// Time of the oldest message already read, in milliseconds since 1970; see
            /// [`ListOlderMessages::before`].
            create_time: String where len(1..=100),
            /// Side that wrote that message.
            #[name("type")]
            author: Author,
            /// Number of messages to return.
            limit: u32 where range(1..=100),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
    }
}

impl ListOlderMessages {
    /// The messages before one that was read with times in `zone`. `None` where that message has no time
    /// or no author.
    pub fn before(ticket: impl Into<TicketId>, message: &Message, zone: TimeZone) -> Option<Self> {
        let at = milliseconds(message.create_time?, zone);
        Some(Self::new(ticket, at, message.author?, 100_u32).time_zone(zone))
    }
}

fn milliseconds(at: LocalTime, zone: TimeZone) -> String {
    (at.in_zone(zone).instant().unix_timestamp_nanos() / 1_000_000).to_string()
}

/// The marker is time and side of the oldest message, `2026-05-01 16:05:01/1`; without the side where the message has none.
impl Paged for ListOlderMessages {
    type Item = Message;

    fn items(output: &MessagePage) -> &[Message] {
        &output.message_list
    }

    fn into_items(output: MessagePage) -> Vec<Message> {
        output.message_list
    }

    fn total(_output: &MessagePage) -> Option<u64> {
        None
    }

    fn next_marker(output: &MessagePage) -> Option<String> {
        if output.message_list.is_empty() {
            return None;
        }
        let timed =
            output.message_list.iter().filter_map(|message| Some((message.create_time?, message.author)));
        let Some((time, author)) = timed.min_by_key(|(time, _)| time.in_zone(TimeZone::BEIJING)) else {
            // Refused by the service, so that messages without a time do not look like the beginning of the ticket.
            return Some("unknown/".to_owned());
        };
        // With its distance from UTC, where it came with one: the zone that was asked for says nothing about it then.
        let zone = time.offset().map(|offset| format!(" {}", TimeZone::from(offset))).unwrap_or_default();
        let author = author.map(|author| author.to_string()).unwrap_or_default();
        Some(format!("{time}{zone}/{author}"))
    }

    fn page_size(&self) -> Option<u32> {
        Some(self.limit)
    }

    fn position(&self) -> Option<Position> {
        Some(Position::Marker(Some(format!("{}/{}", self.create_time, self.author))))
    }

    fn at(mut self, position: &Position, page_size: u32) -> Self {
        let zone = self.time_zone.unwrap_or(TimeZone::BEIJING);
        if let Position::Marker(Some(marker)) = position
            && let Some((at, author)) = marker.rsplit_once('/')
        {
            self.create_time =
                at.parse().map_or_else(|_| at.to_owned(), |at: LocalTime| milliseconds(at, zone));
            self.author = author.parse().map_or(self.author, |code: i64| code.into());
        }
        self.time_zone = Some(zone);
        self.limit = page_size;
        self
    }
}

ticket_operation! {
    /// Lists the new messages of several tickets since the last poll.
    ///
    /// Called by the user who opened the tickets, or by a member of the same user group. Each response holds
    /// a cursor that the next question gives back; what comes without a cursor is not documented. How often
    /// it may be asked is not documented either.
    GET "/v2/servicerequest/cases/instant-messages" as osm "ListNewInstantMessages" -> NewMessages {
        source("https://support.huaweicloud.com/api-ticket/ListNewInstantMessages.html"),
    }
    pub struct PollMessages {
        required {
            /// Tickets that the operation applies to.
            case_ids: Vec<TicketId> where count(1..=100),
        }
        optional {
            /// Cursor that the previous response returned.
            last_message_time_id: String where len(0..=64),
            /// The IAM user group, for tickets of another member.
            group_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Counts the unread messages of several tickets.
    ///
    /// Called by the user who opened the tickets, or by a member of the same user group.
    GET "/v2/servicerequest/cases/instant-messages/unread" as osm "ListUnreadNewInstantMessages" -> UnreadCounts {
        success(list "imunread"),
        source("https://support.huaweicloud.com/api-ticket/ListUnreadNewInstantMessages.html"),
    }
    pub struct CountUnreadMessages {
        required {
            /// Tickets that the operation applies to.
            case_ids: Vec<TicketId> where count(1..=100),
        }
        optional {
            /// The IAM user group, for tickets of another member.
            group_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Marks all messages of a ticket as read.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group. A repeat changes
    /// nothing.
    POST "/v2/servicerequest/cases/{case_id}/instant-messages/unread" as osm "UpdateNewInstantMessagesRead" -> Done {
        idempotent, success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/UpdateNewInstantMessagesRead.html"),
    }
    pub struct MarkMessagesRead {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Takes a message back.
    ///
    /// Called by the user who wrote it. Until how long after sending it may be taken back is not documented,
    /// nor the response to a repeat.
    POST "/v2/servicerequest/cases/{case_id}/instant-messages/{message_id}/withdraw" as osm "RevokeMessage" -> Done {
        no_body, state("osm.ShowCaseDetail"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/RevokeMessage.html"),
    }
    pub struct WithdrawMessage {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
            /// The message, from [`ShowTicket`](super::ShowTicket).
            message_id: String where len(1..=64),
        }
    }
}

response! {
    /// One page of messages.
    pub struct MessagePage {
        /// Total number of messages.
        pub count: Option<u64>,
        /// Rows of this page.
        pub message_list: Vec<Message>,
    }
}

response! {
    /// A message in a list.
    pub struct Message {
        /// Side that wrote the message.
        #[name("type")]
        pub author: Option<Author>,
        /// Type of the person who wrote the message.
        pub replier_type: Option<ReplierType>,
        /// The id of that person.
        pub replier: Option<String>,
        /// The text, declared as at most 400 characters; may hold the markup of rich text.
        pub content: Option<Personal>,
        /// Time of writing, in the requested time zone.
        #[with(EmptyAsNone)]
        pub create_time: Option<LocalTime>,
        /// The name of the person who wrote it.
        pub replier_name: Option<Personal>,
        /// Whether the message is the first of the ticket.
        pub is_first_message: Option<Flag>,
        /// Type of the customer's user who wrote the message.
        pub iam_user_type: Option<UserType>,
        /// Attachments, at most five files.
        pub accessory_list: Vec<Attachment>,
    }
}

response! {
    /// New messages of several tickets.
    pub struct NewMessages {
        /// Whether the messages of each ticket have been read.
        pub imstatus: Vec<ReadState>,
        /// The new messages, ticket by ticket.
        pub immsg: Vec<TicketMessages>,
        /// The cursor for the next question.
        pub last_message_time_id: Option<String>,
    }
}

response! {
    /// Whether the messages of a ticket have been read.
    pub struct ReadState {
        /// Ticket that the operation applies to.
        pub incident_id: TicketId,
        /// Read or not.
        pub status: Option<ReadStatus>,
    }
}

response! {
    /// New messages of a ticket.
    pub struct TicketMessages {
        /// Ticket that the operation applies to.
        pub incident_id: TicketId,
        /// New messages of the ticket.
        pub message_list: Vec<Message>,
    }
}

response! {
    /// Numbers of unread messages of several tickets.
    pub struct UnreadCounts {
        /// One entry for each ticket.
        pub imunread: Vec<UnreadCount>,
    }
}

response! {
    /// Number of unread messages of a ticket.
    pub struct UnreadCount {
        /// Ticket that the operation applies to.
        pub incident_id: TicketId,
        /// Status of the ticket; the range is that of ticket statuses (inferred).
        pub status: Option<TicketStatus>,
        /// Number of unread messages.
        pub unread_num: Option<u64>,
    }
}

open_codes! {
    /// Side that wrote a message.
    pub enum Author {
        /// Written by the customer.
        Customer = 0,
        /// Written by an engineer.
        Engineer = 1,
    }
}

open_codes! {
    /// Type of the person who wrote a message.
    pub enum ReplierType {
        /// Written by a customer.
        Customer = 0,
        /// An engineer of Huawei.
        Engineer = 1,
        /// Written by a third party.
        ThirdParty = 2,
    }
}

open_codes! {
    /// Type of a user of an account.
    pub enum UserType {
        /// The master account.
        Master = 0,
        /// User of the identity service.
        IamUser = 1,
    }
}

open_codes! {
    /// Whether messages have been read.
    pub enum ReadStatus {
        /// Message is unread.
        Unread = 0,
        /// Messages have been read.
        Read = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn the_documented_sample_is_read() {
        let page: MessagePage = decode_str(
            r#"{"message_list":[{"replier":"test","content":"test","create_time":"2020-07-09 00:00:00","replier_name":"test"}]}"#,
        )
        .unwrap();
        assert_eq!(page.message_list[0].content.as_ref().map(Personal::expose), Some("test"));
        assert_eq!(page.message_list[0].author, None);
    }

    #[test]
    fn walking_back_continues_before_the_oldest_message() {
        let page: MessagePage = decode_str(
            r#"{"message_list":[{"type":0,"create_time":"2026-05-01 16:05:01"},{"type":1,"create_time":"2026-05-01 16:05:00"},
                {"type":0}]}"#,
        )
        .unwrap();
        let first = ListOlderMessages::before("t1", &page.message_list[0], TimeZone::UTC).unwrap();
        assert_eq!((first.create_time.as_str(), first.author), ("1777651501000", Author::Customer));
        assert!(ListOlderMessages::before("t1", &page.message_list[2], TimeZone::UTC).is_none());

        let marker = ListOlderMessages::next_marker(&page).unwrap();
        assert_eq!(marker, "2026-05-01 16:05:00/1");
        let next = ListOlderMessages::new("t1", "1", Author::Customer, 50_u32)
            .at(&Position::Marker(Some(marker)), 50);
        assert_eq!((next.create_time.as_str(), next.author), ("1777622700000", Author::Engineer));
        assert_eq!(next.time_zone, Some(TimeZone::BEIJING));

        let begun = first.clone().at(&first.position().unwrap(), 100);
        assert_eq!(begun, first);
        assert_eq!(ListOlderMessages::next_marker(&MessagePage::default()), None);
    }

    #[test]
    fn walking_back_goes_on_from_every_form_of_a_time_and_never_ends_at_messages_without_one() {
        let next = |messages: &str| {
            let page: MessagePage = decode_str(&format!(r#"{{"message_list":{messages}}}"#)).unwrap();
            let marker = ListOlderMessages::next_marker(&page)?;
            let first = ListOlderMessages::new("t1", "1", Author::Engineer, 50_u32);
            let next = first.at(&Position::Marker(Some(marker)), 50);
            Some((next.create_time, next.author))
        };
        let at = |time: &str, author| Some((time.to_owned(), author));
        for time in [
            "2026-05-01 16:05:00",
            "2026-05-01T08:05:00Z",
            "2026-05-01T16:05:00+08:00",
            "2026-05-01 13:35:00.000 +0530",
            "2026-05-01 04:35:00 GMT-3:30",
        ] {
            let messages = format!(r#"[{{"type":0,"create_time":"{time}"}}]"#);
            assert_eq!(next(&messages), at("1777622700000", Author::Customer), "{time}");
        }
        // The documented sample has no side.
        assert_eq!(next(r#"[{"create_time":"2026-05-01 16:05:00"}]"#), at("1777622700000", Author::Engineer));
        // Times are compared as instants.
        let mixed = r#"[{"type":1,"create_time":"2026-05-01T09:00:00Z"},
            {"type":0,"create_time":"2026-05-01T16:05:00+08:00"}]"#;
        assert_eq!(next(mixed), at("1777622700000", Author::Customer));
        for odd in [r#"[{"type":0}]"#, r#"[{"type":0,"create_time":"noon"}]"#] {
            assert_eq!(next(odd), at("unknown", Author::Engineer), "{odd}");
        }
        assert_eq!(next("[]"), None);
    }

    #[test]
    fn news_come_ticket_by_ticket_with_a_cursor() {
        let news: NewMessages = decode_str(
            r#"{"imstatus":[{"status":0,"incident_id":"TT1"}],"last_message_time_id":1764009216264,
                "immsg":[{"incident_id":"TT1","message_list":[{"type":1,"replier_type":1,"iam_user_type":3}]}]}"#,
        )
        .unwrap();
        assert_eq!(news.last_message_time_id.as_deref(), Some("1764009216264"));
        assert_eq!(
            (news.imstatus[0].status, news.immsg[0].incident_id.as_str()),
            (Some(ReadStatus::Unread), "TT1")
        );
        assert_eq!(news.immsg[0].message_list[0].iam_user_type, Some(UserType::Other(3)));
    }

    #[test]
    fn documented_limits_are_checked() {
        let none: Vec<TicketId> = Vec::new();
        PollMessages::new(none).validate().unwrap_err();
        let many: Vec<TicketId> = (0..101).map(|id| id.to_string().into()).collect();
        CountUnreadMessages::new(many).validate().unwrap_err();
        SendMessage::new("t1", "").validate().unwrap_err();
        SendMessage::new("t1", "It works again.").validate().unwrap();
        WithdrawMessage::new("t1", "").validate().unwrap_err();
    }
}
