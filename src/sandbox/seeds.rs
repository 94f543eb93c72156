//! Worlds that ship with the crate.

use time::{Date, Month, PrimitiveDateTime, Time};

use super::{scenario::Scenario, world::World};
use crate::types::{BEIJING, BillCycle, UtcTime};

/// The worlds that ship with the crate.
pub(super) const NAMES: &[&str] =
    &["enterprise", "everyone", "international_provider", "small_distributor", "solution_provider"];

/// Nine in the morning of 6 May 2026 in Beijing, when a world begins.
pub(super) fn morning() -> UtcTime {
    let day = Date::from_calendar_date(2026, Month::May, 6).unwrap_or(Date::MIN);
    let hour = Time::from_hms(9, 0, 0).unwrap_or(Time::MIDNIGHT);
    PrimitiveDateTime::new(day, hour).assume_offset(BEIJING).into()
}

/// The scenario of a world, where it is made from one.
pub(super) fn scenario(name: &str) -> Option<Scenario> {
    let json = match name {
        "enterprise" => include_str!("worlds/enterprise.json"),
        "everyone" => include_str!("worlds/everyone.json"),
        "international_provider" => include_str!("worlds/international_provider.json"),
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

/// A solution provider on the international site: five customers of the Reseller model, four with budgets, and one that
/// it referred. Some have used the network this month.
pub(super) fn international_provider() -> World {
    world("international_provider").unwrap_or_else(|| World::new(morning()))
}

/// An enterprise on the China site: a master with two members in two units, 10,000.00 yuan, credit and a voucher.
pub(super) fn enterprise() -> World {
    world("enterprise").unwrap_or_else(|| World::new(morning()))
}

/// The small distributor with a month of 200,000 rows behind it, April 2026, whose figures are final.
pub(super) fn large_month() -> World {
    let mut world = small_distributor();
    // April is over.
    let _ = world.fill_month(BillCycle::new(2026, Month::April), 200_000);
    world
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_is_what_its_scenario_says() {
        for name in NAMES {
            let world = World::from_scenario(scenario(name).unwrap_or_else(|| panic!("{name}")));
            let world = world.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(world.accounts().count() > 2, "{name}");
            world.ledger().audit().unwrap();
        }
        assert!(world("nowhere").is_none());
    }
}
