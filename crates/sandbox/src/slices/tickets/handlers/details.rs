//! One ticket from near.

use super::{local, messages};
use crate::{
    core::{Account, Refusal, page},
    handler::Simulated,
    slices::tickets::{Contacts, Ticket, offering::Offering, refusal::ticket_of},
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        CopyAddresses, CopyAddressesOfUser, DetailedMessage, ListCopyAddresses, ListTicketLog, ShowTicket,
        ShowTicketStatus, ShownTicket, TicketContacts, TicketDetail, TicketLogEntry, TicketLogPage,
        TicketOwner, TicketStanding,
    },
    types::{Language, Personal},
};

impl Simulated for ShowTicket {
    /// All tickets are in Huawei Cloud's own hands. The unit of `resolve_time` is not documented, so it is left out.
    fn run(self, world: &mut State, caller: &Account) -> Result<ShownTicket, Refusal> {
        let ticket = ticket_of(world, caller, &self.case_id)?;
        let names = Names::of(world.tickets.offering(), ticket, self.language.as_ref());
        let letters = ticket.readable().map(|letter| {
            let message = messages::message(world, caller, letter, self.time_zone);
            fill!(DetailedMessage {
                message_id: letter.id.clone(),
                author: message.author,
                replier: message.replier,
                content: message.content,
                replier_name: message.replier_name,
                create_time: message.create_time,
                is_first_message: message.is_first_message,
                accessory_list: message.accessory_list,
            })
        });
        Ok(fill!(ShownTicket {
            incident_detail_info: fill!(TicketDetail {
                incident_id: ticket.id.as_str().into(),
                status: Some(ticket.status),
                xcustomer_id: Some(caller.id.clone()),
                xcustomer_name: Some(caller.login.clone()),
                judgement: ticket.judgement.clone(),
                business_type_name: names.problem,
                incident_type_name: names.category,
                customer_id: Some(caller.id.as_str().into()),
                dc_name: names.region,
                simple_description: Some(ticket.description.clone()),
                create_time: local(ticket.opened, self.time_zone),
                message_list: letters.collect(),
                incident_satisfaction: ticket.scores.clone(),
                severity_name: names.severity,
                business_ownership: Some(TicketOwner::HuaweiCloud),
                ext_info: Some(contacts(&ticket.contacts)),
                ..TicketDetail::default()
            }),
        }))
    }
}

fn contacts(contacts: &Contacts) -> TicketContacts {
    fill!(TicketContacts {
        area_code: contacts.area_code.clone(),
        remind_mobile: contacts.mobile.clone(),
        remind_mail: contacts.mail.clone(),
        remind_time: contacts.time.clone(),
        cc_email: joined(&contacts.copies),
        ..TicketContacts::default()
    })
}

fn joined(addresses: &[Personal]) -> Option<Personal> {
    let text: Vec<&str> = addresses.iter().map(Personal::expose).collect();
    (!text.is_empty()).then(|| text.join(",").into())
}

/// Names of a ticket's subject, in the requested language.
pub(crate) struct Names {
    pub(crate) problem: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) severity: Option<String>,
}

impl Names {
    pub(crate) fn of(offering: &Offering, ticket: &Ticket, language: Option<&Language>) -> Self {
        let category = ticket.category.as_deref().and_then(|id| offering.category(id));
        let product = ticket.product.as_deref().and_then(|id| offering.product(id));
        let region = ticket.region.as_deref().and_then(|id| offering.region(id));
        let severity = offering.severities.iter().find(|(id, _)| Some(id) == ticket.severity.as_ref());
        Self {
            problem: offering.problem(&ticket.problem).map(|one| one.name.in_language(language)),
            category: category.map(|one| one.name.in_language(language)),
            product: product.map(|one| one.name.in_language(language)),
            region: region.map(|one| one.name.in_language(language)),
            severity: severity.map(|(_, name)| name.in_language(language)),
        }
    }
}

impl Simulated for ShowTicketStatus {
    fn run(self, world: &mut State, caller: &Account) -> Result<TicketStanding, Refusal> {
        Ok(fill!(TicketStanding { status: Some(ticket_of(world, caller, &self.case_id)?.status) }))
    }
}

impl Simulated for ListTicketLog {
    /// The earliest first. Only what the customer did is logged: of the engineers' actions no code is documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<TicketLogPage, Refusal> {
        let ticket = ticket_of(world, caller, &self.case_id)?;
        let (total_count, rows) = page(&ticket.log, self.offset, self.limit, |line| {
            fill!(TicketLogEntry {
                incident_log_id: line.id.clone(),
                incident_id: ticket.id.as_str().into(),
                operate_type: Some(line.action),
                operator_type: None,
                operator_id: Some(caller.id.clone()),
                operator_name: Some(caller.login.clone()),
                operate_desc: line.why.clone(),
                operate_time: local(line.at, self.time_zone).map(|at| at.to_string()),
                timestamp_operate_time: local(line.at, self.time_zone),
            })
        });
        Ok(fill!(TicketLogPage { total_count, incident_operate_log_list: rows }))
    }
}

impl Simulated for ListCopyAddresses {
    /// Lists the addresses of the latest ticket that has any, and the five latest of all tickets.
    fn run(self, world: &mut State, caller: &Account) -> Result<CopyAddresses, Refusal> {
        let mut used: Vec<&Personal> = Vec::new();
        for address in world.tickets.all_of(caller).flat_map(|ticket| &ticket.contacts.copies) {
            if !used.contains(&address) {
                used.push(address);
            }
        }
        let last = world.tickets.all_of(caller).find_map(|ticket| joined(&ticket.contacts.copies));
        Ok(fill!(CopyAddresses {
            cc_email_info: last
                .map(|cc_email| fill!(CopyAddressesOfUser {
                    user_id: Some(caller.id.clone()),
                    customer_id: Some(caller.id.as_str().into()),
                    cc_email: Some(cc_email),
                }))
                .into_iter()
                .collect(),
            mc_email_infos: used.into_iter().take(5).cloned().collect(),
        }))
    }
}
