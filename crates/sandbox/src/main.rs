//! The Partner Center in memory, over HTTP, for clients in any language.
//!
//! ```text
//! partner-sandbox [--port N] [--world FILE|NAME] [--without-quotas] [--anywhere]
//! ```
//!
//! The first line on standard output is one JSON object with the address and all accounts with their keys. The world is
//! a scenario or a snapshot in a file, or one that ships with the crate; without one, `everyone`. Ctrl-C ends it.

use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::ExitCode,
};

use huaweicloud_partner::types::{Site, UtcTime};
use huaweicloud_partner_sandbox::{Account, AccountKind, Sandbox, Server, State, stop_signal};
use serde::Serialize;
use time::OffsetDateTime;

type Failure = Box<dyn std::error::Error>;

struct Options {
    port: u16,
    world: String,
    quotas: bool,
    anywhere: bool,
}

fn options() -> Result<Options, Failure> {
    let mut options = Options { port: 8480, world: "everyone".into(), quotas: true, anywhere: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--port" => options.port = value()?.parse().map_err(|_| "--port needs a number up to 65535")?,
            "--world" => options.world = value()?,
            "--without-quotas" => options.quotas = false,
            "--anywhere" => options.anywhere = true,
            other => return Err(format!("{other} is not known; the options are --port N, --world FILE|NAME, --without-quotas and --anywhere").into()),
        }
    }
    Ok(options)
}

/// The world of a file or a name. A scenario that does not say when it is begins now.
fn world(from: &str) -> Result<State, Failure> {
    let now = UtcTime::from(OffsetDateTime::now_utc().replace_nanosecond(0)?);
    if let Some(world) = State::named_at(from, now) {
        return Ok(world);
    }
    match std::fs::read(from) {
        Ok(json) => State::read_at(&json, now).map_err(|error| format!("{from}: {error}").into()),
        Err(error) => {
            let names = State::NAMES.join(", ");
            Err(format!("{from} is neither a file ({error}) nor a world of the crate, which are {names}")
                .into())
        }
    }
}

/// The first line.
#[derive(Serialize)]
struct FirstLine<'a> {
    address: &'a str,
    accounts: Vec<Described<'a>>,
}

#[derive(Serialize)]
struct Described<'a> {
    kind: AccountKind,
    id: &'a str,
    name: &'a str,
    access_key: &'a str,
    secret_key: &'a str,
    login: &'a str,
    site: Site,
}

impl<'a> Described<'a> {
    fn of(account: &'a Account) -> Self {
        Self {
            kind: account.kind,
            id: &account.id,
            name: account.name.expose(),
            access_key: &account.access_key,
            secret_key: account.secret_key.expose(),
            login: account.login.expose(),
            site: account.site,
        }
    }
}

/// What to type to call the sandbox with the official SDKs.
fn command(url: &str, accounts: &[Account]) -> Option<String> {
    let partner = accounts.iter().find(|account| account.kind == AccountKind::Distributor);
    let account = partner.or(accounts.first())?;
    Some(format!(
        "Call it with the official SDK for Python (pip install huaweicloudsdkbss):\n\n  \
         HUAWEICLOUD_SDK_AK={} HUAWEICLOUD_SDK_SK={} python3 -c '\n\
         from huaweicloudsdkcore.auth.credentials import GlobalCredentials\n\
         from huaweicloudsdkbss.v2 import BssClient, ListIndirectPartnersRequest, \
         QueryIndirectPartnersReq\n\
         import os\n\
         keys = GlobalCredentials(os.environ[\"HUAWEICLOUD_SDK_AK\"], os.environ[\"HUAWEICLOUD_SDK_SK\"], \"{}\")\n\
         client = BssClient.new_builder().with_credentials(keys).with_endpoint(\"{url}\").build()\n\
         print(client.list_indirect_partners(ListIndirectPartnersRequest(body=QueryIndirectPartnersReq())))'\n\n\
         The page of the world: {url}/    Ctrl-C ends it.",
        account.access_key,
        account.secret_key.expose(),
        account.id,
    ))
}

async fn run() -> Result<(), Failure> {
    let options = options()?;
    let sandbox = Sandbox::new(world(&options.world)?);
    let sandbox = if options.quotas { sandbox } else { sandbox.without_quotas() };
    let server = if options.anywhere {
        Server::bind_anywhere(sandbox, SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), options.port))
            .await?
    } else {
        Server::bind(sandbox, SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), options.port)).await?
    };
    let url = server.url();
    let accounts: Vec<Account> = server.sandbox().snapshot().accounts().cloned().collect();
    let first = FirstLine { address: &url, accounts: accounts.iter().map(Described::of).collect() };
    // From the first line on somebody may stop it.
    let stop = stop_signal()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&first)?)?;
    out.flush()?;
    drop(out);
    if let Some(command) = command(&url, &accounts) {
        eprintln!("{command}");
    }
    server.run_until(stop).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
