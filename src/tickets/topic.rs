//! The topic of a ticket: category, product and problem.

use super::{Tickets, not_offered};
use crate::{
    api::tickets::{CaseType, Category, OpenTicket, ProblemType, TicketProduct},
    error::{Error, ValidationError},
    operation::Operation as _,
    types::Personal,
};

/// The category, product and problem that a ticket is about, found by [`Tickets::topic`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TicketTopic {
    /// The category, without its other products.
    pub category: Category,
    /// Product that the problem concerns.
    pub product: TicketProduct,
    /// Type of the problem.
    pub problem: ProblemType,
}

impl TicketTopic {
    /// The request for a ticket about this problem.
    pub fn new_ticket(&self, description: impl Into<Personal>) -> OpenTicket {
        OpenTicket::new(self.problem.business_type_id.as_str(), description)
            .incident_sub_type_id(self.category.incident_sub_type_id.as_str())
            .product_category_id(self.product.incident_product_category_id.as_str())
    }

    /// Whether a ticket about it must name a region.
    pub fn needs_region(&self) -> bool {
        self.problem.case_type == Some(CaseType::Fault)
    }
}

/// Whether `wanted` is the id, or one of the names in any case.
fn names_entry(wanted: &str, id: &str, names: [Option<&str>; 2]) -> bool {
    wanted == id || names.iter().flatten().any(|name| name.to_lowercase() == wanted.to_lowercase())
}

fn listed<'a>(names: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Vec<String> {
    names.take(20).map(|(id, name)| name.unwrap_or(id).to_owned()).collect()
}

impl Tickets {
    /// Finds the topic of a ticket. Category, product and problem are each given by id or by their name in the client's
    /// language, a product also by its short name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) naming what is offered, where one of the three is not
    /// found; otherwise as for [`Client::send`](crate::Client::send).
    pub async fn topic(&self, category: &str, product: &str, problem: &str) -> Result<TicketTopic, Error> {
        let operation = OpenTicket::META.name;
        let categories = self.categories().await?;
        let found = categories.iter().find(|one| {
            names_entry(category, &one.incident_sub_type_id, [one.incident_sub_type_name.as_deref(), None])
        });
        let found = found.ok_or_else(|| {
            let all = categories.iter();
            let all = all.map(|one| (&*one.incident_sub_type_id, one.incident_sub_type_name.as_deref()));
            not_offered(operation, "category", category, listed(all))
        })?;
        let products = &found.incident_product_category_list;
        let product_found = products.iter().find(|one| {
            let names = [
                one.incident_product_category_name.as_deref(),
                one.incident_product_category_acronym.as_deref(),
            ];
            names_entry(product, &one.incident_product_category_id, names)
        });
        let product = product_found.ok_or_else(|| {
            let all = products.iter();
            let all = all.map(|one| {
                (&*one.incident_product_category_id, one.incident_product_category_name.as_deref())
            });
            not_offered(operation, "product", product, listed(all))
        })?;
        let problems = self.problem_types(&product.incident_product_category_id).await?;
        let problem = problems
            .iter()
            .find(|one| {
                names_entry(problem, &one.business_type_id, [one.business_type_name.as_deref(), None])
            })
            .ok_or_else(|| {
                let all =
                    problems.iter().map(|one| (&*one.business_type_id, one.business_type_name.as_deref()));
                not_offered(operation, "problem", problem, listed(all))
            })?;
        Ok(TicketTopic {
            category: Category { incident_product_category_list: Vec::new(), ..found.clone() },
            product: product.clone(),
            problem: problem.clone(),
        })
    }

    /// Checks a ticket against what the service offers.
    pub(super) async fn check(&self, ticket: &OpenTicket) -> Result<(), Error> {
        let mut invalid = ValidationError::new();
        let problem = &ticket.business_type_id;
        if let Some(product) = ticket.product_category_id.as_deref().filter(|product| !product.is_empty()) {
            let problems = self.problem_types(product).await?;
            match problems.iter().find(|one| one.business_type_id == *problem) {
                None => invalid.push("business_type_id", "must be a problem of the product"),
                Some(found) => {
                    if found.case_type == Some(CaseType::Fault)
                        && ticket.region_id.as_deref().is_none_or(str::is_empty)
                    {
                        invalid.push("region_id", "must be given for a fault");
                    }
                }
            }
            if let Some(severity) = &ticket.severity_id {
                let offered = self.severities(product, problem).await?;
                if offered.severity_list.iter().all(|one| one.severity_id != *severity) {
                    invalid.push("severity_id", "must be one that is offered for the problem");
                }
            }
            let form = self.parameters(product, problem).await?;
            let parameter_given =
                |key: &str| ticket.extends_map.as_ref().is_some_and(|given| given.contains_key(key));
            for key in form.required().filter(|key| !parameter_given(key)) {
                invalid.push("extends_map", format!("must contain {key}"));
            }
        }
        if let Some(files) = ticket.accessory_ids.as_deref().filter(|files| !files.is_empty()) {
            let most = self.attachment_limits().await?.limit_count.map_or(usize::MAX, |most| most as usize);
            if files.len() > most {
                invalid.push("accessory_ids", format!("must have at most {most} entries"));
            }
        }
        invalid.into_result().map_err(|invalid| Error::invalid_input(OpenTicket::META.name, invalid))
    }
}
