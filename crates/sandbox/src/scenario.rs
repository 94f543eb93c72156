//! Worlds from a description, and worlds kept in files.

use huaweicloud_partner::types::Site;

use serde::{Deserialize, Serialize};

use super::{
    SandboxEvent,
    core::{Account, AccountKind},
};
use huaweicloud_partner::types::{Personal, Secret, UtcTime, decode};

/// Scenario from which a sandbox starts: accounts and events. Written as JSON.
///
/// ```
/// use huaweicloud_partner_sandbox::{Sandbox, Scenario};
///
/// let scenario = Scenario::read(br#"{
///     "accounts": [
///         {"id": "partner", "kind": "solution_provider", "name": "North Cloud"},
///         {"id": "customer-{n}", "kind": "customer", "name": "Shop {n}", "associated_with": "partner", "repeat": 3}
///     ],
///     "events": [{"recharge": {"account": "partner", "amount": 5000}}]
/// }"#)?;
/// let sandbox = Sandbox::from_scenario(scenario)?;
/// assert_eq!(sandbox.snapshot().accounts().count(), 4);
/// # Ok::<(), huaweicloud_partner_sandbox::ScenarioError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Scenario {
    /// Description of the scenario, for readers of the file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The time at which the accounts are made. In process 6 May 2026, nine in the morning in Beijing, by
    /// default otherwise; for a server the time at which it starts, less what the events wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<UtcTime>,
    /// The accounts, in any order.
    pub accounts: Vec<NewAccount>,
    /// Events in their order.
    pub events: Vec<SandboxEvent>,
}

/// An account of a [`Scenario`], or many that differ by a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewAccount {
    /// The account id, up to 64 characters without blanks and slashes.
    pub id: String,
    /// Kind of the account.
    pub kind: AccountKind,
    /// Site of the account; the China site by default.
    #[serde(default = "china")]
    pub site: Site,
    /// Name of the company or person; the id by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// Login name; the id with underscores by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Personal>,
    /// Access key id; `AK` and the id in upper case by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// Secret key; `SK` and the id in upper case by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Secret>,
    /// Password of the account's user; the secret key by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// A reseller's distributor, or a customer's partner or reseller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub associated_with: Option<String>,
    /// Time of the association; the beginning by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub associated_on: Option<UtcTime>,
    /// Type of a customer's association: `1` referral, `2` resale, `3` Reseller model. By default resale on
    /// the China site, the Reseller model elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association_type: Option<String>,
    /// Telephone number of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<Personal>,
    /// E-mail address of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal>,
    /// The id that the partner's platform gave a customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xaccount_id: Option<String>,
    /// Platform that created the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xaccount_type: Option<String>,
    /// Makes this many accounts of it, up to a million; `{n}` in any text stands for the number of each, from 1, and must
    /// be in the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u32>,
}

fn china() -> Site {
    Site::China
}

/// Reason why a scenario is not valid. States the place, such as `accounts[3].associated_with`, and the
/// fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ScenarioError {
    place: String,
    reason: String,
}

impl ScenarioError {
    pub(crate) fn at(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }

    /// Returns the place as a path into the JSON.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Returns the description of the fault.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Scenario {
    /// Reads a scenario from JSON.
    ///
    /// # Errors
    /// With the place where the JSON is none, or not that of a scenario.
    pub fn read(json: &[u8]) -> Result<Self, ScenarioError> {
        #[derive(Deserialize)]
        struct Given {
            accounts: Option<serde::de::IgnoredAny>,
            #[serde(default)]
            events: Vec<serde_json::Value>,
        }
        let scenario = read(json)?;
        let given: Option<Given> = serde_json::from_slice(json).ok();
        let Some(Given { accounts: Some(_), events }) = given else {
            return Err(ScenarioError::at("accounts", "is missing: neither a scenario nor a snapshot"));
        };
        for (index, event) in events.into_iter().enumerate() {
            SandboxEvent::read(event)
                .map_err(|error| ScenarioError::at(format!("events[{index}]"), error.to_string()))?;
        }
        Ok(scenario)
    }

