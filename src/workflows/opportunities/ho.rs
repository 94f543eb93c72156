//! Huawei-originated opportunities (HOs).

use serde::{Deserialize, Serialize};

use super::{BusinessProgress, CustomerCompany, Offering, Reason, rules::HO_ELIGIBILITY};
use crate::{
    types::{Day, PartnerId, UtcTime},
    workflow::{RuleViolation, events, named, states},
};

/// Facts of an HO, from its events. Kind `ho`.
#[derive(Clone, Default, PartialEq)]
pub struct Ho {
    /// Offer that Huawei shared.
    pub offer: HoOffer,
    /// The partner's offering that it was linked with.
    pub offering: Option<Offering>,
    /// Reason for which the partner rejected the offer.
    pub rejection: Option<String>,
    /// Every progress update, oldest first.
    pub progress: Vec<BusinessProgress>,
}

crate::__debug_by_shape! { Ho { offer, offering, rejection, progress } }

states! {
    /// Position of an HO in its life cycle.
    pub enum HoState {
        /// Shared; the partner has three working days.
        ToBeAccepted = "to_be_accepted",
        /// Accepted by the partner.
        Accepted = "accepted",
        /// Rejected by the partner with a reason.
        RejectedByPartner = "rejected_by_partner",
        /// The partner did not respond in time: rejected by default and taken back by Huawei.
        TakenBack = "taken_back",
        /// The partner works on it.
        InProgress = "in_progress",
        /// Delivered; updates end.
        Delivered = "delivered",
    }
}

events! {
    /// Step in the life of an HO.
    pub enum HoEvent: HoEventKind of Ho {
        /// Huawei shares it with the partner.
        Share(HoOffer) = "share",
        /// The partner accepts.
        Accept(HoAcceptance) = "accept",
        /// The partner rejects. The documented ground is that the information about the opportunity differs.
        Reject(Reason) = "reject",
        /// Three working days passed without a response.
        #[serde(alias = "lapse")]
        Expire = "expire",
        /// The partner tells how it goes.
        Progress(BusinessProgress) = "progress",
        /// Delivery is complete.
        Deliver = "deliver",
    }
}

/// Start of the time from which an HO counts against a PO for the same thing. Two pages differ, so the record says which reading it
/// follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoTime {
    /// From its creation in Huawei's CRM.
    CrmCreation(UtcTime),
    /// From its submission.
    Submission(UtcTime),
}

impl HoTime {
    /// The time, whichever it is.
    pub const fn time(self) -> UtcTime {
        match self {
            Self::CrmCreation(time) | Self::Submission(time) => time,
        }
    }
}

/// Offer that Huawei shares, which the partner sees before it responds.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HoOffer {
    /// The partner that it is shared with, in a record store that serves several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerId>,
    /// Customer of the opportunity.
    pub customer: CustomerCompany,
    /// Name of the opportunity.
    pub name: String,
    /// Description of the opportunity.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Huawei Cloud services that the customer will need.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Time from which the HO counts against a PO. Without it no precedence can be determined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_from: Option<HoTime>,
}

crate::__debug_by_shape! { HoOffer { partner, customer, name, description, services, counts_from } }

/// Data with which the partner accepts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HoAcceptance {
    /// The partner's standing, when it is to be checked here. Huawei checks it before it shares an HO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<HoEligibility>,
    /// The offering to link, which has to be a baseline solution or a whitelisted product (rule 15).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offering: Option<Offering>,
}

named! {
    /// Progress of a partner on a development path.
    pub enum PathStage {
        /// The path was chosen.
        RoleSelected = "role_selected",
        /// The role is certified.
        Certified = "certified",
        /// The competency is differentiated.
        Differentiated = "differentiated",
    }
}

/// Whether a partner may receive HOs (rule 14).
///
/// ```
/// use huaweicloud_partner::opportunities::{HoEligibility, PathStage};
///
/// let partner = HoEligibility {
///     joined_pce: true,
///     stages: vec![PathStage::Certified],
///     delivered_pos: vec!["2026-01-15".parse()?, "2026-02-03".parse()?],
/// };
/// let broken = partner.check("2026-06-30".parse()?);
/// assert_eq!(broken[0].rule.id(), "opportunity.14");
/// assert_eq!(broken[0].field, "delivered_pos");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HoEligibility {
    /// The partner has joined PCE.
    pub joined_pce: bool,
    /// The stage of each development path.
    pub stages: Vec<PathStage>,
    /// Days on which signed POs were delivered. Only those of the last 12 months count.
    pub delivered_pos: Vec<Day>,
}

impl HoEligibility {
    /// Returns the violations on a day; empty for an eligible partner.
    pub fn check(&self, on: Day) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.joined_pce {
            broken.push(HO_ELIGIBILITY.violation("joined_pce", "PCE was not joined"));
        }
        if self.stages.contains(&PathStage::Differentiated) {
            return broken;
        }
        if !self.stages.contains(&PathStage::Certified) {
            broken.push(HO_ELIGIBILITY.violation("stages", "no path is certified or differentiated"));
        }
        let date = on.date();
        // The 29th of February has no twin a year before; the 1st of March stands in.
        let year_ago = date
            .replace_year(date.year() - 1)
            .or_else(|_| time::Date::from_calendar_date(date.year() - 1, time::Month::March, 1))
            .map_or(on, Day::from);
        let count = self.delivered_pos.iter().filter(|day| **day > year_ago && **day <= on).count();
        if count < 3 {
            let detail = format!("{count} POs signed and delivered within 12 months, 3 needed");
            broken.push(HO_ELIGIBILITY.violation("delivered_pos", detail));
        }
        broken
    }
}
