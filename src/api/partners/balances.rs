//! Balances of the partner, its resellers and its customers, and the credit limit of an international
//! partner.

use crate::{
    operation,
    operation::request,
    types::{
        Amount, Currency, CustomerId, MeasureUnit, Money, MoneyError, ResellerId, fields::AsText,
        money_methods, open_enum::open_codes, response,
    },
};

operation! {
    /// Shows the accounts of the calling partner, or of one of its resellers, with their balances.
    ///
    /// A caller that is no partner is refused with `CBC.5001` although the HTTP status is 200, a reseller of another
    /// partner with `CBC.99000037`.
    GET "/v2/accounts/partner-accounts/balances" as bss "ListPartnerBalances" -> Balances {
        permissions( "BPC_ITEM_VIEW_010100", "BPC_ITEM_SUBCUSTSERV_010103", "BPC_ITEM_SUBCUSTSERV_010104", "BPC_ITEM_SALES_020104", "BPC_ITEM_SALES_020105", ),
        alternative("bss.ShowPartnerConsumptionQuota"),
        success(list "account_balances"),
        source("https://support.huaweicloud.com/api-bpconsole/mt_060003.html"),
    }
    pub struct ShowBalances {
        optional {
            /// The accounts of this reseller of the calling distributor; its own without it.
            indirect_partner_id: ResellerId where len(0..=64),
        }
    }
}

operation! {
    /// Lists the balances and debts of several customers.
    ///
    /// Only customers whose spending the partner pays have an account that it can see: others are left out of
    /// the response without an error, so ask [`CustomerBalances::of`] for each. A customer that is not the
    /// caller's is refused with `CBC.99000035`, a reseller with `CBC.99000037`.
    POST "/v2/accounts/customer-accounts/balances/batch-query" as bss "ListCustomersBalancesDetail" -> CustomerBalances {
        read,
        permissions( "BPC_ITEM_SUBCUSTSERV_010103", "BPC_ITEM_SUBCUSTSERV_010104", "BPC_ITEM_SUBCUSTSERV_010100", ),
        success(list "customer_balances"),
        source("https://support.huaweicloud.com/api-bpconsole/mt_060004.html"),
    }
    pub struct ListCustomerBalances {
        required {
            /// Customers whose balances are listed; [`ListCustomerBalances::of`] takes plain ids.
            customer_infos: Vec<CustomerRef> where count(1..=100),
        }
        optional {
            /// The reseller that these customers belong to, where a distributor asks for a reseller's
            /// customers.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| {
            let short =
                |customer: &CustomerRef| (1..=64).contains(&customer.customer_id.as_str().chars().count());
            check
                .rule(
                    "customer_infos",
                    it.customer_infos.iter().all(short),
                    "must name customers with 1 to 64 characters each",
                )
        }
    }
}

request! {
    /// One customer of a batch.
    pub struct CustomerRef {
        required {
            /// The customer's account; up to 64 characters.
            customer_id: CustomerId,
        }
    }
}

impl ListCustomerBalances {
    /// The request for the balances of these customers.
    ///
    /// ```
    /// use huaweicloud_partner::partners::ListCustomerBalances;
    ///
    /// let request = ListCustomerBalances::of(["0666aa7a", "0712bb8b"]);
    /// assert_eq!(request.customer_infos.len(), 2);
    /// ```
    pub fn of(customers: impl IntoIterator<Item = impl Into<CustomerId>>) -> Self {
        Self::new(customers.into_iter().map(CustomerRef::new).collect::<Vec<_>>())
    }
}

operation! {
    /// Shows the credit limit of the calling partner and the used part of it.
    ///
    /// Beyond the quota the partner and all customers that it resells to can buy nothing more, until bills
    /// are paid or the quota is raised.
    GET "/v2/partners/credit/consumption-quota" as bss "ShowPartnerConsumptionQuota" -> ConsumptionQuota {
        sites(OUTSIDE_CHINA), permissions("BPC_ITEM_ACCOUNT_010500"), alternative("bss.ListPartnerBalances"),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/cq_001.html"),
    }
    pub struct ShowConsumptionQuota {
    }
}

response! {
    /// The accounts of a partner or reseller.
    pub struct Balances {
        /// One entry for each account.
        pub account_balances: Vec<AccountBalance>,
    }
}

impl Balances {
    /// The account of a kind, where there is one.
    pub fn account(&self, kind: AccountType) -> Option<&AccountBalance> {
        self.account_balances.iter().find(|account| account.account_type == Some(kind))
    }

