//! Budgets of customers of the Reseller model.

use crate::{
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    types::{
        Amount, Currency, CustomerId, MeasureUnit, Personal, ResellerId, UtcTime,
        fields::EmptyAsNone,
        money_methods,
        open_enum::{open_codes, open_enum},
        response,
    },
};

use super::list::are_ids;

/// The largest budget that the service takes.
const LARGEST: i32 = i32::MAX;

operation! {
    /// Sets the budget of a customer of the Reseller model, and unfreezes the customer where that is wanted.
    ///
    /// A new customer needs a budget before it can buy; the partner's platform should stop a customer that
    /// has none left.
    ///
    /// The amount is what the budget becomes, not a change of it, so a repeat leaves the same budget and only
    /// one more [record](ListBudgetRecords) (inferred). For a reseller's customer the distributor must have
    /// given the reseller the right to set budgets.
    POST "/v2/partners/sub-customers/budget" as bss "UpdateSubCustomerBudget" -> BudgetSet {
        sites(OUTSIDE_CHINA), idempotent, permissions("BPC_ITEM_SUBCUSTSERV_010111", "BPC_ITEM_SUBCUSTSERV_010503"),
        records("bss.ListSubCustomerBudgetRecords"), success(empty),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01005.html"),
    }
    pub struct SetBudget {
        required {
            /// Customer that the budget belongs to.
            customer_id: CustomerId where len(1..=64),
            /// New budget in US dollars: above zero, at most 2,147,483,647, at most two decimals.
            budget_amount: Amount where money,
        }
        optional {
            /// Whether a frozen customer is unfrozen as well; it is not by default.
            cancel_partner_frozen: BudgetUnfreeze,
            /// The reseller whose customer it is; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
            /// For each month or once; for each month by default.
            budget_type: BudgetType,
            /// Action when the budget is used up. When absent, the current setting stays; without one the
            /// partner freezes by hand.
            frozen_operate_type: WhenUsedUp,
        }
        check |it, check| check
            .rule("budget_amount", it.budget_amount <= LARGEST.into(), "must be at most 2147483647")
            .rule("budget_type", is_named(it.budget_type.as_ref()), "must not be empty")
    }
}

impl Resolvable for SetBudget {
    type Query = ListBudgetRecords;

    fn query(&self, _window: TimeWindow) -> ListBudgetRecords {
        let mut query = ListBudgetRecords::new(&self.customer_id).operation_type(BudgetOperation::Set);
        query.indirect_partner_id.clone_from(&self.indirect_partner_id);
        query
    }

