//! All tags and groups, for who may change trackers.

use domain::{Label, Labels, ListRequest};
use leptos::prelude::*;

use super::{CHANGE_LABEL, Section, Shown};
use crate::{
    list::{address, many::UNDO_PATH},
    ui::{Icon, Input, Part, whole},
};

pub(super) fn view(shown: &Shown, labels: &Labels, undo: Option<&(u64, String)>) -> Part {
    let done = undo.map(|(key, said)| {
        view! {
            <form class="notice is-up" action=UNDO_PATH method="post" role="status">
                <Icon name="#i-up" />
                <span>{said.clone()}</span>
                <input type="hidden" name="key" value=key.to_string() />
                <input type="hidden" name="back" value=Section::Tags.path() />
                <button class="btn small" type="submit">{words::UNDO}</button>
            </form>
        }
    });
    whole(view! {
        {done}
        {section(shown, Label::Tag, words::TAGS, &labels.tags)}
        {section(shown, Label::Group, words::GROUPS, &labels.groups)}
    })
}

fn section(shown: &Shown, label: Label, title: &'static str, all: &[(String, usize)]) -> Part {
    let id = format!("h-{}", label.word());
    let titled_by = id.clone();
    let rows: Vec<_> =
        all.iter().enumerate().map(|(n, (name, count))| row(shown, label, n, name, *count)).collect();
    let list = if rows.is_empty() {
        whole(view! { <p class="muted">{words::NONE_YET}</p> })
    } else {
        whole(view! { <ul class="labels">{rows}</ul> })
    };
    whole(view! {
        <section class="sheet" aria-labelledby=titled_by>
            <h2 id=id>{title}</h2>
            {list}
        </section>
    })
}

fn row(shown: &Shown, label: Label, n: usize, name: &str, count: usize) -> Part {
    let request = match label {
        Label::Tag => ListRequest { tags: vec![name.to_owned()], ..ListRequest::default() },
        Label::Group => ListRequest { group: Some(name.to_owned()), ..ListRequest::default() },
    };
    let is_meant =
        shown.typed(CHANGE_LABEL, "label") == label.word() && shown.typed(CHANGE_LABEL, "from") == name;
    let trackers = words::count_trackers(count);
    whole(view! {
        <li>
            <a href=address::href(&request)>
                <b>{name.to_owned()}</b>
                " "
                <span class="muted">{trackers.clone()}</span>
            </a>
            {rename(shown, label, n, name, is_meant)}
            {delete(label, name, &trackers)}
        </li>
    })
}

/// Which tag or group a form is about.
fn hidden(label: Label, name: &str) -> Part {
    whole(view! {
        <input type="hidden" name="label" value=label.word() />
        <input type="hidden" name="from" value=name.to_owned() />
    })
}

/// Unfolded where it was refused: with what is wrong, or with what asks again before two become one.
fn rename(shown: &Shown, label: Label, n: usize, name: &str, is_meant: bool) -> Part {
    let problem = |field| shown.problem(CHANGE_LABEL, field).filter(|_| is_meant);
    let typed = if is_meant { shown.typed(CHANGE_LABEL, "to") } else { name };
    let merge = problem("merge").map(|sentence| {
        view! {
            <form class="card" action=CHANGE_LABEL method="post">
                <p role="alert">{sentence}</p>
                {hidden(label, name)}
                <input type="hidden" name="do" value="rename" />
                <input type="hidden" name="to" value=typed.to_owned() />
                <input type="hidden" name="merge" value="true" />
                <button class="btn danger small" type="submit">{words::settings_tags_merge(typed)}</button>
            </form>
        }
    });
    let field =
        Input::text("to", words::SETTINGS_TAGS_NEW_NAME).value(typed).problem(problem("to")).required();
    let form = format!("{}-{n}", label.word());
    whole(view! {
        <details class="again" open=is_meant>
            <summary class="btn small" aria-label=words::settings_tags_rename_named(name)>{words::SETTINGS_TAGS_RENAME_ASK}</summary>
            {merge}
            <form class="card settings" action=CHANGE_LABEL method="post">
                {hidden(label, name)}
                <input type="hidden" name="do" value="rename" />
                {field.view(&form)}
                <button class="btn small" type="submit">{words::SETTINGS_TAGS_RENAME}</button>
            </form>
        </details>
    })
}

fn delete(label: Label, name: &str, trackers: &str) -> Part {
    let question = match label {
        Label::Tag => words::settings_tags_delete_tag(trackers),
        Label::Group => words::settings_tags_delete_group(trackers),
    };
    whole(view! {
        <details class="again">
            <summary class="btn small" aria-label=words::delete_named(name)>{words::DELETE_ASK}</summary>
            <form class="card" action=CHANGE_LABEL method="post">
                <p>{question}</p>
                {hidden(label, name)}
                <input type="hidden" name="do" value="delete" />
                <button class="btn danger small" type="submit">{words::DELETE}</button>
            </form>
        </details>
    })
}
