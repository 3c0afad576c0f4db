//! Whether an expectation holds, as far as that is known.

use std::cell::OnceCell;

use serde_json::Value;

use super::{
    answer::Answer,
    json::Path,
    rule::{NumberRule, TextRule},
    subject::{Known, Quantity, Wording},
    tree::{JsonRule, Node, Test},
};

/// What is known of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// It depends on what has not been seen yet.
    Later,
}

/// An answer as far as it has been seen.
pub(super) struct Sight<'a> {
    pub(super) answer: &'a Answer<'a>,
    known: Known,
    /// The body as JSON, parsed when it is first asked for.
    json: OnceCell<Result<Value, &'static str>>,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl<'a> Sight<'a> {
    pub(super) fn new(answer: &'a Answer<'a>, known: Known) -> Self {
        Self { answer, known, json: OnceCell::new() }
    }

    pub(super) fn judge(&self, node: &Node) -> Truth {
        match node {
            Node::Test(test) => self.test(test),
            Node::Not(node) => match self.judge(node) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                Truth::Later => Truth::Later,
            },
            Node::All(nodes) => self.until(Truth::No, nodes),
            Node::Any(nodes) => self.until(Truth::Yes, nodes),
        }
    }

    /// The decisive truth if it is among the nodes'; `Later` if it still might be.
    fn until(&self, decisive: Truth, nodes: &[Node]) -> Truth {
        let mut so_far = if decisive == Truth::No { Truth::Yes } else { Truth::No };
        for node in nodes {
            match self.judge(node) {
                truth if truth == decisive => return decisive,
                Truth::Later => so_far = Truth::Later,
                _ => {}
            }
        }
        so_far
    }

    fn test(&self, test: &Test) -> Truth {
        match test {
            Test::Number(quantity, rule) => self.number(*quantity, rule),
            Test::Text(wording, rule) => self.text(wording, rule),
            Test::Json(..) if self.known < Known::All => Truth::Later,
            Test::Json(path, rule) => self.json().is_ok_and(|root| holds(path, rule, root)).into(),
        }
    }

    fn number(&self, quantity: Quantity, rule: &NumberRule) -> Truth {
        if self.known < quantity.needs() {
            return Truth::Later;
        }
        quantity.of(self.answer).is_some_and(|number| rule.holds(number)).into()
    }

    fn text(&self, wording: &Wording, rule: &TextRule) -> Truth {
        if self.known < wording.needs() {
            return Truth::Later;
        }
        let mut is_met = false;
        wording.visit(self.answer, &mut |text| is_met = is_met || rule.holds(text));
        is_met.into()
    }

    /// The body as JSON, or why it is none.
    pub(super) fn json(&self) -> Result<&Value, &'static str> {
        let read = || match self.answer {
            answer if answer.is_body_cut => Err(words::FOUND_TOO_LONG_FOR_JSON),
            answer => serde_json::from_slice(answer.body).map_err(|_| words::FOUND_NO_JSON),
        };
        self.json.get_or_init(read).as_ref().map_err(|problem| *problem)
    }
}

fn holds(path: &Path, rule: &JsonRule, root: &Value) -> bool {
    let nodes = path.nodes(root);
    match rule {
        JsonRule::Some(rule) => nodes.iter().any(|node| rule.holds(node)),
        JsonRule::Every(rule) => !nodes.is_empty() && nodes.iter().all(|node| rule.holds(node)),
        JsonRule::Count(rule) => i64::try_from(nodes.len()).is_ok_and(|count| rule.holds(count)),
    }
}
