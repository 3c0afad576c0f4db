//! The newest cells of one tracker, packed: ten thousand trackers have sixty each.

use std::{borrow::Cow, collections::VecDeque};

use super::{SHOWN_CHECKS, Stamped};
use crate::{Cell, Micros, Outcome, Timestamp};

/// At most [`SHOWN_CHECKS`] cells, oldest first, each with the commit that brought it.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells(VecDeque<Stamped<Packed>>);

/// A cell. Nearly all are scheduled checks that were up, which is all that there is to know beside these two.
#[derive(Clone, Debug)]
enum Packed {
    Up { due: Timestamp, latency: Micros },
    Other(Box<Cell>),
}

impl Cells {
    /// Appends a cell, in place of the oldest when there are enough.
    pub(super) fn push(&mut self, commit: u64, cell: Cell) {
        if self.0.len() == SHOWN_CHECKS {
            self.0.pop_front();
        }
        self.0.push_back(Stamped { commit, value: Packed::of(cell) });
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Cow<'_, Cell>> {
        self.0.iter().map(|cell| cell.value.cell())
    }

    pub(super) fn newest(&self) -> Option<Cow<'_, Cell>> {
        self.iter().next_back()
    }

    pub(super) fn all(&self) -> Vec<Cell> {
        self.iter().map(Cow::into_owned).collect()
    }

    /// Those that a later commit brought.
    pub(super) fn since(&self, commit: u64) -> Vec<Cell> {
        let known = self.0.partition_point(|cell| cell.commit <= commit);
        self.0.range(known..).map(|cell| cell.value.cell().into_owned()).collect()
    }
}

impl Packed {
    fn of(cell: Cell) -> Self {
        match cell {
            Cell { due, attempt: 0, outcome: Outcome::Up, latency: Some(latency), retrying: false } => {
                Self::Up { due, latency }
            }
            other => Self::Other(Box::new(other)),
        }
    }

    fn cell(&self) -> Cow<'_, Cell> {
        match self {
            Self::Up { due, latency } => Cow::Owned(Cell {
                due: *due,
                attempt: 0,
                outcome: Outcome::Up,
                latency: Some(*latency),
                retrying: false,
            }),
            Self::Other(cell) => Cow::Borrowed(cell),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, FaultKind};

    #[test]
    fn a_cell_comes_out_as_it_went_in_and_most_are_small() {
        let up = Cell {
            due: Timestamp(5),
            attempt: 0,
            outcome: Outcome::Up,
            latency: Some(Micros(7)),
            retrying: false,
        };
        let down = Outcome::Down(Fault::new(FaultKind::Refused, "text"));
        let others = [
            Cell { attempt: 1, ..up.clone() },
            Cell { latency: None, ..up.clone() },
            Cell { outcome: down, retrying: true, ..up.clone() },
            Cell::gap(Timestamp(9)),
        ];
        let mut cells = Cells::default();
        for (commit, cell) in (1..).zip([&up].into_iter().chain(&others)) {
            cells.push(commit, cell.clone());
        }
        assert_eq!(cells.all()[0], up);
        assert_eq!(cells.since(1), others);
        assert_eq!(size_of::<Stamped<Packed>>(), 24);
    }
}
