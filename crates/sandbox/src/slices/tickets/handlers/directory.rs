//! Lists, counts and exports tickets.

use super::{details::Names, has, is_between, local};
use crate::{
    core::{Account, Refusal, page},
    handler::{Ferries, File, Reply, Simulated, non_empty},
    slices::tickets::{Ticket, archive::spreadsheet, refusal::refuse},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        ConsoleLabel, ConsoleTicket, ConsoleTicketPage, CountTickets, ExportTickets, Label,
        ListConsoleTickets, ListTickets, LoggedAction, Privilege, TicketCount, TicketCounts, TicketPage,
        TicketRow, TicketStatus,
    },
    types::{LocalTime, Personal, TimeZone},
};

/// Filters of lists.
#[derive(Default)]
struct Wanted<'r> {
    /// All of these words.
    words: &'r [String],
    /// All of these labels.
    labels: Vec<String>,
    /// In the id or the description.
    anywhere: Option<&'r str>,
    ids: Vec<&'r str>,
    from: Option<LocalTime>,
    until: Option<LocalTime>,
    zone: Option<TimeZone>,
    status: Option<TicketStatus>,
    /// Several codes with commas between them.
    statuses: Option<&'r str>,
    user: Option<&'r str>,
    user_name: Option<&'r str>,
    product: Option<&'r str>,
    problem: Option<&'r str>,
    sources: &'r [String],
}

impl Wanted<'_> {
    /// Deleted tickets are in a list only if their status is asked for.
    fn has(&self, caller: &Account, ticket: &Ticket) -> bool {
        let description = ticket.description.expose();
        let in_statuses = |codes: &str| codes.split(',').any(|code| code.trim() == ticket.status.to_string());
        self.words.iter().all(|word| has(description, word))
            && self.labels.iter().all(|label| ticket.labels.iter().any(|own| own.to_string() == *label))
            && self.anywhere.is_none_or(|text| has(description, text) || has(&ticket.id, text))
            && (self.ids.is_empty() || self.ids.contains(&ticket.id.as_str()))
            && is_between(ticket.opened, self.from, self.until, self.zone)
            && match (self.status, self.statuses) {
                (None, None) => ticket.status != TicketStatus::Deleted,
                (status, statuses) => {
                    status.is_none_or(|status| ticket.status == status) && statuses.is_none_or(in_statuses)
                }
            }
            && self.user.is_none_or(|user| user == caller.id)
            && self.user_name.is_none_or(|name| name == caller.login.expose())
            && self.product.is_none_or(|product| ticket.product.as_deref() == Some(product))
            && self.problem.is_none_or(|problem| ticket.problem == problem)
            && (self.sources.is_empty() || self.sources.contains(&ticket.source))
    }
}

fn text(filter: &Option<Personal>) -> Option<&str> {
    non_empty(filter.as_ref().map(Personal::expose))
}

fn one(id: Option<&huaweicloud_partner::tickets::TicketId>) -> Vec<&str> {
    non_empty(id.map(huaweicloud_partner::tickets::TicketId::as_str)).into_iter().collect()
}

impl Simulated for ListTickets {
    /// The latest first. Every word and every label that is asked for must be there.
    fn run(self, world: &mut State, caller: &Account) -> Result<TicketPage, Refusal> {
        let wanted = Wanted {
            words: self.search_key.as_deref().unwrap_or_default(),
            labels: self.label_id_list.clone().unwrap_or_default(),
            anywhere: non_empty(self.app_key.as_deref()),
            ids: one(self.incident_id.as_ref()),
            from: self.query_start_time,
            until: self.query_end_time,
            zone: self.time_zone,
            status: self.status,
            statuses: non_empty(self.incident_status.as_deref()),
            user: non_empty(self.x_customer_id.as_deref()),
            user_name: text(&self.x_customer_name),
            ..Wanted::default()
        };
        let rows = world.tickets.all_of(caller).filter(|ticket| wanted.has(caller, ticket));
        let (total_count, incident_info_list) = page(rows, self.offset, self.limit, |ticket| {
            let names = Names::of(world.tickets.offering(), ticket, self.language.as_ref());
            fill!(TicketRow {
                incident_id: ticket.id.as_str().into(),
                status: Some(ticket.status),
                xcustomer_id: Some(caller.id.clone()),
                xcustomer_name: Some(caller.login.clone()),
                business_type_name: names.problem,
                incident_type_name: names.category,
                product_category_name: names.product,
                incident_service_type: None,
                customer_id: Some(caller.id.as_str().into()),
                dc_name: names.region,
                simple_description: Some(ticket.description.clone()),
                root_cause: None,
                resolution: ticket.resolution.clone(),
                create_time: local(ticket.opened, self.time_zone),
                confirmed_time: ticket.solved.and_then(|at| local(at, self.time_zone)),
                label_list: labels(world, ticket),
            })
        });
        Ok(fill!(TicketPage { total_count, incident_info_list }))
    }
}

/// The labels on a ticket.
pub(crate) fn labels(world: &State, ticket: &Ticket) -> Vec<Label> {
    let label = |id: &i64| {
        let label = world.tickets.labels().get(id)?;
        Some(fill!(Label {
            label_id: Some(*id),
            name: Some(label.name.clone()),
            color: Some(label.color.clone())
        }))
    };
    ticket.labels.iter().filter_map(label).collect()
}

