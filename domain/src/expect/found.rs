//! What was there instead of what was expected.

use serde_json::Value;

use super::{
    answer::Miss,
    excerpt::{cut, excerpt},
    json::Path,
    rule::{TextRule, ValueRule},
    subject::{Quantity, Wording},
    tree::{Demand, JsonRule, Node, Test},
    truth::{Sight, Truth},
    unit::Unit,
};
use crate::{Expectations, FaultKind};

/// The most characters of an expectation that a miss repeats.
const WANTED: usize = 96;
/// The most characters of what was found.
const FOUND: usize = 90;

impl Demand {
    /// What to say when it does not hold.
    pub(super) fn miss(&self, sight: &Sight<'_>) -> Miss {
        let status = sight.answer.status;
        let (kind, wanted, found) = match (&self.node, status) {
            (Node::Test(test), Some(status)) if test.is_of_status() => {
                let wanted = test.statuses().unwrap_or_else(|| test.rule());
                (FaultKind::Status(status), wanted, named(status))
            }
            (Node::Test(test), _) => (FaultKind::Expectation, test.rule(), sight.found(&self.node)),
            (node, _) => (FaultKind::Expectation, node.to_string(), sight.found(node)),
        };
        Miss {
            kind,
            expectation: cut(&self.node.to_string(), WANTED),
            wanted: cut(&wanted, WANTED),
            found: cut(&found, FOUND),
        }
    }
}

/// `503 Service Unavailable`, as far as the status is a known one.
fn named(status: u16) -> String {
    let known = ::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    known.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

impl Sight<'_> {
    /// What a node saw, for people.
    fn found(&self, node: &Node) -> String {
        match node {
            Node::Test(test) => self.found_by(test),
            Node::Not(node) => self.found(node),
            Node::All(nodes) | Node::Any(nodes) => {
                // Of several things that must all hold, the one that does not; of alternatives, what each saw.
                let is_all = matches!(node, Node::All(_));
                let missed = nodes.iter().find(|node| is_all && self.judge(node) == Truth::No);
                match missed {
                    Some(node) => self.found(node),
                    None => self.found_by_each(nodes),
                }
            }
        }
    }

    fn found_by_each(&self, nodes: &[Node]) -> String {
        let mut all: Vec<String> = Vec::new();
        for found in nodes.iter().map(|node| self.found(node)) {
            if !all.contains(&found) {
                all.push(found);
            }
        }
        all.join("; ")
    }

    fn found_by(&self, test: &Test) -> String {
        match test {
            Test::Number(Quantity::Status, _) => {
                self.answer.status.map_or_else(|| words::FOUND_NOTHING.into(), named)
            }
            Test::Number(Quantity::BodySize, _) if self.answer.is_body_cut => {
                words::FOUND_MORE_THAN_READ.into()
            }
            Test::Number(quantity, _) => match quantity.of(self.answer) {
                Some(number) => quantity.unit().show(number),
                None => quantity.absence(self.answer).into(),
            },
            Test::Text(wording, rule) => self.texts(wording, rule),
            Test::Json(path, rule) => match self.json() {
                Ok(root) => nodes(path, rule, root),
                Err(problem) => problem.into(),
            },
        }
    }

    /// The first text, and how many more there are.
    fn texts(&self, wording: &Wording, rule: &TextRule) -> String {
        let (mut first, mut more) = (None, 0);
        wording.visit(self.answer, &mut |text| match &first {
            None => first = Some(excerpt(text, rule.focus(text))),
            Some(_) => more += 1,
        });
        let Some(first) = first else { return wording.absence(self.answer).into() };
        let is_cut = *wording == Wording::Body && self.answer.is_body_cut;
        match rule {
            TextRule::Contains(_) | TextRule::Matches(_) if is_cut && !rule.holds(self.answer.body) => {
                words::found_not_in_what_is_read(first)
            }
            _ => counted(first, more),
        }
    }
}

fn nodes(path: &Path, rule: &JsonRule, root: &Value) -> String {
    let nodes = path.nodes(root);
    let telling = match rule {
        JsonRule::Count(_) => {
            return words::found_nodes(Unit::Nodes.show(i64::try_from(nodes.len()).unwrap_or(i64::MAX)));
        }
        JsonRule::Some(rule) => {
            nodes.iter().find(|node| rule.holds(node)).or(nodes.first()).map(|node| (node, rule))
        }
        JsonRule::Every(rule) => {
            nodes.iter().find(|node| !rule.holds(node)).or(nodes.first()).map(|node| (node, rule))
        }
    };
    match telling {
        Some((node, rule)) => counted(value(node, rule), nodes.len() - 1),
        None => words::FOUND_NOTHING.into(),
    }
}

fn value(value: &Value, rule: &ValueRule) -> String {
    match (value, rule) {
        (Value::String(text), ValueRule::Text(rule)) => excerpt(text.as_bytes(), rule.focus(text.as_bytes())),
        (Value::String(text), _) => excerpt(text.as_bytes(), 0),
        (Value::Array(values), _) => words::found_array(values.len()),
        (Value::Object(members), _) => words::found_object(members.len()),
        (plain, _) => plain.to_string(),
    }
}

fn counted(first: String, more: usize) -> String {
    if more == 0 { first } else { words::found_more(more, first) }
}

const _: () = assert!("wanted , got ".len() + WANTED + FOUND <= crate::Fault::DETAIL_LIMIT);
const _: () = assert!(Expectations::BODY_LIMIT == 1 << 20, "people are told of 1 MiB");
