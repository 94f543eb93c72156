//! Records of the sessions of engineers with granted access.

use time::Duration;

use super::local;
use crate::{
    core::{Account, Refusal, page},
    handler::Simulated,
    slices::tickets::{
        access::{Session as HeldSession, Thing},
        authorizations::access,
        refusal::bad_parameter,
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        AuthorizationId, Command, CommandPage, ListSessionCommands, ListSessionTransfers, ListSessions,
        Session, SessionPage, SortOrder, Transfer, TransferPage,
    },
    types::UtcTime,
};

fn thing<'w>(
    world: &'w State,
    caller: &Account,
    authorization: &AuthorizationId,
    detail: i64,
) -> Result<&'w Thing, Refusal> {
    let things = &access(world, caller, authorization)?.things;
    let thing = things.iter().find(|thing| thing.id == detail);
    thing.ok_or_else(|| bad_parameter("the authorization has no such detail"))
}

fn session(thing: &Thing, id: i64) -> Result<&HeldSession, Refusal> {
    thing
        .sessions
        .iter()
        .find(|session| session.id == id)
        .ok_or_else(|| bad_parameter("there is no such session"))
}

fn after(at: UtcTime, seconds: u32) -> UtcTime {
    at.instant().saturating_add(Duration::seconds(seconds.into())).into()
}

/// Hours, minutes and seconds with colons.
fn duration(seconds: u32) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Records in the order asked for, the latest first by default.
fn sorted<T>(records: &[T], sort: Option<SortOrder>, when: impl Fn(&T) -> u32) -> Vec<&T> {
    let mut sorted: Vec<&T> = records.iter().collect();
    sorted.sort_by_key(|record| when(record));
    if sort != Some(SortOrder::EarliestFirst) {
        sorted.reverse();
    }
    sorted
}

impl Simulated for ListSessions {
    /// The latest first, as far as they are over.
    fn run(self, world: &mut State, caller: &Account) -> Result<SessionPage, Refusal> {
        let (now, zone) = (world.now, self.time_zone);
        let thing = thing(world, caller, &self.authorization_id, self.authorization_detail_id)?;
        let over = thing.sessions.iter().rev();
        let over = over.filter(|session| after(session.began, session.record.seconds) <= now);
        let (total_count, session_list) = page(over, self.offset, self.limit, |session| {
            fill!(Session {
                session_id: Some(session.id),
                duration: Some(duration(session.record.seconds)),
                start_time: local(session.began, zone),
                end_time: local(after(session.began, session.record.seconds), zone),
            })
        });
        Ok(fill!(SessionPage { total_count, session_list }))
    }
}

impl Simulated for ListSessionCommands {
    fn run(self, world: &mut State, caller: &Account) -> Result<CommandPage, Refusal> {
        let thing = thing(world, caller, &self.authorization_id, self.authorization_detail_id)?;
        let session = session(thing, self.session_id)?;
        let records = sorted(&session.record.commands, self.sort, |one| one.after_seconds);
        let (total_count, ops_list) = page(records, self.offset, self.limit, |record| {
            fill!(Command {
                oper: Some(record.command.chars().take(64).collect()),
                operate_time: local(after(session.began, record.after_seconds), self.time_zone),
            })
        });
        Ok(fill!(CommandPage { total_count, ops_list }))
    }
}

impl Simulated for ListSessionTransfers {
    /// Omits operation and result, whose values are not documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<TransferPage, Refusal> {
        let thing = thing(world, caller, &self.authorization_id, self.authorization_detail_id)?;
        let session = session(thing, self.session_id)?;
        let records = sorted(&session.record.transfers, self.sort, |one| one.after_seconds);
        let (total_count, file_ops_list) = page(records, self.offset, self.limit, |record| {
            fill!(Transfer {
                duration: Some(duration(record.seconds)),
                operate_time: local(after(session.began, record.after_seconds), self.time_zone),
                operate_type: None,
                file_name: Some(record.file_name.clone()),
                from_path: Some(record.from_path.clone()),
                to_path: Some(record.to_path.clone()),
                file_size: Some(record.file_size.clone()),
                oper_result: None,
            })
        });
        Ok(fill!(TransferPage { total_count, file_ops_list }))
    }
}