    /// The query names the customer; its rows do not.
    fn legs(&self) -> Vec<Leg> {
        let leg = Leg::new(self.customer_id.as_str(), BudgetOperation::Set.as_str());
        vec![leg.with_amount(self.budget_amount)]
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    /// The rows have no id; the time stands for it, in whole seconds.
    fn facts(&self, record: &BudgetRecord) -> RecordFacts {
        let kind = record.operation_type.as_ref().filter(|kind| kind.is_known());
        RecordFacts::new()
            .id(record.operation_time.map(|time| format!("{} {time}", self.customer_id)))
            .target(Some(self.customer_id.to_string()))
            .kind(kind.map(|kind| kind.as_str().to_owned()))
            .amount(record.budget_amount)
            .time(record.operation_time)
    }

    fn results(&self, _output: &BudgetSet) -> Vec<TargetResult> {
        vec![TargetResult::executed_without_record(self.customer_id.as_str())]
    }
}

fn is_named(kind: Option<&BudgetType>) -> bool {
    kind.is_none_or(|kind| !kind.as_str().is_empty())
}

operation! {
    /// The budget of one customer, and about how much of it is used.
    GET "/v2/partners/sub-customers/budget" as bss "ShowSubCustomerBudget" -> Budget {
        sites(OUTSIDE_CHINA), permissions("BPC_ITEM_SUBCUSTSERV_010111", "BPC_ITEM_SUBCUSTSERV_010503"),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01004.html"),
    }
    pub struct ShowBudget {
        required {
            /// Customer that the budget belongs to.
            customer_id: CustomerId where len(1..=64),
        }
        optional {
            /// The reseller whose customer it is; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
        }
    }
}

operation! {
    /// The budgets of up to 100 customers at once.
    ///
    /// Customers that are not the caller's, or not of the Reseller model, are left out of the response without
    /// a word: [`Budgets::of`] tells.
    POST "/v2/partners/sub-customers/budget/query" as bss "ListSubCustomerBudget" -> Budgets {
        read, sites(OUTSIDE_CHINA), permissions("BPC_ITEM_ACCOUNT_010500"),
        success(list "budget_infos"),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01006.html"),
    }
    pub struct ListBudgets {
        required {
            /// Customers whose budgets are listed.
            customer_ids: Vec<CustomerId> where count(1..=100),
        }
        optional {
            /// The reseller whose customers they are; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .rule("customer_ids", are_ids(&it.customer_ids), "must have 1 to 64 characters each")
    }
}

operation! {
    /// Lists by which user and at which times the budget of a customer was set or ended, one page.
    GET "/v2/partners/sub-customers/budget/records" as bss "ListSubCustomerBudgetRecords" -> BudgetRecordPage {
        sites(OUTSIDE_CHINA), rows(100, record_list: BudgetRecord, total: total_count),
        permissions("BPC_ITEM_SUBCUSTSERV_010111", "BPC_ITEM_SUBCUSTSERV_010503"),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01007.html"),
    }
    pub struct ListBudgetRecords {
        required {
            /// Customer that the budget belongs to.
            customer_id: CustomerId where len(1..=64),
        }
        optional {
            /// The reseller whose customer it is; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
            /// Only settings, or only endings.
            operation_type: BudgetOperation,
            /// Only budgets of this kind.
            budget_type: BudgetType,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
        check |it, check| {
            let (kind, budget) = (&it.operation_type, &it.budget_type);
            check
                .len("operation_type", &kind.as_ref().map(BudgetOperation::as_str), 1..=10)
                .len("budget_type", &budget.as_ref().map(BudgetType::as_str), 1..=10)
        }
    }
}

response! {
    /// Success of setting a budget; the service returns no fields (inferred).
    pub struct BudgetSet {}
}

response! {
    /// The budget of one customer.
    pub struct Budget {
        /// Amount that the budget was set to.
        pub budget_amount: Option<Amount>,
        /// Approximate amount that is used. It lags and is not exact, so it cannot enforce a hard limit.
        pub used_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the amounts; US dollars.
        pub currency: Option<Currency>,
        /// For each month or once.
        pub budget_type: Option<BudgetType>,
    }
}

money_methods! {
    Budget {
        /// The amount that the budget was set to.
        budget => budget_amount,
        /// The used part of the budget, which lags and is not exact.
        used => used_amount,
    }
}

response! {
    /// The budgets of several customers.
    pub struct Budgets {
        /// Unit of all amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of all amounts; US dollars.
        pub currency: Option<Currency>,
        /// One entry for each customer that has a budget, at most 100.
        pub budget_infos: Vec<CustomerBudget>,
    }
}

impl Budgets {
    /// The budget of one customer; `None` where the service left it out.
    pub fn of(&self, customer: &CustomerId) -> Option<&CustomerBudget> {
        self.budget_infos.iter().find(|budget| budget.customer_id == *customer)
    }
}

response! {
    /// The budget of one customer among several.
    pub struct CustomerBudget {
        /// Customer that this row describes.
        pub customer_id: CustomerId,
        /// Amount that the budget was set to.
        pub budget_amount: Option<Amount>,
        /// Approximate amount that is used; it lags and is not exact.
        pub used_amount: Option<Amount>,
        /// For each month or once.
        pub budget_type: Option<BudgetType>,
    }
}

response! {
    /// One page of the history of a budget.
    pub struct BudgetRecordPage {
        /// Total number of records that match.
        pub total_count: Option<u64>,
        /// Unit of all amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of all amounts; US dollars.
        pub currency: Option<Currency>,
        /// Rows of this page.
        pub record_list: Vec<BudgetRecord>,
    }
}

response! {
    /// One setting or ending of a budget.
    pub struct BudgetRecord {
        /// New amount of the budget; two decimals.
        pub budget_amount: Option<Amount>,
        /// Setting or ending.
        pub operation_type: Option<BudgetOperation>,
        /// Time at which the operation was executed.
        #[with(EmptyAsNone)]
        pub operation_time: Option<UtcTime>,
        /// The login name of who did it, or `system`.
        pub operator: Option<Personal>,
        /// For each month or once.
        pub budget_type: Option<BudgetType>,
        /// The company of the partner that did it.
        pub partner_corp_name: Option<Personal>,
        /// The account under which that partner logs in.
        pub partner_account_name: Option<Personal>,
    }
}

open_enum! {
    /// Duration of a budget.
    pub enum BudgetType {
        /// Budget that starts again each month.
        Monthly = "MONTHLY",
        /// Budget that is granted once.
        OneTime = "PACKAGE",
    }
}

open_enum! {
    /// Whether setting a budget unfreezes the customer. Text on the wire.
    pub enum BudgetUnfreeze {
        /// The customer stays frozen or unfrozen as before.
        No = "0",
        /// The customer is unfrozen.
        Yes = "1",
    }
}

impl From<bool> for BudgetUnfreeze {
    fn from(unfreeze: bool) -> Self {
        if unfreeze { Self::Yes } else { Self::No }
    }
}

open_codes! {
    /// Action when a customer's budget is used up.
    pub enum WhenUsedUp {
        /// No automatic action: the partner freezes the customer by hand.
        FreezeByHand = 0,
        /// The service freezes the customer automatically.
        FreezeAutomatically = 1,
    }
}

open_enum! {
    /// Operation on a budget.
    pub enum BudgetOperation {
        /// Budget was set.
        Set = "SETTING",
        /// Budget ended with the association.
        Ended = "DELETE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn a_budget_is_money_within_its_limits() {
        for fine in ["0.01", "2147483647", "75.490"] {
            SetBudget::new("c1", amount(fine)).validate().unwrap();
        }
        for wrong in ["0", "-1", "0.001", "2147483647.01"] {
            assert_eq!(violated(&SetBudget::new("c1", amount(wrong))), ["budget_amount"], "{wrong}");
        }
        assert_eq!(
            violated(&SetBudget::new("", amount("1")).budget_type("").indirect_partner_id("x".repeat(65))),
            ["customer_id", "indirect_partner_id", "budget_type"]
        );
    }

    #[test]
    fn a_setting_is_written_as_documented() {
        let request = SetBudget::new("c1", amount("75.40"))
            .cancel_partner_frozen(true)
            .budget_type(BudgetType::OneTime)
            .frozen_operate_type(WhenUsedUp::FreezeAutomatically);
        assert_eq!(
            String::from_utf8(crate::types::to_wire_json(&request).unwrap()).unwrap(),
            r#"{"customer_id":"c1","budget_amount":75.40,"cancel_partner_frozen":"1","budget_type":"PACKAGE","frozen_operate_type":1}"#
        );
        assert_eq!(decode_str::<BudgetSet>("{}").unwrap(), BudgetSet {});
    }

    #[test]
    fn queries_have_their_limits() {
        let none: Vec<CustomerId> = Vec::new();
        assert_eq!(violated(&ListBudgets::new(none)), ["customer_ids"]);
        let many: Vec<CustomerId> = (0..101).map(|id| id.to_string().into()).collect();
        assert_eq!(violated(&ListBudgets::new(many)), ["customer_ids"]);
        let long: Vec<CustomerId> = vec!["x".repeat(65).into()];
        assert_eq!(violated(&ListBudgets::new(long)), ["customer_ids"]);
        assert_eq!(violated(&ShowBudget::new("x".repeat(65))), ["customer_id"]);
        assert_eq!(
            violated(
                &ListBudgetRecords::new("c1")
                    .operation_type("")
                    .budget_type("")
                    .offset(u32::MAX)
                    .limit(101_u32)
            ),
            ["operation_type", "budget_type", "offset", "limit"]
        );
    }

    #[test]
    fn a_customer_that_was_left_out_shows() {
        let budgets: Budgets = decode_str(
            r#"{"measure_id":1,"currency":"USD","budget_infos":[
                {"customer_id":"c1","budget_amount":100.00,"used_amount":"12.345678","budget_type":"MONTHLY"}]}"#,
        )
        .unwrap();
        let budget = budgets.of(&"c1".into()).unwrap();
        assert_eq!(
            (budget.budget_amount, budget.used_amount),
            (Some(amount("100")), Some(amount("12.345678")))
        );
        assert_eq!(budgets.of(&"c2".into()), None);
        assert_eq!(
            (budgets.measure_id, budgets.currency),
            (Some(MeasureUnit::MainUnit), Some(Currency::Usd))
        );
    }

    #[test]
    fn the_history_is_read_and_keeps_unknown_codes() {
        let page: BudgetRecordPage = decode_str(
            r#"{"total_count":2,"measure_id":1,"currency":"USD","record_list":[
                {"budget_amount":10.50,"operation_type":"SETTING","operation_time":"2026-05-01T08:05:01Z",
                 "operator":"boss","budget_type":"PACKAGE","partner_corp_name":"Acme","partner_account_name":"acme"},
                {"budget_amount":0,"operation_type":"PAUSE","operation_time":"","operator":"system"}]}"#,
        )
        .unwrap();
        let [set, other] = &page.record_list[..] else { panic!("{page:?}") };
        assert_eq!(
            (&set.operation_type, set.budget_type.as_ref()),
            (&Some(BudgetOperation::Set), Some(&BudgetType::OneTime))
        );
        assert!(other.operation_type.as_ref().is_some_and(|operation| !operation.is_known()));
        assert_eq!(other.operation_time, None);
        assert!(!format!("{page:?}").contains("boss"));
    }
}
