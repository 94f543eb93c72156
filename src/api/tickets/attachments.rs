//! Files on tickets and messages.

use super::{
    AttachmentId, Streamed, TicketId,
    common::{Done, bare, ticket, ticket_request},
};
use crate::{
    error::ValidationError,
    operation::{BodyKind, Check, Downloads, Idempotency, Operation, OperationMeta, Uploads, request},
    types::{Personal, open_enum::open_codes, open_enum::open_enum, response},
};

ticket_request! {
    /// Uploads a file as a multipart form; send it with `Client::upload`, which streams it.
    ///
    /// Called by a partner or a customer before the ticket or message that takes the file. Its size and kind must be
    /// within [`ShowAttachmentLimits`]; more than a daily amount, which is not documented, is refused with
    /// [`DAILY_ATTACHMENTS_USED_UP`](crate::error::codes::DAILY_ATTACHMENTS_USED_UP). A repeat makes a second attachment.
    ///
    /// The signature does not cover the body of a form. Whoever wants that, and has the bytes in memory, takes
    /// [`UploadEncodedAttachment`], whose fields are also better documented.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/UploadAccessory.html>
    #[doc(alias = "UploadAccessory")]
    pub struct UploadAttachment {
        required {
            /// JSON text about the file: its source, name and kind; 1 to 5000 characters. [`UploadAttachment::of`]
            /// writes it.
            form_data: String,
        }
    }
}

impl UploadAttachment {
    /// The upload of a file for a ticket or a message.
    ///
    /// The names inside `form_data` are uncertain: the only documented sample is malformed and has `accessFrom` alone,
    /// so nothing else is written. The file's name travels with the file.
    pub fn of(purpose: AttachmentPurpose) -> Self {
        let purpose = serde_json::to_string(purpose.as_str()).unwrap_or_default();
        Self::new(format!(r#"{{"accessFrom":{purpose}}}"#))
    }
}

impl Operation for UploadAttachment {
    type Output = UploadedAttachment;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::post("osm.UploadAccessory", "/v2/servicerequest/accessorys"))
            .body(BodyKind::Multipart)
            .success_field("accessory_id")
            .doc("https://support.huaweicloud.com/api-ticket/UploadAccessory.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new().length("form_data", &self.form_data, 1..=5000).finish()
    }
}

impl Uploads for UploadAttachment {
    const FILE: &'static str = "file";

    fn texts(&self) -> Vec<(&'static str, String)> {
        vec![("form_data", self.form_data.clone())]
    }
}

ticket_request! {
    /// Uploads a small file as Base64 text in JSON.
    ///
    /// Called by a partner or a customer before the ticket or message that takes the file. The same limits hold as for
    /// [`UploadAttachment`]. The whole file is held in memory, a third larger than it is. A repeat makes a second
    /// attachment.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/UploadJsonAccessories.html>
    #[doc(alias = "UploadJsonAccessories")]
    pub struct UploadEncodedAttachment {
        required {
            /// The file's name with its extension, 1 to 512 characters.
            accessory_name: String,
            /// What the file is for.
            accessory_from: AttachmentPurpose,
            /// The file in Base64; [`UploadEncodedAttachment::of`] encodes.
            accessory_data: Personal,
        }
        optional {
            /// How it is shown; ordinary by default.
            upload_type: UploadType,
        }
    }
}

impl UploadEncodedAttachment {
    /// The upload of these bytes.
    pub fn of(name: impl Into<String>, purpose: impl Into<AttachmentPurpose>, bytes: &[u8]) -> Self {
        Self::new(name, purpose, base64(bytes))
    }
}

impl Operation for UploadEncodedAttachment {
    type Output = UploadedAttachment;

    const META: &'static OperationMeta = &ticket(OperationMeta::post(
        "osm.UploadJsonAccessories",
        "/v2/servicerequest/accessorys/json-format-content",
    ))
    .success_field("accessory_id")
    .doc("https://support.huaweicloud.com/api-ticket/UploadJsonAccessories.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("accessory_name", &self.accessory_name, 1..=512)
            .length("accessory_from", &self.accessory_from.as_str(), 1..=32)
            .rule("accessory_data", !self.accessory_data.is_empty(), "must not be empty")
            .finish()
    }
}

