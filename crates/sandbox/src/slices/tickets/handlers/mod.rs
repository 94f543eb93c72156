//! Handlers of service tickets.
//!
//! Codes of the ticket service come with HTTP status 200. Where the documentation has no code for a rule,
//! such as an action that does not fit the status, it is refused with `OSM.01010001` and a message that says
//! which rule. The site in `X-Site` is
//! ignored: an account belongs to one site. Names are in the language asked for,
//! Chinese by default, and times in the zone asked for, UTC+8 by default.

mod agreements;
mod attachments;
mod authorizations;
mod configuration;
mod details;
mod diagnosis;
mod directory;
mod labels;
mod lifecycle;
mod messages;
mod privileges;
mod reports;
mod satisfaction;
mod sessions;
mod verification;

use crate::handler::{Route, ferry, route};
use huaweicloud_partner::{
    tickets::*,
    types::{LocalTime, TimeZone, UtcTime},
};

pub(crate) const ROUTES: &[&[Route]] = &[&[
    route::<ShowAgreement>(),
    route::<CheckAgreement>(),
    route::<SignAgreement>(),
    ferry::<UploadAttachment>(),
    route::<UploadEncodedAttachment>(),
    route::<DeleteAttachment>(),
    ferry::<DownloadAttachment>(),
    ferry::<DownloadImage>(),
    ferry::<ListAttachmentLinks>(),
    ferry::<ShowAttachmentLink>(),
    route::<ShowAttachmentLimits>(),
    route::<ListAuthorizations>(),
    route::<ShowAuthorization>(),
    route::<GrantAuthorization>(),
    route::<ActOnAuthorization>(),
    route::<CheckHost>(),
    route::<ListAgencies>(),
    route::<ShowLoginType>(),
    route::<ListCategories>(),
    route::<ListTicketProducts>(),
    route::<ListProblemTypes>(),
    route::<ListSeverities>(),
    route::<ListParameters>(),
    route::<ListTemplates>(),
    route::<ListRegions>(),
    route::<ListOwnRegions>(),
    route::<ListAreaCodes>(),
    route::<ShowTicketLimits>(),
    route::<ShowSetting>(),
    route::<ShowTicket>(),
    route::<ShowTicketStatus>(),
    route::<ListTicketLog>(),
    route::<ListCopyAddresses>(),
    route::<StartDiagnosis>(),
    route::<ShowDiagnosis>(),
    route::<ShowDiagnosisChecks>(),
    route::<ListDiagnoses>(),
    route::<ListDiagnosableResources>(),
    route::<RateDiagnosis>(),
    route::<ListTickets>(),
    route::<CountTickets>(),
    ferry::<ExportTickets>(),
    route::<ListConsoleTickets>(),
    route::<CreateLabel>(),
    route::<ChangeLabel>(),
    route::<DeleteLabel>(),
    route::<ListLabels>(),
    route::<AttachLabels>(),
    route::<DetachLabels>(),
    route::<ListTicketLabels>(),
    route::<RelateTickets>(),
    route::<UnrelateTicket>(),
    route::<ListRelatedTickets>(),
    route::<OpenTicket>(),
    route::<ActOnTicket>(),
    route::<ChangeContacts>(),
    route::<SubmitParameters>(),
    route::<ShowParameters>(),
    route::<SendMessage>(),
    route::<ListMessages>(),
    route::<ListOlderMessages>(),
    route::<PollMessages>(),
    route::<CountUnreadMessages>(),
    route::<MarkMessagesRead>(),
    route::<WithdrawMessage>(),
    route::<ChangePrivilege>(),
    route::<CheckPrivilege>(),
    route::<ShowPrivilegePolicy>(),
    route::<ShowTicketQuota>(),
    route::<CheckPartnerPrivilege>(),
    route::<ShowPartnerService>(),
    route::<ListUsers>(),
    route::<FileReport>(),
    route::<ScoreTicket>(),
    route::<ListScoreDimensions>(),
    route::<ListSessions>(),
    route::<ListSessionCommands>(),
    route::<ListSessionTransfers>(),
    route::<CheckContact>(),
    route::<SendContactCode>(),
    route::<VerifyContact>(),
    route::<ListVerifiedContacts>(),
]];

/// A time as the caller's zone has it.
fn local(at: UtcTime, zone: Option<TimeZone>) -> Option<LocalTime> {
    Some(LocalTime::at(at, zone.unwrap_or(TimeZone::BEIJING)))
}

/// Returns true if a time is between two local times of the caller's zone, both included. The time is
/// compared in whole seconds, as it is shown.
fn is_between(
    at: UtcTime,
    from: Option<LocalTime>,
    until: Option<LocalTime>,
    zone: Option<TimeZone>,
) -> bool {
    let zone = zone.unwrap_or(TimeZone::BEIJING);
    let shown = at.instant().replace_nanosecond(0).map_or(at, UtcTime::from);
    from.is_none_or(|from| shown >= from.in_zone(zone))
        && until.is_none_or(|until| shown <= until.in_zone(zone))
}

/// Whether a text has a word, in any case.
fn has(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(&word.to_lowercase())
}
