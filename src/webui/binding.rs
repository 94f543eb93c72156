//! The notification that a customer was bound to a Huawei Cloud account.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

use super::{
    Verifier, WebUiError,
    request::{decoded, parameter},
    signature::RSA_SHA256,
};
use crate::types::{CustomerId, Personal};

/// The bytes that the signature of a notification covers. The documentation does not say; both readings are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignedForm {
    /// The value of `bindRequest`, which is Base64, alone.
    Value,
    /// `bindRequest=…&SigAlg=…` with the values as they were sent.
    Parameters,
}

/// A notification that a customer of the platform was bound to a Huawei Cloud account, posted to the platform's callback.
///
/// The response that Huawei Cloud expects is not documented; respond with status 200.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BindingNotification {
    /// The name of the Huawei Cloud account.
    pub domain_name: Option<Personal>,
    /// The id of the Huawei Cloud account, which later calls take as the customer's id.
    pub domain_id: Option<CustomerId>,
    /// The customer's user id on the platform (`xUserId`).
    pub user_id: Option<Personal>,
    /// The customer's account id on the platform (`xAccountId`).
    pub account_id: Option<Personal>,
    /// The action: 1 in the documented sample; other values are not documented.
    pub bind_action: Option<i64>,
    /// The bytes that the signature covers, as far as verification found out.
    pub signed_form: SignedForm,
}

impl BindingNotification {
    /// Verifies and reads the body of the post as it came (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// Where a parameter is missing or doubled, the signature does not match in either reading, or the content is not a
    /// JSON object in Base64. Refuse the notification then.
    pub fn from_form(body: &str, verifier: &Verifier) -> Result<Self, WebUiError> {
        let request = parameter(body, "bindRequest")?.ok_or(WebUiError::Parameter("bindRequest"))?;
        let algorithm = parameter(body, "SigAlg")?.ok_or(WebUiError::Parameter("SigAlg"))?;
        let signature = parameter(body, "Signature")?.ok_or(WebUiError::Parameter("Signature"))?;
        if decoded(algorithm, "SigAlg")? != RSA_SHA256 {
            return Err(WebUiError::Algorithm);
        }
        let (value, signature) = (decoded(request, "bindRequest")?, decoded(signature, "Signature")?);
        // A form that was not encoded at all has spaces where Base64 has plus signs.
        let value = value.replace(' ', "+");
        let parameters = format!("bindRequest={request}&SigAlg={algorithm}");
        let signed_form = if verifier.verify(value.as_bytes(), &signature).is_ok() {
            SignedForm::Value
        } else {
            verifier.verify(parameters.as_bytes(), &signature)?;
            SignedForm::Parameters
        };
        Self::read(&value, signed_form)
    }

    fn read(value: &str, signed_form: SignedForm) -> Result<Self, WebUiError> {
        let wrong = |what| WebUiError::Encoding("bindRequest", what);
        let compact: String = value.split_ascii_whitespace().collect();
        let json = BASE64_STANDARD.decode(compact).map_err(|_| wrong("not Base64"))?;
        let members: Map<String, Value> =
            serde_json::from_slice(&json).map_err(|_| wrong("not a JSON object"))?;
        // The documentation prints the members in capitals only, so letter case does not matter.
        let member = |name: &str| {
            members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let text = |name| match member(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let bind_action = match member("bindAction") {
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            _ => None,
        };
        Ok(Self {
            domain_name: text("domainName").map(Personal::from),
            domain_id: text("domainId").map(CustomerId::from),
            user_id: text("xUserId").map(Personal::from),
            account_id: text("xAccountId").map(Personal::from),
            bind_action,
            signed_form,
        })
    }
}
