//! The discounts agreed with a customer in its commercial contract.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    operation,
    types::{
        Amount, Language, MeasureUnit, UtcTime,
        fields::EmptyAsNone,
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// The prices and discounts that the calling customer's commercial contract gives it at present, one
    /// page.
    ///
    /// A user of the customer needs the action `billing:contract:view`. Only a framework contract in force is
    /// looked at. Discounts for single products and discounts for categories of products are asked for
    /// separately.
    ///
    /// Codes are taken in any case. A list that is empty or left out filters by nothing.
    POST "/v2/promotions/business/discount-info" as bss "ListBusinessDiscountInfo" -> DiscountPage {
        read, caller(Customer),
        rows(1000, items as "product_quoting_items": CommercialDiscount, total: total_count),
        source("https://support.huaweicloud.com/api-oce/mp_02008.html"),
    }
    pub struct ListCommercialDiscounts {
        required {
            /// Kind of items that are listed.
            quoting_item_type: QuotingItemType,
        }
        optional {
            /// Only those for these cloud services: up to 100 codes of.
            cloud_service_types: Vec<String>,
            /// Only those for these charging modes: up to 20 codes of.
            charging_modes: Vec<DiscountChargingMode>,
            /// Only those of this operating site, by the code that [`DiscountPage::sites`] has.
            site_code: String where len(1..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page.
            limit: u32 where range(1..=1000) default(20),
            /// Language of the names in the response; Chinese by default.
            #[header("X-Language")]
            language: Language,
        }
        check |it, check| {
            let services = it.cloud_service_types.as_deref().unwrap_or_default();
            let modes = it.charging_modes.as_deref().unwrap_or_default();
            let short = |code: &str| (1..=64).contains(&code.chars().count());
            let each = "must have 1 to 64 characters each";
            check
                .rule("quoting_item_type", it.quoting_item_type.is_known(), "must be a documented code")
                .count("cloud_service_types", services.len(), 0..=100)
                .rule("cloud_service_types", services.iter().all(|code| short(code)), each)
                .count("charging_modes", modes.len(), 0..=20)
                .rule("charging_modes", modes.iter().all(|mode| short(mode.as_str())), each)
        }
    }
}

/// One page of commercial discounts, and the contract that they are from.
///
/// On the wire the two kinds of items stand in lists of their own, of which the one that was not asked for is empty;
/// here they are one list, which can be read page by page.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DiscountPage {
    /// Total number of items that match.
    pub total_count: Option<u64>,
    /// Id of the contract.
    pub commerce_id: Option<String>,
    /// The number under which people know the contract.
    pub commerce_code: Option<String>,
    /// Start of the contract.
    pub effective_time: Option<UtcTime>,
    /// End of the validity period.
    pub expire_time: Option<UtcTime>,
    /// Items of this page, all of the requested kind.
    pub items: Vec<CommercialDiscount>,
    /// The tiers to which category discounts refer by [`CategoryDiscount::step_no`]; empty for product discounts, which
    /// have tiers of their own.
    pub category_quoting_item_steps: Vec<CategoryStep>,
    /// Over which time usage adds up towards a tier; there where tiers of categories are. The codes are not documented.
    pub accumulation_cycle_type: Option<String>,
    /// The operating sites that items name by code.
    pub sites: Vec<DiscountSite>,
}

crate::__debug_by_shape! {
    DiscountPage {
        total_count, commerce_id, commerce_code, effective_time, expire_time, items,
        category_quoting_item_steps, accumulation_cycle_type, sites
    }
}

#[cfg(feature = "dynamic")]
impl crate::types::schema::Described for DiscountPage {
    fn schema(definitions: &mut crate::types::schema::Definitions) -> serde_json::Value {
        definitions.reference::<Self>(|definitions| {
            let mut properties = serde_json::Map::new();
            properties.insert("total_count".to_owned(), crate::__schema_of!(Option<u64>, definitions));
            properties.insert("commerce_id".to_owned(), crate::__schema_of!(Option<String>, definitions));
            properties.insert("commerce_code".to_owned(), crate::__schema_of!(Option<String>, definitions));
            properties.insert("effective_time".to_owned(), crate::__schema_of!(Option<UtcTime>, definitions));
            properties.insert("expire_time".to_owned(), crate::__schema_of!(Option<UtcTime>, definitions));
            properties.insert(
                "product_quoting_items".to_owned(),
                crate::__schema_of!(Vec<ProductDiscount>, definitions),
            );
            properties.insert(
                "category_quoting_items".to_owned(),
                crate::__schema_of!(Vec<CategoryDiscount>, definitions),
            );
            properties.insert(
                "category_quoting_item_steps".to_owned(),
                crate::__schema_of!(Vec<CategoryStep>, definitions),
            );
            properties.insert(
                "accumulation_cycle_type".to_owned(),
                crate::__schema_of!(Option<String>, definitions),
            );
            properties.insert("sites".to_owned(), crate::__schema_of!(Vec<DiscountSite>, definitions));
            crate::types::schema::object(properties, &[])
        })
    }
}