    /// The money that can be granted to customers and resellers now: what is free on the account for grants, or on the
    /// balance account where no account for grants is listed (inferred; the documentation speaks of the payer's account).
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where neither account is listed, or as for [`AccountBalance::free_for_grants`].
    pub fn free_for_grants(&self) -> Result<Money, MoneyError> {
        let account = self.account(AccountType::ForGrants).or_else(|| self.account(AccountType::Balance));
        account.ok_or(MoneyError::Missing("account of the type 1 or 8"))?.free_for_grants()
    }
}

response! {
    /// One account of a partner or reseller.
    pub struct AccountBalance {
        /// Id of the account, unique in all of Huawei Cloud.
        pub account_id: String,
        /// Kind of money on the account.
        pub account_type: Option<AccountType>,
        /// The balance, earmarked money included.
        pub amount: Option<Amount>,
        /// The currency of the amounts; yuan.
        pub currency: Option<Currency>,
        /// Part of the balance that is earmarked for a purpose and not free for grants.
        pub designated_amount: Option<Amount>,
        /// The whole credit line; on credit accounts only.
        pub credit_amount: Option<Amount>,
        /// The unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// A note kept with the account.
        pub memo: Option<String>,
    }
}

money_methods! {
    AccountBalance {
        /// The balance with its unit and currency.
        money => amount,
    }
}

impl AccountBalance {
    /// The balance less what is earmarked: the most that can be granted from this account.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service did not say how much is on the account or how much is earmarked, and
    /// [`MoneyError::TooLarge`] where the difference has more digits than an amount can hold.
    pub fn free_for_grants(&self) -> Result<Money, MoneyError> {
        let designated = self.designated_amount;
        let earmarked =
            Money::from_fields("designated_amount", designated, self.measure_id, self.currency.as_ref())?;
        self.money()?.checked_sub(&earmarked)
    }
}

response! {
    /// The balances of those customers that have one the partner may see.
    pub struct CustomerBalances {
        /// One entry for each such customer.
        pub customer_balances: Vec<CustomerBalance>,
    }
}

impl CustomerBalances {
    /// Returns the balance of one customer; `None` where the service left it out because the partner does not
    /// pay for it.
    pub fn of(&self, customer: &CustomerId) -> Option<&CustomerBalance> {
        self.customer_balances.iter().find(|balance| balance.customer_id == *customer)
    }
}

response! {
    /// Balance and debt of a customer.
    pub struct CustomerBalance {
        /// Customer that this row describes.
        pub customer_id: CustomerId,
        /// Total debt of the customer.
        pub debt_amount: Option<Amount>,
        /// Total amount that the customer can still spend.
        pub amount: Option<Amount>,
        /// The currency of the amounts; yuan.
        pub currency: Option<Currency>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
    }
}

money_methods! {
    CustomerBalance {
        /// The amount that the customer can still spend.
        money => amount,
        /// The debt of the customer.
        debt => debt_amount,
    }
}

response! {
    /// Credit limit of a partner and what counts against it. Amounts are text on the wire.
    ///
    /// A limit, not a means of payment; it does not say what is to be paid when.
    pub struct ConsumptionQuota {
        /// The most that the partner may owe.
        #[with(AsText)]
        pub consumption_quota: Option<Amount>,
        /// Balance of the partner's account.
        #[with(AsText)]
        pub amount: Option<Amount>,
        /// Balance of the partner's cash vouchers. In the days before a month's bill is made, it includes
        /// vouchers that ended in that month and are set against its estimate.
        #[with(AsText)]
        pub coupon_amount: Option<Amount>,
        /// Amount that is billed and not paid.
        #[with(AsText)]
        pub due_amount: Option<Amount>,
        /// Estimated amount that was spent and is not billed yet.
        #[with(AsText)]
        pub unbilled_amount: Option<Amount>,
        /// Used part of the quota: the due and unbilled amounts, less account and vouchers. Below zero where
        /// account and vouchers exceed the spending.
        #[with(AsText)]
        pub used_consumption_quota: Option<Amount>,
        /// Unit of the amounts; the main unit, a dollar.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the amounts; US dollars on the international site.
        pub currency: Option<Currency>,
    }
}

money_methods! {
    ConsumptionQuota {
        /// The quota with its unit and currency.
        granted => consumption_quota,
        /// The used part of the quota.
        used => used_consumption_quota,
    }
}

impl ConsumptionQuota {
    /// Returns the amount that can be spent before the partner and its customers are blocked: the quota less
    /// its used part. Below zero beyond the quota.
    ///
    /// `None` where the response lacks one of the two.
    pub fn remaining(&self) -> Option<Amount> {
        self.consumption_quota?.checked_sub(self.used_consumption_quota?)
    }
}

