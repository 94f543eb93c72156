//! The invoices of half a year on the international site: sums by state, taxes, and what needs a look.
//!
//! ```text
//! cargo run --example invoices
//! ```
//!
//! The list is one of those whose `offset` is the number of a page; [`Client::items`] knows, so the job does not care.
//! Nothing leaves the machine: the sandbox responds with 250 invoices; see `stand_in` at the end.

use std::{collections::BTreeMap, process::ExitCode};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    bills::{Invoice, InvoiceRequestMode, InvoiceState, ListInvoices, TaxClass},
    types::{Amount, UtcTime},
};

/// Time after which an invoice that is not done deserves a look.
const SLOW: time::Duration = time::Duration::days(30);

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = async {
        let client = stand_in::start()?;
        run(&client).await
    };
    match outcome.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            explain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(client: &Client) -> Result<(), Error> {
    let now = client.clock().now();
    let since: UtcTime = now.saturating_sub(time::Duration::days(182)).into();
    // The id in the address is that of the credentials.
    let query = ListInvoices::new(since, UtcTime::from(now));

    let mut sums = Sums::default();
    let mut looks = Vec::new();
    let mut invoices = client.items(query).prefetch(1);
    while let Some(invoice) = invoices.try_next().await? {
        sums.add(&invoice)?;
        looks.extend(needs_a_look(&invoice, now.into()));
    }

    title("Invoices applied for since then, by state");
    println!("{:<10} {:<22} {:>6} {:>16}", "asked for", "state", "count", "amount");
    for ((mode, state), (count, amount)) in &sums.by_state {
        println!("{mode:<10} {state:<22} {count:>6} {amount:>16} USD");
    }

    title("Taxes in what is done, not rounded");
    for (class, amount) in &sums.taxes {
        println!("{:<10} {amount:>16} USD", class.as_str());
    }

    title("Needs a look");
    looks.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// Exact sums. What is given back is kept apart: its sign is not documented.
#[derive(Default)]
struct Sums {
    by_state: BTreeMap<(&'static str, String), (u32, Amount)>,
    taxes: BTreeMap<TaxClass, Amount>,
}

impl Sums {
    fn add(&mut self, invoice: &Invoice) -> Result<(), Error> {
        let mode = match invoice.request_mode {
            Some(InvoiceRequestMode::Issue) => "issue",
            Some(InvoiceRequestMode::Return) => "return",
            Some(InvoiceRequestMode::IssuedAndReturned) => "both",
            _ => "unknown",
        };
        let state = format!("{:?}", invoice.invoice_state);
        let (count, amount) = self.by_state.entry((mode, state)).or_default();
        *count += 1;
        *amount = plus(*amount, invoice.invoice_amount)?;
        if invoice.invoice_state == Some(InvoiceState::Done) {
            for tax in &invoice.tax_list {
                let Some(class) = tax.tax_class.clone() else { continue };
                let sum = self.taxes.entry(class).or_default();
                *sum = plus(*sum, tax.tax_amount)?;
            }
        }
        Ok(())
    }
}

fn plus(sum: Amount, amount: Option<Amount>) -> Result<Amount, Error> {
    let sum = sum.checked_add(amount.unwrap_or_default());
    sum.ok_or_else(|| Error::new(ErrorKind::Undecodable, "", "a sum has more digits than an amount can hold"))
}

/// A line about an invoice that was turned down or takes long. Names and addresses stay out of it.
fn needs_a_look(invoice: &Invoice, now: UtcTime) -> Option<String> {
    let id = &invoice.request_id;
    if let Some(reason) = invoice.cancel_reason.as_ref().filter(|reason| !reason.is_empty()) {
        return Some(format!("{id} was turned down: {reason}"));
    }
    let open = !matches!(invoice.invoice_state, Some(InvoiceState::Done | InvoiceState::Returned));
    let age = now.instant() - invoice.apply_time?.instant();
    (open && age > SLOW)
        .then(|| format!("{id} has waited {} days: {:?}", age.whole_days(), invoice.invoice_state))
}

fn explain(error: &Error) {
    eprintln!("{error}");
    match error.kind() {
        ErrorKind::NotOffered => eprintln!("invoices can be listed on the international site only"),
        ErrorKind::InvalidInput => eprintln!("give the credentials their account id (`with_domain_id`)"),
        ErrorKind::ListChanged => eprintln!("invoices came in while the list was read: read it again"),
        ErrorKind::Throttled | ErrorKind::NotSent | ErrorKind::Interrupted | ErrorKind::TimedOut => {
            eprintln!("try again later")
        }
        _ => {}
    }
    if let Some(info) = error.code().and_then(|code| code.info()) {
        eprintln!("what to do: {}", info.remedy);
    }
}

/// Stand-in for the service: the sandbox's partner on the international site, who applied for 250 invoices.
mod stand_in {
    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        bills::{Invoice, InvoiceRequestMode, InvoiceState, InvoiceTax, TaxClass},
        fill,
        types::{Amount, UtcTime},
    };
    use huaweicloud_partner_sandbox::{Sandbox, SandboxEvent};

    pub fn start() -> Result<Client, Error> {
        let sandbox = Sandbox::international_provider();
        let client = sandbox.client("provider")?;
        let now = client.clock().now().into();
        for number in 0..250 {
            let invoice = Box::new(invoice(number, now));
            let event = SandboxEvent::IssueInvoice { account: "provider".to_owned(), invoice };
            sandbox
                .apply(event)
                .map_err(|refusal| Error::new(ErrorKind::Configuration, "", format!("{refusal:?}")))?;
        }
        Ok(client)
    }

    fn invoice(number: u32, now: UtcTime) -> Invoice {
        let hours = i64::from(number) * 17;
        let (state, mode) = match number {
            3 | 211 => (InvoiceState::WaitingForReview, InvoiceRequestMode::Issue),
            40 | 41 => (InvoiceState::Returned, InvoiceRequestMode::Return),
            _ => (InvoiceState::Done, InvoiceRequestMode::Issue),
        };
        let cents = 10_000 + i64::from(number) * 37;
        fill!(Invoice {
            request_id: format!("IV{number:06}"),
            cancel_reason: (number == 40).then(|| "The tax number does not fit the country".to_owned()),
            invoice_amount: Amount::new(cents, 2).ok(),
            invoice_state: Some(state),
            request_mode: Some(mode),
            apply_time: Some(now.instant().saturating_sub(time::Duration::hours(hours)).into()),
            tax_list: vec![fill!(InvoiceTax {
                tax_class: Some(TaxClass::Vat),
                tax_rate: Some("0.07".to_owned()),
                tax_amount: Amount::new(cents * 7, 4).ok(),
                ..InvoiceTax::default()
            })],
            ..Invoice::default()
        })
    }
}
