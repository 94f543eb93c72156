//! Reports of abuse and infringement on the platform.

use super::{AttachmentId, common::Done};
use crate::{
    operation,
    operation::request,
    types::{Personal, open_enum::open_codes, open_enum::open_enum},
};

operation! {
    /// Files a report of abuse or of an infringement of rights.
    ///
    /// Called by a partner or a customer. It is no ticket and has no status. Takes none of the common headers.
    /// Refused with `OSM.01010016` without a type. A repeat files a second report.
    POST "/v2/servicerequest/feedbacks" as osm "CreateFeedback" -> Done {
        sites(ALL), caller(Either), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateFeedback.html"),
    }
    pub struct FileReport {
        required {
            /// The type of the report; the values are not documented.
            #[name("type")]
            kind: String where len(1..=32),
            /// The product of Huawei Cloud concerned, or the address that is reported.
            title: String where len(0..=2048),
            /// Description of the incident.
            content: Personal,
            /// Uploaded attachments that prove it.
            files: Vec<AttachmentId>,
            /// Person who submits the report.
            contacts: Reporter,
        }
        optional {
            /// The right that is infringed.
            ip: IntellectualProperty,
        }
        check |it, check| check.rule("contacts", !it.contacts.name.is_empty(), "must name the reporter").count(
            "id_files",
            it.contacts.id_files.len(),
            1..=3,
        )
    }
}

request! {
    /// A right in intellectual property.
    pub struct IntellectualProperty {
        optional {
            /// Type of the infringed right.
            ip_type: IntellectualPropertyType,
            /// The country or region where it is registered.
            ip_area: String,
            /// The number of the registration or application.
            ip_number: String,
            /// Object that the right protects.
            ip_content: String,
        }
    }
}

request! {
    /// Person who submits a report, and the capacity.
    pub struct Reporter {
        required {
            /// The person or organisation.
            name: Personal,
            /// Telephone number of the reporter.
            mobile: Personal,
            /// Role of the reporter.
            id_type: ReporterCapacity,
            /// Uploaded attachments that prove who it is, 1 to 3.
            id_files: Vec<AttachmentId>,
        }
        optional {
            /// E-mail address of the reporter.
            mail: Personal,
            /// The country or region.
            area: String,
            /// The postal address.
            address: Personal,
            /// Company of the reporter.
            company_name: Personal,
            /// Another way to reach it.
            other_way: Personal,
        }
    }
}

open_enum! {
    /// A kind of right in intellectual property.
    pub enum IntellectualPropertyType {
        /// Copyright in a work.
        Copyright = "copyright",
        /// Trademark of a product.
        Trademark = "trademark",
        /// Patent on an invention.
        Patent = "patent",
    }
}

open_codes! {
    /// Role in which a person or company reports.
    pub enum ReporterCapacity {
        /// Reporter is an enterprise.
        Enterprise = 10,
        /// Reporter is an individual.
        Individual = 20,
        /// An authorized agent.
        Agent = 21,
        /// Reporter is a lawyer.
        Lawyer = 22,
        /// The owner of the right.
        Owner = 23,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::violated;

    #[test]
    fn a_report_needs_a_type_and_proof_of_who_files_it() {
        let reporter =
            Reporter::new("Li Lei", "13800000000", ReporterCapacity::Owner, Vec::<AttachmentId>::new());
        let report = FileReport::new("", "https://x.example", "copied", Vec::<AttachmentId>::new(), reporter);
        assert_eq!(violated(&report), ["type", "id_files"]);
        assert!(!format!("{report:?}").contains("138"));
    }
}
