//! Codes of vouchers and of the quotas that they are issued from.

use super::table;

table! {
    PARTNER_USES_VOUCHERS_ITSELF = "CBC.50000010", Account, Never:
        "The partner is in the mode in which it uses vouchers itself, so it cannot issue them",
        "Have the account manager change the mode";
    VOUCHER_FOR_NAMED_CUSTOMERS_ONLY = "CBC.50000020", Caller, Never:
        "The quota is tied to named customers and this one is not among them",
        "Issue from another quota";
    QUOTA_NOT_FOR_RESELLERS_CUSTOMERS = "CBC.50000021", Caller, Never:
        "The quota is limited to named customers, and none of them is this reseller's",
        "Issue another quota to the reseller";
    NOT_FOR_CUSTODY_MEMBERS = "CBC.50000034", Caller, Never:
        "Enterprise members under financial custody cannot get partner vouchers",
        "Issue the voucher to the enterprise master";
    QUOTA_BUSY = "CBC.50000045", Caller, AfterBackoff:
        "Another operation on the same quota is still running",
        "Wait, and work on one quota one call at a time";
    VOUCHER_PRODUCT_NOT_FOUND = "CBC.50000054", Caller, Never:
        "A product named as a limit of the voucher does not exist",
        "Check the product ids";
    VOUCHER_SERVICE_NOT_FOUND = "CBC.50000055", Caller, Never:
        "A cloud service named as a limit of the voucher does not exist",
        "Take the service codes from the list of service types";
    RESELLER_LEAVING = "CBC.50010105", Account, Never:
        "The reseller is leaving, so no quota can be issued to it",
        "Keep the quota, or issue it to another reseller";
    QUOTA_NOT_USABLE = "CBC.99000012", Caller, Never:
        "The quota does not exist or is in a state that forbids this",
        "List the quotas and look at the state of this one";
    QUOTA_TOO_SMALL = "CBC.99000013", Account, AfterCorrection:
        "What is left of the quota does not cover the vouchers",
        "Issue less, or have the quota raised";
    VOUCHER_NOT_FOR_THIS_MODEL = "CBC.99000014", Caller, Never:
        "Customers of this association model cannot get the voucher",
        "Issue partner vouchers to resale customers only";
    QUOTA_STATE_FORBIDS_ISSUING = "CBC.99000015", Caller, AfterCorrection:
        "The quota is in a state in which it cannot be issued",
        "List the quotas and look at the state of this one";
    QUOTA_OUTSIDE_VALIDITY = "CBC.99000017", Caller, AfterCorrection:
        "The quota is not valid yet, or not any more",
        "Look at its first and last day and take another quota where it has ended";
    FACE_VALUE_TOO_LOW = "CBC.99000018", Caller, Never:
        "The face value is below the least that the quota allows",
        "Raise the face value";
    FACE_VALUE_TOO_HIGH = "CBC.99000019", Caller, Never:
        "The face value is above the greatest that the quota allows",
        "Lower the face value or issue several vouchers";
    TOO_MANY_VOUCHERS = "CBC.99000020", Caller, Never:
        "More vouchers than the quota allows",
        "Issue fewer, or from another quota";
    TOTAL_FACE_VALUE_TOO_HIGH = "CBC.99000021", Caller, Never:
        "The face values together are above the total that the quota allows",
        "Issue less, or from another quota";
    VOUCHER_FOR_NEW_CUSTOMERS_ONLY = "CBC.99000022", Caller, Never:
        "The quota is for customers that are associated for the first time",
        "Issue from another quota";
    PRODUCT_LIMITS_TOO_WIDE = "CBC.99000023", Caller, Never:
        "The voucher would cover services or products that the quota does not",
        "Name only services and products within the quota's limits";
    ORDER_TYPE_LIMITS_TOO_WIDE = "CBC.99000024", Caller, Never:
        "The voucher would cover kinds of order that the quota does not",
        "Name only kinds of order within the quota's limits";
    NO_VOUCHERS_TO_SELF = "CBC.99000025", Caller, Never:
        "A partner of this kind may not issue vouchers to itself",
        "Issue to a customer";
    REFERRAL_VOUCHER_NOT_RECLAIMABLE = "CBC.99000045", Caller, Never:
        "Vouchers of customers in the referral model cannot be taken back",
        "Let the voucher run out";
    VOUCHER_ALREADY_GONE = "CBC.99000048", Caller, Never:
        "The voucher has expired or was reclaimed before",
        "After a doubtful reclaim it means that the voucher is gone: compare with the records and go on";
}
