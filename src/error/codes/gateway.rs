//! Codes of the gateway before the services.
//!
//! They come with the prefix `APIG` or `APIGW`; both are the same code. Source: the guide to signing requests,
//! <https://support.huaweicloud.com/devg-apisign/api-sign-errorcode.html>.

use super::table;

table! {
    API_NOT_FOUND = "APIGW.0101", Caller, Never:
        "The gateway knows no such path and method on this host",
        "Check the site of the client and whether that site offers the operation";
    REQUEST_NOT_CARRIED = "APIGW.0201", Caller, ReadsOnly:
        "The call is malformed or too large, or (HTTP 502 and 504) the service behind is not available",
        "With HTTP 502 or 504 wait, and look a write up first; otherwise correct the request";
    AUTHENTICATION_REFUSED = "APIGW.0301" as Authentication, Caller, AfterCorrection:
        "The gateway does not accept the signature, its date, the access key or the token",
        "Read the message, which tells clock, secret key, unknown key, lock and token apart";
    IAM_USER_NOT_ALLOWED = "APIGW.0302", Account, AfterCorrection:
        "The IAM user may not use this interface",
        "Have the account's administrator lift the user's block, or call as another user";
    APP_AUTHENTICATION_REFUSED = "APIGW.0303" as Authentication, Caller, AfterCorrection:
        "The gateway does not accept the signature as that of an app, or its date",
        "Check the clock and that the key is an access key of an account, not one of a gateway app";
    CREDENTIALS_NOT_ACCEPTED = "APIGW.0305" as Authentication, Caller, AfterCorrection:
        "The gateway cannot use the authentication data of the request",
        "Send either a signature or a token, complete and for the right site";
    ACCESS_DENIED_BY_GATEWAY = "APIGW.0306", Account, AfterCorrection:
        "The gateway denies access to this interface",
        "Check the caller's rights and whether the account is frozen or in arrears";
    TOKEN_MUST_BE_RENEWED = "APIGW.0307" as InvalidToken, Caller, AfterCorrection:
        "The token is no longer good, even where its time has not run out",
        "Get a new token from the IAM endpoint of the same site";
    THROTTLED = "APIGW.0308" as Throttling, Caller, AfterBackoff:
        "Too many calls a second for this source address, interface and account",
        "Wait 2 to 5 seconds, then go on more slowly; a service ticket can raise the limit";
    PROJECT_UNAVAILABLE = "APIGW.0310", Account, AfterCorrection:
        "The project named in the request cannot be used",
        "Use account-wide credentials, which is what these services expect";
    CLIENT_ADDRESS_UNKNOWN = "APIGW.0401", Caller, AfterCorrection:
        "The gateway cannot tell the caller's IP address",
        "Look at the proxies on the way and open a service ticket";
    CLIENT_ADDRESS_NOT_ALLOWED = "APIGW.0402", Account, AfterCorrection:
        "The caller's IP address is not allowed",
        "Have the address taken off the block list or put on the allow list";
    GATEWAY_INTERNAL_ERROR = "APIGW.0601", Service, ReadsOnly:
        "The gateway failed",
        "Repeat reads after a wait and look writes up; keep the request id for a service ticket";
    GATEWAY_BAD_REQUEST = "APIGW.0602", Caller, Never:
        "The gateway cannot read the request as HTTP",
        "Look for a proxy that changes requests";
    PROTOCOL_NOT_SUPPORTED = "APIGW.0607", Caller, Never:
        "The interface is not served over this protocol",
        "Use HTTPS";
    NO_BACKEND_AVAILABLE = "APIGW.0610", Service, ReadsOnly:
        "No instance of the service behind the gateway is up",
        "Repeat reads after a wait; look writes up before repeating them";
    IAM_UNAVAILABLE = "APIGW.0613", Service, AfterBackoff:
        "The gateway could not reach IAM to check who is calling, so it passed nothing on",
        "Wait and repeat";
    SERVICE_NOT_IN_REGION = "APIGW.0801", Caller, Never:
        "The service cannot be reached from this region",
        "Use the endpoint of the account's site";
    IAM_USER_NOT_IN_REGION = "APIGW.0802", Account, AfterCorrection:
        "The IAM user may not act in this region",
        "Use the endpoint of the account's site, or have the user admitted";
}
