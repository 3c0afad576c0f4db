//! Reads what stands behind an operator.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{
    cursor::{Cursor, Problem, is_bare},
    operator::Operator,
    rule::{NumberRule, Order, Pattern, TextRule, ValueRule},
    unit::Unit,
};

/// The most entries of a list.
const LIST_LIMIT: usize = 20;

/// Reads what is asked of a number.
pub(super) fn number_rule(
    cursor: &mut Cursor<'_>,
    operator: Operator,
    unit: Unit,
) -> Result<NumberRule, Problem> {
    match order(operator) {
        Some(order) => Ok(NumberRule::Compare(order, unit.read(cursor)?)),
        None if operator == Operator::In => numbers(cursor, unit),
        None => Ok(NumberRule::Exists),
    }
}

/// Reads numbers and ranges. A single number is the same as `==`.
pub(super) fn numbers(cursor: &mut Cursor<'_>, unit: Unit) -> Result<NumberRule, Problem> {
    let ranges = list(cursor, |cursor| range(cursor, unit))?;
    match ranges.as_slice() {
        [one] if one.start() == one.end() => Ok(NumberRule::Compare(Order::Equal, *one.start())),
        _ => Ok(NumberRule::In(ranges)),
    }
}

fn range(cursor: &mut Cursor<'_>, unit: Unit) -> Result<RangeInclusive<i64>, Problem> {
    cursor.skip_spaces();
    let start = cursor.at();
    let low = unit.read(cursor)?;
    let high = if cursor.symbol('-') { unit.read(cursor)? } else { low };
    if low > high {
        return Err(cursor.problem_at(start, words::EXPECT_RANGE_UPSIDE_DOWN));
    }
    Ok(low..=high)
}

/// Reads what is asked of a text.
pub(super) fn text_rule(cursor: &mut Cursor<'_>, operator: Operator) -> Result<TextRule, Problem> {
    Ok(match operator {
        Operator::Equal => TextRule::Is(text(cursor)?),
        Operator::Differs => TextRule::Differs(text(cursor)?),
        Operator::In => match list(cursor, text)? {
            mut one if one.len() == 1 => TextRule::Is(one.pop().unwrap_or_default()),
            texts => TextRule::In(texts),
        },
        Operator::Contains => TextRule::Contains(some_text(cursor)?),
        Operator::StartsWith => TextRule::StartsWith(edge(cursor)?),
        Operator::EndsWith => TextRule::EndsWith(edge(cursor)?),
        Operator::Matches => TextRule::Matches(pattern(cursor)?),
        Operator::IsEmpty => TextRule::IsEmpty,
        _ => TextRule::Exists,
    })
}

/// Reads what is asked of a JSON value.
pub(super) fn value_rule(cursor: &mut Cursor<'_>, operator: Operator) -> Result<ValueRule, Problem> {
    match (order(operator), operator) {
        (Some(order @ (Order::Equal | Order::Differs)), _) => Ok(ValueRule::Compare(order, json(cursor)?)),
        (Some(order), _) => {
            let problem = cursor.expected(words::EXPECT_WANTED_NUMBER);
            let value = json(cursor)?;
            if value.is_number() { Ok(ValueRule::Compare(order, value)) } else { Err(problem) }
        }
        (None, Operator::In) => Ok(match list(cursor, json)? {
            mut one if one.len() == 1 => ValueRule::Compare(Order::Equal, one.pop().unwrap_or_default()),
            values => ValueRule::In(values),
        }),
        (None, Operator::Exists) => Ok(ValueRule::Exists),
        (None, Operator::IsEmpty) => Ok(ValueRule::IsEmpty),
        (None, _) => text_rule(cursor, operator).map(ValueRule::Text),
    }
}

fn order(operator: Operator) -> Option<Order> {
    Some(match operator {
        Operator::Equal => Order::Equal,
        Operator::Differs => Order::Differs,
        Operator::Less => Order::Less,
        Operator::AtMost => Order::AtMost,
        Operator::More => Order::More,
        Operator::AtLeast => Order::AtLeast,
        _ => return None,
    })
}

