//! Text is an amount or is not, and an amount that was read is written and read again unchanged.
#![no_main]

use huaweicloud_partner::types::Amount;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(amount) = text.parse::<Amount>() {
        let json = serde_json::to_string(&amount).expect("an amount can be written");
        assert_eq!(serde_json::from_str::<Amount>(&json).expect("and read"), amount);
    }
});
