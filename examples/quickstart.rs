//! A distributor's working day: resellers, balances, money, voucher quotas, a new customer, a voucher, and the records
//! of all that.
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! Without keys it runs against the sandbox in this process; nothing leaves the machine. With `HUAWEICLOUD_SDK_AK` and
//! `HUAWEICLOUD_SDK_SK` set and `--live`, it does the reading part against the China site and refuses the writing part.

use std::error::Error;

use futures_util::TryStreamExt;
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::Credentials,
    customers::{CheckIdentity, CreateCustomer, IdentityType, SendVerificationCode},
    partners::{AllocateToCustomer, ListAdjustments, ShowBalances},
    resellers::{AllocateToReseller, GrantVoucherQuotas, ListResellers, ListVoucherQuotaRecords, Reseller},
    types::Site,
    types::{Amount, ResellerId},
    vouchers::{IssueVouchers, ListQuotas, ListVoucherRecords},
};
use huaweicloud_partner_sandbox::Sandbox;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result {
    if std::env::args().any(|argument| argument == "--live") {
        return live().await;
    }
    let sandbox = Sandbox::small_distributor();
    let client = sandbox.client("distributor")?;

    title("Before");
    let resellers = show_resellers(&client).await?;
    let [first, ..] = resellers.as_slice() else { return Err("this distributor has no resellers".into()) };
    let reseller = &first.indirect_partner_id;

    title("1000.00 yuan to the first reseller");
    let amount: Amount = "1000.00".parse()?;
    let allocation = client.send(&AllocateToReseller::new(reseller, amount)).await?;
    println!("transfer {} of {amount} CNY to {reseller}", allocation.transfer_id);

    title("A voucher quota for it");
    let quotas = client.send(&ListQuotas::new()).await?;
    let own = quotas.quotas.first().ok_or("this distributor has no voucher quota")?;
    let grant = GrantVoucherQuotas::new(&own.quota_id, vec![reseller.clone()], "500.00".parse::<Amount>()?);
    let granted = client.send(&grant).await?;
    let mut quota = None;
    for outcome in granted.outcomes() {
        match outcome {
            Ok(grant) => {
                println!("quota {} of 500.00 CNY for {}", grant.quota_id, grant.id);
                quota = Some(grant.quota_id.clone());
            }
            Err(error) => println!("no quota: {error}"),
        }
    }
    let quota = quota.ok_or("no quota was granted")?;

    title("A new customer of that reseller");
    let name = "harbour_books";
    let check = client.send(&CheckIdentity::new(IdentityType::LoginName, name)).await?;
    let result = check.check_result.as_ref().map_or("no result", |result| result.as_str());
    println!("login name {name}: {result}");
    let mobile = "13800000001";
    client.send(&SendVerificationCode::to_mobile(mobile)).await?;
    let code = sandbox.code_sent_to(mobile).ok_or("no code was sent")?;
    let create = CreateCustomer::new("shop-user-1", "sandbox-platform")
        .domain_name(name)
        .mobile_phone(mobile)
        .verification_code(code)
        .indirect_partner_id(reseller);
    let customer = client.send(&create).await?.into_inner().domain_id;
    println!("customer {customer}");
    client
        .send(&AllocateToCustomer::new(&customer, "250.50".parse::<Amount>()?).indirect_partner_id(reseller))
        .await?;
    println!("250.50 CNY from the reseller's account to the customer's");

    title("A voucher for it");
    let issue = IssueVouchers::new(&quota, vec![customer.clone()], "50.00".parse::<Amount>()?)
        .indirect_partner_id(reseller);
    for outcome in client.send(&issue).await?.outcomes() {
        match outcome {
            Ok(voucher) => println!("voucher {} of 50.00 CNY", voucher.coupon_id),
            Err(error) => println!("no voucher: {error}"),
        }
    }

    title("A refusal: more than the distributor has");
    let too_much = AllocateToReseller::new(reseller, "99999999.99".parse::<Amount>()?);
    match client.send(&too_much).await {
        Err(error) if error.kind() == ErrorKind::Refused => {
            println!("{error}");
            if let Some(info) = error.code().and_then(|code| code.info()) {
                println!("what to do: {}", info.remedy);
            }
            println!("may have been executed: {}", error.may_have_been_executed());
        }
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("the balance should not have sufficed".into()),
    }

    title("After");
    show_resellers(&client).await?;
    show_records(&client, reseller).await?;
    sandbox.audit()?;
    println!("\nThe books balance: no money was made or lost.");
    Ok(())
}

/// Reads from the real site; nothing is written.
async fn live() -> Result {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("--live needs {name}"));
    let keys = Credentials::keys(variable("HUAWEICLOUD_SDK_AK")?, variable("HUAWEICLOUD_SDK_SK")?);
    let client = Client::builder(Site::China).credentials(keys).build()?;
    title("Resellers");
    if let [first, ..] = show_resellers(&client).await?.as_slice() {
        show_records(&client, &first.indirect_partner_id).await?;
    }
    println!("\nOn a real account this example only reads: money, customers and vouchers are left alone.");
    Ok(())
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// A table of the distributor and its resellers with what they have.
async fn show_resellers(client: &Client) -> Result<Vec<Reseller>> {
    let own = client.send(&ShowBalances::new()).await?;
    let resellers: Vec<Reseller> = client.items(ListResellers::new()).try_collect().await?;
    println!("{:<16} {:<20} {:>18}", "account", "name", "balance");
    for account in &own.account_balances {
        println!("{:<16} {:<20} {:>18}", "(distributor)", "", account.money()?);
    }
    for reseller in &resellers {
        let id = &reseller.indirect_partner_id;
        let balances = client.send(&ShowBalances::new().indirect_partner_id(id)).await?;
        for account in &balances.account_balances {
            // A person asked for this table, so the name is shown; in a log it would stay masked.
            let name = reseller.name.as_ref().map_or("", |name| name.expose());
            println!("{:<16} {name:<20} {:>18}", id.as_str(), account.money()?);
        }
    }
    Ok(resellers)
}

/// Tables of the money, quotas and vouchers that moved.
async fn show_records(client: &Client, reseller: &ResellerId) -> Result {
    title("Records");
    println!("{:<21} {:<10} {:>12}  to", "when", "what", "amount");
    let row = |when: String, what: &str, amount: String, to: &str| {
        println!("{when:<21} {what:<10} {amount:>12}  {to}")
    };
    for query in [ListAdjustments::new(), ListAdjustments::new().indirect_partner_id(reseller)] {
        let mut records = client.items(query.limit(50_u32));
        while let Some(record) = records.try_next().await? {
            let when = record.operation_time.map(|time| time.to_string()).unwrap_or_default();
            let to = record.customer_id.map(|id| id.to_string()).unwrap_or_default();
            row(when, "money", record.amount.map_or_else(String::new, |amount| amount.to_string()), &to);
        }
    }
    let mut records = client.items(ListVoucherQuotaRecords::new());
    while let Some(record) = records.try_next().await? {
        let when = record.operation_time.map(|time| time.to_string()).unwrap_or_default();
        row(
            when,
            "quota",
            record.amount.unwrap_or_default().to_string(),
            record.indirect_partner_id.as_str(),
        );
    }
    let mut records = client.items(ListVoucherRecords::new().indirect_partner_id(reseller));
    while let Some(record) = records.try_next().await? {
        let when = record.operation_time.map(|time| time.to_string()).unwrap_or_default();
        row(
            when,
            "voucher",
            record.operation_amount.unwrap_or_default().to_string(),
            record.customer_id.as_str(),
        );
    }
    Ok(())
}
