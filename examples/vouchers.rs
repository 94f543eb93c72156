//! Vouchers to all customers: what the quotas hold, issuing in batches, taking one back, what ends soon.
//!
//! ```text
//! cargo run --example vouchers
//! ```
//!
//! Nothing leaves the machine: a sandbox with 240 customers takes the service's place, and the response to the second batch is
//! lost on the way, so that the job has to find out the outcome of it; see `stand_in` at the end.

use std::{collections::BTreeSet, process::ExitCode};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    customers::ListCustomers,
    error::{ItemError, codes},
    journal::{LegState, ResolveOptions, Settled},
    types::{Amount, CustomerId, QuotaId, UtcTime, VoucherId},
    vouchers::{
        IssueVouchers, ListIssuedVouchers, ListQuotas, QuotaStatus, QuotaType, ReclaimVoucher, VoucherQuota,
        VoucherStatus,
    },
};

/// The most that one call takes.
const BATCH: usize = 100;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = async {
        let client = stand_in::start().await?;
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
    title("Quotas");
    let quotas = overview(client).await?;
    let face_value = Amount::from(50);
    let Some(quota) = quotas.iter().find(|quota| quota.quota_status == Some(QuotaStatus::Normal)) else {
        println!("none can be issued from: ask the account manager for one");
        return Ok(());
    };

    title("50 yuan each, for ten days");
    let mut customers: Vec<CustomerId> =
        client.items(ListCustomers::new()).map_ok(|customer| customer.customer_id).try_collect().await?;
    customers.push("customer-2".into()); // a reseller's, to see what a refusal looks like
    let until: UtcTime = client.clock().now().saturating_add(time::Duration::days(10)).into();
    let issued = issue_to_all(client, &quota.quota_id, customers, face_value, until).await?;
    println!("{} vouchers issued, {} customers without", issued.vouchers.len(), issued.without.len());
    for (customer, why) in &issued.without {
        println!("  {customer}: {why}");
    }

    title("One is taken back, twice");
    if let Some(voucher) = issued.vouchers.first() {
        reclaim(client, voucher).await?;
        reclaim(client, voucher).await?;
    }

    title("Ending within two weeks");
    ending_soon(client, 14).await?;

    title("Quotas");
    overview(client).await?;
    Ok(())
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// A table of all quotas and what is left on them together. The two kinds take two queries.
async fn overview(client: &Client) -> Result<Vec<VoucherQuota>, Error> {
    let mut quotas: Vec<VoucherQuota> = Vec::new();
    for kind in [QuotaType::Cash, QuotaType::FlexiPurchase] {
        quotas.extend(client.items(ListQuotas::new().quota_type(kind)).try_collect::<Vec<_>>().await?);
    }
    println!("{:<12} {:<14} {:>12} {:>12}  ends", "quota", "kind", "granted", "left");
    for quota in &quotas {
        println!(
            "{:<12} {:<14} {:>12.2} {:>12.2}  {}",
            quota.quota_id.as_str(),
            quota.quota_type.map_or_else(String::new, |kind| format!("{kind:?}")),
            quota.quota_value.unwrap_or_default(),
            quota.balance.unwrap_or_default(),
            day(quota.expire_time),
        );
    }
    match Amount::checked_sum(quotas.iter().filter_map(|quota| quota.balance)) {
        Some(left) => println!("{:<12} {:<14} {:>12} {left:>12.2}", "together", "", ""),
        None => println!("together more digits than an amount can hold"),
    }
    Ok(quotas)
}

#[derive(Default)]
struct Issued {
    vouchers: Vec<VoucherId>,
    without: Vec<(CustomerId, String)>,
}

/// Issues a voucher to each customer, and never a second one.
async fn issue_to_all(
    client: &Client,
    quota: &QuotaId,
    customers: Vec<CustomerId>,
    face_value: Amount,
    until: UtcTime,
) -> Result<Issued, Error> {
    let mut issued = Issued::default();
    // A customer named twice would get two, and could not be distinguished when an response is lost.
    let mut lost_responses = 0;
    let mut open: Vec<CustomerId> = customers.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    while !open.is_empty() {
        let batch: Vec<CustomerId> = open.drain(..BATCH.min(open.len())).collect();
        let request = IssueVouchers::new(quota, batch.clone(), face_value).expire_time(until);
        match client.send(&request.clone()).await {
            Ok(response) => {
                println!("{:>4} named, {:>3} served", batch.len(), response.coupon_infos.len());
                for outcome in response.outcomes() {
                    match outcome {
                        Ok(voucher) => issued.vouchers.push(voucher.coupon_id.clone()),
                        Err(error) => issued.without.push((error.id.as_str().into(), why(error))),
                    }
                }
            }
            // The whole call was refused, for instance because the quota is not in force: further batches would be, too.
            Err(error) if error.kind() != ErrorKind::OutcomeUnknown || lost_responses == 3 => {
                return Err(error);
            }
            Err(error) => {
                lost_responses += 1;
                println!("{:>4} named, no response came; looking into the records", batch.len());
                // Only this program issues such vouchers, and the list was seen to show them.
                let options = ResolveOptions::new().sole_writer(true).sees_account(true);
                let legs = match client.resolve_error(&request, &error, options).await? {
                    Settled::Executed(done) => done.legs,
                    Settled::PartlyExecuted(part) => part.legs,
                    Settled::NotExecuted(not) => not.legs,
                    // Equal vouchers were issued to the same customers at the same time: a person has to compare.
                    _ => return Err(error),
                };
                let (served, missing): (Vec<_>, Vec<_>) =
                    legs.into_iter().partition(|leg| leg.state == LegState::Executed);
                println!("     {} were served, {} not", served.len(), missing.len());
                issued.vouchers.extend(served.into_iter().filter_map(|leg| leg.record).map(VoucherId::from));
                // They are proven to have no voucher, so naming them again is safe; then a response says why.
                open.extend(missing.into_iter().map(|leg| CustomerId::from(leg.target)));
            }
        }
    }
    Ok(issued)
}

/// Returns the reason why a customer got no voucher, in the words of the documentation where it has some.
fn why(error: &ItemError) -> String {
    match error.code.info() {
        Some(info) => format!("{} ({})", info.meaning, error.code),
        None => error.to_string(), // masks what looks personal in the service's own words
    }
}

/// Takes a voucher back with everything that is left on it.
async fn reclaim(client: &Client, voucher: &VoucherId) -> Result<(), Error> {
    match client.send(&ReclaimVoucher::new(voucher)).await {
        Ok(_) => println!("{voucher} taken back"),
        // An error with HTTP status 200: used up, ended, or taken back before. Nothing can be got from it any more.
        Err(error) if error.code() == Some(&codes::VOUCHER_ALREADY_GONE) => {
            println!("{voucher} has nothing left to take ({})", codes::VOUCHER_ALREADY_GONE)
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// The vouchers that customers should be reminded of, with what is left on them.
async fn ending_soon(client: &Client, days: i64) -> Result<(), Error> {
    let now = client.clock().now();
    let query = ListIssuedVouchers::new()
        .status(VoucherStatus::Usable)
        .expire_time_begin(UtcTime::from(now))
        .expire_time_end(UtcTime::from(now.saturating_add(time::Duration::days(days))));
    // The responses hold at most a hundred each; the next one is fetched while these are read.
    let mut vouchers = client.items(query).prefetch(1);
    let (mut count, mut left) = (0_u32, Amount::ZERO);
    while let Some(voucher) = vouchers.try_next().await? {
        let balance = voucher.balance.unwrap_or_default();
        if count < 3 {
            let end = day(voucher.expire_time);
            println!("{} {balance:>8.2} until {end}", voucher.coupon_id);
        }
        count += 1;
        left = match left.checked_add(balance) {
            Some(sum) => sum,
            None => return Err(Error::new(ErrorKind::Undecodable, "", "the sum has too many digits")),
        };
    }
    println!("{count} vouchers with {left:.2} CNY");
    Ok(())
}

/// The day in Beijing, by which the service counts.
fn day(time: Option<UtcTime>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| time.billing_day().to_string())
}

fn explain(error: &Error) {
    eprintln!("{error}");
    match error.kind() {
        ErrorKind::InvalidInput => eprintln!("nothing was sent: correct the arguments"),
        ErrorKind::Throttled | ErrorKind::NotSent | ErrorKind::Interrupted | ErrorKind::TimedOut => {
            eprintln!("try again later")
        }
        ErrorKind::OutcomeUnknown => {
            eprintln!("compare the records with the books before anything is repeated")
        }
        ErrorKind::ListChanged => eprintln!("the list changed while it was read: read it again"),
        _ => {}
    }
    if let Some(info) = error.code().and_then(|code| code.info()) {
        eprintln!("what to do: {}", info.remedy);
    }
}

/// Stand-in for the service: the sandbox, and a line that loses one response.
mod stand_in {
    use std::sync::Arc;

    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        customers::CreateCustomer,
        testing::{FaultTransport, FaultTrigger, InjectedFault},
        types::Site,
        vouchers::IssueVouchers,
    };
    use huaweicloud_partner_sandbox::Sandbox;

    pub async fn start() -> Result<Client, Error> {
        let sandbox = Sandbox::small_distributor();
        let keys = sandbox
            .credentials("distributor")
            .ok_or_else(|| Error::new(ErrorKind::Configuration, "", "the sandbox has no distributor"))?;
        let clock = sandbox.clock().clone();
        let line = FaultTransport::new(sandbox, Arc::new(clock.clone()))
            .inject(InjectedFault::LostResponse, FaultTrigger::call(2).of::<IssueVouchers>());
        let client = Client::builder(Site::China).credentials(keys).transport(line).clock(clock).build()?;
        for number in 1..240 {
            client.send(&CreateCustomer::new(format!("shop-user-{number}"), "sandbox-platform")).await?;
        }
        Ok(client)
    }
}
