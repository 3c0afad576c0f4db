//! Parts that every page uses.

pub mod changes;
pub mod field;
pub mod list;
pub mod live_sign;
pub mod menu;
pub mod part;
pub mod plain;
pub mod tab_icon;
pub mod title;
pub mod toasts;
pub mod trouble;

pub use changes::{Change, ChangeForm, Changes, Failed, FormProblem, PauseOrResume, pause_for};
pub use field::{Input, InputKind};
pub use list::{Entry, entries};
pub use live_sign::{Announcer, LiveSign, Outdated};
pub use menu::Menu;
pub(crate) use part::escaped;
pub use part::{Part, part, reactive, still, whole};
pub use plain::{asking_again, button, crumbs, went_well, went_wrong, when};
pub use tab_icon::{Mood, TabIcon};
pub use title::{in_full, title};
pub use toasts::Toasts;
pub use trouble::TroubleBanner;

use domain::Timestamp;
use leptos::prelude::*;

use crate::{ApiError, standing::Standing};

/// The icons, as symbols to refer to.
const ICONS: &str = concat!(
    r#"<symbol id="i-bell" viewBox="0 0 16 16"><path d="M3.5 11.5V7a4.5 4.5 0 0 1 9 0v4.5l1 1h-11zM6.75 14.25h2.5"/></symbol>"#,
    r#"<symbol id="i-up" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.25"/><path d="m5.25 8.25 2 2 3.5-4"/></symbol>"#,
    r#"<symbol id="i-slow" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.25"/><path d="M8 4.5V8l2.25 1.75"/></symbol>"#,
    r#"<symbol id="i-retry" viewBox="0 0 16 16"><path d="M13.5 8a5.5 5.5 0 1 1-1.6-3.9L13.5 5.7"/>"#,
    r#"<path d="M13.5 2.25V5.75H10"/></symbol>"#,
    r#"<symbol id="i-down" viewBox="0 0 16 16"><path d="M5.2 1.75h5.6l3.45 3.45v5.6l-3.45 3.45H5.2L1.75 10.8V5.2z" "#,
    r#"fill="currentColor"/><path d="m5.75 5.75 4.5 4.5m0-4.5-4.5 4.5" class="cut"/></symbol>"#,
    r#"<symbol id="i-pause" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.25"/><path d="M6.5 5.75v4.5m3-4.5v4.5"/></symbol>"#,
    r#"<symbol id="i-none" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.25" stroke-dasharray="2.2 2.7"/></symbol>"#,
    r#"<symbol id="i-alert" viewBox="0 0 16 16"><path d="M8 2 14.25 13.25H1.75z"/><path d="M8 6.25V9.5M8 11.4v.01"/></symbol>"#,
    r#"<symbol id="i-list" viewBox="0 0 16 16"><path d="M2 12.5v-5m3 5v-7m3 7v-7m3 7V2.5m3 10v-7"/></symbol>"#,
    r#"<symbol id="i-more" viewBox="0 0 16 16"><path d="M3.5 8v.01M8 8v.01M12.5 8v.01" stroke-width="2"/></symbol>"#,
    r#"<symbol id="i-chev" viewBox="0 0 16 16"><path d="m6 3.5 4.5 4.5L6 12.5"/></symbol>"#,
    r#"<symbol id="i-left" viewBox="0 0 16 16"><path d="M10 3.5 5.5 8l4.5 4.5"/></symbol>"#,
    r#"<symbol id="i-x" viewBox="0 0 16 16"><path d="m3.75 3.75 8.5 8.5m0-8.5-8.5 8.5"/></symbol>"#,
    r#"<symbol id="i-search" viewBox="0 0 16 16"><circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.25 3.25"/></symbol>"#,
    r#"<symbol id="i-edit" viewBox="0 0 16 16"><path d="m10.5 3 2.5 2.5L5.75 12.75 2.75 13.25l.5-3z"/></symbol>"#,
    r#"<symbol id="i-rows" viewBox="0 0 16 16"><path d="M2 3.5h12M2 8h12M2 12.5h12"/></symbol>"#,
    r#"<symbol id="i-rows2" viewBox="0 0 16 16"><path d="M2 2.5h12M2 6.2h12M2 9.8h12M2 13.5h12"/></symbol>"#,
    r#"<symbol id="i-tag" viewBox="0 0 16 16"><path d="M2 2.5h5.5L14 9l-5 5-7-6.5z"/><path d="M5 5.25v.01" stroke-width="2"/></symbol>"#,
    r#"<symbol id="i-move" viewBox="0 0 16 16"><path d="M2 3.5h4l1.5 2H14v7H2zM8 9h3.5M10 7.5 11.5 9 10 10.5"/></symbol>"#,
    r#"<symbol id="i-arrow-up" viewBox="0 0 16 16"><path d="M8 13V3.5M4 7l4-3.75L12 7"/></symbol>"#,
    r#"<symbol id="i-arrow-down" viewBox="0 0 16 16"><path d="M8 3v9.5M4 9l4 3.75L12 9"/></symbol>"#,
    r#"<symbol id="i-plus" viewBox="0 0 16 16"><path d="M8 3v10M3 8h10"/></symbol>"#,
    r#"<symbol id="i-play" viewBox="0 0 16 16"><path d="M4.5 2.75v10.5L13 8z"/></symbol>"#,
    r#"<symbol id="i-gear" viewBox="0 0 16 16"><circle cx="8" cy="8" r="2.25"/><path d="M8 1.75v2m0 8.5v2M1.75 8h2m8.5 0h2"#,
    r#"M3.6 3.6 5 5m6 6 1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4"/></symbol>"#,
    r#"<symbol id="i-wrench" viewBox="0 0 16 16"><path d="M13.6 4.4a3.6 3.6 0 0 1-4.8 4.5l-4.2 4.2a1.3 1.3 0 0 1-1.8-1.8L7 7.1a3.6 3.6 0 0 1 4.5-4.8L9.4 4.5l2.1 2.1z"/></symbol>"#,
    r#"<symbol id="i-link" viewBox="0 0 16 16"><path d="M6.5 9.5a2.5 2.5 0 0 0 3.6 0l2.4-2.4a2.5 2.5 0 0 0-3.6-3.6l-.7.7M9.5 6.5a2.5 2.5 0 0 0-3.6 0L3.5 8.9a2.5 2.5 0 0 0 3.6 3.6l.7-.7"/></symbol>"#,
    r#"<symbol id="i-person" viewBox="0 0 16 16"><circle cx="8" cy="5" r="2.75"/><path d="M2.75 14c.4-3 2.4-4.5 5.25-4.5s4.85 1.5 5.25 4.5"/></symbol>"#,
    r#"<symbol id="i-edit" viewBox="0 0 16 16"><path d="m3 13 .75-3L10.5 3.25a1.6 1.6 0 0 1 2.25 2.25L6 12.25zM9.25 4.5l2.25 2.25"/></symbol>"#,
    r#"<symbol id="i-copy" viewBox="0 0 16 16"><rect x="5.75" y="5.75" width="7.5" height="7.5" rx="1.5"/>"#,
    r#"<path d="M3.5 10.25a.75.75 0 0 1-.75-.75V4.25a1.5 1.5 0 0 1 1.5-1.5H9.5a.75.75 0 0 1 .75.75"/></symbol>"#,
    r#"<symbol id="i-trash" viewBox="0 0 16 16"><path d="M2.5 4.25h11M6 4V2.5h4V4M4 4.25l.6 9.25h6.8L12 4.25"/></symbol>"#,
);

