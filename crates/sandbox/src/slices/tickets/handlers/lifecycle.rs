//! Tickets are opened, urged, withdrawn, closed, deleted; contacts and parameters change.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    core::{Account, Refusal},
    handler::Simulated,
    slices::tickets::{lifecycle, refusal::ticket_of},
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        ActOnTicket, ChangeContacts, Done, OpenTicket, OpenedTicket, Parameters, ShowParameters,
        SubmitParameters,
    },
};

impl Simulated for OpenTicket {
    fn run(self, world: &mut State, caller: &Account) -> Result<OpenedTicket, Refusal> {
        lifecycle::open_ticket(world, caller, self)
    }
}

impl Simulated for ActOnTicket {
    const OPEN_FIELDS: &'static [&'static str] = &["action_id"];

    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        lifecycle::act_on_ticket(world, caller, self)
    }
}

impl Simulated for ChangeContacts {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        lifecycle::change_contacts(world, caller, self)
    }
}

impl Simulated for SubmitParameters {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        lifecycle::submit_parameters(world, caller, self)
    }
}

impl Simulated for ShowParameters {
    /// Under the name with which they are handed in; the documentation does not say where they stand.
    fn run(self, world: &mut State, caller: &Account) -> Result<Parameters, Refusal> {
        let parameters = ticket_of(world, caller, &self.case_id)?.parameters.clone();
        let map = Value::Object(parameters.into_iter().collect());
        Ok(fill!(Parameters { fields: BTreeMap::from([("extends_map".to_owned(), map)]) }))
    }
}
