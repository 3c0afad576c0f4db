//! Every expectation on its own, with what would make those hold that do not. For people who are writing them.

use serde_json::Value;

use super::{
    Expectations,
    answer::Answer,
    excerpt::cut,
    rule::{NumberRule, Order, Pattern, TextRule, ValueRule},
    subject::{Known, Wording},
    tree::{Demand, JsonRule, Node, Severity, Test, Tree},
    truth::{Sight, Truth},
    unit::Unit,
};
use crate::{Fix, Review, Reviewed};

/// The most characters of a value that a fix takes over.
const VALUE: usize = 80;

impl Expectations {
    /// What becomes of each expectation with an answer that was read to its end.
    pub fn review(&self, answer: &Answer<'_>) -> Vec<Reviewed> {
        let sight = Sight::new(answer, Known::All);
        let reviewed = self.0.demands(answer).enumerate().map(|(place, demand)| {
            let verdict = match (sight.judge(&demand.node), demand.severity) {
                (Truth::No, Severity::Down) => Review::Down,
                (Truth::No, Severity::Degraded) => Review::Degraded,
                _ => Review::Met,
            };
            let miss = demand.miss(&sight);
            let fixes = if verdict == Review::Met { Vec::new() } else { self.fixes(place, demand, &sight) };
            Reviewed { text: cut(&demand.to_string(), 96), found: miss.found, verdict, fixes }
        });
        reviewed.collect()
    }

    /// The changes that make one of the demands hold. What does not is left out, as is what could not be written.
    fn fixes(&self, place: usize, demand: &Demand, sight: &Sight<'_>) -> Vec<Fix> {
        let Node::Test(test) = &demand.node else { return Vec::new() };
        let with = |(label, test): (String, Test)| {
            let node = Node::Test(test);
            if sight.judge(&node) != Truth::Yes {
                return None;
            }
            let changed = Demand { node, severity: demand.severity };
            let demands = self.0.demands(sight.answer).enumerate();
            // The implied one goes without saying as long as it is what it was.
            let is_said =
                |n: usize| self.0.implied.is_none() || sight.answer.status.is_none() || n > 0 || n == place;
            let all = demands.filter(|(n, _)| is_said(*n));
            let all = all.map(|(n, old)| if n == place { changed.clone() } else { old.clone() });
            let expect = written(all.collect());
            Self::parse(&expect).is_ok().then_some(Fix { label, expect })
        };
        candidates(test, sight).into_iter().filter_map(with).collect()
    }
}

