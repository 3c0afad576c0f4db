//! How fresh the page is. What may be old must not look fresh.

use leptos::{either::EitherOf4, prelude::*};

use super::{Icon, Moment};
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
    let ready = super::hydrated();
    let state = move || match link.get() {
        _ if board.paused.get() => "stale",
        Link::AsOf(_) => "still",
        Link::Live(_) => "live",
        Link::Stale { .. } => "stale",
    };
    let text = move || match link.get() {
        _ if board.paused.get() => EitherOf4::A(
            view! { <span><b>"Updates paused"</b> {board.now.get_untracked().map(|at| format!(" at {} UTC", at.clock_time()))}</span> },
        ),
        Link::AsOf(at) if at.0 == 0 => {
            EitherOf4::A(view! { <span><b>"No check yet"</b> {None::<String>}</span> })
        }
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
            <button
                class="btn quiet icon small"
                type="button"
                hidden=move || !ready.get()
                aria-pressed=move || board.paused.get().to_string()
                aria-label="Pause updates"
                title="Pause updates"
                on:click=move |_| board.toggle()
            >
                <Icon name=Signal::derive(move || if board.paused.get() { "#i-play" } else { "#i-pause" }) />
            </button>
        </div>
    }
}

/// Says that the page is of another version than the server.
#[component]
pub fn Outdated(
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    let reload = move |_| {
        // It fails only where there is nothing to load.
        drop(window().location().reload());
    };
    move || {
        board.outdated.get().then(|| {
            view! {
                <div class="notice outdated" role="status">
                    <Icon name="#i-alert" />
                    <span><b>"A new version is running."</b> " This page may show too little."</span>
                    <button class="btn small" type="button" on:click=reload>
                        "Reload"
                    </button>
                </div>
            }
        })
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
