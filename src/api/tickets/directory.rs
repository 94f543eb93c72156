//! Which tickets there are: lists, counts, the export.

use serde::{Deserialize, Serialize};

use super::{
    Streamed, TicketId, TicketStatus,
    common::{LocalOrNone, Tag, bare, ticket, ticket_request},
    labels::Label,
};
use crate::{
    error::ValidationError,
    operation::{Check, Downloads, Operation, OperationMeta, Paging, paged, request},
    types::{CustomerId, Language, LocalTime, Personal, TimeZone, response},
};

ticket_request! {
    /// The tickets of the caller, one page.
    ///
    /// Called by a partner or a customer for the tickets of its own account; an IAM user sees its own, and those of its
    /// user group where it names the group. This is where a ticket is found whose opening was not answered.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListCases.html>
    #[doc(alias = "ListCases")]
    pub struct ListTickets {
        optional {
            /// Only those whose description has these words; at most 3.
            search_key: Vec<String>,
            /// Only those with these labels; at most 5.
            label_id_list: Vec<String>,
            /// Only those whose id or description has this; up to 64 characters.
            app_key: String,
            /// Only this one.
            incident_id: TicketId,
            /// Only those opened at or after this time, in the zone asked for.
            query_start_time: LocalTime,
            /// Only those opened at or before this time, in the zone asked for.
            query_end_time: LocalTime,
            /// Only those with this status.
            status: TicketStatus,
            /// Only those with one of several statuses, in one text. How they are separated is not documented.
            incident_status: String,
            /// Only those of this IAM user of the account; up to 64 characters.
            x_customer_id: String,
            /// Only those of the IAM user of this name; up to 64 characters.
            x_customer_name: Personal,
            /// The IAM user group whose tickets are meant; up to 64 characters.
            group_id: String,
            /// How many rows to skip, up to 65535; none by default.
            offset: u32,
            /// Rows per page, up to 100.
            limit: u32,
        }
    }
}

impl Operation for ListTickets {
    type Output = TicketPage;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListCases", "/v2/servicerequest/cases"))
            .paging(Paging::rows(100, "incident_info_list"))
            .doc("https://support.huaweicloud.com/api-ticket/ListCases.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .count("search_key", self.search_key.as_ref().map(Vec::len), 0..=3)
            .count("label_id_list", self.label_id_list.as_ref().map(Vec::len), 0..=5)
            .length("app_key", &self.app_key, 0..=64)
            .length("incident_id", &self.incident_id.as_ref().map(TicketId::as_str), 0..=64)
            .ordered(("query_start_time", self.query_start_time), ("query_end_time", self.query_end_time))
            .length("incident_status", &self.incident_status, 0..=32)
            .length("x_customer_id", &self.x_customer_id, 0..=64)
            .length("x_customer_name", &self.x_customer_name, 0..=64)
            .length("group_id", &self.group_id, 0..=64)
            .range("offset", &self.offset, 0..=65535)
            .range("limit", &self.limit, 0..=100)
            .finish()
    }
}

paged!(ListTickets => incident_info_list: TicketRow, total total_count);

ticket_request! {
    /// How many tickets the caller has in each status.
    ///
    /// Called by a partner or a customer for its own account.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListCaseCounts.html>
    #[doc(alias = "ListCaseCounts")]
    pub struct CountTickets {
        optional {
            /// Only this status.
            status: TicketStatus,
        }
    }
}

impl Operation for CountTickets {
    type Output = TicketCounts;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListCaseCounts", "/v2/servicerequest/cases/count"))
            .doc("https://support.huaweicloud.com/api-ticket/ListCaseCounts.html");
}

ticket_request! {
    /// A file with the tickets that match, to be read with `Client::download`.
    ///
    /// Called by a partner or a customer for its own account; an IAM user needs the privilege to export. The file is a
    /// spreadsheet (inferred; the documentation only says file). Every export leaves an entry in the tickets' logs.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/DownloadCases.html>
    #[doc(alias = "DownloadCases")]
    pub struct ExportTickets {
        required {
            /// The language of the file.
            #[name("language")]
            #[via(Tag)]
            written_in: Language,
            /// The zone of the times in the file.
            #[name("timezone")]
            times_in: TimeZone,
        }
        optional {
            /// Only these tickets: ids with commas between them, up to 3400 characters in all.
            incident_id: String,
            /// Only those opened at or after this time.
            query_start_time: LocalTime,
            /// Only those opened at or before this time.
            query_end_time: LocalTime,
            /// Only those of the IAM user of this name; up to 64 characters.
            x_customer_name: Personal,
            /// Only those with this word; up to 64 characters.
            search_key: String,
            /// Only those with this status.
            status: TicketStatus,
            /// Only those of this account; up to 64 characters.
            customer_id: CustomerId,
            /// Only those from these sources; at most 100.
            tenant_source_id_list: Vec<String>,
            /// Only those of this IAM user; up to 64 characters.
            sub_customer_id: String,
            /// How many tickets to skip, up to 65535.
            offset: u32,
            /// How many tickets to export, up to 100.
            limit: u32,
        }
    }
}

