//! Agencies that customers grant.

use super::*;
use crate::core::{AccountKind, Refusal, refuse};
use crate::world::State;
use huaweicloud_partner::{
    auth::AccessKeys,
    error::codes,
    types::{Secret, UtcTime},
};

impl State {
    /// A token for an account.
    pub(crate) fn issue_token(&mut self, account: &str, expires: UtcTime) -> String {
        let token = self.fresh("sandbox-token-");
        self.begin(token.clone(), Session { account: account.to_owned(), expires, keys: None });
        token
    }

    /// Temporary keys for an account.
    pub(crate) fn issue_keys(&mut self, account: &str, expires: UtcTime) -> AccessKeys {
        let (id, secret) = (self.fresh("SANDBOXAK"), Secret::from(self.fresh("sandbox-secret-")));
        let token = Secret::from(self.fresh("sandbox-security-token-"));
        let keys = Some((secret.clone(), token.clone()));
        self.begin(id.clone(), Session { account: account.to_owned(), expires, keys });
        AccessKeys { id, secret, security_token: Some(token) }
    }

    /// Adds a session; those that ended a day ago are forgotten.
    fn begin(&mut self, name: String, session: Session) {
        let yesterday: UtcTime = self.now.instant().saturating_sub(time::Duration::DAY).into();
        self.identities.sessions.retain(|_, session| session.expires > yesterday);
        self.identities.sessions.insert(name, session);
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
        if !self.identities.agencies.contains(&agency) {
            self.identities.agencies.push(agency);
        }
        Ok(())
    }
}
