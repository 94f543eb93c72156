//! Codes that the documentation of one operation lists, where the type in the SDK has those of several operations.

use serde_json::Value;

use huaweicloud_partner::types::Site;

/// A parameter with the codes that are documented for it.
struct Listed {
    operations: &'static [&'static str],
    field: &'static str,
    /// Whether it is the China site's documentation; none for that of all sites.
    china: Option<bool>,
    codes: &'static [&'static str],
}

const LISTED: &[Listed] = &[
    Listed {
        operations: &["bss.ListPartnerAccountChangeRecords"],
        field: "trade_type",
        china: None,
        codes: &[
            "RECHARGE",
            "DEDEUCT",
            "REFUND",
            "RFROZEN",
            "TRANS",
            "ADJUST",
            "BEADJUST",
            "BERETRIEVE",
            "BEUNBIND",
            "BONUSCONVERT",
            "TRADE_MODE_TRANSFER",
        ],
    },
    Listed {
        operations: &["bss.ListIssuedPartnerCoupons"],
        field: "coupon_type",
        china: None,
        codes: &["1", "4"],
    },
    Listed {
        operations: &["bss.CreatePersonalRealnameAuth"],
        field: "change_type",
        china: None,
        codes: &["-1"],
    },
    Listed {
        operations: &["bss.ChangeEnterpriseRealnameAuthentication"],
        field: "change_type",
        china: None,
        codes: &["1"],
    },
    Listed {
        operations: &["bss.ListResourceUsage", "bss.ListResourceUsageSummary"],
        field: "service_type_code",
        china: None,
        codes: &[
            "hws.service.type.cdn",
            "hws.service.type.obs",
            "hws.service.type.vpc",
            "hws.service.type.iec",
        ],
    },
    Listed {
        operations: &["bss.ListResourceUsage", "bss.ListResourceUsageSummary"],
        field: "resource_type_code",
        china: None,
        codes: &[
            "hws.resource.type.cdn",
            "hws.resource.type.obs",
            "hws.resource.type.bandwidth",
            "hws.resource.type.edgebandwidth",
        ],
    },
    Listed {
        operations: &["bss.ListCustomerOrders"],
        field: "order_type",
        china: Some(false),
        codes: &["1", "2", "3", "4", "11", "13", "14", "15"],
    },
    Listed {
        operations: &["bss.ListSubCustomerBillDetail"],
        field: "bill_detail_type",
        china: Some(true),
        codes: BILL_TYPES,
    },
    Listed {
        operations: &[
            "bss.ListCustomerBillsFeeRecords",
            "bss.ListCustomerBillsMonthlyBreakDown",
            "bss.ListCustomerselfResourceRecords",
            "bss.ListCustomerselfResourceRecordDetails",
        ],
        field: "bill_type",
        china: Some(true),
        codes: BILL_TYPES,
    },
    Listed {
        operations: &["bss.ListCustomerselfResourceRecordDetails"],
        field: "bill_type",
        china: Some(false),
        codes: &[
            "1", "2", "3", "4", "5", "8", "9", "14", "15", "16", "17", "18", "20", "23", "24", "100", "101",
            "102",
        ],
    },
    Listed {
        operations: &["bss.ListCustomerselfResourceRecords"],
        field: "bill_type",
        china: Some(false),
        codes: &[
            "1", "2", "3", "4", "5", "8", "9", "12", "14", "15", "16", "17", "18", "20", "23", "24", "100",
            "101", "102",
        ],
    },
];

/// Kinds of charge in the bills of the China site.
const BILL_TYPES: &[&str] =
    &["1", "2", "3", "4", "5", "8", "9", "14", "16", "18", "20", "23", "24", "25", "103"];

/// The first parameter of a request whose code is not among those that its operation documents for a site.
pub(super) fn unlisted(operation: &str, site: Site, flat: &[u8]) -> Option<&'static str> {
    let fits = |one: &&Listed| {
        one.operations.contains(&operation) && one.china.is_none_or(|china| china == (site == Site::China))
    };
    let mut listed = LISTED.iter().filter(fits).peekable();
    listed.peek()?;
    let request: Value = serde_json::from_slice(flat).ok()?;
    listed.find(|one| !is_listed(request.get(one.field), one.codes)).map(|one| one.field)
}

fn is_listed(value: Option<&Value>, codes: &[&str]) -> bool {
    match value {
        Some(Value::String(text)) => codes.contains(&text.as_str()),
        Some(Value::Number(number)) => codes.contains(&number.to_string().as_str()),
        _ => true,
    }
}
