//! Product catalogue: a few offers in two regions of each site, their names in both languages, their prices.
//!
//! The codes are those of the documentation; the prices are of the size of real ones and no more. A region belongs to
//! one site here, and prices count that site's currency: yuan, US dollars or euros.

use std::sync::LazyLock;

use crate::{
    core::{Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    orders::RenewalPeriod,
    products::PricePeriod,
    types::{Amount, Currency, Language, MeasureUnit, Site},
};

/// A text in the two languages of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
}

impl Name {
    const fn new(chinese: &'static str, english: &'static str) -> Self {
        Self { chinese, english }
    }

    /// In the language asked for, whatever the case of its letters; Chinese where none or another one is.
    pub(crate) fn in_language(self, language: Option<&Language>) -> &'static str {
        match language {
            Some(language) if language.as_str().eq_ignore_ascii_case("en_US") => self.english,
            _ => self.chinese,
        }
    }
}

/// The language in which a site names things without being asked: Chinese on the China site, English elsewhere (the pages
/// of the international site do not agree).
pub(crate) fn language_of(site: Site, asked: Option<Language>) -> Option<Language> {
    asked.or_else(|| (site != Site::China).then_some(Language::English))
}

/// Offer that is on sale in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Product id in responses, `<spec>@<region>`.
    pub(crate) id: String,
    pub(crate) site: Site,
    pub(crate) service_type_code: &'static str,
    pub(crate) service_type_name: Name,
    pub(crate) resource_type_code: &'static str,
    pub(crate) resource_type_name: Name,
    pub(crate) spec: &'static str,
    pub(crate) spec_name: Name,
    pub(crate) region_code: &'static str,
    pub(crate) region_name: Name,
    /// The sort of use by which pay-per-use is charged.
    pub(crate) usage_factor: &'static str,
    /// Unit of pay-per-use: hours, or gigabytes of traffic.
    pub(crate) unit: MeasureUnit,
    /// For one of [`unit`](Self::unit), and for one of the size unit where there is one. None where it is not sold by use.
    pub(crate) price_per_hour: Option<Amount>,
    pub(crate) price_per_month: Option<Amount>,
    pub(crate) price_per_year: Option<Amount>,
    /// Unit of the size, for products sold by size.
    pub(crate) size_unit: Option<MeasureUnit>,
    /// Content of a resource package.
    pub(crate) package: Option<Content>,
}

/// Amounts that a resource package holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) amount: u32,
    pub(crate) unit: MeasureUnit,
    pub(crate) usage_type: Name,
    /// Whether it is full again after each month from the day of the order.
    pub(crate) each_month: bool,
}

impl Offer {
    pub(crate) fn currency(&self) -> Currency {
        self.site.currency()
    }

    /// The price of one period; none where it is not sold so.
    pub(crate) fn price(&self, period: PricePeriod) -> Option<Amount> {
        match period {
            PricePeriod::Month => self.price_per_month,
            PricePeriod::Year => self.price_per_year,
            _ => None,
        }
    }

    /// Amount of use of another offer that one unit of this package covers; none where it does not cover that offer. Gigabytes of
    /// traffic cover gigabytes of traffic. A gigabyte of storage covers a gigabyte for a month of 720 hours: how the
    /// service counts is not documented.
    pub(crate) fn covers(&self, used: &Self) -> Option<u32> {
        let content = self.package?;
        let same_kind = (self.site, self.service_type_code, self.resource_type_code, self.region_code)
            == (used.site, used.service_type_code, used.resource_type_code, used.region_code);
        if !same_kind || used.price_per_hour.is_none() {
            None
        } else if content.unit == used.unit && self.usage_factor == used.usage_factor {
            Some(1)
        } else if used.size_unit == Some(content.unit) && used.unit == MeasureUnit::Hour {
            Some(HOURS_OF_A_MONTH)
        } else {
            None
        }
    }

