//! Access keys as credentials.

use std::fmt;

use crate::types::Secret;

/// An access key id with its secret, permanent or temporary.
#[derive(Clone)]
pub struct AccessKeys {
    /// The id, which travels with every request.
    pub id: String,
    /// The secret, which never travels.
    pub secret: Secret,
    /// The token that goes with temporary keys.
    pub security_token: Option<Secret>,
}

impl fmt::Debug for AccessKeys {
    /// The first characters of the id and no more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKeys")
            .field("id", &format_args!("{}", masked(&self.id)))
            .field("secret", &self.secret)
            .field("security_token", &self.security_token)
            .finish()
    }
}

/// The start of a key id: enough to recognise it, not enough to use it.
pub(super) fn masked(id: &str) -> String {
    let shown = if id.chars().count() > 8 { 4 } else { 0 };
    id.chars().take(shown).chain("***".chars()).collect()
}
