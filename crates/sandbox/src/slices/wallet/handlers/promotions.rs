//! Benefits that accounts hold: vouchers and their ledger, stored-value cards, agreed discounts.

use std::{collections::BTreeMap, convert::identity};

use crate::{
    core::{Account, LedgerAccount, Refusal, page},
    handler::{Route, Simulated, route, span},
    slices::{
        catalogue::{Name, language_of},
        wallet::{
            promotions::Contract,
            voucher_views::{use_limits, uses, voucher_status, voucher_type},
            vouchers::{Voucher, VoucherEntry},
        },
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    types::{Amount, BillCycle, MeasureUnit, ResellerId, UtcTime},
    vouchers::{
        CardStatus, CategoryDiscount, ChangeDirection, CommercialDiscount, DiscountChargingMode,
        DiscountPage, DiscountRegion, DiscountSite, FetchMethod, Frozen, HeldVoucher, HeldVoucherPage,
        ListCommercialDiscounts, ListHeldVouchers, ListStoredValueCards, ListVoucherChanges, Medium,
        ProductDiscount, QuotingItemType, StoredValueCard, StoredValueCardPage, VoucherChange,
        VoucherChangePage, VoucherTrade, VoucherTradeDetail, VoucherVersion,
    },
};

pub(crate) const ROUTES: &[Route] = &[
    route::<ListHeldVouchers>(),
    route::<ListVoucherChanges>(),
    route::<ListStoredValueCards>(),
    route::<ListCommercialDiscounts>(),
];

impl Simulated for ListHeldVouchers {
    /// A voucher belongs to the order that it paid last.
    fn run(self, world: &mut State, caller: &Account) -> Result<HeldVoucherPage, Refusal> {
        let holder =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let a_year_ago: UtcTime = world.now.instant().saturating_sub(time::Duration::days(365)).into();
        let used = uses(world, |charge| charge.customer == holder);
        let order = |voucher: &Voucher| used.get(&voucher.id).and_then(|(_, order)| order.clone());
        // An empty filter finds what has none.
        let fits = |filter: Option<&str>, held: Option<&str>| {
            filter.is_none_or(|wanted| held.unwrap_or_default() == wanted)
        };
        let wanted = world.wallet.vouchers().filter(|voucher| {
            voucher.customer == holder
                && voucher.expires > a_year_ago
                && fits(self.coupon_id.as_ref().map(|id| id.as_str()), Some(&voucher.id))
                && fits(self.order_id.as_ref().map(|id| id.as_str()), order(voucher).as_deref())
                && fits(self.promotion_plan_id.as_deref(), voucher.plan.as_deref())
                && fits(self.source_id.as_deref(), source(voucher))
                && self.coupon_type.is_none_or(|kind| voucher_type(voucher.kind) == kind)
                && self.status.is_none_or(|status| voucher_status(world, voucher) == status)
                && self.active_start_time.is_none_or(|begin| voucher.created >= begin)
                && self.active_end_time.is_none_or(|end| voucher.created <= end)
        });
        let currency = caller.site.currency();
        let (count, user_coupons) = page(wanted, self.offset, self.limit, |voucher| {
            fill!(HeldVoucher {
                coupon_id: voucher.id.as_str().into(),
                status: Some(voucher_status(world, voucher)),
                customer_id: Some(holder.as_str().into()),
                coupon_type: Some(voucher_type(voucher.kind)),
                measure_id: Some(MeasureUnit::MainUnit),
                face_value: Some(voucher.face_value),
                valid_time: Some(voucher.effective),
                expire_time: Some(voucher.expires),
                order_id: order(voucher).map(Into::into),
                lock_order_id: world.wallet.lock_on(&voucher.id).map(Into::into),
                promotion_plan_id: voucher.plan.clone(),
                plan_name: voucher.plan.clone(),
                media_type: Some(Medium::Electronic),
                fetch_method: Some(FetchMethod::Issued),
                active_time: Some(voucher.created),
                reserve_time: used.get(&voucher.id).map(|(at, _)| *at),
                create_time: Some(voucher.created),
                coupon_version: Some(VoucherVersion::UntilUsedUp),
                balance: Some(world.ledger.balance(&LedgerAccount::voucher(&voucher.id))),
                is_frozen: Some(Frozen::No),
                use_limits: use_limits(&voucher.limits),
                currency: Some(currency.clone()),
                source_id: source(voucher).map(str::to_owned),
                ..HeldVoucher::default()
            })
        });
        Ok(fill!(HeldVoucherPage { count, user_coupons }))
    }
}

impl Simulated for ListVoucherChanges {
    /// Newest first; the order is not documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<VoucherChangePage, Refusal> {
        let (begin, end) = span(world.now, self.trade_time_begin, self.trade_time_end)?;
        let noted = world.wallet.voucher_entries(&caller.id);
        let mut entries: Vec<VoucherEntry> = noted.cloned().collect();
        entries.extend(expiries(world, &caller.id));
        entries.sort_by_key(|entry| entry.at);
        let wanted = entries.iter().rev().filter(|entry| {
            let day = entry.at.billing_day();
            (begin..=end).contains(&day)
                && self.revenue_expense_type.as_ref().is_none_or(|way| direction(entry) == *way)
                && self.trade_type.as_ref().is_none_or(|kind| trade(&entry.what) == *kind)
                && self.trade_id.as_ref().is_none_or(|id| id.is_empty() || entry.trade == *id)
                && self
                    .coupon_id
                    .as_ref()
                    .is_none_or(|id| id.as_str().is_empty() || entry.voucher == id.as_str())
        });
        let language = language_of(caller.site, None);
        let name = |name: Name| name.in_language(language.as_ref()).to_owned();
        let consumed = |entry: &VoucherEntry| entry.offer.as_deref().and_then(|id| world.offer(id));
        let (total_count, records) = page(wanted, self.offset, self.limit, |entry| {
            fill!(VoucherChange {
                coupon_id: entry.voucher.as_str().into(),
                trade_detail_type: Some(entry.what.clone()),
                trade_time: Some(entry.at),
                trade_id: Some(entry.trade.clone()),
                change_amount: Some(entry.gain.abs()),
                balance_after_change: Some(entry.after),
                revenue_expense_type: Some(direction(entry)),
                bill_cycle: Some(BillCycle::containing(entry.at).to_string()),
                account_name: Some(caller.login.clone()),
                cloud_service_type_name: consumed(entry).map(|offer| name(offer.service_type_name)),
                resource_type_name: consumed(entry).map(|offer| name(offer.resource_type_name)),
                ..VoucherChange::default()
            })
        });
        Ok(fill!(VoucherChangePage { total_count, currency: Some(caller.site.currency()), records }))
    }
}

