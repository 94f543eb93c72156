//! Operators of accounts, agencies that customers grant, tokens and temporary keys.

use super::{Agency, Operator, Session};
use crate::{
    core::{AccountKind, Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{
    auth::{AccessKeys, Credentials},
    error::codes,
    types::{Personal, Secret, Site, UtcTime},
};

impl State {
    /// A token for an account.
    pub(crate) fn issue_token(&mut self, account: &str, expires: UtcTime) -> String {
        let token = self.fresh("sandbox-token-");
        self.begin(
            token.clone(),
            Session { account: account.to_owned(), expires, keys: None, revoked: false },
        );
        token
    }

    /// Temporary keys for an account.
    pub(crate) fn issue_keys(&mut self, account: &str, expires: UtcTime) -> AccessKeys {
        let (id, secret) = (self.fresh("SANDBOXAK"), Secret::from(self.fresh("sandbox-secret-")));
        let token = Secret::from(self.fresh("sandbox-security-token-"));
        let keys = Some((secret.clone(), token.clone()));
        self.begin(id.clone(), Session { account: account.to_owned(), expires, keys, revoked: false });
        AccessKeys { id, secret, security_token: Some(token) }
    }

    /// Adds a session; those that ended a day ago are forgotten.
    fn begin(&mut self, name: String, session: Session) {
        let yesterday: UtcTime = self.now.instant().saturating_sub(time::Duration::DAY).into();
        self.identity.sessions.retain(|_, session| session.expires > yesterday);
        self.identity.sessions.insert(name, session);
    }

    /// An account gets an operator with keys of its own. Returns the access key id; the secret key is the same with `SK` for
    /// `AK` at the beginning.
    pub(crate) fn add_operator(
        &mut self,
        account: &str,
        name: Personal,
        permissions: Vec<String>,
    ) -> Result<String, Refusal> {
        if self.accounts.get(account).and_then(|account| account.kind.identity()).is_none() {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let number = self.fresh("OPERATOR");
        let (id, secret) = (format!("AK{number}"), Secret::from(format!("SK{number}")));
        let operator = Operator { account: account.to_owned(), name, secret, permissions };
        self.identity.operators.insert(id.clone(), operator);
        Ok(id)
    }

    /// The site and the credentials of an account, by its id, or of an operator, by the access key id.
    pub(crate) fn credentials_of(&self, id: &str) -> Option<(Site, Credentials)> {
        if let Some(account) = self.accounts.get(id) {
            return Some((account.site, account.credentials()));
        }
        let operator = self.identity.operator(id)?;
        let account = self.accounts.get(&operator.account)?;
        let keys = Credentials::keys(id, operator.secret.clone()).with_domain_id(&account.id);
        let keys = match account.kind.identity() {
            Some(kind) => keys.with_kind(kind),
            None => keys,
        };
        Some((account.site, keys))
    }

    /// A customer lets a partner act for it.
    pub(crate) fn grant_agency(&mut self, customer: &str, name: &str, partner: &str) -> Result<(), Refusal> {
        let kind = |id: &str| self.accounts.get(id).map(|account| account.kind);
        let is_customer =
            matches!(kind(customer), Some(AccountKind::Customer | AccountKind::EnterpriseMaster));
        if !is_customer || !kind(partner).is_some_and(AccountKind::is_partner) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let agency =
            Agency { customer: customer.to_owned(), name: name.to_owned(), partner: partner.to_owned() };
        if !self.identity.agencies.contains(&agency) {
            self.identity.agencies.push(agency);
        }
        Ok(())
    }

    /// A person changes the password of an account's own user.
    pub(crate) fn set_password(&mut self, account: &str, password: Secret) -> Result<(), Refusal> {
        if !self.accounts.contains_key(account) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        self.identity.set_password(account, password);
        Ok(())
    }
}
