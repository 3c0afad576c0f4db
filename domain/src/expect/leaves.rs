//! A JSON body as a list of its values, each with the expectation that it is what it is.

use serde_json::Value;

use super::{
    Expectations,
    excerpt::{cut, is_unseen, quote},
};
use crate::Leaf;

/// The most entries of a list. What people choose from is read by them.
const MOST: usize = 200;
/// The deepest that a list goes.
const DEEPEST: usize = 12;
/// The most characters of a value that is shown, and of one that is expected as a whole.
const SHOWN: usize = 80;

impl Leaf {
    /// The first 200 values of a JSON text, in its order; none of a text that is no JSON.
    pub fn all_of(body: &[u8]) -> Vec<Self> {
        let mut found = Vec::new();
        if let Ok(root) = serde_json::from_slice::<Value>(body) {
            walk("$", "$", &root, 0, &mut found);
        }
        found
    }
}

fn walk(key: &str, path: &str, value: &Value, depth: usize, found: &mut Vec<Leaf>) {
    if found.len() >= MOST || depth > DEEPEST {
        return;
    }
    found.push(Leaf { depth, key: cut(key, SHOWN), value: shown(value), expect: expected(path, value) });
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                walk(name, &format!("{path}{}", step(name)), member, depth + 1, found);
            }
        }
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                let step = format!("[{place}]");
                walk(&step, &format!("{path}{step}"), value, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// A name in a path, by RFC 9535.
fn step(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain {
        return format!(".{name}");
    }
    let escaped: String = name
        .chars()
        .map(|c| match c {
            '\'' => "\\'".to_owned(),
            '\\' => "\\\\".to_owned(),
            // A path has no form for characters beyond these but a pair of them.
            c if is_unseen(c) => {
                let units: Vec<String> =
                    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
                units.concat()
            }
            c => c.to_string(),
        })
        .collect();
    format!("['{escaped}']")
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quote(&cut(text, SHOWN)),
        Value::Array(values) => format!("[{}]", values.len()),
        Value::Object(members) => format!("{{{}}}", members.len()),
        plain => plain.to_string(),
    }
}

/// What holds for this value; nothing where that cannot be written.
fn expected(path: &str, value: &Value) -> Option<String> {
    let text = match value {
        Value::Array(_) | Value::Object(_) => return None,
        Value::String(text) if text.chars().count() > SHOWN => format!("json {path} exists"),
        Value::String(text) => format!("json {path} == {}", quote(text)),
        plain => format!("json {path} == {plain}"),
    };
    Expectations::parse(&text).is_ok().then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Answer, Judgement};

    fn holds(expect: &str, body: &[u8]) -> bool {
        let answer = Answer { status: Some(200), body, ..Answer::default() };
        Expectations::parse(expect).unwrap().judge(&answer) == Judgement::Met
    }

    #[test]
    fn values_stand_in_their_order() {
        let body = br#"{"status": "OK", "db": {"a-b": [1, null]}, "it's": true}"#;
        let lines = Leaf::all_of(body);
        let lines: Vec<String> = lines
            .iter()
            .map(|leaf| {
                format!(
                    "{} {} {} {}",
                    leaf.depth,
                    leaf.key,
                    leaf.value,
                    leaf.expect.as_deref().unwrap_or("-")
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                "0 $ {3} -",
                "1 db {1} -",
                "2 a-b [2] -",
                "3 [0] 1 json $.db['a-b'][0] == 1",
                "3 [1] null json $.db['a-b'][1] == null",
                "1 it's true json $['it\\'s'] == true",
                "1 status \"OK\" json $.status == \"OK\"",
            ]
        );
        assert_eq!(Leaf::all_of(b"OK"), []);
        assert_eq!(Leaf::all_of(&b"[".repeat(10_000)), []);
        assert_eq!(Leaf::all_of(format!("[{}0]", "0,".repeat(1_000)).as_bytes()).len(), 200);
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(".{0,8}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_offered_holds(root in json()) {
            let body = serde_json::to_vec(&root).unwrap();
            for leaf in Leaf::all_of(&body) {
                if let Some(expect) = leaf.expect {
                    prop_assert!(holds(&expect, &body), "{expect}");
                }
            }
        }
    }
}
