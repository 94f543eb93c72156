//! Automatic checks of cloud resources, before or instead of a ticket.
//!
//! [`StartDiagnosis`] starts a job, [`ShowDiagnosis`] is asked until it is over, [`ShowDiagnosisChecks`] tells what to
//! do about single findings. None of these calls takes the common headers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::common::{Done, Flag};
use crate::{
    operation,
    types::{CustomerId, ResourceId, open_enum::open_codes, response},
};

operation! {
    /// Starts the diagnosis of a resource.
    ///
    /// Called by a partner or a customer for resources of its own. A repeat starts a second job, which does no harm
    /// but to the patience of anyone who looks at the list.
    POST "/v2.0/servicerequest/diagnose/job/start" as osm "CreateDiagnoseJob" -> StartedDiagnosis {
        sites(ALL), caller(Either), records("osm.ListDiagnoseRecords"), success(field "job_id"),
        source("https://support.huaweicloud.com/api-ticket/CreateDiagnoseJob.html"),
    }
    pub struct StartDiagnosis {
        required {
            /// Type of the object to diagnose.
            #[name("type")]
            kind: DiagnosisType,
        }
        optional {
            /// Identifier of the object to diagnose: `eip` for a server, `instanceId` for a database.
            /// Required in newer texts.
            params: BTreeMap<String, String>,
            /// Region of the host.
            region_id: String where len(0..=64),
        }
    }
}

impl StartDiagnosis {
    /// The diagnosis of a server behind an address.
    pub fn server(address: impl Into<String>) -> Self {
        Self::new(DiagnosisType::Server).params(BTreeMap::from([("eip".to_owned(), address.into())]))
    }

    /// The diagnosis of a database instance.
    pub fn database(instance: impl Into<String>) -> Self {
        Self::new(DiagnosisType::Database)
            .params(BTreeMap::from([("instanceId".to_owned(), instance.into())]))
    }
}

operation! {
    /// Shows the state of a diagnosis and its findings so far.
    ///
    /// Called by the user who started it.
    GET "/v2.0/servicerequest/diagnose/job" as osm "ListDiagnoseJob" -> Diagnosis {
        sites(ALL), caller(Either), source("https://support.huaweicloud.com/api-ticket/ListDiagnoseJob.html"),
    }
    pub struct ShowDiagnosis {
        optional {
            /// The job; required in newer texts.
            job_id: String where len(0..=64),
        }
    }
}

operation! {
    /// Shows the findings of single checks of a diagnosis with the recommended actions.
    ///
    /// Called by the user who started it.
    POST "/v2.0/servicerequest/diagnose/job/show-items" as osm "ListDiagnoseItems" -> CheckReports {
        sites(ALL), caller(Either), read, success(list "item_results"),
        source("https://support.huaweicloud.com/api-ticket/ListDiagnoseItems.html"),
    }
    pub struct ShowDiagnosisChecks {
        optional {
            /// Id of the diagnosis.
            job_id: String where len(0..=65535),
            /// The checks in one text; how they are separated is not documented, commas are likely.
            item_ids: String where len(1..=100),
        }
    }
}

operation! {
    /// The diagnoses that were made, one page.
    ///
    /// Called by a partner or a customer for its own account.
    GET "/v2.0/servicerequest/diagnose/records" as osm "ListDiagnoseRecords" -> DiagnosisPage {
        sites(ALL), caller(Either),
        pages(100, records: DiagnosisRecord, total: total_count, key: id, at: (page_no, page_size)),
        source("https://support.huaweicloud.com/api-ticket/ListDiagnoseRecords.html"),
    }
    pub struct ListDiagnoses {
        optional {
            /// Rows per page; the most is not documented, the crate asks for at most 100.
            page_size: u32,
            /// Number of the page, from 1.
            page_no: u32,
            /// Only those of this type.
            #[name("type")]
            kind: DiagnosisType,
        }
        check |it, check| check.rule("page_no", it.page_no != Some(0), "must be at least 1")
    }
}

