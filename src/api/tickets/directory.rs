//! Lists, counts and exports tickets.

use serde::{Deserialize, Deserializer};

use super::{
    Streamed, TicketId, TicketStatus,
    common::{Tag, ticket_operation},
    labels::Label,
};
use crate::{
    operation,
    operation::Downloads,
    types::{
        CustomerId, Language, LocalTime, Personal, TimeZone, fields::EmptyAsNone, plain::plain_write,
        response,
    },
};

ticket_operation! {
    /// The tickets of the caller, one page.
    ///
    /// Called by a partner or a customer for the tickets of its own account; an IAM user sees its own, and those of
    /// its user group where it names the group. A ticket whose opening got no response is found here.
    GET "/v2/servicerequest/cases" as osm "ListCases" -> TicketPage {
        rows(100, incident_info_list: TicketRow, total: total_count, key: incident_id),
        source("https://support.huaweicloud.com/api-ticket/ListCases.html"),
    }
    pub struct ListTickets {
        optional {
            /// Only those whose description has these words.
            search_key: Vec<String> where count(0..=3),
            /// Only those with these labels.
            label_id_list: Vec<String> where count(0..=5),
            /// Only those whose id or description has this.
            app_key: String where len(0..=64),
            /// Only the ticket with this id.
            incident_id: TicketId,
            /// Only those opened at or after this time, in the zone asked for.
            query_start_time: LocalTime,
            /// Only those opened at or before this time, in the zone asked for.
            query_end_time: LocalTime,
            /// Only those with this status.
            status: TicketStatus,
            /// Only those with one of several statuses, in one text. How they are separated is not documented.
            incident_status: String where len(0..=32),
            /// Only those of this IAM user of the account.
            x_customer_id: String where len(0..=64),
            /// Only those of the IAM user of this name.
            x_customer_name: Personal where len(0..=64),
            /// The IAM user group whose tickets are meant.
            group_id: String where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=65535),
            /// Rows per page.
            limit: u32 where range(0..=100),
        }
        check |it, check| check
            .len("incident_id", &it.incident_id.as_ref().map(TicketId::as_str), 0..=64)
            .ordered(("query_start_time", it.query_start_time), ("query_end_time", it.query_end_time))
    }
}

ticket_operation! {
    /// Counts the caller's tickets by status.
    GET "/v2/servicerequest/cases/count" as osm "ListCaseCounts" -> TicketCounts {
        source("https://support.huaweicloud.com/api-ticket/ListCaseCounts.html"),
    }
    pub struct CountTickets {
        optional {
            /// Only this status.
            status: TicketStatus,
        }
    }
}

ticket_operation! {
    /// A file with the tickets that match, to be read with `Client::download`.
    ///
    /// Called by a partner or a customer for its own account; an IAM user needs the privilege to export. The file
    /// is a spreadsheet (inferred; the documentation only says file). Every export leaves an entry in the tickets'
    /// logs.
    GET "/v2/servicerequest/cases/export" as osm "DownloadCases" -> Streamed {
        source("https://support.huaweicloud.com/api-ticket/DownloadCases.html"),
    }
    pub struct ExportTickets {
        required {
            /// The language of the file.
            #[name("language")]
            #[with(Tag)]
            written_in: Language,
            /// The zone of the times in the file.
            #[name("timezone")]
            times_in: TimeZone,
        }
        optional {
            /// Only these tickets: ids with commas between them, up to 3400 characters in all.
            incident_id: String where len(0..=3400),
            /// Only those opened at or after this time.
            query_start_time: LocalTime,
            /// Only those opened at or before this time.
            query_end_time: LocalTime,
            /// Only those of the IAM user of this name.
            x_customer_name: Personal where len(0..=64),
            /// Only those with this word.
            search_key: String where len(0..=64),
            /// Only those with this status.
            status: TicketStatus,
            /// Only those of this account.
            customer_id: CustomerId where len(0..=64),
            /// Only those from these sources.
            tenant_source_id_list: Vec<String> where count(0..=100),
            /// Only those of this IAM user.
            sub_customer_id: String where len(0..=64),
            /// Number of tickets to skip.
            offset: u32 where range(0..=65535),
            /// Number of tickets to export.
            limit: u32 where range(0..=100),
        }
        check |it, check| check.ordered(("query_start_time", it.query_start_time), ("query_end_time", it.query_end_time))
    }
}

impl Downloads for ExportTickets {}

