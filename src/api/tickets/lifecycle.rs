//! A ticket is opened, urged, closed, and its contact data changed.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{AttachmentId, Done, ListTickets, ScoreGiven, TicketId, TicketRow, common::ticket_operation};
use crate::{
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow, digest_of, personal_target},
    types::{LocalTime, Personal, Secret, TimeZone, open_enum::open_codes, open_enum::open_enum, response},
};

/// The source that every ticket of the interface has; the documentation knows no other.
pub const TICKET_SOURCE: &str = "83aeb0f2834c4df49826c781d32a963e";

ticket_operation! {
    /// Opens a ticket with Huawei Cloud's after-sales service.
    ///
    /// Called by a partner or a customer for itself; a ticket belongs to the account whose credentials open it, and
    /// no header names another. An IAM user needs the role of ticket administrator and, where the account has
    /// switched the submission policy on, the privilege to create tickets. A repeat opens a second ticket, so the
    /// client never repeats it after it may have been executed; [`ListTickets`] tells then.
    ///
    /// The ids come from [`ListCategories`](super::ListCategories), [`ListProblemTypes`](super::ListProblemTypes)
    /// and [`ListSeverities`](super::ListSeverities). Refused with `OSM.01010006` for an unknown severity,
    /// `OSM.01010007` without a role for tickets, `OSM.01010008` for a bad copy address, `OSM.01010009` where the
    /// support plan does not cover it, and `OSM.01010010` for a contact that was not verified.
    POST "/v2/servicerequest/cases" as osm "CreateCases" -> OpenedTicket {
        records("osm.ListCases"), success(field "incident_id"),
        source("https://support.huaweicloud.com/api-ticket/CreateCases.html"),
    }
    pub struct OpenTicket {
        required {
            /// The kind of problem, from [`ListProblemTypes`](super::ListProblemTypes).
            business_type_id: String where len(1..=512),
            /// Description of the problem, with which the engineers begin.
            simple_description: Personal where len(1..=1200),
        }
        optional {
            /// The serial number of a verified telephone number, for notices to one that is not registered with the
            /// account; see [`ListVerifiedContacts`](super::ListVerifiedContacts). A header.
            #[header("x-phone-verifiedid")]
            verified_phone: String where len(1..=32),
            /// The serial number of a verified e-mail address, for notices to one that is not registered. A header.
            #[header("x-email-verifiedid")]
            verified_email: String where len(1..=32),
            /// The category, from [`ListCategories`](super::ListCategories).
            incident_sub_type_id: String where len(0..=32),
            /// The product, from the same list.
            product_category_id: String where len(0..=64),
            /// Region of the problem, from [`ListRegions`](super::ListRegions). Must be given for fault
            /// reports.
            region_id: String where len(0..=64),
            /// Telephone number that receives notices about progress.
            remind_mobile: Personal,
            /// E-mail address that receives notices about progress.
            remind_mail: Personal,
            /// Times for calls: `0` at any time, or a range such as `09:00-18:00` in the zone of the
            /// customer's preferences.
            remind_time: String where form(is_contact_time, CONTACT_TIME),
            /// The IAM project of the resource.
            project_id: String,
            /// Attachments uploaded before; [`ShowAttachmentLimits`](super::ShowAttachmentLimits) says how many.
            accessory_ids: Vec<AttachmentId>,
            /// Replies to the additional questions of the problem type, under the keys of
            /// [`ListParameters`](super::ListParameters).
            extends_map: BTreeMap<String, Value>,
            /// Further parameters; their keys are not documented, copy addresses are thought to go here.
            extension_map: BTreeMap<String, Value>,
            /// Severity of the problem, from [`ListSeverities`](super::ListSeverities).
            severity_id: String where len(0..=64),
            /// The code sent to a contact that is not registered.
            verify_code: Secret where len(0..=6),
            /// The country calling code of the telephone number.
            area_code: String where len(0..=32),
        }
        preset {
            /// Origin of the ticket; always [`TICKET_SOURCE`].
            source_id: String where len(1..=64) = TICKET_SOURCE.to_owned(),
        }
    }
}