operation! {
    /// The servers that can be diagnosed.
    ///
    /// Called by a partner or a customer for its own account.
    POST "/v2.0/servicerequest/diagnose/job/vm/resources" as osm "ListDiagnoseResources" -> DiagnosableResources {
        sites(ALL), caller(Either), read, success(list "result"),
        source("https://support.huaweicloud.com/api-ticket/ListDiagnoseResources.html"),
    }
    pub struct ListDiagnosableResources {
        optional {
            /// The IAM project that holds them.
            project_id: String,
            /// The region that they are in.
            region: String,
        }
    }
}

operation! {
    /// Says whether a diagnosis helped.
    ///
    /// Called by a partner or a customer. A repeat says it again.
    POST "/v2.0/servicerequest/diagnose/feedback" as osm "CreateDiagnoseFeedback" -> Done {
        sites(ALL), caller(Either), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateDiagnoseFeedback.html"),
    }
    pub struct RateDiagnosis {
        required {
            /// The type of the diagnosis.
            #[name("type")]
            kind: DiagnosisType,
            /// Whether the diagnosis helped.
            is_helpful: bool,
        }
        optional {
            /// Reason for the feedback.
            content: String where len(0..=10_000),
        }
    }
}

response! {
    /// The diagnosis that was started.
    pub struct StartedDiagnosis {
        /// The job; text here, a number where it is shown.
        pub job_id: String,
    }
}

response! {
    /// State of a diagnosis with its findings.
    pub struct Diagnosis {
        /// Id of the diagnosis.
        pub job_id: Option<i64>,
        /// State of the diagnosis.
        pub status: Option<DiagnosisStatus>,
        /// The account that it was made for.
        pub domain_id: Option<CustomerId>,
        /// Results of the checks.
        pub items_result: Vec<CheckResult>,
        /// Time of the start, as a number; milliseconds since 1970 are likely.
        pub create_time: Option<i64>,
    }
}

impl Diagnosis {
    /// The checks that found something wrong.
    pub fn findings(&self) -> impl Iterator<Item = &CheckResult> {
        self.items_result.iter().filter(|check| check.problem_level == Some(CheckLevel::Abnormal))
    }
}

response! {
    /// Result of one check.
    pub struct CheckResult {
        /// Id under which the check is known.
        pub check_id: Option<String>,
        /// Display name of the check.
        pub check_name: Option<String>,
        /// State of the check; its codes are not documented.
        pub status: Option<i64>,
        /// Whether to show it.
        pub visible: Option<Flag>,
        /// The group of checks that it belongs to.
        pub resource_id: Option<String>,
        /// Name of the group.
        pub resource_name: Option<String>,
        /// Finding of the check.
        pub problem_level: Option<CheckLevel>,
    }
}

response! {
    /// Findings of single checks.
    pub struct CheckReports {
        /// One report for each check.
        pub item_results: Vec<CheckReport>,
    }
}

response! {
    /// Finding of one check, with the recommended action.
    pub struct CheckReport {
        /// Id under which the check is known.
        pub check_id: Option<String>,
        /// Display name of the check.
        pub check_name: Option<String>,
        /// English name of the check.
        pub check_name_en: Option<String>,
        /// State of the check; its codes are not documented.
        pub status: Option<i64>,
        /// Risk of the finding; its codes are not documented.
        pub level: Option<i64>,
        /// Action that the service recommends.
        pub suggestion: Option<String>,
        /// Address of a guide to that action.
        pub suggestion_url: Option<String>,
        /// Output of the check.
        pub response: Option<String>,
    }
}

response! {
    /// One page of diagnoses.
    pub struct DiagnosisPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub records: Vec<DiagnosisRecord>,
    }
}

response! {
    /// A diagnosis that was made.
    pub struct DiagnosisRecord {
        /// Id of the record.
        pub id: String,
        /// Id of the diagnosis.
        pub job_id: Option<String>,
        /// Result of the diagnosis; text here, its values are not documented.
        pub status: Option<String>,
        /// Parameters of the diagnosis.
        pub params: BTreeMap<String, String>,
        /// The account that started it.
        pub domain_id: Option<CustomerId>,
        /// Time of the diagnosis, as a number; milliseconds since 1970 are likely.
        pub create_time: Option<i64>,
        /// The checks that found something.
        pub abnormal_items: Vec<String>,
        /// Number of abnormal checks.
        pub red_count: Option<i64>,
        /// Region of the resource.
        pub region: Option<String>,
    }
}

