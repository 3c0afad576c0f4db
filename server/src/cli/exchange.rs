//! `export` and `import toml|json`: trackers as files, whether a server is running or not.

use std::{io::Write, path::Path};

use domain::{Clock, Tracker};

use super::{
    ExportArguments, FileArguments,
    edit::{close, open, refused},
    say,
};
use crate::{
    clock::SystemClock,
    exchange::{self, Fate, Format, Plan},
    exit::{Ending, Exit},
};

/// The most bytes of a file: some hundred thousand trackers.
const LIMIT: u64 = 64 << 20;

/// Writes all trackers to standard output. Those that cannot be checked as they stand are told of on standard error.
pub(super) async fn export(arguments: &ExportArguments) -> Result<Exit, Ending> {
    let mut editor = open(&arguments.data).await?;
    let listed = editor.list().await.map_err(|error| refused(&error))?;
    let mut trackers = Vec::new();
    let mut exit = Exit::Ok;
    for tracker in listed {
        match tracker {
            Ok(tracker) => trackers.push(tracker.settings),
            Err(misfit) => {
                tracing::warn!(tracker = %misfit.id, "left out, it cannot be checked: {}", misfit.problem);
                exit = Exit::Failed;
            }
        }
    }
    let text = exchange::write(&trackers, arguments.format).map_err(|error| failed(&error))?;
    std::io::stdout().write_all(&text).map_err(|error| failed(&error))?;
    close(editor).await?;
    Ok(exit)
}

/// Says what becomes of each tracker of the file, then does it in one transaction, unless that is not wanted.
pub(super) async fn import(arguments: &FileArguments, format: Format) -> Result<Exit, Ending> {
    let text = contents(&arguments.from.file)?;
    let mut editor = open(&arguments.from.data).await?;
    let known = editor.list().await.map_err(|error| refused(&error))?;
    let known: Vec<Tracker> = known.into_iter().flatten().collect();
    let plan = Plan::of(&text, format, &known).map_err(|invalid| {
        let lines: Vec<String> = invalid.0.iter().map(ToString::to_string).collect();
        Ending { exit: Exit::Failed, sentence: format!("nothing was imported: {}", lines.join("\n  ")) }
    })?;
    let (new, changed) = (plan.added(), plan.changed());
    let mut ids = Vec::new();
    if !arguments.dry_run {
        let at = SystemClock::new().now();
        ids = editor.take_over(&new, &changed, at).await.map_err(|error| refused(&error))?;
    }
    let mut ids = ids.into_iter();
    for fate in &plan.fates {
        let id = if matches!(fate, Fate::Added(_)) { ids.next() } else { None };
        for line in told(fate, id, arguments.dry_run) {
            say(&line)?;
        }
    }
    let (would, same) =
        (if arguments.dry_run { "would be " } else { "" }, plan.fates.len() - new.len() - changed.len());
    say(&format!("{} {would}added, {} {would}changed, {same} as before", new.len(), changed.len()))?;
    close(editor).await
}

fn told(fate: &Fate, id: Option<domain::TrackerId>, is_dry: bool) -> Vec<String> {
    let verb = |word: &str| if is_dry { format!("would be {word}") } else { word.to_owned() };
    match fate {
        Fate::Added(tracker) => {
            let id = id.map(|id| format!(" as tracker {id}")).unwrap_or_default();
            let (name, target) = (tracker.shown_name(), &tracker.target);
            vec![format!("{name}: {}{id}: {target}, {}", verb("added"), tracker.schedule)]
        }
        Fate::Changed(tracker, lines) => {
            let head =
                format!("{}: {}, tracker {}", tracker.settings.shown_name(), verb("changed"), tracker.id);
            let shown =
                |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.replace('\n', " ⏎ ") };
            let line = |(name, before, after): &(String, String, String)| {
                format!("  {name}: {} → {}", shown(before), shown(after))
            };
            std::iter::once(head).chain(lines.iter().map(line)).collect()
        }
        Fate::Same(id, name) => vec![format!("{name}: as before, tracker {id}")],
    }
}

fn contents(path: &Path) -> Result<String, Ending> {
    let refused = |problem: String| Ending {
        exit: Exit::Configuration,
        sentence: format!("cannot read {}: {problem}", path.display()),
    };
    let size = std::fs::metadata(path).map_err(|error| refused(error.to_string()))?.len();
    if size > LIMIT {
        return Err(refused(format!("a file has at most {} MiB", LIMIT >> 20)));
    }
    std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))
}

fn failed(error: &impl std::fmt::Display) -> Ending {
    Ending { exit: Exit::Failed, sentence: format!("cannot write the trackers: {error}") }
}
