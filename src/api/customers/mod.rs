//! Customers of a partner: registration, real-name authentication, budgets, freezing, and their data.
//!
//! A customer is an account of Huawei Cloud that is *associated* with a partner. The account is `domain_id`
//! in the response that creates it and `customer_id` everywhere else. How the two cooperate is the
//! [`AssociationType`]:
//!
//! | Chinese | Here | Who pays Huawei Cloud | Held by | Site |
//! |---|---|---|---|---|
//! | 顾问销售 | [`Referral`](AssociationType::Referral) | the customer, or the partner for single orders | nothing | China, international |
//! | 代售 | [`Resale`](AssociationType::Resale) | the customer, from money that the partner granted | the money granted | China |
//! | 转售 | [`ResellerModel`](AssociationType::ResellerModel) | the partner, by a bill | a budget, and freezing | international |
//!
//! # Life of a customer
//! 1. [`CheckIdentity`] tells whether a login name, number or address is free. A hint, nothing is reserved.
//! 2. [`SendVerificationCode`] to the number (China) or address (elsewhere), where one is to be registered.
//! 3. [`CreateCustomer`] makes the account at once. The association follows; [`ListCustomers`] shows when.
//! 4. Outside China the customer starts frozen: [`SetBudget`] with
//!    [`cancel_partner_frozen`](SetBudget::cancel_partner_frozen), or [`UnfreezeCustomers`].
//! 5. To buy, it must be authenticated (outside China, to buy in regions of China): [`AuthenticatePerson`] or
//!    [`AuthenticateEnterprise`], then, where a person has to look at it, [`ShowAuthenticationReview`].
//! 6. Ending the association, or changing its kind, is done in Partner Center; no operation was found for it.
//!
//! | To do | Operation | Who | Sites | Repeat |
//! |---|---|---|---|---|
//! | check a name, number or address | [`CheckIdentity`] | partner | all | safe |
//! | send a code | [`SendVerificationCode`] | partner | all | sends another |
//! | create an account | [`CreateCustomer`] | partner | all | may make a second |
//! | find customers | [`ListCustomers`] | partner | all | safe |
//! | see who counts as new | [`ListNewCustomerTags`] | partner | China | safe |
//! | authenticate | [`AuthenticatePerson`], [`AuthenticateEnterprise`] | partner | all | refused, and counted |
//! | make an enterprise of a person | [`ChangeToEnterprise`] | partner | all | files another |
//! | see how the review went | [`ShowAuthenticationReview`] | partner | all | safe |
//! | check the face of a person | [`ShowFaceCheckQrCode`] | customer | China | another code |
//! | see its own authentication | [`ShowAuthenticationStatus`] | customer | China | safe |
//! | see what is paid by use | [`ListPayPerUseResources`] | partner | all | safe |
//! | freeze and unfreeze | [`FreezeCustomers`], [`UnfreezeCustomers`] | partner | international, European | not documented |
//! | set a budget | [`SetBudget`] | partner | international, European | the same budget |
//! | see budgets | [`ShowBudget`], [`ListBudgets`] | partner | international, European | safe |
//! | see how a budget changed | [`ListBudgetRecords`] | partner | international, European | safe |
//! | see its own balance | [`ShowAccountBalances`] | customer | all | safe |
//! | see its own ledger | [`ListAccountChanges`] | customer | China | safe |
//! | see its own limit | [`ShowExpenditureQuota`] | customer | international, European | safe |
//! | name places in China | [`ListProvinces`], [`ListCities`], [`ListDistricts`] | either | China | safe |
//!
//! The partner is a solution provider or a distributor. A distributor acts for the customers of a reseller by
//! naming it as `indirect_partner_id`; without that name a call concerns the caller's own customers, and with
//! that of another partner's reseller it is refused (`CBC.99000037`).
//!
//! # Pitfalls
//! - `CBC.99000050` from [`CreateCustomer`] comes with HTTP status 500, but the account exists:
//!   [`CreatedCustomer::named_in`]. Never create it again.
//! - What only one site demands or forbids is checked by that site: a request does not know where it goes. A mixture that
//!   no site takes is refused before anything is sent.
//! - The state of an authentication has three sets of codes on the wire. [`VerifiedStatus`] is text in the list of customers,
//!   [`AuthenticationState`] a number in the customer's own query, [`ReviewResult`] a third.
//! - [`FreezeCustomers`] may freeze some and not others, with HTTP status 200: go through [`FreezingOutcome::outcomes`].
//! - [`UnfreezeCustomers`] must name the same scope as the freeze did.
//! - What is used of a budget lags and is approximate. The lists of resources lag as well.
//! - Customers that are not the caller's are left out of [`ListBudgets`] and [`ListNewCustomerTags`] without an error.
//!
//! # Example
//! ```
//! use huaweicloud_partner::{
//!     Client,
//!     customers::{CreateCustomer, CreatedCustomer, CustomerPage, ListCustomers},
//!     error::{ApiError, codes},
//!     testing::MockTransport,
//!     types::decode_str,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! // A service that makes the account and does not learn in time whether it was associated.
//! let mock = MockTransport::new();
//! let open = r#"{"error_code":"CBC.99000050","error_msg":"timeout","domain_id":"06a7","domain_name":"acme-1"}"#;
//! mock.on_any::<CreateCustomer>().respond_with_error(ApiError::read(http::StatusCode::INTERNAL_SERVER_ERROR, open.into()));
//! let listed = r#"{"count":1,"customer_infos":[{"customer_id":"06a7","account_name":"acme-1","association_type":"2"}]}"#;
//! mock.on_any::<ListCustomers>().respond(decode_str::<CustomerPage>(listed)?);
//! let client = Client::for_test(mock);
//!
//! let request = CreateCustomer::new("user-7", "Acme_IDP").domain_name("acme-1").include_association_result(true);
//! let customer = match client.send(&request).await {
//!     Ok(created) => created.into_inner(),
//!     Err(error) => match CreatedCustomer::named_in(&error) {
//!         Some(created) if error.code() == Some(&codes::ASSOCIATION_UNKNOWN) => created,
//!         _ => return Err(error.into()),
//!     },
//! };
//! let found = client.send(&ListCustomers::new().customer_id(&customer.domain_id)).await?;
//! assert_eq!(found.customer_infos.len(), 1);
//! # Ok(())
//! # })
//! # }
//! ```

