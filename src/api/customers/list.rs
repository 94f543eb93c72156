//! Lists the customers of a partner and the tags of new customers.

use crate::{
    operation,
    operation::{Paged, Paging, Position},
    types::{
        AssociationType, BillCycle, CustomerId, Personal, ResellerId, UtcTime,
        fields::EmptyAsNone,
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// The customers that are associated with the partner, or with one reseller, one page.
    ///
    /// This is where a new customer appears once its association is done, and where the outcome of a
    /// [`CreateCustomer`](super::CreateCustomer) or a freeze is found whose response was lost. Nothing found
    /// gives an empty list, not an error (inferred).
    ///
    /// Names and labels match anywhere in the text. The China site refuses blanks in them; the others are
    /// silent about it, so they are not checked here.
    POST "/v2/partners/sub-customers/query" as bss "ListSubCustomers" -> CustomerPage {
        read, sites(ALL), rows(100, customer_infos: Customer, total: count, key: customer_id),
        permissions("BPC_ITEM_SUBCUSTSERV_010100", "BPC_ITEM_SUBCUSTSERV_010500"),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00021.html"),
    }
    pub struct ListCustomers {
        optional {
            /// Only those whose main account logs in under a name with this in it. IAM users of a customer
            /// are not searched.
            account_name: Personal where len(0..=64),
            /// Only those with this in the name that was authenticated.
            customer: Personal where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=40_000_000),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// Only those with this in their label; capitals count.
            label: Personal where len(0..=64),
            /// Only those associated in this way.
            association_type: AssociationType,
            /// Only those associated at or after this instant.
            associated_on_begin: UtcTime,
            /// Only those associated at or before this instant.
            associated_on_end: UtcTime,
            /// Only the customer with this id.
            customer_id: CustomerId where len(0..=64),
            /// Lists the customers of this reseller instead of the caller's own; for distributors.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .len("association_type", &it.association_type.as_ref().map(AssociationType::as_str), 0..=2)
            .ordered(
                ("associated_on_begin", it.associated_on_begin),
                ("associated_on_end", it.associated_on_end),
            )
    }
}

operation! {
    /// Lists the customers that carry the tag of a new small or medium-sized business, one page.
    ///
    /// Ids that are not the caller's customers are left out of the response without a word. A customer has a
    /// tag only once it is authenticated; one whose tag has expired shows as [`NewCustomer::No`] with an end
    /// in the past.
    ///
    /// The response has no total: a page that is not full is the last one (inferred).
    POST "/v2/partners/sub-customers/new-customers-tags/batch-query" as bss "ListSubCustomerNewTag" -> NewCustomerTagPage {
        read, paging(Paging::rows(200, "new_customer_tags")), permissions("BPC_ITEM_SUBCUSTSERV_010100"),
        source("https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001684055189.html"),
    }
    pub struct ListNewCustomerTags {
        optional {
            /// Only these, up to 200; an empty list is no filter.
            customer_ids: Vec<CustomerId>,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page.
            limit: u32 where range(1..=200) default(10),
            /// Lists the customers of this reseller instead of the caller's own; for distributors.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| {
            let ids = it.customer_ids.as_deref().unwrap_or_default();
            check
                .count("customer_ids", ids.len(), 0..=200)
                .rule("customer_ids", are_ids(ids), "must have 1 to 64 characters each")
        }
    }
}

/// Written by hand because the response has no total.
impl Paged for ListNewCustomerTags {
    type Item = NewCustomerTag;

    fn items(output: &NewCustomerTagPage) -> &[NewCustomerTag] {
        &output.new_customer_tags
    }

    fn into_items(output: NewCustomerTagPage) -> Vec<NewCustomerTag> {
        output.new_customer_tags
    }

    fn total(_output: &NewCustomerTagPage) -> Option<u64> {
        None
    }

    fn page_size(&self) -> Option<u32> {
        self.limit
    }

    fn position(&self) -> Option<Position> {
        self.offset.map(Position::Row)
    }

    fn at(mut self, position: &Position, page_size: u32) -> Self {
        if let Position::Row(offset) = position {
            self.offset = Some(*offset);
        }
        self.limit = Some(page_size);
        self
    }
}

/// Whether each of several ids has the documented length.
pub(super) fn are_ids(ids: &[CustomerId]) -> bool {
    ids.iter().all(|id| (1..=64).contains(&id.as_str().chars().count()))
}

response! {
    /// One page of customers.
    pub struct CustomerPage {
        /// Rows of this page.
        pub customer_infos: Vec<Customer>,
        /// Total number of customers that match.
        pub count: Option<u64>,
    }
}

response! {
    /// A customer of the partner.
    pub struct Customer {
        /// The name that was authenticated, of the person or the enterprise.
        pub customer: Option<Personal>,
        /// The login name of its main account, also where it has IAM users.
        pub account_name: Personal,
        /// The id by which all other calls name this customer.
        pub customer_id: CustomerId,
        /// Time of the association.
        #[with(EmptyAsNone)]
        pub associated_on: Option<UtcTime>,
        /// Type of the association with the partner.
        pub association_type: Option<AssociationType>,
        /// The label that the partner gave it.
        pub label: Option<Personal>,
        /// Telephone number, without country code.
        pub telephone: Option<Personal>,
        /// State of the real-name authentication.
        pub verified_status: Option<VerifiedStatus>,
        /// The country code of the telephone number, such as `0086`.
        pub country_code: Option<String>,
        /// Person or enterprise; the customer decides it, at the latest by the way it is authenticated.
        pub customer_type: Option<CustomerType>,
        /// Whether the customer is frozen. The China site reserves the field.
        pub is_frozen: Option<FrozenState>,
        /// The partner's employee who looks after it; one at most today.
        pub account_managers: Vec<AccountManager>,
        /// The id under which the partner's sales platform knows it, for customers that have one there (inferred).
        pub xaccount_id: Option<String>,
        /// The tag of that platform.
        pub xaccount_type: Option<String>,
        /// Level of the customer in Huawei Cloud's customer levels.
        pub customer_level: Option<CustomerLevel>,
        /// E-mail address, up to 256 characters.
        pub email: Option<Personal>,
    }
}

response! {
    /// An employee of the partner who looks after a customer.
    pub struct AccountManager {
        /// The login name of that employee.
        pub account_name: Option<Personal>,
    }
}

response! {
    /// One page of tags.
    pub struct NewCustomerTagPage {
        /// Rows of this page.
        pub new_customer_tags: Vec<NewCustomerTag>,
    }
}

response! {
    /// Whether one customer counts as new.
    pub struct NewCustomerTag {
        /// Customer that this row describes.
        pub customer_id: CustomerId,
        /// Type of the tag that the customer carries.
        pub customer_tag_type: Option<CustomerTagType>,
        /// Value of the tag; absent or empty before the customer is authenticated.
        pub new_customer_tag: Option<NewCustomer>,
        /// The first month in which it holds.
        #[with(EmptyAsNone)]
        pub effective_time: Option<BillCycle>,
        /// The month in which it ends.
        #[with(EmptyAsNone)]
        pub expire_time: Option<BillCycle>,
    }
}

open_enum! {
    /// State of a customer's real-name authentication, as text.
    ///
    /// The customer's own query returns numbers: [`AuthenticationState`](super::AuthenticationState).
    pub enum VerifiedStatus {
        /// Authentication has not started.
        None = "-1",
        /// Application is under review.
        UnderReview = "0",
        /// Refused by the review.
        Refused = "1",
        /// Customer is authenticated.
        Authenticated = "2",
        /// Failed; known to the international site only.
        Failed = "3",
    }
}

open_codes! {
    /// Legal nature of a customer.
    pub enum CustomerType {
        /// Not decided yet, after a fresh registration.
        Undecided = -1,
        /// Customer is a person.
        Person = 0,
        /// Customer is an enterprise.
        Enterprise = 1,
    }
}

open_codes! {
    /// Whether a customer is frozen.
    pub enum FrozenState {
        /// Customer is not frozen.
        Active = 0,
        /// Account of the customer is frozen; on the international site the only code for a frozen customer.
        Account = 1,
        /// Account and resources of the customer are frozen; known to the China site, which reserves the
        /// field.
        AccountAndResources = 2,
    }
}

open_enum! {
    /// The level of a customer, V0 the lowest.
    pub enum CustomerLevel {
        /// Customer level 0.
        V0 = "V0",
        /// Customer level 1.
        V1 = "V1",
        /// Customer level 2.
        V2 = "V2",
        /// Customer level 3.
        V3 = "V3",
        /// Customer level 4.
        V4 = "V4",
        /// Customer level 5.
        V5 = "V5",
    }
}

open_enum! {
    /// Type of the tag of a new customer.
    pub enum CustomerTagType {
        /// Small and medium-sized businesses.
        SmallBusiness = "SMB",
    }
}

open_enum! {
    /// Whether a customer counts as new.
    pub enum NewCustomer {
        /// Customer counts as new.
        Yes = "Y",
        /// Customer does not count as new, or no longer.
        No = "N",
        /// Customer may count as new but has not spent enough yet.
        Undetermined = "UNDETERMINED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn a_page_is_read_with_unknown_codes() {
        let page: CustomerPage = decode_str(
            r#"{"count":2,"customer_infos":[
                {"customer":"Li Lei","account_name":"lilei","customer_id":"05d1","associated_on":"2019-05-06T08:05:01Z",
                 "association_type":"2","label":"","telephone":"13800000000","verified_status":"2","country_code":"0086",
                 "customer_type":1,"is_frozen":0,"account_managers":[{"account_name":"boss"}],"xaccount_id":"u-7",
                 "xaccount_type":"Acme_IDP","customer_level":"V3","email":"li@example.com"},
                {"account_name":"other","customer_id":"05d2","associated_on":"","association_type":"9",
                 "verified_status":-1,"customer_type":"-1","is_frozen":3,"account_managers":null,"customer_level":"V6"}]}"#,
        )
        .unwrap();
        let [first, second] = &page.customer_infos[..] else { panic!("{page:?}") };
        assert_eq!(first.association_type, Some(AssociationType::Resale));
        assert_eq!(first.verified_status, Some(VerifiedStatus::Authenticated));
        assert_eq!(first.account_managers[0].account_name.as_ref().map(Personal::expose), Some("boss"));
        assert_eq!(first.customer_level, Some(CustomerLevel::V3));
        assert_eq!((second.associated_on, second.customer_type), (None, Some(CustomerType::Undecided)));
        assert_eq!(second.verified_status, Some(VerifiedStatus::None));
        assert_eq!(second.is_frozen, Some(FrozenState::Other(3)));
        assert!(second.customer_level.as_ref().is_some_and(|level| !level.is_known()));
        assert!(!format!("{page:?}").contains("lilei"));
    }

    #[test]
    fn documented_limits_are_checked() {
        let request = ListCustomers::new()
            .customer("x".repeat(65))
            .offset(40_000_001_u32)
            .limit(101_u32)
            .association_type("100")
            .associated_on_begin("2026-02-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .associated_on_end("2026-01-01T00:00:00Z".parse::<UtcTime>().unwrap());
        assert_eq!(
            violated(&request),
            ["customer", "offset", "limit", "association_type", "associated_on_begin"]
        );

        let ids: Vec<CustomerId> = vec!["x".repeat(65).into()];
        ListNewCustomerTags::new().customer_ids(ids).validate().unwrap_err();
        let ids: Vec<CustomerId> = (0..201).map(|id| id.to_string().into()).collect();
        ListNewCustomerTags::new().customer_ids(ids).validate().unwrap_err();
        ListNewCustomerTags::new().customer_ids(Vec::<CustomerId>::new()).limit(200_u32).validate().unwrap();
    }

    #[test]
    fn tags_are_read_and_paged_without_a_total() {
        let page: NewCustomerTagPage = decode_str(
            r#"{"new_customer_tags":[{"customer_id":"0bb4","customer_tag_type":"SMB","new_customer_tag":"UNDETERMINED",
                "effective_time":"2026-05","expire_time":""}]}"#,
        )
        .unwrap();
        let tag = &ListNewCustomerTags::items(&page)[0];
        assert_eq!(tag.new_customer_tag, Some(NewCustomer::Undetermined));
        assert_eq!(tag.effective_time.map(|month| month.to_string()).as_deref(), Some("2026-05"));
        assert_eq!((tag.expire_time, ListNewCustomerTags::total(&page)), (None, None));

        let next = ListNewCustomerTags::new().at(&Position::Row(200), 100);
        assert_eq!((next.position(), next.page_size()), (Some(Position::Row(200)), Some(100)));
    }
}
