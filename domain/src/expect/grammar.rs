//! Reads a text of expectations.

use super::{
    cursor::{Cursor, Problem},
    json::Path,
    operator::{EVERY_VALUE, NUMBERS, Operator, VALUES},
    subject::{self, Quantity, Wording},
    tree::{Demand, JsonRule, Node, Severity, Test},
    unit::Unit,
    value,
};
use crate::Expectations;

/// The most levels of `not`, brackets, `all` and `any`.
const DEPTH: usize = 16;
/// The most bytes of a header's name.
const NAME_LIMIT: usize = 128;

type Read<T> = Result<T, Problem>;

/// Reads expectations one after the other.
pub(super) struct Parser<'a> {
    cursor: Cursor<'a>,
    depth: usize,
    tests: usize,
}

impl<'a> Parser<'a> {
    /// Reads a whole text.
    pub(super) fn read(text: &'a str) -> Read<Vec<Demand>> {
        let mut parser = Self { cursor: Cursor::new(text), depth: 0, tests: 0 };
        let mut demands = Vec::new();
        parser.separator();
        while demands.is_empty() || !parser.cursor.is_at_end() {
            parser.demand(&mut demands)?;
            if !parser.separator() && !parser.cursor.is_at_end() {
                let what = words::EXPECT_WANTED_END;
                return Err(parser.cursor.expected(what));
            }
        }
        // Read once and kept as long as the tracker; a vector that grows by itself has room for four.
        demands.shrink_to_fit();
        Ok(demands)
    }

    /// Takes what stands between expectations; says whether anything did.
    fn separator(&mut self) -> bool {
        let skipped = self.cursor.take_while(|c| c.is_whitespace() || c == ';');
        skipped.contains(['\n', ';'])
    }

    fn demand(&mut self, demands: &mut Vec<Demand>) -> Read<()> {
        let node = self.either()?;
        let severity = self.severity()?;
        flatten(node, &mut |node| demands.push(Demand { node, severity }));
        Ok(())
    }

    fn severity(&mut self) -> Read<Severity> {
        if !self.cursor.phrase("else") {
            return Ok(Severity::Down);
        }
        match () {
            () if self.cursor.phrase("degraded") => Ok(Severity::Degraded),
            () if self.cursor.phrase("down") => Ok(Severity::Down),
            () => Err(self.cursor.expected(words::EXPECT_WANTED_SEVERITY)),
        }
    }

