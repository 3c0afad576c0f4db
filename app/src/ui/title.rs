//! The document's title.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::backend::IS_SERVER;

/// Gives the document a title that follows signals.
///
/// On the server it is worked out at once: it is printed when the page is already on its way, perhaps by another thread, where
/// the page's signals are out of reach. In a browser nothing of `leptos_meta` is needed.
pub fn title(text: impl Fn() -> String + 'static) {
    if IS_SERVER {
        // The component notes the title for the head, and shows nothing where it stands.
        drop(view! { <Title text=in_full(&untrack(&text)) /> });
    }
    Effect::new(move |_| document().set_title(&in_full(&text())));
}

/// `leptos_meta` prints a title as it is, and a name may hold markup: no `<` may reach it.
fn in_full(title: &str) -> String {
    format!("{} · Uptime Tracker", title.replace('<', "‹"))
}
