//! States that no operation brings about: arrears, used-up packages, operators, profiles, taxes, limits of vouchers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod arrears;
mod bounds;
mod codes;
mod operators;
mod packages;
mod profiles;
mod resources;
mod restrictions;
mod taxes;
mod vouchers;

use std::time::Duration;

use huaweicloud_partner::{Client, auth::Credentials, client::CallOptions, types::Amount};
use huaweicloud_partner_sandbox::{LedgerAccount, NewLine, NewOrder, Sandbox, SandboxEvent, Term};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
const SERVER: &str = "c6.large.2.linux@cn-north-4";
const BUYER: &str = "customer-1";

fn distributor() -> Sandbox {
    Sandbox::small_distributor().without_quotas()
}

fn apply(sandbox: &Sandbox, event: Value) -> Option<String> {
    sandbox.apply(SandboxEvent::read(event).unwrap()).unwrap()
}

/// The code with which an event is refused.
fn refused(sandbox: &Sandbox, event: Value) -> String {
    let error = sandbox.apply(SandboxEvent::read(event).unwrap()).unwrap_err();
    error.code().to_string()
}

fn wait(sandbox: &Sandbox, days: u64) {
    sandbox.clock().advance(Duration::from_secs(days * DAY));
}

fn client(sandbox: &Sandbox, account: &str) -> Client {
    sandbox.client(account).unwrap()
}

/// A client with the keys of an account that does not know whose they are, so that it does not refuse calls of its own.
fn stranger(sandbox: &Sandbox, account: &str) -> Client {
    let state = sandbox.snapshot();
    let account = state.accounts().find(|it| it.id == account).unwrap();
    let keys = Credentials::keys(&account.access_key, account.secret_key.clone());
    let builder = Client::builder(account.site).credentials(keys).clock(sandbox.clock().clone());
    builder.transport(sandbox.clone()).build().unwrap()
}

/// Sends arguments that the client would not let through. A refusal is its status and code.
async fn try_call(client: &Client, operation: &str, arguments: Value) -> Result<Value, (u16, String)> {
    let client = client.with(CallOptions::new().skip_validation());
    match client.send_dynamic(operation, &arguments.to_string()).await {
        Ok(response) => Ok(serde_json::from_str(response.get()).unwrap_or_default()),
        Err(error) => {
            let api = error.api().unwrap_or_else(|| panic!("{operation}: {error}"));
            Err((api.status().as_u16(), api.code().to_string()))
        }
    }
}

async fn call(client: &Client, operation: &str, arguments: Value) -> Value {
    try_call(client, operation, arguments).await.unwrap_or_else(|refusal| panic!("{operation}: {refusal:?}"))
}

fn bad(code: &str) -> (u16, String) {
    (400, code.to_owned())
}

fn amount(value: &Value) -> Amount {
    match value {
        Value::String(text) => text.parse().unwrap(),
        other => other.to_string().parse().unwrap_or_else(|_| panic!("{other} is no amount")),
    }
}

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn held(sandbox: &Sandbox, account: LedgerAccount) -> Amount {
    sandbox.snapshot().ledger().balance(&account)
}

/// Places an order of one line and gives its id.
fn order(sandbox: &Sandbox, customer: &str, offer: &str) -> String {
    let line = NewLine::new(offer, Term::Months(1));
    sandbox.place_order(NewOrder::new(customer).line(line)).unwrap().to_string()
}

async fn pay(
    sandbox: &Sandbox,
    customer: &str,
    order: &str,
    vouchers: &[&str],
) -> Result<Value, (u16, String)> {
    let mut body = json!({"order_id": order, "use_coupon": "NO", "use_discount": "NO"});
    if !vouchers.is_empty() {
        body["use_coupon"] = json!("YES");
        let infos: Vec<_> = vouchers.iter().map(|id| json!({"id": id, "type": 301})).collect();
        body["coupon_infos"] = json!(infos);
    }
    try_call(&client(sandbox, customer), "bss.PayOrders", body).await
}