response! {
    /// Servers that can be diagnosed.
    pub struct DiagnosableResources {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Servers that can be diagnosed.
        pub result: Vec<DiagnosableResource>,
    }
}

response! {
    /// A server that can be diagnosed.
    pub struct DiagnosableResource {
        /// The server (the documentation says status).
        pub id: ResourceId,
        /// A mark of a fault (the documentation says id).
        pub fault: Option<String>,
        /// The server's name.
        pub name: Option<String>,
        /// IPv4 address of the server.
        #[name("accessIPv4")]
        pub access_ipv4: Option<String>,
        /// IPv6 address of the server.
        #[name("accessIPv6")]
        pub access_ipv6: Option<String>,
        /// State of the server, as the compute service names it.
        pub status: Option<String>,
        /// Progress of a change of the server.
        pub progress: Option<String>,
        /// The project that holds it.
        #[name("tenantId")]
        pub tenant_id: Option<String>,
        /// The user who made it.
        #[name("userId")]
        pub user_id: Option<String>,
        /// Metadata of the server from the compute service.
        pub metadata: Option<Value>,
        /// The machine that it runs on.
        #[name("hostId")]
        pub host_id: Option<String>,
    }
}

open_codes! {
    /// Type of an object that can be diagnosed.
    pub enum DiagnosisType {
        /// Diagnosis of a server.
        Server = 1,
        /// Diagnosis of a database.
        Database = 2,
        /// Logging in to a server from afar.
        RemoteLogin = 3,
        /// Diagnosis of the network.
        Network = 4,
    }
}

open_codes! {
    /// State of a diagnosis.
    pub enum DiagnosisStatus {
        /// Diagnosis is being prepared.
        Preparing = 0,
        /// Diagnosis is running.
        Running = 2,
        /// Diagnosis is finished, with results.
        Finished = 3,
        /// Script of the diagnosis failed.
        Failed = 4,
        /// Script of the diagnosis was not run.
        NotExecuted = 7,
        /// Script of the diagnosis cannot be run.
        Unavailable = 8,
    }
}

impl DiagnosisStatus {
    /// Whether nothing more is to come. False for a code that this version does not know.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::NotExecuted | Self::Unavailable)
    }
}

open_codes! {
    /// Finding of a check.
    pub enum CheckLevel {
        /// The check was not executed.
        NotExecuted = 0,
        /// The check found no problem.
        Normal = 3,
        /// The check found a problem.
        Abnormal = 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn the_documented_sample_is_read() {
        let diagnosis: Diagnosis = decode_str(
            r#"{"status": 0, "job_id": 1, "domain_id": "租户ID", "items_result": [{"status": 1, "visible": 0}]}"#,
        )
        .unwrap();
        assert!(!diagnosis.status.unwrap().is_over() && diagnosis.findings().count() == 0);
        assert_eq!(diagnosis.items_result[0].visible, Some(Flag::No));
        let started: StartedDiagnosis = decode_str(r#"{"job_id":7}"#).unwrap();
        assert_eq!(started.job_id, "7");
    }

    #[test]
    fn findings_are_the_abnormal_checks() {
        let diagnosis: Diagnosis = decode_str(
            r#"{"status":"3","items_result":[{"check_id":"a","problem_level":4},{"check_id":"b","problem_level":3}]}"#,
        )
        .unwrap();
        let found: Vec<_> = diagnosis.findings().map(|check| check.check_id.as_deref()).collect();
        assert_eq!((diagnosis.status.unwrap().is_over(), found), (true, vec![Some("a")]));
    }

    #[test]
    fn requests_name_what_is_diagnosed() {
        assert_eq!(
            serde_json::to_string(&StartDiagnosis::server("1.2.3.4")).unwrap(),
            r#"{"type":1,"params":{"eip":"1.2.3.4"}}"#
        );
        StartDiagnosis::database("i1").region_id("x".repeat(65)).validate().unwrap_err();
        ShowDiagnosisChecks::new().item_ids("").validate().unwrap_err();
        ListDiagnoses::new().page_no(0_u32).validate().unwrap_err();
    }
}
