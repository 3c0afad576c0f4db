//! How a tracker stands: what we believe about it, or why we believe nothing.

use domain::{Policy, State, Status, Timestamp, Totals, TrackerView};

use crate::format;

/// A tracker's status and settings, as one thing to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Which kind.
    pub kind: Kind,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// What stands in place of a time, or before it.
    pub note: Option<String>,
}

/// The kinds of standing, each with an icon and a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It works.
    Up,
    /// It failed, not yet believed.
    Retrying,
    /// It fails.
    Down,
    /// No check so far.
    Pending,
    /// A tracker that it depends on is down.
    Blocked,
    /// It is in maintenance.
    Maintenance,
    /// It rests.
    Paused,
    /// It cannot be checked as it stands.
    Broken,
}

impl Standing {
    /// How a tracker stands.
    pub fn of(view: &TrackerView) -> Self {
        let about = &view.about;
        if about.problem.is_some() {
            return Self {
                kind: Kind::Broken,
                since: None,
                note: Some(words::STANDING_CANNOT_BE_CHECKED.into()),
            };
        }
        if let Some(rest) = &about.paused {
            let until = rest.until.map(|until| words::standing_until(format::day_and_time(until)));
            let note = until.unwrap_or_else(|| words::STANDING_NOT_COUNTED.into());
            return Self { kind: Kind::Paused, since: None, note: Some(note) };
        }
        if let Some(maintenance) = &about.maintenance {
            let note = words::standing_until(format::day_and_time(maintenance.until));
            return Self { kind: Kind::Maintenance, since: None, note: Some(note) };
        }
        if view.state() == State::Blocked {
            let note = about.parent.as_ref().map(words::standing_by);
            return Self { kind: Kind::Blocked, since: None, note };
        }
        let flapping = || view.flapping.then(|| words::STANDING_FLAPPING.to_owned());
        match &view.status {
            Status::Up { since } => Self { kind: Kind::Up, since: Some(*since), note: flapping() },
            Status::Down { since, .. } => Self { kind: Kind::Down, since: Some(*since), note: flapping() },
            Status::Pending => {
                Self { kind: Kind::Pending, since: None, note: Some(words::STANDING_FIRST_CHECK.into()) }
            }
            Status::Retrying { failures, .. } => {
                let tries = u32::from(about.retries.min(Policy::MOST_RETRIES)) + 1;
                Self {
                    kind: Kind::Retrying,
                    since: None,
                    note: Some(words::standing_failed(failures, tries)),
                }
            }
        }
    }

    /// The second line of a state: its note, and how long it lasts. Without `now`, the time since when it lasts.
    pub fn detail(&self, now: Option<Timestamp>) -> String {
        let time = self.since.map(|since| match now {
            Some(now) => format::at_a_glance(now.since(since)),
            None => format::day_and_time(since),
        });
        let parts: Vec<&str> = self.note.iter().chain(&time).map(String::as_str).collect();
        parts.join(" · ")
    }
}

impl Kind {
    /// That of a state.
    pub fn of(state: State) -> Self {
        match state {
            State::Up => Self::Up,
            State::Retrying => Self::Retrying,
            State::Down => Self::Down,
            State::Waiting => Self::Pending,
            State::Blocked => Self::Blocked,
            State::Maintenance => Self::Maintenance,
            State::Paused => Self::Paused,
            State::Problem => Self::Broken,
        }
    }

    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => words::STANDING_UP,
            Self::Retrying => words::STANDING_RETRYING,
            Self::Down => words::STANDING_DOWN,
            Self::Pending => words::STANDING_PENDING,
            Self::Blocked => words::STANDING_BLOCKED,
            Self::Maintenance => words::STANDING_MAINTENANCE,
            Self::Paused => words::STANDING_PAUSED,
            Self::Broken => words::STANDING_BROKEN,
        }
    }

    /// The icon before the word.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Up => "#i-up",
            Self::Retrying => "#i-retry",
            Self::Down => "#i-down",
            Self::Pending => "#i-none",
            Self::Blocked => "#i-link",
            Self::Maintenance => "#i-wrench",
            Self::Paused => "#i-pause",
            Self::Broken => "#i-alert",
        }
    }

    /// The class that carries the tone.
    pub fn class(self) -> &'static str {
        match self {
            Self::Up => "is-up",
            Self::Retrying | Self::Broken => "is-retry",
            Self::Down => "is-down",
            Self::Pending | Self::Blocked | Self::Maintenance | Self::Paused => "is-none",
        }
    }
}