    /// The same, with the accounts made at such a time that the events end at this one; unless the scenario says when
    /// it begins.
    #[must_use]
    pub fn ending(self, now: UtcTime) -> Self {
        let waits = self.events.iter().map(|event| match event {
            SandboxEvent::Wait { seconds } => i64::from(*seconds),
            _ => 0,
        });
        let begin = now.instant().saturating_sub(time::Duration::seconds(waits.sum()));
        Self { now: self.now.or(Some(begin.into())), ..self }
    }
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(json: &[u8]) -> Result<T, ScenarioError> {
    decode(json).map_err(|error| {
        let path = error.path();
        ScenarioError::at(path.strip_prefix("$.").unwrap_or(&path), error.message())
    })
}

impl NewAccount {
    /// Makes an account of this id and kind, with defaults for everything else.
    pub fn new(id: impl Into<String>, kind: AccountKind) -> Self {
        Self {
            id: id.into(),
            kind,
            site: china(),
            name: None,
            login: None,
            access_key: None,
            secret_key: None,
            password: None,
            associated_with: None,
            associated_on: None,
            association_type: None,
            mobile_phone: None,
            email: None,
            xaccount_id: None,
            xaccount_type: None,
            repeat: None,
        }
    }

    pub(crate) fn is_customer(&self) -> bool {
        matches!(self.kind, AccountKind::Customer | AccountKind::EnterpriseMaster)
    }

    /// Checks the account by itself.
    pub(crate) fn check(&self, place: &str) -> Result<(), ScenarioError> {
        let wrong = |field: &str, reason: &str| Err(ScenarioError::at(format!("{place}.{field}"), reason));
        let unfit = |c: char| c.is_whitespace() || c.is_control() || "/?#%".contains(c);
        if self.id.is_empty() || self.id.chars().count() > 64 || self.id.contains(unfit) {
            return wrong("id", "must be 1 to 64 characters without blanks and slashes");
        }
        if self.access_key.as_deref().is_some_and(|key| key.is_empty() || key.contains([',', ' ', '='])) {
            return wrong("access_key", "must not be empty, nor have commas, blanks or equals signs");
        }
        if self.secret_key.as_ref().is_some_and(Secret::is_empty) {
            return wrong("secret_key", "must not be empty");
        }
        if self.login.as_ref().is_some_and(Personal::is_empty) {
            return wrong("login", "must not be empty");
        }
        let associated = self.associated_with.is_some();
        if associated && self.kind.is_partner() {
            return wrong("associated_with", "a partner has no association");
        }
        if !associated && self.kind == AccountKind::Reseller {
            return wrong("associated_with", "a reseller belongs to a distributor, which must be named");
        }
        if !associated && self.associated_on.is_some() {
            return wrong("associated_on", "needs associated_with");
        }
        match self.association_type.as_deref() {
            Some(_) if !self.is_customer() || !associated => {
                return wrong("association_type", "only a customer with associated_with has one");
            }
            Some(kind) if !["1", "2", "3"].contains(&kind) => {
                return wrong("association_type", "must be 1, 2 or 3");
            }
            _ => {}
        }
        match self.repeat {
            Some(0 | 1_000_001..) => wrong("repeat", "must be 1 to 1000000"),
            Some(_) if !self.id.contains("{n}") => wrong("id", "must contain {n} where repeat is given"),
            None if self.id.contains('{') => wrong("id", "{n} needs repeat"),
            _ => Ok(()),
        }
    }

    /// The account of this number.
    pub(crate) fn made(&self, number: u32, now: UtcTime) -> Account {
        let number = self.repeat.map(|_| number.to_string());
        let text = |text: &str| match &number {
            Some(number) => text.replace("{n}", number),
            None => text.to_owned(),
        };
        let personal =
            |value: &Option<Personal>| value.as_ref().map(|value| Personal::from(text(value.expose())));
        let id = text(&self.id);
        let associated = self.associated_with.is_some();
        let usual = if self.site == Site::China { "2" } else { "3" };
        let kind = self.association_type.as_deref().unwrap_or(usual);
        Account {
            kind: self.kind,
            site: self.site,
            name: personal(&self.name).unwrap_or_else(|| id.as_str().into()),
            login: personal(&self.login).unwrap_or_else(|| id.replace('-', "_").into()),
            access_key: self.access_key.as_deref().map_or_else(|| format!("AK{}", id.to_uppercase()), text),
            secret_key: match &self.secret_key {
                Some(secret) => text(secret.expose()).into(),
                None => format!("SK{}", id.to_uppercase()).into(),
            },
            associated_with: self.associated_with.as_deref().map(text),
            associated_on: associated.then(|| self.associated_on.unwrap_or(now)),
            association_type: (associated && self.is_customer()).then(|| kind.to_owned()),
            mobile_phone: personal(&self.mobile_phone),
            email: personal(&self.email),
            xaccount_id: self.xaccount_id.as_deref().map(text),
            xaccount_type: self.xaccount_type.as_deref().map(text),
            id,
        }
    }
}

/// A saved world has books, a scenario has none.
pub(crate) fn is_saved(json: &[u8]) -> bool {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Peek {
        ledger: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Peek>(json).is_ok_and(|peek| peek.ledger.is_some())
}
