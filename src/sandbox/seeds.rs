//! Worlds that ship with the crate.

use time::{Date, Month, PrimitiveDateTime, Time};

use super::{
    ledger::Book,
    scenario::Scenario,
    world::{Account, AccountKind, Quota, SandboxSite, World},
};
use crate::types::{Amount, BEIJING, BillCycle, UtcTime};

/// The worlds that ship with the crate.
pub(super) const NAMES: &[&str] = &[
    "everyone",
    "small_distributor",
    "solution_provider",
    "international_provider",
    "enterprise",
    "large_month",
];

/// A world by its name, as it is at this hour.
pub(super) fn world(name: &str, now: UtcTime) -> Option<World> {
    let scenario = match name {
        "everyone" => include_str!("worlds/everyone.json"),
        "solution_provider" => include_str!("worlds/solution_provider.json"),
        "international_provider" => include_str!("worlds/international_provider.json"),
        "enterprise" => include_str!("worlds/enterprise.json"),
        "small_distributor" => return Some(small_distributor(now)),
        "large_month" => return Some(large_month(now)),
        _ => return None,
    };
    World::from_scenario(Scenario::read(scenario.as_bytes()).ok()?.ending(now)).ok()
}

/// Nine in the morning of 6 May 2026 in Beijing, when a world begins.
pub(super) fn morning() -> UtcTime {
    let day = Date::from_calendar_date(2026, Month::May, 6).unwrap_or(Date::MIN);
    let hour = Time::from_hms(9, 0, 0).unwrap_or(Time::MIDNIGHT);
    PrimitiveDateTime::new(day, hour).assume_offset(BEIJING).into()
}

/// A distributor with three resellers and four customers.
pub(super) fn small_distributor(now: UtcTime) -> World {
    let mut world = World::new(now);
    account(&mut world, AccountKind::Distributor, "distributor", "Blue Harbour Distribution", None);
    for (id, name) in
        [("reseller-1", "Cedar Cloud"), ("reseller-2", "Maple Data"), ("reseller-3", "Willow Systems")]
    {
        account(&mut world, AccountKind::Reseller, id, name, Some("distributor"));
    }
    for (id, name, partner) in [
        ("customer-1", "Harbour Bakery", "distributor"),
        ("customer-2", "Cedar Toys", "reseller-1"),
        ("customer-3", "Cedar Press", "reseller-1"),
        ("customer-4", "Maple Motors", "reseller-2"),
    ] {
        account(&mut world, AccountKind::Customer, id, name, Some(partner));
    }
    recharge(&mut world, "distributor", Amount::from(100_000));
    quota(&mut world, "quota-1", "distributor", Amount::from(50_000));
    world
}

fn account(world: &mut World, kind: AccountKind, id: &str, name: &str, partner: Option<&str>) {
    let customer = kind == AccountKind::Customer;
    let account = Account {
        id: id.to_owned(),
        kind,
        site: SandboxSite::China,
        name: name.into(),
        login: id.replace('-', "_").into(),
        access_key: format!("AK{}", id.to_uppercase()),
        secret_key: format!("SK{}", id.to_uppercase()).into(),
        associated_with: partner.map(str::to_owned),
        associated_on: partner.map(|_| world.now),
        association_type: partner.filter(|_| customer).map(|_| "2".to_owned()),
        mobile_phone: None,
        email: None,
        xaccount_id: None,
        xaccount_type: None,
    };
    world.accounts.insert(account.id.clone(), account);
}

/// Money from outside onto an account. The amounts of the seeds fit.
fn recharge(world: &mut World, account: &str, amount: Amount) {
    let _ = world.move_money("recharge", Book::outside("recharge"), Book::cash(account), amount);
}

/// A quota that Huawei Cloud grants to a partner for a year.
fn quota(world: &mut World, id: &str, holder: &str, value: Amount) {
    let _ = world.move_money("quota from outside", Book::outside("quota"), Book::quota(id), value);
    let now = world.now;
    let quota = Quota {
        id: id.to_owned(),
        holder: holder.to_owned(),
        parent: None,
        value,
        reclaimed: false,
        created: now,
        updated: now,
        effective: now,
        expires: now.instant().saturating_add(time::Duration::days(365)).into(),
    };
    world.quotas.insert(quota.id.clone(), quota);
}

/// The small distributor with a month of 200,000 rows behind it, the one before, whose figures are final after the
/// fifth day.
pub(super) fn large_month(now: UtcTime) -> World {
    let mut world = small_distributor(now);
    // The month before is over.
    let _ = world.fill_month(BillCycle::containing(now).previous(), 200_000);
    world
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_is_there() {
        for name in NAMES {
            let world = world(name, morning()).unwrap_or_else(|| panic!("{name}"));
            assert!(world.accounts().count() > 2, "{name}");
            world.ledger().audit().unwrap();
        }
        assert!(world("nowhere", morning()).is_none());
    }
}
