//! What can be done with the trackers that are chosen, and how it is taken back. Plain forms, rendered on the server only; the
//! boxes in the rows belong to the form by its name.

use domain::ListRequest;
use leptos::prelude::*;

use super::address::href;
use crate::ui::{Icon, Part, whole};

/// The name of the form.
pub const FORM: &str = "many";
/// The button that chooses all rows of the page. It needs the client.
pub const ALL: &str = "choose-all";
/// Where it is posted to. No server function: it has as many fields as rows are chosen.
pub const PATH: &str = "/api/change_many";
/// Where what was done is taken back.
pub const UNDO_PATH: &str = "/api/undo_many";
/// The page that edits many.
pub const EDIT_PAGE: &str = "/edit";

/// The bar at the bottom. The style sheet shows it while a box is ticked, and counts them.
pub fn bar(request: &ListRequest) -> Part {
    // What is added here needs a word in `server/src/http/many.rs`.
    let button = |word: &'static str, icon: &'static str, text: &'static str, class: &'static str| {
        view! {
            <button class=format!("btn quiet small {class}") type="submit" name="do" value=word title=text>
                <Icon name=icon />
                <span>{text}</span>
            </button>
        }
    };
    let page = |word: &'static str, icon: &'static str, text: &'static str, class: &'static str| {
        let action = if word == "pause" { crate::pause::PAGE } else { EDIT_PAGE };
        view! {
            <button
                class=format!("btn quiet small {class}")
                type="submit"
                name="do"
                value=word
                title=text
                formmethod="get"
                formaction=action
            >
                <Icon name=icon />
                <span>{text}</span>
            </button>
        }
    };
    whole(view! {
        <form class="many" id=FORM action=PATH method="post" aria-label=words::MANY_CHOSEN>
            <input type="hidden" name="back" value=href(request) />
            <b>
                <span class="count"></span>
                <span>{words::MANY_SELECTED}</span>
            </b>
            <button class="btn quiet small wide" type="button" id=ALL>
                {words::MANY_SELECT_ALL}
            </button>
            {button("check", "#i-retry", words::CHECK_NOW, "")}
            {button("pause", "#i-pause", words::PAUSE, "")}
            {page("pause", "#i-pause", words::PAUSE_FOR, "wide")}
            {button("resume", "#i-play", words::RESUME, "")}
            {page("edit", "#i-edit", words::MANY_EDIT, "")}
            {page("tag", "#i-tag", words::MANY_TAG, "wide")}
            {page("move", "#i-move", words::MANY_MOVE, "wide")}
            {button("delete", "#i-trash", words::DELETE, "danger")}
            <button class="btn quiet icon small" type="reset" aria-label=words::MANY_CLEAR title=words::MANY_CLEAR>
                <Icon name="#i-x" />
            </button>
        </form>
    })
}

/// What was done with many, and the way back from it.
pub fn notice(key: u64, said: &str, request: &ListRequest) -> Part {
    let said = said.to_owned();
    whole(view! {
        <div class="wrap deleted" id="done" tabindex="-1">
            <div class="notice is-none" role="status">
                <Icon name="#i-up" />
                <span>{said}</span>
                <form action=UNDO_PATH method="post">
                    <input type="hidden" name="key" value=key.to_string() />
                    <input type="hidden" name="back" value=href(request) />
                    <button class="btn small" type="submit">
                        {words::UNDO}
                    </button>
                </form>
            </div>
        </div>
    })
}
