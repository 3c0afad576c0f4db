//! Keys for the list and for a tracker's page. They act on the row that has the focus, are off while somebody types, and can be turned off
//! altogether. Ctrl+K jumps from anywhere.

use std::cell::Cell;

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast as _};
use web_sys::{Element, HtmlElement};

use crate::{
    api::JumpNames,
    ask::ask,
    list::picking,
    ui::{Part, whole},
};

/// What each key does, for the page that says so.
const KEYS: [(&str, &str); 15] = [
    ("/", words::KEYS_SEARCH),
    ("j", words::KEYS_NEXT),
    ("k", words::KEYS_BEFORE),
    (words::KEYS_ENTER, words::KEYS_OPEN),
    ("x", words::KEYS_CHOOSE),
    (words::KEYS_SHIFT_X, words::KEYS_CHOOSE_RANGE),
    ("e", words::KEYS_EDIT),
    ("c", words::KEYS_CHECK),
    ("p", words::KEYS_PAUSE),
    (words::KEYS_SHIFT_P, words::KEYS_PAUSE_FOR),
    ("n", words::NEW_TRACKER),
    (words::KEYS_CTRL_K, words::KEYS_JUMP),
    ("g d", words::KEYS_TRACKERS),
    ("g s", words::KEYS_SETTINGS),
    ("?", words::KEYS_HELP),
];

/// The page that leads on to what was typed into the box to jump by.
pub const JUMP: &str = "/jump";

/// The help, and the button that shows it. Rendered on the server only; the style sheet shows the button to who has a keyboard.
pub fn help() -> Part {
    let lines: Vec<_> = KEYS
        .into_iter()
        .map(|(key, what)| {
            view! {
                <div>
                    <dt>
                        <kbd>{key}</kbd>
                    </dt>
                    <dd>{what}</dd>
                </div>
            }
        })
        .collect();
    whole(view! {
        <div class="wrap keys">
            <button class="btn quiet small" type="button" id="show-keys" aria-keyshortcuts="?">
                {words::KEYS_TITLE}
            </button>
            <dialog id="keys" aria-labelledby="h-keys">
                <h2 id="h-keys">{words::KEYS_TITLE}</h2>
                <dl>{lines}</dl>
                <p class="small muted">{words::KEYS_MOVING}</p>
                <form method="dialog">
                    <label>
                        <input type="checkbox" id="use-keys" checked />
                        {words::KEYS_USE}
                    </label>
                    <button class="btn" type="submit">
                        {words::CLOSE}
                    </button>
                </form>
            </dialog>
            <dialog id="jump" aria-labelledby="h-jump">
                <form action=JUMP method="get">
                    <h2 id="h-jump">
                        <label for="jump-to">{words::JUMP_TITLE}</label>
                    </h2>
                    <input type="search" id="jump-to" name="to" list="jump-names" autocomplete="off" spellcheck="false" required />
                    <datalist id="jump-names"></datalist>
                    <button class="btn" type="submit">
                        {words::JUMP_GO}
                    </button>
                </form>
            </dialog>
        </div>
    })
}

/// In a browser, listens from now on.
pub fn listen() {
    // They stay as long as the document.
    let after_g = Cell::new(false);
    let _ = window_event_listener(ev::keydown, move |event| {
        if event.key() == "k" && (event.ctrl_key() || event.meta_key()) && jump().is_some() {
            return event.prevent_default();
        }
        let is_other = event.ctrl_key() || event.alt_key() || event.meta_key() || event.is_composing();
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target.filter(|_| !is_other) else { return };
        if target.closest(TYPING).is_ok_and(|typing| typing.is_some()) {
            if event.key() == "Escape" {
                act(&target, |field| field.blur().is_ok());
            }
            return;
        }
        let key = event.key();
        let is_done = are_used() && if after_g.replace(key == "g") { go(&key) } else { press(&key) };
        if is_done {
            event.prevent_default();
        }
    });
    let _ = window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        match target.map(|target| target.id()).as_deref() {
            Some("show-keys") => drop(show_help()),
            Some("use-keys") => {
                let state = if find("#use-keys:checked").is_some() { "on" } else { "off" };
                // Where nothing may be kept, it holds until the page is left.
                let _ = store().map(|store| store.set_item(STORED, state));
            }
            _ => {}
        }
    });
    if store().and_then(|store| store.get_item(STORED).ok().flatten()).as_deref() == Some("off") {
        let switch = find("#use-keys").and_then(|switch| switch.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(switch) = switch {
            switch.set_checked(false);
        }
    }
}

