//! Writes the normal form.

use std::{
    fmt::{self, Display, Formatter},
    ops::RangeInclusive,
};

use serde_json::Value;

use super::{
    cursor::is_bare,
    excerpt::{is_unseen, quote},
    operator::Operator,
    rule::{NumberRule, Order, TextRule, ValueRule},
    subject::{Quantity, Wording},
    tree::{Demand, JsonRule, Node, Severity, Test, Tree},
    unit::Unit,
};

impl Display for Tree {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let [Demand { node: Node::Test(test), severity: Severity::Down }] = self.written.as_slice()
            && let Some(statuses) = test.statuses()
        {
            return f.write_str(&statuses);
        }
        f.write_str(&joined(&self.written, "; "))
    }
}

impl Display for Demand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.severity {
            Severity::Down => self.node.fmt(f),
            Severity::Degraded => write!(f, "{} else degraded", self.node),
        }
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(test) => test.fmt(f),
            Self::Not(node) => write!(f, "not {node}"),
            Self::All(nodes) => write!(f, "all({})", joined(nodes, "; ")),
            Self::Any(nodes) => write!(f, "any({})", joined(nodes, "; ")),
        }
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(quantity, _) => f.write_str(quantity.word())?,
            Self::Text(Wording::Header(name), _) => write!(f, "header {name}")?,
            Self::Text(wording, _) => f.write_str(wording.word())?,
            Self::Json(path, _) => write!(f, "json {}", path.as_str())?,
        }
        write!(f, " {}", self.rule())
    }
}

impl Test {
    /// What is asked, without what is looked at.
    pub(super) fn rule(&self) -> String {
        match self {
            Self::Number(quantity, rule) => number_rule(quantity.unit(), rule),
            Self::Text(_, rule) => rule.to_string(),
            Self::Json(_, JsonRule::Some(rule)) => rule.to_string(),
            Self::Json(_, JsonRule::Every(rule)) => format!("every {rule}"),
            Self::Json(_, JsonRule::Count(rule)) => format!("count {}", number_rule(Unit::Nodes, rule)),
        }
    }

    /// The statuses alone, if it lists some.
    pub(super) fn statuses(&self) -> Option<String> {
        match self {
            Self::Number(Quantity::Status, NumberRule::Compare(Order::Equal, status)) => {
                Some(status.to_string())
            }
            Self::Number(Quantity::Status, NumberRule::In(all)) => Some(ranges(Unit::Status, all)),
            _ => None,
        }
    }
}

fn number_rule(unit: Unit, rule: &NumberRule) -> String {
    match rule {
        NumberRule::Compare(order, number) => format!("{} {}", order.text(), unit.show(*number)),
        NumberRule::In(all) => format!("in {}", ranges(unit, all)),
        NumberRule::Exists => "exists".into(),
    }
}

fn ranges(unit: Unit, ranges: &[RangeInclusive<i64>]) -> String {
    let each = ranges.iter().map(|range| match (unit.show(*range.start()), unit.show(*range.end())) {
        (low, high) if low == high => low,
        (low, high) => format!("{low}-{high}"),
    });
    joined(&each.collect::<Vec<_>>(), ",")
}

impl Order {
    fn text(self) -> &'static str {
        let operator = match self {
            Self::Equal => Operator::Equal,
            Self::Differs => Operator::Differs,
            Self::Less => Operator::Less,
            Self::AtMost => Operator::AtMost,
            Self::More => Operator::More,
            Self::AtLeast => Operator::AtLeast,
        };
        operator.text()
    }
}

impl Display for TextRule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(text) => write!(f, "== {}", quote(text)),
            Self::Differs(text) => write!(f, "!= {}", quote(text)),
            Self::In(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| quote(text)).collect();
                write!(f, "in {}", texts.join(", "))
            }
            Self::Contains(text) => write!(f, "contains {}", quote(text)),
            Self::StartsWith(text) => write!(f, "starts with {}", quote(text)),
            Self::EndsWith(text) => write!(f, "ends with {}", quote(text)),
            Self::Matches(pattern) => write!(f, "~ {}", plain(pattern.as_str())),
            Self::Exists => f.write_str("exists"),
            Self::IsEmpty => f.write_str("is empty"),
        }
    }
}

/// A pattern as plainly as it can be written: escapes upon escapes are hard to read.
fn plain(pattern: &str) -> String {
    match pattern {
        bare if bare.chars().all(is_bare) => bare.into(),
        raw if !raw.chars().any(|c| c == '\'' || is_unseen(c)) => format!("'{raw}'"),
        other => quote(other),
    }
}

impl Display for ValueRule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(order, value) => write!(f, "{} {}", order.text(), literal(value)),
            Self::In(values) => {
                let values: Vec<String> = values.iter().map(literal).collect();
                write!(f, "in {}", values.join(", "))
            }
            Self::Text(rule) => rule.fmt(f),
            Self::Exists => f.write_str("exists"),
            Self::IsEmpty => f.write_str("is empty"),
        }
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        other => other.to_string(),
    }
}

fn joined(parts: &[impl Display], between: &str) -> String {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    parts.join(between)
}
