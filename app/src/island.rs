//! The parts of a page that the client takes over. Everything else of a page is only HTML: no code of it is in the client.
//!
//! An island is a view and the data it was made from. The server writes both into the page; the client makes the same view
//! from the same data, on the elements that are there. What it cannot find or read, it leaves alone: that is still a page.
//!
//! Not Leptos's `#[island]`, which does the same with one reader of JSON for each type, and panics on data that it cannot read.

use leptos::{
    prelude::*,
    tachys::{hydration::Cursor, view::PositionState},
    wasm_bindgen::JsCast as _,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    edit, json, keys,
    list::{self, TrackerList},
    tip::Tips,
    tracker::Tracker,
    ui::{Failed, Toasts, toasts},
};

/// The island of a page of the list.
pub const LIST: &str = "list";
/// The island of one tracker.
pub const TRACKER: &str = "tracker";

/// What an island is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told<T> {
    /// What it shows.
    pub shown: T,
    /// The form that failed without script, if the page is the answer to one.
    pub failed: Failed,
    /// Why nothing is recorded; empty when nothing keeps the server from it.
    pub trouble: String,
    /// Whether who looks may change trackers.
    pub may_change: bool,
}

/// Takes over what is there. To be called once, in a browser.
pub fn wake() {
    Tips::provide();
    Toasts::provide();
    edit::live::wake();
    take_over(LIST, |told| view! { <TrackerList told /> });
    if document().get_element_by_id(LIST).is_some() {
        list::picking::listen();
        list::dragging::listen();
    }
    keys::listen();
    take_over(TRACKER, |told| view! { <Tracker told /> });
    if let Some(place) = document().get_element_by_id(toasts::PLACE) {
        let mut cards = toasts::cards().build();
        cards.mount(&place, None);
        std::mem::forget(cards);
    }
}

/// An island as the server writes it.
pub fn island<V: IntoView + 'static>(name: &'static str, told: &impl Serialize, view: V) -> impl IntoView {
    // No `<` in data: it could end the element.
    let told = json::write(told).replace('<', "\\u003c");
    view! {
        <div class="island" id=name>
            {view}
        </div>
        <script type="application/json" id=data_name(name) inner_html=told></script>
    }
}

fn take_over<T: DeserializeOwned, V: IntoView>(name: &str, show: impl FnOnce(T) -> V) {
    let Some(place) = document().get_element_by_id(name) else { return };
    let told = document().get_element_by_id(&data_name(name)).and_then(|data| data.text_content());
    if let Some(told) = told.and_then(|told| json::read(&told).ok()) {
        let cursor = Cursor::new(place.unchecked_into());
        // It stays as long as the document.
        std::mem::forget(show(told).into_view().hydrate::<true>(&cursor, &PositionState::default()));
    }
}

fn data_name(island: &str) -> String {
    format!("{island}-data")
}