operation! {
    /// The tickets of the caller as the console lists them, one page.
    ///
    /// An address of the console, which the public reference does not have; [`ListTickets`] is the documented one.
    /// Takes none of the common headers, and which sites have it is not known.
    ///
    /// Source: the official SDK; overview <https://support.huaweicloud.com/api-ticket/ticket_api_00006.html>
    GET "/osm/incidentservice/api/v1/queryincident" as osm "ListOrderIncident" -> ConsoleTicketPage {
        sites(ALL), caller(Either),
        pages(100, incident_info_list as "incidentInfoList": ConsoleTicket, total: total_count, key: incident_id, at: (page_no, page_size)),
        source("https://support.huaweicloud.com/api-ticket/ticket_api_00006.html"),
    }
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
            /// Only the ticket with this id.
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
            /// Number of the page, from 1.
            #[name("pageNo")]
            page_no: u32,
            /// Rows per page; the most is not documented, the crate asks for at most 100.
            #[name("pageSize")]
            page_size: u32,
            /// Only those of this IAM user.
            #[name("xCustomerId")]
            x_customer_id: String,
        }
        check |it, check| check.ordered(("queryStartTime", it.query_start_time), ("queryEndTime", it.query_end_time)).rule(
            "pageNo",
            it.page_no != Some(0),
            "must be at least 1",
        )
    }
}

/// One page of tickets.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TicketPage {
    /// Total number of tickets that match; an older text calls it `count`.
    pub total_count: Option<u64>,
    /// Rows of this page.
    pub incident_info_list: Vec<TicketRow>,
}

plain_write! { TicketPage { total_count, incident_info_list } }

impl<'de> Deserialize<'de> for TicketPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        response! {
            /// The page with both names of its total.
            pub struct Page {
                pub total_count: Option<u64>,
                pub count: Option<u64>,
                pub incident_info_list: Vec<TicketRow>,
            }
        }
        let Page { total_count, count, incident_info_list } = Page::deserialize(deserializer)?;
        Ok(Self { total_count: total_count.or(count), incident_info_list })
    }
}

#[cfg(feature = "dynamic")]
impl crate::types::schema::Described for TicketPage {
    fn schema(definitions: &mut crate::types::schema::Definitions) -> serde_json::Value {
        definitions.reference::<Self>(|definitions| {
            let mut properties = serde_json::Map::new();
            properties.insert("total_count".to_owned(), crate::__schema_of!(Option<u64>, definitions));
            properties
                .insert("incident_info_list".to_owned(), crate::__schema_of!(Vec<TicketRow>, definitions));
            crate::types::schema::object(properties, &[])
        })
    }
}

response! {
    /// A ticket in a list.
    pub struct TicketRow {
        /// Ticket that the operation applies to.
        pub incident_id: TicketId,
        /// Status of the ticket.
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
        /// Problem in the customer's words; up to 2000 characters.
        pub simple_description: Option<Personal>,
        /// Root cause according to the engineers.
        pub root_cause: Option<String>,
        /// Description of the solution.
        pub resolution: Option<String>,
        /// Time of opening, in the requested time zone.
        #[with(EmptyAsNone)]
        pub create_time: Option<LocalTime>,
        /// Time of the solution.
        #[with(EmptyAsNone)]
        pub confirmed_time: Option<LocalTime>,
        /// Labels of the ticket, at most five.
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
    /// Returns the number of tickets with a status; 0 where the response does not name it.
    pub fn of(&self, status: TicketStatus) -> u64 {
        self.incident_status_counts
            .iter()
            .filter(|entry| entry.status == Some(status))
            .filter_map(|entry| entry.count)
            .sum()
    }
}

response! {
    /// Number of tickets with one status.
    pub struct TicketCount {
        /// Status that is counted.
        pub status: Option<TicketStatus>,
        /// Number of tickets.
        pub count: Option<u64>,
    }
}

response! {
    /// One page of the console's list of tickets.
    pub struct ConsoleTicketPage {
        /// Total number of tickets that match.
        #[name("totalCount")]
        pub total_count: Option<u64>,
        /// Rows of this page.
        #[name("incidentInfoList")]
        pub incident_info_list: Vec<ConsoleTicket>,
    }
}

response! {
    /// A ticket as the console lists it.
    pub struct ConsoleTicket {
        /// Ticket that the operation applies to.
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
        /// Problem in the customer's words.
        #[name("simpleDescribe")]
        pub simple_describe: Option<Personal>,
        /// Status of the ticket.
        pub status: Option<TicketStatus>,
        /// Time of opening.
        #[name("createTime")]
        #[with(EmptyAsNone)]
        pub create_time: Option<LocalTime>,
        /// A mark of the service's own trials.
        pub gray: Option<bool>,
        /// Labels of the ticket.
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
        /// Name of the agency.
        pub name: Option<String>,
        /// Colour of the label, `#RRGGBB`.
        pub color: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
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
            assert_eq!(row.label_list[0].label_id, Some(1));
        }
    }

    #[test]
    fn documented_limits_are_checked() {
        let words: Vec<String> = vec![String::new(); 4];
        let request = ListTickets::new()
            .search_key(words)
            .query_start_time("2026-02-01 00:00:00".parse::<LocalTime>().unwrap())
            .query_end_time("2026-01-01 00:00:00".parse::<LocalTime>().unwrap())
            .offset(65536_u32)
            .limit(101_u32);
        assert_eq!(violated(&request), ["search_key", "query_start_time", "offset", "limit"]);
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