/// Where letters are letters, and where a dialog has keys of its own.
const TYPING: &str = "input:not([type=checkbox]), textarea, select, dialog";
const STORED: &str = "keys";

/// Leads to a page.
fn go(key: &str) -> bool {
    let page = match key {
        "d" => "/",
        "s" => "/settings",
        _ => return false,
    };
    window().location().assign(page).is_ok()
}

/// Opens the box to jump by, with the names that it offers.
fn jump() -> Option<()> {
    find("#jump")?.dyn_into::<web_sys::HtmlDialogElement>().ok()?.show_modal().ok()?;
    spawn_local(async {
        if let (Ok(names), Some(list)) = (ask(JumpNames {}).await, find("#jump-names")) {
            list.set_inner_html(&names);
        }
    });
    Some(())
}

/// Whether the key did something.
fn press(key: &str) -> bool {
    match key {
        "/" => focus(".search > input"),
        "n" => focus("#url"),
        "?" => show_help().is_some(),
        "j" => step(1),
        "k" => step(-1),
        "x" => row().is_some_and(|row| picking::choose(&row, false)),
        "X" => row().is_some_and(|row| picking::choose(&row, true)),
        "e" => in_menu("[href$=\"/edit\"]"),
        // The forms of a menu in their order: checking, then pausing or resuming.
        "c" => in_menu("form:nth-of-type(1) button"),
        "p" => in_menu("form:nth-of-type(2) button"),
        "P" => in_menu("[href^=\"/pause\"]"),
        "Escape" => find(".pick > :checked")
            .and_then(|_| find("#many [type=reset]"))
            .is_some_and(|it| act(&it, press_it)),
        _ => false,
    }
}

fn step(by: i32) -> bool {
    let Ok(rows) = document().query_selector_all(".group[open] .row .name") else { return false };
    let all = || (0..rows.length()).filter_map(|n| rows.get(n)?.dyn_into::<Element>().ok());
    let here = row().and_then(|row| all().position(|name| row.contains(Some(&name))));
    let next = match (here, by) {
        (None, _) => Some(0),
        (Some(here), 1) => here.checked_add(1),
        (Some(here), _) => here.checked_sub(1),
    };
    next.and_then(|next| all().nth(next)).is_some_and(|name| act(&name, |name| name.focus().is_ok()))
}

/// The row that has the focus.
fn row() -> Option<Element> {
    document().active_element()?.closest(".row").ok().flatten()
}

/// Presses what is in the menu of the row that has the focus, or of the page's tracker.
fn in_menu(selector: &str) -> bool {
    let menu =
        row().map_or_else(|| find(".head > .actions"), |row| row.query_selector(".menu").ok().flatten());
    let found = menu.and_then(|menu| menu.query_selector(selector).ok().flatten());
    found.is_some_and(|element| act(&element, press_it))
}

fn press_it(element: &HtmlElement) -> bool {
    element.click();
    true
}

fn focus(selector: &str) -> bool {
    find(selector).is_some_and(|element| act(&element, |element| element.focus().is_ok()))
}

fn act(element: &Element, what: fn(&HtmlElement) -> bool) -> bool {
    element.dyn_ref::<HtmlElement>().is_some_and(what)
}

fn show_help() -> Option<()> {
    find("#keys")?.dyn_into::<web_sys::HtmlDialogElement>().ok()?.show_modal().ok()
}

fn are_used() -> bool {
    find("#use-keys:checked").is_some()
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn store() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
