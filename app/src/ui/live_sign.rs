//! How fresh the page is. What may be old must not look fresh.

use leptos::{either::EitherOf4, prelude::*};

use super::Moment;
use crate::{
    format,
    live::{Board, Link},
};

/// Says how old the page's news is, and offers to ask again when there is none.
#[component]
pub fn LiveSign(
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    let link = board.link;
    let state = move || match link.get() {
        Link::AsOf(_) => "still",
        Link::Live(_) => "live",
        Link::Stale { .. } => "stale",
    };
    let text = move || match link.get() {
        Link::AsOf(at) if at.0 == 0 => EitherOf4::A(view! { <span>"No check yet"</span> }),
        Link::AsOf(at) => EitherOf4::B(view! { <span>"As of " <Moment at /></span> }),
        Link::Live(age) => {
            let age = format::at_a_glance(std::time::Duration::from_secs(age.max(1).unsigned_abs()));
            EitherOf4::C(view! { <span><b>"Live"</b> {format!(" · {age} ago")}</span> })
        }
        Link::Stale { since, retry_in, error } => {
            let why =
                error.map(|error| format!(": {}", error.sentence().trim_end_matches('.').to_lowercase()));
            let next = match retry_in {
                Some(seconds) => format!(" — retrying in {seconds} s"),
                None => " — trying".into(),
            };
            EitherOf4::D(view! {
                <span><b>"Not updating since " {since.clock_time()} " UTC"</b> {why.unwrap_or_default()} {next}</span>
                <button class="btn small" type="button" on:click=move |_| board.wake()>
                    "Retry"
                </button>
            })
        }
    };
    view! {
        <div class="live" data-state=state>
            <span class="dot" aria-hidden="true"></span>
            {text}
        </div>
    }
}

/// Tells who listens what changed; never a single check.
#[component]
pub fn Announcer(
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    view! {
        <p class="vh" role="status">
            {move || board.said.get()}
        </p>
    }
}