impl Operation for ExportTickets {
    type Output = Streamed;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.DownloadCases", "/v2/servicerequest/cases/export"))
            .doc("https://support.huaweicloud.com/api-ticket/DownloadCases.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("incident_id", &self.incident_id, 0..=3400)
            .ordered(("query_start_time", self.query_start_time), ("query_end_time", self.query_end_time))
            .length("x_customer_name", &self.x_customer_name, 0..=64)
            .length("search_key", &self.search_key, 0..=64)
            .length("customer_id", &self.customer_id, 0..=64)
            .count("tenant_source_id_list", self.tenant_source_id_list.as_ref().map(Vec::len), 0..=100)
            .length("sub_customer_id", &self.sub_customer_id, 0..=64)
            .range("offset", &self.offset, 0..=65535)
            .range("limit", &self.limit, 0..=100)
            .finish()
    }
}

impl Downloads for ExportTickets {}

request! {
    /// The tickets of the caller as the console lists them, one page.
    ///
    /// An address of the console, which the public reference does not have; [`ListTickets`] is the documented one. Takes
    /// none of the common headers, and which sites have it is not known.
    ///
    /// Source: the official SDK; overview <https://support.huaweicloud.com/api-ticket/ticket_api_00006.html>
    #[doc(alias = "ListOrderIncident")]
    pub struct ListConsoleTickets {
        optional {
            /// The version of the console's interface; values are not documented.
            version: String,
            /// Only those with these words.
            #[name("searchKey")]
            search_key: Vec<String>,
            /// Only those with these labels.
            #[name("labelIdList")]
            label_id_list: Vec<i64>,
            /// Only those with this in the id or description.
            #[name("appKey")]
            app_key: String,
            /// Only this one.
            #[name("incidentId")]
            incident_id: TicketId,
            /// Only those opened at or after this time.
            #[name("queryStartTime")]
            query_start_time: LocalTime,
            /// Only those opened at or before this time.
            #[name("queryEndTime")]
            query_end_time: LocalTime,
            /// Only those with this status.
            status: TicketStatus,
            /// Only those with one of several statuses, in one text.
            #[name("incidentStatus")]
            incident_status: String,
            /// Only those of the IAM user of this name.
            #[name("xCustomerName")]
            x_customer_name: Personal,
            /// The IAM user group whose tickets are meant.
            #[name("groupId")]
            group_id: String,
            /// Only those about this product.
            #[name("productCategoryId")]
            product_category_id: String,
            /// Only those of this kind of problem.
            #[name("businessTypeId")]
            business_type_id: String,
            /// Which page, from 1.
            #[name("pageNo")]
            page_no: u32,
            /// Rows per page; the most is not documented, the crate asks for at most 100.
            #[name("pageSize")]
            page_size: u32,
            /// Only those of this IAM user.
            #[name("xCustomerId")]
            x_customer_id: String,
        }
    }
}

impl Operation for ListConsoleTickets {
    type Output = ConsoleTicketPage;

    const META: &'static OperationMeta =
        &bare(OperationMeta::get("osm.ListOrderIncident", "/osm/incidentservice/api/v1/queryincident"))
            .paging(Paging::pages(100, "incidentInfoList"))
            .doc("https://support.huaweicloud.com/api-ticket/ticket_api_00006.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .ordered(("queryStartTime", self.query_start_time), ("queryEndTime", self.query_end_time))
            .rule("pageNo", self.page_no != Some(0), "must be at least 1")
            .finish()
    }
}

paged!(ListConsoleTickets => incident_info_list: ConsoleTicket, total total_count, page_no, page_size);

/// One page of tickets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketPage {
    /// How many tickets match in all; an older text calls it `count`.
    #[serde(alias = "count")]
    pub total_count: Option<u64>,
    /// Those of this page.
    pub incident_info_list: Vec<TicketRow>,
}

response! {
    /// A ticket in a list.
    pub struct TicketRow {
        /// The ticket.
        pub incident_id: TicketId,
        /// Where it stands.
        pub status: Option<TicketStatus>,
        /// The IAM user who opened it.
        pub xcustomer_id: Option<String>,
        /// That user's name.
        pub xcustomer_name: Option<Personal>,
        /// The kind of problem, in the language asked for.
        pub business_type_name: Option<String>,
        /// The kind of ticket, in the language asked for.
        pub incident_type_name: Option<String>,
        /// The product, in the language asked for.
        pub product_category_name: Option<String>,
        /// The kind of service; its values are not documented.
        pub incident_service_type: Option<String>,
        /// The account that it belongs to.
        pub customer_id: Option<CustomerId>,
        /// The region it is about.
        pub dc_name: Option<String>,
        /// What was wrong, in the customer's words; up to 2000 characters.
        pub simple_description: Option<Personal>,
        /// To whom or what the engineers put it down.
        pub root_cause: Option<String>,
        /// How it was solved.
        pub resolution: Option<String>,
        /// When it was opened, in the zone asked for.
        #[via(LocalOrNone)]
        pub create_time: Option<LocalTime>,
        /// When it was solved.
        #[via(LocalOrNone)]
        pub confirmed_time: Option<LocalTime>,
        /// Its labels, at most five.
        pub label_list: Vec<Label>,
    }
}