    pub(crate) fn is_package(&self) -> bool {
        self.package.is_some()
    }
}

/// The hours of a month by which storage is counted.
const HOURS_OF_A_MONTH: u32 = 720;

/// Renewals and prices count periods by two types with the same two periods in them.
pub(crate) fn price_period(period: RenewalPeriod) -> PricePeriod {
    match period {
        RenewalPeriod::Month => PricePeriod::Month,
        RenewalPeriod::Year => PricePeriod::Year,
        other => PricePeriod::Other(other.code()),
    }
}

impl State {
    /// An offer by its id.
    #[allow(clippy::unused_self)] // what is on sale is the same in all worlds as yet
    pub(crate) fn offer(&self, id: &str) -> Option<&Offer> {
        offers().iter().find(|offer| offer.id == id)
    }

    /// Sells out an offer, so that new orders of it cannot be paid, or makes it available again.
    pub(crate) fn sell_out(&mut self, offer: &str, sold_out: bool) -> Result<(), Refusal> {
        if self.offer(offer).is_none() {
            return Err(refuse(codes::PRODUCT_NOT_FOUND));
        }
        if sold_out {
            self.catalogue.sold_out.insert(offer.to_owned());
        } else {
            self.catalogue.sold_out.remove(offer);
        }
        self.note_change_of_state();
        Ok(())
    }
}

/// All offers, region by region.
pub(crate) fn offers() -> &'static [Offer] {
    static OFFERS: LazyLock<Vec<Offer>> =
        LazyLock::new(|| REGIONS.iter().flat_map(|region| PRODUCTS.iter().map(|it| it.at(region))).collect());
    &OFFERS
}

/// The offers of a site.
pub(crate) fn offers_of(site: Site) -> impl Iterator<Item = &'static Offer> {
    offers().iter().filter(move |offer| offer.site == site)
}

struct Region {
    site: Site,
    code: &'static str,
    name: Name,
}

const REGIONS: &[Region] = &[
    Region {
        site: Site::China, code: "cn-north-4", name: Name::new("华北-北京四", "CN North-Beijing4")
    },
    Region { site: Site::China, code: "cn-south-1", name: Name::new("华南-广州", "CN South-Guangzhou") },
    Region {
        site: Site::International,
        code: "ap-southeast-1",
        name: Name::new("中国-香港", "CN-Hong Kong"),
    },
    Region {
        site: Site::International,
        code: "ap-southeast-3",
        name: Name::new("亚太-新加坡", "AP-Singapore"),
    },
    Region { site: Site::Europe, code: "eu-west-101", name: Name::new("欧洲-都柏林", "EU-Dublin") },
    Region { site: Site::Europe, code: "eu-west-0", name: Name::new("欧洲-巴黎", "EU-Paris") },
];

/// A product with its prices in ten-thousandths: for an hour (or a gigabyte), a month and a year; zero where it is not
/// sold so. In yuan, and in dollars or euros.
struct Product {
    kind: &'static Kind,
    spec: &'static str,
    spec_name: Name,
    usage_factor: &'static str,
    unit: MeasureUnit,
    yuan: [i64; 3],
    dollars: [i64; 3],
    size_unit: Option<MeasureUnit>,
    package: Option<Content>,
}

/// A resource type of a cloud service.
struct Kind {
    service: &'static str,
    service_name: Name,
    resource: &'static str,
    resource_name: Name,
}

impl Product {
    fn at(&self, region: &Region) -> Offer {
        let prices = if region.site == Site::China { self.yuan } else { self.dollars };
        let [hour, month, year] =
            prices.map(|digits| Amount::new(digits, 4).ok().filter(|amount| amount.is_positive()));
        Offer {
            id: format!("{}@{}", self.spec, region.code),
            site: region.site,
            service_type_code: self.kind.service,
            service_type_name: self.kind.service_name,
            resource_type_code: self.kind.resource,
            resource_type_name: self.kind.resource_name,
            spec: self.spec,
            spec_name: self.spec_name,
            region_code: region.code,
            region_name: region.name,
            usage_factor: self.usage_factor,
            unit: self.unit,
            price_per_hour: hour,
            price_per_month: month,
            price_per_year: year,
            size_unit: self.size_unit,
            package: self.package,
        }
    }
}

