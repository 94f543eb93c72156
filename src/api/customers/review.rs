//! State of real-name authentication, and the check of a face.

use crate::{
    operation,
    types::{CustomerId, Personal, Secret, open_enum::open_codes, response},
};

operation! {
    /// Shows the result of the review of a customer's application.
    ///
    /// For applications that were responded with [`ReviewNeed::UnderReview`](super::ReviewNeed::UnderReview):
    /// ask again until it is decided; how long that takes and how often to ask is not documented.
    GET "/v2/customers/realname-auths/result" as bss "ShowRealnameAuthenticationReviewResult" -> AuthenticationReview {
        sites(ALL), permissions("BPC_ITEM_SUBCUSTSERV_010119"),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00020.html"),
    }
    pub struct ShowAuthenticationReview {
        required {
            /// Customer that this row describes.
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
    /// Shows the state of the calling customer's real-name authentication.
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
        /// Result of the review; absent before the first application.
        pub review_result: Option<ReviewResult>,
        /// Reason for a refusal, up to 256 characters; absent otherwise.
        pub opinion: Option<Personal>,
    }
}

response! {
    /// A QR code for the check of a face.
    pub struct FaceCheckQrCode {
        /// Address that the QR code contains, up to 512 characters. It works once, for ten minutes, and for
        /// anyone who has it.
        pub qr_code_url: Secret,
    }
}

response! {
    /// The state of the calling customer's authentication.
    pub struct AuthenticationStatus {
        /// State of the authentication.
        pub verified_status: Option<AuthenticationState>,
        /// Kind of the authentication, personal or enterprise; absent before it has begun.
        pub verified_type: Option<VerifiedType>,
    }
}

open_codes! {
    /// Result of the review of an application.
    pub enum ReviewResult {
        /// Review is in progress.
        UnderReview = 0,
        /// Application was refused.
        Refused = 1,
        /// Application was approved.
        Passed = 2,
    }
}

open_codes! {
    /// State of the calling customer's real-name authentication, as a number.
    ///
    /// The partner's list of customers has text: [`VerifiedStatus`](super::VerifiedStatus).
    pub enum AuthenticationState {
        /// Authentication has not started.
        None = -1,
        /// Application is under review.
        UnderReview = 0,
        /// Refused by the review.
        Refused = 1,
        /// Customer is authenticated.
        Authenticated = 2,
    }
}

open_codes! {
    /// Kind of an authentication.
    pub enum VerifiedType {
        /// Customer is a person.
        Person = 0,
        /// Customer is an enterprise.
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
