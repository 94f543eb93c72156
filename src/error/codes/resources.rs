//! Codes of subscribed resources: renewal, unsubscription, change to pay-per-use.

use super::table;

table! {
    SAVINGS_PLAN_NOT_RETURNABLE = "CBC.30000053", Caller, Never:
        "Savings plans cannot be unsubscribed",
        "Let the plan run out";
    RESOURCE_NOT_MANAGED = "CBC.30000067", Caller, Never:
        "The resource is deleted or not managed here, so there is nothing to unsubscribe",
        "Treat it as gone";
    NOT_A_MAIN_RESOURCE = "CBC.30010036", Caller, Never:
        "Only main resources can be renewed, and this one belongs to another",
        "Renew the resource that it belongs to";
    NO_SUCH_RENEWAL_PERIOD = "CBC.30010069", Caller, Never:
        "The resource cannot be renewed for this period",
        "Ask for its renewal price to see which periods there are";
    RESOURCE_LOCKED = "CBC.3002", Service, ReadsOnly:
        "Something else is working on the resource",
        "Wait, look at the resource, then try again";
    AUTOMATIC_PAYMENT_FAILED = "CBC.30050006", Account, Never:
        "The renewal was ordered but could not be paid at once",
        "Look for the order, which may wait for payment, and pay it";
    RESOURCE_EXPIRED = "CBC.3016", Customer, Never:
        "Some of the resources have expired",
        "Leave them out or renew them first";
    UNSUBSCRIBE_AS_A_WHOLE = "CBC.3185", Caller, Never:
        "The older call wants the service unsubscribed as a whole",
        "Name all resources of the service in one call";
    SUBSCRIPTION_PERIOD_REFUSED = "CBC.99000092", Caller, Never:
        "The period of the renewal does not pass the check",
        "Choose a period that the product offers";
    RESOURCE_NOT_FOUND = "CBC.99003012", Caller, Never:
        "There is no resource with this id",
        "Take the id from the list of the customer's resources";
    RESOURCE_DELETED = "CBC.99003016", Customer, Never:
        "The resource does not exist, or was deleted after it had expired",
        "Order it again";
    RESOURCE_IN_UNPAID_ORDER = "CBC.99003100", Customer, AfterCorrection:
        "A resource is part of an order that waits for payment",
        "Pay or cancel that order";
    NO_RENEWED_PERIOD = "CBC.99003128", Caller, Never:
        "There is no renewed period, or it has begun",
        "Unsubscribe the resource itself, or nothing";
    RESOURCE_IN_RUNNING_ORDER = "CBC.99003144", Customer, AfterBackoff:
        "An order for this resource is being processed",
        "Wait until the order is done";
    RENEWAL_TOO_LONG = "CBC.99003154", Caller, Never:
        "What is left and what is renewed are together above the longest time",
        "Renew for a shorter period";
    OPERATE_AS_A_WHOLE = "CBC.99003185", Caller, Never:
        "The resources of this service can only be handled together",
        "Name all resources of the service in one call";
    AUTO_RENEWAL_NOT_POSSIBLE = "CBC.99003602", Customer, AfterCorrection:
        "An expired or frozen resource cannot be renewed automatically",
        "Renew or unfreeze it first";
    AUTO_RENEWAL_ALREADY_OFF = "CBC.99003605", Caller, Never:
        "Automatic renewal is off already",
        "Nothing to do";
    FROZEN_BY_POLICE = "CBC.99003625", Customer, AfterCorrection:
        "The resource is frozen by the police and cannot become pay-per-use",
        "The customer has to clear it with the authority";
    ACCOUNT_FROZEN = "CBC.99003626", Customer, AfterCorrection:
        "The account is frozen, so the resource cannot become pay-per-use",
        "Unfreeze the account first";
    BUNDLE_RENEWED_AS_A_WHOLE = "CBC.99003634", Caller, Never:
        "Resources of a bundle can only be renewed together",
        "Name all resources of the bundle in one call";
    INVOICED_NOT_RETURNABLE = "CBC.99003643", Customer, Never:
        "An invoice was issued, so the resource cannot be unsubscribed",
        "Have the invoice returned first";
    PACKAGE_NOT_RETURNABLE = "CBC.99003647", Caller, Never:
        "A package of this kind cannot be unsubscribed",
        "Let the package run out";
    TRIAL_NOT_RETURNABLE = "CBC.99003649", Caller, Never:
        "A trial cannot be unsubscribed",
        "Let the trial run out";
    MARKET_SERVICE_NOT_RETURNABLE = "CBC.99003650", Caller, Never:
        "This marketplace service cannot be unsubscribed",
        "Settle it with its vendor";
    TRANSACTION_IN_PROGRESS = "CBC.99003651", Customer, AfterBackoff:
        "A transaction on the resource is running, so it cannot be unsubscribed yet",
        "Wait until the transaction is done";
    DEVCLOUD_NOT_RETURNABLE = "CBC.99003652", Caller, Never:
        "Packages of the software-development cloud cannot be unsubscribed",
        "Let the package run out";
    ADD_ON_PACKAGE_PRESENT = "CBC.99003654", Customer, Never:
        "A bandwidth add-on belongs to it, so the renewed period cannot be unsubscribed",
        "Let the add-on run out first";
    RESOURCE_FROZEN = "CBC.99003656", Customer, AfterCorrection:
        "The resource is frozen and cannot be unsubscribed",
        "Unfreeze it first";
}
