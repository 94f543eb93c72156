//! Programs and development paths: registration of a partner, enrolment in programs, tiers and benefits.
//!
//! | Kind | Record |
//! |---|---|
//! | `partner_account` | [`PartnerAccount`]: from the account to HCPN and to authenticated business information |
//! | `development_path` | [`DevelopmentPath`]: role selection, role validation, differentiation |
//! | `solution_certification` | [`SolutionCertification`]: cloud software certification of a solution, for 12 months |
//! | `program` | [`Enrolment`]: PCE, solution provider, distributor, reseller and the others, with tiers |
//! | `nre` | [`Nre`]: the one-time engineering fee for a solution (China site) |
//!
//! [`TestCouponRequest`] is checked without a record: its states are not published. No HTTP interface exists for any
//! of this on any site.
//!
//! # Editions
//! - A solution provider of the China site is real-name authenticated as an enterprise; on the international site an
//!   account that is cannot join. The list of obstacles is published for the international site only.
//! - Tiers differ ([`Tier::of`]), so do the paths by invitation ([`Path::by_invitation`]).
//! - The European site has no PCE and is otherwise taken to follow the international one.
//!
//! # Rules
//! [`RULES`] holds them with their source pages; 1 to 13 are the published rules, the others come from the tables
//! beside them. Some rules cannot be decided from the data of a record:
//!
//! | Rule | Reason why it is not checked |
//! |---|---|
//! | 2 | A consequence in Huawei Cloud: see [`Program::ends_customer_identity`] |
//! | 7 | The representative office is not visible in a record; that there is one account is checked within a store |
//! | 9, 16 | Requirements in figures come from yearly policies; those of the page are stated with the request |
//! | 11 | Closing an account is no event of these records |
//! | 12 | Nothing to refuse: see [`Program::has_certificate`] |
//! | 13 | Nothing has to be done |
//!
//! That a path has to be joined before PCE is inferred in the sources, so it is not asked for. Review times, terms of
//! programs and the forms' fields are not published.

mod account;
mod application;
mod benefits;
mod enrolment;
mod path;
mod rules;
mod solution;

pub use account::{AccountEvent, AccountEventKind, AccountState, PartnerAccount, Preparation};
pub use application::{ApplicantStanding, Obstacle, Program, ProgramApplication, QuickRegistration, Tier};
pub use benefits::{
    Milestone, Nre, NreEvent, NreEventKind, NreQualification, NreState, Sow, TestCouponRequest,
};
pub use enrolment::{
    Enrolled, Enrolment, EnrolmentEvent, EnrolmentEventKind, EnrolmentState, OtherAccount, Requirement,
    TierUpgrade,
};
pub use path::{
    CertifiedPerson, CertifiedSolution, Competency, DevelopmentPath, LeavingPath, Path, PathChoice,
    PathEvent, PathEventKind, PathRecord, PathState,
};
pub use rules::RULES;
pub use solution::{
    CertificationTerm, SolutionCertification, SolutionEvent, SolutionEventKind, SolutionForm, SolutionState,
};
