//! The document's title.

use leptos::prelude::*;

/// In a browser, keeps the document's title true to signals.
pub fn title(text: impl Fn() -> String + 'static) {
    Effect::new(move |_| document().set_title(&in_full(&text())));
}

/// A title with the product's name.
pub fn in_full(title: &str) -> String {
    format!("{title} · {}", words::PRODUCT)
}
