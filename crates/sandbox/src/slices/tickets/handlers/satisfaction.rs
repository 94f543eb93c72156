//! Scores for tickets that were solved.

use super::{own, wrong};
use crate::{
    core::{Account, Refusal},
    handler::Simulated,
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        Done, ListScoreDimensions, LoggedAction, ScoreDimension, ScoreDimensions, ScoreGiven, ScoreTicket,
        TicketStatus,
    },
};

/// Whether scores fit the dimensions of the table, each at most once.
pub(crate) fn check(world: &State, scores: &[ScoreGiven]) -> Result<(), Refusal> {
    for (place, score) in scores.iter().enumerate() {
        let dimension = world.tickets.offering.dimensions.iter().find(|one| one.id == score.satisfaction_id);
        let dimension = dimension.ok_or_else(|| wrong("there is no such dimension"))?;
        if !(0..=dimension.most).contains(&score.satisfaction_value) {
            return Err(wrong(format!("a score must be from 0 to {}", dimension.most)));
        }
        if scores.iter().take(place).any(|before| before.satisfaction_id == score.satisfaction_id) {
            return Err(wrong("a dimension has one score"));
        }
    }
    Ok(())
}

impl Simulated for ScoreTicket {
    /// Only a completed ticket. A second score replaces the first.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let now = world.now;
        let ticket = own(world, caller, &self.case_id)?;
        if ticket.status != TicketStatus::Completed {
            return Err(wrong(format!("no score fits the status {}", ticket.status)));
        }
        check(world, &self.incident_satisfaction_list)?;
        world.tickets.change(self.case_id.as_str(), |tickets, ticket| {
            ticket.scores = self.incident_satisfaction_list;
            ticket.judgement = Some(self.judgement);
            tickets.note(ticket, LoggedAction::Scored, None, now);
        });
        Ok(Done::default())
    }
}

impl Simulated for ListScoreDimensions {
    fn run(self, world: &mut State, _caller: &Account) -> Result<ScoreDimensions, Refusal> {
        let dimensions = world.tickets.offering.dimensions.iter().map(|dimension| {
            fill!(ScoreDimension {
                satisfaction_id: dimension.id,
                value: Some(dimension.most),
                satisfaction_name: Some(dimension.name.in_language(self.language.as_ref())),
                satisfaction_desc: None,
                per_value: Some(dimension.step),
                sat_category_id: None,
            })
        });
        let satisfaction_dimension_list: Vec<_> = dimensions.collect();
        Ok(fill!(ScoreDimensions {
            total_count: Some(satisfaction_dimension_list.len() as u64),
            satisfaction_dimension_list,
        }))
    }
}
