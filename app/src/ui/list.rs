//! Lists whose entries keep their elements, and the focus in them, while others come and go.

use leptos::prelude::*;

use super::{Part, whole};

/// One entry.
pub struct Entry {
    key: (i64, u64),
    view: Box<dyn FnOnce() -> Part + Send>,
}

impl Entry {
    /// An entry that stays as it is while one with the same two numbers is in the list; `view` is called for a new one only.
    pub fn new<V: IntoView + 'static>(
        id: i64,
        state: u64,
        view: impl FnOnce() -> V + Send + 'static,
    ) -> Self {
        Self { key: (id, state), view: Box::new(|| whole(view())) }
    }
}

/// The list that these entries make. It follows the signals that they are read from.
pub fn entries(of: impl Fn() -> Vec<Entry> + Send + Sync + 'static) -> Part {
    let each: Box<dyn Fn() -> Vec<Entry> + Send + Sync> = Box::new(of);
    whole(view! { <For each key=|entry| entry.key children=|entry| (entry.view)() /> })
}
