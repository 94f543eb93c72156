//! Budgets and freezing on the international site: what each customer may spend, who is stopped, and who did what.
//!
//! ```text
//! cargo run --example budgets
//! ```
//!
//! Nothing leaves the machine: a handful of scripted customers answers; see `stand_in` at the end.

use std::process::ExitCode;

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    client::Patience,
    customers::{
        AssociationType, Budget, BudgetType, Customer, CustomerBudget, FreezeCustomers, FreezeScope,
        FreezingOutcome, FrozenState, ListBudgetRecords, ListBudgets, ListCustomers, SetBudget, ShowBudget,
        UnfreezeCustomers, WhenUsedUp,
    },
    error::ItemError,
    operation::Verdict,
    types::{Amount, CustomerId},
};

/// The most customers that one freeze, and one query for budgets, takes.
const FREEZE_AT_ONCE: usize = 10;
const BUDGETS_AT_ONCE: usize = 100;

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

/// Only customers of the Reseller model have budgets; others would be left out of the answers without a word.
async fn reseller_model_customers(client: &Client) -> Result<Vec<CustomerId>, Error> {
    let query = ListCustomers::new().association_type(AssociationType::ResellerModel);
    client.items(query).map_ok(|customer| customer.customer_id).try_collect().await
}

/// A table of budgets. What is used lags and is not exact, so nothing but a person's look should hang on a few dollars.
async fn overview(client: &Client, customers: &[CustomerId]) -> Result<Vec<CustomerBudget>, Error> {
    let mut budgets = Vec::new();
    println!("{:<12} {:>12} {:>12} {:>12}", "customer", "budget", "about used", "about left");
    for some in customers.chunks(BUDGETS_AT_ONCE) {
        let answer = client.send(ListBudgets::new(some.to_vec())).await?;
        for customer in some {
            let Some(budget) = answer.of(customer) else {
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

/// New customers of this model start frozen: the budget and the way out of it go together. A repeat leaves the same
/// budget, so the client repeats the call itself where no answer came.
async fn first_budget(client: &Client, customer: &CustomerId, amount: Amount) -> Result<(), Error> {
    let budget = SetBudget::new(customer, amount)
        .budget_type(BudgetType::Monthly)
        .frozen_operate_type(WhenUsedUp::FreezeByHand)
        .cancel_partner_frozen(true);
    client.send(budget).await?;
    println!("{customer} may spend {amount:.2} USD a month");
    Ok(())
}

/// Freezes ten at a time, and gives those that are frozen afterwards.
async fn freeze(client: &Client, customers: &[CustomerId]) -> Result<Vec<CustomerId>, Error> {
    let mut frozen = Vec::new();
    for some in customers.chunks(FREEZE_AT_ONCE) {
        let request = FreezeCustomers::new(some.to_vec(), "budget used up").freeze_type(FreezeScope::Account);
        match client.send(request.clone()).await {
            Ok(outcome) => frozen.extend(done(&outcome, some)),
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                println!("no answer came; looking who is frozen");
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

/// Whoever of them the list of customers shows as frozen.
async fn frozen_after_all(
    client: &Client,
    request: &FreezeCustomers,
    error: &Error,
) -> Result<Vec<CustomerId>, Error> {
    let ids = |records: Vec<Customer>| records.into_iter().map(|customer| customer.customer_id).collect();
    Ok(match client.find_out(request, error, Patience::default()).await? {
        Verdict::Executed(records) => ids(records),
        Verdict::PartlyExecuted { done, missing } => {
            missing.iter().for_each(|id| println!("not {id}: still active, the next run tries again"));
            ids(done)
        }
        _ => Vec::new(),
    })
}

/// Doubles the budget and unfreezes. Both name the scope that was frozen.
async fn raise_and_unfreeze(client: &Client, customer: &CustomerId) -> Result<(), Error> {
    let Budget { budget_amount, budget_type, .. } =
        client.send(ShowBudget::new(customer)).await?.into_inner();
    let set = budget_amount.unwrap_or_default();
    let Some(twice) = set.checked_add(set) else { return Ok(()) };
    let mut budget = SetBudget::new(customer, twice);
    budget.budget_type = budget_type; // left out it would become a monthly one
    client.send(budget).await?;
    println!("{customer}: from {set:.2} to {twice:.2} USD");

    let request = UnfreezeCustomers::new(vec![customer.clone()], "paid").unfreeze_type(FreezeScope::Account);
    let some = request.customer_ids.clone();
    for customer in done(&*client.send(request).await?, &some) {
        let listed = client.send(ListCustomers::new().customer_id(&customer)).await?;
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
            format!("{:?}", record.operation_type),
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
        ErrorKind::InvalidInput => eprintln!("nothing was sent: mend the arguments"),
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

/// What stands in for the service: five customers whose budgets and states change as they are told to.
mod stand_in {
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex, MutexGuard, PoisonError},
    };

    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        auth::{Credentials, IdentityKind},
        clock::ManualClock,
        customers::*,
        error::{ItemError, codes},
        operation::Site,
        transport::{Fault, FaultTransport, MockTransport, When},
        types::{Amount, CustomerId, UtcTime},
    };

    struct Held {
        frozen: bool,
        budget: Option<Amount>,
        used: Amount,
        records: Vec<BudgetRecord>,
    }

    #[derive(Clone)]
    struct Customers(Arc<Mutex<BTreeMap<CustomerId, Held>>>);

    impl Customers {
        fn held(&self) -> MutexGuard<'_, BTreeMap<CustomerId, Held>> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Customer-3 has left meanwhile, so it is nobody's to freeze.
        fn switch(&self, ids: &[CustomerId], frozen: bool) -> FreezingOutcome {
            let mut outcome = FreezingOutcome::default();
            for id in ids {
                match self.held().get_mut(id).filter(|_| id.as_str() != "customer-3") {
                    Some(customer) => customer.frozen = frozen,
                    None => outcome.error_details.push(ItemError {
                        id: id.to_string(),
                        code: codes::NOT_OWN_CUSTOMER,
                        message: "not a customer of the partner".to_owned(),
                    }),
                }
            }
            outcome
        }
    }

    pub fn start() -> Result<Client, Error> {
        let now: UtcTime = "2026-05-06T01:00:00Z"
            .parse()
            .map_err(|error| Error::new(ErrorKind::Configuration, "", format!("{error}")))?;
        let clock = ManualClock::at(now.instant());
        // The first budget is set, and the answer is lost: harmless, the client sets it again.
        let line = FaultTransport::new(service(now), Arc::new(clock.clone()))
            .inject(Fault::LostAnswer, When::call(1).of::<SetBudget>());
        let keys = Credentials::keys("AK", "SK").with_kind(IdentityKind::SolutionProvider);
        Client::builder(Site::International, keys).transport(line).clock(clock).build()
    }

    fn service(now: UtcTime) -> MockTransport {
        let customers =
            [(1, Some(1000), 980), (2, Some(200), 200), (3, Some(50), 75), (4, None, 0), (5, Some(800), 912)]
                .map(|(number, budget, used)| {
                    let customer = Held {
                        frozen: budget.is_none(),
                        budget: budget.map(Amount::from),
                        used: Amount::from(used),
                        records: Vec::new(),
                    };
                    (CustomerId::from(format!("customer-{number}")), customer)
                });
        let customers = Customers(Arc::new(Mutex::new(BTreeMap::from(customers))));
        let mock = MockTransport::new();

        let held = customers.clone();
        mock.on::<ListCustomers>().answer_with(move |query| {
            let state = |frozen| if frozen { FrozenState::Account } else { FrozenState::Active };
            let customer_infos: Vec<Customer> = held
                .held()
                .iter()
                .filter(|(id, _)| query.customer_id.as_ref().is_none_or(|wanted| wanted == *id))
                .map(|(id, customer)| Customer {
                    customer_id: id.clone(),
                    association_type: Some(AssociationType::ResellerModel),
                    is_frozen: Some(state(customer.frozen)),
                    ..Customer::default()
                })
                .collect();
            CustomerPage { count: Some(customer_infos.len() as u64), customer_infos }
        });
        let held = customers.clone();
        mock.on::<ListBudgets>().answer_with(move |query| Budgets {
            budget_infos: held
                .held()
                .iter()
                .filter(|(id, customer)| customer.budget.is_some() && query.customer_ids.contains(id))
                .map(|(id, customer)| CustomerBudget {
                    customer_id: id.clone(),
                    budget_amount: customer.budget,
                    used_amount: Some(customer.used),
                    budget_type: Some(BudgetType::Monthly),
                })
                .collect(),
            ..Budgets::default()
        });
        let held = customers.clone();
        mock.on::<ShowBudget>().answer_with(move |query| Budget {
            budget_amount: held.held().get(&query.customer_id).and_then(|customer| customer.budget),
            budget_type: Some(BudgetType::Monthly),
            ..Budget::default()
        });
        let held = customers.clone();
        mock.on::<SetBudget>().answer_with(move |set| {
            if let Some(customer) = held.held().get_mut(&set.customer_id) {
                customer.budget = Some(set.budget_amount);
                customer.frozen &= set.cancel_partner_frozen != Some(BudgetUnfreeze::Yes);
                customer.records.push(BudgetRecord {
                    budget_amount: Some(set.budget_amount),
                    operation_type: BudgetOperation::Set,
                    operation_time: Some(now),
                    operator: Some("li_lei".into()),
                    ..BudgetRecord::default()
                });
            }
            BudgetSet {}
        });
        let held = customers.clone();
        mock.on::<ListBudgetRecords>().answer_with(move |query| {
            let record_list = held
                .held()
                .get(&query.customer_id)
                .map(|customer| customer.records.clone())
                .unwrap_or_default();
            BudgetRecordPage {
                total_count: Some(record_list.len() as u64),
                record_list,
                ..BudgetRecordPage::default()
            }
        });
        let held = customers.clone();
        mock.on::<FreezeCustomers>().answer_with(move |request| held.switch(&request.customer_ids, true));
        mock.on::<UnfreezeCustomers>()
            .answer_with(move |request| customers.switch(&request.customer_ids, false));
        mock
    }
}