ticket_request! {
    /// Deletes an attachment that no ticket or message has taken yet.
    ///
    /// Called by whoever uploaded it. A repeat ends in the same state.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/DeleteAccessories.html>
    #[doc(alias = "DeleteAccessories")]
    pub struct DeleteAttachment {
        required {
            /// The attachment; 1 to 64 characters.
            accessory_id: AttachmentId,
        }
    }
}

impl Operation for DeleteAttachment {
    type Output = Done;

    const META: &'static OperationMeta = &ticket(OperationMeta::delete(
        "osm.DeleteAccessories",
        "/v2/servicerequest/accessorys/{accessory_id}",
    ))
    .idempotency(Idempotency::Idempotent)
    .success_acknowledged()
    .doc("https://support.huaweicloud.com/api-ticket/DeleteAccessories.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new().length("accessory_id", &self.accessory_id.as_str(), 1..=64).finish()
    }
}

ticket_request! {
    /// The bytes of an attachment, to be read with `Client::download`.
    ///
    /// Called by whoever sees the ticket. Several ids with commas between them come as one archive (from the older
    /// calls, at most 10 there).
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/DownloadAccessories.html>
    #[doc(alias = "DownloadAccessories")]
    pub struct DownloadAttachment {
        required {
            /// The attachment; 1 to 64 characters for each id.
            accessory_id: AttachmentId,
        }
        optional {
            /// The IAM user group, for the ticket of another member; up to 64 characters.
            group_id: String,
        }
    }
}

impl Operation for DownloadAttachment {
    type Output = Streamed;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.DownloadAccessories",
        "/v2/servicerequest/accessorys/{accessory_id}",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/DownloadAccessories.html");

    fn validate(&self) -> Result<(), ValidationError> {
        let ids = self.accessory_id.as_str();
        Check::new()
            .rule("accessory_id", !ids.is_empty(), "must not be empty")
            .rule(
                "accessory_id",
                ids.split(',').all(|id| id.len() <= 64),
                "must have ids of 1 to 64 characters",
            )
            .length("group_id", &self.group_id, 0..=64)
            .finish()
    }
}

impl Downloads for DownloadAttachment {}

ticket_request! {
    /// The bytes of an image that is attached, to be read with `Client::download` and shown as it is.
    ///
    /// Called by whoever sees the ticket.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/DownloadImages.html>
    #[doc(alias = "DownloadImages")]
    pub struct DownloadImage {
        required {
            /// The attachment; 1 to 64 characters.
            accessory_id: AttachmentId,
        }
        optional {
            /// The IAM user group, for the ticket of another member; up to 64 characters.
            group_id: String,
        }
    }
}

impl Operation for DownloadImage {
    type Output = Streamed;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.DownloadImages",
        "/v2/servicerequest/accessorys/{accessory_id}/image",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/DownloadImages.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("accessory_id", &self.accessory_id.as_str(), 1..=64)
            .length("group_id", &self.group_id, 0..=64)
            .finish()
    }
}

impl Downloads for DownloadImage {}

ticket_request! {
    /// Addresses from which several attachments can be fetched without credentials.
    ///
    /// Called by whoever sees the ticket. How long the addresses work is not documented.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListAccessoryAccessUrls.html>
    #[doc(alias = "ListAccessoryAccessUrls")]
    pub struct ListAttachmentLinks {
        required {
            /// The attachments, 1 to 100.
            accessory_ids: Vec<AttachmentId>,
        }
        optional {
            /// The IAM user group, for the ticket of another member; 1 to 64 characters.
            group_id: String,
        }
    }
}

impl Operation for ListAttachmentLinks {
    type Output = AttachmentLinks;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.ListAccessoryAccessUrls",
        "/v2/servicerequest/accessorys/access-urls",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/ListAccessoryAccessUrls.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .count("accessory_ids", self.accessory_ids.len(), 1..=100)
            .length("group_id", &self.group_id, 1..=64)
            .finish()
    }
}

request! {
    /// An address from which one attachment can be fetched without credentials.
    ///
    /// In the official SDK only; what the kinds of relation mean is not documented. Takes none of the common headers.
    /// [`ListAttachmentLinks`] is the documented one.
    ///
    /// Source: the official SDK; overview <https://support.huaweicloud.com/api-ticket/ticket_api_00006.html>
    #[doc(alias = "ShowDownloadAccessoryUrl")]
    pub struct ShowAttachmentLink {
        required {
            /// The attachment; 1 to 64 characters.
            accessory_id: AttachmentId,
            /// What the attachment hangs on.
            relation_type: RelationType,
        }
        optional {
            /// The id of what it hangs on.
            relation_id: String,
            /// The ticket; up to 64 characters.
            incident_id: TicketId,
        }
    }
}

