//! Stand-in until the market's offers are here.

use std::sync::LazyLock;

use crate::{
    sandbox::world::World,
    types::{Amount, MeasureUnit},
};

#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) id: &'static str,
    pub(crate) service: &'static str,
    pub(crate) service_name: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) resource_name: &'static str,
    pub(crate) region: &'static str,
    pub(crate) spec: &'static str,
    pub(crate) name: &'static str,
    pub(crate) usage: &'static str,
    pub(crate) unit: MeasureUnit,
    pub(crate) unit_price: Option<Amount>,
    pub(crate) month_price: Option<Amount>,
}

static OFFERS: LazyLock<[Offer; 2]> = LazyLock::new(|| {
    [
        Offer {
            id: "ecs",
            service: "hws.service.type.ec2",
            service_name: "Elastic Cloud Server",
            resource: "hws.resource.type.vm",
            resource_name: "Cloud host",
            region: "cn-north-4",
            spec: "s6.small.1.linux",
            name: "General computing",
            usage: "Duration",
            unit: MeasureUnit::Hour,
            unit_price: Amount::new(1234, 4).ok(),
            month_price: Amount::new(5200, 2).ok(),
        },
        Offer {
            id: "obs",
            service: "hws.service.type.obs",
            service_name: "Object Storage Service",
            resource: "hws.resource.type.obs",
            resource_name: "Storage",
            region: "cn-north-4",
            spec: "obs.standard",
            name: "Standard storage",
            usage: "Duration",
            unit: MeasureUnit::Gigabyte,
            unit_price: Amount::new(64, 5).ok(),
            month_price: None,
        },
    ]
});

impl World {
    pub(crate) fn offer(&self, id: &str) -> Option<&Offer> {
        OFFERS.iter().find(|offer| offer.id == id)
    }

    pub(crate) fn offers(&self) -> impl Iterator<Item = &Offer> {
        OFFERS.iter()
    }
}
