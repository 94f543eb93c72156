//! Provinces, cities and districts of China, for the addresses that customers are registered under.

use crate::{
    error::ValidationError,
    operation::{Caller, Check, Operation, OperationMeta, Paging, paged, request},
    types::{Language, response},
};

request! {
    /// The provinces, one page.
    ///
    /// Called by a partner or a customer, on the China site; no permission is needed. The list hardly changes and is worth
    /// keeping. Names are Chinese only.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/mpf_02001.html>
    pub struct ListProvinces {
        optional {
            /// Reserved: names are Chinese whatever it says. The SDK writes `zh_cn` and `en_us` here, in small letters.
            #[name("X-Language")]
            language: Language,
            /// How many rows to skip, up to 1000; none by default.
            offset: u32,
            /// Rows per page, 1 to 1000; the service takes 10 by default.
            limit: u32,
        }
    }
}

impl Operation for ListProvinces {
    type Output = ProvincePage;

    const META: &'static OperationMeta =
        &OperationMeta::get("bss.ListProvinces", "/v2/systems/configs/provinces")
            .headers(&["X-Language"])
            .caller(Caller::Either)
            .paging(Paging::rows(1000, "provinces"))
            .doc("https://support.huaweicloud.com/api-bpconsole/mpf_02001.html");

    fn validate(&self) -> Result<(), ValidationError> {
        page(self.offset, self.limit).finish()
    }
}

paged!(ListProvinces => provinces: Place, total count);

request! {
    /// The cities of a province, one page.
    ///
    /// Called by a partner or a customer, on the China site; no permission is needed. The list hardly changes and is worth
    /// keeping. Names are Chinese only.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/mpf_02002.html>
    pub struct ListCities {
        required {
            /// The province, by the code that [`ListProvinces`] gives it, such as `CN-13` (inferred); up to 20 characters.
            province_code: String,
        }
        optional {
            /// Reserved: names are Chinese whatever it says. The SDK writes `zh_cn` and `en_us` here, in small letters.
            #[name("X-Language")]
            language: Language,
            /// How many rows to skip, up to 1000; none by default.
            offset: u32,
            /// Rows per page, 1 to 1000; the service takes 10 by default.
            limit: u32,
        }
    }
}

impl Operation for ListCities {
    type Output = CityPage;

    const META: &'static OperationMeta = &OperationMeta::get("bss.ListCities", "/v2/systems/configs/cities")
        .headers(&["X-Language"])
        .caller(Caller::Either)
        .paging(Paging::rows(1000, "cities"))
        .doc("https://support.huaweicloud.com/api-bpconsole/mpf_02002.html");

    fn validate(&self) -> Result<(), ValidationError> {
        page(self.offset, self.limit).length("province_code", &self.province_code, 1..=20).finish()
    }
}

paged!(ListCities => cities: Place, total count);

request! {
    /// The districts and counties of a city, one page.
    ///
    /// Called by a partner or a customer, on the China site; no permission is needed. The list hardly changes and is worth
    /// keeping. Names are Chinese only.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/mpf_02003.html>
    #[doc(alias = "ListCounties")]
    pub struct ListDistricts {
        required {
            /// The city, by the code that [`ListCities`] gives it, such as `CN-13-001`; up to 20 characters.
            city_code: String,
        }
        optional {
            /// Reserved: names are Chinese whatever it says. The SDK writes `zh_cn` and `en_us` here, in small letters.
            #[name("X-Language")]
            language: Language,
            /// How many rows to skip, up to 1000; none by default.
            offset: u32,
            /// Rows per page, 1 to 1000; the service takes 10 by default.
            limit: u32,
        }
    }
}

impl Operation for ListDistricts {
    type Output = DistrictPage;

    const META: &'static OperationMeta =
        &OperationMeta::get("bss.ListCounties", "/v2/systems/configs/counties")
            .headers(&["X-Language"])
            .caller(Caller::Either)
            .paging(Paging::rows(1000, "counties"))
            .doc("https://support.huaweicloud.com/api-bpconsole/mpf_02003.html");

    fn validate(&self) -> Result<(), ValidationError> {
        page(self.offset, self.limit).length("city_code", &self.city_code, 1..=20).finish()
    }
}

paged!(ListDistricts => counties: Place, total count);

fn page(offset: Option<u32>, limit: Option<u32>) -> Check {
    Check::new().range("offset", &offset, 0..=1000).range("limit", &limit, 1..=1000)
}

response! {
    /// One page of provinces.
    pub struct ProvincePage {
        /// How many provinces there are in all (inferred from the sample, where it exceeds a page).
        pub count: Option<u64>,
        /// Those of this page.
        pub provinces: Vec<Place>,
    }
}

response! {
    /// One page of cities.
    pub struct CityPage {
        /// How many cities there are in all (inferred from the sample, where it exceeds a page).
        pub count: Option<u64>,
        /// Those of this page.
        pub cities: Vec<Place>,
    }
}

response! {
    /// One page of districts and counties.
    pub struct DistrictPage {
        /// How many districts there are in all (inferred from the sample, where it exceeds a page).
        pub count: Option<u64>,
        /// Those of this page.
        pub counties: Vec<Place>,
    }
}

response! {
    /// A province, city or district.
    #[derive(Eq)]
    pub struct Place {
        /// Its code, up to 40 characters, which begins with that of the place it lies in: `CN-13-001-01` is in `CN-13-001`.
        pub code: String,
        /// Its Chinese name, up to 100 characters.
        pub name: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let fields = |operation: &dyn Fn() -> Result<(), ValidationError>| -> Vec<&'static str> {
            operation().unwrap_err().broken().iter().map(|rule| rule.field).collect()
        };
        let provinces = ListProvinces::new().offset(1001_u32).limit(1001_u32);
        assert_eq!(fields(&|| provinces.validate()), ["offset", "limit"]);
        let cities = ListCities::new("").limit(0_u32);
        assert_eq!(fields(&|| cities.validate()), ["limit", "province_code"]);
        let districts = ListDistricts::new("x".repeat(21));
        assert_eq!(fields(&|| districts.validate()), ["city_code"]);
        ListDistricts::new("CN-13-001").offset(1000_u32).limit(1000_u32).validate().unwrap();
    }
}