response! {
    /// Form of a page on the wire.
    pub struct WirePage {
        pub total_count: Option<u64>,
        pub commerce_id: Option<String>,
        pub commerce_code: Option<String>,
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        pub product_quoting_items: Vec<ProductDiscount>,
        pub category_quoting_items: Vec<CategoryDiscount>,
        pub category_quoting_item_steps: Vec<CategoryStep>,
        pub accumulation_cycle_type: Option<String>,
        pub sites: Vec<DiscountSite>,
    }
}

impl Serialize for DiscountPage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WirePage::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DiscountPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WirePage::deserialize(deserializer).map(Self::from)
    }
}

impl From<WirePage> for DiscountPage {
    fn from(wire: WirePage) -> Self {
        let products = wire.product_quoting_items.into_iter().map(CommercialDiscount::Product);
        let categories = wire.category_quoting_items.into_iter().map(CommercialDiscount::Category);
        Self {
            total_count: wire.total_count,
            commerce_id: wire.commerce_id,
            commerce_code: wire.commerce_code,
            effective_time: wire.effective_time,
            expire_time: wire.expire_time,
            items: products.chain(categories).collect(),
            category_quoting_item_steps: wire.category_quoting_item_steps,
            accumulation_cycle_type: wire.accumulation_cycle_type,
            sites: wire.sites,
        }
    }
}

impl From<DiscountPage> for WirePage {
    fn from(page: DiscountPage) -> Self {
        let mut wire = Self {
            total_count: page.total_count,
            commerce_id: page.commerce_id,
            commerce_code: page.commerce_code,
            effective_time: page.effective_time,
            expire_time: page.expire_time,
            category_quoting_item_steps: page.category_quoting_item_steps,
            accumulation_cycle_type: page.accumulation_cycle_type,
            sites: page.sites,
            ..Self::default()
        };
        for item in page.items {
            match item {
                CommercialDiscount::Product(product) => wire.product_quoting_items.push(product),
                CommercialDiscount::Category(category) => wire.category_quoting_items.push(category),
            }
        }
        wire
    }
}

/// One discount or price of a contract.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CommercialDiscount {
    /// For one product.
    Product(ProductDiscount),
    /// For a category of products.
    Category(CategoryDiscount),
}

impl Serialize for CommercialDiscount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Product(product) => product.serialize(serializer),
            Self::Category(category) => category.serialize(serializer),
        }
    }
}

response! {
    /// The discount or price of one product.
    pub struct ProductDiscount {
        /// The item within the contract.
        pub item_id: String,
        /// The product that it is for.
        pub product_id: Option<String>,
        /// Description of the specification of the product.
        pub product_spec_name: Option<String>,
        /// The cloud service of that product, as a code.
        pub cloud_service_type: Option<String>,
        /// Display name of the cloud service.
        pub cloud_service_type_name: Option<String>,
        /// The operating site, see [`DiscountPage::sites`].
        pub site_code: Option<String>,
        /// The regions that the product is offered in.
        pub related_regions: Vec<DiscountRegion>,
        /// Code of the chargeable event of the product.
        pub charge_event_code: Option<String>,
        /// Charging mode of the product.
        pub charging_mode: Option<DiscountChargingMode>,
        /// Whether the price depends on something.
        pub preferential_category: Option<PriceCategory>,
        /// Whether a discount or a price was agreed.
        pub preferential_type: Option<PriceType>,
        /// The price of one unit, where a price was agreed.
        pub sales_price: Option<Amount>,
        /// The ratio of the discount, where a discount was agreed.
        pub discount_ratio: Option<Amount>,
        /// Name of the unit that is charged.
        pub pricing_basis: Option<String>,
        /// Start of the validity of the item.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// The tiers, where the price depends on usage or on the time of day.
        pub product_quoting_item_steps: Vec<ProductStep>,
    }
}

