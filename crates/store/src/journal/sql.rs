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

/// Implements the journal for a handle with `pool`, `incarnation` and `async fn transaction(&self)`.
macro_rules! sql_journal {
    ($journal:ty, $database:ty) => {
        mod statements {
            use std::collections::BTreeMap;

            use huaweicloud_partner::journal::{
                Attribution, Begin, Begun, DecidedBy, Evidence, Footprint, JournalError, LegState, OwnerId,
                RecordScope, Settlement, Settling, StoredAttempt, transition,
            };
            use sqlx::Transaction;

            use crate::journal::sql::{failed, from_text, index, number, to_text};

            type Tx = Transaction<'static, $database>;

            pub(super) async fn load(tx: &mut Tx, id: &str) -> Result<Option<StoredAttempt>, JournalError> {
                let row: Option<String> = sqlx::query_scalar("SELECT content FROM attempt WHERE request_id = $1")
                    .bind(id)
                    .fetch_optional(&mut **tx)
                    .await
                    .map_err(failed)?;
                row.map(|text| from_text(&text)).transpose()
            }

            /// Stores an attempt with everything that follows from its legs. Gives false where the version has changed.
            pub(super) async fn put(
                tx: &mut Tx,
                old: Option<&StoredAttempt>,
                new: &StoredAttempt,
            ) -> Result<bool, JournalError> {
                let id = &new.attempt.request_id;
                let is_open = i64::from(new.legs.iter().any(|leg| leg.state == LegState::Open));
                let version = i64::try_from(new.version).unwrap_or(i64::MAX);
                let content = to_text(new)?;
                let changed = match old {
                    Some(old) => {
                        let text = "UPDATE attempt SET version = $1, is_open = $2, content = $3
                                    WHERE request_id = $4 AND version = $5";
                        sqlx::query(text)
                            .bind(version)
                            .bind(is_open)
                            .bind(content)
                            .bind(id)
                            .bind(i64::try_from(old.version).unwrap_or(i64::MAX))
                            .execute(&mut **tx)
                            .await
                    }
                    None => {
                        let text = "INSERT INTO attempt (request_id, version, is_open, content)
                                    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
                        sqlx::query(text)
                            .bind(id)
                            .bind(version)
                            .bind(is_open)
                            .bind(content)
                            .execute(&mut **tx)
                            .await
                    }
                };
                if changed.map_err(failed)?.rows_affected() != 1 {
                    return Ok(false);
                }
                for (leg, entry) in new.legs.iter().enumerate() {
                    let before = old.and_then(|old| old.legs.get(leg));
                    if before.map(|before| (before.is_rival(), before.state))
                        != Some((entry.is_rival(), entry.state))
                    {
                        set_rival(tx, new, leg).await?;
                    }
                    let was_open = before.is_some_and(|before| before.state == LegState::Open);
                    if was_open && entry.state != LegState::Open {
                        sqlx::query("DELETE FROM gate WHERE request_id = $1 AND leg = $2")
                            .bind(id)
                            .bind(number(leg))
                            .execute(&mut **tx)
                            .await
                            .map_err(failed)?;
                    }
                }
                Ok(true)
            }

            async fn set_rival(tx: &mut Tx, new: &StoredAttempt, leg: usize) -> Result<(), JournalError> {
                let id = &new.attempt.request_id;
                let Some(entry) = new.legs.get(leg) else { return Ok(()) };
                if !entry.is_rival() {
                    sqlx::query("DELETE FROM rival WHERE request_id = $1 AND leg = $2")
                        .bind(id)
                        .bind(number(leg))
                        .execute(&mut **tx)
                        .await
                        .map_err(failed)?;
                    return Ok(());
                }
                let text = "INSERT INTO rival (request_id, leg, footprint, is_undecided) VALUES ($1, $2, $3, $4)
                            ON CONFLICT (request_id, leg) DO UPDATE SET is_undecided = excluded.is_undecided";
                sqlx::query(text)
                    .bind(id)
                    .bind(number(leg))
                    .bind(new.footprint(leg).map(|footprint| footprint.to_string()).unwrap_or_default())
                    .bind(i64::from(entry.state == LegState::Undecided))
                    .execute(&mut **tx)
                    .await
                    .map_err(failed)?;
                Ok(())
            }

            /// The attempt whose gate is in the way of a gate with this memo.
            async fn blocker(
                tx: &mut Tx,
                footprint: &Footprint,
                memo: &str,
                id: &str,
            ) -> Result<Option<String>, JournalError> {
                let text = "SELECT request_id FROM gate WHERE footprint = $1 AND request_id <> $2
                            AND ($3 = '' OR memo = '' OR memo = $3) LIMIT 1";
                sqlx::query_scalar(text)
                    .bind(footprint.as_str())
                    .bind(id)
                    .bind(memo)
                    .fetch_optional(&mut **tx)
                    .await
                    .map_err(failed)
            }

            async fn take_gate(
                tx: &mut Tx,
                footprint: &Footprint,
                memo: &str,
                id: &str,
                leg: usize,
            ) -> Result<bool, JournalError> {
                let text = "INSERT INTO gate (footprint, memo, request_id, leg) VALUES ($1, $2, $3, $4)
                            ON CONFLICT DO NOTHING";
                let taken = sqlx::query(text)
                    .bind(footprint.as_str())
                    .bind(memo)
                    .bind(id)
                    .bind(number(leg))
                    .execute(&mut **tx)
                    .await
                    .map_err(failed)?;
                Ok(taken.rows_affected() == 1)
            }

            pub(super) async fn begin(
                tx: &mut Tx,
                begin: &Begin,
                owner: &OwnerId,
            ) -> Result<Begun, JournalError> {
                let id = &begin.attempt.request_id;
                let old = load(tx, id).await?;
                if old.as_ref().map(|old| old.version) != begin.expected {
                    return Ok(Begun::Changed(old.map(Box::new)));
                }
                let (gates, memo) = (begin.gates(), begin.gate_memo());
                let mut undecided = BTreeMap::new();
                for (footprint, leg) in &gates {
                    if let Some(by) = blocker(tx, footprint, memo, id).await? {
                        return Ok(Begun::Blocked { by });
                    }
                    let text = "SELECT COUNT(*) FROM rival
                                WHERE footprint = $1 AND is_undecided = 1 AND request_id <> $2";
                    let count: i64 = sqlx::query_scalar(text)
                        .bind(footprint.as_str())
                        .bind(id)
                        .fetch_one(&mut **tx)
                        .await
                        .map_err(failed)?;
                    undecided.insert(*leg, u64::try_from(count).unwrap_or(0));
                }
                let seen = |leg: &usize| begin.undecided_seen.get(leg).copied().unwrap_or(0);
                if undecided.iter().any(|(leg, count)| *count != seen(leg)) {
                    return Ok(Begun::LookUpFirst { undecided });
                }
                let new = transition::open(old.as_ref(), begin, owner);
                if !put(tx, old.as_ref(), &new).await? {
                    return Ok(Begun::Changed(load(tx, id).await?.map(Box::new)));
                }
                for (footprint, leg) in &gates {
                    if !take_gate(tx, footprint, memo, id, *leg).await? {
                        // Another attempt was faster, or the attempt has two legs of one footprint: nothing is taken.
                        let by = blocker(tx, footprint, memo, id).await?.unwrap_or_else(|| id.clone());
                        return Ok(Begun::Blocked { by });
                    }
                }
                Ok(Begun::Open(Box::new(new)))
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
                    .fetch_optional(&mut **tx)
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
                    let by_response = by == DecidedBy::Response;
                    if let Some(taken) = taken(tx, &scope, record, id, by_response).await? {
                        return Ok(taken);
                    }
                    let loser = attribution(tx, &scope, record).await?.filter(|loser| loser.request_id != *id);
                    let text = "INSERT INTO record (scope, record_id, request_id, leg, decided_by)
                                VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope, record_id) DO UPDATE SET
                                request_id = excluded.request_id, leg = excluded.leg,
                                decided_by = excluded.decided_by";
                    sqlx::query(text)
                        .bind(scope.as_str())
                        .bind(record)
                        .bind(id)
                        .bind(number(change.leg))
                        .bind(by.as_str())
                        .execute(&mut **tx)
                        .await
                        .map_err(failed)?;
                    if by_response {
                        let text = "INSERT INTO known_record (scope, record_id, request_id, leg)
                                    VALUES ($1, $2, $3, $4) ON CONFLICT (scope) DO UPDATE SET
                                    record_id = excluded.record_id, request_id = excluded.request_id,
                                    leg = excluded.leg";
                        sqlx::query(text)
                            .bind(scope.as_str())
                            .bind(record)
                            .bind(id)
                            .bind(number(change.leg))
                            .execute(&mut **tx)
                            .await
                            .map_err(failed)?;
                    }
                    losers.extend(loser);
                }
                let new = transition::settle(&old, &settlement.changes);
                if !put(tx, Some(&old), &new).await? {
                    return Ok(Settling::Changed(load(tx, id).await?.map(Box::new)));
                }
                // Only now is the gate of this attempt released, which a loser needs again.
                for loser in &losers {
                    reopen(tx, loser).await?;
                }
                if let Some(evidence) = &settlement.evidence {
                    append(tx, evidence).await?;
                }
                Ok(Settling::Done(Box::new(new)))
            }

            /// The attempt that had a record by other means than a response is open again.
            async fn reopen(tx: &mut Tx, loser: &Attribution) -> Result<(), JournalError> {
                let Some(old) = load(tx, &loser.request_id).await? else { return Ok(()) };
                let new = transition::reopen(&old, loser.leg);
                put(tx, Some(&old), &new).await?;
                if let Some(footprint) = new.footprint(loser.leg)
                    && blocker(tx, &footprint, "", &loser.request_id).await?.is_none()
                {
                    take_gate(tx, &footprint, "", &loser.request_id, loser.leg).await?;
                }
                Ok(())
            }

            pub(super) async fn append(tx: &mut Tx, evidence: &Evidence) -> Result<(), JournalError> {
                sqlx::query("INSERT INTO evidence (request_id, position, content)
                     SELECT $1, COALESCE(MAX(position), 0) + 1, $2 FROM evidence WHERE request_id = $1")
                    .bind(&evidence.request_id)
                    .bind(to_text(evidence)?)
                    .execute(&mut **tx)
                    .await
                    .map_err(failed)?;
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
                let mut tx = self.transaction().await?;
                let begun = statements::begin(&mut tx, begin, &self.incarnation.id).await?;
                match &begun {
                    Begun::Open(_) => tx.commit().await.map_err(unknown)?,
                    // Nothing of it may stay.
                    _ => tx.rollback().await.map_err(failed)?,
                }
                Ok(begun)
            }

            async fn settle(&self, settlement: &Settlement) -> Result<Settling, JournalError> {
                let mut tx = self.transaction().await?;
                let settling = statements::settle(&mut tx, settlement).await?;
                match &settling {
                    Settling::Done(_) => tx.commit().await.map_err(unknown)?,
                    _ => tx.rollback().await.map_err(failed)?,
                }
                Ok(settling)
            }

            async fn take_over(
                &self,
                request_id: &str,
                version: u64,
            ) -> Result<Option<StoredAttempt>, JournalError> {
                let mut tx = self.transaction().await?;
                let old = statements::load(&mut tx, request_id).await?.filter(|old| old.version == version);
                let Some(old) = old else { return Ok(None) };
                let new = transition::take_over(&old, &self.incarnation.id);
                if !statements::put(&mut tx, Some(&old), &new).await? {
                    return Ok(None);
                }
                tx.commit().await.map_err(unknown)?;
                Ok(Some(new))
            }

            async fn append(&self, evidence: &Evidence) -> Result<(), JournalError> {
                let mut tx = self.transaction().await?;
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
                let text = "SELECT content FROM attempt WHERE is_open = 1 AND request_id > $1
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
                let mut tx = self.pool.begin().await.map_err(failed)?;
                let mut known = Vec::new();
                for record in records {
                    known.extend(statements::attribution(&mut tx, scope, record).await?);
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
                let mut tx = self.transaction().await?;
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
                let mut tx = self.transaction().await?;
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
    (@order sqlx::Sqlite) => {
        "rowid"
    };
    (@order sqlx::Postgres) => {
        "ctid"
    };
}

pub(super) use sql_journal;
