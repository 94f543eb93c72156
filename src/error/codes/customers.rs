//! Codes of customers: registration, association, verification codes, identity checks, freezing.

use super::table;

table! {
    ALREADY_FROZEN = "CBC.30000052", Caller, Never:
        "The account or resource is frozen already",
        "Nothing to do where freezing was the aim";
    DISTRIBUTOR_MAY_NOT_ASSOCIATE = "CBC.50010059", Account, Never:
        "A distributor may not associate customers with itself",
        "Name the reseller that the customer is for";
    DISTRIBUTOR_LEFT = "CBC.50010065", Account, Never:
        "The reseller's distributor has left, so no customer or reseller can be associated",
        "Bring the reseller under another distributor first";
    PARTNER_RESTRICTED = "CBC.50010085", Account, AfterCorrection:
        "The partner's company is restricted, so no customer or reseller can be associated",
        "Clear the restriction with the account manager";
    DISTRIBUTOR_RESTRICTED = "CBC.50010086", Account, AfterCorrection:
        "The company of the reseller's distributor is restricted, so no customer or reseller can be associated",
        "The distributor has to clear it with its account manager";
    MOBILE_MALFORMED = "CBC.5017", Caller, Never:
        "The mobile number does not have the form that the call wants",
        "Write the country code as the operation documents it";
    REVIEW_NOT_POSSIBLE = "CBC.70600026", Account, AfterCorrection:
        "Huawei Cloud cannot review what was handed in",
        "Ask the account manager";
    GRANT_FAILED = "CBC.99000004", Service, ReadsOnly:
        "The customer's grant to the partner failed",
        "Look the customer up in the list of customers before creating it again";
    CODE_WRONG = "CBC.99000026", Customer, Never:
        "The verification code is not the one that was sent",
        "Ask the customer for the newest code";
    CODE_EXPIRED = "CBC.99000027", Customer, Never:
        "The time of the verification code has run out",
        "Send a new code and ask for it";
    MOBILE_TAKEN = "CBC.99000029", Customer, Never:
        "The mobile number is registered already",
        "Ask for another number, or leave it out where it is optional";
    MOBILE_REGISTERED_TOO_OFTEN = "CBC.99000030", Customer, Never:
        "The mobile number serves as many accounts as it may",
        "Ask for another number";
    LOGIN_NAME_MALFORMED = "CBC.99000031", Caller, Never:
        "The login name breaks the naming rules",
        "Compare it with the rules of the operation";
    PASSWORD_MALFORMED = "CBC.99000036", Caller, Never:
        "The password breaks the password rules",
        "Compare it with the rules of the operation";
    LOGIN_NAME_TAKEN = "CBC.99000038", Customer, Never:
        "The login name is taken",
        "Choose another; check names before creating";
    PLATFORM_USER_ID_USED = "CBC.99000039", Caller, Never:
        "The platform's own user id (xaccount_id) belongs to a customer already",
        "Look for the customer with this id: an earlier attempt may have made it";
    ASSOCIATION_UNKNOWN = "CBC.99000050", Service, Never:
        "The customer's account was made, but its association had no result in time",
        "Look it up by the domain_id of the error body; never create it again";
    REGISTERED_AS_LEAD = "CBC.99000051", Customer, Never:
        "Huawei Cloud knows this mobile number or e-mail address as a lead of its own",
        "Use another contact, or settle it with the account manager";
    ATTACHMENT_TOO_LARGE = "CBC.99000099", Caller, Never:
        "A file for the identity check is too large",
        "Keep each file at 10 MB or less";
    ATTACHMENT_MALFORMED = "CBC.99000100", Caller, Never:
        "A file for the identity check has a format that is not accepted",
        "Use jpg, jpeg, bmp, png, gif or pdf";
    SENT_CODE_EXPIRED = "CBC.99004008", Customer, Never:
        "The time of the code that the service sent has run out",
        "Send a new code and ask for it";
    CODE_FAILED_TOO_OFTEN = "CBC.99004009", Customer, Never:
        "The code was given wrongly more than three times",
        "Send a new code and ask for it";
    SENT_CODE_WRONG = "CBC.99004010", Customer, Never:
        "The code is not the one that the service sent",
        "Ask the customer for the newest code";
    CODES_USED_UP = "CBC.99004015", Caller, AfterCorrection:
        "All codes are used up: 15 an hour, 60 a day",
        "Wait for the next hour or day";
    REALNAME_NOT_ENABLED = "CBC.99005030", Account, AfterCorrection:
        "The partner has not switched the identity check on, or its bucket cannot be read",
        "Switch it on in Partner Center and check the bucket's grant";
    TEST_PARTNER_REFUSED = "CBC.99005035", Account, Never:
        "Test accounts of partners may not use this call",
        "Use a regular partner account";
    REALNAME_ALREADY_DONE = "CBC.99007188", Customer, Never:
        "The customer's identity is confirmed already or under review",
        "Ask for the state of the review instead";
    IDENTITY_USED_TOO_OFTEN = "CBC.99007189", Customer, Never:
        "The identity number stands behind too many customers",
        "The customer has to release one of its accounts or use an enterprise identity";
    REALNAME_TRIED_TOO_OFTEN = "CBC.99007191", Customer, AfterCorrection:
        "Too many attempts at the identity check",
        "Stop and have the data checked by the customer before a later attempt";
    IDENTITY_BLOCKED = "CBC.99007193", Customer, Never:
        "The identity number is blocked",
        "The customer has to turn to Huawei Cloud";
    REALNAME_FAILED = "CBC.99007202", Customer, Never:
        "The identity data do not fit each other",
        "Have name and number checked against the document";
    FACE_NOT_MATCHING = "CBC.99007219", Customer, Never:
        "The face is not that of the document",
        "Take a new, clear photo";
    CARD_HOLDER_WRONG = "CBC.99007255", Customer, Never:
        "The holder or telephone of the bank card is wrong",
        "Have both checked with the bank's data";
    CARD_FROZEN = "CBC.99007258", Customer, Never:
        "The bank card is frozen or has expired",
        "Use another card";
    CARD_ISSUER_FAILED = "CBC.99007260", Service, AfterBackoff:
        "The card network or the issuing bank did not respond properly",
        "Repeat later, or use another card";
    CARD_NOT_SUPPORTED = "CBC.99007261", Customer, Never:
        "Cards of this kind are not accepted",
        "Use another card";
    BANK_UNREACHABLE = "CBC.99007262", Service, AfterBackoff:
        "The bank's system or the network to it has a fault",
        "Repeat later";
    MAIN_ACCOUNT_ONLY = "CBC.99007297", Caller, Never:
        "IAM users may not make this call",
        "Use the key or token of the customer's main account";
}
