//! The lines that a query selects, out of stored charges and of large months.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    lines::{Cell, Kind, Line, Selection, Sums, spread, trade_of},
    month::Share,
    plus,
};
use crate::{
    slices::wallet::{Booked, VoucherKind, last_day},
    state::State,
};
use huaweicloud_partner::types::{Amount, BillCycle};

impl State {
    /// Returns the number of matching lines, and those of one page.
    pub(crate) fn lines<'w>(
        &'w self,
        selection: &Selection<'_>,
        offset: Option<u32>,
        limit: Option<u32>,
    ) -> (Option<u64>, Vec<Line<'w>>) {
        self.chosen(selection, |booked| selection.takes(booked), offset, limit)
    }

    /// The same for lines of which a share falls on the month, whenever they were billed.
    pub(crate) fn shared_lines<'w>(
        &'w self,
        selection: &Selection<'_>,
        offset: Option<u32>,
        limit: Option<u32>,
    ) -> (Option<u64>, Vec<Line<'w>>) {
        let falls = |booked: &Booked| match spread(booked.mode, booked.from, booked.until) {
            Some((from, until)) => {
                let months = BillCycle::containing(from)..=last_day(from, until).cycle();
                months.contains(&selection.first)
            }
            None => booked.cycle() == selection.first,
        };
        let takes = |booked: &Booked| selection.names(&booked.customer) && falls(booked);
        self.chosen(selection, takes, offset, limit)
    }

    fn chosen<'w>(
        &'w self,
        selection: &Selection<'_>,
        takes: impl Fn(&Booked) -> bool,
        offset: Option<u32>,
        limit: Option<u32>,
    ) -> (Option<u64>, Vec<Line<'w>>) {
        let begin = offset.unwrap_or(0) as usize;
        let end = begin.saturating_add(limit.unwrap_or(10) as usize);
        let (mut total, mut lines) = (0, Vec::new());
        for booked in self.wallet.charges().iter().filter(|booked| takes(booked)) {
            let Some(kind) = self.kind(booked).filter(|kind| (selection.wanted)(kind)) else { continue };
            if (begin..end).contains(&total) {
                let combined = booked.order.as_deref().and_then(|id| self.orders.order(id));
                let combined = combined.and_then(|order| order.part_of.as_deref());
                lines.push(Line { combined, ..line(kind, booked, self.sums(booked)) });
            }
            total += 1;
        }
        for share in self.shares(selection) {
            let rows = share.rows(selection);
            let count = rows.count();
            for place in begin.max(total)..end.min(total + count) {
                lines.extend(rows.nth(place - total).and_then(|number| share.line(number)));
            }
            total += count;
        }
        (Some(total as u64), lines)
    }

    /// All wanted lines, those of large months joined by kind and day.
    pub(crate) fn cells<'w>(&'w self, selection: &Selection<'_>) -> Vec<Cell<'w>> {
        let stored =
            self.wallet.charges().iter().filter(|booked| selection.takes(booked)).filter_map(|booked| {
                let kind = self.kind(booked).filter(|kind| (selection.wanted)(kind))?;
                let spread = spread(kind.mode, booked.from, booked.until);
                let (day, usage) = (booked.day, booked.usage.unwrap_or_default());
                let covered = booked.covered.unwrap_or_default();
                Some(Cell { kind, day, spread, usage, covered, sums: self.sums(booked) })
            });
        stored.chain(self.shares(selection).flat_map(|share| share.cells(selection))).collect()
    }

    /// The months in which anything was charged.
    pub(crate) fn billed_cycles(&self) -> Vec<BillCycle> {
        let stored = self.wallet.charges().iter().map(|booked| booked.cycle());
        let mut cycles: Vec<_> = stored.chain(self.billing.months.iter().map(|month| month.cycle)).collect();
        cycles.sort_unstable();
        cycles.dedup();
        cycles
    }

    fn shares<'w, 'q>(&'w self, selection: &'q Selection<'q>) -> impl Iterator<Item = Share<'w>> + 'q
    where
        'w: 'q,
    {
        self.billing.months.iter().enumerate().flat_map(move |(index, month)| {
            month.shares(self, index).filter(move |share| selection.covers(month.cycle, &share.kept.customer))
        })
    }

    fn kind<'w>(&'w self, booked: &'w Booked) -> Option<Kind<'w>> {
        let resource = booked.resource.as_deref();
        let bought = resource.and_then(|id| self.orders.resource_of(&booked.customer, id));
        let name = bought.and_then(|resource| resource.name.as_deref());
        Some(Kind {
            customer: self.accounts.get(&booked.customer)?,
            partner: booked.partner.as_deref(),
            association: booked.association.as_deref(),
            what: booked.what,
            mode: booked.mode,
            offer: self.offer(&booked.offer),
            resource: resource.map(Cow::Borrowed),
            named: name.or(resource).map(Cow::Borrowed),
            payer: booked.payer(),
            free: self.sums(booked).payable().is_zero(),
            settled: booked.debt.is_zero(),
        })
    }

    /// The amounts of a charge. What a discount voucher took off counts as paid by a voucher.
    fn sums(&self, booked: &Booked) -> Sums {
        let flexi = booked.paid.vouchers.iter().filter(|(id, _)| {
            self.wallet.voucher(id).is_some_and(|voucher| voucher.kind == VoucherKind::FlexiPurchase)
        });
        let flexi = flexi.fold(Amount::ZERO, |sum, (_, amount)| plus(sum, *amount));
        Sums {
            list: booked.list_price,
            discount: booked.discount,
            cash: booked.paid.cash,
            coupon: plus(booked.paid.coupons(), flexi.negated()),
            flexi,
            credit: booked.paid.credit_part(),
            card: booked.paid.card_part(),
            debt: booked.debt,
        }
    }
}

/// Cells with the same key joined, in the order of the keys.
pub(crate) fn joined<'w, K: Ord>(
    cells: impl IntoIterator<Item = Cell<'w>>,
    key: impl Fn(&Cell<'w>) -> K,
) -> BTreeMap<K, Cell<'w>> {
    let mut groups: BTreeMap<K, Cell<'w>> = BTreeMap::new();
    for cell in cells {
        match groups.entry(key(&cell)) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(cell);
            }
            std::collections::btree_map::Entry::Occupied(mut group) => {
                let group = group.get_mut();
                group.sums.add(&cell.sums);
                group.usage = plus(group.usage, cell.usage);
                group.covered = plus(group.covered, cell.covered);
            }
        }
    }
    groups
}

fn line<'w>(kind: Kind<'w>, booked: &'w Booked, sums: Sums) -> Line<'w> {
    Line {
        kind,
        id: Cow::Borrowed(&booked.id),
        trade: Cow::Borrowed(trade_of(booked)),
        order: booked.order.as_deref(),
        combined: None,
        at: booked.at,
        day: booked.day,
        from: booked.from,
        until: booked.until,
        usage: booked.usage,
        covered: booked.covered,
        sums,
    }
}
