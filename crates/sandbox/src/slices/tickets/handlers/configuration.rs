//! The table of what tickets can be about.

use crate::{
    core::{Account, Refusal},
    handler::{Simulated, non_empty},
    slices::tickets::{offering::Product, refusal::bad_parameter},
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        AreaCode, AreaCodes, Categories, Category, CommonParameter, Flag, FormParameter, FormParameters,
        ListAreaCodes, ListCategories, ListOwnRegions, ListParameters, ListProblemTypes, ListRegions,
        ListSeverities, ListTemplates, ListTicketProducts, OwnRegion, OwnRegions, ProblemType, ProblemTypes,
        Setting, Severities, Severity, ShowSetting, ShowTicketLimits, ShownTicketLimits, Template, Templates,
        TicketLimits, TicketProduct, TicketProducts, TicketRegion, TicketRegions,
    },
    types::Language,
};

fn product(product: &Product, language: Option<&Language>) -> TicketProduct {
    fill!(TicketProduct {
        incident_product_category_id: product.id.clone(),
        incident_product_category_name: Some(product.name.in_language(language)),
        incident_product_category_desc: None,
        incident_product_category_acronym: Some(product.acronym.clone()),
        can_use_support_plan: Some(product.planned),
    })
}

fn flag(yes: bool) -> Option<Flag> {
    Some(if yes { Flag::Yes } else { Flag::No })
}

impl Simulated for ListCategories {
    fn run(self, world: &mut State, _caller: &Account) -> Result<Categories, Refusal> {
        let (offering, language) = (world.tickets.offering(), self.language.as_ref());
        let categories = offering.categories.iter().map(|category| {
            fill!(Category {
                incident_sub_type_id: category.id.clone(),
                incident_sub_type_name: Some(category.name.in_language(language)),
                incident_product_category_list: offering
                    .products
                    .iter()
                    .filter(|product| product.category == category.id)
                    .map(|one| product(one, language))
                    .collect(),
            })
        });
        let incident_sub_type_list: Vec<_> = categories.collect();
        Ok(fill!(Categories {
            total_count: Some(incident_sub_type_list.len() as u64),
            incident_sub_type_list
        }))
    }
}

impl Simulated for ListTicketProducts {
    /// A name finds the product that is called so in either language, or by its short name.
    fn run(self, world: &mut State, _caller: &Account) -> Result<TicketProducts, Refusal> {
        let name = non_empty(self.product_category_name.as_deref());
        let is_meant = |product: &&Product| {
            name.is_none_or(|name| product.name.is(name) || product.acronym.eq_ignore_ascii_case(name))
        };
        let products = world.tickets.offering().products.iter().filter(is_meant);
        let found: Vec<_> = products.map(|one| product(one, self.language.as_ref())).collect();
        Ok(fill!(TicketProducts {
            total_count: Some(found.len() as u64),
            incident_product_category_list: found
        }))
    }
}

impl Simulated for ListProblemTypes {
    fn run(self, world: &mut State, _caller: &Account) -> Result<ProblemTypes, Refusal> {
        let offering = world.tickets.offering();
        let product = non_empty(self.product_category_id.as_deref());
        let problems = offering.problems.iter().filter(|one| product.is_none_or(|id| one.product == id));
        let found: Vec<_> = problems
            .map(|problem| {
                fill!(ProblemType {
                    business_type_id: problem.id.clone(),
                    business_type_name: Some(problem.name.in_language(self.language.as_ref())),
                    case_type: Some(problem.kind.clone()),
                    can_use_support_plan: offering.product(&problem.product).map(|product| product.planned),
                })
            })
            .collect();
        Ok(fill!(ProblemTypes { total_count: Some(found.len() as u64), incident_business_type_list: found }))
    }
}

impl Simulated for ListSeverities {
    /// With a support plan all, without one the mildest, which is no choice. None for what is not in the table.
    fn run(self, world: &mut State, caller: &Account) -> Result<Severities, Refusal> {
        let plan = world.tickets.profile(caller).support_plan;
        let offering = world.tickets.offering();
        let known = offering.problem(&self.business_type_id).is_some_and(|problem| {
            self.product_category_id.is_empty() || problem.product == self.product_category_id
        });
        let language = self.language.as_ref();
        let severities = offering.severities(plan).filter(|_| known).map(|(id, name)| {
            fill!(Severity {
                severity_id: id.clone(),
                severity_name: Some(name.in_language(language)),
                language: Some(language.cloned().unwrap_or(Language::Chinese)),
            })
        });
        Ok(fill!(Severities { show: Some(plan && known), severity_list: severities.collect() }))
    }
}

