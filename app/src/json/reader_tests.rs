use std::fmt::Debug;

use domain::{
    About, Cell, Change, Fault, FaultKind, FieldError, Invalid, LiveAnswer, LiveView, Outcome, TrackerId,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::super::read;
use crate::ApiError;

#[track_caller]
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(read::<T>(&text).as_ref(), Ok(value), "{text}");
    let text = serde_json::to_string_pretty(value).unwrap();
    assert_eq!(read::<T>(&text).as_ref(), Ok(value), "{text}");
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Round(u8),
    Box(i64, i64),
    Named { name: String, pair: Option<(u8, String)> },
}

#[test]
fn what_is_written_is_read() {
    for text in ["", "plain", "\"\\/\n\r\t\u{8}\u{c}\u{1}", "ä€𝄞\u{10FFFF}", "</script>", "\u{2028}"] {
        comes_back(&text.to_owned());
    }
    assert_eq!(read::<String>(r#""\u003c\u00e4\ud834\udd1e\/""#).as_deref(), Ok("<ä𝄞/"));
    comes_back(&[i64::MIN, -1, 0, i64::MAX]);
    comes_back(&[u64::MAX, 0]);
    comes_back(&vec![Some(true), None, Some(false)]);
    comes_back(&Vec::<u8>::new());
    let named = Shape::Named { name: "x".into(), pair: Some((1, "y".into())) };
    comes_back(&vec![Shape::Point, Shape::Round(7), Shape::Box(-1, 2), named]);
}

#[test]
fn answers_are_read() {
    let mut view = LiveView::new(7);
    view.begin_commit();
    let about = About { name: "\"<a>\"".into(), problem: Some("no".into()), ..About::default() };
    view.set_about(TrackerId(1), about);
    let down = Outcome::Down(Fault::new(FaultKind::Status(502), "bad"));
    for outcome in [Outcome::Up, down, Outcome::Unknown(domain::Reason::NotObserved)] {
        view.push(TrackerId(1), Cell { outcome, ..Cell::gap(domain::Timestamp(1_795_442_590_123)) });
    }
    let page = view.list(&domain::ListRequest::default(), domain::Timestamp(5));
    comes_back(&domain::TrackerPage { facets: domain::Facets::default(), ..page });
    let request = domain::LiveRequest { cursor: None, visible: vec![TrackerId(1), TrackerId(2)] };
    let answer: LiveAnswer = view.answer(&request, domain::Timestamp(5));
    assert!(matches!(answer.changes[..], [Change::Whole(_), Change::Gone(_)]));
    comes_back(&answer);
    comes_back(&ApiError::Invalid(Invalid(vec![FieldError::new("url", "no")])));
    comes_back(&ApiError::Internal);
}

#[test]
fn a_newer_answer_is_read_as_far_as_it_is_known() {
    let text = r#"{"of": [1, {"a": "\"}"}, [null, true, -2]], "boot": 1, "commit": 2, "more": {"x": {}}}"#;
    assert_eq!(read(text), Ok(domain::Cursor { boot: 1, commit: 2 }));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for text in [
        "",
        "{",
        "}",
        "{}",
        "[]",
        "null",
        "7",
        "\"boot\"",
        "{\"boot\":1}",
        "{\"boot\":1,\"commit\":2",
        "{\"boot\":1 \"commit\":2}",
        "{\"boot\":1,\"commit\":-2}",
        "{\"boot\":1.5,\"commit\":2}",
        "{\"boot\":1,\"commit\":2} x",
        "{\"boot\":4294967296,\"commit\":2}",
        "{\"boot\":1,\"commit\":2,}",
    ] {
        assert!(read::<domain::Cursor>(text).is_err(), "{text}");
    }
    for text in ["\"", "\"\\", "\"\\u12", "\"\\ud834\"", "\"\\uzzzz\""] {
        assert!(read::<String>(text).is_err(), "{text}");
    }
    for text in
        ["\"Round\"", "{\"Point\":null}", "{\"Round\":1", "{\"Box\":[1]}", "{\"Box\":[1,2,3]}", "{\"No\":1}"]
    {
        assert!(read::<Shape>(text).is_err(), "{text}");
    }
    let deep = format!("{{\"boot\":1,\"commit\":2,\"x\":{}", "[".repeat(100_000));
    assert!(read::<domain::Cursor>(&deep).is_err(), "it does not fill the stack");
}
