//! The menu of a tracker. A `details`, so that it opens without script.

use leptos::{html, prelude::*, wasm_bindgen::JsCast as _};

use super::{Icon, Part, reactive};

/// A menu behind a button. With script it closes on Escape, on a click elsewhere, and when something was chosen.
#[component]
pub fn Menu(
    /// The button's name, for who cannot see the three dots.
    label: impl Fn() -> String + Send + 'static,
    /// Forms.
    body: Part,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    // What has the focus must not vanish: it would fall back to the top of the page.
    let close_and_return = move || {
        let button = menu.get_untracked().and_then(|menu| menu.query_selector("summary").ok().flatten());
        if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A button that is gone needs no focus.
            drop(button.focus());
        }
        close();
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close_and_return();
        }
    };
    let on_leave = move |event: leptos::ev::FocusEvent| {
        let goes_to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !menu.get_untracked().is_some_and(|menu| menu.contains(goes_to.as_ref())) {
            close();
        }
    };
    view! {
        <details
            class="menu"
            name="menu"
            node_ref=menu
            on:keydown=on_key
            on:focusout=on_leave
            on:submit=move |_| close_and_return()
        >
            <summary class="btn quiet icon" aria-label=reactive(label)>
                <Icon name="#i-more" />
            </summary>
            <div tabindex="-1">{body}</div>
        </details>
    }
}
