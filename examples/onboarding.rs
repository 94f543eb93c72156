//! A new customer: from a login name that may be taken to an enterprise whose real name is authenticated.
//!
//! ```text
//! cargo run --example onboarding
//! ```
//!
//! Two applicants come. The account of the first is made at once, and its review passes after a while. The second
//! meets what a platform must be ready for: the service makes the account, does not learn in time whether it was
//! associated, and returns an error (`CBC.99000050`); later the review refuses the document.
//!
//! Nothing leaves the machine: a sandbox takes the service's place, whose reviewer refuses one document; see `stand_in` at the end. Against
//! the real service only [`main`] changes: the client comes from `Client::builder`, and the code from a web page.

use std::{process::ExitCode, time::Duration};

use huaweicloud_partner::{
    Client, Error, ErrorKind,
    customers::{
        AuthenticateEnterprise, Availability, CertificateType, CheckIdentity, CreateCustomer,
        CreatedCustomer, IdentityType, ListCustomers, ReviewNeed, ReviewResult, SendVerificationCode,
        ShowAuthenticationReview,
    },
    error::codes,
    journal::{ResolveOptions, Settled},
    types::{CustomerId, Personal, Secret},
};

/// The tag that Huawei gave to this sales platform.
const PLATFORM: &str = "sandbox-platform";

/// Interval at which a review is looked at.
const REVIEW_EVERY: Duration = Duration::from_secs(10 * 60);
const REVIEW_AT_MOST: Duration = Duration::from_secs(3 * 24 * 3600);

/// Data from the form on the platform's page. Everything about people and companies is masked when printed.
struct Applicant {
    /// The platform's own id of this user.
    user: &'static str,
    login: Personal,
    mobile: Personal,
    company: Personal,
    licence: Personal,
    /// The picture of the licence, which the platform has put into its bucket below `download/`.
    picture: Personal,
}

