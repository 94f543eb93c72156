//! Provinces, cities and districts: real ones, but few.
//!
//! The provinces of the mainland are all here, cities only of Hebei and Zhejiang, districts only of Shijiazhuang and
//! Hangzhou. Provinces bear the codes of GB/T 2260. One documented sample shows how codes nest and that the first district
//! of Shijiazhuang is `CN-13-001-01`; the others are counted in the order of GB/T 2260 in the same way (inferred).

use std::convert::identity;

use crate::{
    core::{Account, Refusal, page},
    handler::{Route, Simulated, route},
    state::State,
};
use huaweicloud_partner::{
    customers::{CityPage, DistrictPage, ListCities, ListDistricts, ListProvinces, Place, ProvincePage},
    fill,
};

pub(crate) const ROUTES: &[Route] =
    &[route::<ListProvinces>(), route::<ListCities>(), route::<ListDistricts>()];

const PROVINCES: &[(&str, &str)] = &[
    ("CN-11", "北京市"),
    ("CN-12", "天津市"),
    ("CN-13", "河北省"),
    ("CN-14", "山西省"),
    ("CN-15", "内蒙古自治区"),
    ("CN-21", "辽宁省"),
    ("CN-22", "吉林省"),
    ("CN-23", "黑龙江省"),
    ("CN-31", "上海市"),
    ("CN-32", "江苏省"),
    ("CN-33", "浙江省"),
    ("CN-34", "安徽省"),
    ("CN-35", "福建省"),
    ("CN-36", "江西省"),
    ("CN-37", "山东省"),
    ("CN-41", "河南省"),
    ("CN-42", "湖北省"),
    ("CN-43", "湖南省"),
    ("CN-44", "广东省"),
    ("CN-45", "广西壮族自治区"),
    ("CN-46", "海南省"),
    ("CN-50", "重庆市"),
    ("CN-51", "四川省"),
    ("CN-52", "贵州省"),
    ("CN-53", "云南省"),
    ("CN-54", "西藏自治区"),
    ("CN-61", "陕西省"),
    ("CN-62", "甘肃省"),
    ("CN-63", "青海省"),
    ("CN-64", "宁夏回族自治区"),
    ("CN-65", "新疆维吾尔自治区"),
];

/// Names by the code of the enclosing place, in the order of their numbers.
type Places = &'static [(&'static str, &'static [&'static str])];

const CITIES: Places = &[
    (
        "CN-13",
        &[
            "石家庄市",
            "唐山市",
            "秦皇岛市",
            "邯郸市",
            "邢台市",
            "保定市",
            "张家口市",
            "承德市",
            "沧州市",
            "廊坊市",
            "衡水市",
        ],
    ),
    (
        "CN-33",
        &[
            "杭州市",
            "宁波市",
            "温州市",
            "嘉兴市",
            "湖州市",
            "绍兴市",
            "金华市",
            "衢州市",
            "舟山市",
            "台州市",
            "丽水市",
        ],
    ),
];

const DISTRICTS: Places = &[
    (
        "CN-13-001",
        &[
            "长安区",
            "桥西区",
            "新华区",
            "井陉矿区",
            "裕华区",
            "藁城区",
            "鹿泉区",
            "栾城区",
            "井陉县",
            "正定县",
            "行唐县",
            "灵寿县",
            "高邑县",
            "深泽县",
            "赞皇县",
            "无极县",
            "平山县",
            "元氏县",
            "赵县",
            "辛集市",
            "晋州市",
            "新乐市",
        ],
    ),
    (
        "CN-33-001",
        &[
            "上城区",
            "拱墅区",
            "西湖区",
            "滨江区",
            "萧山区",
            "余杭区",
            "富阳区",
            "临安区",
            "临平区",
            "钱塘区",
            "桐庐县",
            "淳安县",
            "建德市",
        ],
    ),
];

impl Simulated for ListProvinces {
    fn run(self, _world: &mut State, _caller: &Account) -> Result<ProvincePage, Refusal> {
        let (count, provinces) = page(PROVINCES, self.offset, self.limit, |(code, name)| place(*code, name));
        Ok(fill!(ProvincePage { count, provinces }))
    }
}

impl Simulated for ListCities {
    /// A province that is not in the table has no cities.
    fn run(self, _world: &mut State, _caller: &Account) -> Result<CityPage, Refusal> {
        let (count, cities) = page(within(CITIES, &self.province_code, 3), self.offset, self.limit, identity);
        Ok(fill!(CityPage { count, cities }))
    }
}

impl Simulated for ListDistricts {
    /// A city that is not in the table has no districts.
    fn run(self, _world: &mut State, _caller: &Account) -> Result<DistrictPage, Refusal> {
        let (count, counties) =
            page(within(DISTRICTS, &self.city_code, 2), self.offset, self.limit, identity);
        Ok(fill!(DistrictPage { count, counties }))
    }
}

/// Returns the places inside a place, their numbers written with this number of digits.
fn within(places: Places, code: &str, digits: usize) -> Vec<Place> {
    let found = places.iter().find(|(held, _)| *held == code).map_or(&[][..], |(_, names)| *names);
    let number = |(index, name): (usize, &&str)| place(format!("{code}-{:0digits$}", index + 1), name);
    found.iter().enumerate().map(number).collect()
}

fn place(code: impl Into<String>, name: &str) -> Place {
    fill!(Place { code: code.into(), name: name.to_owned() })
}
