//! How far the authentication of a real name has come, and the check of a face.

use crate::{
    operation,
    types::{CustomerId, Personal, Secret, open_enum::open_codes, response},
};

operation! {
    /// How the review of a customer's application went.
    ///
    /// For applications that were answered with [`ReviewNeed::UnderReview`](super::ReviewNeed::UnderReview):
    /// ask again until it is decided; how long that takes and how often to ask is not documented.
    GET "/v2/customers/realname-auths/result" as bss "ShowRealnameAuthenticationReviewResult" -> AuthenticationReview {
        sites(ALL), permissions("BPC_ITEM_SUBCUSTSERV_010119"),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00020.html"),
    }
    pub struct ShowAuthenticationReview {
        required {
            /// The customer.
            customer_id: CustomerId where len(1..=64),
        }
    }
}

operation! {
    /// A QR code by which the calling customer has its face checked.
    ///
    /// 99007297`), on the China site. Every call makes a new code (inferred), so it is not worth keeping;
    /// asking again does no harm.
    GET "/v2/customers/real-name-auth-qrcode" as bss "ShowRealNameAuthQrCode" -> FaceCheckQrCode {
        caller(Customer), source("https://support.huaweicloud.com/api-oce/mac_00005.html"),
    }
    pub struct ShowFaceCheckQrCode {
    }
}

operation! {
    /// How far the authentication of the calling customer has come.
    ///
    /// A partner finds the same of its customers with [`ListCustomers`](super::ListCustomers).
    GET "/v2/customers/real-name-auth-status" as bss "ShowRealNameAuthStatus" -> AuthenticationStatus {
        caller(Customer), source("https://support.huaweicloud.com/api-oce/mac_00006.html"),
    }
    pub struct ShowAuthenticationStatus {
    }
}

response! {
    /// The state of a customer's newest application.
    pub struct AuthenticationReview {
        /// How it went; absent before anything was applied for.
        pub review_result: Option<ReviewResult>,
        /// Why it was refused, up to 256 characters; only then.
        pub opinion: Option<Personal>,
    }
}

response! {
    /// A QR code for the check of a face.
    pub struct FaceCheckQrCode {
        /// The address that the QR code stands for, up to 512 characters. It works once and for ten minutes, for whoever has
        /// it.
        pub qr_code_url: Secret,
    }
}

response! {
    /// The state of the calling customer's authentication.
    pub struct AuthenticationStatus {
        /// How far it has come.
        pub verified_status: Option<AuthenticationState>,
        /// As what; absent before it has begun.
        pub verified_type: Option<VerifiedType>,
    }
}

open_codes! {
    /// How the review of an application went.
    pub enum ReviewResult {
        /// It is under way.
        UnderReview = 0,
        /// It refused.
        Refused = 1,
        /// It passed.
        Passed = 2,
    }
}

open_codes! {
    /// How far the authentication of the calling customer has come, as a number.
    ///
    /// The partner's list of customers has text: [`VerifiedStatus`](super::VerifiedStatus).
    pub enum AuthenticationState {
        /// Not begun.
        None = -1,
        /// Under review.
        UnderReview = 0,
        /// Refused by the review.
        Refused = 1,
        /// Authenticated.
        Authenticated = 2,
    }
}

open_codes! {
    /// As what a customer is authenticated.
    pub enum VerifiedType {
        /// A person.
        Person = 0,
        /// An enterprise.
        Enterprise = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let review: AuthenticationReview = decode_str(r#"{"review_result":2,"opinion":null}"#).unwrap();
        assert_eq!(review, AuthenticationReview { review_result: Some(ReviewResult::Passed), opinion: None });
        let code: FaceCheckQrCode = decode_str(r#"{"qr_code_url":"https://xxxx"}"#).unwrap();
        assert_eq!(code.qr_code_url.expose(), "https://xxxx");
        assert!(!format!("{code:?}").contains("xxxx"));
        let status: AuthenticationStatus = decode_str(r#"{"verified_status":2,"verified_type":0}"#).unwrap();
        assert_eq!(
            (status.verified_status, status.verified_type),
            (Some(AuthenticationState::Authenticated), Some(VerifiedType::Person))
        );
    }

    #[test]
    fn what_has_not_begun_has_no_type() {
        let status: AuthenticationStatus =
            decode_str(r#"{"verified_status":"-1","verified_type":null}"#).unwrap();
        assert_eq!((status.verified_status, status.verified_type), (Some(AuthenticationState::None), None));
        assert_eq!(decode_str::<AuthenticationReview>("{}").unwrap().review_result, None);
        let review: AuthenticationReview = decode_str(r#"{"review_result":5,"opinion":"blurred"}"#).unwrap();
        assert_eq!(review.review_result, Some(ReviewResult::Other(5)));
        assert_eq!(format!("{:?}", review.opinion), "Some(***)");
    }

    #[test]
    fn a_review_is_asked_for_one_customer() {
        ShowAuthenticationReview::new("").validate().unwrap_err();
        ShowAuthenticationReview::new("06a7969058802f0c0f01c00b91846780").validate().unwrap();
        assert_eq!(serde_json::to_string(&ShowFaceCheckQrCode::new()).unwrap(), "{}");
    }
}
