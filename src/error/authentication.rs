//! Reasons why the service did not recognise the caller, which the code alone does not state.

use super::{ApiError, codes::code::Mark};

/// Reason why the service did not recognise the caller. Nothing was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthenticationRefusal {
    /// Date of the signature differs from the gateway's clock by more than 15 minutes, or the request was on
    /// its way for that long. Correct the clock and sign again.
    ExpiredSignature,
    /// The signature is not what the gateway computes: a wrong secret key, or something on the way changed the request.
    WrongSignature,
    /// The access key does not exist, or not on this site.
    UnknownKey,
    /// The access key is locked for five minutes after more than five wrong signatures in a row.
    LockedKey,
    /// The token has expired, cannot be read, is of another site or was not sent.
    InvalidToken,
    /// The message gives no reason: a disabled key, an account that is frozen or in arrears, or a wording not seen yet.
    Unclear,
}

impl AuthenticationRefusal {
    /// Returns true if a wrong clock can be the cause, so that a corrected clock may help.
    pub fn may_be_the_clock(self) -> bool {
        matches!(self, Self::ExpiredSignature | Self::Unclear)
    }
}

/// Texts that the gateway writes after `Incorrect IAM authentication information:`, in the order in which
/// they are searched.
///
/// Sources: <https://support.huaweicloud.com/intl/en-us/ocr_faq/ocr_01_0063.html>,
/// <https://support.huaweicloud.com/intl/en-us/apig_faq/apig-faq-0003.html>,
/// <https://github.com/huaweicloud/huaweicloud-sdk-java-v3/issues/44>.
const REASONS: [(&str, AuthenticationRefusal); 6] = [
    ("signature expired", AuthenticationRefusal::ExpiredSignature),
    ("ak not exist", AuthenticationRefusal::UnknownKey),
    ("secretkey failed", AuthenticationRefusal::UnknownKey),
    ("reach the limit", AuthenticationRefusal::LockedKey),
    ("signature fail", AuthenticationRefusal::WrongSignature),
    ("token", AuthenticationRefusal::InvalidToken),
];

impl ApiError {
    /// Returns the reason why the caller was not recognised, if the error states one.
    ///
    /// The gateway has one code, `APIGW.0301`, for a clock that is off, a wrong key and a bad token; its message tells
    /// them apart.
    pub fn authentication_refusal(&self) -> Option<AuthenticationRefusal> {
        if self.code().has(Mark::InvalidToken) {
            return Some(AuthenticationRefusal::InvalidToken);
        }
        if !self.code().has(Mark::Authentication) {
            return None;
        }
        let message = self.message().to_ascii_lowercase();
        // What follows quotes the request, whose path may hold any word.
        let reason = message.split("canonicalrequest").next().unwrap_or_default();
        let known = REASONS.iter().find(|(words, _)| reason.contains(words));
        Some(known.map_or(AuthenticationRefusal::Unclear, |(_, refusal)| *refusal))
    }

    /// Whether the signature's date was outside the 15 minutes that the gateway allows.
    pub fn is_expired_or_skewed_signature(&self) -> bool {
        self.authentication_refusal() == Some(AuthenticationRefusal::ExpiredSignature)
    }

    /// Whether a new token is what the call needs.
    pub fn is_invalid_token(&self) -> bool {
        self.authentication_refusal() == Some(AuthenticationRefusal::InvalidToken)
    }

    /// Whether the caller was refused for any other reason than the token: signature, its date, or key.
    pub fn is_signature_refused(&self) -> bool {
        self.authentication_refusal().is_some_and(|refusal| refusal != AuthenticationRefusal::InvalidToken)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{AuthenticationRefusal::*, *};

    fn refusal(code: &str, message: &str) -> Option<AuthenticationRefusal> {
        ApiError::new(StatusCode::UNAUTHORIZED, code, message).authentication_refusal()
    }

    #[test]
    fn the_messages_of_the_gateway_are_distinguished() {
        for (reason, expected) in [
            (
                "calc aksk signature fail:signature expired, signature time:20211217T064303Z,\
                 server time:20211217T065804Z",
                ExpiredSignature,
            ),
            ("verify aksk signature fail", WrongSignature),
            (
                "verify aksk signature fail, canonicalRequest:GET|/v2/token/||host:x|signature expired",
                WrongSignature,
            ),
            ("Get secretKey failed,ak:AKID,err:ak not exist", UnknownKey),
            ("AK access failed to reach the limit,forbidden.", LockedKey),
            ("decrypt token fail", InvalidToken),
            ("token expires, expires_at: 2026-01-01T00:00:00Z", InvalidToken),
            ("x-auth-token not found", InvalidToken),
            ("Unauthorized", Unclear),
        ] {
            let message = format!("Incorrect IAM authentication information: {reason}");
            assert_eq!(refusal("APIGW.0301", &message), Some(expected), "{message}");
            assert_eq!(refusal("APIG.0301", &message), Some(expected), "{message}");
        }
        let app =
            "Incorrect app authentication information: signature expired, signature time:20230527T000431Z";
        assert_eq!(refusal("APIG.0303", app), Some(ExpiredSignature));
    }

    #[test]
    fn token_codes_need_no_message_and_other_codes_are_not_about_the_caller() {
        for code in ["CBC.0154", "CBC.0105", "OSM.0002", "APIGW.0307"] {
            assert_eq!(refusal(code, ""), Some(InvalidToken), "{code}");
        }
        assert_eq!(refusal("CBC.0151", "signature expired"), None);
        assert_eq!(refusal("APIGW.9999", "signature expired"), None);
    }

    #[test]
    fn the_three_questions_follow_the_reason() {
        let asked = |message: &str| {
            let error = ApiError::new(StatusCode::UNAUTHORIZED, "APIGW.0301", message);
            (error.is_expired_or_skewed_signature(), error.is_signature_refused(), error.is_invalid_token())
        };
        assert_eq!(asked("signature expired"), (true, true, false));
        assert_eq!(asked("verify aksk signature fail"), (false, true, false));
        assert_eq!(asked("decrypt token fail"), (false, false, true));
        assert_eq!(asked("Unauthorized"), (false, true, false));
    }
}
