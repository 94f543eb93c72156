//! Resource packages: what is left in them, and what was taken.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    Orders,
    order::{Line, Order},
};
use crate::{
    core::{Refusal, later, months_later, refuse, sum},
    slices::catalogue::Content,
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    orders::PackageStatus,
    types::{Amount, BEIJING, UtcTime},
};

/// Use that is taken from a package by hand. What the event `use` reports is taken from packages by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageUse {
    /// Customer whose package is used.
    pub customer: String,
    /// The package, or its item.
    pub package: String,
    /// The resource that was used.
    pub resource: String,
    /// Amount in the unit of the package; at most the remainder.
    pub amount: Amount,
}

/// A package as it is kept. It has one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) item: String,
    pub(crate) customer: String,
    pub(crate) order: String,
    pub(crate) offer: String,
    pub(crate) from: UtcTime,
    pub(crate) until: UtcTime,
    /// Initial amount, of each cycle where there are cycles.
    pub(crate) original: Amount,
    each_month: bool,
    /// Amount that was used in the cycle that began at the time.
    taken: (UtcTime, Amount),
}

/// Deduction from a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Deduction {
    pub(crate) at: UtcTime,
    pub(crate) package: String,
    pub(crate) resource: String,
    pub(crate) before: Amount,
    pub(crate) taken: Amount,
    /// Time of the use, where that is known.
    #[serde(default)]
    pub(crate) used: Option<(UtcTime, UtcTime)>,
}

impl Package {
    pub(crate) fn new(
        id: &str,
        item: String,
        order: &Order,
        line: &Line,
        content: Content,
        (from, until): (UtcTime, UtcTime),
    ) -> Self {
        Self {
            id: id.to_owned(),
            item,
            customer: order.customer.clone(),
            order: order.id.clone(),
            offer: line.offer.clone(),
            from,
            until,
            original: content.amount.into(),
            each_month: content.each_month,
            taken: (from, Amount::ZERO),
        }
    }

    /// The cycle that a time falls in: a month counted from the day of the order, or the whole time.
    pub(crate) fn cycle(&self, now: UtcTime) -> (UtcTime, UtcTime) {
        if !self.each_month {
            return (self.from, self.until);
        }
        let begin = self.from.instant().to_offset(BEIJING);
        let month = |number: u32| {
            let date = months_later(begin.date(), number)?;
            Some(UtcTime::from(date.with_time(begin.time()).assume_offset(BEIJING)))
        };
        let mut cycle = (self.from, self.until);
        for number in 1.. {
            match month(number) {
                Some(next) if next < self.until => {
                    if next > now {
                        return (cycle.0, next);
                    }
                    cycle.0 = next;
                }
                _ => break,
            }
        }
        cycle
    }

    /// Returns the remainder, of the current cycle where there are cycles.
    pub(crate) fn left(&self, now: UtcTime) -> Amount {
        let (cycle, taken) = self.taken;
        let taken = if cycle == self.cycle(now).0 { taken } else { Amount::ZERO };
        sum([self.original, taken.negated()])
    }

    /// A package that is full again in the next cycle is never used up.
    pub(crate) fn status(&self, now: UtcTime) -> PackageStatus {
        if now < self.from {
            PackageStatus::NotYet
        } else if now > self.until {
            PackageStatus::Expired
        } else if !self.each_month && self.left(now).is_zero() {
            PackageStatus::UsedUp
        } else {
            PackageStatus::InForce
        }
    }

    /// Packages that expired more than eighteen months ago (548 days) are not found any more.
    pub(crate) fn is_forgotten(&self, now: UtcTime) -> bool {
        now > later(self.until, Duration::days(548))
    }
}

impl Orders {
    /// The packages of a customer that can still be seen.
    pub(crate) fn packages_of<'m>(
        &'m self,
        customer: &'m str,
        now: UtcTime,
    ) -> impl Iterator<Item = &'m Package> {
        self.packages.values().filter(move |it| it.customer == customer && !it.is_forgotten(now))
    }
}

impl State {
    /// Takes use from a package and keeps the record.
    pub(crate) fn use_package(&mut self, used: PackageUse) -> Result<(), Refusal> {
        let now = self.now;
        let package = self.orders.packages.values_mut().find(|package| {
            package.customer == used.customer && (package.id == used.package || package.item == used.package)
        });
        let package = package.ok_or_else(|| refuse(codes::RESOURCE_NOT_FOUND))?;
        if !used.amount.is_positive() {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let before = package.left(now);
        if package.status(now) != PackageStatus::InForce || used.amount > before {
            return Err(refuse(codes::INVALID_PARAMETER));
        }
        let left = sum([before, used.amount.negated()]);
        package.taken = (package.cycle(now).0, sum([package.original, left.negated()]));
        let deduction = Deduction {
            at: now,
            package: package.id.clone(),
            resource: used.resource,
            before,
            taken: used.amount,
            used: None,
        };
        self.orders.deductions.push(deduction);
        Ok(())
    }

    /// Takes use of an offer from the customer's packages that cover it, the soonest to expire first. Gives how much of
    /// the use they cover. Parts of a package are counted to eight decimals.
    pub(crate) fn cover_by_packages(
        &mut self,
        customer: &str,
        offer: &str,
        resource: &str,
        amount: Amount,
        used: (UtcTime, UtcTime),
    ) -> Amount {
        let now = self.now;
        let Some(offer) = self.offer(offer).cloned() else { return Amount::ZERO };
        let fits = |package: &Package| {
            let covers = self.offer(&package.offer).and_then(|bundle| bundle.covers(&offer))?;
            let in_force = package.customer == customer && package.status(now) == PackageStatus::InForce;
            in_force.then(|| (package.until, package.id.clone(), Decimal::from(covers)))
        };
        let mut packages: Vec<_> = self.orders.packages.values().filter_map(fits).collect();
        packages.sort();
        let mut open = amount.as_decimal();
        for (_, id, factor) in packages {
            let Some(package) = self.orders.packages.get_mut(&id) else { continue };
            let before = package.left(now);
            let whole = before.as_decimal().checked_mul(factor).unwrap_or_default();
            // What empties the package takes all of it; else the part is rounded up, so that nothing is used for free.
            let (covered, taken) = if whole <= open {
                (whole, before)
            } else {
                let part = open.checked_div(factor).unwrap_or_default();
                let part = part.round_dp_with_strategy(8, RoundingStrategy::AwayFromZero);
                (open, Amount::from(part.normalize()).min(before))
            };
            if !taken.is_positive() {
                continue;
            }
            let left = sum([before, taken.negated()]);
            package.taken = (package.cycle(now).0, sum([package.original, left.negated()]));
            open = open.checked_sub(covered).unwrap_or_default();
            let resource = resource.to_owned();
            let used = Some(used);
            self.orders.deductions.push(Deduction { at: now, package: id, resource, before, taken, used });
        }
        sum([amount, Amount::from(open).negated()])
    }
}
