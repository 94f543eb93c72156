//! Files on tickets and messages.

use super::{
    AttachmentId, Streamed, TicketId,
    common::{Done, ticket_operation},
};
use crate::{
    error::ValidationError,
    operation,
    operation::{Check, Downloads, Uploads},
    types::{Personal, open_enum::open_codes, open_enum::open_enum, response},
};

ticket_operation! {
    /// Uploads a file as a multipart form; send it with `Client::upload`, which streams it.
    ///
    /// Called by a partner or a customer before the ticket or message that takes the file. Its size and kind must
    /// be within [`ShowAttachmentLimits`]; more than a daily amount, which is not documented, is refused with
    /// [`DAILY_ATTACHMENTS_USED_UP`](crate::error::codes::DAILY_ATTACHMENTS_USED_UP). A repeat makes a second
    /// attachment.
    ///
    /// The signature does not cover the body of a form. Anyone who wants that, and has the bytes in memory,
    /// takes
    /// [`UploadEncodedAttachment`], whose fields are also better documented.
    POST "/v2/servicerequest/accessorys" as osm "UploadAccessory" -> UploadedAttachment {
        body(Multipart), success(field "accessory_id"),
        source("https://support.huaweicloud.com/api-ticket/UploadAccessory.html"),
    }
    pub struct UploadAttachment {
        required {
            /// JSON text about the file: its source, name and kind. [`UploadAttachment::of`] writes it.
            form_data: String where len(1..=5000),
        }
    }
}

