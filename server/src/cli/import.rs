//! `import`: trackers from another program's data.

use std::collections::{HashMap, HashSet};

use domain::{Clock, NewTracker, Target, TrackerId};
use store::{History, Tutorial, TutorialRow};

use super::{
    ImportArguments,
    edit::{close, open, refused, tracked},
    say,
};
use crate::{
    clock::SystemClock,
    exit::{Ending, Exit},
    track::every_second,
};

/// Reads everything, then adds what can be tracked in one transaction, then says what became of each row. Doing it twice adds
/// nothing. Exits 1 when a row could not be understood.
pub(super) async fn tutorial(arguments: &ImportArguments) -> Result<Exit, Ending> {
    let tutorial = Tutorial::read(&arguments.file).await.map_err(|error| refused(&error))?;
    let mut editor = open(&arguments.data).await?;
    let plan = Plan::of(&tutorial.trackers, &tracked(&mut editor).await?);
    let at = SystemClock::new().now();
    let ids = editor.add_all(&plan.trackers, at).await.map_err(|error| refused(&error))?;
    for line in plan.report(&ids) {
        say(&line)?;
    }
    say(&counted(tutorial.history))?;
    let exit = close(editor).await?;
    Ok(if plan.is_clean() { exit } else { Exit::Failed })
}

/// What becomes of each row.
struct Plan {
    rows: Vec<(usize, Row)>,
    /// In the order of the rows that say [`Row::Added`].
    trackers: Vec<NewTracker>,
}

enum Row {
    Added(String),
    Known(String, TrackerId),
    Repeated(String),
    Wrong(String),
}

impl Plan {
    fn of(found: &[TutorialRow], known: &HashMap<String, TrackerId>) -> Self {
        let mut plan = Self { rows: Vec::new(), trackers: Vec::new() };
        let mut seen = HashSet::new();
        for row in found {
            let row_plan = match row.url.as_deref().map(Target::parse) {
                None => Row::Wrong("url: it is no text".into()),
                Some(Err(error)) => Row::Wrong(error.to_string()),
                Some(Ok(target)) => {
                    let url = target.to_string();
                    match known.get(&url) {
                        Some(id) => Row::Known(url, *id),
                        None if !seen.insert(url.clone()) => Row::Repeated(url),
                        None => {
                            plan.trackers.push(every_second(target));
                            Row::Added(url)
                        }
                    }
                }
            };
            plan.rows.push((row.number, row_plan));
        }
        plan
    }

    /// A line for each row, and one for all. What was refused is not repeated: it may hold a password.
    fn report(&self, ids: &[TrackerId]) -> Vec<String> {
        let mut ids = ids.iter();
        let line = |(number, row): &(usize, Row)| match row {
            Row::Added(url) => {
                let id = ids.next().map_or_else(String::new, |id| format!(" {id}"));
                format!("row {number}: added tracker{id}: {url}, every 1 s")
            }
            Row::Known(url, id) => format!("row {number}: left out, tracker {id} has this URL: {url}"),
            Row::Repeated(url) => format!("row {number}: left out, an earlier row has this URL: {url}"),
            Row::Wrong(problem) => format!("row {number}: left out, {problem}"),
        };
        let mut lines: Vec<String> = self.rows.iter().map(line).collect();
        lines.push(format!("imported {} of {} trackers", self.trackers.len(), self.rows.len()));
        lines
    }

    fn is_clean(&self) -> bool {
        !self.rows.iter().any(|(_, row)| matches!(row, Row::Wrong(_)))
    }
}

fn counted(history: History) -> String {
    let History { checks, up, down } = history;
    let neither = checks.saturating_sub(up).saturating_sub(down);
    format!(
        "not imported: {checks} checks ({up} up, {down} down, {neither} neither); the tutorial kept no times, and none are \
         made up"
    )
}