fn list<'a, T>(
    cursor: &mut Cursor<'a>,
    read: impl Fn(&mut Cursor<'a>) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let mut entries = vec![read(cursor)?];
    while cursor.symbol(',') {
        if entries.len() == LIST_LIMIT {
            return Err(cursor.problem_at(cursor.at(), words::expect_list_long(LIST_LIMIT)));
        }
        entries.push(read(cursor)?);
    }
    Ok(entries)
}

/// A JSON value: a number, `true`, `false`, `null`, or a text, which needs quotes only if it could be one of the others.
fn json(cursor: &mut Cursor<'_>) -> Result<Value, Problem> {
    cursor.skip_spaces();
    let start = cursor.at();
    if matches!(cursor.peek(), Some('"' | '\'')) {
        return text(cursor).map(Value::String);
    }
    let word = bare(cursor, words::EXPECT_WANTED_VALUE)?;
    Ok(match word {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        word if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
            let number = word.parse().map(Value::Number);
            number.map_err(|_| cursor.problem_at(start, words::EXPECT_NUMBER_WRONG))?
        }
        word => Value::String(word.into()),
    })
}

fn pattern(cursor: &mut Cursor<'_>) -> Result<Pattern, Problem> {
    cursor.skip_spaces();
    let start = cursor.at();
    let text = some_text(cursor)?;
    Pattern::new(&text).map_err(|problem| cursor.problem_at(start, problem))
}

/// A text that is not empty: everything contains the empty one.
fn some_text(cursor: &mut Cursor<'_>) -> Result<String, Problem> {
    let problem = cursor.expected(words::EXPECT_WANTED_SOME_TEXT);
    let text = text(cursor)?;
    if text.is_empty() { Err(problem) } else { Ok(text) }
}

/// A text that is not only white space, which plays no part at the edges of what it is compared with.
fn edge(cursor: &mut Cursor<'_>) -> Result<String, Problem> {
    let problem = cursor.expected(words::EXPECT_WANTED_EDGE);
    let text = text(cursor)?;
    if text.trim_ascii().is_empty() { Err(problem) } else { Ok(text) }
}

/// A text: `"with \n escapes"`, `'as it stands'`, or bare if it has no white space and none of `"'();,`.
fn text(cursor: &mut Cursor<'_>) -> Result<String, Problem> {
    cursor.skip_spaces();
    let start = cursor.at();
    match cursor.peek() {
        Some('"') => escaped(cursor),
        Some('\'') => {
            cursor.next();
            let text = cursor.take_while(|c| c != '\'' && c != '\n');
            if cursor.next() == Some('\'') { Ok(text.into()) } else { Err(unclosed(cursor, start)) }
        }
        _ => bare(cursor, words::EXPECT_WANTED_TEXT).map(str::to_owned),
    }
}

fn bare<'a>(cursor: &mut Cursor<'a>, what: &str) -> Result<&'a str, Problem> {
    let problem = cursor.expected(what);
    let word = cursor.take_while(is_bare);
    if word.is_empty() { Err(problem) } else { Ok(word) }
}

fn unclosed(cursor: &Cursor<'_>, start: usize) -> Problem {
    cursor.problem_at(start, words::EXPECT_QUOTE_OPEN)
}

fn escaped(cursor: &mut Cursor<'_>) -> Result<String, Problem> {
    let start = cursor.at();
    cursor.next();
    let mut text = String::new();
    loop {
        let at = cursor.at();
        match cursor.next() {
            Some('"') => return Ok(text),
            Some('\\') => {
                let problem = words::EXPECT_ESCAPE_WRONG;
                let c = escape(cursor).ok_or_else(|| cursor.problem_at(at, problem))?;
                text.push(c);
            }
            None | Some('\n') => return Err(unclosed(cursor, start)),
            Some(c) => text.push(c),
        }
    }
}

fn escape(cursor: &mut Cursor<'_>) -> Option<char> {
    match cursor.next()? {
        c @ ('"' | '\\') => Some(c),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' if cursor.next() == Some('{') => {
            let digits = cursor.take_while(|c| c.is_ascii_hexdigit());
            let code = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 6)?;
            if cursor.next() == Some('}') { char::from_u32(code) } else { None }
        }
        _ => None,
    }
}