response! {
    /// One tier of a product's price.
    pub struct ProductStep {
        /// The tier among all tiers.
        pub step_id: String,
        /// Number of the step within the item.
        pub step_no: Option<String>,
        /// Lower bound of the step.
        pub step_start: Option<Amount>,
        /// Unit of the lower bound.
        pub start_measure_id: Option<MeasureUnit>,
        /// Upper bound of the step.
        pub step_end: Option<Amount>,
        /// Unit of the upper bound.
        pub end_measure_id: Option<MeasureUnit>,
        /// Whether a discount or a price was agreed.
        pub preferential_type: Option<PriceType>,
        /// The price of one unit, where a price was agreed.
        pub sales_price: Option<Amount>,
        /// The ratio of the discount, where a discount was agreed.
        pub discount_ratio: Option<Amount>,
        /// Name of the unit that is charged.
        pub pricing_basis: Option<String>,
    }
}

response! {
    /// The discount of a category of products: all that fit what is given of service, resource, family, place and mode.
    pub struct CategoryDiscount {
        /// The item within the contract.
        pub item_id: String,
        /// The cloud service, as a code.
        pub cloud_service_type: Option<String>,
        /// Display name of the cloud service.
        pub cloud_service_type_name: Option<String>,
        /// The type of resource as contracts divide them.
        pub commercial_resource_type: Option<String>,
        /// The type of resource as bills divide them, as a code.
        pub resource_type_code: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// The family of specifications, as a code.
        pub sku_family_code: Option<String>,
        /// Display name of the family.
        pub sku_family_name: Option<String>,
        /// The operating site, see [`DiscountPage::sites`].
        pub site_code: Option<String>,
        /// The region, as a code.
        pub region_code: Option<String>,
        /// Display name of the region.
        pub region_name: Option<String>,
        /// The availability zone, as a code.
        pub az_code: Option<String>,
        /// Name of the zone.
        pub az_name: Option<String>,
        /// The tier in which the discount holds, see [`DiscountPage::category_quoting_item_steps`].
        pub step_no: Option<String>,
        /// Charging mode of such products.
        pub charging_mode: Option<DiscountChargingMode>,
        /// Ratio of the price after the discount.
        pub discount_ratio: Option<Amount>,
        /// Start of the validity of the item.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
    }
}

response! {
    /// One tier of the discounts of categories.
    pub struct CategoryStep {
        /// The tier among all tiers.
        pub step_id: String,
        /// The number by which items name it.
        pub step_no: Option<String>,
        /// Lower bound of the step.
        pub step_start: Option<Amount>,
        /// Unit of the lower bound.
        pub start_measure_id: Option<MeasureUnit>,
        /// Upper bound of the step.
        pub step_end: Option<Amount>,
        /// Unit of the upper bound.
        pub end_measure_id: Option<MeasureUnit>,
        /// Start of the validity of the tier.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// The operating site, see [`DiscountPage::sites`].
        pub site_code: Option<String>,
    }
}

response! {
    /// An operating site with its regions.
    pub struct DiscountSite {
        /// The code by which items name it.
        pub site_code: String,
        /// Display name of the site.
        pub site_name: Option<String>,
        /// The regions that belong to it.
        pub regions: Vec<DiscountRegion>,
    }
}

response! {
    /// Region in which a discount applies.
    pub struct DiscountRegion {
        /// The code, such as `cn-north-4`.
        pub region_code: String,
        /// Display name of the region.
        pub region_name: Option<String>,
    }
}

open_enum! {
    /// Kind of items of a contract.
    pub enum QuotingItemType {
        /// Discounts and prices of single products.
        Product = "PRODUCT_ITEM",
        /// Discounts of categories of products.
        Category = "CATEGORY_ITEM",
    }
}

open_enum! {
    /// Charging mode of a product in a contract.
    pub enum DiscountChargingMode {
        /// Charged by use.
        PayPerUse = "ONDEMAND",
        /// Charged once, at the purchase.
        OneTime = "ONETIME",
        /// By the day.
        Daily = "DAILY",
        /// By the month.
        Monthly = "MONTHLY",
        /// For one year.
        OneYear = "1_YEARLY",
        /// For two years.
        TwoYears = "2_YEARLY",
        /// For three years.
        ThreeYears = "3_YEARLY",
        /// For four years.
        FourYears = "4_YEARLY",
        /// For five years.
        FiveYears = "5_YEARLY",
        /// A reserved instance for one year.
        OneYearReserved = "1_YEARLY_RI",
        /// A reserved instance for three years.
        ThreeYearsReserved = "3_YEARLY_RI",
    }
}

open_codes! {
    /// Quantity that a product's price depends on.
    pub enum PriceCategory {
        /// Price is fixed.
        Plain = 0,
        /// Price depends on the amount of use.
        Tiered = 1,
        /// Price depends on the time of day.
        TimeOfDay = 2,
    }
}

