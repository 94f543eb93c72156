//! Worlds by name, from files and into files.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    builtin,
    core::{Account, AccountKind},
    scenario::{Scenario, ScenarioError, is_saved, read},
    state::State,
};
use huaweicloud_partner::types::UtcTime;

impl State {
    /// The names of the worlds that ship with the crate.
    pub const NAMES: &'static [&'static str] = builtin::NAMES;

    /// One of the worlds that ship with the crate, on 6 May 2026, nine in the morning in Beijing.
    pub fn named(name: &str) -> Option<Self> {
        builtin::world(name, builtin::morning())
    }

    /// One of the worlds that ship with the crate, as it is at this time.
    pub fn named_at(name: &str, now: UtcTime) -> Option<Self> {
        builtin::world(name, now)
    }

    /// The world that a scenario describes.
    ///
    /// # Errors
    /// What is wrong with the scenario, and where.
    pub fn from_scenario(scenario: Scenario) -> Result<Self, ScenarioError> {
        let mut world = Self::new(scenario.now.unwrap_or_else(builtin::morning)).checked()?;
        let (mut logins, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for (index, new) in scenario.accounts.iter().enumerate() {
            let place = format!("accounts[{index}]");
            new.check(&place)?;
            for number in 1..=new.repeat.unwrap_or(1) {
                let account = new.made(number, world.now);
                let taken = |field: &str, what: &str| {
                    let reason = format!("another account has this {what}");
                    Err(ScenarioError::at(format!("{place}.{field}"), reason))
                };
                if !logins.insert(account.login.clone()) {
                    return taken("login", "login name");
                }
                if !keys.insert(account.access_key.clone()) {
                    return taken("access_key", "access key");
                }
                if let Some(password) = &new.password {
                    world.identity.set_password(&account.id, password.clone());
                }
                let id = account.id.clone();
                if world.accounts.insert(id, account).is_some() {
                    return taken("id", "id");
                }
            }
        }
        for (index, new) in scenario.accounts.iter().enumerate() {
            // All of one entry are associated with the same, unless the number is in its name.
            let numbered = new.associated_with.as_ref().is_some_and(|with| with.contains("{n}"));
            for number in 1..=new.repeat.filter(|_| numbered).unwrap_or(1) {
                world.check_association(&new.made(number, world.now)).map_err(|reason| {
                    ScenarioError::at(format!("accounts[{index}].associated_with"), reason)
                })?;
            }
        }
        for (index, event) in scenario.events.into_iter().enumerate() {
            world.apply(event).map_err(|refusal| {
                let reason = format!("refused with {}: {}", refusal.code(), refusal.message());
                ScenarioError::at(format!("events[{index}]"), reason)
            })?;
        }
        Ok(world)
    }

    /// Whether an account can be associated with the one that it names.
    fn check_association(&self, account: &Account) -> Result<(), String> {
        let Some(with) = &account.associated_with else { return Ok(()) };
        let other = self.accounts.get(with).ok_or_else(|| format!("there is no account {with:?}"))?;
        let fits = match account.kind {
            AccountKind::Reseller => other.kind == AccountKind::Distributor,
            _ => other.kind.is_partner() || other.kind == AccountKind::Reseller,
        };
        if !fits {
            return Err(format!("{with:?} is of a kind that has no such partners or customers"));
        }
        if other.site != account.site {
            return Err(format!("{with:?} belongs to another site"));
        }
        Ok(())
    }

    /// Reads a world from JSON: a [`Scenario`], or what [`State::save`] wrote.
    ///
    /// # Errors
    /// With the place where the JSON is none of both.
    pub fn read(json: &[u8]) -> Result<Self, ScenarioError> {
        if is_saved(json) {
            read(json).and_then(Self::checked)
        } else {
            Self::from_scenario(Scenario::read(json)?)
        }
    }

    /// As [`State::read`]; a scenario that does not say when it begins ends at this time.
    ///
    /// # Errors
    /// As [`State::read`].
    pub fn read_at(json: &[u8], now: UtcTime) -> Result<Self, ScenarioError> {
        if is_saved(json) {
            read(json).and_then(Self::checked)
        } else {
            Self::from_scenario(Scenario::read(json)?.ending(now))
        }
    }

    /// The state, if it can go on.
    fn checked(self) -> Result<Self, ScenarioError> {
        if !(2000..2200).contains(&self.now.instant().year()) {
            return Err(ScenarioError::at("now", "must be in the years 2000 to 2199"));
        }
        if let Some((key, _)) = self.accounts.iter().find(|(key, account)| **key != account.id) {
            return Err(ScenarioError::at(format!("accounts.{key}"), "must stand under its id"));
        }
        self.ledger.audit().map_err(|error| ScenarioError::at("ledger", error.to_string()))?;
        Ok(self)
    }

    /// Writes the whole world into a file, which is replaced at once or not at all.
    ///
    /// # Errors
    /// What the file system says.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let json = serde_json::to_vec(self).map_err(io::Error::other)?;
        let mut file = fs::File::create(&beside)?;
        file.write_all(&json)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    }

    /// The world of a file: a [`Scenario`], or what [`State::save`] wrote.
    ///
    /// # Errors
    /// What the file system says, and [`io::ErrorKind::InvalidData`] with the place where it holds no world.
    pub fn load(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::read(&fs::read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}