    fn either(&mut self) -> Read<Node> {
        let mut nodes = vec![self.both()?];
        while self.cursor.phrase("or") {
            self.cursor.skip_blank();
            nodes.push(self.both()?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    fn both(&mut self) -> Read<Node> {
        let mut nodes = vec![self.one()?];
        while self.cursor.phrase("and") {
            self.cursor.skip_blank();
            nodes.push(self.one()?);
        }
        Ok(one_or(nodes, Node::All))
    }

    fn one(&mut self) -> Read<Node> {
        self.cursor.skip_spaces();
        let start = self.cursor.at();
        if self.cursor.phrase("not") {
            self.cursor.skip_blank();
            return self.deeper(start, Self::one).map(|node| Node::Not(Box::new(node)));
        }
        for (word, combine) in [("all", Node::All as fn(Vec<Node>) -> Node), ("any", Node::Any)] {
            if self.cursor.phrase(word) {
                if !self.cursor.symbol('(') {
                    return Err(self.cursor.expected(&words::expect_wanted_list(word)));
                }
                return self.deeper(start, Self::list).map(|nodes| one_or(nodes, combine));
            }
        }
        if self.cursor.symbol('(') {
            self.cursor.skip_blank();
            let node = self.deeper(start, Self::either)?;
            self.cursor.skip_blank();
            return if self.cursor.symbol(')') {
                Ok(node)
            } else {
                Err(self.cursor.expected(words::EXPECT_WANTED_BRACKET))
            };
        }
        self.test().map(Node::Test)
    }

    /// What stands in the brackets of `all` and `any`.
    fn list(&mut self) -> Read<Vec<Node>> {
        let mut nodes = Vec::new();
        self.separator();
        loop {
            nodes.push(self.either()?);
            let is_separated = self.separator();
            if self.cursor.symbol(')') {
                return Ok(nodes);
            }
            if !is_separated {
                return Err(self.cursor.expected(words::EXPECT_WANTED_LIST_END));
            }
        }
    }

    fn deeper<T>(&mut self, start: usize, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEPTH {
            return Err(self.cursor.problem_at(start, words::expect_deep(DEPTH)));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn test(&mut self) -> Read<Test> {
        let problem = self.cursor.expected(&words::expect_wanted_test(subject::words(None)));
        self.tests += 1;
        if self.tests > Expectations::MOST_TESTS {
            let most = Expectations::MOST_TESTS;
            return Err(self.cursor.problem_at(self.cursor.at(), words::expect_many(most)));
        }
        if self.cursor.peek().is_some_and(|c| c.is_ascii_digit()) {
            return value::numbers(&mut self.cursor, Unit::Status)
                .map(|rule| Test::Number(Quantity::Status, rule));
        }
        let word = self.cursor.word();
        if let Some(quantity) = Quantity::ALL.into_iter().find(|quantity| quantity.word() == word) {
            let operator = self.operator(word, quantity.operators())?;
            let rule = value::number_rule(&mut self.cursor, operator, quantity.unit())?;
            return Ok(Test::Number(quantity, rule));
        }
        let wording = Wording::ALL.into_iter().find(|wording| wording.word() == word);
        match (wording, word) {
            (Some(wording), _) => self.text(wording),
            (None, "header") => self.header().and_then(|wording| self.text(wording)),
            (None, "json") => self.json(),
            _ => Err(problem),
        }
    }

    fn operator(&mut self, subject: &str, fitting: &[Operator]) -> Read<Operator> {
        let known = words::expect_wanted_operator(Operator::list(fitting), subject);
        let problem = self.cursor.expected(&known);
        Operator::take(&mut self.cursor).filter(|operator| fitting.contains(operator)).ok_or(problem)
    }

    fn text(&mut self, wording: Wording) -> Read<Test> {
        let operator = self.operator(wording.word(), wording.operators())?;
        let rule = value::text_rule(&mut self.cursor, operator)?;
        Ok(Test::Text(wording, rule))
    }

    fn header(&mut self) -> Read<Wording> {
        let problem = self.cursor.expected(words::EXPECT_WANTED_HEADER);
        let name = self.cursor.word();
        if (1..=NAME_LIMIT).contains(&name.len()) {
            Ok(Wording::Header(name.to_ascii_lowercase()))
        } else {
            Err(problem)
        }
    }

    fn json(&mut self) -> Read<Test> {
        let path = Path::read(&mut self.cursor)?;
        if self.cursor.phrase("count") {
            let operator = self.operator("count", NUMBERS)?;
            let rule = value::number_rule(&mut self.cursor, operator, Unit::Nodes)?;
            return Ok(Test::Json(path, JsonRule::Count(rule)));
        }
        let is_every = self.cursor.phrase("every");
        let (what, fitting) =
            if is_every { ("every", EVERY_VALUE) } else { (words::EXPECT_SUBJECT_JSON, VALUES) };
        let operator = self.operator(what, fitting)?;
        let rule = value::value_rule(&mut self.cursor, operator)?;
        Ok(Test::Json(path, if is_every { JsonRule::Every(rule) } else { JsonRule::Some(rule) }))
    }
}

fn one_or(mut nodes: Vec<Node>, combine: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        last => {
            nodes.extend(last);
            combine(nodes)
        }
    }
}

/// The parts of a node that must all hold.
fn flatten(node: Node, each: &mut impl FnMut(Node)) {
    match node {
        Node::All(nodes) => nodes.into_iter().for_each(|node| flatten(node, each)),
        node => each(node),
    }
}