/// The short form of a cloud service's name.
pub(crate) fn abbreviation(service: &str) -> Option<&'static str> {
    match service {
        "hws.service.type.ec2" => Some("ECS"),
        "hws.service.type.ebs" => Some("EVS"),
        "hws.service.type.vpc" => Some("VPC"),
        "hws.service.type.obs" => Some("OBS"),
        _ => None,
    }
}

const SERVER: &Kind = &Kind {
    service: "hws.service.type.ec2",
    service_name: Name::new("弹性云服务器", "Elastic Cloud Server"),
    resource: "hws.resource.type.vm",
    resource_name: Name::new("云主机", "VM"),
};

const DISK: &Kind = &Kind {
    service: "hws.service.type.ebs",
    service_name: Name::new("云硬盘", "Elastic Volume Service"),
    resource: "hws.resource.type.volume",
    resource_name: Name::new("云硬盘", "EVS disk"),
};

const ADDRESS: &Kind = &Kind {
    service: "hws.service.type.vpc",
    service_name: Name::new("虚拟私有云", "Virtual Private Cloud"),
    resource: "hws.resource.type.ip",
    resource_name: Name::new("弹性公网IP", "Elastic IP"),
};

const BANDWIDTH: &Kind = &Kind {
    resource: "hws.resource.type.bandwidth",
    resource_name: Name::new("固定带宽", "Fixed bandwidth"),
    ..*ADDRESS
};

const STORAGE: &Kind = &Kind {
    service: "hws.service.type.obs",
    service_name: Name::new("对象存储服务", "Object Storage Service"),
    resource: "hws.resource.type.obs",
    resource_name: Name::new("对象存储", "Object storage"),
};

/// A product sold by the hour, of no size.
const BASE: Product = Product {
    kind: SERVER,
    spec: "",
    spec_name: Name::new("", ""),
    usage_factor: "Duration",
    unit: MeasureUnit::Hour,
    yuan: [0; 3],
    dollars: [0; 3],
    size_unit: None,
    package: None,
};

