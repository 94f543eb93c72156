//! Codes of the ticket service. Those that begin with `OSM.0101` come inside HTTP 200.
//!
//! Those from 01010048 on are about handling tickets as a partner, for which no call is published.

use super::table;

table! {
    TICKET_BAD_PARAMETER_V1 = "OSM.0001", Caller, Never:
        "An argument does not pass the check, as the older ticket calls report",
        "Compare the arguments with the rules of the operation";
    TICKET_TOKEN_EXPIRED = "OSM.0002" as InvalidToken, Caller, AfterCorrection:
        "The ticket service does not accept the token: expired or missing",
        "Get a new token and repeat once";
    TICKET_FORBIDDEN = "OSM.0003", Account, AfterCorrection:
        "The caller may not do this with tickets",
        "Have a ticket role granted in the global project";
    TICKET_INTERNAL_ERROR = "OSM.0004", Service, ReadsOnly:
        "The ticket service failed, as the older calls report",
        "Repeat reads after a wait; look for the ticket before creating it again";
    TICKET_BAD_PARAMETER = "OSM.01010001", Caller, Never:
        "An argument does not pass the check of the ticket service",
        "Compare the arguments with the rules of the operation";
    TICKET_NO_PERMISSION = "OSM.01010002", Account, AfterCorrection:
        "The caller has no right to this ticket or action",
        "Have a ticket role granted, and send the group id for a ticket of the same group";
    TICKET_LOGIN_WRONG = "OSM.01010003", Customer, Never:
        "Account and password do not belong together",
        "Ask the customer for the login again";
    URGED_TOO_OFTEN = "OSM.01010004", Caller, AfterBackoff:
        "The ticket was urged too often",
        "Let the engineers work, and urge later";
    DAILY_ATTACHMENTS_USED_UP = "OSM.01010005", Caller, AfterCorrection:
        "No more attachments today: their daily size is reached",
        "Go on tomorrow, or link to the file";
    SEVERITY_UNKNOWN = "OSM.01010006", Caller, Never:
        "There is no severity with this id",
        "Take it from the list of severities of the product and problem type";
    NO_ROLE_FOR_TICKETS = "OSM.01010007", Account, AfterCorrection:
        "The account has no role to open tickets",
        "Have the role of ticket administrator granted";
    COPY_ADDRESS_INVALID = "OSM.01010008", Caller, Never:
        "An address for copies is too long or malformed",
        "Check the e-mail addresses";
    SUPPORT_PLAN_REFUSES = "OSM.01010009", Account, AfterCorrection:
        "The support plan does not include this ticket",
        "Ask for the quota of tickets, then buy a pack or a plan";
    VERIFICATION_FAILED = "OSM.01010010", Customer, Never:
        "The verification of the contact did not pass",
        "Send a new code and check it first";
    NO_CUSTOMER_IN_TOKEN = "OSM.01010011", Caller, Never:
        "The ticket service finds no customer behind the token",
        "Use a token of the customer's account with account-wide scope";
    TYPE_NOT_0_OR_1 = "OSM.01010012", Caller, Never:
        "The type must be 0 or 1",
        "Send the one that the operation documents";
    TICKET_ACTION_UNKNOWN = "OSM.01010013", Caller, Never:
        "The action must be cancel, close, press or delete",
        "Send one of the four";
    TICKET_FAILURE = "OSM.01010014", Service, ReadsOnly:
        "The ticket service failed",
        "Repeat reads after a wait; look for the ticket before creating it again";
    TICKET_NOT_FOUND = "OSM.01010015", Caller, Never:
        "There is no such ticket, or not for this caller",
        "Check the id and whose credentials are used";
    FEEDBACK_TYPE_MISSING = "OSM.01010016", Caller, Never:
        "Feedback needs a type",
        "Send the type";
    TICKET_FAILURE_OTHER = "OSM.01010017", Service, ReadsOnly:
        "The ticket service failed in another place",
        "Repeat reads after a wait; look for the ticket before creating it again";
    AUTHORIZATION_ACTION_UNKNOWN = "OSM.01010018", Caller, Never:
        "An authorisation does not know this action",
        "Send reject or cancel";
    TICKETS_OF_DIFFERENT_PEOPLE = "OSM.01010048", Caller, Never:
        "The tickets do not belong to one person (number of the code inferred)",
        "Handle the tickets of each person apart";
    TICKETS_OF_DIFFERENT_OWNERS = "OSM.01010049", Caller, Never:
        "The tickets are not in the hands of one side: Huawei Cloud, partner or vendor",
        "Handle the tickets of each side apart";
    VENDOR_TICKETS_ONE_BY_ONE = "OSM.01010050", Caller, Never:
        "Tickets of marketplace vendors can only be handed on one by one",
        "Hand them on singly";
    ALREADY_HANDLER = "OSM.01010051", Caller, Never:
        "The caller handles the ticket already",
        "Nothing to do";
    CUSTOMER_WITHOUT_PARTNER = "OSM.01010055", Customer, Never:
        "The ticket's customer has no partner (number of the code inferred)",
        "Leave the ticket with Huawei Cloud";
    PARTNER_NOT_ADMITTED = "OSM.01010056", Account, AfterCorrection:
        "The customer's partner is not admitted to handling tickets",
        "Have the account manager admit the partner";
    TICKET_PARTNER_NOT_FOUND = "OSM.01010057", Caller, Never:
        "There is no such partner",
        "Check the partner's id";
    HANDLER_OF_ANOTHER_PARTNER = "OSM.01010058", Caller, Never:
        "The chosen handler is not of the customer's partner",
        "Choose a handler of that partner";
    CUSTOMER_HAS_SUPPORT_PLAN = "OSM.01010059", Customer, Never:
        "The customer has bought a support plan of Huawei Cloud",
        "Leave the ticket with Huawei Cloud";
    PARTNER_CANNOT_HANDLE = "OSM.01010061", Account, Never:
        "The partner cannot handle this ticket (number of the code inferred)",
        "Leave the ticket with Huawei Cloud";
    TICKET_STEP_NOT_FOUND = "OSM.01010062", Service, Never:
        "The ticket's workflow has no such step",
        "Read the ticket again; open a ticket about it where it persists";
}
