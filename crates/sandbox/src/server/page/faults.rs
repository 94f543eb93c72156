//! Faults to come and those that were, delays, and the clock.

use super::{
    Scene,
    html::{Cell, Html, Listed, ROWS},
};
use serde_json::Value;

pub(super) fn write(scene: &Scene<'_>, html: &mut Html) -> Option<()> {
    let faults = &scene.world.faults;
    html.heading("clock", "Clock");
    html.facts(&[
        ("Time of the world", Cell::time(scene.now)),
        ("The gateway is ahead by", Cell::text(format!("{} seconds", faults.gateway_ahead()))),
    ]);
    html.heading("rules", "Faults to come");
    let listed = Listed::first(ROWS, faults.schedule().rules(), |(fault, when, seen)| {
        vec![Cell::text(described(fault)), Cell::text(triggered(when)), Cell::number(seen)]
    });
    html.table(&["Fault", "When", "Requests counted"], &listed, "No fault is set up.");
    html.heading("delays", "Delayed records");
    let listed = Listed::first(ROWS, faults.delays(), |(operation, seconds)| {
        vec![Cell::text(operation), Cell::number(format!("{seconds} s"))]
    });
    html.table(&["Query", "Delay"], &listed, "No query is delayed.");
    html.heading("faults", "Faults so far");
    let listed = Listed::first(ROWS, faults.schedule().injected().iter().rev(), |(number, fault)| {
        vec![Cell::text(number), Cell::text(described(fault))]
    });
    html.table(&["Request", "Fault"], &listed, "No fault was injected yet.");
    html.heading("commands", "How to change them");
    html.note("This page changes nothing. The control interface does, from a terminal or a test:");
    let post = format!("curl -H 'content-type: application/json' {}/_sandbox", scene.url);
    html.block(format!(
        "{post}/clock -d '{{\"seconds\": 86400}}'\n{post}/faults -d '{{\"fault\": \"lost_response\", \"when\": {{\"call\": 1}}}}'\n\
         curl -X DELETE {}/_sandbox/faults",
        scene.url
    ));
    Some(())
}

/// A fault in words, such as `code: CBC.0151`.
fn described(fault: &impl serde::Serialize) -> String {
    match serde_json::to_value(fault).unwrap_or_default() {
        Value::String(name) => name.replace('_', " "),
        Value::Object(fields) => fields.iter().map(|(name, value)| named(name, value)).collect(),
        other => other.to_string(),
    }
}

fn named(name: &str, value: &Value) -> String {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("{}: {value}", name.replace('_', " "))
}

/// The requests that a fault affects in words, such as `call: 2, of bss.PayOrders`.
fn triggered(when: &impl serde::Serialize) -> String {
    let when = serde_json::to_value(when).unwrap_or_default();
    let fields = when.as_object().into_iter().flatten();
    let which: String =
        fields.filter(|(name, _)| *name != "on").map(|(name, value)| named(name, value)).collect();
    match when.get("on").and_then(Value::as_str) {
        Some(operation) => format!("{which}, of {operation}"),
        None => format!("{which}, of all requests"),
    }
}