impl Operation for ShowAttachmentLink {
    type Output = AttachmentAddress;

    const META: &'static OperationMeta = &bare(OperationMeta::get(
        "osm.ShowDownloadAccessoryUrl",
        "/v2/servicerequest/accessorys/{accessory_id}/access-url",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/ticket_api_00006.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("accessory_id", &self.accessory_id.as_str(), 1..=64)
            .length("incident_id", &self.incident_id.as_ref().map(TicketId::as_str), 0..=64)
            .finish()
    }
}

ticket_request! {
    /// How many files of which size and kind may be attached.
    ///
    /// Called by a partner or a customer for itself.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ShowAccessoryLimits.html>
    #[doc(alias = "ShowAccessoryLimits")]
    pub struct ShowAttachmentLimits {}
}

impl Operation for ShowAttachmentLimits {
    type Output = ShownAttachmentLimits;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ShowAccessoryLimits", "/v2/servicerequest/accessorys/limits"))
            .doc("https://support.huaweicloud.com/api-ticket/ShowAccessoryLimits.html");
}

response! {
    /// An attachment of a ticket or a message.
    pub struct Attachment {
        /// The attachment.
        pub accessory_id: AttachmentId,
        /// The name of the file as it was uploaded.
        pub file_actual_name: Option<String>,
    }
}

response! {
    /// The attachment that was made.
    pub struct UploadedAttachment {
        /// Its id, which a ticket or a message takes.
        pub accessory_id: AttachmentId,
    }
}

response! {
    /// Addresses of attachments.
    pub struct AttachmentLinks {
        /// One entry for each attachment.
        pub accessory_urls: Vec<AttachmentLink>,
    }
}

response! {
    /// The address of an attachment. Whoever has it can fetch the file, so `Debug` does not show it.
    pub struct AttachmentLink {
        /// The attachment.
        pub accessory_id: AttachmentId,
        /// The name of the file.
        pub accessory_name: Option<String>,
        /// The address; up to 1024 characters.
        pub accessory_url: Option<Personal>,
    }
}

response! {
    /// The address of one attachment.
    pub struct AttachmentAddress {
        /// The address; up to 1024 characters.
        pub accessory_url: Option<Personal>,
    }
}

response! {
    /// The limits of attachments, one level down in the answer.
    pub struct ShownAttachmentLimits {
        /// The limits.
        pub accessory_limit: AttachmentLimits,
    }
}

response! {
    /// The limits of attachments. Numbers and texts come as either.
    pub struct AttachmentLimits {
        /// How many files a ticket or message may have; 5 in the sample.
        pub limit_count: Option<u32>,
        /// How large a file may be, in megabytes; 4 in the sample.
        pub limit_size: Option<u32>,
        /// The extensions that are allowed, with commas between them. Documented are jpg, jpeg, bmp, png, gif, txt, zip,
        /// docx, msg, eml, xlsx, pdf, log, ini, mp4 and mov.
        pub limit_file_type: Option<String>,
    }
}

impl AttachmentLimits {
    /// The most bytes that a file may have, a megabyte taken as 2²⁰ bytes (inferred).
    pub fn bytes(&self) -> Option<u64> {
        self.limit_size.map(|megabytes| u64::from(megabytes) << 20)
    }

    /// Whether a file of this name has an extension that is allowed. Without a list, all have.
    pub fn admits(&self, name: &str) -> bool {
        let Some(allowed) = self.limit_file_type.as_deref().filter(|list| !list.trim().is_empty()) else {
            return true;
        };
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        allowed.split(',').any(|one| one.trim().trim_start_matches('.').eq_ignore_ascii_case(extension))
    }

