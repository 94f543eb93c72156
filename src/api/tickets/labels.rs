//! Labels that users put on tickets, and tickets that belong together.

use super::{
    TicketId,
    common::{Done, ticket, ticket_request},
};
use crate::{
    error::ValidationError,
    operation::{Check, Idempotency, Operation, OperationMeta, Paging, paged},
    types::{Personal, response},
};

ticket_request! {
    /// Makes a label.
    ///
    /// Called by a partner or a customer for itself; a user has at most 30. The answer does not tell the new label's id:
    /// [`ListLabels`] does. What a second label of the same name answers is not documented.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/CreateLabels.html>
    #[doc(alias = "CreateLabels")]
    pub struct CreateLabel {
        required {
            /// What it says, 1 to 64 characters.
            name: String,
            /// Its colour, such as `#000000`; 1 to 7 characters.
            color: String,
        }
    }
}

impl Operation for CreateLabel {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::post("osm.CreateLabels", "/v2/servicerequest/labels"))
            .state("osm.ListLabels")
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/CreateLabels.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new().length("name", &self.name, 1..=64).length("color", &self.color, 1..=7).finish()
    }
}

ticket_request! {
    /// Changes name and colour of a label.
    ///
    /// Called by whoever made it. A repeat ends in the same state.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/UpdateLabels.html>
    #[doc(alias = "UpdateLabels")]
    pub struct ChangeLabel {
        required {
            /// The label, a number of 31 bits.
            label_id: i64,
            /// What it says from now on, 1 to 64 characters.
            name: String,
            /// Its colour from now on, such as `#000000`; 1 to 7 characters.
            color: String,
        }
    }
}

impl Operation for ChangeLabel {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::put("osm.UpdateLabels", "/v2/servicerequest/labels/{label_id}"))
            .idempotency(Idempotency::Idempotent)
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/UpdateLabels.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .range("label_id", &self.label_id, LABEL_IDS)
            .length("name", &self.name, 1..=64)
            .length("color", &self.color, 1..=7)
            .finish()
    }
}

ticket_request! {
    /// Deletes a label, and takes it off all tickets.
    ///
    /// Called by whoever made it. A repeat ends in the same state.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/DeleteLabels.html>
    #[doc(alias = "DeleteLabels")]
    pub struct DeleteLabel {
        required {
            /// The label, a number of 31 bits.
            label_id: i64,
        }
    }
}

impl Operation for DeleteLabel {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::delete("osm.DeleteLabels", "/v2/servicerequest/labels/{label_id}"))
            .idempotency(Idempotency::Idempotent)
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/DeleteLabels.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new().range("label_id", &self.label_id, LABEL_IDS).finish()
    }
}

ticket_request! {
    /// The caller's labels, one page.
    ///
    /// Called by a partner or a customer for itself.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListLabels.html>
    pub struct ListLabels {
        optional {
            /// How many rows to skip; none by default.
            offset: u32,
            /// Rows per page, up to 100; the service takes 10 by default.
            limit: u32,
            /// Only those with this in their name; up to 64 characters.
            name: String,
            /// Only this one.
            label_id: i64,
        }
    }
}

impl Operation for ListLabels {
    type Output = LabelPage;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListLabels", "/v2/servicerequest/labels"))
            .paging(Paging::rows(100, "label_list"))
            .doc("https://support.huaweicloud.com/api-ticket/ListLabels.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .range("offset", &self.offset, LABEL_IDS)
            .range("limit", &self.limit, 0..=100)
            .length("name", &self.name, 0..=64)
            .range("label_id", &self.label_id, LABEL_IDS)
            .finish()
    }
}

paged!(ListLabels => label_list: Label, total total_count);

ticket_request! {
    /// Puts labels on a ticket.
    ///
    /// Called by whoever opened the ticket; it holds at most five. What a label does that is there already is not
    /// documented.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/CreateCaseLabels.html>
    #[doc(alias = "CreateCaseLabels")]
    pub struct AttachLabels {
        required {
            /// The ticket; up to 64 characters.
            case_id: TicketId,
            /// The labels, 1 to 5, from [`ListLabels`].
            label_ids: Vec<i64>,
        }
    }
}

impl Operation for AttachLabels {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::post("osm.CreateCaseLabels", "/v2/servicerequest/cases/{case_id}/labels"))
            .no_body()
            .state("osm.ListCaseLabels")
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/CreateCaseLabels.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("case_id", &self.case_id.as_str(), 1..=64)
            .count("label_ids", self.label_ids.len(), 1..=5)
            .finish()
    }
}

ticket_request! {
    /// Takes labels off a ticket.
    ///
    /// Called by whoever opened the ticket. A repeat ends in the same state.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/DeleteCaseLabels.html>
    #[doc(alias = "DeleteCaseLabels")]
    pub struct DetachLabels {
        required {
            /// The ticket; up to 64 characters.
            case_id: TicketId,
            /// The labels, 1 to 5.
            label_ids: Vec<i64>,
        }
    }
}

impl Operation for DetachLabels {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::delete("osm.DeleteCaseLabels", "/v2/servicerequest/cases/{case_id}/labels"))
            .idempotency(Idempotency::Idempotent)
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/DeleteCaseLabels.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("case_id", &self.case_id.as_str(), 1..=64)
            .count("label_ids", self.label_ids.len(), 1..=5)
            .finish()
    }
}

