//! Which resellers a distributor has.

use crate::{
    error::ValidationError,
    operation::{Caller, Check, Operation, OperationMeta, Paging, Sites, paged, request},
    types::{Personal, ResellerId, UtcTime, fields::TimeOrNone, response},
};

request! {
    /// The resellers of the calling distributor, one page.
    ///
    /// Called by a distributor with its own credentials, on the China and international sites. An operator account
    /// needs `BPC_ITEM_SALES_020100`. Without a filter all resellers are listed.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/espp_00003.html>
    #[doc(alias = "ListIndirectPartners")]
    pub struct ListResellers {
        optional {
            /// Only the reseller that logs in under this account, up to 64 characters.
            account_name: Personal,
            /// Only those associated with the distributor at or after this instant.
            associated_on_begin: UtcTime,
            /// Only those associated with the distributor at or before this instant.
            associated_on_end: UtcTime,
            /// How many rows to skip, up to 40,000,000; none by default.
            offset: u32,
            /// Rows per page, 1 to 100; the service takes 10 by default.
            limit: u32,
            /// Only this one, up to 64 characters.
            indirect_partner_id: ResellerId,
        }
    }
}

impl Operation for ListResellers {
    type Output = ResellerPage;

    const META: &'static OperationMeta =
        &OperationMeta::post("bss.ListIndirectPartners", "/v2/partners/indirect-partners/query")
            .read()
            .sites(Sites::CHINA.and(Sites::INTERNATIONAL))
            .caller(Caller::Distributor)
            .paging(Paging::rows(100, "indirect_partners"))
            .permissions(&["BPC_ITEM_SALES_020100"])
            .doc("https://support.huaweicloud.com/api-bpconsole/espp_00003.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("account_name", &self.account_name, 0..=64)
            .ordered(
                ("associated_on_begin", self.associated_on_begin),
                ("associated_on_end", self.associated_on_end),
            )
            .range("offset", &self.offset, 0..=40_000_000)
            .range("limit", &self.limit, 1..=100)
            .length("indirect_partner_id", &self.indirect_partner_id, 0..=64)
            .finish()
    }
}

paged!(ListResellers => indirect_partners: Reseller, total count);

response! {
    /// One page of a distributor's resellers.
    pub struct ResellerPage {
        /// How many resellers match in all.
        pub count: Option<u64>,
        /// Those of this page.
        pub indirect_partners: Vec<Reseller>,
    }
}

response! {
    /// A cloud reseller below the calling distributor.
    pub struct Reseller {
        /// The id by which all other calls name this reseller.
        pub indirect_partner_id: ResellerId,
        /// Where it can be called; not verified by the service.
        pub mobile_phone: Option<Personal>,
        /// Where it can be written to.
        pub email: Option<Personal>,
        /// The account under which it logs in.
        pub account_name: Option<Personal>,
        /// The company or person behind the account.
        pub name: Option<Personal>,
        /// Since when it has belonged to the distributor.
        #[via(TimeOrNone)]
        pub associated_on: Option<UtcTime>,
        /// The login of the distributor's employee who looks after it.
        pub account_manager_id: Option<Personal>,
        /// That employee's own name.
        pub account_manager_name: Option<Personal>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn a_page_is_read() {
        let page: ResellerPage = decode_str(
            r#"{"count":1,"indirect_partners":[{"indirect_partner_id":"92c5","mobile_phone":"13800000000",
                "associated_on":"2021-03-04T05:06:07Z","account_manager_id":""}]}"#,
        )
        .unwrap();
        let reseller = &page.indirect_partners[0];
        assert_eq!((page.count, reseller.indirect_partner_id.as_str()), (Some(1), "92c5"));
        assert_eq!(reseller.mobile_phone.as_ref().map(Personal::expose), Some("13800000000"));
        assert_eq!(
            reseller.associated_on.map(|time| time.to_string()).as_deref(),
            Some("2021-03-04T05:06:07Z")
        );
    }

    #[test]
    fn documented_limits_are_checked() {
        let invalid = ListResellers::new()
            .account_name("x".repeat(65))
            .associated_on_begin("2026-02-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .associated_on_end("2026-01-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .offset(40_000_001_u32)
            .limit(0_u32)
            .validate()
            .unwrap_err();
        let fields: Vec<_> = invalid.broken().iter().map(|rule| rule.field).collect();
        assert_eq!(fields, ["account_name", "associated_on_begin", "offset", "limit"]);
    }
}
