//! Lists the resellers of a distributor.

use crate::{
    operation,
    types::{Personal, ResellerId, UtcTime, fields::EmptyAsNone, response},
};

operation! {
    /// The resellers of the calling distributor, one page.
    ///
    /// Without a filter all resellers are listed.
    POST "/v2/partners/indirect-partners/query" as bss "ListIndirectPartners" -> ResellerPage {
        read, sites(ALL), caller(Distributor), rows(100, indirect_partners: Reseller, total: count, key: indirect_partner_id),
        permissions("BPC_ITEM_SALES_020100"),
        source("https://support.huaweicloud.com/api-bpconsole/espp_00003.html"),
    }
    pub struct ListResellers {
        optional {
            /// Only the reseller that logs in under this account.
            account_name: Personal where len(0..=64),
            /// Only those associated with the distributor at or after this instant.
            associated_on_begin: UtcTime,
            /// Only those associated with the distributor at or before this instant.
            associated_on_end: UtcTime,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=40_000_000),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// Only the reseller with this id.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .ordered(
                ("associated_on_begin", it.associated_on_begin),
                ("associated_on_end", it.associated_on_end),
            )
    }
}

response! {
    /// One page of a distributor's resellers.
    pub struct ResellerPage {
        /// Total number of resellers that match.
        pub count: Option<u64>,
        /// Rows of this page.
        pub indirect_partners: Vec<Reseller>,
    }
}

response! {
    /// A cloud reseller below the calling distributor.
    pub struct Reseller {
        /// The id by which all other calls name this reseller.
        pub indirect_partner_id: ResellerId,
        /// Telephone number; not verified by the service.
        pub mobile_phone: Option<Personal>,
        /// E-mail address of the reseller.
        pub email: Option<Personal>,
        /// The account under which it logs in.
        pub account_name: Option<Personal>,
        /// The company or person behind the account.
        pub name: Option<Personal>,
        /// Time of the association with the distributor.
        #[with(EmptyAsNone)]
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
    use crate::operation::violated;
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
        let request = ListResellers::new()
            .account_name("x".repeat(65))
            .associated_on_begin("2026-02-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .associated_on_end("2026-01-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .offset(40_000_001_u32)
            .limit(0_u32);
        assert_eq!(violated(&request), ["account_name", "associated_on_begin", "offset", "limit"]);
    }
}
