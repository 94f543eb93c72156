//! Worlds that ship with the crate.

use time::{Date, Month, PrimitiveDateTime, Time};

use super::{scenario::Scenario, world::World};
use crate::types::{BEIJING, UtcTime};

/// The worlds that ship with the crate.
pub(super) const NAMES: &[&str] = &["everyone", "small_distributor", "solution_provider"];

/// Nine in the morning of 6 May 2026 in Beijing, when a world begins.
pub(super) fn morning() -> UtcTime {
    let day = Date::from_calendar_date(2026, Month::May, 6).unwrap_or(Date::MIN);
    let hour = Time::from_hms(9, 0, 0).unwrap_or(Time::MIDNIGHT);
    PrimitiveDateTime::new(day, hour).assume_offset(BEIJING).into()
}

/// The scenario of a world, where it is made from one.
pub(super) fn scenario(name: &str) -> Option<Scenario> {
    let json = match name {
        "everyone" => include_str!("worlds/everyone.json"),
        "small_distributor" => include_str!("worlds/small_distributor.json"),
        "solution_provider" => include_str!("worlds/solution_provider.json"),
        _ => return None,
    };
    Scenario::read(json.as_bytes()).ok()
}

pub(super) fn world(name: &str) -> Option<World> {
    World::from_scenario(scenario(name)?).ok()
}

/// A distributor with three resellers and four customers.
pub(super) fn small_distributor() -> World {
    world("small_distributor").unwrap_or_else(|| World::new(morning()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_is_what_its_scenario_says() {
        for name in NAMES {
            let world = world(name).unwrap_or_else(|| panic!("{name}"));
            assert!(world.accounts().count() > 5, "{name}");
            world.ledger().audit().unwrap();
        }
        assert!(world("nowhere").is_none());
    }
}
