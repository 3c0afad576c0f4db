//! Choosing rows with script: a range with Shift, and how many there are. Without it the boxes are plain, and the style sheet
//! counts. One listener for the whole page: boxes come and go with their rows.

use leptos::{prelude::*, wasm_bindgen::JsCast as _};
use web_sys::HtmlInputElement;

use super::many;

/// In a browser, listens from now on.
pub fn listen() {
    // They stay as long as the document.
    let _ = window_event_listener(leptos::ev::click, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
        if target.as_ref().is_some_and(|target| target.id() == many::ALL) {
            for pick in picks() {
                pick.set_checked(true);
            }
            return count();
        }
        let target = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(pick) = target.filter(|input| input.matches(PICK).unwrap_or(false)) else { return };
        chosen(&pick, event.shift_key());
    });
    let _ = window_event_listener_untyped("change", |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        // Not of the search, which says so when it is left.
        let select = target.and_then(|target| target.closest("select").ok().flatten());
        let form = select.and_then(|select| select.closest("form.tools").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            // It fails only for a form that is no longer in the document.
            drop(form.request_submit());
        }
    });
    let _ = window_event_listener_untyped("reset", |_| say(0));
    // Browsers tick boxes again when they come back to a page.
    count();
}

/// Chooses a row or lets it go; with all rows since the one before, if it is a range. Whether there is a box.
pub fn choose(row: &web_sys::Element, is_range: bool) -> bool {
    let pick =
        row.query_selector(PICK).ok().flatten().and_then(|pick| pick.dyn_into::<HtmlInputElement>().ok());
    let Some(pick) = pick else { return false };
    pick.set_checked(!pick.checked());
    chosen(&pick, is_range);
    true
}

fn chosen(pick: &HtmlInputElement, is_range: bool) {
    if let Some(last) = document().query_selector(LAST).ok().flatten() {
        if is_range {
            choose_range(&last, pick);
        }
        // It fails only for a name that is none.
        drop(last.remove_attribute("data-last"));
    }
    drop(pick.set_attribute("data-last", ""));
    count();
}

/// The box that was used last.
const LAST: &str = ".pick > input[data-last]";
/// The boxes of rows.
const PICK: &str = ".pick > input";

fn picks() -> Vec<HtmlInputElement> {
    let Ok(all) = document().query_selector_all(PICK) else { return Vec::new() };
    (0..all.length()).filter_map(|n| all.get(n)?.dyn_into().ok()).collect()
}

/// What was done to the box at one end is done to all boxes between it and the one that was used before.
fn choose_range(from: &web_sys::Element, to: &web_sys::Element) {
    let picks = picks();
    let find = |wanted: &web_sys::Element| picks.iter().position(|pick| pick.is_same_node(Some(wanted)));
    let is_chosen = to.matches(":checked").unwrap_or(false);
    if let (Some(from), Some(to)) = (find(from), find(to)) {
        let (first, last) = (from.min(to), from.max(to));
        picks.iter().skip(first).take(last + 1 - first).for_each(|pick| pick.set_checked(is_chosen));
    }
}

fn count() {
    say(picks().iter().filter(|pick| pick.checked()).count());
}

fn say(count: usize) {
    let place = document().query_selector(&format!("#{} .count", many::FORM)).ok().flatten();
    if let Some(place) = place {
        place.set_text_content(Some(&count.to_string()));
    }
}
