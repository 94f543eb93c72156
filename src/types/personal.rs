//! Personal data and secrets: masked wherever they could be printed, complete only on the wire.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
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
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

impl<'de> Deserialize<'de> for Personal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
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
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Serialize for Secret {
    /// Writes the text without a copy that would stay in memory.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

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
/// Recordings and error texts, which see bytes and not types, go by these names. They are the fields whose type is
/// [`Personal`] or [`Secret`] and those in which people write what they like, which tests hold, and names that other
/// services use for the same things.
pub const SENSITIVE_FIELDS: &[&str] = &[
    "access_ipv4",
    "access_ipv6",
    "accessory_data",
    "accessory_name",
    "accessory_url",
    "account",
    "account_manager_id",
    "account_manager_name",
    "account_managers",
    "account_name",
    "address",
    "agency_name",
    "app_key",
    "applyopera",
    "auth_describe",
    "auth_handler_name",
    "bank_account",
    "cancel_reason",
    "cc_email",
    "company_name",
    "contact_phone",
    "contact_value",
    "content",
    "content_of_auth_letter",
    "corp_name",
    "cost_unit_name",
    "cost_unit_rule_value",
    "coupon_code",
    "customer",
    "customer_name",
    "display_name",
    "domain_name",
    "email",
    "email_address",
    "enterprise_project_name",
    "extend_param1",
    "extends_map",
    "extension_map",
    "file_actual_name",
    "file_name",
    "from_path",
    "id_number",
    "indirect_partner_account_name",
    "indirect_partner_name",
    "instance_name",
    "invoice_no",
    "invoice_title",
    "ip_content",
    "ip_number",
    "judgement",
    "label",
    "legal_id_number",
    "legal_name",
    "legel_id_number",
    "legel_name",
    "login_name",
    "mail",
    "mc_email_infos",
    "member_name",
    "memo",
    "metadata",
    "mobile",
    "mobile_phone",
    "name",
    "oper",
    "operate_desc",
    "operator",
    "operator_name",
    "opinion",
    "org_name",
    "other_way",
    "params",
    "partner_account_name",
    "partner_corp_name",
    "party_name",
    "passcode",
    "password",
    "payment_channel_no",
    "phone",
    "phone_number",
    "qr_code_url",
    "reason",
    "receiver",
    "recipients",
    "reg_address",
    "reject_reason",
    "remark",
    "remind_mail",
    "remind_mobile",
    "replier",
    "replier_name",
    "resolution",
    "resource_name",
    "resource_tag",
    "root_cause",
    "root_name",
    "search_key",
    "search_value",
    "simple_description",
    "simpledescribe",
    "sm_template_args",
    "sub_customer_account_name",
    "sub_customer_display_name",
    "sub_customer_name",
    "sub_resource_name",
    "tag_key",
    "tag_value",
    "telephone",
    "telephone_number",
    "title",
    "to_path",
    "trust_domain_name",
    "unsubscribe_reason",
    "user_name",
    "verification_code",
    "verified_file_url",
    "verified_number",
    "verify_code",
    "x_customer_name",
    "zipcode",
];

/// Whether a field of this wire name holds personal data or a secret, see [`SENSITIVE_FIELDS`]. Letter case, underscores
/// and other signs do not count, so `userName` and `User-Name` are `user_name`.
pub fn is_sensitive(field: &str) -> bool {
    SENSITIVE_FIELDS.iter().any(|known| plain(known).eq(plain(field)))
}

/// Whether a text under this name is a secret by its name alone: those that end in `token`, `secret`, `password` or
/// `passcode`, and the headers that prove who calls. Objects of these names, such as IAM's `token`, are not texts.
pub fn is_secret_text(field: &str) -> bool {
    let name: String = plain(field).collect();
    [
        "token",
        "secret",
        "password",
        "passwd",
        "passcode",
        "authorization",
        "cookie",
        "signature",
        "accesskey",
        "secretkey",
    ]
    .iter()
    .any(|end| name.ends_with(end))
}

/// The letters and digits of a name, in lower case.
fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase())
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

    #[test]
    fn letter_case_and_underscores_of_a_name_do_not_count() {
        for name in
            ["userName", "loginName", "user-name", "USERNAME", "emailAddress", "phone", "customerName"]
        {
            assert!(is_sensitive(name), "{name}");
        }
        for name in
            ["refresh_token", "clientSecret", "id_token", "Authorization", "Set-Cookie", "newPassword"]
        {
            assert!(is_secret_text(name), "{name}");
        }
        for name in
            ["customer_id", "usernames_count", "status", "order_id", "amount", "key", "value", "tokens"]
        {
            assert!(!is_sensitive(name) && !is_secret_text(name), "{name}");
        }
    }

    /// The wire names of all fields of requests and responses whose type is [`Personal`] or [`Secret`], by the source.
    fn names_by_type(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_by_type(&path, names);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let mut renamed = None;
            for line in source.lines().map(str::trim) {
                let attribute =
                    line.strip_prefix("#[name(\"").or_else(|| line.strip_prefix("#[serde(rename = \""));
                if let Some(name) = attribute.and_then(|rest| rest.split('"').next()) {
                    renamed = Some(name.to_owned());
                    continue;
                }
                let Some((name, kind)) = line.split_once(": ") else {
                    if !line.starts_with("//") && !line.starts_with('#') {
                        renamed = None;
                    }
                    continue;
                };
                let (name, wire) = name.split_once(" as ").unwrap_or((name, ""));
                let name = name.strip_prefix("pub ").unwrap_or(name);
                let is_name = !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit());
                let kind = kind.trim_start_matches("Option<").trim_start_matches("Vec<");
                let rest = kind.strip_prefix("Personal").or_else(|| kind.strip_prefix("Secret"));
                if is_name && rest.is_some_and(|rest| rest.starts_with(['>', ',', ' '])) {
                    let wire = Some(wire.trim_matches('"').to_owned()).filter(|wire| !wire.is_empty());
                    names.push(renamed.take().or(wire).unwrap_or_else(|| name.to_owned()));
                }
                renamed = None;
            }
        }
    }

    #[test]
    fn recordings_mask_every_field_whose_type_is_personal_or_secret() {
        let mut names = Vec::new();
        names_by_type(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api"), &mut names);
        assert!(names.len() > 90, "only {} fields were found", names.len());
        // The variables of a message are masked as a whole.
        let open: Vec<_> = names.iter().filter(|name| *name != "value" && !is_sensitive(name)).collect();
        assert!(open.is_empty(), "{open:?}");
        assert!(is_sensitive("sm_template_args"));
    }

    #[test]
    fn fields_of_responses_and_requests_that_are_secret_by_their_name_have_a_type_that_masks_them() {
        fn look(folder: &std::path::Path, open: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path, open);
                    continue;
                }
                for line in std::fs::read_to_string(&path).unwrap().lines().map(str::trim) {
                    let Some((name, kind)) = line.split_once(": ") else { continue };
                    let name = name.strip_prefix("pub ").unwrap_or(name);
                    let secret =
                        ["coupon_code", "card_code", "card_number", "verification_code", "verify_code"];
                    let named = secret.contains(&name) || (is_secret_text(name) && !name.contains(' '));
                    let declared =
                        kind.ends_with([',', '{']) && !kind.contains('(') && !kind.starts_with("self");
                    if named && declared && !kind.contains("Personal") && !kind.contains("Secret") {
                        open.push(format!("{}: {line}", path.display()));
                    }
                }
            }
        }
        let mut open = Vec::new();
        look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api"), &mut open);
        assert!(open.is_empty(), "{open:#?}");
    }
}
