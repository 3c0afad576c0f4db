//! What a file means for the trackers that there are.

use std::collections::HashMap;

use domain::{Draft, FieldError, Invalid, NewTracker, Tracker, TrackerId};

use super::{Format, read};

/// What becomes of each tracker of a file, in its order. Trackers that the file does not name stay as they are.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) fates: Vec<Fate>,
}

/// What becomes of one tracker.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is new.
    Added(Box<NewTracker>),
    /// It differs from what is there: what, as forms call it, before and after.
    Changed(Box<Tracker>, Vec<(String, String, String)>),
    /// It is there already.
    Same(TrackerId, String),
}

/// By what a tracker of a file is found: its name as it is shown, and its target.
fn key(tracker: &NewTracker) -> (String, String) {
    (tracker.shown_name().to_string(), tracker.target.to_string())
}

impl Plan {
    /// Reads a file against the trackers that there are. Everything that is wrong is said at once, each with its place: `tracker 3 (Shop):
    /// every`.
    pub(crate) fn of(text: &str, format: Format, known: &[Tracker]) -> Result<Self, Invalid> {
        let mut first: HashMap<(String, String), &Tracker> = HashMap::new();
        for tracker in known {
            first.entry(key(&tracker.settings)).or_insert(tracker);
        }
        let mut problems = Vec::new();
        let mut fates = Vec::new();
        let mut seen: HashMap<(String, String), usize> = HashMap::new();
        for (n, body) in read(text, format)?.into_iter().enumerate() {
            let draft = body.draft();
            let is_named =
                Draft { url: draft.url.clone(), name: draft.name.clone(), ..Draft::default() }.parse();
            let before = is_named.as_ref().ok().and_then(|named| first.get(&key(named)).copied());
            match draft.describe(before.map(|before| &before.settings)) {
                Err(invalid) => problems.extend(invalid.0.into_iter().map(|error| placed(n, &draft, error))),
                Ok(tracker) => {
                    if let Some(earlier) = seen.insert(key(&tracker), n) {
                        let problem = format!("tracker {} has the same name and url", earlier + 1);
                        problems.push(placed(n, &draft, FieldError::new("name", problem)));
                    }
                    fates.push(fate(tracker, before));
                }
            }
        }
        if problems.is_empty() { Ok(Self { fates }) } else { Err(Invalid(problems)) }
    }

    /// The trackers that are new.
    pub(crate) fn added(&self) -> Vec<NewTracker> {
        let new = self.fates.iter().filter_map(|fate| match fate {
            Fate::Added(tracker) => Some(NewTracker::clone(tracker)),
            Fate::Changed(..) | Fate::Same(..) => None,
        });
        new.collect()
    }

    /// The trackers that get other settings.
    pub(crate) fn changed(&self) -> Vec<Tracker> {
        let changed = self.fates.iter().filter_map(|fate| match fate {
            Fate::Changed(tracker, _) => Some(Tracker::clone(tracker)),
            Fate::Added(_) | Fate::Same(..) => None,
        });
        changed.collect()
    }
}

/// Where something is wrong. The name is what was typed, without what could be more than a name.
fn placed(n: usize, draft: &Draft, error: FieldError) -> FieldError {
    let name: String =
        draft.name.iter().flat_map(|name| name.chars()).filter(|c| !c.is_control()).take(60).collect();
    let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
    FieldError { field: format!("tracker {}{name}: {}", n + 1, error.field), ..error }
}

fn fate(settings: NewTracker, before: Option<&Tracker>) -> Fate {
    let Some(before) = before else { return Fate::Added(Box::new(settings)) };
    if settings == before.settings {
        return Fate::Same(before.id, settings.shown_name().to_string());
    }
    let lines = differences(&before.settings, &settings);
    Fate::Changed(Box::new(Tracker { settings, ..before.clone() }), lines)
}

/// What differs, as forms write it. Of a secret that is another one, only that it is.
fn differences(before: &NewTracker, after: &NewTracker) -> Vec<(String, String, String)> {
    let place = |tracker: &NewTracker| tracker.place.map(|place| place.to_string()).unwrap_or_default();
    let (old, new) = (place(before), place(after));
    let changes = after.changes(before).into_iter().map(|change| (change.field, change.before, change.after));
    changes.chain((old != new).then(|| ("place".into(), old, new))).collect()
}