/// All trackers in one sentence: the news first, then the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// `2 of 8 down`, `All 8 up`.
    pub lead: String,
    /// Whether the lead is bad news.
    pub bad: bool,
    /// `1 retrying`, `1 paused` …
    pub rest: Vec<String>,
}

impl Summary {
    /// Sums up.
    pub fn of(totals: &Totals) -> Self {
        let Totals { trackers, up, retrying, down, acknowledged, pending, blocked, maintenance, .. } =
            *totals;
        let lead = match (down, up == trackers) {
            (0, true) if trackers == 1 => words::SUMMARY_ONE_UP.into(),
            (0, true) => words::summary_all_up(trackers),
            (0, false) => words::summary_up(trackers, up),
            (down, _) => words::summary_down(trackers, down),
        };
        let rest = [
            (acknowledged, words::SUMMARY_ACKNOWLEDGED),
            (retrying, words::SUMMARY_RETRYING),
            (pending, words::SUMMARY_PENDING),
            (blocked, words::SUMMARY_BLOCKED),
            (maintenance, words::SUMMARY_MAINTENANCE),
            (totals.paused, words::SUMMARY_PAUSED),
            (totals.broken, words::STANDING_CANNOT_BE_CHECKED),
        ];
        let rest =
            rest.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        Self { lead, bad: down > 0, rest: rest.collect() }
    }
}

#[cfg(test)]
mod tests {
    use domain::{About, Rest, TrackerId};

    use super::*;

    fn view(status: Status, about: About) -> TrackerView {
        TrackerView { id: TrackerId(1), about, status, flapping: false, cells: Vec::new() }
    }

    #[test]
    fn settings_stand_before_status() {
        let down =
            || Status::Down { since: Timestamp(0), fault: domain::Fault::new(domain::FaultKind::Dns, "") };
        assert_eq!(Standing::of(&view(down(), About::default())).kind, Kind::Down);
        assert_eq!(
            Standing::of(&view(down(), About { paused: Some(Rest::default()), ..About::default() })).kind,
            Kind::Paused
        );
        let broken =
            About { paused: Some(Rest::default()), problem: Some("bad url".into()), ..About::default() };
        assert_eq!(Standing::of(&view(down(), broken)).kind, Kind::Broken);
    }

    #[test]
    fn the_second_line_says_how_long_or_how_often() {
        let up = Standing::of(&view(Status::Up { since: Timestamp(0) }, About::default()));
        assert_eq!(up.detail(None), "1 Jan, 00:00");
        assert_eq!(up.detail(Some(Timestamp(61_000))), "1 min");
        let flapping =
            TrackerView { flapping: true, ..view(Status::Up { since: Timestamp(0) }, About::default()) };
        assert_eq!(Standing::of(&flapping).detail(Some(Timestamp(61_000))), "flapping · 1 min");
        let retrying = Status::Retrying { since: Timestamp(0), failures: 1, up_since: None };
        let retrying = Standing::of(&view(retrying, About { retries: 2, ..About::default() }));
        assert_eq!(retrying.detail(Some(Timestamp(5))), "1 of 3 failed");
    }

    #[test]
    fn the_sentence_leads_with_the_news() {
        let known = Totals { trackers: 3, up: 1, down: 2, acknowledged: 1, ..Totals::default() };
        assert_eq!(Summary::of(&known).rest, ["1 acknowledged"]);
        let totals = Totals { trackers: 8, up: 4, retrying: 1, down: 2, paused: 1, ..Totals::default() };
        let summary = Summary::of(&totals);
        assert_eq!((summary.lead.as_str(), summary.bad), ("2 of 8 down", true));
        assert_eq!(summary.rest, ["1 retrying", "1 paused"]);
        assert_eq!(Summary::of(&Totals { trackers: 3, up: 3, ..Totals::default() }).lead, "All 3 up");
        assert_eq!(
            Summary::of(&Totals { trackers: 3, up: 2, paused: 1, ..Totals::default() }).lead,
            "2 of 3 up"
        );
    }
}
