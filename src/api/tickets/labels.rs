//! Labels that users put on tickets, and tickets that belong together.

use super::{
    TicketId,
    common::{Done, ticket_operation},
};
use crate::types::{Personal, response};

ticket_operation! {
    /// Makes a label.
    ///
    /// Called by a partner or a customer for itself; a user has at most 30. The response does not tell the new
    /// label's id: [`ListLabels`] does. The response to a second label of the same name is not documented.
    POST "/v2/servicerequest/labels" as osm "CreateLabels" -> Done {
        state("osm.ListLabels"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateLabels.html"),
    }
    pub struct CreateLabel {
        required {
            /// Text of the label.
            name: String where len(1..=64),
            /// Colour of the label, such as `#000000`.
            color: String where len(1..=7),
        }
    }
}

ticket_operation! {
    /// Changes name and colour of a label.
    ///
    /// Called by the user who created it. A repeat ends in the same state.
    PUT "/v2/servicerequest/labels/{label_id}" as osm "UpdateLabels" -> Done {
        idempotent, success(acknowledged), source("https://support.huaweicloud.com/api-ticket/UpdateLabels.html"),
    }
    pub struct ChangeLabel {
        required {
            /// The label, a number of 31 bits.
            label_id: i64,
            /// New text of the label.
            name: String where len(1..=64),
            /// New colour of the label, such as `#000000`.
            color: String where len(1..=7),
        }
        check |it, check| check.range("label_id", &it.label_id, LABEL_IDS)
    }
}

ticket_operation! {
    /// Deletes a label, and takes it off all tickets.
    ///
    /// Called by the user who created it. A repeat ends in the same state.
    DELETE "/v2/servicerequest/labels/{label_id}" as osm "DeleteLabels" -> Done {
        idempotent, success(acknowledged), source("https://support.huaweicloud.com/api-ticket/DeleteLabels.html"),
    }
    pub struct DeleteLabel {
        required {
            /// The label, a number of 31 bits.
            label_id: i64,
        }
        check |it, check| check.range("label_id", &it.label_id, LABEL_IDS)
    }
}

ticket_operation! {
    /// The caller's labels, one page.
    GET "/v2/servicerequest/labels" as osm -> LabelPage {
        rows(100, label_list: Label, total: total_count),
        source("https://support.huaweicloud.com/api-ticket/ListLabels.html"),
    }
    pub struct ListLabels {
        optional {
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(0..=100) default(10),
            /// Only those with this in their name.
            name: String where len(0..=64),
            /// Only the label with this id.
            label_id: i64,
        }
        check |it, check| check.range("offset", &it.offset, LABEL_IDS).range("label_id", &it.label_id, LABEL_IDS)
    }
}

ticket_operation! {
    /// Puts labels on a ticket.
    ///
    /// Called by the user who opened the ticket; it holds at most five. What a label does that is there
    /// already is not documented.
    POST "/v2/servicerequest/cases/{case_id}/labels" as osm "CreateCaseLabels" -> Done {
        no_body, state("osm.ListCaseLabels"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateCaseLabels.html"),
    }
    pub struct AttachLabels {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
            /// The labels, from [`ListLabels`].
            label_ids: Vec<i64> where count(1..=5),
        }
    }
}

ticket_operation! {
    /// Takes labels off a ticket.
    ///
    /// Called by the user who opened the ticket. A repeat ends in the same state.
    DELETE "/v2/servicerequest/cases/{case_id}/labels" as osm "DeleteCaseLabels" -> Done {
        idempotent, success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/DeleteCaseLabels.html"),
    }
    pub struct DetachLabels {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
            /// Labels that the operation applies to.
            label_ids: Vec<i64> where count(1..=5),
        }
    }
}

ticket_operation! {
    /// The labels on a ticket.
    ///
    /// Called by the user who opened the ticket.
    GET "/v2/servicerequest/cases/{case_id}/labels" as osm "ListCaseLabels" -> TicketLabels {
        success(list "case_label_list"),
        source("https://support.huaweicloud.com/api-ticket/ListCaseLabels.html"),
    }
    pub struct ListTicketLabels {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
        }
    }
}

