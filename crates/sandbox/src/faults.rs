//! Faults that the sandbox itself makes, always the same ones for a seed.

use serde::{Deserialize, Serialize};

use super::world::{Refusal, State};
use super::{Sandbox, gate::bad_request};
use huaweicloud_partner::{operation::Operation, registry, testing::InjectedFault};

/// Which requests a fault strikes. As JSON for example `{"on": "bss.IssueVouchers", "call": 2}` or `{"percent": 10}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Occasion {
    /// The qualified name of an operation; other requests are neither struck nor counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    #[serde(flatten)]
    which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// The one of this number, from 1.
    Call(u64),
    /// From this number to that, both included.
    Calls(u64, u64),
    /// Those whose number can be divided by this one.
    Every(u64),
    /// So many of a hundred, by chance.
    Percent(u8),
}

impl Occasion {
    /// Every request.
    pub const fn always() -> Self {
        Self::every(1)
    }

    /// The request of this number, from 1.
    pub const fn call(number: u64) -> Self {
        Self { on: None, which: Which::Call(number) }
    }

    /// The requests from this number to that, both included, from 1.
    pub const fn calls(first: u64, last: u64) -> Self {
        Self { on: None, which: Which::Calls(first, last) }
    }

    /// Each request whose number can be divided by this one; none for 0.
    pub const fn every(number: u64) -> Self {
        Self { on: None, which: Which::Every(number) }
    }

    /// So many of a hundred requests, by chance.
    pub const fn percent(percent: u8) -> Self {
        Self { on: None, which: Which::Percent(percent) }
    }

    /// Only requests of an operation; others are neither struck nor counted.
    pub fn of<O: Operation>(self) -> Self {
        Self { on: Some(O::META.name.to_owned()), ..self }
    }
}

/// The faults to come and those that were.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Faults {
    seed: u64,
    rules: Vec<Rule>,
    requests: u64,
    injected: Vec<(u64, InjectedFault)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rule {
    fault: InjectedFault,
    when: Occasion,
    seen: u64,
    /// The state of the generator of its chances.
    chance: u64,
}

impl Faults {
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(super) fn seed(&mut self, seed: u64) {
        self.seed = seed;
        for (index, rule) in self.rules.iter_mut().enumerate() {
            rule.chance = chance(seed, index);
        }
    }

    /// Counts a request, and says what befalls it: the rule added first decides.
    pub(super) fn strike(&mut self, operation: Option<&str>) -> Option<InjectedFault> {
        self.requests += 1;
        let mut struck = None;
        for rule in &mut self.rules {
            if rule.strikes(operation) {
                struck = struck.or(Some(rule.fault));
            }
        }
        self.injected.extend(struck.map(|fault| (self.requests, fault)));
        struck
    }
}

impl Rule {
    fn strikes(&mut self, operation: Option<&str>) -> bool {
        if self.when.on.is_some() && self.when.on.as_deref() != operation {
            return false;
        }
        self.seen += 1;
        match self.when.which {
            Which::Call(number) => self.seen == number,
            Which::Calls(first, last) => (first..=last).contains(&self.seen),
            Which::Every(number) => self.seen.checked_rem(number) == Some(0),
            Which::Percent(percent) => {
                let mut generator = fastrand::Rng::with_seed(self.chance);
                let struck = generator.u8(..100) < percent;
                self.chance = generator.get_seed();
                struck
            }
        }
    }
}

/// Where the chances of a rule begin, so that one more rule does not change what the others do.
fn chance(seed: u64, rule: usize) -> u64 {
    seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(rule as u64)
}

impl State {
    /// Adds a fault to come.
    pub(super) fn inject(&mut self, fault: InjectedFault, when: Occasion) -> Result<(), Refusal> {
        let when = match when.on {
            Some(name) => {
                let entry = registry::find(&name)
                    .ok_or_else(|| bad_request(format!("there is no operation {name}")))?;
                Occasion { on: Some(entry.meta.name.to_owned()), ..when }
            }
            None => when,
        };
        let faults = &mut self.faults;
        let chance = chance(faults.seed, faults.rules.len());
        faults.rules.push(Rule { fault, when, seen: 0, chance });
        Ok(())
    }
}

impl Sandbox {
    /// Lets some requests fail. Several rules may be set; each counts the requests that it is about, and where several
    /// strike the one set first decides.
    pub fn inject(&self, fault: InjectedFault, when: Occasion) {
        // It names an operation by its type, if at all, so it is known.
        let _ = self.state().world.inject(fault, when);
    }

    /// Sets the seed of all chances; 0 unless set.
    pub fn seed_faults(&self, seed: u64) {
        self.state().world.faults.seed(seed);
    }

    /// No more faults.
    pub fn clear_faults(&self) {
        let mut state = self.state();
        state.world.faults = Faults { seed: state.world.faults.seed, ..Faults::default() };
    }

    /// The faults so far, each with the number of its request among all, from 1. Requests are counted from the first
    /// rule on.
    pub fn injected(&self) -> Vec<(u64, InjectedFault)> {
        self.state().world.faults.injected.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occasions_are_read_from_json() {
        for (json, occasion) in [
            (r#"{"call":2}"#, Occasion::call(2)),
            (r#"{"calls":[2,5]}"#, Occasion::calls(2, 5)),
            (r#"{"every":3}"#, Occasion::every(3)),
            (
                r#"{"on":"bss.ListIndirectPartners","percent":10}"#,
                Occasion::percent(10).of::<huaweicloud_partner::resellers::ListResellers>(),
            ),
        ] {
            assert_eq!(serde_json::from_str::<Occasion>(json).unwrap(), occasion, "{json}");
            assert_eq!(serde_json::to_string(&occasion).unwrap(), json);
        }
        serde_json::from_str::<Occasion>(r#"{"on":"bss.ListIndirectPartners"}"#).unwrap_err();
    }
}