response! {
    /// The caller's tickets counted by status.
    pub struct TicketCounts {
        /// One entry for each status.
        pub incident_status_counts: Vec<TicketCount>,
    }
}

impl TicketCounts {
    /// How many tickets have a status; none where the answer does not name it.
    pub fn of(&self, status: TicketStatus) -> u64 {
        self.incident_status_counts
            .iter()
            .filter(|entry| entry.status == Some(status))
            .filter_map(|entry| entry.count)
            .sum()
    }
}

response! {
    /// How many tickets have one status.
    pub struct TicketCount {
        /// The status.
        pub status: Option<TicketStatus>,
        /// How many.
        pub count: Option<u64>,
    }
}

response! {
    /// One page of the console's list of tickets.
    pub struct ConsoleTicketPage {
        /// How many tickets match in all.
        #[name("totalCount")]
        pub total_count: Option<u64>,
        /// Those of this page.
        #[name("incidentInfoList")]
        pub incident_info_list: Vec<ConsoleTicket>,
    }
}

response! {
    /// A ticket as the console lists it.
    pub struct ConsoleTicket {
        /// The ticket.
        #[name("incidentId")]
        pub incident_id: TicketId,
        /// A kind; its codes are not documented.
        #[name("type")]
        pub kind: Option<i64>,
        /// The kind of problem.
        #[name("businessTypeName")]
        pub business_type_name: Option<String>,
        /// The kind of ticket.
        #[name("incidentTypeName")]
        pub incident_type_name: Option<String>,
        /// The account that it belongs to.
        #[name("customerId")]
        pub customer_id: Option<CustomerId>,
        /// The IAM user who opened it.
        #[name("xcustomerId")]
        pub xcustomer_id: Option<String>,
        /// That user's name.
        #[name("xcustomerName")]
        pub xcustomer_name: Option<Personal>,
        /// The region it is about.
        #[name("dcName")]
        pub dc_name: Option<String>,
        /// What was wrong, in the customer's words.
        #[name("simpleDescribe")]
        pub simple_describe: Option<Personal>,
        /// Where it stands.
        pub status: Option<TicketStatus>,
        /// When it was opened.
        #[name("createTime")]
        #[via(LocalOrNone)]
        pub create_time: Option<LocalTime>,
        /// A mark of the service's own trials.
        pub gray: Option<bool>,
        /// Its labels.
        #[name("labelList")]
        pub label_list: Vec<ConsoleLabel>,
    }
}

response! {
    /// A label as the console lists it.
    pub struct ConsoleLabel {
        /// The label, here as text.
        #[name("labelId")]
        pub label_id: String,
        /// Its name.
        pub name: Option<String>,
        /// Its colour, `#RRGGBB`.
        pub color: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn a_page_is_read_under_either_name_of_the_total() {
        for total in ["total_count", "count"] {
            let page: TicketPage = decode_str(&format!(
                r#"{{"{total}":"1","incident_info_list":[{{"incident_id":"TT201801020526","status":"17",
                    "create_time":"2020-07-09 00:00:00","label_list":{{"label_id":1,"name":"urgent"}}}}]}}"#
            ))
            .unwrap();
            let row = &page.incident_info_list[0];
            assert_eq!((page.total_count, row.status), (Some(1), Some(TicketStatus::WaitingForCustomer)));
            assert_eq!(row.create_time.unwrap().to_string(), "2020-07-09 00:00:00");
            assert_eq!(row.label_list[0].label_id, 1);
        }
    }

    #[test]
    fn documented_limits_are_checked() {
        let words: Vec<String> = vec![String::new(); 4];
        let invalid = ListTickets::new()
            .search_key(words)
            .query_start_time("2026-02-01 00:00:00".parse::<LocalTime>().unwrap())
            .query_end_time("2026-01-01 00:00:00".parse::<LocalTime>().unwrap())
            .offset(65536_u32)
            .limit(101_u32)
            .validate()
            .unwrap_err();
        let fields: Vec<_> = invalid.broken().iter().map(|rule| rule.field).collect();
        assert_eq!(fields, ["search_key", "query_start_time", "offset", "limit"]);
        ListConsoleTickets::new().page_no(0_u32).validate().unwrap_err();
    }

    #[test]
    fn an_export_names_language_and_zone_in_the_query() {
        let parts =
            crate::operation::RequestParts::of(&ExportTickets::new(Language::English, TimeZone::BEIJING))
                .unwrap();
        assert_eq!(parts.query, "language=en-us&timezone=GMT%2B8");
    }

    #[test]
    fn statuses_are_counted() {
        let counts: TicketCounts =
            decode_str(r#"{"incident_status_counts":[{"status":0,"count":2},{"status":3,"count":"5"}]}"#)
                .unwrap();
        assert_eq!((counts.of(TicketStatus::Completed), counts.of(TicketStatus::Paused)), (5, 0));
    }
}