impl Simulated for ListStoredValueCards {
    /// A card whose time is over stays in its state.
    fn run(self, world: &mut State, caller: &Account) -> Result<StoredValueCardPage, Refusal> {
        let state = |id: &str| {
            let empty = world.ledger.balance(&LedgerAccount::card(id)).is_zero();
            if empty { CardStatus::UsedUp } else { CardStatus::Usable }
        };
        let wanted = world.wallet.cards().filter(|card| {
            card.customer == caller.id
                && state(&card.id) == self.status
                && self.card_id.as_ref().is_none_or(|id| id.is_empty() || card.id == *id)
        });
        let (total_count, stored_value_cards) = page(wanted, self.offset, self.limit, |card| {
            fill!(StoredValueCard {
                card_id: card.id.clone(),
                card_name: Some(card.name.clone()),
                status: Some(state(&card.id)),
                face_value: Some(card.face_value),
                balance: Some(world.ledger.balance(&LedgerAccount::card(&card.id))),
                effective_time: Some(card.effective),
                expire_time: Some(card.expires),
            })
        });
        Ok(fill!(StoredValueCardPage { total_count, stored_value_cards }))
    }
}

impl Simulated for ListCommercialDiscounts {
    /// No tiers of categories are agreed here. Names are as they were agreed, in whatever language that was.
    fn run(self, world: &mut State, caller: &Account) -> Result<DiscountPage, Refusal> {
        let now = world.now;
        let contract = world.wallet.contract(&caller.id).filter(|contract| now < contract.expires);
        let Some(contract) = contract else {
            return Ok(fill!(DiscountPage { total_count: Some(0), ..DiscountPage::default() }));
        };
        let wanted = wanted(&self, contract, now);
        let sites = sites(&wanted);
        let (total_count, items) = page(wanted, self.offset, self.limit.or(Some(20)), identity);
        Ok(fill!(DiscountPage {
            total_count,
            commerce_id: Some(contract.id.clone()),
            commerce_code: Some(contract.id.clone()),
            effective_time: Some(contract.effective),
            expire_time: Some(contract.expires),
            items,
            sites,
            ..DiscountPage::default()
        }))
    }
}

