//! One ticket from near: its data, its status, its log, the addresses that get copies.

use super::{
    Attachment, ScoreGiven, TicketId, TicketStatus,
    common::{Flag, OneOrMany, ticket_operation},
    messages::Author,
};
use crate::types::{CustomerId, LocalTime, Personal, fields::EmptyAsNone, open_enum::open_codes, response};

ticket_operation! {
    /// A ticket with its messages and contact data.
    ///
    /// Called by the user who opened it, or by a member of the same user group who names the group. Only here
    /// do messages carry their id, which [`WithdrawMessage`](super::WithdrawMessage) needs. A ticket that is
    /// not there, or not the caller's, is refused with `OSM.01010015`.
    GET "/v2/servicerequest/cases/{case_id}" as osm "ShowCaseDetail" -> ShownTicket {
        source("https://support.huaweicloud.com/api-ticket/ShowCaseDetail.html"),
    }
    pub struct ShowTicket {
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
    /// Shows the status of a ticket, and no other fields.
    ///
    /// Called by the user who opened it.
    GET "/v2/servicerequest/cases/{case_id}/status" as osm "ShowCaseStatus" -> TicketStanding {
        source("https://support.huaweicloud.com/api-ticket/ShowCaseStatus.html"),
    }
    pub struct ShowTicketStatus {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
        }
    }
}

ticket_operation! {
    /// Lists the operations on a ticket and their operators, one page.
    ///
    /// Called by the user who opened it, or by a member of the same user group.
    GET "/v2/servicerequest/cases/{case_id}/operate-logs" as osm "ListCaseOperateLogs" -> TicketLogPage {
        rows(100, incident_operate_log_list: TicketLogEntry, total: total_count, key: incident_log_id),
        source("https://support.huaweicloud.com/api-ticket/ListCaseOperateLogs.html"),
    }
    pub struct ListTicketLog {
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
            limit: u32 where range(1..=100) default(10),
        }
    }
}

ticket_operation! {
    /// The addresses that lately got copies of notices.
    GET "/v2/servicerequest/carbon-copy-emails" as osm "ListCaseCcEmails" -> CopyAddresses {
        source("https://support.huaweicloud.com/api-ticket/ListCaseCcEmails.html"),
    }
    pub struct ListCopyAddresses {
    }
}

response! {
    /// Details of a ticket, nested one level down in the response.
    pub struct ShownTicket {
        /// Details of the ticket.
        pub incident_detail_info: TicketDetail,
    }
}

response! {
    /// A ticket with its messages and contact data.
    pub struct TicketDetail {
        /// Id under which other operations name the ticket.
        pub incident_id: TicketId,
        /// Status of the ticket.
        pub status: Option<TicketStatus>,
        /// The IAM user who opened it.
        pub xcustomer_id: Option<String>,
        /// That user's name.
        pub xcustomer_name: Option<Personal>,
        /// The customer's comment on the solution; up to 400 characters.
        pub judgement: Option<Personal>,
        /// The kind of problem, in the language asked for.
        pub business_type_name: Option<String>,
        /// The kind of ticket, in the language asked for.
        pub incident_type_name: Option<String>,
        /// The account that it belongs to.
        pub customer_id: Option<CustomerId>,
        /// The region it is about.
        pub dc_name: Option<String>,
        /// Problem in the customer's words; up to 2000 characters.
        pub simple_description: Option<Personal>,
        /// Origin of the ticket, such as the console.
        pub source_name: Option<String>,
        /// Time of opening, in the requested time zone.
        #[with(EmptyAsNone)]
        pub create_time: Option<LocalTime>,
        /// Messages of the ticket with their ids.
        pub message_list: Vec<DetailedMessage>,
        /// The scores that the customer gave.
        pub incident_satisfaction: Vec<ScoreGiven>,
        /// Severity of the problem, in the requested language.
        pub severity_name: Option<String>,
        /// Party that has to act on it.
        pub business_ownership: Option<TicketOwner>,
        /// Time of the solution, as a number whose unit is not documented.
        pub resolve_time: Option<i64>,
        /// Contacts for notices about the ticket.
        pub ext_info: Option<TicketContacts>,
    }
}

response! {
    /// A message of a ticket with its id.
    pub struct DetailedMessage {
        /// Id under which the message is listed.
        pub message_id: String,
        /// Side that wrote the message.
        #[name("type")]
        pub author: Option<Author>,
        /// The id of the person who wrote it.
        pub replier: Option<String>,
        /// Text of the message.
        pub content: Option<Personal>,
        /// The name of the person who wrote it.
        pub replier_name: Option<Personal>,
        /// Time of writing, in the requested time zone.
        #[with(EmptyAsNone)]
        pub create_time: Option<LocalTime>,
        /// Whether the message is the first of the ticket.
        pub is_first_message: Option<Flag>,
        /// Attachments, at most five files.
        pub accessory_list: Vec<Attachment>,
    }
}

response! {
    /// Contacts for notices about a ticket, and the times at which they may be called.
    pub struct TicketContacts {
        /// The country calling code of the telephone number.
        pub area_code: Option<String>,
        /// The telephone number to call.
        pub remind_mobile: Option<Personal>,
        /// The e-mail address to write to.
        pub remind_mail: Option<Personal>,
        /// The way of contact; its values are not documented.
        pub contact_type: Option<String>,
        /// Times for calls: `0` at any time, or a range.
        pub remind_time: Option<String>,
        /// The addresses that get copies.
        pub cc_email: Option<Personal>,
        /// The offering of a marketplace vendor that the ticket is about.
        pub commodity_id: Option<String>,
    }
}

