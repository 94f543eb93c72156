//! Customers of a partner: registration, real-name authentication, budgets, freezing, and their data.
//!
//! A customer is an account of Huawei Cloud that is *associated* with a partner. The account is `domain_id`
//! in the response that creates it and `customer_id` everywhere else. How the two cooperate is the
//! [`AssociationType`]:
//!
//! | Chinese | In this crate | Who pays Huawei Cloud | Limit by the partner | Site |
//! |---|---|---|---|---|
//! | 顾问销售 | [`Referral`](AssociationType::Referral) | the customer, or the partner for single orders | nothing | China, international |
//! | 代售 | [`Resale`](AssociationType::Resale) | the customer, from money that the partner granted | the money granted | China |
//! | 转售 | [`ResellerModel`](AssociationType::ResellerModel) | the partner, by a bill | a budget, and freezing | international |
//!
//! # Life of a customer
//! 1. [`CheckIdentity`] shows whether a login name, number or address is free. Nothing is reserved.
//! 2. [`SendVerificationCode`] sends a code to the number (China) or address (elsewhere) that is registered.
//! 3. [`CreateCustomer`] creates the account immediately. The association follows; [`ListCustomers`] shows it.
//! 4. Outside China the customer starts frozen: [`SetBudget`] with
//!    [`cancel_partner_frozen`](SetBudget::cancel_partner_frozen), or [`UnfreezeCustomers`].
//! 5. To buy, it must be authenticated (outside China, to buy in regions of China): [`AuthenticatePerson`] or
//!    [`AuthenticateEnterprise`], then, if the application is reviewed by a person, [`ShowAuthenticationReview`].
//! 6. Ending the association, or changing its kind, is done in Partner Center; no operation was found for it.
//!
//! | Task | Operation | Caller | Sites | Effect of a repeat |
//! |---|---|---|---|---|
//! | check a name, number or address | [`CheckIdentity`] | partner | all | none |
//! | send a code | [`SendVerificationCode`] | partner | all | sends another |
//! | create an account | [`CreateCustomer`] | partner | all | may make a second |
//! | list customers | [`ListCustomers`] | partner | all | none |
//! | list tags of new customers | [`ListNewCustomerTags`] | partner | China | none |
//! | authenticate | [`AuthenticatePerson`], [`AuthenticateEnterprise`] | partner | China, international | refused, and counted |
//! | change a person to an enterprise | [`ChangeToEnterprise`] | partner | China, international | files another |
//! | show the result of the review | [`ShowAuthenticationReview`] | partner | China, international | none |
//! | show the QR code of the face check | [`ShowFaceCheckQrCode`] | customer | China | another code |
//! | show the own authentication | [`ShowAuthenticationStatus`] | customer | China | none |
//! | list pay-per-use resources | [`ListPayPerUseResources`] | partner | China, international | none |
//! | freeze and unfreeze | [`FreezeCustomers`], [`UnfreezeCustomers`] | partner | international, European | not documented |
//! | set a budget | [`SetBudget`] | partner | international, European | the same budget |
//! | show budgets | [`ShowBudget`], [`ListBudgets`] | partner | international, European | none |
//! | list changes of a budget | [`ListBudgetRecords`] | partner | international | none |
//! | show the own balances | [`ShowAccountBalances`] | customer | China, international | none |
//! | list the own account changes | [`ListAccountChanges`] | customer | China | none |
//! | show the own spending limit | [`ShowExpenditureQuota`] | customer | international | none |
//! | list places in China | [`ListProvinces`], [`ListCities`], [`ListDistricts`] | either | China | none |
//!
//! The partner is a solution provider or a distributor. A distributor acts for the customers of a reseller by
//! naming it as `indirect_partner_id`; without that name a call concerns the caller's own customers, and with
//! that of another distributor's reseller it is refused (`CBC.99000037`).
//!
//! # Pitfalls
//! - `CBC.99000050` from [`CreateCustomer`] comes with HTTP status 500, but the account exists:
//!   [`CreatedCustomer::named_in`]. Do not create it again.
//! - Rules of a single site are checked by that site, because a request does not know its site. A combination that no site
//!   accepts is refused before anything is sent.
//! - The state of authentication has several codes on the wire. [`VerifiedStatus`] is text in the list of customers,
//!   [`AuthenticationState`] a number in the customer's own query, [`ReviewResult`] another number in a review.
//! - [`FreezeCustomers`] may freeze some and not others, with HTTP status 200: go through [`FreezingOutcome::outcomes`].
//! - [`UnfreezeCustomers`] must name the same scope as the freeze did.
//! - The used part of a budget lags and is approximate. The lists of resources lag as well.
//! - Customers that are not the caller's are silently left out of [`ListBudgets`] and [`ListNewCustomerTags`].
//!
//! # Example
//! ```
//! use huaweicloud_partner::{
//!     Client,
//!     auth::Credentials,
//!     customers::{CreateCustomer, CreatedCustomer, CustomerPage, ListCustomers},
//!     error::{ApiError, codes},
//!     types::Site,
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
//! let client = Client::builder(Site::China).credentials(Credentials::keys("id", "secret")).transport(mock).build()?;
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
mod places;
mod realname;
mod registration;
mod resources;
mod review;

pub use crate::types::AssociationType;
pub use accounts::{
    AccountBalance, AccountBalances, AccountChange, AccountChangePage, ChangeDirection, ExpenditureQuota,
    ListAccountChanges, PaymentChannel, ShowAccountBalances, ShowExpenditureQuota, TradeType,
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
pub use places::{CityPage, DistrictPage, ListCities, ListDistricts, ListProvinces, Place, ProvincePage};
pub use realname::{
    AuthenticateEnterprise, AuthenticatePerson, AuthenticationApplied, AuthenticationChange, BankCard,
    CertificateType, CertifierRole, ChangeToEnterprise, EnterpriseMethod, EnterprisePerson, PersonDocument,
    PersonMethod, ReviewNeed,
};
pub use registration::{
    Availability, CheckIdentity, CodeChannel, CodeScene, CodeSent, CooperationType, CreateCustomer,
    CreatedCustomer, IdentityCheck, IdentityType, MarketingMessages, MessageLanguage, SendVerificationCode,
};
pub use resources::{ListPayPerUseResources, PayPerUseResource, PayPerUseResourcePage, ResourceStatus};
pub use review::{
    AuthenticationReview, AuthenticationState, AuthenticationStatus, FaceCheckQrCode, ReviewResult,
    ShowAuthenticationReview, ShowAuthenticationStatus, ShowFaceCheckQrCode, VerifiedType,
};
