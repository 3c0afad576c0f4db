//! What is kept, backups, and files to take away; for administrators.

use domain::{Backup, BackupKind, Backups, Limit, Storage};
use leptos::prelude::*;

use super::{BACK_UP, REMOVE_BACKUP, SET_RETENTION, Section, Shown, about::bytes, button, when};
use crate::ui::{Icon, Input, Part, whole};

pub(super) fn view(shown: &Shown, storage: &Storage) -> Part {
    let backups = storage.backups.as_ref().map(backups);
    whole(view! {
        {room(storage)}
        {retention(shown, &storage.limits)}
        {backups}
        {export()}
    })
}

fn room(storage: &Storage) -> Part {
    let fact = |name: &'static str, value: Part| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let size = storage.database_bytes.map_or_else(|| "in memory".to_owned(), bytes);
    let free = storage.free_bytes.map(|free| fact("Free on its disk", whole(bytes(free))));
    let oldest = storage.oldest.map_or_else(|| whole("none yet"), when);
    let checks = crate::format::large(storage.checks);
    whole(view! {
        <section class="sheet" aria-labelledby="h-room">
            <h2 id="h-room">"What there is"</h2>
            <dl class="facts">
                {fact("Database", whole(size))}
                {free}
                {fact("Checks, with gaps", whole(checks))}
                {fact("Oldest of them", oldest)}
            </dl>
        </section>
    })
}

fn retention(shown: &Shown, limits: &[Limit]) -> Part {
    let fields: Vec<Part> = limits.iter().map(|limit| field(shown, limit)).collect();
    let is_fixed = limits.iter().any(|limit| limit.fixed.is_some());
    let fixed = is_fixed.then(|| {
        view! { <p class="hint">"What is greyed was said when the server was started (its command line or environment), and wins."</p> }
    });
    let save = limits.iter().any(|limit| limit.fixed.is_none()).then(|| {
        view! {
            <p class="send">
                <button class="btn primary" type="submit">"Save"</button>
            </p>
        }
    });
    whole(view! {
        <section class="sheet" aria-labelledby="h-retention">
            <h2 id="h-retention">"How long it is kept"</h2>
            <p class="hint">
                "In force at once. What becomes too old is deleted within minutes and does not come back. Uptimes of hours and days, and \
                 changes of status, are kept for ever."
            </p>
            {fixed}
            <form class="settings" action=SET_RETENTION method="post" autocomplete="off">
                {fields}
                {save}
            </form>
        </section>
    })
}

fn field(shown: &Shown, limit: &Limit) -> Part {
    let (label, hint) = match limit.name {
        "keep_checks" => ("Each check", "From 1d, like 90d or 365d."),
        "keep_evidence" => ("What failures showed", "From 1d, since it was last seen."),
        _ => (
            "The most room for all of it",
            "A share of the disk like 80%, or a size like 20GiB. Beyond, the oldest checks go before their time.",
        ),
    };
    let is_fixed = limit.fixed.is_some();
    let value = match &limit.fixed {
        Some(fixed) => fixed,
        None if shown.has_failed(SET_RETENTION) => shown.typed(SET_RETENTION, limit.name),
        None => &limit.said,
    };
    Input::text(limit.name, label)
        .hint(hint)
        .value(value)
        .placeholder(Some(format!("{} (default)", limit.usual)))
        .disabled(is_fixed)
        .problem(shown.problem(SET_RETENTION, limit.name))
        .view("keep")
}

fn backups(backups: &Backups) -> Part {
    let daily = match backups.daily {
        0 => "None is made by itself.".to_owned(),
        1 => "One is made every day; the newest is kept.".to_owned(),
        many => format!("One is made every day; the newest {many} are kept."),
    };
    let make = match backups.running {
        Some((since, done)) => whole(view! {
            <div class="notice is-none" role="status">
                <Icon name="#i-retry" />
                <span>
                    "A backup is being made since " {when(since)} {format!(": {} so far. ", bytes(done))}
                    <a href=Section::Data.path()>"Look again"</a>
                </span>
            </div>
        }),
        None => button(BACK_UP, &[], "btn primary", "Back up now".to_owned()),
    };
    let problem = backups.problem.as_ref().map(|problem| {
        view! {
            <div class="notice is-down">
                <Icon name="#i-alert" />
                <span><b>"The last one that was asked for was not made: "</b> {format!("{problem}.")}</span>
            </div>
        }
    });
    whole(view! {
        <section class="sheet" aria-labelledby="h-backups">
            <h2 id="h-backups">"Backups"</h2>
            <p class="hint">{daily} " They lie on the disk of the database: keep a copy elsewhere."</p>
            {make}
            {problem}
            {kept(&backups.kept)}
            <p>"To go back to one, stop the server, and where it runs:"</p>
            <pre class="command" tabindex="0"><code>"uptime-tracker db restore FILE --data-dir FOLDER"</code></pre>
            <p class="hint">"It reads the backup through first, and moves the present database aside instead of deleting it."</p>
        </section>
    })
}

fn kept(backups: &[Backup]) -> Part {
    if backups.is_empty() {
        return whole(view! { <p class="muted">"There are none yet."</p> });
    }
    let rows: Vec<_> = backups.iter().map(row).collect();
    whole(view! {
        <div class="table" tabindex="0" role="region" aria-label="Table of backups">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Made"</th>
                        <th scope="col">"Why"</th>
                        <th scope="col">"Size"</th>
                        <th scope="col">"File"</th>
                        <th scope="col"><span class="vh">"Delete"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    })
}

fn row(backup: &Backup) -> Part {
    let why = match backup.kind {
        BackupKind::Daily => "daily, or by command",
        BackupKind::ByHand => "by hand",
        BackupKind::BeforeUpdate => "before an update",
    };
    let delete = (backup.kind == BackupKind::ByHand).then(|| {
        view! {
            <details class="again">
                <summary class="btn small" aria-label=format!("Delete {}", backup.name)>"Delete…"</summary>
                <div class="card">
                    <p>"A backup that is deleted cannot be brought back."</p>
                    {button(REMOVE_BACKUP, &[("name", backup.name.clone())], "btn danger small", "Delete".to_owned())}
                </div>
            </details>
        }
    });
    whole(view! {
        <tr>
            <th scope="row">{when(backup.at)}</th>
            <td>{why}</td>
            <td>{bytes(backup.bytes)}</td>
            <td>
                <a href=format!("/v1/backups/{}", backup.name) download="">{backup.name.clone()}</a>
            </td>
            <td>{delete}</td>
        </tr>
    })
}

fn export() -> Part {
    let links = [("JSON", "json"), ("TOML", "toml"), ("CSV", "csv")].map(|(word, format)| {
        view! {
            <li>
                <a class="btn small" href=format!("/v1/trackers/export?format={format}") download="">{word}</a>
            </li>
        }
    });
    whole(view! {
        <section class="sheet" aria-labelledby="h-export">
            <h2 id="h-export">"Take it elsewhere"</h2>
            <p>"All trackers as a file. Secrets are left out, and named."</p>
            <ul class="buttons">{links.into_iter().collect_view()}</ul>
            <p class="hint">
                <code>"uptime-tracker import toml FILE"</code>
                " or "
                <code>"import json FILE"</code>
                " reads it again; with "
                <code>"--dry-run"</code>
                " it only says what would change. CSV is for spreadsheets."
            </p>
            <p class="hint">
                "The checks of one tracker, of all its time: "
                <code>"/v1/trackers/1/export?format=csv&last=3660d"</code>
                ", and "
                <code>"ndjson"</code>
                "; a tracker's page has the link in its menu."
            </p>
        </section>
    })
}
