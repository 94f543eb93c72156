//! The records of money given to customers and resellers, and taken back.

use crate::{
    operation,
    operation::RecordFacts,
    types::{
        Amount, Currency, CustomerId, MeasureUnit, Personal, ResellerId, UtcTime,
        fields::{AsText, EmptyAsNone},
        money_methods,
        open_enum::open_enum,
        response,
    },
};

operation! {
    /// Money granted to customers and resellers and taken back from them, one page.
    ///
    /// This is where the outcome of a transfer is found whose response was lost. A customer that is not the
    /// caller's gives an empty list, not an error.
    GET "/v3/accounts/partner-accounts/adjust-records" as bss "ListPartnerAdjustRecords" -> AdjustmentPage {
        rows(100, records: Adjustment, total: total_count), permissions("BPC_ITEM_FINANCE_040100"),
        source("https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001191118881.html"),
    }
    pub struct ListAdjustments {
        optional {
            /// Only those with this customer of the caller or, for a distributor, with this reseller.
            customer_id: CustomerId where len(0..=64),
            /// Only grants, or only reclaims of one kind.
            operation_type: AdjustmentKind,
            /// Only those at or after this instant.
            operation_time_begin: UtcTime,
            /// Only those at or before this instant.
            operation_time_end: UtcTime,
            /// Lists only the transaction with this id, which a grant or reclaim returned.
            trans_id: String where len(0..=128),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// On behalf of this reseller: the adjustments that it made with its customers. Without it, the
            /// caller's own.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .ordered(
                ("operation_time_begin", it.operation_time_begin),
                ("operation_time_end", it.operation_time_end),
            )
    }
}

response! {
    /// One page of adjustments.
    pub struct AdjustmentPage {
        /// Rows of this page.
        pub records: Vec<Adjustment>,
        /// Total number of matching records.
        pub total_count: Option<u64>,
    }
}

response! {
    /// Money granted or taken back.
    pub struct Adjustment {
        /// The customer, or for transfers between a distributor and a reseller the reseller.
        pub customer_id: Option<CustomerId>,
        /// Full name of the customer.
        pub customer_name: Option<Personal>,
        /// Grant or reclaim.
        pub operation_type: Option<AdjustmentKind>,
        /// Amount, above zero in both directions; text on the wire.
        #[with(AsText)]
        pub amount: Option<Amount>,
        /// The currency of the amount; yuan.
        pub currency: Option<Currency>,
        /// Purpose of the money; the codes are not documented.
        pub apply_scene: Option<String>,
        /// Time at which the operation was executed.
        #[with(EmptyAsNone)]
        pub operation_time: Option<UtcTime>,
        /// Unit of the amount.
        pub measure_id: Option<MeasureUnit>,
        /// Id of the transaction, as the grant or reclaim returned it.
        pub trans_id: Option<String>,
        /// Note on the adjustment.
        pub memo: Option<String>,
    }
}

money_methods! {
    Adjustment {
        /// The money that was granted or taken back; above zero in both directions.
        money => amount,
    }
}

impl Adjustment {
    /// Facts that the record states about a transfer: its transaction, the other side, the kind and the
    /// amount.
    pub(crate) fn facts(&self) -> RecordFacts {
        let kind = self.operation_type.as_ref().filter(|kind| kind.is_known());
        RecordFacts::new()
            .id(self.trans_id.clone())
            .target(self.customer_id.as_ref().map(ToString::to_string))
            .kind(kind.map(|kind| kind.as_str().to_owned()))
            .amount(self.amount)
            .memo(self.memo.clone())
            .time(self.operation_time)
    }
}

open_enum! {
    /// Direction of an adjustment.
    pub enum AdjustmentKind {
        /// Grant to a customer or reseller.
        Grant = "SOURCE_OPERATION_BEADJUST",
        /// Reclaim from a customer or reseller.
        Reclaim = "SOURCE_OPERATION_BERETRIEVE",
        /// Reclaim because the association ended.
        Dissociation = "SOURCE_OPERATION_BEUNBIND",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::Paged, types::decode_str};

    #[test]
    fn a_page_is_read() {
        let page: AdjustmentPage = decode_str(
            r#"{"total_count":2,"records":[
                {"customer_id":"c1","customer_name":"Acme","operation_type":"SOURCE_OPERATION_BEADJUST",
                 "amount":"10.50","currency":"CNY","operation_time":"2026-05-01T08:05:01Z","measure_id":1,
                 "trans_id":"AD1","memo":null},
                {"customer_id":"c2","operation_type":"SOURCE_OPERATION_NEW","amount":"1"}]}"#,
        )
        .unwrap();
        assert_eq!(ListAdjustments::total(&page), Some(2));
        let [first, second] = ListAdjustments::items(&page) else { unreachable!() };
        assert_eq!(first.facts().amount, Some("10.5".parse().unwrap()));
        assert_eq!((first.facts().target.as_deref(), second.facts().kind), (Some("c1"), None));
        assert_eq!(first.operation_time.unwrap().to_string(), "2026-05-01T08:05:01Z");
        assert!(!format!("{first:?}").contains("Acme"));
        let kind = second.operation_type.as_ref().unwrap();
        assert_eq!((kind.as_str(), kind.is_known()), ("SOURCE_OPERATION_NEW", false));
    }

    #[test]
    fn amounts_stay_text() {
        let record = Adjustment { amount: "10.50".parse().ok(), ..Adjustment::default() };
        assert_eq!(serde_json::to_value(&record).unwrap()["amount"], serde_json::json!("10.50"));
    }

    #[test]
    fn documented_limits_are_checked() {
        let request = ListAdjustments::new()
            .customer_id("c".repeat(65))
            .operation_time_begin("2026-02-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .operation_time_end("2026-01-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .trans_id("t".repeat(129))
            .limit(101_u32)
            .indirect_partner_id("r".repeat(65));
        assert_eq!(
            violated(&request),
            ["customer_id", "operation_time_begin", "trans_id", "limit", "indirect_partner_id"]
        );
        let same = "2026-02-01T00:00:00Z".parse::<UtcTime>().unwrap();
        ListAdjustments::new()
            .operation_time_begin(same)
            .operation_time_end(same)
            .limit(100_u32)
            .validate()
            .unwrap();
    }
}
