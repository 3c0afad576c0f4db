//! A row is moved by dragging its box to another row of its group. Who has no pointer for that has two buttons in its menu.

use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast as _};
use web_sys::{DragEvent, Element, Event};

use super::many;
use crate::ask;

/// In a browser, listens from now on. The list shows the new order when the server has told of it.
pub fn listen() {
    let dragged = StoredValue::new(None::<String>);
    // They stay as long as the document.
    let _ = window_event_listener_untyped("dragstart", move |event| {
        let row = closest(&event, ".pick").and_then(|pick| pick.closest(".row").ok().flatten());
        dragged.set_value(row.as_ref().map(Element::id));
        if let (Some(row), Some(drag)) =
            (row, event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer))
        {
            drag.set_drag_image(&row, 0, 0);
        }
    });
    let _ = window_event_listener_untyped("dragover", move |event| {
        if target(dragged, &event).is_some() {
            event.prevent_default();
        }
    });
    let _ = window_event_listener_untyped("drop", move |event| {
        if let Some((moved, at)) = target(dragged, &event) {
            event.prevent_default();
            spawn_local(async move {
                // What failed shows: the row stays where it was.
                drop(ask::send(many::PATH, &format!("at={at}&moved"), &moved).await);
            });
        }
        dragged.set_value(None);
    });
}

/// The numbers of the row that is dragged, and of the other one of its group that it is over.
fn target(dragged: StoredValue<Option<String>>, event: &Event) -> Option<(String, String)> {
    let moved = dragged.get_value()?;
    let over = closest(event, ".row")?;
    let is_of_group = over.parent_element()?.query_selector(&format!("#{moved}")).ok()?.is_some();
    let number = |id: &str| id.strip_prefix("row-").map(ToOwned::to_owned);
    (is_of_group && over.id() != moved).then(|| Some((number(&moved)?, number(&over.id())?)))?
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}
