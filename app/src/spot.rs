//! One place of a bar that somebody looks at, and what is said of it. Pure: the pages turn pointers and keys into it.
//!
//! A spot is remembered as the check, not as the place: when new checks arrive, nothing runs away under the hand.

use domain::{Cell, Mark, Outcome, SHOWN_CHECKS, Timestamp};

use crate::format;

/// Something to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A check, or a gap, by its due time and attempt.
    Check(Timestamp, u16),
    /// A place without a check yet, from the left.
    Empty(usize),
}

impl Spot {
    /// What stands at a place, counted from 0 at the left.
    pub fn at(cells: &[Cell], place: usize) -> Self {
        cell_at(cells, place).map_or(Self::Empty(place), |cell| Self::Check(cell.due, cell.attempt))
    }

    /// Where it stands now. A check that left the bar stands at its left end.
    pub fn place(self, cells: &[Cell]) -> usize {
        match self {
            Self::Check(due, attempt) => {
                let is_it = |cell: &Cell| (cell.due, cell.attempt) == (due, attempt);
                cells.iter().position(is_it).map_or(0, |n| missing(cells) + n)
            }
            Self::Empty(place) => place.min(missing(cells).saturating_sub(1)),
        }
    }
}

/// The place under a pointer that is `x` from the left of a bar of this width.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 59 before")]
pub fn place_under(x: f64, width: f64) -> usize {
    if width <= 0.0 {
        return SHOWN_CHECKS - 1;
    }
    (x / width * 60.0).floor().clamp(0.0, 59.0) as usize
}

/// Where a key leads from a place; nothing for a key that means nothing here.
pub fn step(cells: &[Cell], from: usize, key: &str) -> Option<usize> {
    let last = SHOWN_CHECKS - 1;
    let is_news = |mark| mark != Mark::Up;
    match key {
        "ArrowLeft" | "ArrowDown" => Some(from.saturating_sub(1)),
        "ArrowRight" | "ArrowUp" => Some((from + 1).min(last)),
        "PageDown" => Some(from.saturating_sub(10)),
        "PageUp" => Some((from + 10).min(last)),
        "Home" => Some(0),
        "End" => Some(last),
        "n" => Some(after(cells, from, is_news).unwrap_or(from)),
        "p" => Some(before(cells, from, is_news).unwrap_or(from)),
        _ => None,
    }
}

/// Whether a mark is a failure.
pub fn is_failure(mark: Mark) -> bool {
    matches!(mark, Mark::Down | Mark::Retrying)
}

/// The next check to the left that is wanted.
pub fn before(cells: &[Cell], from: usize, wanted: impl Fn(Mark) -> bool) -> Option<usize> {
    (0..from).rev().find(|place| cell_at(cells, *place).is_some_and(|cell| wanted(cell.mark())))
}

/// The next check to the right that is wanted.
pub fn after(cells: &[Cell], from: usize, wanted: impl Fn(Mark) -> bool) -> Option<usize> {
    (from + 1..SHOWN_CHECKS).find(|place| cell_at(cells, *place).is_some_and(|cell| wanted(cell.mark())))
}

/// The check at a place.
pub fn cell_at(cells: &[Cell], place: usize) -> Option<&Cell> {
    place.checked_sub(missing(cells)).and_then(|n| cells.get(n))
}

/// `Check 58 of 60, 14:03:10 UTC: down, timeout after 10 s`.
pub fn in_words(cells: &[Cell], place: usize) -> String {
    let number = words::spot_check(SHOWN_CHECKS, place + 1);
    match cell_at(cells, place) {
        None => words::spot_nothing(number),
        Some(cell) => {
            let took = cell.latency.map(|latency| words::spot_took(format::latency(latency)));
            let (when, word) = (cell.due.clock_time(), cell.mark().word());
            words::spot_told(number, when, took.unwrap_or_default(), why(cell), word)
        }
    }
}

/// The outage that a failure is part of, as far as the bar shows it.
///
/// What lasts says who was told.
pub fn outage(cells: &[Cell], place: usize, told: &str) -> Option<String> {
    let n = place.checked_sub(missing(cells))?;
    let failed = |cell: &Cell| is_failure(cell.mark());
    let cell = cells.get(n).filter(|cell| failed(cell))?;
    let first = n - cells.iter().take(n).rev().take_while(|cell| failed(cell)).count();
    let run = cells.iter().skip(first).take_while(|cell| failed(cell)).count();
    if !cells.iter().skip(first).take(run).any(|cell| cell.mark() == Mark::Down) {
        return None;
    }
    let start = cells.get(first).unwrap_or(cell).due;
    let end = cells.get(first + run);
    let mut text = match (first, end) {
        (0, _) => words::SPOT_OUTAGE_BEFORE.into(),
        (_, Some(end)) => words::spot_outage_of(format::in_full(end.due.since(start))),
        (_, None) => words::spot_outage_since(start.clock_time()),
    };
    if end.is_none() && !told.is_empty() {
        text = text + " · " + told;
    }
    Some(text)
}

/// What a check showed, in words.
pub fn why(cell: &Cell) -> String {
    match &cell.outcome {
        Outcome::Up => words::SPOT_AS_EXPECTED.into(),
        Outcome::Degraded(fault) | Outcome::Down(fault) => fault.to_string(),
        Outcome::Unknown(reason) => reason.sentence().into(),
    }
}

/// The class that carries a mark's tone, and its icon.
pub fn look(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::Up => ("is-up", "#i-up"),
        Mark::Slow => ("is-slow", "#i-slow"),
        Mark::Retrying => ("is-retry", "#i-retry"),
        Mark::Down => ("is-down", "#i-down"),
        Mark::Unknown => ("is-none", "#i-none"),
    }
}

fn missing(cells: &[Cell]) -> usize {
    SHOWN_CHECKS.saturating_sub(cells.len())
}

#[cfg(test)]
#[path = "spot/tests.rs"]
mod tests;
