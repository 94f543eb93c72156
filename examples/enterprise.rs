//! An enterprise and its members: the units, a new member, money and vouchers there and back.
//!
//! ```text
//! cargo run --example enterprise
//! ```
//!
//! The moves of money carry a key against repeats. The response to the first transfer is lost on the way: the
//! client sends the same request with the same key again, the service matches it, and the money moves once.
//! Then the whole line fails: the request, kept with its key, is sent by the next run.
//!
//! Nothing leaves the machine: a sandbox takes the service's place, over a line that fails as scripted; see `stand_in` at the end.

use std::{fs, path::Path, process::ExitCode, time::Duration};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    enterprise::{
        CreateMember, FailedCheck, FundsAccount, ListMembers, ListOrganizations, ListReclaimableAmounts,
        ListReclaimableVouchers, ListTransferableVouchers, Member, MemberStatus, MessageVariable, NewMember,
        ReclaimFromMember, ReclaimVoucherFromMember, SendMemberVerificationCode, ShowTransferableAmount,
        TransferToMember, TransferVoucherToMember, TreeDepth,
    },
    error::codes,
    journal::{ResolveOptions, Settled},
    types::{Amount, CustomerId, Personal, Secret},
};

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
    let master = &stand_in.master;

    title("Units");
    let Some(unit) = show_units(master).await? else {
        println!("none: set one up in the console first");
        return Ok(());
    };

    title("A new member");
    let applicant = stand_in::applicant();
    let mobile = applicant.mobile.clone();
    let Some(member) = new_member(master, &unit, applicant, || stand_in.code_sent_to(&mobile)).await? else {
        println!("it is not in the list yet: look again later, and do not make it again");
        return Ok(());
    };

    title("Money for it");
    let amount: Amount = Amount::new(30_050, 2).unwrap_or_default();
    transfer(master, &member, amount, &stand_in.notes).await?;
    show_money(stand_in, &member).await?;

    title("More money, while the line is down");
    stand_in.cut_the_line();
    match transfer(master, &member, amount, &stand_in.notes).await {
        Err(error) if error.is_retryable() => println!("{error}"),
        other => other?,
    }
    stand_in.restore_connection();
    println!("the next run finds the note:");
    finish_transfers(master, &stand_in.notes).await?;
    show_money(stand_in, &member).await?;

    title("What it does not need comes back");
    reclaim_all(master, &member).await?;
    show_money(stand_in, &member).await?;

    title("A voucher there and back");
    vouchers(master, &member).await
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// Prints the units by their ids and gives the first. What they are called is masked: it is no one's business
/// in a log.
async fn show_units(master: &Client) -> Result<Option<String>, Error> {
    let tree = master.send(&ListOrganizations::new().recursive_query(TreeDepth::AllLevels)).await?;
    for unit in tree.units() {
        println!("unit {} with {} below it", unit.id, unit.child_nodes.len());
    }
    Ok(tree.units().next().map(|unit| unit.id.clone()))
}

/// Applicant that is to become a member.
struct Applicant {
    login: Personal,
    mobile: Personal,
    password: Secret,
}

/// Sends the code, makes the account, and finds it among the members: the response to the account names
/// nothing.
async fn new_member(
    master: &Client,
    unit: &str,
    applicant: Applicant,
    read_code: impl Fn() -> Secret,
) -> Result<Option<CustomerId>, Error> {
    let in_message = vec![MessageVariable::member_name(applicant.login.clone())];
    master.send(&SendMemberVerificationCode::new(applicant.mobile.clone(), in_message)).await?;
    let account = NewMember::new(applicant.login.clone(), applicant.password)
        .mobile_phone(applicant.mobile)
        .verification_code(read_code());
    let request = CreateMember::new(unit, account);
    match master.send(&request.clone()).await {
        Ok(_) => println!("made"),
        // No key here: the list of members tells whether it was made, and it is never made again blindly.
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            let options = ResolveOptions::new().sole_writer(true);
            match master.resolve_error(&request, &error, options).await? {
                Settled::Executed(_) => println!("made, as the list of members tells"),
                _ => return Err(error),
            }
        }
        Err(error) => return Err(error),
    }
    for _ in 0..20 {
        let query = ListMembers::new().sub_customer_account_name(applicant.login.clone());
        let members: Vec<Member> = master.items(query).try_collect().await?;
        if let [member] = members.as_slice()
            && member.status == Some(MemberStatus::Normal)
        {
            println!("{} is a member", member.id);
            return Ok(Some(member.id.clone()));
        }
        master.clock().sleep(Duration::from_secs(15)).await;
    }
    Ok(None)
}