fn wanted(query: &ListCommercialDiscounts, contract: &Contract, now: UtcTime) -> Vec<CommercialDiscount> {
    let running = |begin: Option<UtcTime>, end: Option<UtcTime>| begin <= Some(now) && end > Some(now);
    if query.quoting_item_type == QuotingItemType::Product {
        let fits = |item: &&ProductDiscount| {
            running(item.effective_time, item.expire_time)
                && names(query, &item.cloud_service_type, item.charging_mode.as_ref(), &item.site_code)
        };
        contract.products.iter().filter(fits).cloned().map(CommercialDiscount::Product).collect()
    } else {
        let fits = |item: &&CategoryDiscount| {
            running(item.effective_time, item.expire_time)
                && names(query, &item.cloud_service_type, item.charging_mode.as_ref(), &item.site_code)
        };
        contract.categories.iter().filter(fits).cloned().map(CommercialDiscount::Category).collect()
    }
}

/// Whether the filters, in which capitals do not count, let an item pass.
fn names(
    query: &ListCommercialDiscounts,
    service: &Option<String>,
    mode: Option<&DiscountChargingMode>,
    site: &Option<String>,
) -> bool {
    fn any<'c>(mut codes: impl ExactSizeIterator<Item = &'c str>, held: Option<&str>) -> bool {
        codes.len() == 0 || held.is_some_and(|held| codes.any(|code| code.eq_ignore_ascii_case(held)))
    }
    let services = query.cloud_service_types.as_deref().unwrap_or_default();
    let modes = query.charging_modes.as_deref().unwrap_or_default();
    any(services.iter().map(String::as_str), service.as_deref())
        && any(modes.iter().map(DiscountChargingMode::as_str), mode.map(DiscountChargingMode::as_str))
        && any(query.site_code.as_deref().into_iter(), site.as_deref())
}

/// The sites that items name, with the regions that they name there.
fn sites(items: &[CommercialDiscount]) -> Vec<DiscountSite> {
    let mut sites: BTreeMap<&str, Vec<DiscountRegion>> = BTreeMap::new();
    for item in items {
        let (site, regions) = match item {
            CommercialDiscount::Product(item) => (&item.site_code, item.related_regions.clone()),
            CommercialDiscount::Category(item) => {
                let region = item.region_code.clone().map(|region_code| {
                    fill!(DiscountRegion { region_code, region_name: item.region_name.clone() })
                });
                (&item.site_code, region.into_iter().collect())
            }
            _ => continue,
        };
        let Some(site) = site else { continue };
        let known = sites.entry(site).or_default();
        for region in regions {
            if !known.contains(&region) {
                known.push(region);
            }
        }
    }
    let site = |(site_code, regions): (&str, Vec<DiscountRegion>)| {
        fill!(DiscountSite { site_code: site_code.to_owned(), site_name: None, regions })
    };
    sites.into_iter().map(site).collect()
}

/// Returns the issuer of a voucher: the partner's account, or the plan of Huawei Cloud.
fn source(voucher: &Voucher) -> Option<&str> {
    voucher.plan.as_deref().or(Some(&voucher.issuer)).filter(|source| !source.is_empty())
}

/// Returns the amounts that were cleared from an account's vouchers because they expired. The ledger account
/// keeps them, because no other account gets them.
fn expiries<'w>(world: &'w State, holder: &str) -> impl Iterator<Item = VoucherEntry> + 'w {
    let holder = holder.to_owned();
    world.wallet.vouchers().filter_map(move |voucher| {
        let left = world.ledger.balance(&LedgerAccount::voucher(&voucher.id));
        let cleared = voucher.customer == holder
            && !voucher.reclaimed
            && voucher.expires <= world.now
            && left.is_positive();
        cleared.then(|| VoucherEntry {
            voucher: voucher.id.clone(),
            what: VoucherTradeDetail::Expiry,
            at: voucher.expires,
            trade: voucher.id.clone(),
            gain: left.negated(),
            after: Amount::ZERO,
            offer: None,
        })
    })
}

fn direction(entry: &VoucherEntry) -> ChangeDirection {
    if entry.gain.is_negative() { ChangeDirection::Expense } else { ChangeDirection::Income }
}

/// The kind of a change.
fn trade(detail: &VoucherTradeDetail) -> VoucherTrade {
    match detail {
        VoucherTradeDetail::Activation => VoucherTrade::Activation,
        VoucherTradeDetail::Expiry => VoucherTrade::Expiry,
        VoucherTradeDetail::Unsubscription => VoucherTrade::Refund,
        VoucherTradeDetail::MasterTransfer => VoucherTrade::Transfer,
        VoucherTradeDetail::Reclaim | VoucherTradeDetail::MasterReclaim => VoucherTrade::Reclaim,
        _ => VoucherTrade::Consumption,
    }
}
