//! Stopping a customer from spending, and letting it again.

use crate::{
    error::ItemError,
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    types::{CustomerId, Personal, ResellerId, open_enum::open_enum, response},
};

use super::list::{Customer, FrozenState, ListCustomers};

operation! {
    /// Freezes customers of the Reseller model.
    ///
    /// A frozen customer can neither buy, renew nor change anything, and cannot properly use what it has.
    ///
    /// Some customers may be frozen and others not: see [`FreezingOutcome::outcomes`]. The
    /// response for one that is frozen already is not documented, so the client does not repeat the call after
    /// it may have been executed; the list of customers tells who is frozen. Customers of a reseller that
    /// is not the caller's: `CBC.99000037` (inferred).
    POST "/v2/partners/sub-customers/freeze" as bss "FreezeSubCustomers" -> FreezingOutcome {
        sites(OUTSIDE_CHINA), permissions("BPC_ITEM_SUBCUSTSERV_010501", "BPC_ITEM_SUBCUSTSERV_010115"),
        state("bss.ListSubCustomers"), success(failures "error_details"),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/mc_00027.html"),
    }
    pub struct FreezeCustomers {
        required {
            /// Customers to freeze.
            customer_ids: Vec<CustomerId> where count(1..=10) each(1..=64),
            /// Reason for the operation.
            reason: Personal where len(1..=256),
        }
        optional {
            /// The reseller whose customers they are; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
            /// Scope of the freeze: the account alone by default.
            freeze_type: FreezeScope where filled,
        }
    }
}

impl Resolvable for FreezeCustomers {
    type Query = ListCustomers;

    const BATCH: Option<&'static str> = Some("customer_ids");

    fn query(&self, _window: TimeWindow) -> ListCustomers {
        customers(&self.customer_ids, self.indirect_partner_id.as_ref())
    }

    /// Freezing and unfreezing change the same object, so they have one kind.
    fn legs(&self) -> Vec<Leg> {
        self.customer_ids.iter().map(|id| Leg::new(id.as_str(), "")).collect()
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    fn facts(&self, record: &Customer) -> RecordFacts {
        let reached = match &record.is_frozen {
            Some(FrozenState::Account | FrozenState::AccountAndResources) => Some(true),
            Some(FrozenState::Active) => Some(false),
            _ => None,
        };
        RecordFacts::new().target(Some(record.customer_id.to_string())).undated().reached(reached)
    }

    fn results(&self, output: &FreezingOutcome) -> Vec<TargetResult> {
        output.target_results(&self.customer_ids)
    }
}

operation! {
    /// Unfreezes customers of the Reseller model.
    ///
    /// From then on the partner pays for what they order. New customers start frozen; the first is commonly
    /// done together with the first budget, by [`SetBudget`](super::SetBudget).
    ///
    /// Some customers may be unfrozen and others not: see [`FreezingOutcome::outcomes`]. The response to
    /// a repeat is not documented, so the client does not repeat the call after it may have been executed;
    /// the list of customers tells who is frozen.
    POST "/v2/partners/sub-customers/unfreeze" as bss "UnfreezeSubCustomers" -> FreezingOutcome {
        sites(OUTSIDE_CHINA), permissions("BPC_ITEM_SUBCUSTSERV_010501", "BPC_ITEM_SUBCUSTSERV_010115"),
        state("bss.ListSubCustomers"), success(failures "error_details"),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/mc_00028.html"),
    }
    pub struct UnfreezeCustomers {
        required {
            /// Customers to unfreeze.
            customer_ids: Vec<CustomerId> where count(1..=10) each(1..=64),
            /// Reason for the operation.
            reason: Personal where len(1..=256),
        }
        optional {
            /// The reseller whose customers they are; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
            /// Scope of the freeze that is lifted; must equal the scope given to [`FreezeCustomers`]. The
            /// account alone by default.
            unfreeze_type: FreezeScope where filled,
        }
    }
}

impl Resolvable for UnfreezeCustomers {
    type Query = ListCustomers;

    const BATCH: Option<&'static str> = Some("customer_ids");

    fn query(&self, _window: TimeWindow) -> ListCustomers {
        customers(&self.customer_ids, self.indirect_partner_id.as_ref())
    }

    /// Freezing and unfreezing change the same object, so they have one kind.
    fn legs(&self) -> Vec<Leg> {
        self.customer_ids.iter().map(|id| Leg::new(id.as_str(), "")).collect()
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    fn facts(&self, record: &Customer) -> RecordFacts {
        let reached = match &record.is_frozen {
            Some(FrozenState::Active) => Some(true),
            Some(FrozenState::Account | FrozenState::AccountAndResources) => Some(false),
            _ => None,
        };
        RecordFacts::new().target(Some(record.customer_id.to_string())).undated().reached(reached)
    }

    fn results(&self, output: &FreezingOutcome) -> Vec<TargetResult> {
        output.target_results(&self.customer_ids)
    }
}

/// The list can be asked for one customer or for all.
fn customers(ids: &[CustomerId], reseller: Option<&ResellerId>) -> ListCustomers {
    let mut query = ListCustomers::new();
    query.indirect_partner_id = reseller.cloned();
    if let [only] = ids {
        query.customer_id = Some(only.clone());
    }
    query
}

response! {
    /// Outcome of a freeze or unfreeze for each customer.
    pub struct FreezingOutcome {
        /// The customers for which it was not done; the id is the customer's. The service names only these.
        pub error_details: Vec<ItemError>,
    }
}

impl FreezingOutcome {
    /// A target that is not named among the failures was done; the object itself is the record. Where a failure names
    /// none of the targets, it may be that of any of them, and only the failures are known.
    fn target_results(&self, customers: &[CustomerId]) -> Vec<TargetResult> {
        let failed = |customer: &CustomerId| self.error_details.iter().find(|e| e.id == customer.as_str());
        let all_named = self
            .error_details
            .iter()
            .all(|error| customers.iter().any(|customer| customer.as_str() == error.id));
        let result = |customer: &CustomerId| match failed(customer) {
            Some(error) => TargetResult::of_item(error),
            None => all_named.then(|| TargetResult::executed(customer.as_str(), customer.as_str())),
        };
        customers.iter().filter_map(result).collect()
    }

