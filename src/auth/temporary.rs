//! Temporary access keys as the various services return them.

use serde_json::{Map, Value};

use super::{Credentials, CredentialsError, cache::Fetched, endpoint::Reply};
use crate::types::UtcTime;

/// Reads the temporary keys of a response: IAM, STS, the metadata service and the pod agent name the members
/// differently, and some wrap them in `credential` or `credentials`.
///
/// # Errors
/// Where a member is missing. The response is not quoted.
pub(super) fn temporary_keys(
    reply: &Reply,
    asked_for: Option<std::time::Duration>,
) -> Result<Fetched, CredentialsError> {
    let incomplete = || reply.without("an access key, a secret key and a security token");
    let body: Map<String, Value> = serde_json::from_slice(&reply.body).map_err(|_| incomplete())?;
    let wrapped = ["credential", "credentials"].iter().find_map(|name| body.get(*name)?.as_object());
    let keys = wrapped.unwrap_or(&body);
    let text = |names: [&str; 3]| {
        let found = names.iter().find_map(|name| keys.get(*name)?.as_str());
        found.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let id = text(["access", "accessKeyId", "access_key_id"]).ok_or_else(incomplete)?;
    let secret = text(["secret", "secretAccessKey", "secret_access_key"]).ok_or_else(incomplete)?;
    let token = text(["securitytoken", "securityToken", "security_token"]).ok_or_else(incomplete)?;
    let expires_at: Option<UtcTime> =
        text(["expires_at", "expiration", "expiresAt"]).and_then(|text| text.parse().ok());
    // Where the response does not tell the end, the keys last as long as was asked for.
    let lifetime = match (expires_at, asked_for) {
        (None, Some(asked_for)) => asked_for,
        (expires_at, _) => reply.lifetime_or_default(expires_at),
    };
    let credentials = Credentials::temporary_keys(id, secret, token);
    let credentials = match expires_at {
        Some(at) => credentials.with_expiry(at),
        None => credentials,
    };
    Ok(Fetched { credentials, lifetime })
}