mod accounts;
mod budgets;
mod freezing;
mod list;
mod realname;
mod regions;
mod registration;
mod resources;
mod review;

pub use crate::partners::{ChangeDirection, TradeType};
pub use crate::types::AssociationType;
pub use accounts::{
    AccountBalance, AccountBalances, AccountChange, AccountChangePage, ExpenditureQuota, ListAccountChanges,
    PaymentChannel, ShowAccountBalances, ShowExpenditureQuota,
};
pub use budgets::{
    Budget, BudgetOperation, BudgetRecord, BudgetRecordPage, BudgetSet, BudgetType, BudgetUnfreeze, Budgets,
    CustomerBudget, ListBudgetRecords, ListBudgets, SetBudget, ShowBudget, WhenUsedUp,
};
pub use freezing::{FreezeCustomers, FreezeScope, FreezingOutcome, UnfreezeCustomers};
pub use list::{
    AccountManager, Customer, CustomerLevel, CustomerPage, CustomerTagType, CustomerType, FrozenState,
    ListCustomers, ListNewCustomerTags, NewCustomer, NewCustomerTag, NewCustomerTagPage, VerifiedStatus,
};
pub use realname::{
    AuthenticateEnterprise, AuthenticatePerson, AuthenticationApplied, AuthenticationChange, BankCard,
    CertificateType, CertifierRole, ChangeToEnterprise, EnterpriseMethod, EnterprisePerson, PersonDocument,
    PersonMethod, ReviewNeed,
};
pub use regions::{CityPage, DistrictPage, ListCities, ListDistricts, ListProvinces, Place, ProvincePage};
pub use registration::{
    Availability, CheckIdentity, CodeChannel, CodeScene, CodeSent, CooperationType, CreateCustomer,
    CreatedCustomer, IdentityCheck, IdentityType, MarketingMessages, MessageLanguage, SendVerificationCode,
};
pub use resources::{ListPayPerUseResources, PayPerUseResource, PayPerUseResourcePage, ResourceStatus};
pub use review::{
    AuthenticationReview, AuthenticationState, AuthenticationStatus, FaceCheckQrCode, ReviewResult,
    ShowAuthenticationReview, ShowAuthenticationStatus, ShowFaceCheckQrCode, VerifiedType,
};