open_codes! {
    /// Kind of money on an account.
    pub enum AccountType {
        /// Prepaid account balance.
        Balance = 1,
        /// A credit line.
        Credit = 2,
        /// Bonus, of an older business model.
        Bonus = 5,
        /// Deposit, of an older business model.
        Deposit = 7,
        /// Money that can be granted to customers and resellers.
        ForGrants = 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn amount(text: &str) -> Option<Amount> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn what_is_earmarked_is_not_free() {
        let balances: Balances = decode_str(
            r#"{"account_balances":[
                {"account_id":"a1","account_type":1,"amount":1000.10,"currency":"CNY","designated_amount":0.05,"measure_id":1},
                {"account_id":"a2","account_type":2,"amount":500,"currency":"CNY","credit_amount":5000.0,"measure_id":1},
                {"account_id":"a9","account_type":99,"amount":1,"currency":"CNY","measure_id":1,"memo":"new"}]}"#,
        )
        .unwrap();
        assert_eq!(balances.free_for_grants().unwrap().to_string(), "1000.05 CNY");
        let credit = balances.account(AccountType::Credit).unwrap();
        assert_eq!((credit.money().unwrap().amount, credit.credit_amount), (500.into(), amount("5000")));
        assert_eq!(credit.free_for_grants(), Err(MoneyError::Missing("designated_amount")));
        assert_eq!(balances.account(AccountType::ForGrants), None);
        assert_eq!(balances.account_balances[2].account_type, Some(AccountType::Other(99)));
    }

    #[test]
    fn the_account_for_grants_goes_before_the_balance() {
        let balances: Balances = decode_str(
            r#"{"account_balances":[{"account_type":1,"amount":7},
                {"account_type":"8","amount":"3.00","designated_amount":0,"measure_id":1,"currency":"CNY"}]}"#,
        )
        .unwrap();
        assert_eq!(balances.free_for_grants().unwrap(), Money::new(3, Currency::Cny));
        assert_eq!(
            Balances::default().free_for_grants(),
            Err(MoneyError::Missing("account of the type 1 or 8"))
        );
    }

    #[test]
    fn a_balance_that_was_not_sent_is_an_error_and_not_zero() {
        for missing in ["null", "\"\""] {
            let text = format!(
                r#"{{"account_balances":[{{"account_type":1,"amount":{missing},"designated_amount":0,"measure_id":1,"currency":"CNY"}}]}}"#
            );
            let balances: Balances = decode_str(&text).unwrap();
            assert_eq!(balances.account_balances[0].amount, None);
            assert_eq!(balances.free_for_grants(), Err(MoneyError::Missing("amount")), "{missing}");
        }
    }

    #[test]
    fn customers_that_were_left_out_are_not_there() {
        let request = ListCustomerBalances::of(["c1", "c2"]).indirect_partner_id("r1");
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"customer_infos":[{"customer_id":"c1"},{"customer_id":"c2"}],"indirect_partner_id":"r1"}"#
        );
        let response: CustomerBalances = decode_str(
            r#"{"customer_balances":[{"customer_id":"c1","debt_amount":0,"amount":12.30,"currency":"CNY","measure_id":1}]}"#,
        )
        .unwrap();
        assert_eq!(response.of(&"c1".into()).unwrap().amount, amount("12.3"));
        assert_eq!(response.of(&"c2".into()), None);
    }

    #[test]
    fn documented_limits_are_checked() {
        let ids = |count: usize| (0..count).map(|id| id.to_string());
        assert_eq!(violated(&ListCustomerBalances::of(ids(100))), [""; 0]);
        assert_eq!(violated(&ListCustomerBalances::of(ids(101))), ["customer_infos"]);
        assert_eq!(violated(&ListCustomerBalances::of(ids(0))), ["customer_infos"]);
        assert_eq!(violated(&ListCustomerBalances::of(["", "c2"])), ["customer_infos"]);
        ShowBalances::new().indirect_partner_id("x".repeat(65)).validate().unwrap_err();
    }

    #[test]
    fn the_documented_quota_sample_is_read() {
        let quota: ConsumptionQuota = decode_str(
            r#"{"consumption_quota":"10000","amount":"10.18","coupon_amount":"10.03","due_amount":"500.28"}"#,
        )
        .unwrap();
        assert_eq!((quota.consumption_quota, quota.due_amount), (amount("10000"), amount("500.28")));
        assert_eq!((quota.unbilled_amount, quota.remaining()), (None, None));
    }

    #[test]
    fn an_unused_quota_leaves_more_than_itself() {
        let quota: ConsumptionQuota = decode_str(
            r#"{"consumption_quota":"100.00","used_consumption_quota":"-20.21","measure_id":1,"currency":"USD"}"#,
        )
        .unwrap();
        assert_eq!(quota.remaining(), amount("120.21"));
        assert_eq!(
            serde_json::to_value(&quota).unwrap()["used_consumption_quota"],
            serde_json::json!("-20.21")
        );
    }
}
