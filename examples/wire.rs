//! Prints the requests that operations would send: reads operations as JSON lines and sends nothing.
//!
//! ```text
//! echo '{"operation":"bss.ListCustomerOrders","site":"china","input":{"limit":10}}' | cargo run --example wire
//! ```
//!
//! Each line of input is `{"operation", "site", "input"}`: the qualified name, `china` (the default),
//! `international` (the default for names that begin with `bssintl.`) or `europe`, and the flat request. Each line of
//! output is `{"operation", "method", "path", "query", "headers", "body", "body_text"}`: `body` as JSON, `body_text` the
//! exact text that goes out; or `{"operation", "error"}`.
//!
//! - `--no-validate` sends arguments as they are.
//! - `HUAWEICLOUD_SDK_DOMAIN_ID` is the id of the calling account, which is part of one address (`bss.ListInvoices`).
//! - `--sign` signs with the keys in `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`; `--at 20260501T080501Z` at that time.

use std::{
    collections::BTreeMap,
    error::Error,
    io::{BufRead, Write},
};

use huaweicloud_partner::{
    Client,
    auth::Credentials,
    client::CallOptions,
    clock::{Clock, ManualClock, SystemClock},
    registry,
    testing::MockTransport,
    types::Site,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::{OffsetDateTime, PrimitiveDateTime, format_description};

#[derive(Deserialize)]
struct Line {
    operation: String,
    site: Option<String>,
    input: Box<RawValue>,
}

#[derive(Serialize)]
struct OnTheWire {
    operation: String,
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Option<Box<RawValue>>,
    body_text: String,
}

#[derive(Serialize)]
struct Refused {
    operation: String,
    error: String,
}

struct Options {
    checked: bool,
    signed: bool,
    at: OffsetDateTime,
}

impl Options {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let mut options = Self { checked: true, signed: false, at: SystemClock::default().now() };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--no-validate" => options.checked = false,
                "--sign" => options.signed = true,
                "--at" => {
                    let at = arguments.next().ok_or("--at needs a time such as 20260501T080501Z")?;
                    let form = format_description::parse_borrowed::<2>(
                        "[year][month][day]T[hour][minute][second]Z",
                    )?;
                    options.at = PrimitiveDateTime::parse(&at, &form)?.assume_utc();
                }
                other => return Err(format!("unknown argument {other}").into()),
            }
        }
        Ok(options)
    }

    fn credentials(&self) -> Result<Credentials, Box<dyn Error>> {
        let variable = |name: &str| std::env::var(name).map_err(|_| format!("--sign needs {name}"));
        let keys = match self.signed {
            true => Credentials::keys(variable("HUAWEICLOUD_SDK_AK")?, variable("HUAWEICLOUD_SDK_SK")?),
            false => Credentials::keys("unsigned", "unsigned"),
        };
        Ok(match variable("HUAWEICLOUD_SDK_DOMAIN_ID") {
            Ok(id) => keys.with_domain_id(id),
            Err(_) => keys,
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_arguments()?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&line)?;
        let operation = line.operation.clone();
        match on_the_wire(line, &options).await {
            Ok(wire) => serde_json::to_writer(&mut out, &wire)?,
            Err(error) => serde_json::to_writer(&mut out, &Refused { operation, error: error.to_string() })?,
        }
        writeln!(out)?;
    }
    Ok(())
}

async fn on_the_wire(line: Line, options: &Options) -> Result<OnTheWire, Box<dyn Error>> {
    let site = match line.site.as_deref() {
        Some("china") => Site::China,
        Some("international") => Site::International,
        Some("europe") => Site::Europe,
        Some(other) => return Err(format!("unknown site {other}").into()),
        None if line.operation.starts_with("bssintl.") => Site::International,
        None => Site::China,
    };
    let client = Client::builder(site)
        .credentials(options.credentials()?)
        .transport(MockTransport::new())
        .clock(ManualClock::at(options.at))
        .options(CallOptions::new())
        .build()?;
    let entry = registry::find(&line.operation).ok_or_else(|| format!("no operation {}", line.operation))?;
    let parts = entry.request(line.input.get().as_bytes(), !options.checked)?;
    let request = client.prepare_parts(&parts).await?;

    let mut headers = BTreeMap::new();
    for (name, value) in request.headers() {
        let of_signature = matches!(name.as_str(), "authorization" | "x-sdk-date" | "host");
        if options.signed || !of_signature {
            headers.insert(name.to_string(), value.to_str()?.to_owned());
        }
    }
    let body_text = String::from_utf8_lossy(request.body()).into_owned();
    Ok(OnTheWire {
        operation: line.operation,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: parts.query,
        headers,
        body: RawValue::from_string(body_text.clone()).ok(),
        body_text,
    })
}
