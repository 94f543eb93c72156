//! Faults that are added to a world.

use super::*;
use crate::core::Refusal;
use crate::core::bad_request;
use crate::world::State;
use huaweicloud_partner::registry;

impl State {
    /// Sets after how many seconds a query shows what was done.
    pub(crate) fn delay_records(&mut self, operation: &str, seconds: u32) -> Result<(), Refusal> {
        let entry = registry::find(operation)
            .ok_or_else(|| bad_request(format!("there is no operation {operation}")))?;
        let delays = &mut self.faults.delays;
        match seconds {
            0 => drop(delays.remove(entry.meta.name)),
            seconds => drop(delays.insert(entry.meta.name.to_owned(), seconds)),
        }
        Ok(())
    }

    /// Adds a fault to come.
    pub(crate) fn inject(&mut self, fault: SandboxFault, when: FaultTrigger) -> Result<(), Refusal> {
        let when = match when.operation() {
            Some(name) => {
                let entry = registry::find(name)
                    .ok_or_else(|| bad_request(format!("there is no operation {name}")))?;
                when.of_operation(entry.meta)
            }
            None => when,
        };
        self.faults.schedule.inject(fault, when);
        Ok(())
    }
}
