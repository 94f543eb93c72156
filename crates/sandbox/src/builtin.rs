//! Worlds that ship with the crate.

use time::{Date, Month, PrimitiveDateTime, Time};

use super::{scenario::Scenario, state::State};
use huaweicloud_partner::types::{BEIJING, BillCycle, UtcTime};

/// The worlds that ship with the crate.
pub(crate) const NAMES: &[&str] = &[
    "everyone",
    "small_distributor",
    "solution_provider",
    "international_provider",
    "enterprise",
    "large_month",
];

/// Nine in the morning of 6 May 2026 in Beijing, when a world begins.
pub(crate) fn morning() -> UtcTime {
    let day = Date::from_calendar_date(2026, Month::May, 6).unwrap_or(Date::MIN);
    let hour = Time::from_hms(9, 0, 0).unwrap_or(Time::MIDNIGHT);
    PrimitiveDateTime::new(day, hour).assume_offset(BEIJING).into()
}

/// The text of the scenario of a world, where it is made from one.
fn scenario(name: &str) -> Option<&'static str> {
    Some(match name {
        "everyone" => include_str!("worlds/everyone.json"),
        "small_distributor" => include_str!("worlds/small_distributor.json"),
        "solution_provider" => include_str!("worlds/solution_provider.json"),
        "international_provider" => include_str!("worlds/international_provider.json"),
        "enterprise" => include_str!("worlds/enterprise.json"),
        _ => return None,
    })
}

/// A world by its name, as it is at this time.
pub(crate) fn world(name: &str, now: UtcTime) -> Option<State> {
    if name == "large_month" {
        return Some(large_month(now));
    }
    State::from_scenario(Scenario::read(scenario(name)?.as_bytes()).ok()?.ending(now)).ok()
}

/// A world of this crate in the morning; the test below sees to it that there is one.
fn shipped(name: &str) -> State {
    world(name, morning()).unwrap_or_else(|| State::new(morning()))
}

/// A distributor with three resellers and four customers.
pub(crate) fn small_distributor() -> State {
    shipped("small_distributor")
}

/// A solution provider on the international site: five customers of the Reseller model, four with budgets, and one that
/// it referred. Some have used the network this month.
pub(crate) fn international_provider() -> State {
    shipped("international_provider")
}

/// An enterprise on the China site: a master with two members in two units, 10,000.00 yuan, credit and a voucher.
pub(crate) fn enterprise() -> State {
    shipped("enterprise")
}

/// The small distributor with a month of 200,000 rows behind it, the one before, whose figures are final after the
/// fifth day.
pub(crate) fn large_month(now: UtcTime) -> State {
    let mut world = world("small_distributor", now).unwrap_or_else(|| State::new(now));
    // The month before is over.
    let _ = world.fill_month(BillCycle::containing(now).previous(), 200_000);
    world
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_is_what_its_scenario_says() {
        for name in NAMES {
            if let Some(json) = scenario(name) {
                let world = Scenario::read(json.as_bytes()).and_then(State::from_scenario);
                world.unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            let world = world(name, morning()).unwrap_or_else(|| panic!("{name}"));
            assert!(world.accounts().count() > 2, "{name}");
            world.ledger().audit().unwrap();
        }
        assert!(world("nowhere", morning()).is_none());
    }
}