/// Moves money to a member. The request is written down with its key before it is sent and crossed out when its fate is
/// known, so that even a crash does not let it move twice.
async fn transfer(master: &Client, member: &CustomerId, amount: Amount, notes: &Path) -> Result<(), Error> {
    finish_transfers(master, notes).await?; // one from an earlier run comes first
    let there = master.send(&ShowTransferableAmount::new(FundsAccount::Balance)).await?;
    // Only a look: what counts is what the service says to the transfer.
    if there.amount_infos.iter().all(|row| row.avail_transfer_amount.unwrap_or_default() < amount) {
        println!("there is less than {amount:.2} CNY to give");
        return Ok(());
    }
    let request = TransferToMember::new(member, amount);
    fs::write(notes, serde_json::to_vec(&request).map_err(not_noted)?).map_err(not_noted)?;
    finish_transfers(master, notes).await
}

/// Sends the transfer that is noted, if there is one.
async fn finish_transfers(master: &Client, notes: &Path) -> Result<(), Error> {
    let Ok(noted) = fs::read(notes) else { return Ok(()) };
    let request: TransferToMember = serde_json::from_slice(&noted).map_err(not_noted)?;
    let (member, key) = (request.customer_id.clone(), request.trans_id.clone());
    match master.send(&request).await {
        Ok(response) => {
            println!("transfer {key} to {member}: moved, {} attempts", response.attempts());
        }
        // An earlier run sent it, and its response never came.
        Err(error) if error.code() == Some(&codes::TRANSACTION_ID_USED) => {
            println!("transfer {key} to {member}: received by an earlier run");
        }
        // It may have arrived or not. The note stays, and sending it again is safe.
        Err(error) if error.is_retryable() => return Err(error),
        Err(error) => {
            cross_out(notes)?;
            return Err(error);
        }
    }
    cross_out(notes)
}

fn cross_out(notes: &Path) -> Result<(), Error> {
    fs::remove_file(notes).map_err(not_noted)
}

fn not_noted(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Configuration, "", "the notes of transfers cannot be kept").caused_by(cause)
}

/// Takes back whatever can be taken from the balance.
async fn reclaim_all(master: &Client, member: &CustomerId) -> Result<(), Error> {
    let query = ListReclaimableAmounts::new(member, FundsAccount::Balance);
    let there = master.send(&query).await?;
    let amount =
        there.amount_infos.iter().filter_map(|row| row.avail_retrieve_amount).next().unwrap_or_default();
    if amount.is_zero() {
        println!("nothing to take back");
        return Ok(());
    }
    master.send(&ReclaimFromMember::new(member, amount)).await?;
    println!("{amount:.2} CNY taken back");
    Ok(())
}

/// Gives the member half of a voucher, and takes it back by the two ids that the list names together.
async fn vouchers(master: &Client, member: &CustomerId) -> Result<(), Error> {
    let own = master.send(&ListTransferableVouchers::new()).await?;
    let Some(voucher) = own.avail_transfer_coupons.first() else {
        println!("no voucher can be given");
        return Ok(());
    };
    let balance = voucher.balance.unwrap_or_default();
    let half = Amount::from(balance.as_decimal() / rust_decimal::Decimal::TWO).truncated(2);
    let given = master.send(&TransferVoucherToMember::new(member, &voucher.coupon_id, half)).await?;
    println!("{half:.2} of {balance:.2} CNY on {} given as {}", voucher.coupon_id, given.sub_coupon_id);

    let mut held = master.items(ListReclaimableVouchers::new(member));
    while let Some(voucher) = held.try_next().await? {
        let request = ReclaimVoucherFromMember::new(member, &voucher.coupon_id, &voucher.sub_coupon_id);
        let back = master.send(&request).await?.real_retrieve_amount.unwrap_or_default();
        println!("{back:.2} CNY taken back from {}", voucher.sub_coupon_id);
    }
    Ok(())
}