impl Resolvable for OpenTicket {
    type Query = ListTickets;

    fn query(&self, window: TimeWindow) -> ListTickets {
        let zone = self.time_zone.unwrap_or(TimeZone::BEIJING);
        ListTickets::new()
            .query_start_time(LocalTime::at(window.from, zone))
            .query_end_time(LocalTime::at(window.until, zone))
            .time_zone(zone)
    }

    /// A ticket is recognised by its description, which does not leave this value.
    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(digest_of(&self.simple_description), "")]
    }

    fn facts(&self, record: &TicketRow) -> RecordFacts {
        let zone = self.time_zone.unwrap_or(TimeZone::BEIJING);
        RecordFacts::new()
            .id(Some(record.incident_id.to_string()))
            .target(personal_target(record.simple_description.as_ref(), &self.simple_description, true))
            .kind(Some(String::new()))
            .time(record.create_time.map(|time| time.in_zone(zone)))
    }

    fn results(&self, output: &OpenedTicket) -> Vec<TargetResult> {
        vec![TargetResult::executed(digest_of(&self.simple_description), output.incident_id.as_str())]
    }
}

ticket_operation! {
    /// Urges, withdraws, closes or deletes a ticket.
    ///
    /// Called by the user who opened it, or by a member of the same user group who names the group. No action
    /// opens a ticket again. Only the console's guide says when an action fits: see
    /// [`TicketStatus::permits`].
    ///
    /// A repeat urges again; urging too often is refused with
    /// [`URGED_TOO_OFTEN`](crate::error::codes::URGED_TOO_OFTEN). Other actions are refused with `OSM.01010013`,
    /// tickets that are not there with `OSM.01010015`.
    POST "/v2/servicerequest/cases/{case_id}/action" as osm "UpdateCases" -> Done {
        query("action_id"), state("osm.ShowCaseStatus"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/UpdateCases.html"),
    }
    pub struct ActOnTicket {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
            /// Action to perform on the ticket.
            action_id: TicketAction where len(1..=32),
        }
        optional {
            /// A comment on the solution, with [`TicketAction::Close`].
            judgement: Personal where len(0..=400),
            /// Reason for the operation.
            operate_desc: String where len(0..=400),
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
            /// Scores, with [`TicketAction::Close`]: one for each dimension.
            incident_satisfaction_list: Vec<ScoreGiven> where count(0..=100),
        }
    }
}

ticket_operation! {
    /// Changes the contacts that receive notices about a ticket's progress, and the times for calls.
    ///
    /// Called by the user who opened it, or by a member of the same user group. A repeat ends in the same
    /// state.
    PUT "/v2/servicerequest/cases/{case_id}/contact-info" as osm "UpdateCaseContactInfo" -> Done {
        idempotent, success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/UpdateCaseContactInfo.html"),
    }
    pub struct ChangeContacts {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
        }
        optional {
            /// The country calling code of the telephone number.
            area_code: String where len(1..=32),
            /// The telephone number to call.
            remind_mobile: Personal,
            /// The e-mail address to write to.
            remind_mail: Personal,
            /// Times for calls: `0` at any time, or a range such as `09:00-18:00`.
            remind_time: String where form(is_contact_time, CONTACT_TIME),
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
            /// Further parameters; their keys are not documented.
            extension_map: BTreeMap<String, Value>,
        }
    }
}

ticket_operation! {
    /// Submits additional parameters of a ticket, such as replies that an engineer requests in a message.
    ///
    /// Called by the user who opened it, or by a member of the same user group. What a repeat does is not
    /// documented, so it is not repeated after it may have been executed.
    POST "/v2/servicerequest/cases/{case_id}/extends-param" as osm "CreateCaseExtendsParam" -> Done {
        state("osm.ShowCaseExtendsParam"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateCaseExtendsParam.html"),
    }
    pub struct SubmitParameters {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(1..=64),
            /// The message that asks for them.
            message_id: String where len(1..=64),
            /// The parameters by their keys.
            extends_map: BTreeMap<String, Value>,
        }
    }
}

