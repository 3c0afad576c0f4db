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
    let size = storage.database_bytes.map_or_else(|| words::SETTINGS_IN_MEMORY.to_owned(), bytes);
    let free = storage.free_bytes.map(|free| fact(words::SETTINGS_DATA_FREE, whole(bytes(free))));
    let oldest = storage.oldest.map_or_else(|| whole(words::SETTINGS_DATA_NONE_YET), when);
    let checks = crate::format::large(storage.checks);
    whole(view! {
        <section class="sheet" aria-labelledby="h-room">
            <h2 id="h-room">{words::SETTINGS_DATA_ROOM}</h2>
            <dl class="facts">
                {fact(words::SETTINGS_DATABASE, whole(size))}
                {free}
                {fact(words::SETTINGS_DATA_CHECKS, whole(checks))}
                {fact(words::SETTINGS_DATA_OLDEST, oldest)}
            </dl>
        </section>
    })
}

fn retention(shown: &Shown, limits: &[Limit]) -> Part {
    let fields: Vec<Part> = limits.iter().map(|limit| field(shown, limit)).collect();
    let is_fixed = limits.iter().any(|limit| limit.fixed.is_some());
    let fixed = is_fixed.then(|| {
        view! { <p class="hint">{words::SETTINGS_DATA_FIXED}</p> }
    });
    let save = limits.iter().any(|limit| limit.fixed.is_none()).then(|| {
        view! {
            <p class="send">
                <button class="btn primary" type="submit">{words::SAVE}</button>
            </p>
        }
    });
    whole(view! {
        <section class="sheet" aria-labelledby="h-retention">
            <h2 id="h-retention">{words::SETTINGS_DATA_RETENTION}</h2>
            <p class="hint">
                {words::SETTINGS_DATA_RETENTION_HINT}
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
        "keep_checks" => (words::SETTINGS_DATA_KEEP_CHECKS, words::SETTINGS_DATA_KEEP_CHECKS_HINT),
        "keep_evidence" => (words::SETTINGS_DATA_KEEP_EVIDENCE, words::SETTINGS_DATA_KEEP_EVIDENCE_HINT),
        _ => (words::SETTINGS_DATA_MAX_SIZE, words::SETTINGS_DATA_MAX_SIZE_HINT),
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
        .placeholder(Some(words::default_value(&limit.usual)))
        .disabled(is_fixed)
        .problem(shown.problem(SET_RETENTION, limit.name))
        .view("keep")
}

fn backups(backups: &Backups) -> Part {
    let make = match backups.running {
        Some((since, done)) => whole(view! {
            <div class="notice is-none" role="status">
                <Icon name="#i-retry" />
                <span>
                    {words::SETTINGS_DATA_RUNNING_BEFORE} {when(since)} {words::settings_data_running_after(bytes(done))}
                    <a href=Section::Data.path()>{words::SETTINGS_DATA_LOOK_AGAIN}</a>
                </span>
            </div>
        }),
        None => button(BACK_UP, &[], "btn primary", words::SETTINGS_DATA_BACK_UP.to_owned()),
    };
    let problem = backups.problem.as_ref().map(|problem| {
        view! {
            <div class="notice is-down">
                <Icon name="#i-alert" />
                <span><b>{words::SETTINGS_DATA_BACKUP_FAILED}</b> {format!("{problem}.")}</span>
            </div>
        }
    });
    whole(view! {
        <section class="sheet" aria-labelledby="h-backups">
            <h2 id="h-backups">{words::SETTINGS_DATA_BACKUPS}</h2>
            <p class="hint">{words::settings_data_daily(backups.daily)} {words::SETTINGS_DATA_WHERE}</p>
            {make}
            {problem}
            {kept(&backups.kept)}
            <p>{words::SETTINGS_DATA_RESTORE}</p>
            <pre class="command" tabindex="0"><code>"uptime-tracker db restore FILE --data-dir FOLDER"</code></pre>
            <p class="hint">{words::SETTINGS_DATA_RESTORE_HINT}</p>
        </section>
    })
}

fn kept(backups: &[Backup]) -> Part {
    if backups.is_empty() {
        return whole(view! { <p class="muted">{words::NONE_YET}</p> });
    }
    let rows: Vec<_> = backups.iter().map(row).collect();
    whole(view! {
        <div class="table" tabindex="0" role="region" aria-label=words::SETTINGS_DATA_TABLE>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words::SETTINGS_MADE}</th>
                        <th scope="col">{words::SETTINGS_DATA_WHY}</th>
                        <th scope="col">{words::SETTINGS_DATA_SIZE}</th>
                        <th scope="col">{words::SETTINGS_DATA_FILE}</th>
                        <th scope="col"><span class="vh">{words::DELETE}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    })
}

fn row(backup: &Backup) -> Part {
    let why = match backup.kind {
        BackupKind::Daily => words::SETTINGS_DATA_DAILY_KIND,
        BackupKind::ByHand => words::SETTINGS_DATA_BY_HAND,
        BackupKind::BeforeUpdate => words::SETTINGS_DATA_BEFORE_UPDATE,
    };
    let delete = (backup.kind == BackupKind::ByHand).then(|| {
        view! {
            <details class="again">
                <summary class="btn small" aria-label=words::delete_named(&backup.name)>{words::DELETE_ASK}</summary>
                <div class="card">
                    <p>{words::SETTINGS_DATA_DELETE_HINT}</p>
                    {button(REMOVE_BACKUP, &[("name", backup.name.clone())], "btn danger small", words::DELETE.to_owned())}
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
            <h2 id="h-export">{words::SETTINGS_DATA_EXPORT}</h2>
            <p>{words::SETTINGS_DATA_EXPORT_HINT}</p>
            <ul class="buttons">{links.into_iter().collect_view()}</ul>
            <p class="hint">
                <code>"uptime-tracker import toml FILE"</code>
                {words::SETTINGS_DATA_IMPORT_OR}
                <code>"import json FILE"</code>
                {words::SETTINGS_DATA_IMPORT_DRY_RUN_BEFORE}
                <code>"--dry-run"</code>
                {words::SETTINGS_DATA_IMPORT_AFTER}
            </p>
            <p class="hint">
                {words::SETTINGS_DATA_CHECKS_BEFORE}
                <code>"/v1/trackers/1/export?format=csv&last=3660d"</code>
                {words::SETTINGS_DATA_CHECKS_AND}
                <code>"ndjson"</code>
                {words::SETTINGS_DATA_CHECKS_AFTER}
            </p>
        </section>
    })
}
