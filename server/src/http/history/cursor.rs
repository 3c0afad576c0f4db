//! Where a reader of checks goes on.

use std::{fmt, str::FromStr};

use domain::{Order, Timestamp, TrackerId, Window};

/// A place in a tracker's entries, with the whole question; so that later pages answer the same one as the first, whatever
/// was recorded meanwhile. Opaque to clients: letters, numbers and dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Whose entries.
    pub(super) tracker: TrackerId,
    /// Their due times.
    pub(super) window: Window,
    /// Which of them comes first.
    pub(super) order: Order,
    /// The number of the last entry that was read.
    pub(super) after: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match self.order {
            Order::OldestFirst => 'o',
            Order::NewestFirst => 'n',
        };
        let Window { from, to } = self.window;
        write!(f, "{order}{:x}.{:x}.{:x}.{:x}", self.tracker.0, from.0, to.0, self.after)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let order = match text.get(..1) {
            Some("o") => Order::OldestFirst,
            Some("n") => Order::NewestFirst,
            _ => return Err(()),
        };
        let mut parts = text.get(1..).unwrap_or_default().split('.');
        let mut next = || parts.next().ok_or(());
        let number = |part: &str| i64::from_str_radix(part, 16).map_err(|_| ());
        let cursor = Self {
            tracker: TrackerId(number(next()?)?),
            window: Window { from: Timestamp(number(next()?)?), to: Timestamp(number(next()?)?) },
            order,
            after: u64::from_str_radix(next()?, 16).map_err(|_| ())?,
        };
        // What we never wrote is none of ours, though it could be read.
        let is_ours = cursor.to_string() == text && cursor.window.from < cursor.window.to;
        if is_ours { Ok(cursor) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_way_to_the_client_and_back() {
        for (order, after) in [(Order::OldestFirst, 0), (Order::NewestFirst, u64::MAX)] {
            let window = Window { from: Timestamp(0), to: Timestamp(1_795_435_200_000) };
            let cursor = Cursor { tracker: TrackerId(7), window, order, after };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn what_we_never_wrote_is_no_cursor() {
        for text in [
            "",
            "o",
            "x1.0.5.1",
            "o1.0.5",
            "o1.0.5.1.1",
            "o1.0.5.-1",
            "o1.5.5.1",
            "o01.0.5.1",
            "o1.0.5.1 ",
            "ö",
            "o1.0.5.A",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(()), "{text:?}");
        }
    }
}