ticket_operation! {
    /// The additional parameters of a ticket.
    ///
    /// Called by the user who opened it, or by a member of the same user group. The documentation does not
    /// say where in the response the parameters stand; all fields that come are kept.
    GET "/v2/servicerequest/cases/{case_id}/extends-param" as osm "ShowCaseExtendsParam" -> Parameters {
        source("https://support.huaweicloud.com/api-ticket/ShowCaseExtendsParam.html"),
    }
    pub struct ShowParameters {
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

const CONTACT_TIME: &str = "must be 0 or a range such as 09:00-18:00";

/// `0`, nothing, or two times of day with a hyphen between them.
fn is_contact_time(text: &str) -> bool {
    let is_time = |text: &str| {
        text.trim().split_once(':').is_some_and(|(hour, minute)| {
            hour.parse::<u8>().is_ok_and(|hour| hour <= 24)
                && minute.len() == 2
                && minute.parse::<u8>().is_ok_and(|minute| minute < 60)
        })
    };
    matches!(text, "" | "0") || text.split_once('-').is_some_and(|(from, to)| is_time(from) && is_time(to))
}

response! {
    /// The ticket that was opened.
    pub struct OpenedTicket {
        /// Id under which all other operations name the ticket.
        pub incident_id: TicketId,
    }
}

/// The additional parameters of a ticket, as they came.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Parameters {
    /// Fields of the response by name.
    pub fields: BTreeMap<String, Value>,
}

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(|fields| Self { fields })
    }
}

impl fmt::Debug for Parameters {
    /// Counts the replies instead of showing them: some are sensitive.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({} fields)", self.fields.len())
    }
}

#[cfg(feature = "dynamic")]
crate::types::schema::described! { Parameters => {"type": "object"} }

open_codes! {
    /// Status of a ticket in its life cycle.
    pub enum TicketStatus {
        /// Waits for an engineer to take it; the console says dispatched.
        ToBeAccepted = 0,
        /// An engineer works on it.
        Processing = 1,
        /// The engineer has a result and waits for the customer to confirm it.
        ToBeConfirmed = 2,
        /// Ticket is closed.
        Completed = 3,
        /// Withdrawn by the customer.
        Cancelled = 4,
        /// Rests, as newer texts have it.
        Paused = 5,
        /// Set invalid by the handler.
        Invalid = 12,
        /// Deleted by the customer; in newer texts only.
        Deleted = 13,
        /// Ticket waits for a reply of the customer.
        WaitingForCustomer = 17,
    }
}

impl TicketStatus {
    /// Whether nothing more happens to the ticket by itself.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Invalid | Self::Deleted)
    }

    /// Whether an action fits the status, as far as the console's guide tells: urge while the ticket is to be
    /// accepted or processed, withdraw while it is to be accepted, close from processing on until it has
    /// ended, delete when it has ended. A status or action that this version does not know is left to the
    /// service.
    pub fn permits(self, action: &TicketAction) -> bool {
        if !self.is_known() {
            return true;
        }
        match action {
            TicketAction::Urge => matches!(self, Self::ToBeAccepted | Self::Processing),
            TicketAction::Cancel => self == Self::ToBeAccepted,
            TicketAction::Close => self != Self::ToBeAccepted && !self.is_ended(),
            TicketAction::Delete => self.is_ended() && self != Self::Deleted,
            TicketAction::Other(_) => true,
        }
    }
}