response! {
    /// Status of a ticket, as one operation returns it.
    pub struct TicketStanding {
        /// Current status of the ticket.
        pub status: Option<TicketStatus>,
    }
}

response! {
    /// One page of a ticket's log.
    pub struct TicketLogPage {
        /// Total number of entries.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub incident_operate_log_list: Vec<TicketLogEntry>,
    }
}

response! {
    /// Entry in the log of a ticket's operations.
    pub struct TicketLogEntry {
        /// Id of the entry.
        pub incident_log_id: String,
        /// Id under which other operations name the ticket.
        pub incident_id: TicketId,
        /// Operation that the entry records.
        pub operate_type: Option<LoggedAction>,
        /// Type of the operator, 0 to 3; the meanings are not documented.
        pub operator_type: Option<i64>,
        /// The id of who did it.
        pub operator_id: Option<String>,
        /// The name of who did it.
        pub operator_name: Option<Personal>,
        /// Reason or details of the operation; up to 400 characters.
        pub operate_desc: Option<String>,
        /// Time of the operation, as the service writes it for readers.
        pub operate_time: Option<String>,
        /// Time of the operation, in the requested time zone.
        #[with(EmptyAsNone)]
        pub timestamp_operate_time: Option<LocalTime>,
    }
}

response! {
    /// Addresses that lately got copies.
    pub struct CopyAddresses {
        /// Addresses that were used last; declared as one, shown as a list, so read as a list.
        #[with(OneOrMany)]
        pub cc_email_info: Vec<CopyAddressesOfUser>,
        /// Addresses, at most five.
        pub mc_email_infos: Vec<Personal>,
    }
}

response! {
    /// The copy addresses that a user took last.
    pub struct CopyAddressesOfUser {
        /// The IAM user.
        pub user_id: Option<String>,
        /// The account of that user.
        pub customer_id: Option<CustomerId>,
        /// The addresses in one text, up to 5000 characters.
        pub cc_email: Option<Personal>,
    }
}

open_codes! {
    /// Party that has to act on a ticket.
    pub enum TicketOwner {
        /// Huawei Cloud's own support.
        HuaweiCloud = 0,
        /// A business partner.
        Partner = 1,
        /// A vendor of the marketplace.
        Vendor = 2,
    }
}

open_codes! {
    /// Operation on a ticket, as its log names it.
    pub enum LoggedAction {
        /// Ticket was opened.
        Opened = 0,
        /// Ticket was urged.
        Urged = 2,
        /// Ticket was closed.
        Closed = 3,
        /// Ticket was withdrawn.
        Withdrawn = 4,
        /// Ticket was scored.
        Scored = 5,
        /// Ticket was deleted.
        Deleted = 13,
        /// The customer sent it back from the user centre.
        SentBack = 16,
        /// The customer granted an authorization.
        AuthorizationGranted = 73,
        /// The customer refused an authorization.
        AuthorizationRefused = 74,
        /// The customer withdrew an authorization.
        AuthorizationWithdrawn = 83,
        /// The customer exported tickets.
        Exported = 84,
        /// The customer replied to a ticket that waited for a reply.
        Replied = 85,
        /// A contact was changed.
        ContactChanged = 114,
        /// A contact was removed.
        ContactRemoved = 115,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let standing: TicketStanding = decode_str(r#"{"status": 0}"#).unwrap();
        assert_eq!(standing.status, Some(TicketStatus::ToBeAccepted));
        let addresses: CopyAddresses = decode_str(
            r#"{"cc_email_info":[{"user_id":"123","customer_id":"123","cc_email":"123"}],"mc_email_infos":["123","456"]}"#,
        )
        .unwrap();
        assert_eq!((addresses.cc_email_info.len(), addresses.mc_email_infos.len()), (1, 2));
        let declared: CopyAddresses = decode_str(r#"{"cc_email_info":{"cc_email":"123"}}"#).unwrap();
        assert_eq!(declared.cc_email_info[0].cc_email.as_ref().map(Personal::expose), Some("123"));
    }

    #[test]
    fn a_ticket_is_read_with_its_messages() {
        let shown: ShownTicket = decode_str(
            r#"{"incident_detail_info":{"incident_id":"TT1","status":1,"business_ownership":"1","resolve_time":"7",
                "message_list":[{"type":1,"message_id":"m1","is_first_message":1,"create_time":"2020-07-09 00:00:00",
                "accessory_list":[{"accessory_id":"a1","file_actual_name":"log.txt"}]}],"ext_info":{"remind_time":"0"}}}"#,
        )
        .unwrap();
        let ticket = shown.incident_detail_info;
        let message = &ticket.message_list[0];
        assert_eq!(
            (ticket.status, ticket.business_ownership),
            (Some(TicketStatus::Processing), Some(TicketOwner::Partner))
        );
        assert_eq!((message.author, message.is_first_message), (Some(Author::Engineer), Some(Flag::Yes)));
        assert_eq!((message.accessory_list[0].accessory_id.as_str(), ticket.resolve_time), ("a1", Some(7)));
    }

    #[test]
    fn the_log_keeps_codes_that_are_not_documented() {
        let page: TicketLogPage = decode_str(
            r#"{"total_count":2,"incident_operate_log_list":[{"operate_type":16},{"operate_type":7}]}"#,
        )
        .unwrap();
        let actions: Vec<_> = page.incident_operate_log_list.iter().map(|entry| entry.operate_type).collect();
        assert_eq!(actions, [Some(LoggedAction::SentBack), Some(LoggedAction::Other(7))]);
        ListTicketLog::new("t1").limit(0_u32).validate().unwrap_err();
    }
}
