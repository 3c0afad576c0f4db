//! Why nothing is recorded, above every page.

use leptos::prelude::*;

use super::{Icon, reactive};

/// Says it.
#[component]
pub fn TroubleBanner(
    /// What keeps the server from recording, in words; empty when nothing does.
    said: RwSignal<String>,
) -> impl IntoView {
    view! {
        <div class="wrap deleted" hidden=reactive(move || said.with(String::is_empty))>
            <div class="notice is-down" role="status">
                <Icon name="#i-alert" />
                <span>{reactive(move || said.get())}</span>
            </div>
        </div>
    }
}
