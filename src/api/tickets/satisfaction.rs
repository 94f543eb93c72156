//! Scores for a ticket that was solved.

use super::{
    TicketId,
    common::{Done, ticket_operation},
};
use crate::{
    operation::request,
    types::{Personal, response},
};

ticket_operation! {
    /// Scores a ticket.
    ///
    /// Called by the user who opened it, after it was completed; [`ActOnTicket`](super::ActOnTicket) can
    /// score while it closes. Whether a second score replaces the first is not documented.
    POST "/v2/servicerequest/cases/{case_id}/score" as osm "CreateScores" -> Done {
        state("osm.ShowCaseDetail"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreateScores.html"),
    }
    pub struct ScoreTicket {
        required {
            /// Ticket that the operation applies to.
            case_id: TicketId where len(1..=64),
            /// The comment on the solution; may be empty.
            judgement: Personal where len(0..=400),
            /// One score for each dimension of [`ListScoreDimensions`].
            incident_satisfaction_list: Vec<ScoreGiven> where count(0..=100),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
        check |it, check| check.rule(
            "incident_satisfaction_list",
            it.incident_satisfaction_list.iter().all(ScoreGiven::is_possible),
            "must hold scores from 0 to the most that their dimension gives",
        )
    }
}

ticket_operation! {
    /// Lists the dimensions in which a ticket can be scored, with their points.
    GET "/v2/servicerequest/config/satisfaction-dimensions" as osm "ListSatisfactionDimensions" -> ScoreDimensions {
        success(list "satisfaction_dimension_list"),
        source("https://support.huaweicloud.com/api-ticket/ListSatisfactionDimensions.html"),
    }
    pub struct ListScoreDimensions {
    }
}

request! {
    /// A score in one dimension.
    #[derive(Default)]
    pub struct ScoreGiven {
        optional {
            /// The most points that the dimension gives.
            value: i64,
            /// Name of the scored dimension; up to 32 characters.
            satisfaction_name: String,
            /// The points of one step.
            per_value: i64,
            /// The category of the dimension; up to 32 characters.
            sat_category_id: String,
            /// Name of the category; up to 32 characters.
            sat_category_name: String,
        }
        preset {
            /// The dimension, 0 to 9999.
            satisfaction_id: i64 = 0,
            /// The points given, 0 to 65535.
            satisfaction_value: i64 = 0,
        }
    }
}

/// An id that no dimension can have.
const NO_ID: i64 = -1;

impl ScoreGiven {
    /// Points for a dimension, as [`ListScoreDimensions`] names it.
    pub fn of(satisfaction_id: i64, points: i64) -> Self {
        Self::new().satisfaction_id(satisfaction_id).satisfaction_value(points)
    }

    fn is_possible(&self) -> bool {
        let most = self.value.unwrap_or(65535).min(65535);
        (0..=9999).contains(&self.satisfaction_id) && (0..=most).contains(&self.satisfaction_value)
    }
}

response! {
    /// Dimensions in which a ticket can be scored.
    pub struct ScoreDimensions {
        /// Total number of dimensions.
        pub total_count: Option<u64>,
        /// Dimensions of the score.
        pub satisfaction_dimension_list: Vec<ScoreDimension>,
    }
}

response! {
    /// Dimension in which a ticket can be scored.
    pub struct ScoreDimension {
        /// The dimension. The older calls had 1 for timeliness and 3 for the result.
        pub satisfaction_id: Option<i64>,
        /// The most points that it gives.
        pub value: Option<i64>,
        /// Name of the dimension, in the requested language.
        pub satisfaction_name: Option<String>,
        /// Description of the dimension.
        pub satisfaction_desc: Option<String>,
        /// The points of one step.
        pub per_value: Option<i64>,
        /// The category that it belongs to.
        pub sat_category_id: Option<String>,
    }
}

impl ScoreDimension {
    /// Returns a score with this number of points in the dimension. Where the response had no id of the dimension, validation
    /// refuses the score.
    pub fn score(&self, points: i64) -> ScoreGiven {
        ScoreGiven {
            value: self.value,
            satisfaction_name: self.satisfaction_name.clone(),
            per_value: self.per_value,
            sat_category_id: self.sat_category_id.clone(),
            ..ScoreGiven::of(self.satisfaction_id.unwrap_or(NO_ID), points)
        }
    }

    /// All points that it gives.
    pub fn best(&self) -> ScoreGiven {
        self.score(self.value.unwrap_or(5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn scores_are_made_from_the_dimensions_of_the_sample() {
        let dimensions: ScoreDimensions = decode_str(
            r#"{"total_count": 1, "satisfaction_dimension_list": [{"value": 5, "satisfaction_id": 1,
                "satisfaction_name": "产品稳定性", "satisfaction_desc": "产品的稳定性", "per_value": 1, "sat_category_id": "1"}]}"#,
        )
        .unwrap();
        let dimension = &dimensions.satisfaction_dimension_list[0];
        assert_eq!(dimension.best(), dimension.score(5));
        let score = |points| ScoreTicket::new("t1", "", vec![dimension.score(points)]).validate();
        score(5).unwrap();
        for points in [-1, 6] {
            assert_eq!(score(points).unwrap_err().violations()[0].field, "incident_satisfaction_list");
        }
        let without_id = ScoreTicket::new("t1", "", vec![ScoreDimension::default().best()]).validate();
        assert_eq!(without_id.unwrap_err().violations()[0].field, "incident_satisfaction_list");
    }
}
