//! The words between a subject and its value.

use super::cursor::Cursor;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    Exists,
    IsEmpty,
}

use Operator::{
    AtLeast, AtMost, Contains, Differs, EndsWith, Equal, Exists, In, IsEmpty, Less, Matches, More, StartsWith,
};

/// What can be asked of a number that is always there.
pub(super) const NUMBERS: &[Operator] = &[Equal, Differs, Less, AtMost, More, AtLeast, In];
/// What can be asked of a number that may be absent.
pub(super) const OPTIONAL_NUMBERS: &[Operator] = &[Equal, Differs, Less, AtMost, More, AtLeast, In, Exists];
/// What can be asked of a text that is always there.
pub(super) const TEXTS: &[Operator] = &[Equal, Differs, In, Contains, StartsWith, EndsWith, Matches, IsEmpty];
/// What can be asked of a text that may be absent.
pub(super) const OPTIONAL_TEXTS: &[Operator] =
    &[Equal, Differs, In, Contains, StartsWith, EndsWith, Matches, IsEmpty, Exists];
/// What can be asked of the nodes of a JSON text.
pub(super) const VALUES: &[Operator] = ALL;
/// What can be asked of every node of a JSON text.
pub(super) const EVERY_VALUE: &[Operator] =
    &[Equal, Differs, Less, AtMost, More, AtLeast, In, Contains, StartsWith, EndsWith, Matches, IsEmpty];
/// In an order in which none hides another.
const ALL: &[Operator] = &[
    Equal, Differs, AtMost, AtLeast, Less, More, In, Contains, StartsWith, EndsWith, Matches, Exists, IsEmpty,
];

impl Operator {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Differs => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Matches => "~",
            Self::Exists => "exists",
            Self::IsEmpty => "is empty",
        }
    }

    /// Takes the operator that stands next, if one does.
    pub(super) fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        ALL.iter().copied().find(|operator| cursor.phrase(operator.text()))
    }

    /// Operators as people are told them.
    pub(super) fn list(operators: &[Self]) -> String {
        let texts: Vec<&str> = operators.iter().map(|operator| operator.text()).collect();
        texts.join(", ")
    }
}
