//! Budgets and freezing on the international site: what each customer may spend, who is stopped, and who did what.
//!
//! ```text
//! cargo run --example budgets
//! ```
//!
//! Nothing leaves the machine: a sandbox with a handful of customers takes the service's place, and the response to the first
//! budget is lost on the way; see `stand_in` at the end.

use std::process::ExitCode;

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    customers::{
        AssociationType, Budget, BudgetType, CustomerBudget, FreezeCustomers, FreezeScope, FreezingOutcome,
        FrozenState, ListBudgetRecords, ListBudgets, ListCustomers, SetBudget, ShowBudget, UnfreezeCustomers,
        WhenUsedUp,
    },
    error::ItemError,
    journal::{LegState, ResolveOptions, Settled},
    types::{Amount, CustomerId},
};

/// The most customers that one freeze, and one query for budgets, takes.
const FREEZE_AT_ONCE: usize = 10;
const BUDGETS_AT_ONCE: usize = 100;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = async {
        let stand_in = stand_in::start()?;
        run(&stand_in).await
    };
    match outcome.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            explain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(stand_in: &stand_in::StandIn) -> Result<(), Error> {
    let client = &stand_in.client;
    title("Budgets");
    let customers = reseller_model_customers(client).await?;
    let budgets = overview(client, &customers).await?;

    title("A first budget for those that have none");
    for customer in customers.iter().filter(|id| budgets.iter().all(|budget| budget.customer_id != **id)) {
        first_budget(client, customer, Amount::from(500)).await?;
    }

    title("Freezing those that have used up theirs");
    let spent: Vec<CustomerId> =
        budgets.iter().filter(|budget| is_used_up(budget)).map(|budget| budget.customer_id.clone()).collect();
    stand_in.one_leaves()?;
    let frozen = freeze(client, &spent).await?;
    println!("{} of {} frozen", frozen.len(), spent.len());

    title("One of them pays, and goes on with twice as much");
    if let Some(customer) = frozen.first() {
        raise_and_unfreeze(client, customer).await?;
        records(client, customer).await?;
    }
    Ok(())
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// Selects the customers of the Reseller model: only they have budgets, and others would be left out of the
/// responses without a word.
async fn reseller_model_customers(client: &Client) -> Result<Vec<CustomerId>, Error> {
    let query = ListCustomers::new().association_type(AssociationType::ResellerModel);
    client.items(query).map_ok(|customer| customer.customer_id).try_collect().await
}

/// Prints a table of budgets. The used amount lags and is not exact, so a few dollars of difference call for
/// a person's look and nothing more.
async fn overview(client: &Client, customers: &[CustomerId]) -> Result<Vec<CustomerBudget>, Error> {
    let mut budgets = Vec::new();
    println!("{:<12} {:>12} {:>12} {:>12}", "customer", "budget", "about used", "about left");
    for some in customers.chunks(BUDGETS_AT_ONCE) {
        let response = client.send(&ListBudgets::new(some.to_vec())).await?;
        for customer in some {
            let Some(budget) = response.of(customer) else {
                println!("{:<12} {:>12}", customer.as_str(), "none");
                continue;
            };
            let (set, used) =
                (budget.budget_amount.unwrap_or_default(), budget.used_amount.unwrap_or_default());
            let left = set.checked_sub(used).unwrap_or_default();
            println!("{:<12} {set:>12.2} {used:>12.2} {left:>12.2} USD", customer.as_str());
            budgets.push(budget.clone());
        }
    }
    Ok(budgets)
}

fn is_used_up(budget: &CustomerBudget) -> bool {
    matches!((budget.budget_amount, budget.used_amount), (Some(set), Some(used)) if used >= set)
}

/// Sets the first budget and unfreezes the customer: new customers of this model start frozen. A repeat
/// leaves the same budget, so the client repeats the call itself where no response came.
async fn first_budget(client: &Client, customer: &CustomerId, amount: Amount) -> Result<(), Error> {
    let budget = SetBudget::new(customer, amount)
        .budget_type(BudgetType::Monthly)
        .frozen_operate_type(WhenUsedUp::FreezeByHand)
        .cancel_partner_frozen(true);
    client.send(&budget).await?;
    println!("{customer} may spend {amount:.2} USD a month");
    Ok(())
}

/// Freezes ten at a time, and gives those that are frozen afterwards.
async fn freeze(client: &Client, customers: &[CustomerId]) -> Result<Vec<CustomerId>, Error> {
    let mut frozen = Vec::new();
    for some in customers.chunks(FREEZE_AT_ONCE) {
        let request = FreezeCustomers::new(some.to_vec(), "budget used up").freeze_type(FreezeScope::Account);
        match client.send(&request.clone()).await {
            Ok(outcome) => frozen.extend(done(&outcome, some)),
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                println!("no response came; looking who is frozen");
                frozen.extend(frozen_after_all(client, &request, &error).await?);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(frozen)
}

/// The customers for which it was done; why it was not for the others goes to the screen.
fn done(outcome: &FreezingOutcome, customers: &[CustomerId]) -> Vec<CustomerId> {
    let report = |result: Result<&CustomerId, &ItemError>| match result {
        Ok(customer) => Some(customer.clone()),
        Err(error) => {
            let meaning = error.code.info().map_or("", |info| info.meaning);
            println!("not {}: {} {meaning}", error.id, error.code);
            None
        }
    };
    outcome.outcomes(customers).filter_map(report).collect()
}

/// Selects the customers that the list of customers shows as frozen.
async fn frozen_after_all(
    client: &Client,
    request: &FreezeCustomers,
    error: &Error,
) -> Result<Vec<CustomerId>, Error> {
    let legs = match client.resolve_error(request, error, ResolveOptions::default()).await? {
        Settled::Executed(done) => done.legs,
        Settled::PartlyExecuted(part) => part.legs,
        _ => Vec::new(),
    };
    let (done, missing): (Vec<_>, Vec<_>) = legs.into_iter().partition(|leg| leg.state == LegState::Executed);
    missing.iter().for_each(|leg| println!("not {}: still active, the next run tries again", leg.target));
    Ok(done.into_iter().map(|leg| CustomerId::from(leg.target)).collect())
}

/// Doubles the budget and unfreezes. Both name the scope that was frozen.
async fn raise_and_unfreeze(client: &Client, customer: &CustomerId) -> Result<(), Error> {
    let Budget { budget_amount, budget_type, .. } =
        client.send(&ShowBudget::new(customer)).await?.into_inner();
    let set = budget_amount.unwrap_or_default();
    let Some(twice) = set.checked_add(set) else { return Ok(()) };
    let mut budget = SetBudget::new(customer, twice);
    budget.budget_type = budget_type; // left out it would become a monthly one
    client.send(&budget).await?;
    println!("{customer}: from {set:.2} to {twice:.2} USD");

    let request = UnfreezeCustomers::new(vec![customer.clone()], "paid").unfreeze_type(FreezeScope::Account);
    let some = request.customer_ids.clone();
    for customer in done(&*client.send(&request).await?, &some) {
        let listed = client.send(&ListCustomers::new().customer_id(&customer)).await?;
        let state = listed.customer_infos.first().and_then(|listed| listed.is_frozen);
        println!("{customer}: active {}", state == Some(FrozenState::Active));
    }
    Ok(())
}

/// The history of a budget. Who did it is a person's login name: masked here, `expose` gives it to those who may know.
async fn records(client: &Client, customer: &CustomerId) -> Result<(), Error> {
    println!("{:<22} {:<10} {:>12}  by", "when", "what", "amount");
    let mut records = client.items(ListBudgetRecords::new(customer));
    while let Some(record) = records.try_next().await? {
        println!(
            "{:<22} {:<10} {:>12.2}  {}",
            record.operation_time.map(|time| time.to_string()).unwrap_or_default(),
            record.operation_type.as_ref().map_or_else(String::new, |kind| format!("{kind:?}")),
            record.budget_amount.unwrap_or_default(),
            record.operator.unwrap_or_default(),
        );
    }
    Ok(())
}

fn explain(error: &Error) {
    eprintln!("{error}");
    match error.kind() {
        ErrorKind::NotOffered => eprintln!("budgets are for the international and European sites"),
        ErrorKind::InvalidInput => eprintln!("nothing was sent: correct the arguments"),
        ErrorKind::Throttled | ErrorKind::NotSent | ErrorKind::Interrupted | ErrorKind::TimedOut => {
            eprintln!("try again later")
        }
        ErrorKind::OutcomeUnknown => eprintln!("look at the list of customers before anything is repeated"),
        _ => {}
    }
    if let Some(info) = error.code().and_then(|code| code.info()) {
        eprintln!("what to do: {}", info.remedy);
    }
}

/// Stand-in for the service: the sandbox, a customer that leaves, and a line that loses one response.
mod stand_in {
    use std::sync::Arc;

    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        customers::SetBudget,
        testing::{FaultTransport, FaultTrigger, InjectedFault},
        types::Site,
    };
    use huaweicloud_partner_sandbox::{Sandbox, SandboxEvent};

    pub struct StandIn {
        pub client: Client,
        sandbox: Sandbox,
    }

    impl StandIn {
        /// Customer-3 goes to somebody else in the meantime, so it is not ours to freeze.
        pub fn one_leaves(&self) -> Result<(), Error> {
            let leaves = SandboxEvent::EndAssociation { customer: "customer-3".to_owned() };
            self.sandbox
                .apply(leaves)
                .map(drop)
                .map_err(|refusal| Error::new(ErrorKind::Configuration, "", refusal.to_string()))
        }
    }

    pub fn start() -> Result<StandIn, Error> {
        let sandbox = Sandbox::international_provider();
        let keys = sandbox
            .credentials("provider")
            .ok_or_else(|| Error::new(ErrorKind::Configuration, "", "the sandbox has no provider"))?;
        let clock = sandbox.clock().clone();
        // The first budget is set, and the response is lost: harmless, the client sets it again.
        let line = FaultTransport::new(sandbox.clone(), Arc::new(clock.clone()))
            .inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<SetBudget>());
        let client =
            Client::builder(Site::International).credentials(keys).transport(line).clock(clock).build()?;
        Ok(StandIn { client, sandbox })
    }
}
