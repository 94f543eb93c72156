//! Files: uploaded, downloaded, linked.

use crate::{
    core::{Account, Refusal},
    handler::{Ferries, File, Reply, Simulated},
    slices::tickets::{
        Tickets,
        files::{self, StoredFile, found, from_base64},
        refusal::bad_parameter,
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        AttachmentAddress, AttachmentId, AttachmentLink, AttachmentLinks, AttachmentPurpose,
        DeleteAttachment, Done, DownloadAttachment, DownloadImage, ListAttachmentLinks, ShowAttachmentLimits,
        ShowAttachmentLink, ShownAttachmentLimits, UploadAttachment, UploadEncodedAttachment,
        UploadedAttachment,
    },
};

/// Number of files in one archive, as the older calls state it.
const ARCHIVED: usize = 10;

impl Ferries for UploadAttachment {
    /// Reads the key `accessFrom` of the form's JSON text; without it the file is for a ticket. The file's
    /// name is that of the part.
    fn run(
        self,
        world: &mut State,
        caller: &Account,
        file: Option<File>,
        _address: &str,
    ) -> Result<Reply, Refusal> {
        let file = file.ok_or_else(|| bad_parameter("the form has no part with a file"))?;
        let about: serde_json::Value = serde_json::from_str(&self.form_data).unwrap_or_default();
        let purpose = about.get("accessFrom").and_then(|from| from.as_str());
        let purpose = purpose.map_or(AttachmentPurpose::Ticket, AttachmentPurpose::from);
        let id = world.tickets.upload(caller, &file.name, file.bytes, purpose, world.now)?;
        Reply::json(&fill!(UploadedAttachment { accessory_id: id.into() }))
    }
}

impl Simulated for UploadEncodedAttachment {
    fn run(self, world: &mut State, caller: &Account) -> Result<UploadedAttachment, Refusal> {
        let bytes = from_base64(self.accessory_data.expose())
            .ok_or_else(|| bad_parameter("accessory_data must be text in Base64"))?;
        let now = world.now;
        let id =
            world.tickets.upload(caller, &self.accessory_name, bytes.into(), self.accessory_from, now)?;
        Ok(fill!(UploadedAttachment { accessory_id: id.into() }))
    }
}

impl Simulated for DeleteAttachment {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        files::delete_attachment(world, caller, self)
    }
}

impl Ferries for DownloadAttachment {
    /// Several files come as an archive, at most ten. The whole file always, whichever part is asked for.
    fn run(
        self,
        world: &mut State,
        caller: &Account,
        _file: Option<File>,
        _address: &str,
    ) -> Result<Reply, Refusal> {
        let ids: Vec<&str> = self.accessory_id.as_str().split(',').map(str::trim).collect();
        let files: Vec<&StoredFile> =
            ids.iter().map(|id| found(world, caller, id)).collect::<Result<_, _>>()?;
        match &*files {
            [only] => Ok(Reply::File(only.to_file())),
            files if files.len() <= ARCHIVED => Ok(Reply::File(Tickets::archive(files))),
            _ => Err(bad_parameter(format!("at most {ARCHIVED} attachments come at once"))),
        }
    }
}

impl Ferries for DownloadImage {
    fn run(
        self,
        world: &mut State,
        caller: &Account,
        _file: Option<File>,
        _address: &str,
    ) -> Result<Reply, Refusal> {
        let file = found(world, caller, self.accessory_id.as_str())?;
        if !file.is_image() {
            return Err(bad_parameter("the attachment is no image"));
        }
        Ok(Reply::File(file.to_file()))
    }
}

impl Ferries for ListAttachmentLinks {
    /// The addresses work for an hour at this sandbox, without keys.
    fn run(
        self,
        world: &mut State,
        caller: &Account,
        _file: Option<File>,
        address: &str,
    ) -> Result<Reply, Refusal> {
        for id in &self.accessory_ids {
            found(world, caller, id.as_str())?;
        }
        let link = |id: AttachmentId| {
            let url = format!("{address}{}", world.tickets.link(id.as_str(), world.now));
            fill!(AttachmentLink {
                accessory_name: world.tickets.file(id.as_str()).map(|file| file.name.clone()),
                accessory_url: Some(url.into()),
                accessory_id: id,
            })
        };
        Reply::json(&fill!(AttachmentLinks {
            accessory_urls: self.accessory_ids.into_iter().map(link).collect()
        }))
    }
}

impl Ferries for ShowAttachmentLink {
    /// Ignores the kind of relation, whose meaning is not documented; a ticket that is named must be the one
    /// that took the file.
    fn run(
        self,
        world: &mut State,
        caller: &Account,
        _file: Option<File>,
        address: &str,
    ) -> Result<Reply, Refusal> {
        let id = self.accessory_id.as_str();
        let file = found(world, caller, id)?;
        let elsewhere =
            |ticket: &huaweicloud_partner::tickets::TicketId| file.ticket.as_deref() != Some(ticket.as_str());
        if self.incident_id.as_ref().filter(|ticket| !ticket.as_str().is_empty()).is_some_and(elsewhere) {
            return Err(bad_parameter("the attachment belongs to another ticket"));
        }
        let url = format!("{address}{}", world.tickets.link(id, world.now));
        Reply::json(&fill!(AttachmentAddress { accessory_url: Some(url.into()) }))
    }
}

impl Simulated for ShowAttachmentLimits {
    fn run(self, world: &mut State, _caller: &Account) -> Result<ShownAttachmentLimits, Refusal> {
        Ok(fill!(ShownAttachmentLimits { accessory_limit: world.tickets.offering().attachment_limits() }))
    }
}
