//! Which operations report business errors inside HTTP 200, and in what form.

use super::{ErrorCode, codes};

/// The form in which errors come inside an answer with a success status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InsideSuccess {
    /// The whole call failed: `error_code` and `error_msg` at the top, and nothing else of use. The client makes an
    /// error of it; `CBC.0000` there is success.
    LoneCode,
    /// Part of a batch failed: a list of the failed ones, each with its id, `error_code` and `error_msg`. It stays an
    /// answer. Where everything failed, a lone code can come instead.
    FailedItems {
        /// The wire name of the list.
        list: &'static str,
        /// The field of an item that holds its id.
        id: &'static str,
        /// The wire name of the list of the others, where there is one; else all that are not listed succeeded.
        done: Option<&'static str>,
    },
    /// One row for each thing asked for, of which some are failures with `error_code` and `error_msg`.
    FailedRows {
        /// The wire name of the list.
        list: &'static str,
        /// The field of a row that holds its id.
        id: &'static str,
        /// The field of a row that tells how it went.
        result: &'static str,
        /// The value of that field for a failure.
        failed: &'static str,
    },
}

/// What is documented about errors inside the success of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SuccessErrors {
    /// The operation, such as `bss.CreatePartnerCoupons`; `osm.*` stands for every ticket operation.
    pub operation: &'static str,
    /// The form.
    pub form: InsideSuccess,
    /// The codes documented with HTTP 200 there; empty where none are named. Others can come.
    pub codes: &'static [ErrorCode],
    /// What else to know, and how sure it is.
    pub note: &'static str,
}

const fn items(list: &'static str, id: &'static str, done: Option<&'static str>) -> InsideSuccess {
    InsideSuccess::FailedItems { list, id, done }
}

/// Sorted by operation.
static TABLE: &[SuccessErrors] = &[
    SuccessErrors {
        operation: "bss.CancelResourcesSubscription",
        form: items("fail_resource_infos", "resource_id", Some("order_ids")),
        codes: &[],
        note: "Reserved by the documentation: errors come as HTTP 400, so the list is expected to be empty",
    },
    SuccessErrors {
        operation: "bss.CheckUserIdentity",
        form: InsideSuccess::LoneCode,
        codes: &[],
        note: "A name that is taken is no error but check_result used_by_user",
    },
    SuccessErrors {
        operation: "bss.CreatePartnerCoupons",
        form: items("error_details", "id", Some("coupon_infos")),
        codes: &[
            codes::NO_RIGHT_TO_CUSTOMER_ACTION,
            codes::QUOTA_TOO_SMALL,
            codes::VOUCHER_NOT_FOR_THIS_MODEL,
            codes::TOO_MANY_VOUCHERS,
            codes::TOTAL_FACE_VALUE_TOO_HIGH,
            codes::NOT_OWN_CUSTOMER,
            codes::NOT_FOR_CUSTODY_MEMBERS,
        ],
        note: "The id is a customer's; success of some and failure of others is the normal case",
    },
    SuccessErrors {
        operation: "bss.FreezeSubCustomers",
        form: items("error_details", "id", None),
        codes: &[],
        note: "The id is a customer's; a lone code comes where all failed; what full success looks like is not known",
    },
    SuccessErrors {
        operation: "bss.ListInvoices",
        form: InsideSuccess::LoneCode,
        codes: &[],
        note: "A call of the first version, which mark success with CBC.0000; its own page names code and message \
               for failures only",
    },
    SuccessErrors {
        operation: "bss.ListPartnerBalances",
        form: InsideSuccess::LoneCode,
        codes: &[codes::NOT_A_PARTNER],
        note: "That the code belongs to this operation is inferred from its chapter",
    },
    SuccessErrors {
        operation: "bss.ListRenewRateOnPeriod",
        form: items("fail_resource_infos", "resource_id", Some("renew_inquiry_results")),
        codes: &[
            codes::NO_RENEWAL_PRICE_MAIN,
            codes::NO_RENEWAL_PRICE_PERIOD,
            codes::NO_RENEWAL_PRICE_DELETED,
            codes::NO_RENEWAL_PRICE_UNPAID,
            codes::NO_RENEWAL_PRICE_CHANGING,
            codes::NOT_RENEWABLE,
        ],
        note: "The totals cover only the resources that have a price (inferred)",
    },
    SuccessErrors {
        operation: "bss.ReclaimCouponQuotas",
        form: items("error_details", "id", Some("simple_quota_infos")),
        codes: &[codes::QUOTA_NOT_USABLE],
        note: "The id is a quota's (inferred)",
    },
    SuccessErrors {
        operation: "bss.ReclaimPartnerCoupons",
        form: InsideSuccess::LoneCode,
        codes: &[codes::VOUCHER_ALREADY_GONE],
        note: "Success is HTTP 204 without a body, so a body with HTTP 200 is an error (inferred)",
    },
    SuccessErrors {
        operation: "bss.RenewalResources",
        form: items("fail_resource_infos", "resource_id", Some("order_ids")),
        codes: &[],
        note: "Reserved by the documentation of the China site: errors come as HTTP 400",
    },
    SuccessErrors {
        operation: "bss.SetResourcesRenewConfig",
        form: InsideSuccess::LoneCode,
        codes: &[],
        note: "The answer has nothing but code and message, also on success; which code means success is not said",
    },
    SuccessErrors {
        operation: "bss.UnfreezeSubCustomers",
        form: items("error_details", "id", None),
        codes: &[],
        note: "The id is a customer's; a lone code comes where all failed; what full success looks like is not known",
    },
    SuccessErrors {
        operation: "bss.UpdateCouponQuotas",
        form: items("error_details", "id", Some("simple_quota_infos")),
        codes: &[codes::RESELLER_LEAVING],
        note: "The id is a reseller's (inferred)",
    },
    SuccessErrors {
        operation: "bss.UpdatePeriodToOnDemand",
        form: items("error_details", "id", None),
        codes: &[],
        note: "The list is empty where all went through",
    },
    SuccessErrors {
        operation: "bss.UpdatePeriodToOnDemandInstantly",
        form: InsideSuccess::FailedRows {
            list: "to_ondemand_service_results",
            id: "resource_id",
            result: "result",
            failed: "FAIL",
        },
        codes: &[],
        note: "SUCCESS and AUDIT rows carry an order_id",
    },
    SuccessErrors {
        operation: "osm.*",
        form: InsideSuccess::LoneCode,
        codes: &[
            codes::TICKET_BAD_PARAMETER,
            codes::TICKET_NO_PERMISSION,
            codes::TICKET_FAILURE,
            codes::TICKET_NOT_FOUND,
        ],
        note: "Every code that begins with OSM.0101 comes with HTTP 200; these four fit most operations (inferred)",
    },
];

