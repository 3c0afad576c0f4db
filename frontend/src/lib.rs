//! The entry of the web client: takes over the islands of the page that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the client is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // The executor, and an owner for everything that follows.
    leptos::mount::hydrate_islands();
    app::island::wake();
}
