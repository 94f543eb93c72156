//! Records of the bastion host about the sessions of engineers with granted access.

use super::{AuthorizationId, common::ticket_operation};
use crate::types::{LocalTime, fields::EmptyAsNone, open_enum::open_codes, response};

ticket_operation! {
    /// The sessions that engineers held with an authorization, one page.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group.
    GET "/v2/servicerequest/authorizations/{authorization_id}/authorization-details/{authorization_detail_id}/history-sessions" as osm "ListHistorySessions" -> SessionPage {
        rows(100, session_list: Session, total: total_count),
        source("https://support.huaweicloud.com/api-ticket/ListHistorySessions.html"),
    }
    pub struct ListSessions {
        required {
            /// Authorization that the operation applies to.
            authorization_id: AuthorizationId where len(1..=32),
            /// The host or account in it, from [`ShowAuthorization`](super::ShowAuthorization).
            authorization_detail_id: i64,
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=65535),
            /// Rows per page.
            limit: u32 where range(0..=100) default(10),
        }
        check |it, check| check.range("authorization_detail_id", &it.authorization_detail_id, 0..=i64::MAX)
    }
}

ticket_operation! {
    /// The commands that were given in a session, one page.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group.
    GET "/v2/servicerequest/authorizations/{authorization_id}/authorization-details/{authorization_detail_id}/sessions/{session_id}/operation-logs" as osm "ListHistoryOperateLogs" -> CommandPage {
        rows(100, ops_list: Command, total: total_count),
        source("https://support.huaweicloud.com/api-ticket/ListHistoryOperateLogs.html"),
    }
    pub struct ListSessionCommands {
        required {
            /// Authorization that the operation applies to.
            authorization_id: AuthorizationId where len(1..=32),
            /// The host or account in it.
            authorization_detail_id: i64,
            /// The session, from [`ListSessions`].
            session_id: i64,
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
            /// Order by time; the latest first by default.
            sort: SortOrder,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=65535),
            /// Rows per page.
            limit: u32 where range(0..=100) default(10),
        }
        check |it, check| check.range("authorization_detail_id", &it.authorization_detail_id, 0..=i64::MAX).range(
            "session_id",
            &it.session_id,
            0..=i64::MAX,
        )
    }
}

ticket_operation! {
    /// The files that went to or from a host in a session, one page.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group.
    GET "/v2/servicerequest/authorizations/{authorization_id}/authorization-details/{authorization_detail_id}/sessions/{session_id}/operation-file-logs" as osm "ListTransportHistories" -> TransferPage {
        rows(100, file_ops_list: Transfer, total: total_count),
        source("https://support.huaweicloud.com/api-ticket/ListTransportHistories.html"),
    }
    pub struct ListSessionTransfers {
        required {
            /// Authorization that the operation applies to.
            authorization_id: AuthorizationId where len(1..=32),
            /// The host or account in it.
            authorization_detail_id: i64,
            /// The session, from [`ListSessions`].
            session_id: i64,
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
            /// Order by time; the latest first by default.
            sort: SortOrder,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=65535),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
        check |it, check| check.range("authorization_detail_id", &it.authorization_detail_id, 0..=i64::MAX).range(
            "session_id",
            &it.session_id,
            0..=i64::MAX,
        )
    }
}

response! {
    /// One page of sessions.
    pub struct SessionPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub session_list: Vec<Session>,
    }
}

response! {
    /// A session on the bastion host.
    pub struct Session {
        /// Id under which the session is listed.
        pub session_id: Option<i64>,
        /// Duration of the session: hours, minutes and seconds with colons.
        pub duration: Option<String>,
        /// Start of the session, in the requested time zone.
        #[with(EmptyAsNone)]
        pub start_time: Option<LocalTime>,
        /// End of the session, in the requested time zone.
        #[with(EmptyAsNone)]
        pub end_time: Option<LocalTime>,
    }
}

response! {
    /// One page of commands.
    pub struct CommandPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub ops_list: Vec<Command>,
    }
}

response! {
    /// A command that was given.
    pub struct Command {
        /// The command, up to 64 characters of it.
        pub oper: Option<String>,
        /// Time of the operation, in the requested time zone.
        #[with(EmptyAsNone)]
        pub operate_time: Option<LocalTime>,
    }
}

response! {
    /// One page of files that were moved.
    pub struct TransferPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub file_ops_list: Vec<Transfer>,
    }
}

response! {
    /// A file that was moved.
    pub struct Transfer {
        /// Duration of the transfer: hours, minutes and seconds with colons.
        pub duration: Option<String>,
        /// Time of the operation, in the requested time zone.
        #[with(EmptyAsNone)]
        pub operate_time: Option<LocalTime>,
        /// Operation on the file; the values are not documented.
        pub operate_type: Option<String>,
        /// Name of the transferred file.
        pub file_name: Option<String>,
        /// Source path of the file.
        pub from_path: Option<String>,
        /// Target path of the file.
        pub to_path: Option<String>,
        /// Size of the file: a number followed by k, M or G.
        pub file_size: Option<String>,
        /// Result of the operation; the values are not documented.
        pub oper_result: Option<String>,
    }
}

open_codes! {
    /// Order of records by time.
    pub enum SortOrder {
        /// Latest entries come first.
        LatestFirst = 0,
        /// Earliest entries come first.
        EarliestFirst = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn the_documented_sample_is_read_although_its_times_are_none() {
        let page: SessionPage = decode_str(
            r#"{"total_count": 1, "session_list": [{"duration": "test", "session_id": 1, "end_time": "test"}]}"#,
        )
        .unwrap();
        let session = &page.session_list[0];
        assert_eq!((session.session_id, session.end_time), (Some(1), None));
    }

    #[test]
    fn all_ids_are_part_of_the_address() {
        let request = ListSessionTransfers::new("a/1", 2, 3).sort(SortOrder::EarliestFirst);
        let parts = crate::operation::RequestParts::of(&request).unwrap();
        assert_eq!(
            (parts.path.as_str(), parts.query.as_str()),
            (
                "/v2/servicerequest/authorizations/a%2F1/authorization-details/2/sessions/3/operation-file-logs",
                "sort=1"
            )
        );
        ListSessions::new("a", -1).validate().unwrap_err();
        ListSessionCommands::new("a", 1, 1).limit(101_u32).validate().unwrap_err();
        request.limit(0_u32).validate().unwrap_err();
    }
}