const PRODUCTS: &[Product] = &[
    Product {
        spec: "c6.large.2.linux",
        spec_name: Name::new("通用计算增强型 2核 4GB Linux", "General computing-plus, 2 vCPUs, 4 GB, Linux"),
        yuan: [5_400, 2_310_000, 23_100_000],
        dollars: [840, 399_000, 3_990_000],
        ..BASE
    },
    Product {
        spec: "c6.large.2.win",
        spec_name: Name::new(
            "通用计算增强型 2核 4GB Windows",
            "General computing-plus, 2 vCPUs, 4 GB, Windows",
        ),
        yuan: [9_000, 3_910_000, 39_100_000],
        dollars: [1_440, 690_000, 6_900_000],
        ..BASE
    },
    Product {
        spec: "c6.xlarge.2.linux",
        spec_name: Name::new("通用计算增强型 4核 8GB Linux", "General computing-plus, 4 vCPUs, 8 GB, Linux"),
        yuan: [10_800, 4_620_000, 46_200_000],
        dollars: [1_680, 798_000, 7_980_000],
        ..BASE
    },
    Product {
        kind: DISK,
        spec: "SAS",
        spec_name: Name::new("高IO", "High I/O"),
        yuan: [7, 3_500, 35_000],
        dollars: [1, 580, 5_800],
        size_unit: Some(MeasureUnit::Gigabyte),
        ..BASE
    },
    Product {
        kind: DISK,
        spec: "SSD",
        spec_name: Name::new("超高IO", "Ultra-high I/O"),
        yuan: [21, 10_000, 100_000],
        dollars: [3, 1_500, 15_000],
        size_unit: Some(MeasureUnit::Gigabyte),
        ..BASE
    },
    Product {
        kind: ADDRESS,
        spec: "5_bgp",
        spec_name: Name::new("全动态BGP IP", "Dynamic BGP IP"),
        yuan: [200, 0, 0],
        dollars: [50, 0, 0],
        ..BASE
    },
    Product {
        kind: BANDWIDTH,
        spec: "19_bgp",
        spec_name: Name::new("全动态BGP带宽 按带宽计费", "Dynamic BGP, billed by bandwidth"),
        yuan: [630, 230_000, 2_300_000],
        dollars: [210, 79_000, 790_000],
        size_unit: Some(MeasureUnit::MegabitPerSecond),
        ..BASE
    },
    Product {
        kind: BANDWIDTH,
        spec: "12_bgp",
        spec_name: Name::new("全动态BGP带宽 按流量计费", "Dynamic BGP, billed by traffic"),
        usage_factor: "upflow",
        unit: MeasureUnit::GigabyteOfTraffic,
        yuan: [8_000, 0, 0],
        dollars: [1_200, 0, 0],
        ..BASE
    },
    Product {
        kind: STORAGE,
        spec: "obs.standard",
        spec_name: Name::new("标准存储", "Standard storage"),
        yuan: [2, 0, 0],
        dollars: [1, 0, 0],
        size_unit: Some(MeasureUnit::Gigabyte),
        ..BASE
    },
    Product {
        kind: STORAGE,
        spec: "obs.traffic",
        spec_name: Name::new("公网流出流量", "Outbound Internet traffic"),
        usage_factor: "upflow",
        unit: MeasureUnit::GigabyteOfTraffic,
        yuan: [5_000, 0, 0],
        dollars: [750, 0, 0],
        ..BASE
    },
    Product {
        kind: STORAGE,
        spec: "obs.storage.100GB",
        spec_name: Name::new("标准存储包 100GB", "Standard storage package, 100 GB"),
        usage_factor: "storage",
        yuan: [0, 90_000, 1_020_000],
        dollars: [0, 20_000, 220_000],
        package: Some(Content {
            amount: 100,
            unit: MeasureUnit::Gigabyte,
            usage_type: Name::new("存储空间", "Storage space"),
            each_month: true,
        }),
        ..BASE
    },
    Product {
        kind: STORAGE,
        spec: "obs.traffic.500GB",
        spec_name: Name::new("公网流出流量包 500GB", "Internet traffic package, 500 GB"),
        usage_factor: "upflow",
        unit: MeasureUnit::GigabyteOfTraffic,
        yuan: [0, 2_150_000, 2_450_000],
        dollars: [0, 330_000, 380_000],
        package: Some(Content {
            amount: 500,
            unit: MeasureUnit::GigabyteOfTraffic,
            usage_type: Name::new("公网流出流量", "Outbound Internet traffic"),
            each_month: false,
        }),
        ..BASE
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_offer_has_an_id_a_price_and_names_of_its_own() {
        let ids: BTreeSet<_> = offers().iter().map(|offer| &offer.id).collect();
        assert_eq!(ids.len(), offers().len());
        for offer in offers() {
            assert!(offer.id.len() <= 64, "{}", offer.id);
            assert_eq!(offer.price_per_month.is_some(), offer.price_per_year.is_some(), "{}", offer.id);
            assert!(offer.price_per_hour.is_some() != offer.is_package(), "{}", offer.id);
            assert!(abbreviation(offer.service_type_code).is_some());
            assert_ne!(
                offer.spec_name.in_language(None),
                offer.spec_name.in_language(Some(&Language::English))
            );
        }
        for site in [Site::China, Site::International, Site::Europe] {
            let regions: BTreeSet<_> = offers_of(site).map(|offer| offer.region_code).collect();
            assert_eq!(regions.len(), 2);
        }
    }
}