    /// One result for each customer of the request: its id where it was done, or why it was not.
    ///
    /// The response names failures only; that the others were done is inferred. A failure that names none of
    /// these customers comes at the end.
    ///
    /// ```
    /// use huaweicloud_partner::{customers::{FreezeCustomers, FreezingOutcome}, types::{CustomerId, decode_str}};
    ///
    /// let request = FreezeCustomers::new(vec![CustomerId::from("c1"), CustomerId::from("c2")], "arrears");
    /// let outcome: FreezingOutcome =
    ///     decode_str(r#"{"error_details":[{"id":"c2","error_code":"CBC.99000035","error_msg":"not yours"}]}"#).unwrap();
    /// let frozen: Vec<_> = outcome.outcomes(&request.customer_ids).filter_map(Result::ok).collect();
    /// assert_eq!(frozen, [&CustomerId::from("c1")]);
    /// ```
    pub fn outcomes<'a>(
        &'a self,
        customers: &'a [CustomerId],
    ) -> impl Iterator<Item = Result<&'a CustomerId, &'a ItemError>> {
        let failed =
            |customer: &CustomerId| self.error_details.iter().find(|error| error.id == customer.as_str());
        let of_others = |error: &&ItemError| customers.iter().all(|customer| customer.as_str() != error.id);
        customers
            .iter()
            .map(move |customer| failed(customer).map_or(Ok(customer), Err))
            .chain(self.error_details.iter().filter(of_others).map(Err))
    }
}

open_enum! {
    /// Extent to which a customer is frozen.
    pub enum FreezeScope {
        /// Account of the customer.
        Account = "ACCOUNT",
        /// Account and resources of the customer.
        AccountAndResources = "ACCOUNT_AND_RESOURCE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::fits;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn window() -> TimeWindow {
        TimeWindow {
            from: "2026-05-01T08:00:00Z".parse().unwrap(),
            until: "2026-05-01T08:01:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_documented_sample_is_read_and_passes() {
        let request: FreezeCustomers = decode_str(
            r#"{"customer_ids":["0bb8e9760f6fc010ebfd95e1"],"reason":"Arrears",
                "indirect_partner_id":"0b5e9b0c0f0fc00874a9e000","freeze_type":"ACCOUNT"}"#,
        )
        .unwrap();
        request.validate().unwrap();
        assert_eq!(request.freeze_type, Some(FreezeScope::Account));
    }

    #[test]
    fn documented_limits_are_checked() {
        let none: Vec<CustomerId> = Vec::new();
        let request = FreezeCustomers::new(none, "x".repeat(257)).freeze_type("");
        assert_eq!(violated(&request), ["customer_ids", "reason", "freeze_type"]);
        let many: Vec<CustomerId> = (0..11).map(|id| id.to_string().into()).collect();
        let request = UnfreezeCustomers::new(many, "").unfreeze_type("");
        assert_eq!(violated(&request), ["customer_ids", "reason", "unfreeze_type"]);
    }

    #[test]
    fn every_customer_and_every_failure_is_in_the_outcomes() {
        let outcome: FreezingOutcome = decode_str(
            r#"{"error_details":[{"id":"c2","error_code":"CBC.30000052","error_msg":"frozen"},
                                 {"id":"c9","error_code":"CBC.0999","error_msg":"other"}]}"#,
        )
        .unwrap();
        let customers: Vec<CustomerId> = vec!["c1".into(), "c2".into(), "c3".into()];
        let outcomes: Vec<_> = outcome
            .outcomes(&customers)
            .map(|item| item.map(CustomerId::as_str).map_err(|error| error.id.as_str()))
            .collect();
        assert_eq!(outcomes, [Ok("c1"), Err("c2"), Ok("c3"), Err("c9")]);

        for success in ["{}", r#"{"error_details":null}"#] {
            let outcome: FreezingOutcome = decode_str(success).unwrap();
            assert!(outcome.outcomes(&customers).all(|item| item.is_ok()), "{success}");
        }
    }

    #[test]
    fn the_state_of_the_customer_tells() {
        let ids: Vec<CustomerId> = vec!["c1".into()];
        let (freeze, unfreeze) = (FreezeCustomers::new(ids.clone(), "a"), UnfreezeCustomers::new(ids, "b"));
        assert_eq!(freeze.query(window()).customer_id, Some("c1".into()));
        for (is_frozen, frozen, free) in
            [("0", false, true), ("1", true, false), ("2", true, false), ("null", false, false)]
        {
            let record: Customer =
                decode_str(&format!(r#"{{"customer_id":"c1","is_frozen":{is_frozen}}}"#)).unwrap();
            assert_eq!(
                (fits(&freeze, "c1", &record), fits(&unfreeze, "c1", &record)),
                (frozen, free),
                "{is_frozen}"
            );
            assert!(!fits(&freeze, "c2", &record) && !fits(&unfreeze, "c2", &record));
        }
        let two: Vec<CustomerId> = vec!["c1".into(), "c2".into()];
        let query = UnfreezeCustomers::new(two, "b").indirect_partner_id("r1").query(window());
        assert_eq!((query.customer_id, query.indirect_partner_id), (None, Some("r1".into())));
    }
}
