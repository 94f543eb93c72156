//! Units of measure and their conversion.

use crate::{
    operation,
    types::{Language, MeasureUnit, open_enum::open_codes, response},
};

operation! {
    /// All units by which amounts are counted: what a `measure_id` means.
    ///
    /// No permission is needed. The list changes rarely and is worth keeping.
    GET "/v2/bases/measurements" as bss -> MeasureUnits {
        sites(ALL), caller(Either), success(list "measure_units"),
        source("https://support.huaweicloud.com/api-bpconsole/qct_00006.html"),
    }
    pub struct ListMeasureUnits {
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
        }
    }
}

operation! {
    /// Lists the conversions between units of the same kind.
    ///
    /// No permission is needed. A kind without conversions returns an empty list. The list changes rarely and is worth
    /// keeping.
    GET "/v2/bases/conversions" as bss -> Conversions {
        sites(ALL), caller(Either), success(list "conversions"),
        source("https://support.huaweicloud.com/api-bpconsole/qct_00007.html"),
    }
    pub struct ListConversions {
        optional {
            /// The language; reserved.
            #[header("X-Language")]
            language: Language,
            /// Only units that measure this; all by default.
            measure_type: Quantity,
        }
        check |it, check| check.range("measure_type", &it.measure_type.map(Quantity::code), 1..=2_147_483_647)
    }
}

response! {
    /// List of all units.
    #[derive(Eq)]
    pub struct MeasureUnits {
        /// All units of measure.
        pub measure_units: Vec<MeasureUnitInfo>,
    }
}

response! {
    /// Description of a unit of measure.
    #[derive(Eq)]
    pub struct MeasureUnitInfo {
        /// The unit, as amounts name it.
        pub measure_id: Option<MeasureUnit>,
        /// Name of the unit, in the requested language; up to 128 characters.
        pub measure_name: Option<String>,
        /// Short form of the name in English, such as `GB` (the China site has `G`); up to 64 characters.
        pub abbreviation: Option<String>,
        /// Quantity that the unit measures.
        pub measure_type: Option<Quantity>,
    }
}

response! {
    /// Conversions between units.
    #[derive(Eq)]
    pub struct Conversions {
        /// The conversions, each in one direction.
        pub conversions: Vec<Conversion>,
    }
}

response! {
    /// Conversion between two units.
    #[derive(Eq)]
    pub struct Conversion {
        /// The larger unit, such as gigabytes.
        pub measure_id: Option<MeasureUnit>,
        /// The smaller unit, such as megabytes.
        pub ref_measure_id: Option<MeasureUnit>,
        /// Number of smaller units in one larger unit, such as 1024.
        pub conversion_ratio: Option<i64>,
        /// Quantity that both units measure.
        pub measure_type: Option<Quantity>,
    }
}

open_codes! {
    /// Quantity that a unit measures.
    pub enum Quantity {
        /// Amount of money.
        Currency = 1,
        /// Length of time.
        Duration = 2,
        /// Amount of network traffic.
        Traffic = 3,
        /// Number of pieces.
        Quantity = 4,
        /// Weight of goods.
        Weight = 5,
        /// Length of a distance.
        Length = 6,
        /// Capacity of storage.
        Capacity = 7,
        /// Volume of goods.
        Volume = 8,
        /// Number of rows.
        Rows = 9,
        /// Number of periods.
        Period = 10,
        /// Frequency of an event.
        Frequency = 11,
        /// Number of times.
        Count = 12,
        /// Stock of goods.
        Stock = 13,
        /// Traffic over time.
        TrafficDuration = 14,
        /// Capacity over time.
        CapacityDuration = 15,
        /// Network bandwidth in bits.
        Bandwidth = 16,
        /// Capacity over time, a second code.
        CapacityTime = 17,
        /// Queries in a time.
        QueryRate = 18,
        /// Bandwidth, in steps of 1000.
        Bandwidth1000 = 19,
        /// Use of performance tests.
        PerformanceTest = 20,
        /// Area of a surface.
        Area = 21,
        /// Length of video.
        Video = 22,
        /// Throughput of data.
        Throughput = 23,
        /// Resolution of a picture.
        Resolution = 24,
        /// Kinds of tests; international site.
        TestType = 25,
        /// Unit in which general resource packages are reduced.
        PackageDeduction = 26,
        /// Cores over time.
        CoreDuration = 27,
        /// Memory over time.
        MemoryDuration = 28,
        /// Disk operations a second, over time.
        IopsDuration = 29,
        /// Throughput over time.
        ThroughputDuration = 30,
        /// Items in a time.
        ItemsPerDuration = 31,
        /// Traffic, in steps of 1000.
        Traffic1000 = 40,
        /// Tokens by the thousand.
        ThousandTokens = 41,
        /// Number of video frames.
        Frames = 82,
        /// Bandwidth of caches over time.
        CacheBandwidthDuration = 98,
        /// Hong Kong dollars.
        HongKongDollar = 103,
        /// Number of model tokens.
        Tokens = 104,
        /// Quantity over time.
        QuantityDuration = 108,
        /// Number of data bytes.
        Bytes = 109,
        /// Number of text characters.
        Characters = 110,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::{operation::RequestParts, types::decode_str};

    #[test]
    fn units_and_conversions_are_read() {
        let units: MeasureUnits = decode_str(
            r#"{"measure_units":[{"measure_id":10,"measure_name":"GB","abbreviation":"G","measure_type":3},
                {"measure_id":999,"measure_type":1000}]}"#,
        )
        .unwrap();
        let [known, new] = &units.measure_units[..] else { panic!("two units") };
        assert_eq!(known.measure_id, Some(MeasureUnit::GigabyteOfTraffic));
        assert_eq!(known.measure_type, Some(Quantity::Traffic));
        assert_eq!(
            (new.measure_id.map(MeasureUnit::code), new.measure_type),
            (Some(999), Some(Quantity::Other(1000)))
        );
        let conversions: Conversions = decode_str(
            r#"{"conversions":[{"measure_id":10,"ref_measure_id":11,"conversion_ratio":1024,"measure_type":3}]}"#,
        )
        .unwrap();
        let conversion = &conversions.conversions[0];
        assert_eq!(conversion.ref_measure_id, Some(MeasureUnit::MegabyteOfTraffic));
        assert_eq!(conversion.conversion_ratio, Some(1024));
    }

    #[test]
    fn the_documented_request_for_conversions_is_sent() {
        let request: ListConversions = decode_str(r#"{"measure_type":"3"}"#).unwrap();
        request.validate().unwrap();
        assert_eq!(RequestParts::of(&request).unwrap().query, "measure_type=3");
        ListConversions::new().measure_type(0_i64).validate().unwrap_err();
    }
}
