//! Data of the ticket service about an account: its rights, contacts, signatures and users.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use huaweicloud_partner::{
    tickets::{ContactWay, DiagnosisType, FileReport, Privilege},
    types::{Personal, UtcTime},
};

/// An account before the ticket service.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SupportProfile {
    /// Whether IAM users need a privilege to open tickets.
    pub(crate) policy: bool,
    /// Whether a support plan was bought.
    pub(crate) support_plan: bool,
    /// Login type that was set.
    pub(crate) login_type: Option<String>,
    /// Tickets a month; `None` means the usual number of the kind of account.
    pub(crate) monthly_tickets: Option<i64>,
    /// Privileges that were granted or revoked, by their code.
    privileges: BTreeMap<String, bool>,
    /// A partner's service for its customers.
    pub(crate) service: Service,
    pub(crate) users: Vec<User>,
    pub(crate) agencies: Vec<OwnAgency>,
    pub(crate) verified: Vec<VerifiedNumber>,
    pub(crate) signatures: Vec<Signature>,
    /// Said about diagnoses.
    pub(crate) feedback: Vec<Feedback>,
}

/// Service hours of a partner, and whether it may handle its customers' tickets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Service {
    pub(crate) handles_tickets: bool,
    pub(crate) zone: Option<String>,
    pub(crate) days: Option<String>,
    pub(crate) hours: Option<String>,
}

/// An IAM user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: Personal,
    pub(crate) mobile: Option<Personal>,
    pub(crate) email: Option<Personal>,
    pub(crate) area_code: Option<String>,
}

/// An agency of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OwnAgency {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: UtcTime,
}

/// A contact that was verified with a code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VerifiedNumber {
    pub(crate) id: String,
    pub(crate) way: ContactWay,
    pub(crate) value: Personal,
    pub(crate) area_code: Option<String>,
    pub(crate) expires: UtcTime,
}

/// An agreement that was signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Signature {
    pub(crate) id: i64,
    pub(crate) agreement: i64,
    pub(crate) relation: Option<String>,
    pub(crate) signed: UtcTime,
}

/// Feedback on a diagnosis.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Feedback {
    pub(crate) kind: DiagnosisType,
    pub(crate) helpful: bool,
    pub(crate) content: Option<String>,
}

/// A report of abuse.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) account: String,
    pub(crate) filed: UtcTime,
    pub(crate) report: FileReport,
}

impl SupportProfile {
    /// Whether the account has a privilege: it may export and open tickets until that is revoked.
    pub(crate) fn has(&self, privilege: &Privilege) -> bool {
        let usual = matches!(privilege, Privilege::Export | Privilege::OpenTickets);
        self.privileges.get(privilege.as_str()).copied().unwrap_or(usual)
    }

    pub(crate) fn set(&mut self, privilege: &Privilege, has: bool) {
        self.privileges.insert(privilege.as_str().to_owned(), has);
    }

    /// A contact whose verification is valid at a time.
    pub(crate) fn verified_at(
        &self,
        now: UtcTime,
        way: ContactWay,
        value: &Personal,
    ) -> Option<&VerifiedNumber> {
        self.verified.iter().rev().find(|one| one.way == way && one.value == *value && now < one.expires)
    }
}
