//! Codes of the cost centre.

use super::table;

table! {
    COST_CENTRE_OFF = "CBC.18000014", Customer, AfterCorrection:
        "The cost centre is not switched on for this account",
        "Switch it on in the console; figures follow later";
    COSTS_HIDDEN_BY_PARTNER = "CBC.18000016", Account, AfterCorrection:
        "The associated partner does not let the account see costs",
        "Ask the partner";
    TOO_MANY_MEMBERS = "CBC.18000048", Caller, Never:
        "Over 1000 financially independent members cannot be asked for at once",
        "Name one member";
    COSTS_HIDDEN_BY_MASTER = "CBC.18000053", Account, AfterCorrection:
        "The enterprise master does not let the account see costs",
        "Ask the enterprise master";
}