ticket_request! {
    /// The labels on a ticket.
    ///
    /// Called by whoever opened the ticket.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListCaseLabels.html>
    #[doc(alias = "ListCaseLabels")]
    pub struct ListTicketLabels {
        required {
            /// The ticket; up to 64 characters.
            case_id: TicketId,
        }
    }
}

impl Operation for ListTicketLabels {
    type Output = TicketLabels;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListCaseLabels", "/v2/servicerequest/cases/{case_id}/labels"))
            .doc("https://support.huaweicloud.com/api-ticket/ListCaseLabels.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new().length("case_id", &self.case_id.as_str(), 1..=64).finish()
    }
}

ticket_request! {
    /// Says that other tickets belong to a ticket.
    ///
    /// Called by whoever opened it, or by a member of the same user group; all must be of one group. A ticket has at most
    /// three.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/CreateRelations.html>
    #[doc(alias = "CreateRelations")]
    pub struct RelateTickets {
        required {
            /// The ticket that the others belong to; up to 64 characters.
            case_id: TicketId,
            /// The others, 1 to 3.
            related_id_list: Vec<TicketId>,
        }
        optional {
            /// The IAM user group, for the ticket of another member; up to 64 characters.
            group_id: String,
        }
    }
}

impl Operation for RelateTickets {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::post("osm.CreateRelations", "/v2/servicerequest/cases/{case_id}/relations"))
            .state("osm.ListRelation")
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/CreateRelations.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("case_id", &self.case_id.as_str(), 1..=64)
            .count("related_id_list", self.related_id_list.len(), 1..=3)
            .rule(
                "related_id_list",
                !self.related_id_list.contains(&self.case_id),
                "must not name the ticket itself",
            )
            .length("group_id", &self.group_id, 0..=64)
            .finish()
    }
}

ticket_request! {
    /// Says that another ticket no longer belongs to a ticket.
    ///
    /// Called by whoever opened it, or by a member of the same user group; the newest text wants the group always. A
    /// repeat ends in the same state.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/DeleteRelation.html>
    #[doc(alias = "DeleteRelation")]
    pub struct UnrelateTicket {
        required {
            /// The ticket that loses the other; up to 64 characters.
            case_id: TicketId,
            /// The other; 1 to 64 characters.
            related_id: TicketId,
        }
        optional {
            /// The IAM user group; up to 64 characters.
            group_id: String,
        }
    }
}

impl Operation for UnrelateTicket {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::delete("osm.DeleteRelation", "/v2/servicerequest/cases/{case_id}/relations"))
            .body(crate::operation::BodyKind::Json)
            .idempotency(Idempotency::Idempotent)
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/DeleteRelation.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("case_id", &self.case_id.as_str(), 1..=64)
            .length("related_id", &self.related_id.as_str(), 1..=64)
            .length("group_id", &self.group_id, 0..=64)
            .finish()
    }
}

ticket_request! {
    /// The tickets that belong to a ticket.
    ///
    /// Called by whoever opened it.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListRelation.html>
    #[doc(alias = "ListRelation")]
    pub struct ListRelatedTickets {
        required {
            /// The ticket; up to 64 characters.
            case_id: TicketId,
        }
    }
}

impl Operation for ListRelatedTickets {
    type Output = RelatedTickets;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListRelation", "/v2/servicerequest/cases/{case_id}/relations"))
            .doc("https://support.huaweicloud.com/api-ticket/ListRelation.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new().length("case_id", &self.case_id.as_str(), 1..=64).finish()
    }
}

const LABEL_IDS: std::ops::RangeInclusive<i64> = 0..=2_147_483_647;

response! {
    /// One page of labels.
    pub struct LabelPage {
        /// How many labels match in all.
        pub total_count: Option<u64>,
        /// Those of this page.
        pub label_list: Vec<Label>,
    }
}

response! {
    /// The labels on a ticket, at most five; the page of the call says three.
    pub struct TicketLabels {
        /// The labels.
        pub case_label_list: Vec<Label>,
    }
}

response! {
    /// A label.
    pub struct Label {
        /// The label.
        pub label_id: i64,
        /// What it says.
        pub name: Option<String>,
        /// Its colour, `#RRGGBB`.
        pub color: Option<String>,
    }
}

response! {
    /// The tickets that belong to a ticket.
    pub struct RelatedTickets {
        /// Those tickets, at most three.
        pub case_relation_list: Vec<RelatedTicket>,
    }
}

response! {
    /// A ticket that belongs to another.
    pub struct RelatedTicket {
        /// The ticket.
        pub case_id: TicketId,
        /// What was wrong, in the customer's words.
        pub simple_description: Option<Personal>,
        /// The name of who opened it.
        pub user_name: Option<Personal>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(request.related_id_list, ["123456".into()]);
    }

    #[test]
    fn documented_limits_are_checked() {
        AttachLabels::new("t1", [1, 2, 3, 4, 5, 6]).validate().unwrap_err();
        RelateTickets::new("t1", ["t1"]).validate().unwrap_err();
        ChangeLabel::new(-1, "", "#0000000").validate().unwrap_err();
        CreateLabel::new("test", "#000000").validate().unwrap();
    }
}