/// Reason why onboarding stopped, by the action that it needs.
enum Stopped {
    /// The applicant chooses another name.
    NameTaken,
    /// The code that was sent was not entered.
    NoCode,
    /// Support has to look: the account exists and is not associated with us.
    NotAssociated(CustomerId),
    /// The applicant sends a better document. The reason may name people, so it is masked; show it to the applicant only.
    Refused(CustomerId, Personal),
    /// The review is still open; look again tomorrow.
    StillUnderReview(CustomerId),
    /// A call failed.
    Failed(Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let stand_in = match stand_in::start() {
        Ok(stand_in) => stand_in,
        Err(error) => {
            eprintln!("no client: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = false;
    for applicant in stand_in::applicants() {
        println!("\nUser {} of {PLATFORM}", applicant.user);
        let read_code = || stand_in.code_sent_to(&applicant.mobile);
        match onboard(&stand_in.client, &applicant, read_code).await {
            Ok(customer) => println!("  {customer} can buy"),
            Err(Stopped::NameTaken) => println!("  the login name is taken: ask for another"),
            Err(Stopped::NoCode) => println!("  no code was typed: begin again when the applicant is there"),
            Err(Stopped::NotAssociated(customer)) => {
                println!(
                    "  {customer} exists but does not appear among our customers: ask support, create nothing"
                )
            }
            Err(Stopped::Refused(customer, reason)) => {
                println!("  {customer} was refused; the reason ({reason}) goes to the applicant alone");
            }
            Err(Stopped::StillUnderReview(customer)) => println!("  {customer} is still under review"),
            Err(Stopped::Failed(error)) => {
                failed = true;
                explain(&error);
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The whole way. Each step can be repeated by calling this again, except that an account is never made twice.
async fn onboard(
    client: &Client,
    applicant: &Applicant,
    read_code: impl Fn() -> Option<Secret>,
) -> Result<CustomerId, Stopped> {
    let check = CheckIdentity::new(IdentityType::LoginName, applicant.login.clone());
    if client.send(&check).await?.check_result != Some(Availability::Available) {
        return Err(Stopped::NameTaken);
    }
    println!("  the login name is free");

    client.send(&SendVerificationCode::to_mobile(applicant.mobile.clone())).await?;
    let code = read_code().ok_or(Stopped::NoCode)?;
    println!("  the code was sent and typed");

    let request = CreateCustomer::new(applicant.user, PLATFORM)
        .domain_name(applicant.login.clone())
        .mobile_phone(applicant.mobile.clone())
        .verification_code(code)
        .include_association_result(true);
    let customer = create_once(client, request).await?;
    println!("  the account is {customer}");

    wait_for_association(client, &customer).await?;
    println!("  it is associated with us");

    let application = AuthenticateEnterprise::new(
        &customer,
        vec![applicant.picture.clone()],
        applicant.company.clone(),
        applicant.licence.clone(),
        PLATFORM,
    )
    .certificate_type(CertificateType::BusinessLicence);
    if client.send(&application).await?.is_review == Some(ReviewNeed::Decided) {
        return Ok(customer);
    }
    println!("  the licence is under review");
    wait_for_review(client, customer).await
}

/// Makes the account, or finds the one that was made although no valid response came.
async fn create_once(client: &Client, request: CreateCustomer) -> Result<CustomerId, Stopped> {
    let error = match client.send(&request.clone()).await {
        Ok(created) => return Ok(created.into_inner().domain_id),
        Err(error) => error,
    };
    // Status 500, and yet the account is there: the error names it.
    if error.code() == Some(&codes::ASSOCIATION_UNKNOWN)
        && let Some(created) = CreatedCustomer::named_in(&error)
    {
        println!("  made, but the association is open ({})", codes::ASSOCIATION_UNKNOWN);
        return Ok(created.domain_id);
    }
    // The response was lost: the list of customers tells. Both ids are our own, so it cannot be somebody
    // else's.
    if error.kind() == ErrorKind::OutcomeUnknown {
        println!("  no response; looking among our customers");
        let options = ResolveOptions::new().sole_writer(true);
        if let Settled::Executed(found) = client.resolve_error(&request, &error, options).await? {
            return Ok(CustomerId::from(found.record_id()));
        }
    }
    Err(error.into())
}

/// Looks among our customers until this one appears: at most ten minutes.
async fn wait_for_association(client: &Client, customer: &CustomerId) -> Result<(), Stopped> {
    for _ in 0..20 {
        let found = client.send(&ListCustomers::new().customer_id(customer)).await?;
        if found.customer_infos.iter().any(|listed| listed.customer_id == *customer) {
            return Ok(());
        }
        client.clock().sleep(Duration::from_secs(30)).await;
    }
    Err(Stopped::NotAssociated(customer.clone()))
}

/// Polls the review until it is decided. A service of its own would store the id and look by a timer instead.
async fn wait_for_review(client: &Client, customer: CustomerId) -> Result<CustomerId, Stopped> {
    let begun = client.clock().elapsed();
    loop {
        let review = client.send(&ShowAuthenticationReview::new(&customer)).await?.into_inner();
        let waited = client.clock().elapsed().saturating_sub(begun);
        match review.review_result {
            Some(ReviewResult::Passed) => {
                println!("  it passed after {} minutes", waited.as_secs() / 60);
                return Ok(customer);
            }
            Some(ReviewResult::Refused) => {
                return Err(Stopped::Refused(customer, review.opinion.unwrap_or_default()));
            }
            // Under way, not there yet, or a code that this version does not know.
            _ if waited >= REVIEW_AT_MOST => return Err(Stopped::StillUnderReview(customer)),
            _ => client.clock().sleep(REVIEW_EVERY).await,
        }
    }
}

/// Prints the meaning of a failed call for the operators of the platform. No error text holds personal data.
fn explain(error: &Error) {
    println!("  {error}");
    match error.kind() {
        ErrorKind::InvalidInput => println!("  the form let something pass that it should have refused"),
        ErrorKind::Credentials => println!("  check key, secret and clock of this machine"),
        ErrorKind::Throttled | ErrorKind::NotSent | ErrorKind::Interrupted | ErrorKind::TimedOut => {
            println!("  nothing is lost: try again later")
        }
        ErrorKind::OutcomeUnknown => println!("  the account may exist: look for it before trying again"),
        _ => {}
    }
    if let Some(info) = error.code().and_then(|code| code.info()) {
        println!("  what to do: {}", info.remedy);
    }
}

/// Stand-in for the service: the sandbox, a reviewer who refuses one document, and one error of the kind that
/// matters here.
mod stand_in {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use async_trait::async_trait;
    use http::{Method, Request, Response};
    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        transport::{Body, Transport, TransportError},
        types::Site,
        types::{Personal, Secret},
    };
    use huaweicloud_partner_sandbox::{Sandbox, SandboxEvent};

    use super::Applicant;

    pub struct StandIn {
        pub client: Client,
        sandbox: Sandbox,
    }

    impl StandIn {
        /// The code as the applicant reads it on the telephone.
        pub fn code_sent_to(&self, mobile: &Personal) -> Option<Secret> {
            self.sandbox.code_sent_to(mobile.expose())
        }
    }

    const UNREADABLE: &str = "91110000MA00000002";

    pub fn start() -> Result<StandIn, Error> {
        let sandbox = Sandbox::small_distributor();
        let wrong = |why: String| Error::new(ErrorKind::Configuration, "", why);
        let reject = SandboxEvent::RejectDocument {
            number: UNREADABLE.into(),
            reason: "The name of Li Lei cannot be read".into(),
        };
        sandbox.apply(reject).map_err(|refusal| wrong(refusal.to_string()))?;
        let keys = sandbox
            .credentials("distributor")
            .ok_or_else(|| wrong("the sandbox has no distributor".to_owned()))?;
        let service = Service { sandbox: sandbox.clone(), created: Arc::default() };
        let clock = sandbox.clock().clone();
        let client =
            Client::builder(Site::China).credentials(keys).transport(service).clock(clock).build()?;
        Ok(StandIn { client, sandbox })
    }

    pub fn applicants() -> [Applicant; 2] {
        let applicant = |user, login: &str, mobile: &str, company: &str, licence: &str| Applicant {
            user,
            login: login.into(),
            mobile: mobile.into(),
            company: company.into(),
            licence: licence.into(),
            picture: "licences/front.jpg".into(),
        };
        [
            applicant(
                "shop-user-1",
                "harbour_books",
                "13800000001",
                "Harbour Books Ltd",
                "91110000MA00000001",
            ),
            applicant("shop-user-2", "cedar_prints", "13800000002", "Cedar Prints Ltd", UNREADABLE),
        ]
    }

    #[derive(Debug)]
    struct Service {
        sandbox: Sandbox,
        created: Arc<AtomicUsize>,
    }

    #[async_trait]
    impl Transport for Service {
        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
            let creates =
                request.method() == Method::POST && request.uri().path() == "/v2/partners/sub-customers";
            let response = self.sandbox.send(request).await?;
            if !creates || self.created.fetch_add(1, Ordering::Relaxed) != 1 {
                return Ok(response);
            }
            // The second account: it was made, and the response is an error that names it.
            let (mut head, body) = response.into_parts();
            let made = String::from_utf8_lossy(&body.collect(usize::MAX).await?).into_owned();
            let named = made.trim_start().trim_start_matches('{');
            head.status = http::StatusCode::INTERNAL_SERVER_ERROR;
            head.headers.remove(http::header::CONTENT_LENGTH);
            let error = r#""error_code":"CBC.99000050","error_msg":"Association timed out""#;
            Ok(Response::from_parts(head, Body::from(format!("{{{error},{named}"))))
        }
    }
}
