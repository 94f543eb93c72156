//! The Partner Center in memory, over HTTP, for clients in any language.

use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use huaweicloud_partner::types::UtcTime;
use huaweicloud_partner_sandbox::{Sandbox, Server, State, stop_signal};
use time::OffsetDateTime;

type Failure = Box<dyn std::error::Error>;

/// A Partner Center of Huawei Cloud on this machine, for tests.
///
/// The first line on standard output is one JSON object with the address and all accounts with their keys. Control:
/// /_sandbox/ at that address. Ctrl-C ends it.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = 8480)]
    port: u16,
    /// A scenario or a snapshot in a file, or a world of the crate: everyone, small_distributor, solution_provider,
    /// international_provider, enterprise, large_month.
    #[arg(long, value_name = "FILE|NAME", default_value = "everyone")]
    world: String,
    /// Keeps the state in this file: it is loaded if it exists, and replaced at once or not at all, every second in
    /// which something was done and at the end.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// The time at which the world begins, such as 2026-05-06T01:00:00Z; now without it. Clients may sign by either clock.
    #[arg(long, value_name = "TIME")]
    clock: Option<UtcTime>,
    /// The seed of all chances of faults.
    #[arg(long)]
    seed: Option<u64>,
    /// Serves HTTPS with a certificate that is made now; it is in the first line as `certificate`.
    #[arg(long)]
    tls: bool,
    /// Writes the certificate of --tls into this file, for clients that take a file.
    #[arg(long, value_name = "FILE", requires = "tls")]
    certificate: Option<PathBuf>,
    /// Lets everybody call as often as they like.
    #[arg(long)]
    without_quotas: bool,
    /// Listens on all addresses, not on 127.0.0.1 only: for a container. Everybody who reaches it may do everything.
    #[arg(long)]
    anywhere: bool,
}

/// The world of a file or a name. A scenario that does not say when it is begins at this time.
fn world(from: &str, now: UtcTime) -> Result<State, Failure> {
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

/// Saves the state whenever something was done since this revision, and since the last save from then on.
async fn save_always(sandbox: Sandbox, file: PathBuf, mut saved: u64) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let revision = sandbox.revision();
        if revision != saved {
            let (sandbox, file) = (sandbox.clone(), file.clone());
            match tokio::task::spawn_blocking(move || sandbox.save(file)).await {
                Ok(Ok(())) => saved = revision,
                Ok(Err(error)) => eprintln!("the state was not saved: {error}"),
                Err(_) => {}
            }
        }
    }
}

fn load(options: &Options) -> Result<State, Failure> {
    let now = match options.clock {
        Some(clock) => clock,
        None => UtcTime::from(OffsetDateTime::now_utc().replace_nanosecond(0)?),
    };
    match options.save.as_deref().filter(|file| Path::exists(file)) {
        Some(file) => {
            let state = State::load(file).map_err(|error| format!("{}: {error}", file.display()))?;
            eprintln!("{} is loaded; --world and --clock are for a new file.", file.display());
            Ok(state)
        }
        None => world(&options.world, now),
    }
}

async fn run() -> Result<(), Failure> {
    let options = Options::parse();
    let sandbox = Sandbox::new(load(&options)?);
    let sandbox = if options.without_quotas { sandbox.without_quotas() } else { sandbox };
    if let Some(seed) = options.seed {
        sandbox.seed_faults(seed);
    }
    let host = if options.anywhere { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
    let address = SocketAddr::new(IpAddr::V4(host), options.port);
    let server = if options.anywhere {
        Server::bind_anywhere(sandbox, address).await
    } else {
        Server::bind(sandbox, address).await
    };
    let server = server
        .map_err(|error| format!("{address}: {error}; --port takes another port, 0 for any that is free"))?;
    let server = if options.tls { server.with_tls()? } else { server };
    if let (Some(file), Some(certificate)) = (&options.certificate, server.certificate()) {
        std::fs::write(file, certificate)?;
    }
    // From the first line on somebody may use it and stop it.
    let sandbox = server.sandbox().clone();
    let revision = sandbox.revision();
    if let Some(file) = options.save.as_ref().filter(|file| !file.exists()) {
        sandbox.save(file).map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    let stop = stop_signal()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", server.description())?;
    out.flush()?;
    drop(out);
    eprintln!("The page of the world: {}/    its control: {0}/_sandbox/    Ctrl-C ends it.", server.url());
    let saving = options.save.clone().map(|file| tokio::spawn(save_always(sandbox.clone(), file, revision)));
    server.run_until(stop).await?;
    if let (Some(saving), Some(file)) = (saving, options.save) {
        saving.abort();
        // A save that has begun ends first.
        drop(saving.await);
        sandbox.save(file)?;
    }
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
