//! Customers (in the making).

mod list;
mod registration;

pub use list::{
    AccountManager, AssociationType, Customer, CustomerLevel, CustomerPage, CustomerTagType, CustomerType,
    FrozenState, ListCustomers, ListNewCustomerTags, NewCustomer, NewCustomerTag, NewCustomerTagPage,
    VerifiedStatus,
};
pub use registration::{
    Availability, CheckIdentity, CodeChannel, CodeScene, CodeSent, CooperationType, CreateCustomer,
    CreatedCustomer, IdentityCheck, IdentityType, MarketingMessages, MessageLanguage, SendVerificationCode,
};
