//! The icon of the browser's tab, which says how things stand from afar.

use leptos::prelude::*;

use crate::live::{Board, Link};

/// How a page stands, for the tab's icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Nothing is known, or nothing new.
    Unknown,
    /// All is well.
    Well,
    /// Something may be wrong.
    Doubt,
    /// Something is down.
    Bad,
}

impl Mood {
    /// Of all trackers.
    pub fn of(totals: &domain::Totals) -> Self {
        match totals {
            totals if totals.down > 0 => Self::Bad,
            totals if totals.retrying + totals.broken > 0 => Self::Doubt,
            totals if totals.up > 0 => Self::Well,
            _ => Self::Unknown,
        }
    }

    /// Of one.
    pub fn of_one(kind: crate::standing::Kind) -> Self {
        use crate::standing::Kind;
        match kind {
            Kind::Down => Self::Bad,
            Kind::Retrying | Kind::Broken => Self::Doubt,
            Kind::Up => Self::Well,
            Kind::Pending | Kind::Blocked | Kind::Maintenance | Kind::Paused => Self::Unknown,
        }
    }

    /// The icon of the tab: a shape for each mood, not only a colour.
    pub fn icon(self) -> String {
        let (fill, shape) = match self {
            Self::Unknown => return "/favicon.svg".into(),
            Self::Well => ("1a936a", "m4 8.5 3 3 5.5-6"),
            Self::Doubt => ("805000", "M8 3.5v5.5M8 11.4v.6"),
            Self::Bad => ("b00020", "m5 5 6 6m0-6-6 6"),
        };
        let ground = match self {
            Self::Well => "<circle cx='8' cy='8' r='7.5'",
            Self::Doubt => "<path d='M8 .5 15.9 15H.1z'",
            _ => "<path d='M4.9.5h6.2l4.4 4.4v6.2l-4.4 4.4H4.9L.5 11.1V4.9z'",
        };
        format!(
            "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>{ground} fill='%23{fill}'/>\
             <path d='{shape}' fill='none' stroke='%23fff' stroke-width='2'/></svg>"
        )
    }
}

/// Gives the tab's icon the shape of the page's mood.
#[component]
pub fn TabIcon(
    /// The mood. Follows signals.
    mood: impl Fn() -> Mood + 'static,
    /// What the page shows: without news nothing looks well.
    board: Board,
) -> impl IntoView {
    Effect::new(move |before: Option<Mood>| {
        let is_stale = board.link.with(|link| matches!(link, Link::Stale { .. }));
        let mood = if is_stale { Mood::Unknown } else { mood() };
        if before != Some(mood)
            && let Ok(Some(link)) = document().query_selector("link[rel=icon]")
        {
            // It fails only for a name that is none.
            drop(link.set_attribute("href", &mood.icon()));
        }
        mood
    });
}

#[cfg(test)]
mod tests {
    use domain::Totals;

    use super::*;

    #[test]
    fn every_mood_has_a_shape_of_its_own() {
        let icons = [Mood::Unknown, Mood::Well, Mood::Doubt, Mood::Bad].map(Mood::icon);
        for (n, icon) in icons.iter().enumerate() {
            assert!(icons.iter().skip(n + 1).all(|other| other != icon));
            assert!(!icon.contains('#'), "a fragment would end it: {icon}");
        }
    }

    #[test]
    fn the_worst_tracker_sets_the_mood() {
        let mood = |down, retrying, up| Mood::of(&Totals { down, retrying, up, ..Totals::default() });
        assert_eq!(
            [mood(1, 1, 1), mood(0, 1, 1), mood(0, 0, 1), mood(0, 0, 0)],
            [Mood::Bad, Mood::Doubt, Mood::Well, Mood::Unknown]
        );
    }
}
