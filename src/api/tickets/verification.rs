//! Contacts that are not registered with the account, and the codes that verify them.
//!
//! [`CheckContact`] tells whether a contact needs a code. If it does: [`SendVerificationCode`], then [`VerifyContact`]
//! with what the person received, then [`ListVerifiedContacts`] for the serial number that
//! [`OpenTicket`](super::OpenTicket) takes.

use super::common::{Done, Flag, LocalOrNone, ticket, ticket_request};
use crate::{
    error::ValidationError,
    operation::{Check, Operation, OperationMeta, Paging, paged},
    types::{CustomerId, LocalTime, Personal, Secret, open_enum::open_codes, response},
};

ticket_request! {
    /// Whether a contact has to be verified before it is told about a ticket.
    ///
    /// Called by a partner or a customer for itself.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/CheckNeedVerify.html>
    #[doc(alias = "CheckNeedVerify")]
    pub struct CheckContact {
        required {
            /// The telephone number or e-mail address, 1 to 64 characters.
            contact_value: Personal,
            /// Which of the two it is.
            contact_way: ContactWay,
        }
        optional {
            /// The country calling code of a number; up to 16 characters.
            area_code: String,
        }
    }
}

impl Operation for CheckContact {
    type Output = ContactCheck;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.CheckNeedVerify", "/v2/servicerequest/verifycodes/need-verify"))
            .doc("https://support.huaweicloud.com/api-ticket/CheckNeedVerify.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("contact_value", &self.contact_value, 1..=64)
            .length("area_code", &self.area_code, 0..=16)
            .finish()
    }
}

ticket_request! {
    /// Sends a code of six characters to a contact.
    ///
    /// Called by a partner or a customer for itself. Every repeat sends another code; how soon another may be sent, and
    /// how long a code is good, is not documented.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/SendVerifyCodes.html>
    #[doc(alias = "SendVerifyCodes")]
    pub struct SendVerificationCode {
        required {
            /// The telephone number or e-mail address, 1 to 64 characters.
            contact_value: Personal,
            /// Which of the two it is.
            contact_way: ContactWay,
            /// The country calling code of a number, such as `86`; up to 16 characters.
            area_code: String,
        }
    }
}

impl Operation for SendVerificationCode {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::post("osm.SendVerifyCodes", "/v2/servicerequest/verifycodes/send"))
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/SendVerifyCodes.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("contact_value", &self.contact_value, 1..=64)
            .length("area_code", &self.area_code, 0..=16)
            .finish()
    }
}

ticket_request! {
    /// Verifies a contact with the code that it received.
    ///
    /// Called by a partner or a customer for itself. A wrong code is refused with
    /// [`VERIFICATION_FAILED`](crate::error::codes::VERIFICATION_FAILED). A code may be good for one call only, so the
    /// client does not repeat it; [`ListVerifiedContacts`] tells whether it counted.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/CheckVerifyCodes.html>
    #[doc(alias = "CheckVerifyCodes")]
    pub struct VerifyContact {
        required {
            /// The code, six characters.
            verify_code: Secret,
            /// The telephone number or e-mail address, 1 to 64 characters.
            contact_value: Personal,
            /// Which of the two it is.
            contact_way: ContactWay,
        }
        optional {
            /// The country calling code of a number; up to 16 characters.
            area_code: String,
            /// The IAM user it is verified for; up to 64 characters.
            x_customer_id: String,
            /// The account it is verified for; up to 64 characters.
            customer_id: CustomerId,
        }
    }
}

impl Operation for VerifyContact {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::post("osm.CheckVerifyCodes", "/v2/servicerequest/verifycodes"))
            .state("osm.ListHasVerifiedContacts")
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/CheckVerifyCodes.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("verify_code", &self.verify_code, 6..=6)
            .length("contact_value", &self.contact_value, 1..=64)
            .length("area_code", &self.area_code, 0..=16)
            .length("x_customer_id", &self.x_customer_id, 0..=64)
            .length("customer_id", &self.customer_id, 0..=64)
            .finish()
    }
}

