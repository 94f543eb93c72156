//! Codes of orders and of paying for them.

use super::table;

table! {
    ORDER_NOT_FOUND = "CBC.30000010", Caller, Never:
        "The order does not exist or is not valid",
        "Take the id from the list of orders";
    PROVISIONING_NOT_SHOWN = "CBC.99000083", Caller, Never:
        "What the order provisioned cannot be shown for an order of this kind",
        "Look at the resources of the customer instead";
    PAYMENT_IN_PROGRESS = "CBC.99000088", Caller, Never:
        "A payment of this order is under way",
        "Do not pay again; look at the state of the order";
    SINGLE_ORDER_OF_COMBINED = "CBC.99000089", Caller, Never:
        "The order is part of a combined one and cannot be handled alone",
        "Use the id of the combined order";
    ORDER_STATE_CHANGED = "CBC.99003106", Caller, Never:
        "The order has left the state in which it can be paid",
        "Look at the order: it may be paid already";
    DISCOUNT_NOT_USABLE = "CBC.99003108", Caller, Never:
        "The chosen discount does not fit the order",
        "Ask for the discounts of the order and choose one of them";
    PAYMENT_DEADLINE_PASSED = "CBC.99003110", Caller, Never:
        "The time for paying the order has passed",
        "Place the order again";
    VOUCHER_ALREADY_USED = "CBC.99003112", Caller, Never:
        "The voucher or stored-value card has been used",
        "Ask for the vouchers of the order and choose another";
    VOUCHER_EXCLUDES_DISCOUNT = "CBC.99003116", Caller, Never:
        "The voucher may not be combined with a discount",
        "Use one of the two";
    DISCOUNT_BELOW_VOUCHER_MINIMUM = "CBC.99003117", Caller, Never:
        "The discount does not meet the ratio that the voucher demands",
        "Choose another discount or leave the voucher out";
    CAPACITY_TOO_SMALL = "CBC.99003141", Service, AfterCorrection:
        "The service has too little capacity or quota, or its specification has changed",
        "Raise the quota or place an order for another specification";
    VOUCHERS_NOT_COMBINABLE = "CBC.99003147", Caller, Never:
        "Cash vouchers and discount vouchers may not be combined",
        "Use one kind";
    PROJECT_FUNDS_TOO_LOW = "CBC.99003155", Customer, AfterCorrection:
        "The enterprise project has too little money set aside or cannot be used",
        "Raise the fund quota of the project";
    MARKET_VOUCHER_NOT_COMBINABLE = "CBC.99003156", Caller, Never:
        "A marketplace voucher may not be combined with a dedicated cash voucher",
        "Use one of the two";
    EFFECTIVE_TIME_PASSED = "CBC.99003162", Caller, Never:
        "The order was to take effect before it was paid",
        "Place the order again with a later time";
    BUDGET_TOO_LOW = "CBC.99003198", Customer, AfterCorrection:
        "The budget of the enterprise's organisation does not cover the order",
        "Have the budget raised";
    ORDER_NOT_CANCELLABLE = "CBC.99005010", Caller, Never:
        "Only an order that waits for payment can be cancelled",
        "Look at the state of the order; unsubscribe what has been paid";
    NOT_A_REFUND_ORDER = "CBC.99005026", Caller, Never:
        "The order is neither a downgrade nor an unsubscription",
        "Ask with the id of an order that gave money back";
    TAX_RATE_MISSING = "CBC.99006093", Service, ReadsOnly:
        "The tax rate could not be had",
        "Look at the state of the order, then pay it later";
    PAYING_TOO_FAST = "CBC.99008040", Caller, AfterBackoff:
        "Operations on the order follow each other too fast",
        "Look at the state of the order before paying again";
    DAILY_TRANSACTIONS_USED_UP = "CBC.99008056", Account, AfterCorrection:
        "No more new transactions today",
        "Go on tomorrow";
}