/// One a line, as people write them; statuses alone as such.
fn written(demands: Vec<Demand>) -> String {
    if let [_] = demands.as_slice() {
        return Tree::of(demands).to_string();
    }
    demands.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn candidates(test: &Test, sight: &Sight<'_>) -> Vec<(String, Test)> {
    match test {
        Test::Number(quantity, rule) => {
            let found = quantity.of(sight.answer);
            let rule = found.and_then(|found| wider(quantity.unit(), rule, found));
            rule.map(|(label, rule)| (label, Test::Number(*quantity, rule))).into_iter().collect()
        }
        Test::Text(wording, rule) => {
            let rules = texts(wording, rule, sight);
            rules.into_iter().map(|(label, rule)| (label, Test::Text(wording.clone(), rule))).collect()
        }
        Test::Json(path, JsonRule::Some(rule)) => {
            let node = sight.json().ok().and_then(|root| path.nodes(root).into_iter().next());
            let rules = node.map(|node| values(rule, node)).unwrap_or_default();
            let test = |(label, rule)| (label, Test::Json(path.clone(), JsonRule::Some(rule)));
            rules.into_iter().map(test).collect()
        }
        Test::Json(..) => Vec::new(),
    }
}

/// A rule that lets this number through as well.
fn wider(unit: Unit, rule: &NumberRule, found: i64) -> Option<(String, NumberRule)> {
    let (least, most) = unit.bounds();
    if !(least..=most).contains(&found) {
        return None;
    }
    let accept = || words::mend_accept(unit.show(found));
    match rule {
        NumberRule::Compare(Order::Equal, wanted) => {
            let mut all = vec![*wanted..=*wanted, found..=found];
            all.sort_by_key(|range| *range.start());
            Some((accept(), NumberRule::In(all)))
        }
        NumberRule::In(ranges) => {
            let mut all = ranges.clone();
            all.push(found..=found);
            all.sort_by_key(|range| *range.start());
            Some((accept(), NumberRule::In(all)))
        }
        NumberRule::Compare(Order::Less | Order::AtMost, _) => {
            let roomy = roomy(found).min(most);
            let label = words::mend_allow(unit.show(roomy));
            Some((label, NumberRule::Compare(Order::AtMost, roomy)))
        }
        NumberRule::Compare(Order::More | Order::AtLeast, _) => {
            Some((accept(), NumberRule::Compare(Order::AtLeast, found)))
        }
        NumberRule::Compare(Order::Differs, _) | NumberRule::Exists => None,
    }
}

/// A quarter more, as a round number of two digits: what is measured once is not what is usual.
fn roomy(found: i64) -> i64 {
    let more = found.saturating_add(found / 4).saturating_add(1);
    let mut unit = 1;
    while more / unit >= 100 {
        unit *= 10;
    }
    more.saturating_add(unit - 1) / unit * unit
}

fn texts(wording: &Wording, rule: &TextRule, sight: &Sight<'_>) -> Vec<(String, TextRule)> {
    let mut first: Option<String> = None;
    wording.visit(sight.answer, &mut |text| {
        first = first.take().or_else(|| Some(String::from_utf8_lossy(text).into_owned()));
    });
    let Some(text) = first else { return Vec::new() };
    match rule {
        TextRule::Contains(part) => {
            let ignoring = ignoring_case(part, "");
            let found = ignoring.as_ref().and_then(|pattern| pattern.find(&text));
            let with = found.map(|found| (words::mend_use_text(found), TextRule::Contains(found.to_owned())));
            let any =
                ignoring.map(|pattern| (words::MEND_IGNORE_CASE.to_owned(), TextRule::Matches(pattern)));
            any.into_iter().chain(with).collect()
        }
        TextRule::Is(wanted) => is(wanted, text.trim()),
        _ => Vec::new(),
    }
}

/// The ways to let a whole text through.
fn is(wanted: &str, text: &str) -> Vec<(String, TextRule)> {
    let any = ignoring_case(wanted, "^$")
        .map(|pattern| (words::MEND_IGNORE_CASE.to_owned(), TextRule::Matches(pattern)));
    let is_short = !text.is_empty() && text.chars().count() <= VALUE && !text.chars().any(char::is_control);
    let with = is_short.then(|| (words::mend_use_text(text), TextRule::Is(text.to_owned())));
    any.into_iter().chain(with).collect()
}

/// `around` is nothing, or what stands for the beginning and the end.
fn ignoring_case(text: &str, around: &str) -> Option<Pattern> {
    let escaped = regex::escape(text.trim());
    let (start, end) = if around.is_empty() { ("", "") } else { ("^\\s*", "\\s*$") };
    Pattern::new(&format!("(?i){start}{escaped}{end}")).ok()
}

fn values(rule: &ValueRule, node: &Value) -> Vec<(String, ValueRule)> {
    let exactly = |value: &Value| {
        let shown = match value {
            Value::String(text) => words::mend_text(text),
            plain => plain.to_string(),
        };
        let is_plain = !value.is_array() && !value.is_object() && shown.chars().count() <= VALUE;
        is_plain.then(|| (words::mend_use(shown), ValueRule::Compare(Order::Equal, value.clone())))
    };
    match (rule, node) {
        (ValueRule::Compare(Order::Equal, Value::String(wanted)), Value::String(text)) => {
            let texts = is(wanted, text.trim()).into_iter();
            let patterns = texts.filter(|(_, rule)| matches!(rule, TextRule::Matches(_)));
            let any = patterns.map(|(label, rule)| (label, ValueRule::Text(rule)));
            any.chain(exactly(node)).collect()
        }
        (
            ValueRule::Compare(Order::Equal | Order::Less | Order::AtMost | Order::More | Order::AtLeast, _)
            | ValueRule::In(_),
            _,
        ) => exactly(node).into_iter().collect(),
        (ValueRule::Text(rule), Value::String(text)) => match rule {
            TextRule::Contains(part) => ignoring_case(part, "")
                .map(|pattern| {
                    (words::MEND_IGNORE_CASE.to_owned(), ValueRule::Text(TextRule::Matches(pattern)))
                })
                .into_iter()
                .chain(exactly(node).filter(|_| text.chars().count() <= VALUE))
                .collect(),
            _ => exactly(node).into_iter().collect(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer<'_> {
        Answer {
            status: Some(status),
            body: body.as_bytes(),
            total: crate::Micros(1_234_000),
            ..Answer::default()
        }
    }

    /// Each expectation that misses, with its fixes as `label -> all expectations`.
    fn fixes(expect: &str, status: u16, body: &str) -> Vec<String> {
        let reviewed = Expectations::parse(expect).unwrap().review(&answer(status, body));
        let each = reviewed.iter().flat_map(|reviewed| &reviewed.fixes);
        each.map(|fix| format!("{} -> {}", fix.label, fix.expect.replace('\n', " | "))).collect()
    }

    #[test]
    fn a_miss_has_fixes() {
        for (expect, status, body, wanted) in [
            ("200", 301, "", &["Accept 301 -> 200,301"][..]),
            ("200-299,401", 503, "", &["Accept 503 -> 200-299,401,503"]),
            ("body contains ok", 301, "ok", &["Accept 301 -> status in 200,301 | body contains \"ok\""]),
            (
                "body contains ok",
                200,
                "all OK here",
                &["Ignore case -> body ~ '(?i)ok'", "Use “OK” -> body contains \"OK\""],
            ),
            ("total < 800ms else degraded", 200, "", &["Allow up to 1.6s -> total <= 1.6s else degraded"]),
            (
                "json $.state == \"up\"",
                200,
                r#"{"state": "UP"}"#,
                &["Ignore case -> json $.state ~ '(?i)^\\s*up\\s*$'", "Use “UP” -> json $.state == \"UP\""],
            ),
            ("json $.n == 5", 200, r#"{"n": 7}"#, &["Use 7 -> json $.n == 7"]),
            ("json $.n == 5", 200, "no json", &[]),
            ("not status == 200", 200, "", &[]),
            ("200", 200, "", &[]),
        ] {
            assert_eq!(fixes(expect, status, body), wanted, "{expect}");
        }
    }

    #[test]
    fn what_was_fixed_holds_and_nothing_else_changes() {
        let before = Expectations::parse("status == 200; body contains ok; total < 5s").unwrap();
        let answer = answer(200, "OK");
        let miss =
            before.review(&answer).into_iter().find(|reviewed| reviewed.verdict == Review::Down).unwrap();
        for fix in miss.fixes {
            let after = Expectations::parse(&fix.expect).unwrap().review(&answer);
            assert_eq!(after.len(), 3);
            assert!(after.iter().all(|reviewed| reviewed.verdict == Review::Met), "{fix:?}");
        }
    }

    #[test]
    fn room_is_a_quarter_more() {
        assert_eq!([0, 3, 80, 1_234_000].map(roomy), [1, 4, 110, 1_600_000]);
    }
}