ticket_request! {
    /// The contacts that have been verified, one page.
    ///
    /// Called by a partner or a customer for itself. The service's own default of the offset is 1 here and 0 in all other
    /// lists; `client.items` names the offset always and begins at 0.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListHasVerifiedContacts.html>
    #[doc(alias = "ListHasVerifiedContacts")]
    pub struct ListVerifiedContacts {
        optional {
            /// Only telephone numbers, or only e-mail addresses.
            contact_way: ContactWay,
            /// Only those of this account; up to 64 characters.
            customer_id: CustomerId,
            /// Only those of this IAM user; up to 64 characters.
            sub_customer_id: String,
            /// Only those with this time of expiry.
            expired_time: LocalTime,
            /// Only the one with this serial number; up to 64 characters.
            verified_id: String,
            /// Only this telephone number or e-mail address; up to 64 characters.
            contact_value: Personal,
            /// Only those with this country calling code; up to 16 characters.
            area_code: String,
            /// How many rows to skip, up to 65535; the service takes 1 by default.
            offset: u32,
            /// Rows per page, up to 100; the service takes 10 by default.
            limit: u32,
        }
    }
}

impl Operation for ListVerifiedContacts {
    type Output = VerifiedContactPage;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.ListHasVerifiedContacts",
        "/v2/servicerequest/verifycodes/has-verified",
    ))
    .paging(Paging::rows(100, "contact_list"))
    .doc("https://support.huaweicloud.com/api-ticket/ListHasVerifiedContacts.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("customer_id", &self.customer_id, 0..=64)
            .length("sub_customer_id", &self.sub_customer_id, 0..=64)
            .length("verified_id", &self.verified_id, 0..=64)
            .length("contact_value", &self.contact_value, 0..=64)
            .length("area_code", &self.area_code, 0..=16)
            .range("offset", &self.offset, 0..=65535)
            .range("limit", &self.limit, 0..=100)
            .finish()
    }
}

paged!(ListVerifiedContacts => contact_list: VerifiedContact, total count);

response! {
    /// Whether a contact has to be verified.
    pub struct ContactCheck {
        /// Whether a code is needed.
        pub need_verify_code: Option<Flag>,
        /// Until when an earlier verification counts.
        #[via(LocalOrNone)]
        pub expire_time: Option<LocalTime>,
    }
}

response! {
    /// One page of verified contacts.
    pub struct VerifiedContactPage {
        /// How many match in all.
        pub count: Option<u64>,
        /// Those of this page.
        pub contact_list: Vec<VerifiedContact>,
    }
}

response! {
    /// A contact that has been verified.
    pub struct VerifiedContact {
        /// Telephone or e-mail.
        pub contact_way: Option<ContactWay>,
        /// The number or address.
        pub contact_value: Option<Personal>,
        /// The country calling code of a number.
        pub area_code: Option<String>,
        /// The serial number, which a new ticket names.
        pub verified_id: Option<String>,
    }
}

open_codes! {
    /// How somebody is contacted.
    pub enum ContactWay {
        /// By telephone; codes come as text messages.
        Phone = 0,
        /// By e-mail.
        Email = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let check: ContactCheck = decode_str(r#"{"need_verify_code": 1, "expire_time": "test"}"#).unwrap();
        assert_eq!(check, ContactCheck { need_verify_code: Some(Flag::Yes), expire_time: None });
        let page: VerifiedContactPage = decode_str(
            r#"{"count": 1, "contact_list": [{"contact_way": 0, "contact_value": "test", "area_code": "86", "verified_id": "test"}]}"#,
        )
        .unwrap();
        assert_eq!(page.contact_list[0].contact_way, Some(ContactWay::Phone));
        let request: VerifyContact = decode_str(
            r#"{"verify_code": "123456", "contact_value": "123456", "contact_way": 1, "area_code": "86",
                "x_customer_id": "123456", "customer_id": "123456"}"#,
        )
        .unwrap();
        request.validate().unwrap();
        assert!(!format!("{request:?}").contains("verify_code: \"123456\""));
    }

    #[test]
    fn documented_limits_are_checked() {
        let invalid = VerifyContact::new("12345", "", ContactWay::Phone).validate().unwrap_err();
        let fields: Vec<_> = invalid.broken().iter().map(|rule| rule.field).collect();
        assert_eq!(fields, ["verify_code", "contact_value"]);
        SendVerificationCode::new("13800000000", ContactWay::Phone, "8".repeat(17)).validate().unwrap_err();
    }
}
