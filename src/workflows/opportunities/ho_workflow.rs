//! The transitions, rules and deadlines of handed-over opportunities.

use super::{
    Ho, HoEligibility, HoEvent, HoEventKind, HoState, PathStage, Po, PoEventKind, PoState, Reason,
    duplicates,
    rules::{HO_DETAILS, HO_OFFERING, HO_SLA, MAIN_ACCOUNT, RULES, SITES},
};
use crate::types::UtcTime;
use crate::workflow::{
    AnyRecord, Deadline, DeadlineKind, Duplicate, LoggedEvent, RULE_ACTOR, RULE_CALENDAR, Record,
    RecordLookup, Role, Rule, RuleContext, RuleViolation, Site, Transition, Workflow, WorkingDays,
    transitions,
};

/// Working days within which the partner has to respond.
const ACCEPTANCE_DAYS: u32 = 3;

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiPartnerManager, Role::HuaweiBusinessManager, Role::System];

const ACCEPTANCE: DeadlineKind = DeadlineKind::new(
    "ho.acceptance",
    "accept the HO, or reject it with a reason",
    "the HO is rejected by default and taken back by Huawei Cloud",
);

impl Workflow for Ho {
    const KIND: &'static str = "ho";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<HoState, HoEventKind>] = transitions! { HoState on HoEventKind {
        start: Share => ToBeAccepted by HUAWEI;
        ToBeAccepted: Accept => Accepted by PARTNER;
        ToBeAccepted: Reject => RejectedByPartner by PARTNER;
        ToBeAccepted: Expire => TakenBack by &[Role::System];
        Accepted: Progress => InProgress by PARTNER;
        InProgress: Progress => InProgress by PARTNER;
        InProgress: Deliver => Delivered by PARTNER;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[ACCEPTANCE];
    type State = HoState;
    type Event = HoEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<HoEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            HoEvent::Share(offer) => {
                if record.site() == Site::Europe {
                    broken.push(SITES.violation("site", "the European site has no shared opportunities"));
                }
                for (text, field) in
                    [(offer.customer.company.expose(), "customer.company"), (&*offer.name, "name")]
                {
                    if text.trim().is_empty() {
                        broken.push(HO_DETAILS.violation(field, "is empty"));
                    }
                }
            }
            HoEvent::Accept(acceptance) => {
                broken.extend(in_time(record, step, context.calendar, true));
                broken.extend(acceptance.eligibility.iter().flat_map(|e| e.check(step.at.billing_day())));
                if let Some(offering) =
                    acceptance.offering.as_ref().filter(|offering| !offering.kind.counts())
                {
                    broken.push(HO_OFFERING.violation("offering.kind", format!("is {}", offering.kind)));
                }
                broken.extend(duplicates::stronger(record, context));
            }
            HoEvent::Reject(Reason { reason }) => {
                broken.extend(in_time(record, step, context.calendar, true));
                if reason.trim().is_empty() {
                    broken.push(HO_SLA.violation("reason", "is empty"));
                }
            }
            HoEvent::Expire => broken.extend(in_time(record, step, context.calendar, false)),
            HoEvent::Progress(_) | HoEvent::Deliver => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<HoEvent>) {
        match &step.event {
            HoEvent::Share(offer) => self.offer = offer.clone(),
            HoEvent::Accept(acceptance) => self.offering = acceptance.offering.clone(),
            HoEvent::Reject(Reason { reason }) => self.rejection = Some(reason.clone()),
            HoEvent::Progress(progress) => self.progress.push(progress.clone()),
            HoEvent::Expire | HoEvent::Deliver => {}
        }
    }

    fn actor_rule(event: &HoEvent) -> Rule {
        match event {
            HoEvent::Share(_) | HoEvent::Expire => RULE_ACTOR,
            _ => MAIN_ACCOUNT,
        }
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let Some(shared) = record.last(HoEventKind::Share).filter(|_| record.is(HoState::ToBeAccepted))
        else {
            return Vec::new();
        };
        vec![Deadline::working_days(calendar, shared, ACCEPTANCE_DAYS, &HO_SLA, &ACCEPTANCE).automatic()]
    }

    fn expiry(record: &Record<Self>) -> Option<HoEvent> {
        record.is(HoState::ToBeAccepted).then_some(HoEvent::Expire)
    }

    fn duplicate_keys(record: &Record<Self>) -> Vec<String> {
        duplicates::keys(&record.facts().offer.customer)
    }

    fn compare(record: &Record<Self>, other: &dyn AnyRecord) -> Option<Duplicate> {
        duplicates::compare(record, other)
    }
}

/// Whether a step comes on the right side of the end of the acceptance.
fn in_time(
    record: &Record<Ho>,
    step: &LoggedEvent<HoEvent>,
    calendar: &dyn WorkingDays,
    wanted: bool,
) -> Option<RuleViolation> {
    let shared = record.last(HoEventKind::Share)?;
    match calendar.is_late(shared.billing_day(), ACCEPTANCE_DAYS, step.at.billing_day()) {
        Ok(late) if late == wanted => {
            let detail =
                if late { "the 3 working days are over" } else { "the 3 working days are not over yet" };
            Some(HO_SLA.violation("at", detail))
        }
        Ok(_) => None,
        Err(unknown) => Some(RULE_CALENDAR.violation("at", unknown.to_string())),
    }
}

impl HoEligibility {
    /// Takes the delivered POs from a store's records.
    pub fn from_records(joined_pce: bool, stages: Vec<PathStage>, records: &dyn RecordLookup) -> Self {
        let pos = records.of_kind(Po::KIND);
        let delivered = pos.iter().filter_map(|record| {
            let po = record.view::<Po>().filter(|po| po.is(PoState::Delivered))?;
            po.last(PoEventKind::Deliver).map(UtcTime::billing_day)
        });
        Self { joined_pce, stages, delivered_pos: delivered.collect() }
    }
}
