//! The whole document, as the server sends it.

use domain::access::Need;
use leptos::prelude::*;

use crate::{
    access::{SIGN_IN_PAGE, SIGN_OUT},
    alerts,
    content::{Content, Page},
    format, incidents,
    island::{LIST, TRACKER, island},
    keys,
    list::{TrackerList, many},
    parts,
    tracker::Tracker,
    ui::{Icon, Part, Sprite, TroubleBanner, in_full, sorry, toasts},
};

/// The script of every page, whether it has the client or not: it shows times in the viewer's zone before anything is painted, again
/// whatever the client writes, and lets passwords be looked at. It changes the text of nodes, never nodes, so the client finds its
/// own; and what it has changed it would not change again. Inline, as a file would come after the first paint.
const SCRIPT: &str = include_str!("document/page.js");

/// Everything. `answers` is the page's own address if it is the answer to a form, which has another.
pub fn document(options: LeptosOptions, page: Page, answers: Option<String>) -> impl IntoView {
    let files = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let style = format!("{files}.css");
    let version = options.site_pkg_dir.rsplit('/').next().unwrap_or_default().to_owned();
    // To load the address of a form again would be to send the form again.
    let address = answers.map(|address| {
        let restore = "history.replaceState(null, '', document.currentScript.dataset.page)";
        view! { <script nonce=leptos::nonce::use_nonce() data-page=address>{restore}</script> }
    });
    let rail = rail(&page);
    // A page that nothing moves on does without the client.
    let client = page.has_islands().then(|| view! { <Client files /> });
    view! {
        <!DOCTYPE html>
        <html lang=words::LANGUAGE data-version=version>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="description" content=words::DESCRIPTION />
                <meta name="color-scheme" content="light dark" />
                <title>{in_full(&page.title())}</title>
                <link id="leptos" rel="stylesheet" href=style />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                {address}
                <AutoReload options />
                {client}
            </head>
            <body>
                <Sprite />
                <a class="skip" href="#main">
                    {words::SKIP_TO_CONTENT}
                </a>
                <div class="shell">
                    <main class="page" id="main" tabindex="-1">
                        {content(page)}
                    </main>
                    {rail}
                </div>
                <div class="dock" id=toasts::PLACE role="status"></div>
                <script nonce=leptos::nonce::use_nonce() data-months=format::MONTHS.join(" ") inner_html=SCRIPT></script>
            </body>
        </html>
    }
}

fn content(page: Page) -> AnyView {
    match page.content {
        Ok(Content::List(told, fixed)) => {
            let around = (fixed.tools.clone(), fixed.pages.clone());
            let view = view! { <TrackerList told=told.clone() around /> };
            let has_rows = told.shown.page.totals.trackers > 0;
            let may_edit = told.may_change && has_rows;
            view! {
                {fixed.above()}
                {island(LIST, &told, view)}
                {has_rows.then(keys::help)}
                {may_edit.then(|| many::bar(&fixed.request))}
            }
            .into_any()
        }
        Ok(Content::One(told, past)) => {
            let view = view! { <Tracker told=told.clone() /> };
            view! {
                {island(TRACKER, &told, view)}
                <div class="wrap past" id="past" inner_html=past></div>
                {keys::help()}
            }
            .into_any()
        }
        Ok(Content::SetUp(form)) => form.view().into_any(),
        Ok(Content::SignIn(form)) => form.view().into_any(),
        Ok(Content::Parts) => parts::view().into_any(),
        Ok(Content::Settings(shown)) => below(page.trouble, shown.view()),
        Ok(Content::Edit(form)) => below(page.trouble, form.view()),
        Ok(Content::Many(form)) => below(page.trouble, form.view()),
        Ok(Content::Pause(form)) => below(page.trouble, form.view()),
        Ok(Content::Incidents(shown)) => below(page.trouble, shown.view()),
        Ok(Content::Incident(shown)) => below(page.trouble, shown.view()),
        Ok(Content::Maintenance(shown)) => below(page.trouble, shown.view()),
        Ok(Content::Plan(form)) => below(page.trouble, form.view()),
        Ok(Content::Known(form)) => below(page.trouble, form.view()),
        Ok(Content::Alerts(shown)) => below(page.trouble, shown.view()),
        Ok(Content::Channel(form)) => below(page.trouble, form.view()),
        Ok(Content::Rule(form)) => below(page.trouble, form.view()),
        Err(error) => below(page.trouble, sorry(&error)),
    }
}

/// A page that says above everything why nothing is recorded, if something keeps the server from it.
fn below(trouble: String, body: Part) -> AnyView {
    view! {
        <TroubleBanner said=RwSignal::new(trouble) />
        {body}
    }
    .into_any()
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

/// The way to every section that who looks may enter, and who they are.
fn rail(page: &Page) -> impl IntoView + use<> {
    let current = |is_here: bool| match page.path.as_str() {
        "/" if is_here => Some("page"),
        _ if is_here => Some("true"),
        _ => None,
    };
    let is_under = |section: &str| page.path.starts_with(section);
    let item = |href: &'static str, icon: &'static str, word: &'static str, is_here: bool| {
        view! {
            <li>
                <a href=href aria-current=current(is_here)>
                    <Icon name=icon />
                    {word}
                </a>
            </li>
        }
    };
    let subject = &page.viewer.subject;
    let is_known = subject.account().is_some();
    let may_look = page.viewer.is_claimed && page.viewer.allows(Need::Look).is_ok();
    let trackers = may_look.then(|| {
        item(
            "/",
            "#i-list",
            words::TRACKERS,
            page.path == "/" || page.path == many::EDIT_PAGE || page.path.starts_with("/t/"),
        )
    });
    let incidents =
        may_look.then(|| item(incidents::PAGE, "#i-alert", words::INCIDENTS, is_under(incidents::PAGE)));
    let alerts = (page.viewer.is_claimed && page.viewer.may_change())
        .then(|| item(alerts::PAGE, "#i-bell", words::ALERTS, is_under(alerts::PAGE)));
    let settings =
        is_known.then(|| item("/settings/account", "#i-gear", words::SETTINGS, is_under("/settings")));
    let sign_in = (!is_known && page.viewer.is_claimed && page.path != SIGN_IN_PAGE)
        .then(|| item(SIGN_IN_PAGE, "#i-person", words::SIGN_IN, false));
    let who = subject.name().map(|name| {
        view! {
            <form class="who" action=SIGN_OUT method="post">
                <span>{name.to_owned()}</span>
                <button class="btn small" type="submit">{words::SIGN_OUT}</button>
            </form>
        }
    });
    view! {
        <header class="rail">
            <a class="brand" href="/" aria-label=words::PRODUCT>
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path d="M1 6h2.5v9H1zM4.75 6h2.5v9h-2.5zM8.5 1H11v14H8.5zM12.25 6h2.5v9h-2.5z"></path>
                </svg>
                <span>{words::PRODUCT}</span>
            </a>
            <nav class="nav" aria-label=words::MAIN>
                <ul>{trackers} {incidents} {alerts} {settings} {sign_in}</ul>
            </nav>
            {who}
            <p class="foot">{format!("{} · {}", words::LOCAL, env!("CARGO_PKG_VERSION"))}</p>
        </header>
    }
}
