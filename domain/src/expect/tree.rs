//! The tree that a text of expectations becomes.

use super::{
    answer::Answer,
    json::Path,
    rule::{NumberRule, Order, TextRule, ValueRule},
    subject::{Quantity, Wording},
};
use crate::{Facet, Kind};

/// All expectations of a tracker.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tree {
    /// `status == 200` if no expectation mentions the status.
    pub(super) implied: Option<Demand>,
    /// Empty for a target of which nothing more is expected than that it can be asked. None is an [`Node::All`]: its parts stand here themselves, so that a miss names the part.
    pub(super) written: Vec<Demand>,
    pub(super) needs_body: bool,
    pub(super) needs_certificate: bool,
}

/// One expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) node: Node,
    pub(super) severity: Severity,
}

/// What a missed expectation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    Down,
    Degraded,
}

/// Tests, combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Test(Test),
    Not(Box<Self>),
    /// At least two.
    All(Vec<Self>),
    /// At least two.
    Any(Vec<Self>),
}

/// One look at one thing. What can be asked depends on what is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Number(Quantity, NumberRule),
    Text(Wording, TextRule),
    Json(Path, JsonRule),
}

/// What is asked of the nodes that a path finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JsonRule {
    /// At least one node is there for which it holds.
    Some(ValueRule),
    /// At least one node is there, and it holds for all of them.
    Every(ValueRule),
    /// How many nodes are there; none counts as 0.
    Count(NumberRule),
}

impl Tree {
    pub(super) fn of(written: Vec<Demand>) -> Self {
        let is_any = |what: fn(&Test) -> bool| written.iter().any(|demand| demand.node.is_any(what));
        Self {
            implied: (!is_any(Test::is_of_status)).then(Demand::status_200),
            needs_body: is_any(Test::is_of_body),
            needs_certificate: is_any(Test::is_of_certificate),
            written,
        }
    }

    /// The expectations in the order in which they are judged. What is implied of a status is so only where there is one.
    pub(super) fn demands(&self, answer: &Answer<'_>) -> impl Iterator<Item = &Demand> {
        let implied = self.implied.as_ref().filter(|_| answer.status.is_some());
        implied.into_iter().chain(&self.written)
    }

    /// Whether the banner is looked at.
    pub(super) fn needs_banner(&self) -> bool {
        self.is_any(|test| matches!(test, Test::Text(Wording::Banner, _)))
    }

    /// Whether messages are looked at.
    pub(super) fn needs_messages(&self) -> bool {
        self.is_any(|test| matches!(test, Test::Text(Wording::Message, _)))
    }

    /// Whether it is looked at how many echoes get lost.
    pub(super) fn needs_loss(&self) -> bool {
        self.is_any(|test| matches!(test, Test::Number(Quantity::Loss, _)))
    }

    fn is_any(&self, what: fn(&Test) -> bool) -> bool {
        self.written.iter().any(|demand| demand.node.is_any(what))
    }

    /// The first test that a kind of target has not.
    pub(super) fn misfit(&self, kind: Kind) -> Option<&Test> {
        self.written.iter().find_map(|demand| demand.node.find(&|test| !test.is_of(kind)))
    }
}

impl Demand {
    pub(super) fn status_200() -> Self {
        let rule = NumberRule::Compare(Order::Equal, 200);
        Self { node: Node::Test(Test::Number(Quantity::Status, rule)), severity: Severity::Down }
    }
}

impl Node {
    pub(super) fn mentions_status(&self) -> bool {
        self.is_any(Test::is_of_status)
    }

    fn is_any(&self, what: fn(&Test) -> bool) -> bool {
        self.find(&what).is_some()
    }

    fn find(&self, what: &impl Fn(&Test) -> bool) -> Option<&Test> {
        match self {
            Self::Test(test) => what(test).then_some(test),
            Self::Not(node) => node.find(what),
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().find_map(|node| node.find(what)),
        }
    }
}

impl Test {
    fn is_of(&self, kind: Kind) -> bool {
        let facet = match self {
            Self::Number(quantity, _) => quantity.facet(),
            Self::Text(wording, _) => wording.facet(),
            Self::Json(..) => Some(Facet::Web),
        };
        facet.is_none_or(|facet| kind.has(facet))
    }

    /// The word of what is looked at.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Number(quantity, _) => quantity.word(),
            Self::Text(wording, _) => wording.word(),
            Self::Json(..) => "json",
        }
    }

    pub(super) fn is_of_status(&self) -> bool {
        matches!(self, Self::Number(Quantity::Status, _))
    }

    fn is_of_body(&self) -> bool {
        matches!(self, Self::Number(Quantity::BodySize, _) | Self::Text(Wording::Body, _) | Self::Json(..))
    }

    fn is_of_certificate(&self) -> bool {
        matches!(
            self,
            Self::Number(Quantity::CertificateDays, _) | Self::Text(Wording::Issuer | Wording::Subject, _)
        )
    }
}
