//! Faults to come and those that were, delays, and the clock.

use super::{
    Scene,
    html::{Cell, Html, Listed, ROWS},
};

pub(super) fn write(scene: &Scene<'_>, html: &mut Html) -> Option<()> {
    let faults = &scene.world.faults;
    html.heading("clock", "Clock");
    html.facts(&[
        ("Time of the world", Cell::time(scene.now)),
        ("The gateway is ahead by", Cell::text(format!("{} seconds", faults.gateway_ahead))),
    ]);
    html.heading("rules", "Faults to come");
    let listed = Listed::first(ROWS, faults.rules(), |(fault, when, seen)| {
        vec![Cell::code(json(fault)), Cell::code(json(when)), Cell::number(seen)]
    });
    html.table(&["Fault", "When", "Requests counted"], &listed, "No fault is set up.");
    html.heading("delays", "Delayed records");
    let listed = Listed::first(ROWS, &faults.delays, |(operation, seconds)| {
        vec![Cell::text(operation), Cell::number(format!("{seconds} s"))]
    });
    html.table(&["Query", "Delay"], &listed, "No query is delayed.");
    html.heading("faults", "Faults so far");
    let listed = Listed::first(ROWS, faults.injected.iter().rev(), |(number, fault)| {
        vec![Cell::number(number), Cell::code(json(fault))]
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

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
