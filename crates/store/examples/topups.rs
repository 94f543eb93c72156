//! A web service that tops resellers up, each request once: to be copied.
//!
//! ```text
//! cargo run -p huaweicloud-partner-store --example topups -- --server https://bss.myhuaweicloud.com \
//!     --access-key AK --secret-key SK --journal sqlite:journal.db --listen 127.0.0.1:3000
//! curl -X POST http://127.0.0.1:3000/topups -H 'Content-Type: application/json' \
//!     -d '{"request_id": "order-4711", "reseller": "reseller-1", "amount": "100.00"}'
//! ```
//!
//! The client of the service chooses the request id, and repeats the request with the same id whenever it is not sure: after
//! a time-out, a broken connection, or a restart of either side. It gets the same outcome, and the money moves once.
//!
//! | Status | Body | Meaning |
//! |---|---|---|
//! | 200 | `{"status": "executed", "record_id": "…"}` | the transfer was made, now or by an earlier request with this id |
//! | 202 | `{"status": "pending", "look_again_in": 240}` | not known yet: send the same request again after these seconds |
//! | 409 | `{"status": "undecided", …}` | a person has to compare the records that are named |
//! | 422 | `{"status": "not_executed", …}` or `{"status": "invalid", …}` | refused; sending it again tries again |
//! | 503 | `{"status": "unavailable", …}` | send the same request again |

use std::{process::ExitCode, sync::Arc, time::Duration};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use clap::Parser;
use futures_util::StreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::Credentials,
    journal::{Journal, JournalOptions, ResolveOptions, Settled},
    operation::Service,
    resellers::AllocateToReseller,
    types::{Amount, Site},
};
use huaweicloud_partner_store::journal::{PostgresJournal, SqliteJournal};
use serde::Deserialize;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// Time for which a request waits for an outcome before the response is `pending`.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tops resellers up, each request once.
#[derive(Parser)]
struct Options {
    /// The address of the service, or of a sandbox.
    #[arg(long, value_name = "URL")]
    server: String,
    /// The access key id.
    #[arg(long, value_name = "AK")]
    access_key: String,
    /// The secret access key.
    #[arg(long, value_name = "SK")]
    secret_key: String,
    /// The journal: sqlite:FILE or postgres://….
    #[arg(long, default_value = "sqlite:journal.db")]
    journal: String,
    /// The address to listen on. The first line on standard output is the address of the service.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: String,
    /// Declares that no one else makes transfers of the same target and amount meanwhile.
    #[arg(long)]
    sole_writer: bool,
    /// Time after the end of a request for which its record may be missing.
    #[arg(long, value_name = "SECONDS", default_value_t = 240)]
    settle: u64,
}

/// A top-up as a client asks for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopUp {
    /// The client's own id of the request: the same id is always the same top-up.
    request_id: String,
    reseller: String,
    amount: Amount,
}

async fn top_up(State(client): State<Client>, Json(asked): Json<TopUp>) -> (StatusCode, Json<Value>) {
    let transfer = AllocateToReseller::new(asked.reseller, asked.amount);
    // In a task of its own: a client that hangs up does not leave the transfer half done.
    let sent = tokio::spawn(async move { client.send_once(asked.request_id, &transfer).await });
    let (status, body) = match sent.await {
        Ok(Ok(settled)) => outcome(&settled),
        Ok(Err(error)) => failure(&error),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, json!({"status": "unavailable"})),
    };
    (status, Json(body))
}

fn outcome(settled: &Settled) -> (StatusCode, Value) {
    match settled {
        Settled::Executed(done) => {
            (StatusCode::OK, json!({"status": "executed", "record_id": done.record_id()}))
        }
        Settled::NotExecuted(refused) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({"status": "not_executed", "code": refused.code.as_ref().map(|code| code.as_str())}),
        ),
        Settled::Pending(pending) => (
            StatusCode::ACCEPTED,
            json!({"status": "pending", "look_again_in": pending.look_again_in.as_secs().max(1)}),
        ),
        Settled::Undecided(open) => (
            StatusCode::CONFLICT,
            json!({"status": "undecided", "records": open.candidates, "rivals": open.rivals}),
        ),
        other => (StatusCode::CONFLICT, json!({"status": "undecided", "message": other.to_string()})),
    }
}

fn failure(error: &Error) -> (StatusCode, Value) {
    match error.kind() {
        ErrorKind::InvalidInput => {
            (StatusCode::UNPROCESSABLE_ENTITY, json!({"status": "invalid", "message": error.to_string()}))
        }
        _ => {
            (StatusCode::SERVICE_UNAVAILABLE, json!({"status": "unavailable", "message": error.to_string()}))
        }
    }
}

async fn journal(name: &str) -> Result<Arc<dyn Journal>, Failure> {
    match name.strip_prefix("sqlite:") {
        Some(file) => Ok(Arc::new(SqliteJournal::open(file.strip_prefix("//").unwrap_or(file)).await?)),
        None => Ok(Arc::new(PostgresJournal::connect(name).await?)),
    }
}

async fn run() -> Result<(), Failure> {
    let options = Options::parse();
    let settle = Duration::from_secs(options.settle);
    let resolve = ResolveOptions::new()
        .late_execution(settle / 2)
        .late_record(settle - settle / 2)
        .sole_writer(options.sole_writer);
    // A send ends before a late execution could.
    let deadline = (settle / 2).clamp(Duration::from_secs(5), Duration::from_secs(60));
    let writes = JournalOptions::new().resolve(resolve).deadline(deadline);
    let journal = journal(&options.journal).await?;
    let client = Client::builder(Site::China)
        .endpoint(Service::Business, &options.server)
        .credentials(Credentials::keys(&options.access_key, options.secret_key.as_str()))
        .build()?;

    // What an earlier process left open is resolved beside the normal work, however long it takes.
    let recovering = client.with_journal_options(Arc::clone(&journal), writes.clone());
    let mut recovered = recovering.recover().await?;
    tokio::spawn(async move {
        while let Some(one) = recovered.next().await {
            match one.outcome {
                Ok(settled) => eprintln!("left open by an earlier process: {settled}"),
                Err(error) => eprintln!("{}: {error}", one.request_id),
            }
        }
    });

    let client = client.with_journal_options(journal, writes.wait(PATIENCE));
    let app = Router::new().route("/topups", post(top_up)).with_state(client);
    let listener = tokio::net::TcpListener::bind(&options.listen).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
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
