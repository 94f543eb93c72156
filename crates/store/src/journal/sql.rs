//! The statements of both databases, written once.

use huaweicloud_partner::journal::{JournalError, JournalErrorKind};
use serde::{Serialize, de::DeserializeOwned};

/// An error of the database before anything was committed.
pub(super) fn failed(error: sqlx::Error) -> JournalError {
    JournalError::new(JournalErrorKind::Unavailable, format!("the database failed: {error}")).caused_by(error)
}

/// An error of a commit: it may have been stored.
pub(super) fn unknown(error: sqlx::Error) -> JournalError {
    JournalError::new(JournalErrorKind::Unknown, format!("the commit failed: {error}")).caused_by(error)
}

pub(super) fn to_text<T: Serialize>(value: &T) -> Result<String, JournalError> {
    serde_json::to_string(value).map_err(corrupt)
}

pub(super) fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, JournalError> {
    serde_json::from_str(text).map_err(corrupt)
}

fn corrupt(error: serde_json::Error) -> JournalError {
    JournalError::new(JournalErrorKind::Corrupt, format!("what is stored cannot be read: {error}"))
        .caused_by(error)
}

pub(super) fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn index(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// The slot of a gate among the rows of its footprint. There is one row for each slot, so that a gate is taken once.
pub(super) fn gate_slot(memo: &str) -> String {
    format!("={memo}")
}

/// The slot of a leg without a gate.
pub(super) fn rival_slot(request_id: &str, leg: usize) -> String {
    format!("-{leg} {request_id}")
}

/// Implements the journal and its migrations for a handle with `pool` and `incarnation`.
///
/// The handle has `CLUSTERED`, which ends the statement of a table that is kept in the tree of its key; `OWN_LOCKS`, which is
/// true where no other journal has its locks in the same directory; `async fn writer(&self)`, which gives the connection of a change; `async fn transaction(&mut writer)`; and `async fn begin_at_once`
/// and `async fn settle_at_once`, which may give `None`. As few statements as possible: each is a trip to the database.
macro_rules! sql_journal {
    ($journal:ty, $database:ty) => {
        mod statements {
            use std::collections::BTreeMap;

            use huaweicloud_partner::journal::{
                Attribution, Begin, Begun, DecidedBy, Evidence, Footprint, JournalError, LegEntry, LegState,
                OwnerId, RecordScope, Settlement, Settling, StoredAttempt, transition,
            };
            use crate::journal::{
                schema::{VERSIONS, missing, statement},
                sql::{failed, from_text, gate_slot, index, number, rival_slot, to_text},
            };

            type Tx = <$database as sqlx::Database>::Connection;

            /// Brings the tables to the newest version.
            pub(super) async fn migrate(tx: &mut Tx, clustered: &str) -> Result<(), JournalError> {
                sqlx::query(VERSIONS).execute(&mut *tx).await.map_err(failed)?;
                let found: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM journal_version")
                    .fetch_one(&mut *tx)
                    .await
                    .map_err(failed)?;
                for (version, statements) in missing(found.unwrap_or(0))? {
                    for text in statements {
                        sqlx::query(statement(text, clustered)).execute(&mut *tx).await.map_err(failed)?;
                    }
                    let text = "INSERT INTO journal_version (version) VALUES ($1)";
                    sqlx::query(text).bind(version).execute(&mut *tx).await.map_err(failed)?;
                }
                Ok(())
            }

            /// The result of storing an attempt.
            pub(super) enum Put {
                Done,
                /// The attempt has another version, or exists already.
                Changed,
                /// The gate of this footprint is taken.
                Blocked(Footprint),
            }

            pub(super) async fn load(tx: &mut Tx, id: &str) -> Result<Option<StoredAttempt>, JournalError> {
                let row: Option<String> = sqlx::query_scalar("SELECT content FROM attempt WHERE request_id = $1")
                    .bind(id)
                    .fetch_optional(&mut *tx)
                    .await
                    .map_err(failed)?;
                row.map(|text| from_text(&text)).transpose()
            }

            /// Stores an attempt with everything that follows from its legs: the row of each leg to which a record could
            /// belong, and the gate of each that is open. Legs that are opened take the gate with this memo; of legs that
            /// are not open any more the gate is released.
            pub(super) async fn put(
                tx: &mut Tx,
                old: Option<&StoredAttempt>,
                new: &StoredAttempt,
                memo: Option<&str>,
            ) -> Result<Put, JournalError> {
                let id = &new.attempt.request_id;
                let version = i64::try_from(new.version).unwrap_or(i64::MAX);
                let content = to_text(new)?;
                let changed = match old {
                    Some(old) => {
                        let text = "UPDATE attempt SET version = $1, content = $2
                                    WHERE request_id = $3 AND version = $4";
                        sqlx::query(text)
                            .bind(version)
                            .bind(content)
                            .bind(id)
                            .bind(i64::try_from(old.version).unwrap_or(i64::MAX))
                            .execute(&mut *tx)
                            .await
                    }
                    None => {
                        let text = "INSERT INTO attempt (request_id, version, content)
                                    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                        sqlx::query(text).bind(id).bind(version).bind(content).execute(&mut *tx).await
                    }
                };
                if changed.map_err(failed)?.rows_affected() != 1 {
                    return Ok(Put::Changed);
                }
                for (leg, entry) in new.legs.iter().enumerate() {
                    let before = old.and_then(|old| old.legs.get(leg));
                    let was_rival = before.is_some_and(LegEntry::is_rival);
                    let is_same = before.map_or(LegState::Ready, |before| before.state) == entry.state;
                    if is_same && was_rival == entry.is_rival() {
                        continue;
                    }
                    let Some(footprint) = new.footprint(leg) else { continue };
                    if was_rival {
                        sqlx::query("DELETE FROM rival WHERE footprint = $1 AND request_id = $2 AND leg = $3")
                            .bind(footprint.as_str())
                            .bind(id)
                            .bind(number(leg))
                            .execute(&mut *tx)
                            .await
                            .map_err(failed)?;
                    }
                    if entry.is_rival() {
                        let slot = match memo {
                            Some(memo) if entry.state == LegState::Open => gate_slot(memo),
                            _ => rival_slot(id, leg),
                        };
                        let text = "INSERT INTO rival (footprint, slot, request_id, leg, state)
                                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
                        let taken = sqlx::query(text)
                            .bind(footprint.as_str())
                            .bind(slot)
                            .bind(id)
                            .bind(number(leg))
                            .bind(entry.state.as_str())
                            .execute(&mut *tx)
                            .await
                            .map_err(failed)?;
                        if taken.rows_affected() != 1 {
                            return Ok(Put::Blocked(footprint));
                        }
                    }
                }
                Ok(Put::Done)
            }

            /// The state of a gate: the attempt as it is stored, the attempt that holds the gate, and the number of undecided
            /// legs of other attempts.
            type AtGate = (Option<String>, Option<String>, i64);

            async fn at_gate(
                tx: &mut Tx,
                footprint: &Footprint,
                memo: &str,
                id: &str,
            ) -> Result<AtGate, JournalError> {
                let text = "SELECT
                    (SELECT content FROM attempt WHERE request_id = $1),
                    (SELECT request_id FROM rival WHERE footprint = $2 AND request_id <> $1
                        AND (slot = '=' OR slot = $3 OR ($3 = '=' AND substr(slot, 1, 1) = '=')) LIMIT 1),
                    (SELECT COUNT(*) FROM rival WHERE footprint = $2 AND request_id <> $1 AND state = 'undecided')";
                sqlx::query_as(text)
                    .bind(id)
                    .bind(footprint.as_str())
                    .bind(gate_slot(memo))
                    .fetch_one(&mut *tx)
                    .await
                    .map_err(failed)
            }

            pub(super) async fn begin(
                tx: &mut Tx,
                begin: &Begin,
                owner: &OwnerId,
            ) -> Result<Begun, JournalError> {
                let id = &begin.attempt.request_id;
                let (gates, memo) = (begin.gates(), begin.gate_memo());
                let (mut old, mut blocked) = (None, None);
                let mut undecided = BTreeMap::new();
                for (footprint, leg) in &gates {
                    let (content, by, count) = at_gate(tx, footprint, memo, id).await?;
                    if undecided.is_empty() {
                        old = content.map(|text| from_text::<StoredAttempt>(&text)).transpose()?;
                    }
                    undecided.insert(*leg, u64::try_from(count).unwrap_or(0));
                    blocked = blocked.or(by);
                }
                if gates.is_empty() {
                    old = load(tx, id).await?;
                }
                if old.as_ref().map(|old| old.version) != begin.expected {
                    return Ok(Begun::Changed(old.map(Box::new)));
                }
                if let Some(by) = blocked {
                    return Ok(Begun::Blocked { by });
                }
                let seen = |leg: &usize| begin.undecided_seen.get(leg).copied().unwrap_or(0);
                if undecided.iter().any(|(leg, count)| *count != seen(leg)) {
                    return Ok(Begun::LookUpFirst { undecided });
                }
                let new = transition::open(old.as_ref(), begin, owner);
                match put(tx, old.as_ref(), &new, Some(memo)).await? {
                    Put::Done => Ok(Begun::Open(Box::new(new))),
                    Put::Changed => Ok(Begun::Changed(load(tx, id).await?.map(Box::new))),
                    // Another attempt was faster, or the attempt has two legs of one footprint: nothing is taken.
                    Put::Blocked(footprint) => {
                        let (_, by, _) = at_gate(tx, &footprint, memo, id).await?;
                        Ok(Begun::Blocked { by: by.unwrap_or_else(|| id.clone()) })
                    }
                }
            }

            pub(super) async fn attribution(
                tx: &mut Tx,
                scope: &RecordScope,
                record: &str,
            ) -> Result<Option<Attribution>, JournalError> {
                let text = "SELECT request_id, leg, decided_by FROM record WHERE scope = $1 AND record_id = $2";
                let row: Option<(String, i64, String)> = sqlx::query_as(text)
                    .bind(scope.as_str())
                    .bind(record)
                    .fetch_optional(&mut *tx)
                    .await
                    .map_err(failed)?;
                Ok(row.map(|(request_id, leg, by)| {
                    let by = DecidedBy::read(&by).unwrap_or(DecidedBy::Operator);
                    Attribution::new(record, request_id, index(leg), by)
                }))
            }

            async fn taken(
                tx: &mut Tx,
                scope: &RecordScope,
                record: &str,
                id: &str,
                replaces: bool,
            ) -> Result<Option<Settling>, JournalError> {
                let other = attribution(tx, scope, record).await?.filter(|other| other.request_id != id);
                let other = other.filter(|other| !replaces || other.by == DecidedBy::Response);
                Ok(other.map(|other| Settling::RecordTaken { record_id: record.into(), by: other.request_id }))
            }

            pub(super) async fn settle(tx: &mut Tx, settlement: &Settlement) -> Result<Settling, JournalError> {
                let id = &settlement.request_id;
                let Some(old) = load(tx, id).await? else { return Ok(Settling::Changed(None)) };
                let is_allowed = settlement.changes.iter().all(|change| {
                    old.legs.get(change.leg).is_some_and(|leg| transition::is_allowed(leg.state, change))
                });
                if settlement.version.is_some_and(|version| version != old.version) || !is_allowed {
                    return Ok(Settling::Changed(Some(Box::new(old))));
                }
                for (leg, record) in &settlement.must_be_free {
                    let scope = RecordScope::of(&old.attempt, *leg);
                    if let Some(taken) = taken(tx, &scope, record, id, false).await? {
                        return Ok(taken);
                    }
                }
                let mut losers = Vec::new();
                for change in &settlement.changes {
                    let (Some(record), Some(by)) = (&change.record, change.by) else { continue };
                    let scope = RecordScope::of(&old.attempt, change.leg);
                    let own = Attribution::new(record, id, change.leg, by);
                    let before = claim(tx, &scope, &own).await?;
                    if before != own {
                        let is_own = before.request_id == *id;
                        if !is_own && (by != DecidedBy::Response || before.by == DecidedBy::Response) {
                            let by = before.request_id;
                            return Ok(Settling::RecordTaken { record_id: record.clone(), by });
                        }
                        replace(tx, &scope, &own).await?;
                        losers.extend(Some(before).filter(|_| !is_own));
                    }
                    if by == DecidedBy::Response {
                        remember(tx, &scope, &own, &old).await?;
                    }
                }
                let new = transition::settle(&old, &settlement.changes);
                if !matches!(put(tx, Some(&old), &new, None).await?, Put::Done) {
                    return Ok(Settling::Changed(load(tx, id).await?.map(Box::new)));
                }
                // Only now is the gate of this attempt released, which a loser needs again.
                for loser in &losers {
                    if !matches!(reopen(tx, loser).await?, Put::Done) {
                        return Ok(Settling::Changed(load(tx, id).await?.map(Box::new)));
                    }
                }
                if let Some(evidence) = &settlement.evidence {
                    append(tx, evidence).await?;
                }
                Ok(Settling::Done(Box::new(new)))
            }

            /// Attributes a record that has no attempt yet, and gives the attribution that holds.
            async fn claim(
                tx: &mut Tx,
                scope: &RecordScope,
                own: &Attribution,
            ) -> Result<Attribution, JournalError> {
                // The update changes nothing: it makes RETURNING give the row that is there.
                let text = "INSERT INTO record (scope, record_id, request_id, leg, decided_by)
                            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope, record_id) DO UPDATE SET
                            request_id = record.request_id RETURNING request_id, leg, decided_by";
                let (request_id, leg, by): (String, i64, String) = sqlx::query_as(text)
                    .bind(scope.as_str())
                    .bind(&own.record_id)
                    .bind(&own.request_id)
                    .bind(number(own.leg))
                    .bind(own.by.as_str())
                    .fetch_one(&mut *tx)
                    .await
                    .map_err(failed)?;
                let by = DecidedBy::read(&by).unwrap_or(DecidedBy::Operator);
                Ok(Attribution::new(&own.record_id, request_id, index(leg), by))
            }

            async fn replace(tx: &mut Tx, scope: &RecordScope, own: &Attribution) -> Result<(), JournalError> {
                let text = "UPDATE record SET request_id = $1, leg = $2, decided_by = $3
                            WHERE scope = $4 AND record_id = $5";
                sqlx::query(text)
                    .bind(&own.request_id)
                    .bind(number(own.leg))
                    .bind(own.by.as_str())
                    .bind(scope.as_str())
                    .bind(&own.record_id)
                    .execute(&mut *tx)
                    .await
                    .map_err(failed)?;
                Ok(())
            }

            /// Keeps the record of a success by which the query can be proven: one of each day is recent enough.
            async fn remember(
                tx: &mut Tx,
                scope: &RecordScope,
                own: &Attribution,
                attempt: &StoredAttempt,
            ) -> Result<(), JournalError> {
                let text = "INSERT INTO known_record (scope, day, record_id, request_id, leg)
                            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope) DO UPDATE SET
                            day = excluded.day, record_id = excluded.record_id,
                            request_id = excluded.request_id, leg = excluded.leg
                            WHERE excluded.day > known_record.day";
                sqlx::query(text)
                    .bind(scope.as_str())
                    .bind(attempt.signed_at.instant().unix_timestamp().div_euclid(86_400))
                    .bind(&own.record_id)
                    .bind(&own.request_id)
                    .bind(number(own.leg))
                    .execute(&mut *tx)
                    .await
                    .map_err(failed)?;
                Ok(())
            }

            /// The attempt that had a record by other means than a response is open again, with its gate if that is free.
            async fn reopen(tx: &mut Tx, loser: &Attribution) -> Result<Put, JournalError> {
                let Some(old) = load(tx, &loser.request_id).await? else { return Ok(Put::Done) };
                let new = transition::reopen(&old, loser.leg);
                let blocker = match new.footprint(loser.leg) {
                    Some(footprint) => at_gate(tx, &footprint, "", &loser.request_id).await?.1,
                    None => None,
                };
                let memo = blocker.is_none().then_some("");
                put(tx, Some(&old), &new, memo).await
            }

            pub(super) async fn append(tx: &mut Tx, evidence: &Evidence) -> Result<(), JournalError> {
                sqlx::query("INSERT INTO evidence (request_id, position, content)
                     SELECT $1, COALESCE(MAX(position), 0) + 1, $2 FROM evidence WHERE request_id = $1")
                    .bind(&evidence.request_id)
                    .bind(to_text(evidence)?)
                    .execute(&mut *tx)
                    .await
                    .map_err(failed)?;
                Ok(())
            }
        }

        impl $journal {
            /// Makes the tables, or brings those of an older version to this one.
            async fn migrate(&self) -> Result<(), JournalError> {
                let mut writer = self.writer().await?;
                let mut tx = Self::transaction(&mut writer).await?;
                statements::migrate(&mut tx, Self::CLUSTERED).await?;
                tx.commit().await.map_err(unknown)
            }

            /// Removes what dead processes left that have no open attempts: their lock files and heartbeats. The lock of one
            /// that has is kept, because it proves its death to those who resolve its attempts.
            async fn sweep(&self) -> Result<(), JournalError> {
                use huaweicloud_partner::journal::Journal as _;
                let mut dead = self.incarnation.all_dead();
                if dead.is_empty() {
                    return Ok(());
                }
                if !Self::OWN_LOCKS {
                    let known: Vec<String> = sqlx::query_scalar("SELECT owner FROM owner")
                        .fetch_all(&self.pool)
                        .await
                        .map_err(failed)?;
                    dead.retain(|owner| known.contains(&owner.0));
                }
                let mut after: Option<String> = None;
                while !dead.is_empty() {
                    let open = self.open_attempts(after.as_deref(), 256).await?;
                    let Some(last) = open.last() else { break };
                    after = Some(last.attempt.request_id.clone());
                    dead.retain(|owner| open.iter().all(|stored| stored.owner != *owner));
                }
                for owner in &dead {
                    self.incarnation.forget(owner);
                    let mut writer = self.writer().await?;
                    let mut tx = Self::transaction(&mut writer).await?;
                    let text = "DELETE FROM owner WHERE owner = $1";
                    sqlx::query(text).bind(&owner.0).execute(&mut *tx).await.map_err(failed)?;
                    tx.commit().await.map_err(unknown)?;
                }
                Ok(())
            }
        }

        #[async_trait::async_trait]
        impl huaweicloud_partner::journal::Journal for $journal {
            fn owner(&self) -> OwnerId {
                self.incarnation.id.clone()
            }

            async fn load(&self, request_id: &str) -> Result<Option<StoredAttempt>, JournalError> {
                let text = "SELECT content FROM attempt WHERE request_id = $1";
                let row: Option<String> =
                    sqlx::query_scalar(text).bind(request_id).fetch_optional(&self.pool).await.map_err(failed)?;
                row.map(|text| from_text(&text)).transpose()
            }

            async fn begin(&self, begin: &Begin) -> Result<Begun, JournalError> {
                if let Some(begun) = self.begin_at_once(begin).await? {
                    return Ok(begun);
                }
                let mut writer = self.writer().await?;
                let mut tx = Self::transaction(&mut writer).await?;
                let begun = statements::begin(&mut tx, begin, &self.incarnation.id).await?;
                match &begun {
                    Begun::Open(_) => tx.commit().await.map_err(unknown)?,
                    // Nothing of it may stay.
                    _ => tx.rollback().await.map_err(failed)?,
                }
                Ok(begun)
            }

            async fn settle(&self, settlement: &Settlement) -> Result<Settling, JournalError> {
                if let Some(settling) = self.settle_at_once(settlement).await? {
                    return Ok(settling);
                }
                let mut writer = self.writer().await?;
                let mut tx = Self::transaction(&mut writer).await?;
                let settling = statements::settle(&mut tx, settlement).await?;
                match &settling {
                    Settling::Done(stored) => {
                        tx.commit().await.map_err(unknown)?;
                        self.settled(stored);
                    }
                    _ => tx.rollback().await.map_err(failed)?,
                }
                Ok(settling)
            }

            async fn take_over(
                &self,
                request_id: &str,
                version: u64,
            ) -> Result<Option<StoredAttempt>, JournalError> {
                let mut writer = self.writer().await?;
                let mut tx = Self::transaction(&mut writer).await?;
                let old = statements::load(&mut tx, request_id).await?.filter(|old| old.version == version);
                let Some(old) = old else { return Ok(None) };
                let new = transition::take_over(&old, &self.incarnation.id);
                if !matches!(statements::put(&mut tx, Some(&old), &new, None).await?, statements::Put::Done) {
                    return Ok(None);
                }
                tx.commit().await.map_err(unknown)?;
                Ok(Some(new))
            }

            async fn append(&self, evidence: &Evidence) -> Result<(), JournalError> {
                let mut writer = self.writer().await?;
                let mut tx = Self::transaction(&mut writer).await?;
                statements::append(&mut tx, evidence).await?;
                tx.commit().await.map_err(unknown)
            }

            async fn evidence(&self, request_id: &str) -> Result<Vec<Evidence>, JournalError> {
                let text = "SELECT content FROM evidence WHERE request_id = $1 ORDER BY position";
                let rows: Vec<String> =
                    sqlx::query_scalar(text).bind(request_id).fetch_all(&self.pool).await.map_err(failed)?;
                rows.iter().map(|text| from_text(text)).collect()
            }

            async fn open_attempts(
                &self,
                after: Option<&str>,
                limit: usize,
            ) -> Result<Vec<StoredAttempt>, JournalError> {
                let text = "SELECT content FROM attempt WHERE request_id IN
                            (SELECT request_id FROM rival WHERE state = 'open' AND request_id > $1)
                            ORDER BY request_id LIMIT $2";
                let rows: Vec<String> = sqlx::query_scalar(text)
                    .bind(after.unwrap_or(""))
                    .bind(number(limit))
                    .fetch_all(&self.pool)
                    .await
                    .map_err(failed)?;
                rows.iter().map(|text| from_text(text)).collect()
            }

            async fn attributions(
                &self,
                scope: &RecordScope,
                records: &[String],
            ) -> Result<Vec<Attribution>, JournalError> {
                let mut reader = self.pool.acquire().await.map_err(failed)?;
                let mut known = Vec::new();
                for record in records {
                    known.extend(statements::attribution(&mut reader, scope, record).await?);
                }
                Ok(known)
            }

            async fn rivals(&self, footprint: &Footprint, except: &str) -> Result<Vec<Rival>, JournalError> {
                let text = "SELECT rival.leg, attempt.content FROM rival
                            JOIN attempt ON attempt.request_id = rival.request_id
                            WHERE rival.footprint = $1 AND rival.request_id <> $2";
                let rows: Vec<(i64, String)> = sqlx::query_as(text)
                    .bind(footprint.as_str())
                    .bind(except)
                    .fetch_all(&self.pool)
                    .await
                    .map_err(failed)?;
                let mut rivals = Vec::new();
                for (leg, text) in rows {
                    rivals.extend(Rival::of(&from_text(&text)?, index(leg)));
                }
                Ok(rivals)
            }

            async fn known_record(&self, scope: &RecordScope) -> Result<Option<Attribution>, JournalError> {
                let text = "SELECT record_id, request_id, leg FROM known_record WHERE scope = $1";
                let row: Option<(String, String, i64)> = sqlx::query_as(text)
                    .bind(scope.as_str())
                    .fetch_optional(&self.pool)
                    .await
                    .map_err(failed)?;
                Ok(row.map(|(record, id, leg)| Attribution::new(record, id, index(leg), DecidedBy::Response)))
            }

            async fn learned(&self, scope: &QueryScope) -> Result<Learned, JournalError> {
                let text = "SELECT content FROM learned WHERE scope = $1";
                let row: Option<String> =
                    sqlx::query_scalar(text).bind(scope.as_str()).fetch_optional(&self.pool).await.map_err(failed)?;
                row.map_or(Ok(Learned::default()), |text| from_text(&text))
            }

            async fn learn(&self, scope: &QueryScope, learned: Learned) -> Result<(), JournalError> {
                let mut writer = self.writer().await?;
                let mut tx = Self::transaction(&mut writer).await?;
                let row: Option<String> = sqlx::query_scalar("SELECT content FROM learned WHERE scope = $1")
                    .bind(scope.as_str())
                    .fetch_optional(&mut *tx)
                    .await
                    .map_err(failed)?;
                let known = row.map_or(Ok(Learned::default()), |text| from_text(&text))?;
                let text = "INSERT INTO learned (scope, content) VALUES ($1, $2)
                            ON CONFLICT (scope) DO UPDATE SET content = excluded.content";
                sqlx::query(text)
                    .bind(scope.as_str())
                    .bind(to_text(&known.merged(learned))?)
                    .execute(&mut *tx)
                    .await
                    .map_err(failed)?;
                tx.commit().await.map_err(unknown)
            }

            async fn heartbeat(&self) -> Result<(), JournalError> {
                let text = "INSERT INTO owner (owner, beat) VALUES ($1, 1)
                            ON CONFLICT (owner) DO UPDATE SET beat = owner.beat + 1";
                let mut writer = self.writer().await?;
                let mut tx = Self::transaction(&mut writer).await?;
                sqlx::query(text).bind(&self.incarnation.id.0).execute(&mut *tx).await.map_err(failed)?;
                tx.commit().await.map_err(unknown)
            }

            async fn owner_state(&self, owner: &OwnerId) -> Result<OwnerState, JournalError> {
                if *owner == self.incarnation.id {
                    return Ok(OwnerState::Own);
                }
                if self.incarnation.is_dead(owner) {
                    return Ok(OwnerState::Dead);
                }
                let beat: Option<i64> = sqlx::query_scalar("SELECT beat FROM owner WHERE owner = $1")
                    .bind(&owner.0)
                    .fetch_optional(&self.pool)
                    .await
                    .map_err(failed)?;
                Ok(OwnerState::Unknown { beat: beat.and_then(|beat| u64::try_from(beat).ok()).unwrap_or(0) })
            }
        }
    };
}

pub(super) use sql_journal;
