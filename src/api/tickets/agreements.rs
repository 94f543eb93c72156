//! The agreements that the ticket service asks to be signed.

use super::common::{ticket, ticket_request};
use crate::{
    error::ValidationError,
    operation::{Check, Operation, OperationMeta},
    types::{open_enum::open_enum, response},
};

ticket_request! {
    /// The latest agreement of a type, with its text.
    ///
    /// Called by a partner or a customer for itself.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ShowLatestPublishedAgreement.html>
    #[doc(alias = "ShowLatestPublishedAgreement")]
    pub struct ShowAgreement {
        optional {
            /// What the agreement is about; required in the newest text.
            agreement_type: AgreementType,
        }
    }
}

impl Operation for ShowAgreement {
    type Output = ShownAgreement;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.ShowLatestPublishedAgreement",
        "/v2/servicerequest/agreements/published-agreement",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/ShowLatestPublishedAgreement.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("agreement_type", &self.agreement_type.as_ref().map(AgreementType::as_str), 1..=32)
            .finish()
    }
}

ticket_request! {
    /// Whether the caller has signed the latest agreement of a type.
    ///
    /// Called by a partner or a customer for itself. Whether a ticket is refused without a signature is not documented.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ShowSignedLatestPublishedAgreement.html>
    #[doc(alias = "ShowSignedLatestPublishedAgreement")]
    pub struct CheckAgreement {
        optional {
            /// What the agreement is about.
            agreement_type: AgreementType,
        }
    }
}

impl Operation for CheckAgreement {
    type Output = AgreementCheck;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.ShowSignedLatestPublishedAgreement",
        "/v2/servicerequest/agreements/signed-latest",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/ShowSignedLatestPublishedAgreement.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("agreement_type", &self.agreement_type.as_ref().map(AgreementType::as_str), 1..=32)
            .finish()
    }
}

ticket_request! {
    /// Signs an agreement in the caller's name.
    ///
    /// Called by a partner or a customer for itself; it binds the account. A repeat may leave a second record of signing.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/SignPublishedAgreement.html>
    #[doc(alias = "SignPublishedAgreement")]
    pub struct SignAgreement {
        required {
            /// The agreement, from [`ShowAgreement`]; at least 1.
            id: i64,
        }
        optional {
            /// What it is signed for, such as an authorization; 1 to 32 characters.
            relation_id: String,
        }
    }
}

impl Operation for SignAgreement {
    type Output = AgreementSignature;

    const META: &'static OperationMeta = &ticket(OperationMeta::post(
        "osm.SignPublishedAgreement",
        "/v2/servicerequest/agreements/{id}/signed",
    ))
    .state("osm.ShowSignedLatestPublishedAgreement")
    .success_field("agreement_signed_record_id")
    .doc("https://support.huaweicloud.com/api-ticket/SignPublishedAgreement.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .range("id", &self.id, 1..=2_147_483_647)
            .length("relation_id", &self.relation_id, 1..=32)
            .finish()
    }
}

response! {
    /// An agreement, one level down in the answer.
    pub struct ShownAgreement {
        /// The agreement.
        pub case_agreement: Agreement,
    }
}

response! {
    /// An agreement.
    pub struct Agreement {
        /// Its id: digits as text here, a number where it is signed.
        pub id: String,
        /// Its title.
        pub agreement_name: Option<String>,
        /// What it is about.
        pub agreement_type: Option<AgreementType>,
        /// The same in words.
        pub agreement_type_name: Option<String>,
        /// The whole text.
        pub content: Option<String>,
        /// Its version: declared as a number, shown as `1.0.0`.
        pub version: Option<String>,
    }
}

impl Agreement {
    /// The request that signs it; `None` where the id is no number.
    pub fn sign(&self) -> Option<SignAgreement> {
        self.id.trim().parse::<i64>().ok().map(SignAgreement::new)
    }
}

response! {
    /// Whether an agreement is signed.
    pub struct AgreementCheck {
        /// True where the latest version is.
        pub is_signed_latest: bool,
    }
}

response! {
    /// The record of a signature.
    pub struct AgreementSignature {
        /// The record; declared as a number, shown as text.
        pub agreement_signed_record_id: Option<i64>,
    }
}

open_enum! {
    /// What an agreement is about. Samples also have 5, which no page explains.
    pub enum AgreementType {
        /// Opening tickets, for ordinary users.
        Ticket = "0",
        /// Opening tickets, for users of a marketplace vendor.
        VendorTicket = "1",
        /// Giving engineers access.
        Authorization = "2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let shown: ShownAgreement = decode_str(
            r#"{"case_agreement": {"id": "123", "agreement_name": "新建工单", "agreement_type": "0",
                "agreement_type_name": "新建工单", "content": "content", "version": "1.0.0"}}"#,
        )
        .unwrap();
        let agreement = shown.case_agreement;
        assert_eq!(
            (&agreement.agreement_type, agreement.version.as_deref()),
            (&Some(AgreementType::Ticket), Some("1.0.0"))
        );
        assert_eq!(agreement.sign().unwrap().id, 123);
        let declared: Agreement = decode_str(r#"{"id":"x","version":7}"#).unwrap();
        assert_eq!((declared.version.as_deref(), declared.sign()), (Some("7"), None));
        let signature: AgreementSignature = decode_str(r#"{"agreement_signed_record_id": "1"}"#).unwrap();
        assert_eq!(signature.agreement_signed_record_id, Some(1));
        assert!(decode_str::<AgreementCheck>(r#"{"is_signed_latest": true}"#).unwrap().is_signed_latest);
    }

    #[test]
    fn documented_limits_are_checked() {
        SignAgreement::new(0).validate().unwrap_err();
        ShowAgreement::new().agreement_type("").validate().unwrap_err();
        CheckAgreement::new().agreement_type(AgreementType::Authorization).validate().unwrap();
    }
}