/// The icons, once a page.
#[component]
pub fn Sprite() -> impl IntoView {
    view! { <svg class="sprite" width="0" height="0" aria-hidden="true" inner_html=ICONS></svg> }
}

/// An icon; always beside a word, so it says nothing itself.
#[component]
pub fn Icon(
    /// `#` and the name of a symbol of the sprite.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="i" aria-hidden="true">
            <use href=name></use>
        </svg>
    }
}

/// Becomes true when the client has taken the page over: for controls that do nothing without it.
pub fn hydrated() -> RwSignal<bool> {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    ready
}

/// A point in time, to the second in UTC.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.to_string()>{at.clock_time()} " UTC"</time> }
}

/// Icon, word, and how long already: since when, until the browser knows what time it is.
pub fn state(standing: &Standing, now: Option<Timestamp>) -> impl IntoView + use<> {
    let kind = standing.kind;
    let text = standing.detail(now);
    let lasting = match standing.since {
        Some(since) => {
            let exact = since.to_string();
            whole(view! {
                <time class="for" datetime=exact.clone() title=exact>
                    {text}
                </time>
            })
        }
        None => whole(view! { <span class="for">{text}</span> }),
    };
    view! {
        <p class=format!("state {}", kind.class())>
            <Icon name=kind.icon() />
            <span>{kind.word()}</span>
            {lasting}
        </p>
    }
}

/// What stands where a figure is missing.
#[component]
pub fn Nothing(
    /// What is missing, in words.
    what: &'static str,
) -> impl IntoView {
    view! {
        <span class="nil">"–"<span class="vh">{what}</span></span>
    }
}

/// A page that could not be made, and why.
pub fn sorry(error: &ApiError) -> Part {
    let advice = match error {
        ApiError::Forbidden => words::ERROR_PAGE_FORBIDDEN,
        ApiError::NotFound => words::ERROR_PAGE_NOT_FOUND,
        ApiError::Unreachable => words::ERROR_PAGE_UNREACHABLE,
        _ => words::ERROR_PAGE_OTHER,
    };
    whole(view! {
        <div class="wrap first">
            <div>
                <h1>{error.heading()}</h1>
                <p class="lede">{advice}</p>
            </div>
            {still(&[r#"<p><a class="btn" href="/">"#, words::ALL_TRACKERS, "</a></p>"])}
        </div>
    })
}
