//! Personal data and secrets: masked wherever they could be printed, complete only on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const MASK: &str = "***";

/// Text about a person: a name, telephone number, e-mail or postal address, identity or card number.
///
/// Prints as `***` in `Debug` and `Display`, is written in full into a request or another serializer, and gives its
/// text to [`Personal::expose`] only.
///
/// ```
/// use huaweicloud_partner::types::Personal;
///
/// let name = Personal::from("Li Lei");
/// assert_eq!(format!("{name} {name:?}"), "*** ***");
/// assert_eq!(name.expose(), "Li Lei");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

#[cfg(feature = "workflows")]
thread_local! {
    /// True while personal data are written with a mark, see [`marked`].
    static MARKED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// The key of the object that stands for a marked personal text: `{"$personal":"…"}`.
#[cfg(feature = "workflows")]
const PERSONAL_MARK: &str = "$personal";

/// Runs a function during which every [`Personal`] is serialised as `{"$personal":"…"}`, so that stores can find what
/// they have to encrypt by its type.
#[cfg(feature = "workflows")]
pub(crate) fn marked<R>(run: impl FnOnce() -> R) -> R {
    struct Reset(bool);
    impl Drop for Reset {
        fn drop(&mut self) {
            MARKED.set(self.0);
        }
    }
    let _reset = Reset(MARKED.replace(true));
    run()
}

impl Serialize for Personal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[cfg(feature = "workflows")]
        if MARKED.get() {
            return serializer.collect_map([(PERSONAL_MARK, &self.0)]);
        }
        serializer.serialize_str(&self.0)
    }
}

impl Personal {
    /// Returns the text itself. The caller is responsible for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True when there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// A password, key, token or verification code: masked like [`Personal`] and overwritten in memory when dropped.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the secret itself. The caller is responsible for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True when there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.0.as_str().to_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Wire names of fields that hold personal data or secrets, wherever they occur, in lower case and sorted.
///
/// Recordings and error texts, which see bytes and not types, go by these names. The official SDK's own lists of
/// sensitive fields are empty, so this one was made by meaning.
pub const SENSITIVE_FIELDS: &[&str] = &[
    "accessory_data",
    "account",
    "account_manager_id",
    "account_manager_name",
    "account_managers",
    "account_name",
    "accountname",
    "address",
    "applyopera",
    "auth_handler_name",
    "bank_account",
    "cc_email",
    "company_name",
    "contact_value",
    "content",
    "corp_name",
    "coupon_code",
    "customer",
    "customer_name",
    "customername",
    "display_name",
    "domain_name",
    "email",
    "indirect_partner_account_name",
    "indirect_partner_name",
    "invoice_title",
    "invoicetitle",
    "judgement",
    "label",
    "legel_id_number",
    "legel_name",
    "login_name",
    "mail",
    "mc_email_infos",
    "member_name",
    "mobile",
    "mobile_phone",
    "mobilephone",
    "name",
    "operator",
    "operator_name",
    "opinion",
    "org_name",
    "other_way",
    "partner_account_name",
    "partner_corp_name",
    "party_name",
    "password",
    "qr_code_url",
    "reason",
    "receiver",
    "recipients",
    "reg_address",
    "remind_mail",
    "remind_mobile",
    "replier_name",
    "root_name",
    "search_value",
    "simple_description",
    "simpledescribe",
    "sub_customer_account_name",
    "sub_customer_display_name",
    "sub_customer_name",
    "telephone",
    "user_name",
    "verification_code",
    "verified_file_url",
    "verified_number",
    "verify_code",
    "x_customer_name",
    "xcustomer_name",
    "xcustomername",
    "zipcode",
];

/// Whether a field of this wire name holds personal data or a secret, see [`SENSITIVE_FIELDS`].
pub fn is_sensitive(field: &str) -> bool {
    SENSITIVE_FIELDS.binary_search(&field.to_ascii_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_printed_and_everything_is_written() {
        let (person, secret) = (Personal::from("marker"), Secret::from("marker"));
        assert_eq!(format!("{person}{person:?}{secret}{secret:?}"), "************");
        assert_eq!(serde_json::to_string(&(person, secret)).unwrap(), r#"["marker","marker"]"#);
    }

    #[test]
    fn the_list_of_names_can_be_searched() {
        assert!(SENSITIVE_FIELDS.is_sorted());
        assert!(is_sensitive("Mobile_Phone") && !is_sensitive("customer_id"));
    }
}
