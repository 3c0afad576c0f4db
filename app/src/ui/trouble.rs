//! Why nothing is recorded, above every page.

use leptos::prelude::*;

use super::{Icon, reactive};
use crate::backend::{self, IS_SERVER};

/// What keeps the server from recording, in words; empty when nothing does. By context, because it is true on every page.
#[derive(Clone, Copy)]
pub struct Trouble(pub RwSignal<String>);

/// Where it stands in the document.
const ID: &str = "trouble";

impl Trouble {
    /// To be called once, at the root. The client starts with what the server wrote.
    pub fn provide() {
        let said = if IS_SERVER {
            backend::services().ok().and_then(|services| services.live.trouble())
        } else {
            document().get_element_by_id(ID).and_then(|said| said.text_content())
        };
        // An empty text is written as a space.
        provide_context(Self(RwSignal::new(said.unwrap_or_default().trim().to_owned())));
    }

    /// The document's.
    pub fn of_document() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(String::new())))
    }
}

/// Says it.
#[component]
pub fn TroubleBanner() -> impl IntoView {
    let Trouble(said) = Trouble::of_document();
    view! {
        <div class="wrap deleted" hidden=reactive(move || said.with(String::is_empty))>
            <div class="notice is-down" role="status">
                <Icon name="#i-alert" />
                <span id=ID>{reactive(move || said.get())}</span>
            </div>
        </div>
    }
}
