//! Who somebody is: access keys found fast, passwords, agencies, tokens and temporary keys.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::world::{Account, AccountKind, Refusal, State, refuse};
use huaweicloud_partner::{
    auth::AccessKeys,
    error::codes,
    types::{Secret, UtcTime},
};

/// The state of the identity service.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Identities {
    /// Passwords that are not the secret key, by account.
    passwords: BTreeMap<String, Secret>,
    agencies: Vec<Agency>,
    /// Tokens by their text, temporary keys by their id.
    sessions: BTreeMap<String, Session>,
    /// The accounts by their access keys; made from the accounts when needed.
    #[serde(skip)]
    by_key: HashMap<String, String>,
    #[serde(skip)]
    indexed: usize,
}

impl fmt::Debug for Identities {
    /// Counts, for the keys of `sessions` are tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identities")
            .field("passwords", &self.passwords.len())
            .field("agencies", &self.agencies)
            .field("sessions", &self.sessions.len())
            .finish_non_exhaustive()
    }
}

/// A partner may act as a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Agency {
    customer: String,
    name: String,
    partner: String,
}

/// Something that stands for an account until it ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    account: String,
    expires: UtcTime,
    /// Secret key and security token; none for a token.
    keys: Option<(Secret, Secret)>,
}

/// Why a token stands for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadToken {
    Unknown,
    Expired,
}

impl Identities {
    /// The keys of an id, permanent ones or temporary ones that have not ended.
    pub(super) fn keys(
        &mut self,
        accounts: &BTreeMap<String, Account>,
        now: UtcTime,
        id: &str,
    ) -> Option<AccessKeys> {
        if let Some(session) = self.sessions.get(id) {
            let (secret, token) = session.keys.clone().filter(|_| now < session.expires)?;
            return Some(AccessKeys { id: id.to_owned(), secret, security_token: Some(token) });
        }
        let account = self.find(accounts, id)?;
        let (id, secret) = (account.access_key.clone(), account.secret_key.clone());
        Some(AccessKeys { id, secret, security_token: None })
    }

    /// The account of a key id.
    pub(super) fn owner<'a>(
        &mut self,
        accounts: &'a BTreeMap<String, Account>,
        id: &str,
    ) -> Option<&'a Account> {
        match self.sessions.get(id) {
            Some(session) => accounts.get(&session.account),
            None => self.find(accounts, id),
        }
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

    pub(super) fn set_password(&mut self, account: &str, password: Secret) {
        self.passwords.insert(account.to_owned(), password);
    }

    /// The password of an account's own user: the secret key, unless another was set.
    pub(super) fn is_password(&self, account: &Account, password: &str) -> bool {
        self.passwords.get(&account.id).unwrap_or(&account.secret_key).expose() == password
    }

    /// Whether a customer lets this partner act for it under this name.
    pub(super) fn may_act(&self, partner: &str, customer: &str, name: &str) -> bool {
        self.agencies
            .iter()
            .any(|agency| agency.partner == partner && agency.customer == customer && agency.name == name)
    }

    /// The account that a token stands for.
    pub(super) fn by_token(&self, token: &str, now: UtcTime) -> Result<&str, BadToken> {
        let session = self.sessions.get(token).filter(|session| session.keys.is_none());
        let session = session.ok_or(BadToken::Unknown)?;
        if now < session.expires { Ok(&session.account) } else { Err(BadToken::Expired) }
    }
}

impl State {
    /// A token for an account.
    pub(super) fn issue_token(&mut self, account: &str, expires: UtcTime) -> String {
        let token = self.fresh("sandbox-token-");
        self.begin(token.clone(), Session { account: account.to_owned(), expires, keys: None });
        token
    }

    /// Temporary keys for an account.
    pub(super) fn issue_keys(&mut self, account: &str, expires: UtcTime) -> AccessKeys {
        let (id, secret) = (self.fresh("SANDBOXAK"), Secret::from(self.fresh("sandbox-secret-")));
        let token = Secret::from(self.fresh("sandbox-security-token-"));
        let keys = Some((secret.clone(), token.clone()));
        self.begin(id.clone(), Session { account: account.to_owned(), expires, keys });
        AccessKeys { id, secret, security_token: Some(token) }
    }

    /// Those that ended a day ago are forgotten.
    fn begin(&mut self, name: String, session: Session) {
        let yesterday: UtcTime = self.now.instant().saturating_sub(time::Duration::DAY).into();
        self.identities.sessions.retain(|_, session| session.expires > yesterday);
        self.identities.sessions.insert(name, session);
    }

    /// A customer lets a partner act for it.
    pub(super) fn grant_agency(&mut self, customer: &str, name: &str, partner: &str) -> Result<(), Refusal> {
        let kind = |id: &str| self.accounts.get(id).map(|account| account.kind);
        let is_customer =
            matches!(kind(customer), Some(AccountKind::Customer | AccountKind::EnterpriseMaster));
        if !is_customer || !kind(partner).is_some_and(AccountKind::is_partner) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let agency =
            Agency { customer: customer.to_owned(), name: name.to_owned(), partner: partner.to_owned() };
        if !self.identities.agencies.contains(&agency) {
            self.identities.agencies.push(agency);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed() {
        let mut world = State::new("2026-05-06T01:00:00Z".parse().unwrap());
        let token = world.issue_token("distributor", "2026-05-07T01:00:00Z".parse().unwrap());
        let identities = &world.identities;
        let (shown, stored) = (format!("{identities:?}"), serde_json::to_string(&identities).unwrap());
        assert!(!token.is_empty() && stored.contains(&token), "a world that is stored keeps its tokens");
        assert!(!shown.contains(&token) && shown.contains("sessions: 1"), "{shown}");
    }
}
