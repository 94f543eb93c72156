//! Codes of accounts: balances and moving money to customers and resellers.

use super::table;

table! {
    BALANCE_NOT_ENOUGH = "CBC.5003", Account, AfterCorrection:
        "The older adjustment call finds too little money",
        "Top up the paying account";
    REFERRAL_FUNDS_NOT_ADJUSTABLE = "CBC.5021", Caller, Never:
        "Money of a customer in the referral model can neither be granted nor reclaimed",
        "Leave such customers out; they pay Huawei Cloud themselves";
    ACCOUNT_NOT_FOUND = "CBC.99000047", Caller, Never:
        "There is no such account, or the customer has none that the partner pays",
        "Check the id and the association model before moving money";
    RESELLER_CUSTOMER_HAS_NO_BALANCE = "CBC.99000049", Caller, Never:
        "Customers in the reseller model have no balance, since their partner is billed",
        "Ask for budgets or bills instead";
    NOT_FOR_PARTNER_CUSTOMERS = "CBC.99000084", Caller, Never:
        "The query is closed to customers whose partner pays for them",
        "Use the partner's own records";
    BALANCE_TOO_LOW = "CBC.99005003", Account, AfterCorrection:
        "The balance of the paying account does not cover the amount",
        "Top up, then repeat; where a reseller is named, it is the reseller's account that pays";
}