/// How errors come inside the success of an operation, where that is documented.
///
/// The operation is named as everywhere in the crate, `bss.CreatePartnerCoupons` or `osm.CreateCases`. A bare official
/// id is one of business support: `ListSubCustomers` is an operation of both services.
pub fn inside_success(operation: &str) -> Option<&'static SuccessErrors> {
    let (service, id) = operation.split_once('.').unwrap_or(("bss", operation));
    TABLE
        .iter()
        .find(|row| row.operation.split_once('.').is_some_and(|(s, i)| s == service && (i == id || i == "*")))
}

/// All that is documented about errors inside success, sorted by operation.
pub fn all_inside_success() -> impl Iterator<Item = &'static SuccessErrors> {
    TABLE.iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_found_by_either_name_and_tickets_as_a_whole() {
        let named = |operation| inside_success(operation).map(|row| row.operation);
        assert_eq!(named("CreatePartnerCoupons"), Some("bss.CreatePartnerCoupons"));
        assert_eq!(named("bss.CreatePartnerCoupons"), Some("bss.CreatePartnerCoupons"));
        assert_eq!(named("osm.CreateCases"), Some("osm.*"));
        assert_eq!(named("osm.ListSubCustomers"), Some("osm.*"));
        for absent in
            ["ListSubCustomers", "bss.ListSubCustomers", "CreateCases", "iam.CreatePartnerCoupons", ""]
        {
            assert_eq!(named(absent), None, "{absent}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_names_documented_codes() {
        assert!(TABLE.is_sorted_by(|a, b| a.operation < b.operation));
        for row in TABLE {
            assert!(!row.note.is_empty() && !row.note.ends_with('.'), "{}", row.operation);
            for code in row.codes {
                assert!(code.info().is_some(), "{code}");
            }
        }
    }

    #[test]
    fn the_forms_are_those_of_the_answers() {
        let form = |operation| inside_success(operation).map(|row| row.form);
        assert_eq!(form("ReclaimPartnerCoupons"), Some(InsideSuccess::LoneCode));
        assert_eq!(form("FreezeSubCustomers"), Some(items("error_details", "id", None)));
        assert!(matches!(
            form("UpdatePeriodToOnDemandInstantly"),
            Some(InsideSuccess::FailedRows { failed: "FAIL", result: "result", .. })
        ));
    }
}
