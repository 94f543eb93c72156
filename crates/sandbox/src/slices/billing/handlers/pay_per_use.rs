//! Resources that customers pay for by use.

use std::{collections::BTreeMap, convert::identity};

use crate::{
    core::{Account, Refusal, page, refuse},
    handler::{Simulated, non_empty},
    slices::catalogue::Name,
    state::State,
};
use huaweicloud_partner::{
    bills::ChargingMode,
    customers::{ListPayPerUseResources, PayPerUseResource, PayPerUseResourcePage},
    error::codes,
    fill,
    types::{ResellerId, Site},
};

impl Simulated for ListPayPerUseResources {
    /// Lists charges by use as resources in use. Nothing lags here.
    fn run(self, world: &mut State, caller: &Account) -> Result<PayPerUseResourcePage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let id = self.customer_id.as_str();
        let customer =
            world.accounts.customer_of(&owner, id).ok_or_else(|| refuse(codes::NOT_OWN_CUSTOMER))?;
        if customer.site == Site::China && !customer.is_resale() {
            return Err(refuse(codes::NO_RIGHT_TO_CUSTOMER_ACTION));
        }
        let mut resources: BTreeMap<&str, PayPerUseResource> = BTreeMap::new();
        let own = world.wallet.charges().iter().filter(|charge| charge.customer == id);
        for charge in own.filter(|charge| charge.mode == ChargingMode::PayPerUse) {
            let Some(resource) = charge.resource.as_deref() else { continue };
            let Some(offer) = world.offer(&charge.offer) else { continue };
            let language = self.language.as_ref();
            let words = |name: Name| Some(name.in_language(language).to_owned());
            resources.entry(resource).or_insert_with(|| {
                fill!(PayPerUseResource {
                    customer_id: self.customer_id.clone(),
                    region_code: Some(offer.region_code.to_owned()),
                    service_type_code: Some(offer.service_type_code.to_owned()),
                    resource_type_code: Some(offer.resource_type_code.to_owned()),
                    service_type_name: words(offer.service_type_name),
                    resource_type_name: words(offer.resource_type_name),
                    resource_id: resource.into(),
                    effective_time: Some(charge.from),
                    status: Some(world.use_status(id, resource)),
                    resource_spec_code: Some(offer.spec.to_owned()),
                    product_spec_desc: words(offer.spec_name),
                    ..PayPerUseResource::default()
                })
            });
        }
        let only = self.resource_ids.unwrap_or_default();
        let (region, service) =
            (non_empty(self.region_code.as_deref()), non_empty(self.service_type_code.as_deref()));
        let wanted = resources.into_values().filter(|resource| {
            region.is_none_or(|region| resource.region_code.as_deref() == Some(region))
                && service.is_none_or(|service| resource.service_type_code.as_deref() == Some(service))
                && (only.is_empty() || only.contains(&resource.resource_id))
                && self.effective_time_begin.is_none_or(|begin| resource.effective_time >= Some(begin))
                && self.effective_time_end.is_none_or(|end| resource.effective_time <= Some(end))
                && self.status.is_none_or(|status| resource.status == Some(status))
        });
        let (total_count, resources) = page(wanted, self.offset, self.limit, identity);
        Ok(fill!(PayPerUseResourcePage { resources, total_count }))
    }
}
