//! Other programs read the files and find the same totals: pyarrow and DuckDB. Where Python or pyarrow is missing, that is
//! said. `HWP_TEST_PYTHON` names an interpreter that has them; `python3` is tried otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{
    path::Path,
    process::{Command, Stdio},
};

use huaweicloud_partner::types::Amount;
use huaweicloud_partner_billing::{
    MonthEnd,
    export::{Format, local_directory},
};
use huaweicloud_partner_sandbox::SandboxEvent;
use serde_json::Value;
use support::{read_back::normal, worlds};
use tempfile::TempDir;

fn python() -> Option<String> {
    let python = std::env::var("HWP_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python)
        .args(["-c", "import pyarrow.parquet"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    found.is_ok_and(|status| status.success()).then_some(python)
}

#[tokio::test(flavor = "multi_thread")]
async fn pyarrow_and_duckdb_read_the_same_totals() {
    let Some(python) = python() else {
        eprintln!(
            "left out: python3 with pyarrow is not here; pip install pyarrow duckdb, see HWP_TEST_PYTHON"
        );
        return;
    };
    let world = worlds::china("2026-04".parse().unwrap(), 2000).await;
    let march = "2026-03".parse().unwrap();
    world.sandbox.apply(SandboxEvent::FillMonth { cycle: march, rows: 900 }).unwrap();
    let partner = world.sandbox.client(world.partner).unwrap();
    let out = TempDir::new().unwrap();
    let store = local_directory(out.path()).unwrap();
    let mut expected = Vec::new();
    for cycle in [march, world.cycle] {
        let month =
            MonthEnd::new(&partner, cycle).billing_account("distributor", None).rows_per_file(700, 800);
        let outcome = month.close().await.unwrap();
        outcome.export(Format::ALL, &store).await.unwrap();
        let billed: Amount = outcome.total().billed.amount().unwrap();
        expected.push((cycle.to_string(), outcome.total().rows, normal(&billed.to_string())));
    }

    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = here.join("tests/python/read_back.py");
    let guide = here.join("CLOSING-A-MONTH.md");
    let output = Command::new(python).arg(script).arg(out.path()).arg(guide).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (kind, columns) in [("focus-parquet", "decimal128(38, 14)"), ("parquet", "decimal128(38, 14)")] {
        for (month, rows, billed) in &expected {
            let found = &report["pyarrow"][kind][month];
            assert_eq!(found["rows"], *rows, "{found}");
            assert_eq!(normal(found["sum"].as_str().unwrap()), *billed);
            assert_eq!((&found["customers"], &found["type"]), (&Value::from(40), &Value::from(columns)));
            assert_eq!(found["floats"], Value::Array(Vec::new()), "no column is a float");
        }
    }
    if report["duckdb"].is_null() {
        eprintln!("left out: duckdb is not installed");
        return;
    }
    // The guide asks for the month that its example closes.
    let (_, _, of_april) = expected.iter().find(|(month, ..)| month == "2026-04").unwrap();
    assert_eq!(normal(report["duckdb"]["guide"].as_str().unwrap()), *of_april);
    for (place, (month, rows, billed)) in expected.iter().enumerate() {
        let year = &report["duckdb"]["year"][place];
        assert_eq!(
            (&year[0], &year[1]),
            (&Value::from(month.as_str()), &Value::from("distributor")),
            "{report}"
        );
        assert_eq!((&year[2], &year[4]), (&Value::from(*rows), &Value::from(40)));
        assert_eq!(normal(year[3].as_str().unwrap()), *billed);
        assert_eq!(year[5], "DECIMAL(38,14)");
        assert_eq!(year[6], "TIMESTAMP WITH TIME ZONE");
        let csv = &report["duckdb"]["csv"][place];
        assert_eq!((&csv[0], &csv[1]), (&Value::from(month.as_str()), &Value::from(*rows)));
        assert_eq!(normal(csv[2].as_str().unwrap()), *billed);
    }
}
