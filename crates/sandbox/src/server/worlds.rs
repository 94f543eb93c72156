//! Several worlds side by side, each with its own accounts and clock at an address of its own, for parallel tests.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tokio::{net::TcpListener, sync::watch};

use super::{Opened, Served, World};
use crate::{Account, AccountKind, Sandbox, State};
use huaweicloud_partner::types::{Site, UtcTime};

/// A world to be opened: a name of the crate's worlds, or a scenario or snapshot.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWorld {
    name: String,
    #[serde(default)]
    world: Option<Box<RawValue>>,
    #[serde(default)]
    without_quotas: bool,
}

/// Address and accounts of a sandbox: the first line of the binary.
#[derive(Serialize)]
pub(crate) struct Described {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    address: String,
    accounts: Vec<Caller>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
}

impl Described {
    /// The name and the address.
    pub(crate) fn place(self) -> (String, String) {
        (self.name.unwrap_or_default(), self.address)
    }
}

#[derive(Serialize)]
struct Caller {
    kind: AccountKind,
    id: String,
    name: String,
    access_key: String,
    secret_key: String,
    login: String,
    site: Site,
}

impl Caller {
    fn of(account: &Account) -> Self {
        Self {
            kind: account.kind,
            id: account.id.clone(),
            name: account.name.expose().to_owned(),
            access_key: account.access_key.clone(),
            secret_key: account.secret_key.expose().to_owned(),
            login: account.login.expose().to_owned(),
            site: account.site,
        }
    }
}

impl Served {
    /// The address and the accounts.
    pub(crate) fn described(&self, name: Option<&str>) -> Described {
        Described {
            name: name.map(str::to_owned),
            address: self.url(),
            accounts: self.sandbox.current().world.accounts().map(Caller::of).collect(),
            certificate: self.tls.as_ref().map(|tls| tls.certificate().to_owned()),
        }
    }

    /// Opens a world beside this one.
    pub(crate) fn open_world(&self, body: &[u8]) -> Result<Described, String> {
        let new: NewWorld = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if new.name.is_empty() || new.name.len() > 100 || !new.name.chars().all(fits) {
            return Err(
                "name must be 1 to 100 letters, digits, hyphens, underscores and full stops".to_owned()
            );
        }
        let now = UtcTime::from(self.sandbox.now().instant());
        let state = match new.world.as_deref().map(RawValue::get) {
            None => State::clone(&self.initial.lock().unwrap_or_else(PoisonError::into_inner)),
            Some(json) => match serde_json::from_str::<Value>(json) {
                Ok(Value::String(name)) => State::named_at(&name, now).ok_or_else(|| {
                    format!("there is no world {name:?}; there are {}", State::NAMES.join(", "))
                })?,
                _ => State::read_at(json.as_bytes(), now).map_err(|error| error.to_string())?,
            },
        };
        let mut worlds = self.worlds.lock().unwrap_or_else(PoisonError::into_inner);
        if worlds.contains_key(&new.name) {
            return Err(format!("there is a world {:?} already", new.name));
        }
        let address = SocketAddr::new(self.address.ip(), 0);
        let listener = std::net::TcpListener::bind(address)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .and_then(TcpListener::from_std)
            .map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let sandbox = Sandbox::new(state);
        let sandbox = if new.without_quotas { sandbox.without_quotas() } else { sandbox };
        let served =
            Arc::new(Self::new(sandbox, address, self.anywhere, self.tls.clone(), self.opened.clone()));
        let stop = watch::Sender::new(false);
        let opened = Opened { listener, served: served.clone(), stop: stop.subscribe() };
        self.opened.send(opened).map_err(|_| "the server is stopping".to_owned())?;
        let described = served.described(Some(&new.name));
        worlds.insert(new.name, World { served, stop });
        Ok(described)
    }

    /// The worlds beside this one.
    pub(crate) fn other_worlds(&self) -> Vec<Described> {
        let worlds = self.worlds.lock().unwrap_or_else(PoisonError::into_inner);
        worlds.iter().map(|(name, world)| world.served.described(Some(name))).collect()
    }

    /// Closes a world; false where there is none of this name.
    pub(crate) fn close_world(&self, name: &str) -> bool {
        let closed = self.worlds.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        closed.is_some_and(|world| {
            world.stop.send_replace(true);
            true
        })
    }
}