open_codes! {
    /// Kind of agreed price.
    pub enum PriceType {
        /// A discount on the list price.
        Discount = 0,
        /// A price for one unit.
        FixedPrice = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{
        operation::{Paged, RequestParts},
        types::decode_str,
    };

    #[test]
    fn the_language_travels_as_a_header() {
        let request = ListCommercialDiscounts::new(QuotingItemType::Product)
            .language(Language::English)
            .charging_modes([DiscountChargingMode::OneYear]);
        let parts = RequestParts::of(&request).unwrap();
        assert_eq!(parts.headers["x-language"], "en_US");
        assert_eq!(parts.body, r#"{"quoting_item_type":"PRODUCT_ITEM","charging_modes":["1_YEARLY"]}"#);
    }

    #[test]
    fn products_and_categories_are_items_alike() {
        let products: DiscountPage = decode_str(
            r#"{"total_count":7,"commerce_id":"k1","effective_time":"2026-01-01T00:00:00Z","expire_time":"",
                "product_quoting_items":[{"item_id":"i1","charging_mode":"ONDEMAND","preferential_category":1,
                    "preferential_type":1,"sales_price":0.123456789,"related_regions":[{"region_code":"cn-north-4"}],
                    "product_quoting_item_steps":[{"step_id":"s1","step_start":0,"step_end":100.5,"start_measure_id":17,
                        "preferential_type":0,"discount_ratio":0.85}]}],
                "category_quoting_items":[],"category_quoting_item_steps":[]}"#,
        )
        .unwrap();
        assert_eq!(ListCommercialDiscounts::total(&products), Some(7));
        assert_eq!(products.expire_time, None);
        let [CommercialDiscount::Product(product)] = ListCommercialDiscounts::items(&products) else {
            unreachable!()
        };
        assert_eq!(product.sales_price, "0.123456789".parse().ok());
        assert_eq!(product.preferential_type, Some(PriceType::FixedPrice));
        let step = &product.product_quoting_item_steps[0];
        assert_eq!(
            (step.start_measure_id, step.discount_ratio),
            (Some(MeasureUnit::Gigabyte), "0.85".parse().ok())
        );

        let categories: DiscountPage = decode_str(
            r#"{"category_quoting_items":[{"item_id":"i2","step_no":"1","discount_ratio":"0.9","charging_mode":"9_YEARLY"}],
                "category_quoting_item_steps":[{"step_id":"s2","step_no":"1","step_end":5,"end_measure_id":1}],
                "sites":[{"site_code":"HWC_CN","regions":[{"region_code":"cn-north-4","region_name":"Beijing"}]}]}"#,
        )
        .unwrap();
        let [CommercialDiscount::Category(category)] = &*categories.items else { unreachable!() };
        assert_eq!(category.charging_mode, Some(DiscountChargingMode::from("9_YEARLY")));
        assert_eq!(category.step_no, categories.category_quoting_item_steps[0].step_no);
        assert_eq!(categories.sites[0].regions[0].region_name.as_deref(), Some("Beijing"));
    }

    #[test]
    fn a_page_goes_back_to_the_wire_as_it_came() {
        let page = DiscountPage {
            items: vec![
                CommercialDiscount::Product(ProductDiscount { item_id: "i1".into(), ..Default::default() }),
                CommercialDiscount::Category(CategoryDiscount { item_id: "i2".into(), ..Default::default() }),
            ],
            ..DiscountPage::default()
        };
        let json = serde_json::to_string(&page).unwrap();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["product_quoting_items"][0]["item_id"], "i1");
        assert_eq!(value["category_quoting_items"][0]["item_id"], "i2");
        assert_eq!(decode_str::<DiscountPage>(&json).unwrap(), page);
    }

    #[test]
    fn documented_limits_are_checked() {
        let request = ListCommercialDiscounts::new("ALL")
            .cloud_service_types(vec!["s".to_owned(); 101])
            .charging_modes(vec![DiscountChargingMode::Daily; 21])
            .site_code("")
            .offset(2_147_483_648_u32)
            .limit(1001_u32);
        assert_eq!(
            violated(&request),
            ["quoting_item_type", "cloud_service_types", "charging_modes", "site_code", "offset", "limit"]
        );
        let product = || ListCommercialDiscounts::new(QuotingItemType::Product);
        assert_eq!(violated(&product().cloud_service_types([String::new()])), ["cloud_service_types"]);
        assert_eq!(violated(&product().charging_modes(["x".repeat(65)])), ["charging_modes"]);
        product().cloud_service_types([""; 0]).limit(1000_u32).validate().unwrap();
    }
}
