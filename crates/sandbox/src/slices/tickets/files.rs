//! Attachments: kept within the limits, given out whole, several as one archive, or by an address that needs no keys.

use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{Tickets, archive, offering::Offering, refusal::bad_parameter};
use crate::{
    core::{Account, Refusal, refuse_with},
    handler::File,
    state::State,
};
use huaweicloud_partner::{
    error::{ApiError, codes},
    fill,
    tickets::{AttachmentId, AttachmentLimits, AttachmentPurpose, DeleteAttachment, Done},
    types::UtcTime,
};

/// Validity of the address of an attachment; the documentation states none.
const LINK_LASTS: Duration = Duration::HOUR;

/// Prefix of the addresses of attachments.
const LINKS: &str = "/sandbox/attachments/";

/// A file that was uploaded, or sent by an engineer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) purpose: AttachmentPurpose,
    #[serde(with = "encoded")]
    bytes: Bytes,
    uploaded: UtcTime,
    from_engineer: bool,
    /// The ticket that took it.
    pub(crate) ticket: Option<String>,
    link: Option<Link>,
}

/// An address that was given out.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Link {
    token: String,
    until: UtcTime,
}

impl StoredFile {
    pub(crate) fn to_file(&self) -> File {
        File {
            name: self.name.clone(),
            content_type: content_type(&self.name).to_owned(),
            bytes: self.bytes.clone(),
        }
    }

    pub(crate) fn is_image(&self) -> bool {
        content_type(&self.name).starts_with("image/")
    }
}

impl Tickets {
    /// Keeps a file that a customer uploads, within the limits of size, kind and the day.
    pub(crate) fn upload(
        &mut self,
        account: &Account,
        name: &str,
        bytes: Bytes,
        purpose: AttachmentPurpose,
        now: UtcTime,
    ) -> Result<String, Refusal> {
        let size = bytes.len() as u64;
        self.offering.attachment_limits().check(name, size).map_err(|invalid| {
            ApiError::new(StatusCode::OK, codes::TICKET_BAD_PARAMETER.as_str(), invalid.to_string())
        })?;
        let today = now.billing_day();
        let before: u64 = self
            .files
            .values()
            .filter(|file| file.account == account.id && !file.from_engineer)
            .filter(|file| file.uploaded.billing_day() == today)
            .map(|file| file.bytes.len() as u64)
            .sum();
        if before + size > u64::from(self.offering.daily_megabytes) << 20 {
            return Err(refuse_with(StatusCode::OK, codes::DAILY_ATTACHMENTS_USED_UP));
        }
        let id = self.keep(&account.id, name.to_owned(), bytes, now);
        if let Some(file) = self.files.get_mut(&id) {
            (file.purpose, file.from_engineer) = (purpose, false);
        }
        Ok(id)
    }

    /// Keeps a file of an engineer.
    pub(crate) fn keep(&mut self, account: &str, name: String, bytes: Bytes, now: UtcTime) -> String {
        let id = self.fresh("ACC");
        let file = StoredFile {
            id: id.clone(),
            account: account.to_owned(),
            name,
            purpose: AttachmentPurpose::Message,
            bytes,
            uploaded: now,
            from_engineer: true,
            ticket: None,
            link: None,
        };
        self.files.insert(id.clone(), file);
        id
    }

    /// A file that an account may see.
    pub(crate) fn file_of(&self, account: &Account, id: &str) -> Option<&StoredFile> {
        self.files.get(id).filter(|file| file.account == account.id)
    }

    /// Makes one archive of several files. Equal names are distinguished by the files' ids.
    pub(crate) fn archive(files: &[&StoredFile]) -> File {
        let entries = files.iter().map(|file| {
            let twice = files.iter().filter(|other| other.name == file.name).count() > 1;
            let name = if twice { format!("{}-{}", file.id, file.name) } else { file.name.clone() };
            (name, file.bytes.clone())
        });
        File {
            name: "attachments.zip".to_owned(),
            content_type: "application/zip".to_owned(),
            bytes: archive::zip(entries),
        }
    }

    /// The path of an address from which a file can be fetched without keys for an hour.
    pub(crate) fn link(&mut self, file: &str, now: UtcTime) -> String {
        let token = self.fresh("LINK");
        let until = now.instant().saturating_add(LINK_LASTS).into();
        if let Some(file) = self.files.get_mut(file) {
            file.link = Some(Link { token: token.clone(), until });
        }
        format!("{LINKS}{token}")
    }

    /// The file behind the path of an address, as long as it works.
    pub(crate) fn linked(&self, path: &str, now: UtcTime) -> Option<File> {
        let token = path.strip_prefix(LINKS)?;
        let works = |link: &Link| link.token == token && now < link.until;
        self.files.values().find(|file| file.link.as_ref().is_some_and(works)).map(StoredFile::to_file)
    }
}

impl Offering {
    pub(crate) fn attachment_limits(&self) -> AttachmentLimits {
        fill!(AttachmentLimits {
            limit_count: Some(self.files_each),
            limit_size: Some(self.megabytes_each),
            limit_file_type: Some(self.file_kinds.join(",")),
        })
    }
}

/// The kind of a file, by its extension.
fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "txt" | "log" | "ini" => "text/plain",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

/// Decodes Base64 text with the usual alphabet; white space is ignored.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let digits = text.get(..text.len() - padding)?;
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in digits {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// Bytes as Base64 text in snapshots.
mod encoded {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::from_base64(&text).map(Bytes::from).ok_or_else(|| de::Error::custom("not Base64"))
    }
}

/// Files that a new ticket, message or report takes: the caller's, taken by none yet, and not too many.
pub(crate) fn to_take(
    world: &State,
    caller: &Account,
    ids: Option<&[AttachmentId]>,
) -> Result<Vec<String>, Refusal> {
    let ids = ids.unwrap_or_default();
    if ids.len() > world.tickets.offering.files_each as usize {
        return Err(bad_parameter(format!(
            "at most {} files may be attached",
            world.tickets.offering.files_each
        )));
    }
    let taken = ids.iter().map(|id| match found(world, caller, id.as_str())? {
        file if file.ticket.is_some() => {
            Err(bad_parameter("another ticket or message has taken the attachment"))
        }
        file => Ok(file.id.clone()),
    });
    taken.collect()
}

pub(crate) fn found<'w>(world: &'w State, caller: &Account, id: &str) -> Result<&'w StoredFile, Refusal> {
    world.tickets.file_of(caller, id).ok_or_else(|| bad_parameter("there is no such attachment"))
}

/// Ignores attachments that do not exist or are not the caller's.
pub(crate) fn delete_attachment(
    world: &mut State,
    caller: &Account,
    request: DeleteAttachment,
) -> Result<Done, Refusal> {
    let id = request.accessory_id.as_str();
    match world.tickets.file_of(caller, id) {
        Some(file) if file.ticket.is_some() => {
            return Err(bad_parameter("a ticket or message has taken the attachment"));
        }
        Some(_) => drop(world.tickets.files.remove(id)),
        None => {}
    }
    Ok(Done::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_both_ways() {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let bytes: Vec<u8> = (0..=255).collect();
        for length in [0, 1, 2, 3, 4, 255, 256] {
            let text = STANDARD.encode(&bytes[..length]);
            assert_eq!(from_base64(&text).as_deref(), Some(&bytes[..length]), "{length}");
        }
        assert_eq!(from_base64("YW\r\nJj").as_deref(), Some(&b"abc"[..]));
        for bad in ["YWJ", "Y===", "YW_j"] {
            assert_eq!(from_base64(bad), None, "{bad}");
        }
    }
}
