//! Identity: access keys found fast, passwords, agencies, tokens and temporary keys.

mod codes;
mod sessions;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::core::Account;
use huaweicloud_partner::{
    auth::AccessKeys,
    operation::OperationMeta,
    types::{Personal, Secret, UtcTime},
};

use codes::SentCode;

/// The state of the identity service.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Identity {
    /// Passwords that are not the secret key, by account.
    passwords: BTreeMap<String, Secret>,
    agencies: Vec<Agency>,
    /// Verification codes that were sent, in order.
    outbox: Vec<SentCode>,
    /// Telephone numbers and e-mail addresses at which messages do not arrive.
    blocked: BTreeSet<String>,
    /// Operators by their access keys.
    operators: BTreeMap<String, Operator>,
    /// Tokens by their text, temporary keys by their id.
    sessions: BTreeMap<String, Session>,
    /// The accounts by their access keys; made from the accounts when needed.
    #[serde(skip)]
    by_key: HashMap<String, String>,
    #[serde(skip)]
    indexed: usize,
}

impl fmt::Debug for Identity {
    /// Counts, for the keys of `sessions` are tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("passwords", &self.passwords.len())
            .field("agencies", &self.agencies)
            .field("operators", &self.operators.len())
            .field("sessions", &self.sessions.len())
            .finish_non_exhaustive()
    }
}

/// A user of an account with keys of its own, who may call only what its permission items allow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Operator {
    pub(crate) account: String,
    pub(crate) name: Personal,
    secret: Secret,
    permissions: Vec<String>,
}

impl Operator {
    /// Whether the operator may call an operation: one without permission items is open to all.
    pub(crate) fn may_call(&self, meta: &OperationMeta) -> bool {
        let items = meta.permissions;
        items.is_empty() || items.iter().any(|item| self.permissions.iter().any(|own| own == item))
    }
}

/// A partner may act as a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Agency {
    customer: String,
    name: String,
    partner: String,
}

/// Session that stands for an account until it ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    account: String,
    expires: UtcTime,
    /// Secret key and security token; none for a token.
    keys: Option<(Secret, Secret)>,
    /// Whether it ended before its time.
    #[serde(default)]
    revoked: bool,
}

/// Reason why a token is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadToken {
    Unknown,
    Expired,
    Revoked,
}

impl Identity {
    /// The keys of an id, permanent ones or temporary ones that have not ended, with the account that they stand for.
    pub(crate) fn keys<'a>(
        &mut self,
        accounts: &'a BTreeMap<String, Account>,
        now: UtcTime,
        id: &str,
    ) -> Option<(AccessKeys, &'a Account)> {
        if let Some(session) = self.sessions.get(id) {
            let (secret, token) = session.keys.clone().filter(|_| now < session.expires)?;
            let account = accounts.get(&session.account)?;
            return Some((AccessKeys { id: id.to_owned(), secret, security_token: Some(token) }, account));
        }
        if let Some(operator) = self.operators.get(id) {
            let (secret, account) = (operator.secret.clone(), accounts.get(&operator.account)?);
            return Some((AccessKeys { id: id.to_owned(), secret, security_token: None }, account));
        }
        let account = self.find(accounts, id)?;
        let (id, secret) = (account.access_key.clone(), account.secret_key.clone());
        Some((AccessKeys { id, secret, security_token: None }, account))
    }

    fn find<'a>(&mut self, accounts: &'a BTreeMap<String, Account>, id: &str) -> Option<&'a Account> {
        let known = self.by_key.get(id).and_then(|account| accounts.get(account));
        if let Some(account) = known.filter(|account| account.access_key == id) {
            return Some(account);
        }
        if self.indexed == accounts.len() {
            return None;
        }
        self.by_key =
            accounts.values().map(|account| (account.access_key.clone(), account.id.clone())).collect();
        self.indexed = accounts.len();
        accounts.get(self.by_key.get(id)?)
    }

    /// The operator of a key id.
    pub(crate) fn operator(&self, id: &str) -> Option<&Operator> {
        self.operators.get(id)
    }

    /// Sets the password of an account's own user. Tokens that were issued before are good no more; temporary keys are.
    pub(crate) fn set_password(&mut self, account: &str, password: Secret) {
        self.passwords.insert(account.to_owned(), password);
        let tokens = self.sessions.values_mut().filter(|one| one.account == account && one.keys.is_none());
        tokens.for_each(|token| token.revoked = true);
    }

    /// The password of an account's own user: the secret key, unless another was set.
    pub(crate) fn is_password(&self, account: &Account, password: &str) -> bool {
        self.passwords.get(&account.id).unwrap_or(&account.secret_key).expose() == password
    }

    /// Whether a customer lets this partner act for it under this name.
    pub(crate) fn may_act(&self, partner: &str, customer: &str, name: &str) -> bool {
        self.agencies
            .iter()
            .any(|agency| agency.partner == partner && agency.customer == customer && agency.name == name)
    }

    /// The account that a token stands for.
    pub(crate) fn by_token(&self, token: &str, now: UtcTime) -> Result<&str, BadToken> {
        let session = self.sessions.get(token).filter(|session| session.keys.is_none());
        let session = session.ok_or(BadToken::Unknown)?;
        match session {
            Session { revoked: true, .. } => Err(BadToken::Revoked),
            Session { expires, .. } if *expires <= now => Err(BadToken::Expired),
            Session { account, .. } => Ok(account),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::state::State;

    #[test]
    fn a_token_is_not_printed() {
        let mut world = State::new("2026-05-06T01:00:00Z".parse().unwrap());
        let token = world.issue_token("distributor", "2026-05-07T01:00:00Z".parse().unwrap());
        let identities = &world.identity;
        let (shown, stored) = (format!("{identities:?}"), serde_json::to_string(&identities).unwrap());
        assert!(!token.is_empty() && stored.contains(&token), "a world that is stored keeps its tokens");
        assert!(!shown.contains(&token) && shown.contains("sessions: 1"), "{shown}");
    }
}