    /// Checks name and size of a file that is to be attached.
    ///
    /// # Errors
    /// [`ValidationError`] naming `file` and the rule that it breaks.
    pub fn check(&self, name: &str, bytes: u64) -> Result<(), ValidationError> {
        let most = self.bytes();
        Check::new()
            .rule("file", bytes > 0, "must not be empty")
            .rule(
                "file",
                most.is_none_or(|most| bytes <= most),
                format!("must have at most {} bytes", most.unwrap_or_default()),
            )
            .rule(
                "file",
                self.admits(name),
                format!(
                    "must be of a kind that is allowed: {}",
                    self.limit_file_type.as_deref().unwrap_or_default()
                ),
            )
            .finish()
    }
}

open_enum! {
    /// What an attachment is for.
    pub enum AttachmentPurpose {
        /// A ticket that is to be opened.
        Ticket = "incident",
        /// A message that is to be left.
        Message = "message",
    }
}

open_codes! {
    /// How an upload is shown.
    pub enum UploadType {
        /// As a file.
        Ordinary = 0,
        /// Inside a text in Markdown.
        Markdown = 1,
    }
}

open_enum! {
    /// What an attachment hangs on. The meanings are not documented beyond the words.
    pub enum RelationType {
        /// The usual.
        Default = "DEFAULT",
        /// Nothing.
        None = "NO_RELATION",
        /// A notification.
        Notification = "NOTIFICATION",
        /// A ticket.
        Ticket = "INCIDENT",
        /// A message.
        Message = "MESSAGE",
        /// An inspection.
        Inspection = "INSPECTION",
        /// A connection.
        Connection = "CONNECT",
    }
}

/// Base64 with the usual alphabet and padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let joined = group.iter().fold(0_u32, |joined, byte| joined << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = (joined >> (18 - 6 * place) & 63) as usize;
            match ALPHABET.get(digit) {
                Some(letter) if place <= group.len() => text.push(char::from(*letter)),
                _ => text.push('='),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let shown: ShownAttachmentLimits = decode_str(
            r#"{"accessory_limit": {"limit_count": 5, "limit_size": 4, "limit_file_type": "jpg"}}"#,
        )
        .unwrap();
        let declared: ShownAttachmentLimits = decode_str(
            r#"{"accessory_limit": {"limit_count": "5", "limit_size": "4", "limit_file_type": "jpg"}}"#,
        )
        .unwrap();
        assert_eq!(shown, declared);
        let links: AttachmentLinks = decode_str(
            r#"{"accessory_urls": [{"accessory_url": "url1", "accessory_id": "1"}, {"accessory_url": "url2", "accessory_id": "2"}]}"#,
        )
        .unwrap();
        assert_eq!(links.accessory_urls[1].accessory_url.as_ref().map(Personal::expose), Some("url2"));
        assert!(!format!("{links:?}").contains("url1"));
    }

    #[test]
    fn files_are_held_against_the_limits() {
        let limits = AttachmentLimits {
            limit_size: Some(4),
            limit_file_type: Some("jpg, .log".into()),
            ..AttachmentLimits::default()
        };
        limits.check("trace.LOG", 4 << 20).unwrap();
        assert!(
            limits
                .check("trace.log", (4 << 20) + 1)
                .unwrap_err()
                .to_string()
                .contains("at most 4194304 bytes")
        );
        assert!(limits.check("run.exe", 1).unwrap_err().to_string().contains("jpg, .log"));
        limits.check("jpg", 1).unwrap_err();
        AttachmentLimits::default().check("run.exe", u64::MAX).unwrap();
        AttachmentLimits::default().check("a", 0).unwrap_err();
    }

    #[test]
    fn bytes_are_encoded() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
        let upload = UploadEncodedAttachment::of("a.txt", AttachmentPurpose::Message, b"foo");
        assert_eq!(
            serde_json::to_string(&upload).unwrap(),
            r#"{"accessory_name":"a.txt","accessory_from":"message","accessory_data":"Zm9v"}"#
        );
    }

    #[test]
    fn documented_limits_are_checked() {
        let none: Vec<AttachmentId> = Vec::new();
        ListAttachmentLinks::new(none).validate().unwrap_err();
        UploadEncodedAttachment::of("", "incident", b"").validate().unwrap_err();
        DownloadAttachment::new("a,b").validate().unwrap();
        DownloadAttachment::new("a".repeat(65)).validate().unwrap_err();
        assert_eq!(UploadAttachment::of(AttachmentPurpose::Message).form_data, r#"{"accessFrom":"message"}"#);
    }
}
