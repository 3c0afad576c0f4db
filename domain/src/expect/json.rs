//! Paths into JSON, by RFC 9535.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    cursor::{Cursor, Problem},
    excerpt::is_unseen,
};

/// A path; equal if written equally.
#[derive(Clone, Debug)]
pub(super) struct Path {
    text: String,
    path: JsonPath,
}

impl Path {
    /// The most bytes of a path.
    const LIMIT: usize = 512;

    /// Reads the path that stands next: to the first character outside brackets that no path has.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Problem> {
        let problem = cursor.expected(words::EXPECT_WANTED_PATH);
        let start = cursor.at();
        if cursor.peek() != Some('$') {
            return Err(problem);
        }
        let text = extent(cursor.rest());
        guard(text).map_err(|(at, problem)| cursor.problem_at(start + at, problem))?;
        for _ in text.chars() {
            cursor.next();
        }
        let path = JsonPath::parse(text).map_err(|error| {
            let at = (0..=error.position().min(text.len())).rev().find(|at| text.is_char_boundary(*at));
            cursor.problem_at(start + at.unwrap_or(0), words::EXPECT_PATH_WRONG)
        })?;
        Ok(Self { text: text.to_owned(), path })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The nodes that the path finds, in their order.
    pub(super) fn nodes<'v>(&self, root: &'v Value) -> Vec<&'v Value> {
        self.path.query(root).all()
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Path {}

/// The characters of a path with whether each stands in quotes, and in how many brackets.
fn scan(text: &str) -> impl Iterator<Item = (usize, char, bool, usize)> {
    let (mut quote, mut is_escaped, mut depth) = (None, false, 0_usize);
    text.char_indices().map(move |(at, c)| {
        let is_quoted = quote.is_some();
        match (quote, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        (at, c, is_quoted, depth)
    })
}

/// The part of the text that is meant as a path.
fn extent(text: &str) -> &str {
    let mut depth_before = 0;
    let end = scan(text).find(|(_, c, is_quoted, depth)| {
        let is_outside = depth_before == 0 && !is_quoted;
        depth_before = *depth;
        let is_of_path = c.is_alphanumeric() || "$.*[_".contains(*c) || !c.is_ascii() && !c.is_whitespace();
        *c == '\n' || is_outside && !is_of_path
    });
    text.get(..end.map_or(text.len(), |(at, ..)| at)).unwrap_or(text)
}

/// Refuses paths that would take much longer than it takes to read the body once. A body is foreign, and so is how deep it
/// nests: a second `..`, a filter within a filter, or many selectors in a row would each multiply the work.
fn guard(text: &str) -> Result<(), (usize, String)> {
    if text.len() > Path::LIMIT {
        return Err((0, words::expect_path_long(Path::LIMIT)));
    }
    if let Some((at, _)) = text.char_indices().find(|(_, c)| is_unseen(*c)) {
        return Err((at, words::EXPECT_PATH_UNSEEN.into()));
    }
    let (mut descents, mut filters, mut commas) = (0, 0, 0);
    for (at, c, _, depth) in scan(text).filter(|(_, _, is_quoted, _)| !is_quoted) {
        let rest = text.get(at..).unwrap_or_default();
        descents += usize::from(rest.starts_with(".."));
        filters += usize::from(c == '?');
        commas += usize::from(c == ',');
        let problem = match () {
            () if descents > 1 => words::EXPECT_PATH_DESCENTS,
            () if filters > 1 => words::EXPECT_PATH_FILTERS,
            () if commas > 4 => words::EXPECT_PATH_COMMAS,
            () if at > 0 && c == '$' => words::EXPECT_PATH_ROOT,
            () if depth > 8 => words::EXPECT_PATH_DEPTH,
            () if rest.starts_with("match(") || rest.starts_with("search(") => words::EXPECT_PATH_PATTERNS,
            () => continue,
        };
        return Err((at, problem.into()));
    }
    Ok(())
}