open_enum! {
    /// Action of the customer on a ticket.
    pub enum TicketAction {
        /// Withdraws the ticket.
        Cancel = "cancel",
        /// Closes the ticket.
        Close = "close",
        /// Asks the engineers to hurry.
        Urge = "press",
        /// Deletes the ticket.
        Delete = "delete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::fits;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn a_ticket_is_opened_with_the_fixed_source() {
        let request = OpenTicket::new("b1", "The disk is slow.").verified_phone("v1");
        request.validate().unwrap();
        let parts = crate::operation::RequestParts::of(&request).unwrap();
        assert_eq!(parts.headers["x-phone-verifiedid"], "v1");
        assert_eq!(
            std::str::from_utf8(&parts.body).unwrap(),
            format!(
                r#"{{"business_type_id":"b1","simple_description":"The disk is slow.","source_id":"{TICKET_SOURCE}"}}"#
            )
        );
        assert!(!format!("{request:?}").contains("disk"));
        let opened: OpenedTicket = decode_str(r#"{"incident_id":"123"}"#).unwrap();
        assert_eq!(opened.incident_id.as_str(), "123");
    }

    #[test]
    fn documented_limits_are_checked() {
        let request =
            OpenTicket::new("", "x".repeat(1201)).remind_time("nine to five").verify_code("1234567");
        assert_eq!(
            violated(&request),
            ["business_type_id", "simple_description", "remind_time", "verify_code"]
        );
        for time in ["0", "09:00-18:00", "9:00-24:00"] {
            ChangeContacts::new("t1").remind_time(time).validate().unwrap();
        }
        ActOnTicket::new("t1", "press").judgement("x".repeat(401)).validate().unwrap_err();
    }

    #[test]
    fn actions_fit_the_status() {
        use TicketAction::{Cancel, Close, Delete, Urge};
        use TicketStatus as S;
        let permitted = |action: &TicketAction| -> Vec<i64> {
            [0, 1, 2, 3, 4, 5, 12, 13, 17].into_iter().filter(|code| S::from(*code).permits(action)).collect()
        };
        assert_eq!(permitted(&Urge), [0, 1]);
        assert_eq!(permitted(&Cancel), [0]);
        assert_eq!(permitted(&Close), [1, 2, 5, 17]);
        assert_eq!(permitted(&Delete), [3, 4, 12]);
        assert!(S::from(21).permits(&Cancel) && S::Completed.permits(&"reopen".into()));
    }

    #[test]
    fn a_lost_ticket_is_recognised_by_its_description() {
        let request = OpenTicket::new("b1", "The disk is slow.");
        let row: TicketRow =
            decode_str(r#"{"incident_id":"TT1","simple_description":"The disk is slow."}"#).unwrap();
        let other: TicketRow = decode_str(r#"{"incident_id":"TT2","simple_description":"Other"}"#).unwrap();
        let target = request.legs()[0].target.clone();
        assert!(fits(&request, &target, &row) && !fits(&request, &target, &other));
        assert!(request.facts(&other).target.is_some());
        for alike in ["the disk is slow.", " The disk  is slow.\n", "The disk is\u{2026}", "The disk..."] {
            let row = TicketRow { simple_description: Some(alike.into()), ..TicketRow::default() };
            assert_eq!(request.facts(&row).target, None, "{alike:?} matches in part");
        }
        let window = TimeWindow {
            from: "2026-05-01T08:00:00Z".parse().unwrap(),
            until: "2026-05-01T08:05:00Z".parse().unwrap(),
        };
        let parts = crate::operation::RequestParts::of(&request.query(window)).unwrap();
        assert_eq!(
            parts.query,
            "query_end_time=2026-05-01%2016%3A05%3A00&query_start_time=2026-05-01%2016%3A00%3A00"
        );
        assert_eq!(parts.headers["x-time-zone"], "GMT+8");
    }

    #[test]
    fn parameters_are_kept_wherever_they_stand() {
        let parameters: Parameters =
            decode_str(r#"{"error_code":0,"extends_map":{"eip":"1.2.3.4"}}"#).unwrap();
        assert_eq!(parameters.fields["extends_map"]["eip"], "1.2.3.4");
    }
}