/// Prints the money of master and member.
async fn show_money(stand_in: &stand_in::StandIn, member: &CustomerId) -> Result<(), Error> {
    let query = ListReclaimableAmounts::new(member, FundsAccount::Balance);
    let member = stand_in.master.send(&query).await?.into_inner().amount_infos;
    let master = stand_in.master.send(&ShowTransferableAmount::new(FundsAccount::Balance)).await?;
    let member = member.iter().filter_map(|row| row.avail_retrieve_amount).next().unwrap_or_default();
    let master =
        master.amount_infos.iter().filter_map(|row| row.avail_transfer_amount).next().unwrap_or_default();
    println!("master {master:.2} CNY, member {member:.2} CNY");
    Ok(())
}

fn explain(error: &Error) {
    eprintln!("{error}");
    match error.kind() {
        ErrorKind::WrongCaller => eprintln!("only the master of an enterprise may do this"),
        ErrorKind::InvalidInput => eprintln!("nothing was sent: correct the arguments"),
        ErrorKind::Throttled | ErrorKind::NotSent | ErrorKind::Interrupted | ErrorKind::TimedOut => {
            eprintln!("try again later")
        }
        ErrorKind::OutcomeUnknown if error.is_retryable() => {
            eprintln!("it carries a key: send it again as it is")
        }
        ErrorKind::OutcomeUnknown => eprintln!("look before anything is repeated"),
        _ => {}
    }
    if error.code() == Some(&codes::BUSINESS_CHECK_FAILED) {
        let reasons = error.api().and_then(|api| api.field::<Vec<FailedCheck>>("fail_check_items"));
        eprintln!("because of {:?}", reasons.unwrap_or_default());
    }
    if let Some(info) = error.code().and_then(|code| code.info()) {
        eprintln!("what to do: {}", info.remedy);
    }
}

/// Stand-in for the service: the sandbox, and a line that fails.
mod stand_in {
    use std::{
        path::PathBuf,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
    };

    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        enterprise::TransferToMember,
        testing::{FaultTransport, FaultTrigger, InjectedFault},
        types::Site,
        types::{Personal, Secret},
    };
    use huaweicloud_partner_sandbox::Sandbox;

    use super::Applicant;

    pub struct StandIn {
        pub master: Client,
        pub notes: PathBuf,
        sandbox: Sandbox,
        down: Arc<AtomicBool>,
    }

    impl StandIn {
        /// The code as the member's administrator reads it on the telephone.
        pub fn code_sent_to(&self, mobile: &Personal) -> Secret {
            self.sandbox.code_sent_to(mobile.expose()).unwrap_or_default()
        }

        pub fn cut_the_line(&self) {
            self.down.store(true, Ordering::Relaxed);
        }

        pub fn restore_connection(&self) {
            self.down.store(false, Ordering::Relaxed);
        }
    }

    pub fn applicant() -> Applicant {
        Applicant {
            login: "harbour_east".into(),
            mobile: "13800000001".into(),
            password: "Sunny-Harbour-26".into(),
        }
    }

    pub fn start() -> Result<StandIn, Error> {
        let sandbox = Sandbox::enterprise();
        let keys = sandbox
            .credentials("master")
            .ok_or_else(|| Error::new(ErrorKind::Configuration, "", "the sandbox has no master"))?;
        let clock = sandbox.clock().clone();
        let down = Arc::new(AtomicBool::new(false));
        let is_down = down.clone();
        let line = FaultTransport::new(sandbox.clone(), Arc::new(clock.clone()))
            .inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<TransferToMember>())
            .inject(
                InjectedFault::LostResponse,
                FaultTrigger::always()
                    .of::<TransferToMember>()
                    .request(move |_| is_down.load(Ordering::Relaxed)),
            );
        let master = Client::builder(Site::China).credentials(keys).transport(line).clock(clock).build()?;
        let notes = std::env::temp_dir().join(format!("transfers-{}.json", std::process::id()));
        Ok(StandIn { master, notes, sandbox, down })
    }
}
