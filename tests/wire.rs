//! Every operation puts on the wire what the official SDK puts there.
//!
//! `tests/data/wire.json` holds, for each operation of the official Python SDK, an input and what that SDK sent for it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use huaweicloud_partner::registry;
use serde_json::Value;

fn rows() -> Vec<Value> {
    serde_json::from_str(include_str!("data/wire.json")).unwrap()
}

/// Headers that every request has are not the operation's.
fn business_headers(headers: &Value) -> BTreeMap<String, String> {
    headers
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "content-type" | "x-domain-id" | "x-sdk-content-sha256"))
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect()
}

/// Compares one row with the request that the client makes, and returns the difference.
fn compare(row: &Value) -> Result<(), String> {
    let name = format!("{}.{}", row["service"].as_str().unwrap(), row["id"].as_str().unwrap());
    let Some(entry) = registry::find(&name) else { return Err(format!("{name}: not in the registry")) };
    let input = row["input"].to_string();
    let parts = entry.request(input.as_bytes(), true).map_err(|error| format!("{name}: {error}"))?;
    let wire = &row["wire"];
    let same = |what: &str, ours: &dyn PartialEq<str>, theirs: &str| {
        if ours.eq(theirs) { Ok(()) } else { Err(format!("{name}: {what} should be {theirs}")) }
    };
    same("method", &entry.meta.method.as_str().to_owned(), wire["method"].as_str().unwrap())?;
    // The SDK takes the id of the caller from its credentials, as the client does when it signs.
    let path = parts.path.replace("{domain_id}", "domain0001");
    same("path", &path, wire["path"].as_str().unwrap())?;
    same("query", &parts.query, wire["query"].as_str().unwrap())?;
    let headers: BTreeMap<String, String> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
        .collect();
    if headers != business_headers(&wire["headers"]) {
        return Err(format!("{name}: headers are {headers:?}, should be {}", wire["headers"]));
    }
    let body: Value =
        if parts.body.is_empty() { Value::Null } else { serde_json::from_slice(&parts.body).unwrap() };
    if body != wire["body"] {
        return Err(format!("{name}: body is\n  {body}\nshould be\n  {}", wire["body"]));
    }
    Ok(())
}

#[test]
fn every_business_operation_is_on_the_wire_as_the_official_sdk_has_it() {
    let rows: Vec<Value> = rows().into_iter().filter(|row| row["service"] != "osm").collect();
    assert_eq!(rows.len(), 92 + 55);
    let wrong: Vec<String> = rows.iter().filter_map(|row| compare(row).err()).collect();
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
#[cfg(feature = "tickets")]
fn every_ticket_operation_is_on_the_wire_as_the_official_sdk_has_it() {
    let rows: Vec<Value> = rows().into_iter().filter(|row| row["service"] == "osm").collect();
    assert_eq!(rows.len(), 82);
    // The form is compared by its parts in tests/tickets_streams.rs.
    let form = |row: &&Value| row["id"] != "UploadAccessory";
    let wrong: Vec<String> = rows.iter().filter(form).filter_map(|row| compare(row).err()).collect();
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}
