//! The bar as a slider over its checks. Without script it is the plain bar: role and tab stop come with hydration, so that
//! no dead control exists.

use domain::{SHOWN_CHECKS, Timestamp, TrackerView};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast as _};

use crate::{
    bar::Bar,
    live::Board,
    spot::{self, is_failure},
    tip::{Hold, Looked, Tips, bar_name},
    ui::{Icon, hydrated, reactive},
};

/// The name of a check's row in the table.
pub fn row_name(due: Timestamp, attempt: u16) -> String {
    format!("check-{}-{attempt}", due.as_ms())
}

/// The large bar. Its value is the check that is looked at, or the newest.
#[component]
pub fn Scrubber(
    /// The tracker.
    view: RwSignal<TrackerView>,
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    let tips = Tips::of_page();
    let looked = looked(view, board);
    let ready = hydrated();
    let place = move || tips.place(looked.id).unwrap_or(SHOWN_CHECKS - 1);
    let if_ready = move |value: &'static str| reactive(move || ready.get().then_some(value));
    let value = move || ready.get().then(|| (place() + 1).to_string());
    let words = move || ready.get().then(|| view.with(|view| spot::in_words(&view.cells, place())));
    let on_focus = move |_: ev::FocusEvent| {
        if tips.hold(looked.id).is_none() {
            tips.look(looked, untrack(place), Hold::Focus);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let from = untrack(place);
        if event.key() == "Enter" {
            event.prevent_default();
            view.with_untracked(|view| open_row(view, from));
        } else if let Some(to) = view.with_untracked(|view| spot::step(&view.cells, from, &event.key())) {
            event.prevent_default();
            tips.look(looked, to, Hold::Focus);
        }
    };
    view! {
        <div
            class="slider"
            role=if_ready("slider")
            tabindex=if_ready("0")
            aria-labelledby=if_ready("h-history")
            aria-valuemin=if_ready("1")
            aria-valuemax=if_ready("60")
            aria-valuenow=reactive(value)
            aria-valuetext=reactive(words)
            on:focus=on_focus
            on:blur=move |_| tips.let_go(looked.id, Hold::Focus)
            on:keydown=on_key
        >
            <Bar view now=board.now decorative=ready />
        </div>
    }
}

/// From failure to failure by buttons: not everybody can step a slider.
#[component]
pub fn FailureButtons(
    /// The tracker.
    view: RwSignal<TrackerView>,
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    let tips = Tips::of_page();
    let looked = looked(view, board);
    let ready = hydrated();
    let jump = move |to: fn(&[domain::Cell], usize) -> Option<usize>, none: &'static str| {
        let from = tips.place(looked.id).unwrap_or(SHOWN_CHECKS);
        let found = view.with_untracked(|view| to(&view.cells, from));
        let Some(place) = found else {
            board.said.set(none.into());
            return;
        };
        tips.look(looked, place, Hold::Pin);
        board.said.set(view.with_untracked(|view| spot::in_words(&view.cells, place)));
        if let Some(bar) = document().get_element_by_id(&bar_name(looked.id)) {
            bar.scroll_into_view_with_bool(false);
        }
    };
    let previous =
        move |_| jump(|cells, from| spot::before(cells, from, is_failure), words::TRACKER_NO_EARLIER_FAILURE);
    let next =
        move |_| jump(|cells, from| spot::after(cells, from, is_failure), words::TRACKER_NO_LATER_FAILURE);
    let is_disabled = move || view.with(|view| !view.cells.iter().any(|cell| is_failure(cell.mark())));
    view! {
        <div class="seg" hidden=reactive(move || !ready.get())>
            <button class="btn small" type="button" disabled=reactive(is_disabled) on:click=previous>
                <Icon name="#i-left" />
                {words::TRACKER_PREVIOUS_FAILURE}
            </button>
            <button class="btn small" type="button" disabled=reactive(is_disabled) on:click=next>
                {words::TRACKER_NEXT_FAILURE}
                <Icon name="#i-chev" />
            </button>
        </div>
    }
}

fn looked(view: RwSignal<TrackerView>, board: Board) -> Looked {
    Looked { id: view.with_untracked(|view| view.id), view, now: board.now }
}

/// Opens the table at a check's row, and puts the focus there.
fn open_row(view: &TrackerView, place: usize) {
    let Some(cell) = spot::cell_at(&view.cells, place) else { return };
    let name = row_name(cell.due, cell.attempt);
    if let Some(table) = document().get_element_by_id("checks") {
        // It fails only for a name that is none.
        drop(table.set_attribute("open", ""));
    }
    // Rows of an open table have a place only after the next layout.
    request_animation_frame(move || {
        let row = document().get_element_by_id(&name);
        if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
            row.set_tab_index(-1);
            // A row that is gone needs no focus.
            drop(row.focus());
        }
    });
}