impl Simulated for CountTickets {
    /// Statuses without a ticket are left out, except the one that is asked for.
    fn run(self, world: &mut State, caller: &Account) -> Result<TicketCounts, Refusal> {
        let mut counts = std::collections::BTreeMap::new();
        if let Some(status) = self.status {
            counts.insert(status, 0);
        }
        for ticket in world.tickets.all_of(caller) {
            if self.status.is_none_or(|status| ticket.status == status) {
                *counts.entry(ticket.status).or_insert(0) += 1;
            }
        }
        let counts = counts
            .into_iter()
            .map(|(status, count)| fill!(TicketCount { status: Some(status), count: Some(count) }));
        Ok(fill!(TicketCounts { incident_status_counts: counts.collect() }))
    }
}

impl Ferries for ExportTickets {
    /// A spreadsheet with a row for each ticket, the latest first, ten unless a limit is named. Needs the privilege to
    /// export, which every account has until it is revoked.
    fn run(
        self,
        world: &mut State,
        caller: &Account,
        _file: Option<File>,
        _address: &str,
    ) -> Result<Reply, Refusal> {
        if !world.tickets.profile(caller).has(&Privilege::Export) {
            return Err(refuse(codes::TICKET_NO_PERMISSION));
        }
        let zone = Some(self.times_in);
        let ids = non_empty(self.incident_id.as_deref()).map(|ids| ids.split(',').map(str::trim).collect());
        let wanted = Wanted {
            anywhere: non_empty(self.search_key.as_deref()),
            ids: ids.unwrap_or_default(),
            from: self.query_start_time,
            until: self.query_end_time,
            zone,
            status: self.status,
            user: non_empty(self.sub_customer_id.as_deref()),
            user_name: text(&self.x_customer_name),
            sources: self.tenant_source_id_list.as_deref().unwrap_or_default(),
            ..Wanted::default()
        };
        let customer = non_empty(self.customer_id.as_ref().map(|id| id.as_str()));
        let others = customer.is_some_and(|customer| customer != caller.id);
        let rows = world.tickets.all_of(caller).filter(|ticket| !others && wanted.has(caller, ticket));
        let (_, rows) = page(rows, self.offset, self.limit, |ticket| {
            let names = Names::of(world.tickets.offering(), ticket, Some(&self.written_in));
            let time = |at| local(at, zone).map(|at| at.to_string()).unwrap_or_default();
            let row = vec![
                ticket.id.clone(),
                ticket.status.to_string(),
                names.product.unwrap_or_default(),
                names.problem.unwrap_or_default(),
                ticket.description.expose().to_owned(),
                time(ticket.opened),
                ticket.solved.map(time).unwrap_or_default(),
            ];
            (ticket.id.clone(), row)
        });
        let (ids, mut rows): (Vec<String>, Vec<Vec<String>>) = rows.into_iter().unzip();
        let titles = match self.written_in {
            huaweicloud_partner::types::Language::Chinese => {
                ["工单号", "状态", "产品", "问题类型", "描述", "创建时间", "解决时间"]
            }
            _ => ["Ticket", "Status", "Product", "Problem", "Description", "Opened", "Solved"],
        };
        rows.insert(0, titles.map(str::to_owned).to_vec());
        let now = world.now;
        for id in ids {
            world.tickets.change(&id, |tickets, ticket| {
                tickets.note(ticket, LoggedAction::Exported, None, now);
            });
        }
        Ok(Reply::File(File {
            name: "tickets.xlsx".to_owned(),
            content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
            bytes: spreadsheet(&rows),
        }))
    }
}

impl Simulated for ListConsoleTickets {
    /// Lists tickets as [`ListTickets`] does, by pages, in Chinese and in UTC+8. The version of the console's
    /// interface is ignored.
    fn run(self, world: &mut State, caller: &Account) -> Result<ConsoleTicketPage, Refusal> {
        let labels_wanted = self.label_id_list.iter().flatten().map(ToString::to_string).collect();
        let wanted = Wanted {
            words: self.search_key.as_deref().unwrap_or_default(),
            labels: labels_wanted,
            anywhere: non_empty(self.app_key.as_deref()),
            ids: one(self.incident_id.as_ref()),
            from: self.query_start_time,
            until: self.query_end_time,
            status: self.status,
            statuses: non_empty(self.incident_status.as_deref()),
            user: non_empty(self.x_customer_id.as_deref()),
            user_name: text(&self.x_customer_name),
            product: non_empty(self.product_category_id.as_deref()),
            problem: non_empty(self.business_type_id.as_deref()),
            ..Wanted::default()
        };
        let size = self.page_size.unwrap_or(10);
        let offset = self.page_no.unwrap_or(1).saturating_sub(1).saturating_mul(size);
        let rows = world.tickets.all_of(caller).filter(|ticket| wanted.has(caller, ticket));
        let (total_count, incident_info_list) = page(rows, Some(offset), Some(size), |ticket| {
            let names = Names::of(world.tickets.offering(), ticket, None);
            let labels = labels(world, ticket).into_iter().map(|label| {
                fill!(ConsoleLabel {
                    label_id: label.label_id.map(|id| id.to_string()).unwrap_or_default(),
                    name: label.name,
                    color: label.color,
                })
            });
            fill!(ConsoleTicket {
                incident_id: ticket.id.as_str().into(),
                business_type_name: names.problem,
                incident_type_name: names.category,
                customer_id: Some(caller.id.as_str().into()),
                xcustomer_id: Some(caller.id.clone()),
                xcustomer_name: Some(caller.login.clone()),
                dc_name: names.region,
                simple_describe: Some(ticket.description.clone()),
                status: Some(ticket.status),
                create_time: local(ticket.opened, None),
                label_list: labels.collect(),
                ..ConsoleTicket::default()
            })
        });
        Ok(fill!(ConsoleTicketPage { total_count, incident_info_list }))
    }
}
