//! The menu of a tracker. A `details`, so that it opens without script.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast as _};

use super::{Icon, Part, reactive};

/// A menu behind a button. With script it closes on Escape, on a click elsewhere, and when something was chosen.
#[component]
pub fn Menu(
    /// The button's name, for who cannot see the three dots.
    label: impl Fn() -> String + Send + 'static,
    /// Forms.
    body: Part,
) -> impl IntoView {
    let on_key = |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close_and_return(&event);
        }
    };
    let on_leave = |event: ev::FocusEvent| {
        let goes_to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if let Some(menu) = menu_of(&event).filter(|menu| !menu.contains(goes_to.as_ref())) {
            menu.set_open(false);
        }
    };
    view! {
        <details
            class="menu"
            name="menu"
            on:keydown=on_key
            on:focusout=on_leave
            on:submit=|event| close_and_return(&event)
        >
            <summary class="btn quiet icon" aria-label=reactive(label)>
                <Icon name="#i-more" />
            </summary>
            <div tabindex="-1">{body}</div>
        </details>
    }
}

/// The menu that an event was listened to on.
fn menu_of(event: &ev::Event) -> Option<web_sys::HtmlDetailsElement> {
    event.current_target()?.dyn_into().ok()
}

/// What has the focus must not vanish: it would fall back to the top of the page.
fn close_and_return(event: &ev::Event) {
    let Some(menu) = menu_of(event) else { return };
    let button = menu.query_selector("summary").ok().flatten();
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A button that is gone needs no focus.
        drop(button.focus());
    }
    menu.set_open(false);
}
