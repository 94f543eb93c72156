//! Provinces, cities and districts of China, for the addresses that customers are registered under.

use crate::{
    operation,
    operation::Check,
    types::{Language, response},
};

operation! {
    /// The provinces, one page.
    ///
    /// The list hardly changes and is worth keeping. Names are Chinese only.
    GET "/v2/systems/configs/provinces" as bss -> ProvincePage {
        caller(Either), rows(1000, provinces: Place, total: count, key: code),
        source("https://support.huaweicloud.com/api-bpconsole/mpf_02001.html"),
    }
    pub struct ListProvinces {
        optional {
            /// Reserved: names are Chinese whatever it says. The SDK writes `zh_cn` and `en_us` here, in
            /// small letters.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where default(10),
        }
        check |it, check| {
            page(it.offset, it.limit)
        }
    }
}

operation! {
    /// The cities of a province, one page.
    ///
    /// The list hardly changes and is worth keeping. Names are Chinese only.
    GET "/v2/systems/configs/cities" as bss -> CityPage {
        caller(Either), rows(1000, cities: Place, total: count, key: code),
        source("https://support.huaweicloud.com/api-bpconsole/mpf_02002.html"),
    }
    pub struct ListCities {
        required {
            /// The province, by the code that [`ListProvinces`] gives it, such as `CN-13` (inferred).
            province_code: String,
        }
        optional {
            /// Reserved: names are Chinese whatever it says. The SDK writes `zh_cn` and `en_us` here, in
            /// small letters.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where default(10),
        }
        check |it, check| {
            page(it.offset, it.limit).len("province_code", &it.province_code, 1..=20)
        }
    }
}

operation! {
    /// The districts and counties of a city, one page.
    ///
    /// The list hardly changes and is worth keeping. Names are Chinese only.
    GET "/v2/systems/configs/counties" as bss "ListCounties" -> DistrictPage {
        caller(Either), rows(1000, counties: Place, total: count, key: code),
        source("https://support.huaweicloud.com/api-bpconsole/mpf_02003.html"),
    }
    pub struct ListDistricts {
        required {
            /// The city, by the code that [`ListCities`] gives it, such as `CN-13-001`.
            city_code: String,
        }
        optional {
            /// Reserved: names are Chinese whatever it says. The SDK writes `zh_cn` and `en_us` here, in
            /// small letters.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where default(10),
        }
        check |it, check| {
            page(it.offset, it.limit).len("city_code", &it.city_code, 1..=20)
        }
    }
}

fn page(offset: Option<u32>, limit: Option<u32>) -> Check {
    Check::new().range("offset", &offset, 0..=1000).range("limit", &limit, 1..=1000)
}

response! {
    /// One page of provinces.
    pub struct ProvincePage {
        /// Total number of provinces (inferred from the sample, where it exceeds a page).
        pub count: Option<u64>,
        /// Rows of this page.
        pub provinces: Vec<Place>,
    }
}

response! {
    /// One page of cities.
    pub struct CityPage {
        /// Total number of cities (inferred from the sample, where it exceeds a page).
        pub count: Option<u64>,
        /// Rows of this page.
        pub cities: Vec<Place>,
    }
}

response! {
    /// One page of districts and counties.
    pub struct DistrictPage {
        /// Total number of districts (inferred from the sample, where it exceeds a page).
        pub count: Option<u64>,
        /// Rows of this page.
        pub counties: Vec<Place>,
    }
}

response! {
    /// A province, city or district.
    #[derive(Eq)]
    pub struct Place {
        /// Code of the place, up to 40 characters. It begins with the code of the enclosing place:
        /// `CN-13-001-01` is in `CN-13-001`.
        pub code: String,
        /// Chinese name of the place, up to 100 characters.
        pub name: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::Paged as _, types::decode_str};

    #[test]
    fn the_documented_sample_is_read() {
        let page: DistrictPage =
            decode_str(r#"{"count":22,"counties":[{"code":"CN-13-001-01","name":"长安区"}]}"#).unwrap();
        assert_eq!(ListDistricts::total(&page), Some(22));
        let place = Place { code: "CN-13-001-01".into(), name: "长安区".into() };
        assert_eq!(ListDistricts::into_items(page), [place]);
    }

    #[test]
    fn documented_limits_are_checked() {
        let provinces = ListProvinces::new().offset(1001_u32).limit(1001_u32);
        assert_eq!(violated(&provinces), ["offset", "limit"]);
        let cities = ListCities::new("").limit(0_u32);
        assert_eq!(violated(&cities), ["province_code", "limit"]);
        let districts = ListDistricts::new("x".repeat(21));
        assert_eq!(violated(&districts), ["city_code"]);
        ListDistricts::new("CN-13-001").offset(1000_u32).limit(1000_u32).validate().unwrap();
    }
}