impl UploadAttachment {
    /// The upload of a file for a ticket or a message.
    ///
    /// The names inside `form_data` are uncertain: the only documented sample is malformed and has
    /// `accessFrom` alone, so nothing else is written. The file's name travels with the file.
    pub fn of(purpose: AttachmentPurpose) -> Self {
        let purpose = serde_json::to_string(purpose.as_str()).unwrap_or_default();
        Self::new(format!(r#"{{"accessFrom":{purpose}}}"#))
    }
}

impl Uploads for UploadAttachment {
    const FILE: &'static str = "file";

    fn texts(&self) -> Vec<(&'static str, String)> {
        vec![("form_data", self.form_data.clone())]
    }
}

ticket_operation! {
    /// Uploads a small file as Base64 text in JSON.
    ///
    /// Called by a partner or a customer before the ticket or message that takes the file. The same limits
    /// hold as for [`UploadAttachment`]. The whole file is held in memory, a third larger than it is. A
    /// repeat makes a second attachment.
    POST "/v2/servicerequest/accessorys/json-format-content" as osm "UploadJsonAccessories" -> UploadedAttachment {
        success(field "accessory_id"),
        source("https://support.huaweicloud.com/api-ticket/UploadJsonAccessories.html"),
    }
    pub struct UploadEncodedAttachment {
        required {
            /// The file's name with its extension.
            accessory_name: String where len(1..=512),
            /// Purpose of the file.
            accessory_from: AttachmentPurpose where len(1..=32),
            /// The file in Base64; [`UploadEncodedAttachment::of`] encodes.
            accessory_data: Personal,
        }
        optional {
            /// Kind of display; ordinary by default.
            upload_type: UploadType,
        }
        check |it, check| check.rule("accessory_data", !it.accessory_data.is_empty(), "must not be empty")
    }
}

impl UploadEncodedAttachment {
    /// The upload of these bytes.
    pub fn of(name: impl Into<String>, purpose: impl Into<AttachmentPurpose>, bytes: &[u8]) -> Self {
        Self::new(name, purpose, base64(bytes))
    }
}

ticket_operation! {
    /// Deletes an attachment that no ticket or message has taken yet.
    ///
    /// Called by the user who uploaded it. A repeat ends in the same state.
    DELETE "/v2/servicerequest/accessorys/{accessory_id}" as osm "DeleteAccessories" -> Done {
        idempotent, success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/DeleteAccessories.html"),
    }
    pub struct DeleteAttachment {
        required {
            /// Attachment that the operation applies to.
            accessory_id: AttachmentId where len(1..=64),
        }
    }
}

ticket_operation! {
    /// The bytes of an attachment, to be read with `Client::download`.
    ///
    /// Called by any user who sees the ticket. Several ids with commas between them come as one archive (from
    /// the older calls, at most 10 there).
    GET "/v2/servicerequest/accessorys/{accessory_id}" as osm "DownloadAccessories" -> Streamed {
        source("https://support.huaweicloud.com/api-ticket/DownloadAccessories.html"),
    }
    pub struct DownloadAttachment {
        required {
            /// The attachment; 1 to 64 characters for each id.
            accessory_id: AttachmentId,
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
        check |it, check| {
            let ids = it.accessory_id.as_str();
            check.rule("accessory_id", !ids.is_empty(), "must not be empty").rule(
                "accessory_id",
                ids.split(',').all(|id| id.len() <= 64),
                "must have ids of 1 to 64 characters",
            )
        }
    }
}

impl Downloads for DownloadAttachment {}

ticket_operation! {
    /// The bytes of an image that is attached, to be read with `Client::download` and shown as it is.
    ///
    /// Called by any user who sees the ticket.
    GET "/v2/servicerequest/accessorys/{accessory_id}/image" as osm "DownloadImages" -> Streamed {
        source("https://support.huaweicloud.com/api-ticket/DownloadImages.html"),
    }
    pub struct DownloadImage {
        required {
            /// Attachment that the operation applies to.
            accessory_id: AttachmentId where len(1..=64),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
    }
}

impl Downloads for DownloadImage {}

ticket_operation! {
    /// Addresses from which several attachments can be fetched without credentials.
    ///
    /// Called by any user who sees the ticket. How long the addresses work is not documented.
    GET "/v2/servicerequest/accessorys/access-urls" as osm "ListAccessoryAccessUrls" -> AttachmentLinks {
        success(list "accessory_urls"),
        source("https://support.huaweicloud.com/api-ticket/ListAccessoryAccessUrls.html"),
    }
    pub struct ListAttachmentLinks {
        required {
            /// Attachments that the operation applies to.
            accessory_ids: Vec<AttachmentId> where count(1..=100),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(1..=64),
        }
    }
}

operation! {
    /// An address from which one attachment can be fetched without credentials.
    ///
    /// In the official SDK only; what the kinds of relation mean is not documented. Takes none of the common
    /// headers. [`ListAttachmentLinks`] is the documented one.
    ///
    /// Source: the official SDK; overview <https://support.huaweicloud.com/api-ticket/ticket_api_00006.html>
    GET "/v2/servicerequest/accessorys/{accessory_id}/access-url" as osm "ShowDownloadAccessoryUrl" -> AttachmentAddress {
        sites(ALL), caller(Either), source("https://support.huaweicloud.com/api-ticket/ticket_api_00006.html"),
    }
    pub struct ShowAttachmentLink {
        required {
            /// Attachment that the operation applies to.
            accessory_id: AttachmentId where len(1..=64),
            /// Type of the object that the attachment belongs to.
            relation_type: RelationType,
        }
        optional {
            /// Id of the object that the attachment belongs to.
            relation_id: String,
            /// The ticket; up to 64 characters.
            incident_id: TicketId,
        }
        check |it, check| check.len("incident_id", &it.incident_id.as_ref().map(TicketId::as_str), 0..=64)
    }
}

ticket_operation! {
    /// Shows number, size and kind of the files that may be attached.
    GET "/v2/servicerequest/accessorys/limits" as osm "ShowAccessoryLimits" -> ShownAttachmentLimits {
        source("https://support.huaweicloud.com/api-ticket/ShowAccessoryLimits.html"),
    }
    pub struct ShowAttachmentLimits {
    }
}

response! {
    /// An attachment of a ticket or a message.
    pub struct Attachment {
        /// Attachment that the operation applies to.
        pub accessory_id: AttachmentId,
        /// The name of the file as it was uploaded.
        pub file_actual_name: Option<String>,
    }
}

response! {
    /// The attachment that was made.
    pub struct UploadedAttachment {
        /// Id of the attachment, which a ticket or a message takes.
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
    /// Address of an attachment. Anyone who has it can fetch the file, so `Debug` does not show it.
    pub struct AttachmentLink {
        /// Attachment that the operation applies to.
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
    /// Limits of attachments, nested one level down in the response.
    pub struct ShownAttachmentLimits {
        /// Limits of attachments.
        pub accessory_limit: AttachmentLimits,
    }
}

response! {
    /// The limits of attachments. Numbers and texts come as either.
    pub struct AttachmentLimits {
        /// Number of files that a ticket or message may have; 5 in the sample.
        pub limit_count: Option<u32>,
        /// Maximum size of a file in megabytes; 4 in the sample.
        pub limit_size: Option<u32>,
        /// The extensions that are allowed, with commas between them. Documented are jpg, jpeg, bmp, png,
        /// gif, txt, zip, docx, msg, eml, xlsx, pdf, log, ini, mp4 and mov.
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
    /// Use for which a file is uploaded.
    pub enum AttachmentPurpose {
        /// A ticket that is to be opened.
        Ticket = "incident",
        /// A message that is to be left.
        Message = "message",
    }
}

open_codes! {
    /// Kind of display of an upload.
    pub enum UploadType {
        /// Upload as a file.
        Ordinary = 0,
        /// Inside a text in Markdown.
        Markdown = 1,
    }
}

open_enum! {
    /// Type of the object that an attachment belongs to. The meanings are not documented beyond the words.
    pub enum RelationType {
        /// Default relation of an upload.
        Default = "DEFAULT",
        /// Attachment belongs to no object.
        None = "NO_RELATION",
        /// Attachment belongs to a notification.
        Notification = "NOTIFICATION",
        /// Attachment belongs to a ticket.
        Ticket = "INCIDENT",
        /// Attachment belongs to a message.
        Message = "MESSAGE",
        /// Attachment belongs to an inspection.
        Inspection = "INSPECTION",
        /// Attachment belongs to a connection.
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
    use crate::operation::Operation as _;
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
