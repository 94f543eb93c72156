//! Contacts that are not registered with the account, and the codes that verify them.
//!
//! [`CheckContact`] tells whether a contact needs a code. If it does: [`SendContactCode`], then [`VerifyContact`]
//! with what the person received, then [`ListVerifiedContacts`] for the serial number that
//! [`OpenTicket`](super::OpenTicket) takes.

use super::common::{Done, Flag, ticket_operation};
use crate::types::{
    CustomerId, LocalTime, Personal, Secret, fields::EmptyAsNone, open_enum::open_codes, response,
};

ticket_operation! {
    /// Checks whether a contact has to be verified before it receives notices about a ticket.
    GET "/v2/servicerequest/verifycodes/need-verify" as osm "CheckNeedVerify" -> ContactCheck {
        source("https://support.huaweicloud.com/api-ticket/CheckNeedVerify.html"),
    }
    pub struct CheckContact {
        required {
            /// The telephone number or e-mail address.
            contact_value: Personal where len(1..=64),
            /// Way of contact: telephone or e-mail.
            contact_way: ContactWay,
        }
        optional {
            /// The country calling code of a number.
            area_code: String where len(0..=16),
        }
    }
}

ticket_operation! {
    /// Sends a code of six characters to a contact.
    ///
    /// Every repeat sends another code; how soon another may be sent, and how long a code is good, is not documented.
    POST "/v2/servicerequest/verifycodes/send" as osm "SendVerifyCodes" -> Done {
        success(acknowledged), source("https://support.huaweicloud.com/api-ticket/SendVerifyCodes.html"),
    }
    pub struct SendContactCode {
        required {
            /// The telephone number or e-mail address.
            contact_value: Personal where len(1..=64),
            /// Way of contact: telephone or e-mail.
            contact_way: ContactWay,
            /// The country calling code of a number, such as `86`.
            area_code: String where len(0..=16),
        }
    }
}

ticket_operation! {
    /// Verifies a contact with the code that it received.
    ///
    /// A wrong code is refused with [`VERIFICATION_FAILED`](crate::error::codes::VERIFICATION_FAILED). A code may be
    /// good for one call only, so the client does not repeat it; [`ListVerifiedContacts`] tells whether it counted.
    POST "/v2/servicerequest/verifycodes" as osm "CheckVerifyCodes" -> Done {
        state("osm.ListHasVerifiedContacts"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CheckVerifyCodes.html"),
    }
    pub struct VerifyContact {
        required {
            /// The code, six characters.
            verify_code: Secret where len(6..=6),
            /// The telephone number or e-mail address.
            contact_value: Personal where len(1..=64),
            /// Way of contact: telephone or e-mail.
            contact_way: ContactWay,
        }
        optional {
            /// The country calling code of a number.
            area_code: String where len(0..=16),
            /// The IAM user it is verified for.
            x_customer_id: String where len(0..=64),
            /// The account it is verified for.
            customer_id: CustomerId where len(0..=64),
        }
    }
}

ticket_operation! {
    /// The contacts that have been verified, one page.
    ///
    /// The service's own default of the offset is 1 here and 0 in all other lists; `client.items` names the offset
    /// always and begins at 0.
    GET "/v2/servicerequest/verifycodes/has-verified" as osm "ListHasVerifiedContacts" -> VerifiedContactPage {
        rows(100, contact_list: VerifiedContact, total: count, key: verified_id),
        source("https://support.huaweicloud.com/api-ticket/ListHasVerifiedContacts.html"),
    }
    pub struct ListVerifiedContacts {
        optional {
            /// Only telephone numbers, or only e-mail addresses.
            contact_way: ContactWay,
            /// Only those of this account.
            customer_id: CustomerId where len(0..=64),
            /// Only those of this IAM user.
            sub_customer_id: String where len(0..=64),
            /// Only those with this time of expiry.
            expired_time: LocalTime,
            /// Only the one with this serial number.
            verified_id: String where len(0..=64),
            /// Only this telephone number or e-mail address.
            contact_value: Personal where len(0..=64),
            /// Only those with this country calling code.
            area_code: String where len(0..=16),
            /// Rows to skip; the service takes 1 by default.
            offset: u32 where range(0..=65535),
            /// Rows per page.
            limit: u32 where range(0..=100) default(10),
        }
    }
}

response! {
    /// Whether a contact has to be verified.
    pub struct ContactCheck {
        /// Whether a code is needed.
        pub need_verify_code: Option<Flag>,
        /// End of the validity of an earlier verification.
        #[with(EmptyAsNone)]
        pub expire_time: Option<LocalTime>,
    }
}

response! {
    /// One page of verified contacts.
    pub struct VerifiedContactPage {
        /// Total number of matching rows.
        pub count: Option<u64>,
        /// Rows of this page.
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
    /// Way of contacting a person.
    pub enum ContactWay {
        /// By telephone; codes come as text messages.
        Phone = 0,
        /// Contact by e-mail.
        Email = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
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
        let request = VerifyContact::new("12345", "", ContactWay::Phone);
        assert_eq!(violated(&request), ["verify_code", "contact_value"]);
        SendContactCode::new("13800000000", ContactWay::Phone, "8".repeat(17)).validate().unwrap_err();
    }
}
