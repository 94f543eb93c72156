//! Codes that many operations share: arguments, rights, tokens, whose customer it is.

use super::table;

table! {
    SUCCESS = "CBC.0000", Caller, Never:
        "Not an error: the older calls mark success with it",
        "Nothing to do";
    BAD_PARAMETER = "CBC.0100", Caller, Never:
        "An argument is missing, malformed or outside its range",
        "Compare the arguments with the rules of the operation; the message often names the field";
    INVALID_PARAMETER = "CBC.0101", Caller, Never:
        "An argument does not make sense here",
        "Compare the arguments with the rules of the operation; the message often names the field";
    TOKEN_ILLEGAL = "CBC.0105" as InvalidToken, Caller, AfterCorrection:
        "The token is not a valid one",
        "Get a new token and repeat once";
    OPERATION_NOT_LEGAL = "CBC.0150", Caller, Never:
        "This caller may not do this at all",
        "Check that the credentials are the partner's or customer's that the operation asks for";
    ACCESS_DENIED = "CBC.0151", Account, AfterCorrection:
        "The caller has no right to this call, or the credentials are of the wrong kind",
        "Check the permission items of the operator account or the policy of the IAM user, and who may call";
    TOKEN_EXPIRED = "CBC.0154" as InvalidToken, Caller, AfterCorrection:
        "The token has expired or is not a valid one",
        "Get a new token and repeat once";
    CALL_NOT_ALLOWED = "CBC.0155", Account, AfterCorrection:
        "The credentials are wrong for this call or the account has no right to it",
        "Check whose credentials these are and what its administrator granted";
    WRONG_SITE = "CBC.0156", Caller, Never:
        "The account belongs to another site of Huawei Cloud",
        "Build the client for the account's own site: China, International or Europe";
    FLOW_CONTROL = "CBC.0250" as Throttling, Caller, AfterBackoff:
        "The business system itself holds calls back",
        "Wait, doubling the pause each time";
    INTERNAL_ERROR = "CBC.0999", Service, ReadsOnly:
        "Something failed inside the service that has no code of its own",
        "Repeat reads after a wait; look writes up before repeating them; keep the request id";
    CLOUD_SERVICE_NOT_SUPPORTED = "CBC.3006", Caller, Never:
        "The call does not cover this cloud service",
        "Take the service code from the list of service types";
    NOT_A_PARTNER = "CBC.5001", Caller, Never:
        "The calling account is no partner",
        "Call with the partner's credentials; customers have calls of their own";
    NO_SUCH_CUSTOMER = "CBC.5002", Caller, Never:
        "The partner has no customer with this id",
        "Take the id from the list of customers";
    NO_RIGHT_TO_CUSTOMER = "CBC.5004", Caller, Never:
        "The partner may not act on this customer",
        "Check that the customer is still associated, and by which model";
    NO_RIGHT_TO_CUSTOMER_ACTION = "CBC.99000000", Caller, Never:
        "The caller may not act on this customer",
        "Check the association, and name the reseller where the customer is a reseller's";
    NOT_OWN_CUSTOMER = "CBC.99000035", Caller, Never:
        "The customer is not one of this partner's",
        "Take the id from the list of customers, and name the reseller where the customer is a reseller's";
    NO_RIGHT_TO_RESELLER = "CBC.99000037", Caller, Never:
        "The caller may not act for this cloud reseller",
        "Take the reseller's id from the list of resellers, and call as its distributor";
    OPERATION_FAILED_FOR_NOW = "CBC.99000087", Service, AfterBackoff:
        "The operation cannot be done at the moment",
        "Wait and repeat with the same key against repeats";
    BUSINESS_CHECK_FAILED = "CBC.99007004", Account, AfterCorrection:
        "A business condition of the operation is not met",
        "Read fail_check_items of the error body, which names the conditions";
}
