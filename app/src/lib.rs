//! The web interface: pages, components and the server functions they call.
//!
//! Pages are complete when the server has rendered them, forms included; hydration only adds what moves. So nothing that
//! is rendered may depend on the time of day, a locale, chance or a window's size.
//!
//! Invariant: nothing here knows a database or a web framework, and nothing is compiled only for one side. What the server
//! provides stands in [`backend`].

pub mod api;
pub mod backend;
pub mod bar;
pub mod content;
mod error;
pub mod figures;
pub mod format;
mod json;
pub mod list;
pub mod live;
pub mod past;
pub mod spot;
pub mod standing;
pub mod tip;
pub mod tracker;
pub mod ui;

pub use error::ApiError;

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    list::TrackersPage,
    tip::{TipCard, Tips},
    tracker::TrackerPage,
    ui::{Dock, Icon, Sprite, Toasts, Trouble, TroubleBanner, reactive, sorry},
};

/// The whole document, as the server sends it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let files = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let style = format!("{files}.css");
    let version = options.site_pkg_dir.rsplit('/').next().unwrap_or_default().to_owned();
    // A form that failed is answered at its own address; the router in the browser has to see the page's.
    let address = use_context::<backend::FailedForm>().map(|failed| {
        let restore = "history.replaceState(null, '', document.currentScript.dataset.page)";
        view! { <script nonce=leptos::nonce::use_nonce() data-page=failed.page>{restore}</script> }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-version=version>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link id="leptos" rel="stylesheet" href=style />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                {address}
                <AutoReload options />
                <Client files />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Fetches and starts the client. Leptos's own `HydrationScripts` does the same, but gives its links a `crossorigin` that
/// HTML does not know.
#[component]
fn Client(
    /// The path of the client's files without their endings.
    files: String,
) -> impl IntoView {
    let (script, module) = (format!("{files}.js"), format!("{files}.wasm"));
    let start = format!(
        "import start, {{ hydrate }} from '{script}'; await start({{ module_or_path: '{module}' }}); hydrate();"
    );
    view! {
        <link rel="modulepreload" href=script />
        <link rel="preload" href=module r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=leptos::nonce::use_nonce()>
            {start}
        </script>
    }
}

/// Everything in the body.
#[component]
pub fn App() -> impl IntoView {
    if backend::IS_SERVER {
        provide_meta_context();
    }
    Tips::provide();
    Toasts::provide();
    Trouble::provide();
    view! {
        <Sprite />
        <a class="skip" href="#main">
            "Skip to content"
        </a>
        <Router>
            <div class="shell">
                <main class="page" id="main" tabindex="-1">
                    <TroubleBanner />
                    <FlatRoutes fallback=|| sorry(&ApiError::NotFound)>
                        <Route path=path!("/") view=TrackersPage ssr=SsrMode::Async />
                        <Route path=path!("/t/:id") view=TrackerPage ssr=SsrMode::Async />
                    </FlatRoutes>
                    <TipCard />
                </main>
                <Rail />
            </div>
        </Router>
        <Dock />
    }
}

/// The way to every section; the sections themselves come later.
#[component]
fn Rail() -> impl IntoView {
    let here = leptos_router::hooks::use_location().pathname;
    let current = move || {
        here.with(|path| match path.as_str() {
            "/" => Some("page"),
            path if path.starts_with("/t/") => Some("true"),
            _ => None,
        })
    };
    view! {
        <header class="rail">
            <a class="brand" href="/" aria-label="Uptime Tracker">
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path d="M1 6h2.5v9H1zM4.75 6h2.5v9h-2.5zM8.5 1H11v14H8.5zM12.25 6h2.5v9h-2.5z"></path>
                </svg>
                <span>"Uptime Tracker"</span>
            </a>
            <nav class="nav" aria-label="Main">
                <ul>
                    <li>
                        <a href="/" aria-current=reactive(current)>
                            <Icon name="#i-list" />
                            "Trackers"
                        </a>
                    </li>
                </ul>
            </nav>
            <p class="foot">{concat!("local · ", env!("CARGO_PKG_VERSION"))}</p>
        </header>
    }
}

/// The bars of the brand, as an SVG document to be served as `/favicon.svg`.
pub const FAVICON: &str = concat!(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><style>path{fill:#0b5cad}",
    "@media(prefers-color-scheme:dark){path{fill:#7cc0ff}}</style>",
    "<path d='M1 6h2.5v9H1zM4.75 6h2.5v9h-2.5zM8.5 1H11v14H8.5zM12.25 6h2.5v9h-2.5z'/></svg>",
);
