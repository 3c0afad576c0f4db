//! How fresh the page is. What may be old must not look fresh.

use leptos::prelude::*;

use super::{Icon, Moment, part, reactive, still};
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
    let ready = super::hydrated();
    let state = move || match board.link.get() {
        _ if board.paused.get() => "stale",
        Link::AsOf(_) => "still",
        Link::Live(_) => "live",
        Link::Stale { .. } => "stale",
    };
    let switch = move || if board.paused.get() { "#i-play" } else { "#i-pause" };
    view! {
        <div class="live" data-state=reactive(state)>
            <span class="dot" aria-hidden="true"></span>
            {part(move || said(board))}
            <button
                class="btn quiet icon small"
                type="button"
                hidden=reactive(move || !ready.get())
                aria-pressed=reactive(move || board.paused.get().to_string())
                aria-label=words::LIVE_PAUSE
                title=words::LIVE_PAUSE
                on:click=move |_| board.toggle()
            >
                {part(move || view! { <Icon name=switch() /> })}
            </button>
        </div>
    }
}

fn said(board: Board) -> impl IntoView {
    let (mut lead, mut as_of, mut rest, mut is_stale) = ("", None, String::new(), false);
    match board.link.get() {
        _ if board.paused.get() => {
            lead = words::LIVE_PAUSED;
            rest = board
                .now
                .get_untracked()
                .map_or_else(String::new, |at| words::live_paused_at(at.clock_time()));
        }
        Link::AsOf(at) if at.0 == 0 => lead = words::LIVE_NO_CHECK,
        Link::AsOf(at) => as_of = Some(at),
        Link::Live(age) => {
            lead = words::LIVE;
            let age = std::time::Duration::from_secs(age.max(1).unsigned_abs());
            rest = format!(" · {}", words::ago(format::at_a_glance(age)));
        }
        Link::Stale { since, retry_in, error } => {
            lead = words::LIVE_NOT;
            is_stale = true;
            let why = error.map(|error| error.sentence().trim_end_matches('.').to_ascii_lowercase());
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let next = match retry_in {
                Some(seconds) => words::live_retrying(seconds),
                None => words::LIVE_TRYING.into(),
            };
            rest = words::live_since(next, since.clock_time(), why);
        }
    }
    let retry = is_stale.then(|| {
        view! {
            <button class="btn small" type="button" on:click=move |_| board.wake()>
                {words::RETRY}
            </button>
        }
    });
    view! {
        <span>
            {(!lead.is_empty()).then(|| view! { <b>{lead}</b> })}
            {rest}
            {as_of.map(|at| view! { {words::LIVE_AS_OF} <Moment at /> })}
        </span>
        {retry}
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
    part(move || {
        board.outdated.get().then(|| {
            view! {
                <div class="notice outdated" role="status">
                    <Icon name="#i-alert" />
                    {still(&["<span><b>", words::NEW_VERSION, "</b>", words::NEW_VERSION_MAY_SHOW_TOO_LITTLE, "</span>"])}
                    <button class="btn small" type="button" on:click=reload>
                        {words::RELOAD}
                    </button>
                </div>
            }
        })
    })
}

/// Tells who listens what changed; never a single check.
#[component]
pub fn Announcer(
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    view! {
        <p class="vh" role="status">
            {reactive(move || board.said.get())}
        </p>
    }
}
