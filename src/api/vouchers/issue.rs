//! Vouchers to customers and back.

use super::{ListVoucherRecords, VoucherOperation, VoucherRecord};
use crate::{
    error::ItemError,
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    types::{Amount, CustomerId, QuotaId, ResellerId, UtcTime, VoucherId, response},
};

operation! {
    /// Issues a voucher of the same value to each of several customers.
    ///
    /// Only customers whose spending the partner pays can receive vouchers. The quota is charged the face
    /// value for every customer (inferred). An issued voucher cannot be changed: reclaim it and issue
    /// another.
    ///
    /// Some customers may be served and others not: see [`IssueOutcome::outcomes`]. A customer is refused
    /// with `CBC.99000035` when it is not the caller's, `CBC.99000014` when the partner does not pay for it,
    /// `CBC.99000013` when the quota holds too little, `CBC.99000020` and `CBC.99000021` beyond the greatest
    /// number and total of the quota. The whole call is refused when the quota does not exist or cannot be
    /// issued from (`CBC.99000012`), is not in force (`CBC.99000017`), allows no such value (`CBC.99000018`,
    /// `CBC.99000019`), is wider than the limits asked for (`CBC.99000023`, `CBC.99000024`) or is bound to
    /// other customers (`CBC.50000020`, `CBC.99000022`), and when the partner uses its vouchers itself
    /// (`CBC.50000010`).
    POST "/v2/promotions/benefits/partner-coupons" as bss "CreatePartnerCoupons" -> IssueOutcome {
        permissions("BPC_ITEM_SUBCUSTSERV_030102", "BPC_ITEM_SUBCUSTSERV_030103"),
        records("bss.ListPartnerCouponsRecord"), success(any "coupon_infos", "error_details"),
        outcome_ids(&["id", "coupon_id"]),
        source("https://support.huaweicloud.com/api-bpconsole/mp_02002.html"),
    }
    pub struct IssueVouchers {
        required {
            /// The quota to issue from, found with [`ListQuotas`](super::ListQuotas). It decides what kind
            /// the vouchers are (inferred).
            quota_id: QuotaId where len(1..=64),
            /// Customers that each receive a voucher.
            customer_ids: Vec<CustomerId> where count(1..=100),
            /// Value of each voucher, in yuan.
            face_value: Amount where money,
        }
        optional {
            /// Start of their validity; by default that of the quota.
            valid_time: UtcTime,
            /// End of the vouchers' validity; the end of the quota by default.
            expire_time: UtcTime,
            /// Only for these cloud services, up to 10 codes, inside those of the quota; those of the quota
            /// by default, and with an empty list.
            cloud_service_types: Vec<String> where count(0..=10),
            /// Limits the vouchers to these products, up to 10 ids, which must be among those of the quota.
            /// By default, and with an empty list, the products of the quota apply. Huawei Cloud gives the
            /// ids offline.
            product_ids: Vec<String> where count(0..=10),
            /// A note kept with the issue; empty text sets an empty note. How long it may be is not
            /// documented.
            memo: String,
            /// The reseller that the customers belong to and whose quota is named. Up to 64 characters
            /// (inferred).
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .ordered(("valid_time", it.valid_time), ("expire_time", it.expire_time))
    }
}

impl Resolvable for IssueVouchers {
    type Query = ListVoucherRecords;

    const MEMO: Option<&'static str> = Some("memo");
    const BATCH: Option<&'static str> = Some("customer_ids");

    fn query(&self, window: TimeWindow) -> ListVoucherRecords {
        let mut query = ListVoucherRecords::new()
            .operation_types([VoucherOperation::Issue])
            .quota_id(&self.quota_id)
            .operation_time_begin(window.from)
            .operation_time_end(window.until);
        if let [customer] = self.customer_ids.as_slice() {
            query = query.customer_id(customer);
        }
        query.indirect_partner_id = self.indirect_partner_id.clone();
        query
    }

    fn legs(&self) -> Vec<Leg> {
        let leg = |customer: &CustomerId| {
            Leg::new(customer.as_str(), VoucherOperation::Issue.as_str()).with_amount(self.face_value)
        };
        self.customer_ids.iter().map(leg).collect()
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    /// The voucher is the record's id: the response names it as well.
    fn facts(&self, record: &VoucherRecord) -> RecordFacts {
        record.facts().target(Some(record.customer_id.to_string()))
    }

    fn results(&self, output: &IssueOutcome) -> Vec<TargetResult> {
        let issued = output.coupon_infos.iter();
        let issued = issued.map(|issue| TargetResult::executed(issue.id.as_str(), issue.coupon_id.as_str()));
        issued.chain(output.error_details.iter().filter_map(TargetResult::of_item)).collect()
    }
}

operation! {
    /// Takes an issued voucher back from the customer that holds it, with everything that is left on it.
    ///
    /// A part cannot be taken; only a voucher in force can. What is left returns to the quota (inferred); the
    /// records tell how much it was. Vouchers of customers for which the partner does not pay are refused with
    /// `CBC.99000045`.
    ///
    /// A repeat takes nothing twice: it is refused with `CBC.99000048`, with which the service also refuses a
    /// voucher that has expired, in a response of HTTP status 200. As that refusal cannot be distinguished
    /// from success whose response was lost, the client does not repeat the call by itself; see
    /// [`Client::resolve`](crate::Client::resolve).
    POST "/v2/promotions/benefits/partner-coupons/reclaim" as bss "ReclaimPartnerCoupons" -> VoucherReclaim {
        permissions("BPC_ITEM_SUBCUSTSERV_030201"), records("bss.ListPartnerCouponsRecord"), success(empty),
        source("https://support.huaweicloud.com/api-bpconsole/mp_02004.html"),
    }
    pub struct ReclaimVoucher {
        required {
            /// Id of the voucher, as [`IssueVouchers`] or [`ListIssuedVouchers`](super::ListIssuedVouchers)
            /// returned it.
            coupon_id: VoucherId where len(1..=64),
        }
        optional {
            /// The reseller on whose behalf it was issued, not empty.
            indirect_partner_id: ResellerId where len(1..=100),
        }
    }
}

impl Resolvable for ReclaimVoucher {
    type Query = ListVoucherRecords;

    fn query(&self, window: TimeWindow) -> ListVoucherRecords {
        let mut query = ListVoucherRecords::new()
            .operation_types([VoucherOperation::Reclaim])
            .coupon_ids([self.coupon_id.clone()])
            .operation_time_begin(window.from)
            .operation_time_end(window.until);
        query.indirect_partner_id = self.indirect_partner_id.clone();
        query
    }

    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(self.coupon_id.as_str(), VoucherOperation::Reclaim.as_str())]
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    /// A voucher is taken back once, so that it is the record's id as well as the target.
    fn facts(&self, record: &VoucherRecord) -> RecordFacts {
        record.facts().target(record.coupon_id.as_ref().map(ToString::to_string))
    }

    fn results(&self, _output: &VoucherReclaim) -> Vec<TargetResult> {
        vec![TargetResult::executed(self.coupon_id.as_str(), self.coupon_id.as_str())]
    }
}

response! {
    /// Outcome of an issue for each customer.
    pub struct IssueOutcome {
        /// The customers that received nothing; the id is the customer's.
        pub error_details: Vec<ItemError>,
        /// The vouchers that were issued.
        pub coupon_infos: Vec<VoucherIssue>,
    }
}

impl IssueOutcome {
    /// One result for each customer: the voucher it received, or why it received none.
    pub fn outcomes(&self) -> impl Iterator<Item = Result<&VoucherIssue, &ItemError>> {
        self.coupon_infos.iter().map(Ok).chain(self.error_details.iter().map(Err))
    }
}

response! {
    /// A voucher that was issued.
    pub struct VoucherIssue {
        /// Customer that received the voucher.
        pub id: CustomerId,
        /// The voucher, by which it is found and reclaimed.
        pub coupon_id: VoucherId,
    }
}

response! {
    /// The voucher was taken back; the service says nothing more.
    #[derive(Eq)]
    pub struct VoucherReclaim {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;
    use crate::{operation::fits, vouchers::VoucherResult};

    fn window() -> TimeWindow {
        TimeWindow {
            from: "2026-05-01T08:00:00Z".parse().unwrap(),
            until: "2026-05-01T08:05:00Z".parse().unwrap(),
        }
    }

    fn issue(customers: &[&str]) -> IssueVouchers {
        let customers: Vec<CustomerId> = customers.iter().map(|id| (*id).into()).collect();
        IssueVouchers::new("q1", customers, Amount::from(50))
    }

    #[test]
    fn each_customer_has_its_outcome() {
        let outcome: IssueOutcome = decode_str(
            r#"{"error_details":[{"id":"c2","error_code":"CBC.99000013","error_msg":"quota insufficient"}],
                "coupon_infos":[{"id":"c1","coupon_id":"v1"},{"id":"c3","coupon_id":"v3"}]}"#,
        )
        .unwrap();
        let (done, failed): (Vec<_>, Vec<_>) = outcome.outcomes().partition(|item| item.is_ok());
        let vouchers: Vec<_> = done.iter().map(|item| item.as_ref().unwrap().coupon_id.as_str()).collect();
        assert_eq!(vouchers, ["v1", "v3"]);
        assert_eq!(
            failed[0].unwrap_err().to_string(),
            "c2: CBC.99000013: What is left of the quota does not cover the vouchers"
        );
    }

    #[test]
    fn documented_limits_of_an_issue_are_checked() {
        let many: Vec<String> = vec!["x".into(); 11];
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let request = IssueVouchers::new("", Vec::<CustomerId>::new(), "0.001".parse::<Amount>().unwrap())
            .valid_time(time("2026-02-01T00:00:00Z"))
            .expire_time(time("2026-01-01T00:00:00Z"))
            .cloud_service_types(many.clone())
            .product_ids(many)
            .indirect_partner_id("r".repeat(65));
        assert_eq!(
            violated(&request),
            [
                "quota_id",
                "customer_ids",
                "face_value",
                "valid_time",
                "cloud_service_types",
                "product_ids",
                "indirect_partner_id"
            ]
        );
        issue(&["c"; 101]).validate().unwrap_err();
        issue(&["c"; 100]).memo("").product_ids([""; 0]).validate().unwrap();
    }

    #[test]
    fn the_records_of_an_issue_are_found() {
        let query = issue(&["c1"]).indirect_partner_id("r1").query(window());
        assert_eq!(
            serde_json::to_value(&query).unwrap(),
            serde_json::json!({
                "operation_types": ["1"],
                "quota_id": "q1",
                "customer_id": "c1",
                "operation_time_begin": "2026-05-01T08:00:00Z",
                "operation_time_end": "2026-05-01T08:05:00Z",
                "indirect_partner_id": "r1",
            })
        );
        assert_eq!(issue(&["c1", "c2"]).query(window()).customer_id, None);

        let record: VoucherRecord = decode_str(
            r#"{"id":"1","operation_type":"1","quota_id":"q1","coupon_id":"v2","customer_id":"c2",
                "operation_amount":50.00,"result":"0"}"#,
        )
        .unwrap();
        let request = issue(&["c1", "c2"]);
        assert!(fits(&request, "c2", &record) && !fits(&request, "c1", &record));
        let failed = VoucherRecord { result: Some(VoucherResult::Failed), ..record.clone() };
        assert!(!fits(&request, "c2", &failed));
        let other = VoucherRecord { operation_amount: Some(Amount::from(51)), ..record };
        assert!(!fits(&request, "c2", &other));
    }

    #[test]
    fn the_record_of_a_reclaim_is_found_by_the_voucher() {
        let request = ReclaimVoucher::new("v1");
        let query = request.query(window());
        assert_eq!(
            serde_json::to_value(&query).unwrap(),
            serde_json::json!({
                "operation_types": ["2"],
                "coupon_ids": ["v1"],
                "operation_time_begin": "2026-05-01T08:00:00Z",
                "operation_time_end": "2026-05-01T08:05:00Z",
            })
        );
        let record: VoucherRecord =
            decode_str(r#"{"operation_type":"2","coupon_id":"v1","operation_amount":3.2,"result":"0"}"#)
                .unwrap();
        assert!(fits(&request, "v1", &record) && !fits(&request, "v2", &record));
        let expired = VoucherRecord { operation_type: Some(VoucherOperation::Expiry), ..record };
        assert!(!fits(&request, "v1", &expired));
    }

    #[test]
    fn an_empty_reseller_is_refused_before_it_is_sent() {
        let request: ReclaimVoucher = decode_str(
            r#"{"coupon_id":"2018011615520150","indirect_partner_id":"f8231a7d11484dfaaea8b70755680c7e"}"#,
        )
        .unwrap();
        request.validate().unwrap();
        let invalid = request.indirect_partner_id("").validate().unwrap_err();
        assert_eq!(invalid.to_string(), "indirect_partner_id must have 1 to 100 characters");
        ReclaimVoucher::new("v".repeat(65)).validate().unwrap_err();
    }

    #[test]
    fn a_response_without_fields_is_read() {
        assert_eq!(decode_str::<VoucherReclaim>("{}").unwrap(), VoucherReclaim {});
    }
}
