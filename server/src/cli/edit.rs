//! `add`, `list` and `remove`: trackers in the database, whether a server is running or not.

use std::collections::HashMap;

use domain::{Clock, Draft, Facet, Given, TrackerId};
use store::{Editor, StoreError};

use super::{AddArguments, DataArguments, PushUrlArguments, RemoveArguments, say, serve::DATABASE};
use crate::{
    clock::SystemClock,
    exit::{Ending, Exit},
    push_urls::PushUrls,
};

pub(super) async fn add(arguments: AddArguments) -> Result<Exit, Ending> {
    let mut http = arguments.http.draft()?;
    if let Some(grace) = arguments.grace {
        http.get_or_insert_default().grace = Given::Set(grace);
    }
    let draft = Draft {
        name: arguments.name,
        group: arguments.group,
        tags: (!arguments.tag.is_empty()).then_some(arguments.tag),
        every: arguments.every,
        cron: arguments.cron,
        zone: arguments.zone,
        expect: arguments.expect,
        retries: arguments.retries,
        retry: arguments.retry,
        successes: arguments.successes,
        slow: arguments.slow,
        upside_down: arguments.upside_down.then_some(true),
        http,
        ..Draft::of(arguments.target)
    };
    // What is wrong whatever the defaults are is said also where there is no database.
    draft.parse().map_err(|invalid| Ending::because(Exit::Failed, &invalid))?;
    let mut editor = open(&arguments.data).await?;
    let settings = editor.settings().await.map_err(|error| refused(&error))?;
    let tracker =
        draft.parse_with(&settings.defaults).map_err(|invalid| Ending::because(Exit::Failed, &invalid))?;
    let known = tracked(&mut editor).await?.get(tracker.target.as_str()).copied();
    let id = editor.add(&tracker, SystemClock::new().now()).await.map_err(|error| refused(&error))?;
    say(&format!("added tracker {id}: {}, {}", tracker.target, tracker.about().schedule))?;
    if tracker.target.kind().has(Facet::Signals) {
        say(&format!("the URL that its target calls: uptime-tracker push-url {id}"))?;
    }
    if let Some(known) = known {
        say(&format!("note: tracker {known} has the same URL; both are checked"))?;
    }
    close(editor).await
}

pub(super) async fn list(arguments: &DataArguments) -> Result<Exit, Ending> {
    let mut editor = open(arguments).await?;
    let trackers = editor.list().await.map_err(|error| refused(&error))?;
    if trackers.is_empty() {
        say("no trackers yet; add one: uptime-tracker add https://example.org")?;
    }
    for tracker in trackers {
        let line = match tracker {
            Ok(tracker) => {
                let settings = tracker.settings;
                let paused = if settings.paused.is_some() { ", paused" } else { "" };
                let problem =
                    settings.problem().map_or_else(String::new, |why| format!("\tnot checked: {why}"));
                let (name, target) = (settings.shown_name(), &settings.target);
                format!("{}\t{name}\t{target}\t{}{paused}{problem}", tracker.id, settings.about().schedule)
            }
            Err(misfit) => format!("{}\t{}\tnot checked: {}", misfit.id, misfit.label, misfit.problem),
        };
        say(&line)?;
    }
    close(editor).await
}

pub(super) async fn push_url(arguments: PushUrlArguments) -> Result<Exit, Ending> {
    let failed = |sentence| Ending { exit: Exit::Failed, sentence };
    let mut editor = open(&arguments.data).await?;
    let vault = arguments.data.key.find(&arguments.data.data_dir)?;
    let urls = PushUrls::sealed(arguments.public_url.map(|url| url.text), &vault);
    let urls = urls.map_err(|error| Ending::because(Exit::Configuration, &error))?;
    let id = TrackerId(arguments.id);
    let trackers = editor.list().await.map_err(|error| refused(&error))?;
    let tracker = trackers.into_iter().flatten().find(|tracker| tracker.id == id);
    let tracker = tracker.ok_or_else(|| failed(format!("there is no tracker {id}")))?;
    let url = urls.of(&tracker);
    // Alone on its line, for scripts.
    say(&url.ok_or_else(|| failed(format!("tracker {id} asks its target; only push targets call")))?)?;
    close(editor).await
}

pub(super) async fn remove(arguments: &RemoveArguments) -> Result<Exit, Ending> {
    let mut editor = open(&arguments.data).await?;
    let id = TrackerId(arguments.id);
    if !editor.remove(id, SystemClock::new().now()).await.map_err(|error| refused(&error))? {
        return Err(Ending { exit: Exit::Failed, sentence: format!("there is no tracker {id}") });
    }
    say(&format!("removed tracker {id}; for ten minutes the page /?deleted={id} can bring it back"))?;
    close(editor).await
}

/// The first tracker of each target.
pub(super) async fn tracked(editor: &mut Editor) -> Result<HashMap<String, TrackerId>, Ending> {
    let trackers = editor.list().await.map_err(|error| refused(&error))?;
    let mut first = HashMap::new();
    for tracker in trackers.into_iter().flatten() {
        first.entry(tracker.settings.target.to_string()).or_insert(tracker.id);
    }
    Ok(first)
}

pub(super) async fn open(data: &DataArguments) -> Result<Editor, Ending> {
    Editor::open(&data.data_dir.join(DATABASE), data.key.find(&data.data_dir)?)
        .await
        .map_err(|error| refused(&error))
}

pub(super) async fn close(editor: Editor) -> Result<Exit, Ending> {
    editor.close().await.map(|()| Exit::Ok).map_err(|error| refused(&error))
}

pub(super) fn refused(error: &StoreError) -> Ending {
    Ending::because(Exit::Configuration, error)
}
