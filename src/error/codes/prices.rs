//! Codes of price queries.

use super::table;

table! {
    NO_RENEWAL_PRICE_MAIN = "CBC.30050007", Caller, Never:
        "Only main resources have a renewal price, and this one belongs to another",
        "Ask for the resource that it belongs to";
    NO_RENEWAL_PRICE_PERIOD = "CBC.30050008", Caller, Never:
        "The resource has no price for this kind or number of periods",
        "Ask for another period";
    NO_RENEWAL_PRICE_DELETED = "CBC.30050009", Customer, Never:
        "A resource to be priced does not exist, or was deleted after it had expired",
        "Leave it out";
    NO_RENEWAL_PRICE_UNPAID = "CBC.30050010", Customer, AfterCorrection:
        "A resource to be priced is part of an order that waits for payment",
        "Pay or cancel that order";
    NO_RENEWAL_PRICE_CHANGING = "CBC.30050011", Customer, AfterCorrection:
        "The resource is being unsubscribed or changed",
        "Wait until that is done";
    RESOURCE_NAMED_TWICE = "CBC.30050012", Caller, Never:
        "One resource stands twice in the request",
        "Name each resource once";
    NOT_RENEWABLE = "CBC.30050013", Caller, Never:
        "The product cannot be renewed",
        "Leave it out";
    PRICE_TOO_HIGH = "CBC.6055", Caller, Never:
        "The older price query computes more than the largest amount",
        "Ask for less at a time";
    PRODUCT_NOT_FOUND = "CBC.99006006", Caller, Never:
        "No product fits service, resource type, region and specification",
        "Take all four from the lists of services, types and specifications";
    VOUCHERS_NOT_READABLE = "CBC.99006016", Service, ReadsOnly:
        "The price query could not read the vouchers",
        "Repeat later";
    CUSTOMER_NOT_READABLE = "CBC.99006017", Service, ReadsOnly:
        "The price query could not read the customer",
        "Repeat later";
    PRODUCT_NOT_READABLE = "CBC.99006024", Service, ReadsOnly:
        "The price query could not read the product",
        "Repeat later";
    USAGE_UNIT_WRONG = "CBC.99006050", Caller, Never:
        "The usage is given in a unit that the product is not billed in",
        "Take the unit from the list of usage types";
    PRICE_ABOVE_LIMIT = "CBC.99006055", Caller, Never:
        "The price comes out above the largest amount",
        "Ask for less at a time";
    BILLING_NOT_READABLE = "CBC.99006066", Service, ReadsOnly:
        "The billing data of the resource could not be read",
        "Repeat a price query later; look at the resource before unsubscribing again";
    PROJECT_NOT_FOUND = "CBC.99006073", Caller, Never:
        "The project does not exist",
        "Take the project's id from IAM, for the region that is priced";
    USAGE_FACTOR_UNKNOWN = "CBC.99006074", Caller, Never:
        "The product is not billed by this usage factor",
        "Take the factor from the list of usage types";
}
