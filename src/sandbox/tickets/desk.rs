//! What the ticket service knows about an account: its rights, contacts, signatures and users.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    tickets::{ContactWay, DiagnosisType, FileReport, Privilege},
    types::{Personal, UtcTime},
};

/// An account before the ticket service.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sandbox) struct Desk {
    /// Whether IAM users need a privilege to open tickets.
    pub(in crate::sandbox) policy: bool,
    /// Whether a support plan was bought.
    pub(in crate::sandbox) support_plan: bool,
    /// Tickets a month; `None` means the usual number of the kind of account.
    pub(in crate::sandbox) monthly_tickets: Option<i64>,
    /// Privileges that were granted or revoked, by their code.
    privileges: BTreeMap<String, bool>,
    /// A partner's service for its customers.
    pub(in crate::sandbox) service: Service,
    pub(in crate::sandbox) users: Vec<User>,
    pub(in crate::sandbox) agencies: Vec<OwnAgency>,
    pub(in crate::sandbox) verified: Vec<VerifiedNumber>,
    pub(in crate::sandbox) signatures: Vec<Signature>,
    /// Said about diagnoses.
    pub(in crate::sandbox) feedback: Vec<Feedback>,
}

/// When a partner serves its customers, and whether it may handle their tickets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sandbox) struct Service {
    pub(in crate::sandbox) handles_tickets: bool,
    pub(in crate::sandbox) zone: Option<String>,
    pub(in crate::sandbox) days: Option<String>,
    pub(in crate::sandbox) hours: Option<String>,
}

/// An IAM user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sandbox) struct User {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) name: Personal,
    pub(in crate::sandbox) mobile: Option<Personal>,
    pub(in crate::sandbox) email: Option<Personal>,
    pub(in crate::sandbox) area_code: Option<String>,
}

/// An agency of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::sandbox) struct OwnAgency {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) name: String,
    pub(in crate::sandbox) created: UtcTime,
}

/// A contact that was verified with a code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::sandbox) struct VerifiedNumber {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) way: ContactWay,
    pub(in crate::sandbox) value: Personal,
    pub(in crate::sandbox) area_code: Option<String>,
    pub(in crate::sandbox) expires: UtcTime,
}

/// An agreement that was signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::sandbox) struct Signature {
    pub(in crate::sandbox) id: i64,
    pub(in crate::sandbox) agreement: i64,
    pub(in crate::sandbox) relation: Option<String>,
    pub(in crate::sandbox) signed: UtcTime,
}

/// What somebody said about a diagnosis.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::sandbox) struct Feedback {
    pub(in crate::sandbox) kind: DiagnosisType,
    pub(in crate::sandbox) helpful: bool,
    pub(in crate::sandbox) content: Option<String>,
}

/// A report of abuse.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::sandbox) struct Report {
    pub(in crate::sandbox) account: String,
    pub(in crate::sandbox) filed: UtcTime,
    pub(in crate::sandbox) report: FileReport,
}

impl Desk {
    /// Whether the account has a privilege: it may export and open tickets until that is revoked.
    pub(in crate::sandbox) fn has(&self, privilege: &Privilege) -> bool {
        let usual = matches!(privilege, Privilege::Export | Privilege::OpenTickets);
        self.privileges.get(privilege.as_str()).copied().unwrap_or(usual)
    }

    pub(in crate::sandbox) fn set(&mut self, privilege: &Privilege, has: bool) {
        self.privileges.insert(privilege.as_str().to_owned(), has);
    }

    /// A contact whose verification counts at an hour.
    pub(in crate::sandbox) fn verified_at(
        &self,
        now: UtcTime,
        way: ContactWay,
        value: &Personal,
    ) -> Option<&VerifiedNumber> {
        self.verified.iter().rev().find(|one| one.way == way && one.value == *value && now < one.expires)
    }
}