impl Simulated for ListParameters {
    fn run(self, world: &mut State, _caller: &Account) -> Result<FormParameters, Refusal> {
        let language = self.language.as_ref();
        let mut form = FormParameters::default();
        for question in &world.tickets.offering().questions {
            match &question.problem {
                None => form.common_params.push(fill!(CommonParameter {
                    param_key: question.key.clone(),
                    param_name: Some(question.name.in_language(language)),
                    is_show: flag(true),
                    is_required: flag(question.required),
                })),
                Some(problem) if *problem == self.business_type_id => {
                    form.extends_params.push(fill!(FormParameter {
                        param_key: question.key.clone(),
                        param_name: Some(question.name.in_language(language)),
                        required: flag(question.required),
                        length: Some(question.length),
                        language: Some(language.cloned().unwrap_or(Language::Chinese)),
                        is_show: flag(true),
                        is_sensitive: flag(false),
                        ..FormParameter::default()
                    }))
                }
                Some(_) => {}
            }
        }
        Ok(form)
    }
}

impl Simulated for ListTemplates {
    fn run(self, world: &mut State, _caller: &Account) -> Result<Templates, Refusal> {
        let templates = world.tickets.offering().templates.iter();
        let found: Vec<_> = templates
            .filter(|template| template.problem == self.business_type_id)
            .map(|template| {
                fill!(Template {
                    incident_template_id: template.id.clone(),
                    incident_template_name: Some(template.name.in_language(self.language.as_ref())),
                    incident_template_content: Some(template.content.in_language(self.language.as_ref())),
                })
            })
            .collect();
        Ok(fill!(Templates { total_count: Some(found.len() as u64), incident_template_list: found }))
    }
}

impl Simulated for ListRegions {
    fn run(self, world: &mut State, _caller: &Account) -> Result<TicketRegions, Refusal> {
        let regions = world.tickets.offering().regions.iter().map(|region| {
            fill!(TicketRegion {
                region_id: region.id.clone(),
                region_name: Some(region.name.in_language(self.language.as_ref())),
                kind: Some(region.kind),
                is_sensitive: flag(false),
            })
        });
        let data_center_list: Vec<_> = regions.collect();
        Ok(fill!(TicketRegions { total_count: Some(data_center_list.len() as u64), data_center_list }))
    }
}

impl Simulated for ListOwnRegions {
    /// The regions of the caller's tickets and machines.
    fn run(self, world: &mut State, caller: &Account) -> Result<OwnRegions, Refusal> {
        let tickets = &world.tickets;
        let machines = tickets.machines().iter().filter(|machine| machine.account == caller.id);
        let machines = machines.map(|machine| &machine.region);
        let own: std::collections::BTreeSet<&String> =
            tickets.all_of(caller).filter_map(|ticket| ticket.region.as_ref()).chain(machines).collect();
        let region_infos: Vec<_> = own
            .into_iter()
            .map(|id| {
                fill!(OwnRegion {
                    region_id: id.clone(),
                    region_name: tickets
                        .offering
                        .region(id)
                        .map(|region| region.name.in_language(self.language.as_ref())),
                })
            })
            .collect();
        Ok(fill!(OwnRegions { count: Some(region_infos.len() as u64), region_infos }))
    }
}

impl Simulated for ListAreaCodes {
    fn run(self, world: &mut State, _caller: &Account) -> Result<AreaCodes, Refusal> {
        let codes = world.tickets.offering().area_codes.iter().zip(1..);
        let area_code_list = codes.map(|((code, name), row)| {
            fill!(AreaCode {
                id: Some(row),
                area_code: code.clone(),
                area_name: Some(name.in_language(self.language.as_ref())),
            })
        });
        Ok(fill!(AreaCodes { area_code_list: area_code_list.collect() }))
    }
}

impl Simulated for ShowTicketLimits {
    fn run(self, world: &mut State, _caller: &Account) -> Result<ShownTicketLimits, Refusal> {
        let most = Some(world.tickets.offering().copies_each);
        Ok(fill!(ShownTicketLimits { config: fill!(TicketLimits { create_case_ccemail_max_count: most }) }))
    }
}

impl Simulated for ShowSetting {
    /// Returns the one documented key, which has no value until an event sets one.
    fn run(self, world: &mut State, _caller: &Account) -> Result<Setting, Refusal> {
        let value = world.tickets.offering().settings.get(&self.config_key).cloned();
        let config_value = value.ok_or_else(|| bad_parameter("there is no such setting"))?;
        Ok(fill!(Setting {
            config_key: self.config_key,
            config_value,
            error_code: Some("0".to_owned()),
            error_msg: None,
        }))
    }
}