ticket_operation! {
    /// Says that other tickets belong to a ticket.
    ///
    /// Called by the user who opened it, or by a member of the same user group; all must be of one group. A
    /// ticket has at most three.
    POST "/v2/servicerequest/cases/{case_id}/relations" as osm "CreateRelations" -> Done {
        state("osm.ListRelation"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateRelations.html"),
    }
    pub struct RelateTickets {
        required {
            /// The ticket that the others belong to.
            case_id: TicketId where len(1..=64),
            /// Tickets to relate to the first one.
            related_id_list: Vec<TicketId> where count(1..=3),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
        check |it, check| check.rule(
            "related_id_list",
            !it.related_id_list.contains(&it.case_id),
            "must not name the ticket itself",
        )
    }
}

ticket_operation! {
    /// Says that another ticket no longer belongs to a ticket.
    ///
    /// Called by the user who opened it, or by a member of the same user group; the newest text wants the
    /// group always. A repeat ends in the same state.
    DELETE "/v2/servicerequest/cases/{case_id}/relations" as osm "DeleteRelation" -> Done {
        body(Json), idempotent, success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/DeleteRelation.html"),
    }
    pub struct UnrelateTicket {
        required {
            /// The ticket that loses the other.
            case_id: TicketId where len(1..=64),
            /// Ticket at the other end of the relation.
            related_id: TicketId where len(1..=64),
        }
        optional {
            /// The IAM user group.
            group_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// The tickets that belong to a ticket.
    ///
    /// Called by the user who opened it.
    GET "/v2/servicerequest/cases/{case_id}/relations" as osm "ListRelation" -> RelatedTickets {
        success(list "case_relation_list"),
        source("https://support.huaweicloud.com/api-ticket/ListRelation.html"),
    }
    pub struct ListRelatedTickets {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
        }
    }
}

const LABEL_IDS: std::ops::RangeInclusive<i64> = 0..=2_147_483_647;

response! {
    /// One page of labels.
    pub struct LabelPage {
        /// Total number of labels that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub label_list: Vec<Label>,
    }
}

response! {
    /// The labels on a ticket, at most five; the page of the call says three.
    pub struct TicketLabels {
        /// Labels of the ticket.
        pub case_label_list: Vec<Label>,
    }
}

response! {
    /// Label of tickets.
    pub struct Label {
        /// Id under which the label is listed.
        pub label_id: Option<i64>,
        /// Text of the label.
        pub name: Option<String>,
        /// Colour of the label, `#RRGGBB`.
        pub color: Option<String>,
    }
}

response! {
    /// The tickets that belong to a ticket.
    pub struct RelatedTickets {
        /// Related tickets, at most three.
        pub case_relation_list: Vec<RelatedTicket>,
    }
}

response! {
    /// A ticket that belongs to another.
    pub struct RelatedTicket {
        /// Ticket that the operation applies to.
        pub case_id: TicketId,
        /// Problem in the customer's words.
        pub simple_description: Option<Personal>,
        /// The name of who opened it.
        pub user_name: Option<Personal>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let labels: TicketLabels =
            decode_str(r##"{"case_label_list": [{"label_id": 1, "name": "test", "color": "#000000"}]}"##)
                .unwrap();
        assert_eq!(labels.case_label_list[0].color.as_deref(), Some("#000000"));
        let related: RelatedTickets = decode_str(
            r#"{"case_relation_list": [{"case_id": "test", "simple_description": "test", "user_name": "test"}]}"#,
        )
        .unwrap();
        assert_eq!(related.case_relation_list[0].case_id.as_str(), "test");
        let request: RelateTickets =
            decode_str(r#"{"case_id": "c", "related_id_list": "123456", "group_id": "123456"}"#).unwrap();
        assert_eq!(request.related_id_list, [TicketId::from("123456")]);
    }

    #[test]
    fn documented_limits_are_checked() {
        AttachLabels::new("t1", [1, 2, 3, 4, 5, 6]).validate().unwrap_err();
        RelateTickets::new("t1", ["t1"]).validate().unwrap_err();
        ChangeLabel::new(-1, "", "#0000000").validate().unwrap_err();
        CreateLabel::new("test", "#000000").validate().unwrap();
    }
}
