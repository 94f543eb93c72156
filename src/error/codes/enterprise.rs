//! Codes of enterprise masters and members, and of moving money and vouchers between them.

use super::table;

table! {
    NOT_ASSOCIATED_WITH_MASTER = "CBC.7001", Caller, Never:
        "Master and member are not associated",
        "Take the member's id from the list of the enterprise's accounts";
    ENTERPRISE_CHECK_FAILED = "CBC.7004", Account, AfterCorrection:
        "A business condition is not met, as the enterprise calls report with HTTP 500",
        "Read fail_check_items of the error body where there is one";
    MASTER_ONLY = "CBC.70300008", Caller, Never:
        "Only the master of an enterprise may have codes sent",
        "Call with the master's credentials";
    MEMBERS_MADE_ELSEWHERE = "CBC.70900002", Caller, Never:
        "Members of this enterprise are made on the HIS platform",
        "Create the member there";
    CREDIT_EXPIRED = "CBC.7181", Account, Never:
        "The credit to be moved has expired, as the older calls report",
        "Leave this ledger out";
    TRANSFER_FAILED = "CBC.99000043", Service, Never:
        "The transfer or the reclaim failed",
        "Look at the change records of the master, then start again";
    MEMBER_CODES_USED_UP = "CBC.99000082", Caller, AfterCorrection:
        "No more verification codes for now",
        "Wait for the next hour or day";
    NO_MASTER_MEMBER_RELATION = "CBC.99000086", Caller, Never:
        "The two accounts are not master and member of one enterprise",
        "Take both ids from the list of the enterprise's accounts";
    CODE_NOT_DELIVERED = "CBC.99004003", Service, ReadsOnly:
        "A verification code was made but not delivered",
        "Check the address and ask for a new one, which counts against the limit";
    TRANSACTION_ID_USED = "CBC.99007009" as KeyedRepeat, Caller, Never:
        "A transfer with this trans_id arrived before, so this one was not executed",
        "After a repeat it means that the first was received; for a new transfer use a new trans_id";
    ENTERPRISE_CREDIT_EXPIRED = "CBC.99007181", Account, Never:
        "The credit to be moved or taken back has expired",
        "Leave this ledger out";
    ADDRESS_THROTTLED = "CBC.99007197", Caller, AfterCorrection:
        "Too many members were created from this IP address",
        "Pause for longer before creating more";
    TRANSFER_RUNNING = "CBC.99007461", Caller, AfterBackoff:
        "Another transfer or reclaim of the enterprise is still running",
        "Wait, and move money one call at a time";
    RESELLER_LEAVING_NO_MEMBERS = "CBC.99007490", Account, Never:
        "The account belongs to a reseller that is leaving, so it can have no members",
        "Settle the association first";
}
