//! Files of checks.

use domain::{Fault, FaultKind, Outcome, Recorded, TlsFault};
use serde_json::Value;

use super::{app_with, checks, down, up};

const TRICKS: [&str; 4] =
    ["=HYPERLINK(\"http://evil.example\", \"click\")", "a,b;c", "say \"hi\"", "Ünïcode \u{2028}line"];

/// Every 100th of them failed with one of the tricks in its detail.
fn many(count: usize) -> Vec<Recorded> {
    checks(1, count, |n| match n % 100 {
        99 => {
            (Outcome::Down(Fault::new(FaultKind::Tls(TlsFault::Other), TRICKS[n / 100 % TRICKS.len()])), 77)
        }
        50 => down(""),
        _ => up(u32::try_from(n).unwrap() + 1),
    })
}

/// What a recorded check looks like: number, due, outcome, lateness, latency, fault.
fn shape(number: usize, recorded: &Recorded) -> [String; 7] {
    let check = &recorded.check;
    let fault = match &check.outcome {
        Outcome::Down(fault) => Some(fault),
        _ => None,
    };
    [
        number.to_string(),
        check.name.due.as_ms().to_string(),
        if fault.is_some() { "down" } else { "up" }.to_owned(),
        check.late_ms.to_string(),
        check.latency.unwrap().as_ms().to_string(),
        fault.map(|fault| fault.kind.to_string()).unwrap_or_default(),
        fault.map(ToString::to_string).unwrap_or_default(),
    ]
}

#[tokio::test]
async fn five_thousand_checks_are_exported_as_they_were_recorded() {
    let recorded = many(5_000);
    let app = app_with(1, recorded.clone()).await;
    let expected: Vec<[String; 7]> = recorded.iter().enumerate().map(|(n, entry)| shape(n, entry)).collect();
    let reply = app.get("/v1/trackers/1/export?format=csv&from=-2h").await;
    assert_eq!(reply.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(
        reply.headers()["content-disposition"],
        "attachment; filename=\"tracker-1-from-20261123T100000Z-to-20261123T120000Z.csv\""
    );
    let text = reply.text().await.unwrap();
    assert!(!text.replace("\r\n", "").contains('\n'), "lines end as RFC 4180 says");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let found: Vec<[String; 7]> = reader
        .records()
        .map(Result::unwrap)
        .map(|row| [0, 2, 4, 7, 8, 9, 10].map(|column: usize| row[column].to_owned()))
        .collect();
    assert!(found == expected, "{:?} … {:?}", found.first(), found.last());
    let text = app.get("/v1/trackers/1/export?format=ndjson&from=-2h").await.text().await.unwrap();
    let found: Vec<[String; 7]> = text.lines().map(from_json).collect();
    assert!(found == expected, "{:?} … {:?}", found.first(), found.last());
    app.stop().await;
}

fn from_json(line: &str) -> [String; 7] {
    let value: Value = serde_json::from_str(line).unwrap();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string().trim_end_matches(".0").to_owned(),
    };
    [
        text(&value["number"]),
        text(&value["due_ms"]),
        text(&value["outcome"]),
        text(&value["late_ms"]),
        text(&value["latency_ms"]),
        text(&value["fault"]["kind"]),
        text(&value["fault"]["detail"]),
    ]
}

#[tokio::test]
async fn no_field_is_a_formula() {
    let app = app_with(1, many(500)).await;
    let text = app.get("/v1/trackers/1/export?format=csv").await.text().await.unwrap();
    assert!(text.contains("HYPERLINK"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for row in reader.records().map(Result::unwrap) {
        assert!(row.iter().all(|field| !field.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn an_empty_window_is_an_empty_file() {
    let app = app_with(1, many(5)).await;
    let of = async |format: &str| {
        app.get(&format!("/v1/trackers/1/export?format={format}&from=-9d&to=-8d")).await.text().await.unwrap()
    };
    assert_eq!(of("csv").await.lines().count(), 1, "the names of the columns");
    assert_eq!(of("ndjson").await, "");
    app.stop().await;
}
