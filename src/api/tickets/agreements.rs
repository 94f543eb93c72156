//! The agreements that the ticket service asks to be signed.

use super::common::ticket_operation;
use crate::types::{open_enum::open_enum, response};

ticket_operation! {
    /// The latest agreement of a type, with its text.
    GET "/v2/servicerequest/agreements/published-agreement" as osm "ShowLatestPublishedAgreement" -> ShownAgreement {
        source("https://support.huaweicloud.com/api-ticket/ShowLatestPublishedAgreement.html"),
    }
    pub struct ShowAgreement {
        optional {
            /// Subject of the agreement; required in the newest text.
            agreement_type: AgreementType,
        }
        check |it, check| check.len("agreement_type", &it.agreement_type.as_ref().map(AgreementType::as_str), 1..=32)
    }
}

ticket_operation! {
    /// Whether the caller has signed the latest agreement of a type.
    ///
    /// Whether a ticket is refused without a signature is not documented.
    GET "/v2/servicerequest/agreements/signed-latest" as osm "ShowSignedLatestPublishedAgreement" -> AgreementCheck {
        source("https://support.huaweicloud.com/api-ticket/ShowSignedLatestPublishedAgreement.html"),
    }
    pub struct CheckAgreement {
        optional {
            /// Subject of the agreement.
            agreement_type: AgreementType,
        }
        check |it, check| check.len("agreement_type", &it.agreement_type.as_ref().map(AgreementType::as_str), 1..=32)
    }
}

ticket_operation! {
    /// Signs an agreement in the caller's name.
    ///
    /// Called by a partner or a customer for itself; it binds the account. A repeat may leave a second record of
    /// signing.
    POST "/v2/servicerequest/agreements/{id}/signed" as osm "SignPublishedAgreement" -> AgreementSignature {
        state("osm.ShowSignedLatestPublishedAgreement"), success(field "agreement_signed_record_id"),
        source("https://support.huaweicloud.com/api-ticket/SignPublishedAgreement.html"),
    }
    pub struct SignAgreement {
        required {
            /// The agreement, from [`ShowAgreement`]; at least 1.
            id: i64 where range(1..=2_147_483_647),
        }
        optional {
            /// Id of the object that the agreement is signed for, such as an authorization.
            relation_id: String where len(1..=32),
        }
    }
}

response! {
    /// Agreement, nested one level down in the response.
    pub struct ShownAgreement {
        /// Agreement with its text.
        pub case_agreement: Agreement,
    }
}

response! {
    /// Published agreement and its text.
    pub struct Agreement {
        /// Id of the agreement: digits as text here, a number where it is signed.
        pub id: String,
        /// Title of the agreement.
        pub agreement_name: Option<String>,
        /// Subject of the agreement.
        pub agreement_type: Option<AgreementType>,
        /// Name of the same.
        pub agreement_type_name: Option<String>,
        /// The whole text.
        pub content: Option<String>,
        /// Version of the agreement: declared as a number, shown as `1.0.0`.
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
        pub is_signed_latest: Option<bool>,
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
    /// Subject of an agreement. Samples also have 5, which no page explains.
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
    use crate::operation::Operation as _;
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
        let check = decode_str::<AgreementCheck>(r#"{"is_signed_latest": true}"#).unwrap();
        assert_eq!(check.is_signed_latest, Some(true));
    }

    #[test]
    fn documented_limits_are_checked() {
        SignAgreement::new(0).validate().unwrap_err();
        ShowAgreement::new().agreement_type("").validate().unwrap_err();
        CheckAgreement::new().agreement_type(AgreementType::Authorization).validate().unwrap();
    }
}
