//! Scores for tickets that were solved.

use crate::{
    core::{Account, Refusal},
    handler::Simulated,
    slices::tickets::lifecycle,
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{Done, ListScoreDimensions, ScoreDimension, ScoreDimensions, ScoreTicket},
};

impl Simulated for ScoreTicket {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        lifecycle::score_ticket(world, caller, self)
    }
}

impl Simulated for ListScoreDimensions {
    fn run(self, world: &mut State, _caller: &Account) -> Result<ScoreDimensions, Refusal> {
        let dimensions = world.tickets.offering().dimensions.iter().map(|dimension| {
            fill!(ScoreDimension {
                satisfaction_id: Some(dimension.id),
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
