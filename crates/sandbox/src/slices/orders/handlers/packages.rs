//! Resource packages: what is left in them and what was taken.

use crate::{
    core::{Account, Refusal, page, sum},
    handler::{Route, Simulated, non_empty, route},
    slices::{
        catalogue::{Offer, language_of},
        orders::{self, packages::Deduction},
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    orders::{
        ListPackageDeductions, ListPackages, Package, PackageBundle, PackageDeduction, PackageDeductionPage,
        PackageItem, PackageItemUsage, PackagePage, PackageScope, PackageSource, PackageUsage, QuotaCycle,
        QuotaCycleStart, QuotaReuse, ShowPackageUsage,
    },
    types::{Language, OrderId},
};

pub(crate) const ROUTES: &[Route] =
    &[route::<ListPackages>(), route::<ShowPackageUsage>(), route::<ListPackageDeductions>()];

impl Simulated for ListPackages {
    /// No package belongs to an enterprise project other than the default one, `0`.
    fn run(self, world: &mut State, caller: &Account) -> Result<PackagePage, Refusal> {
        let language = language_of(caller.site, self.language);
        let now = world.now;
        let services = self.service_type_code_list.unwrap_or_default();
        let name = |offer: &Offer| offer.spec_name.in_language(language.as_ref());
        let wanted = world.orders.packages_of(&caller.id, now).filter(|package| {
            let Some(offer) = world.offer(&package.offer) else { return false };
            non_empty(self.region_code.as_deref()).is_none_or(|region| offer.region_code == region)
                && non_empty(self.order_id.as_ref().map(OrderId::as_str))
                    .is_none_or(|id| package.order.eq_ignore_ascii_case(id))
                && non_empty(self.product_id.as_deref()).is_none_or(|id| offer.id == id)
                && non_empty(self.product_name.as_deref()).is_none_or(|wanted| name(offer) == wanted)
                && non_empty(self.enterprise_project_id.as_deref()).is_none_or(|project| project == "0")
                && self.status.is_none_or(|status| package.status(now) == status)
                && (services.is_empty()
                    || services.iter().any(|code| code.eq_ignore_ascii_case(offer.service_type_code)))
        });
        let (total_count, free_resource_packages) =
            page(wanted, self.offset, self.limit, |package| shown(world, package, language.as_ref()));
        Ok(fill!(PackagePage { free_resource_packages, total_count }))
    }
}

fn shown(world: &State, package: &orders::Package, language: Option<&Language>) -> Package {
    let offer = world.offer(&package.offer);
    let content = offer.and_then(|offer| offer.package);
    let each = content.is_some_and(|content| content.each_month);
    fill!(Package {
        order_instance_id: package.id.clone(),
        order_id: Some(package.order.as_str().into()),
        product_id: Some(package.offer.clone()),
        product_name: offer.map(|offer| offer.spec_name.in_language(language).to_owned()),
        enterprise_project_id: None,
        enterprise_project_scope: Some(PackageScope::All),
        effective_time: Some(package.from),
        expire_time: Some(package.until),
        status: Some(package.status(world.now)),
        service_type_code: offer.map(|offer| offer.service_type_code.to_owned()),
        service_type_name: offer.map(|offer| offer.service_type_name.in_language(language).to_owned()),
        region_code: offer.map(|offer| offer.region_code.to_owned()),
        source_type: Some(PackageSource::Order),
        bundle_type: Some(PackageBundle::Single),
        quota_reuse_mode: Some(if each { QuotaReuse::EachCycle } else { QuotaReuse::Once }),
        free_resources: vec![fill!(PackageItem {
            free_resource_id: package.item.clone(),
            usage_type_name: content.map(|content| content.usage_type.in_language(language).to_owned()),
            amount: Some(package.left(world.now)),
            original_amount: Some(package.original),
            measure_id: content.map(|content| content.unit),
        })],
    })
}

impl Simulated for ShowPackageUsage {
    /// Ignores items that are not the customer's.
    fn run(self, world: &mut State, caller: &Account) -> Result<PackageUsage, Refusal> {
        let language = language_of(caller.site, self.language);
        let wanted = world
            .orders
            .packages_of(&caller.id, world.now)
            .filter(|package| self.free_resource_ids.contains(&package.item));
        let usage = wanted.map(|package| {
            let offer = world.offer(&package.offer);
            let content = offer.and_then(|offer| offer.package);
            let each = content.is_some_and(|content| content.each_month);
            let (begin, end) = package.cycle(world.now);
            fill!(PackageItemUsage {
                free_resource_id: package.item.clone(),
                free_resource_type_name: offer
                    .map(|offer| offer.spec_name.in_language(language.as_ref()).to_owned()),
                quota_reuse_cycle: each.then_some(QuotaCycle::Month),
                quota_reuse_cycle_type: each.then_some(QuotaCycleStart::Order),
                usage_type_name: content
                    .map(|content| content.usage_type.in_language(language.as_ref()).to_owned()),
                start_time: Some(begin),
                end_time: Some(end),
                amount: Some(package.left(world.now)),
                original_amount: Some(package.original),
                measure_id: content.map(|content| content.unit),
            })
        });
        Ok(fill!(PackageUsage { free_resources: usage.collect() }))
    }
}

impl Simulated for ListPackageDeductions {
    /// Use counts at the time at which it is taken.
    fn run(self, world: &mut State, caller: &Account) -> Result<PackageDeductionPage, Refusal> {
        let language = language_of(caller.site, None);
        let wanted = world.orders.deductions().iter().filter_map(|taken| {
            let package = world.orders.package(&taken.package)?;
            let offer = world.offer(&package.offer)?;
            let day = taken.at.billing_day();
            let fits = package.customer == caller.id
                && (self.deduct_time_begin..=self.deduct_time_end).contains(&day)
                && non_empty(self.free_resource_id.as_deref()).is_none_or(|id| package.item == id)
                && non_empty(self.product_id.as_deref()).is_none_or(|id| package.offer == id)
                && non_empty(self.resource_type_code.as_deref())
                    .is_none_or(|code| offer.resource_type_code == code);
            fits.then_some((taken, package, offer))
        });
        let (total_count, free_resource_records) =
            page(wanted, self.offset, self.limit, |row| deduction(row, language.as_ref()));
        Ok(fill!(PackageDeductionPage { free_resource_records, total_count }))
    }
}

fn deduction(
    (taken, package, offer): (&Deduction, &orders::Package, &Offer),
    language: Option<&Language>,
) -> PackageDeduction {
    fill!(PackageDeduction {
        deduct_time: Some(taken.at),
        free_resource_id: package.item.clone(),
        resource_id: Some(taken.resource.as_str().into()),
        resource_type_code: Some(offer.resource_type_code.to_owned()),
        resource_type_name: Some(offer.resource_type_name.in_language(language).to_owned()),
        resource_tag: None,
        product_id: Some(package.offer.clone()),
        product_name: Some(offer.spec_name.in_language(language).to_owned()),
        usage_type_code: Some(offer.usage_factor.to_owned()),
        available_amount: Some(taken.before),
        remaining_amount: Some(sum([taken.before, taken.taken.negated()])),
        used_amount: Some(taken.taken),
        measure_id: offer.package.map(|content| content.unit),
        effective_time: Some(taken.used.map_or(taken.at, |(from, _)| from)),
        expire_time: Some(taken.used.map_or(taken.at, |(_, until)| until)),
    })
}
