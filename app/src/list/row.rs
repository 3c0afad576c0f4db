//! One tracker in the list.

use leptos::{either::Either, prelude::*};

use crate::{
    bar::Bar,
    figures::Figures,
    format,
    live::{Board, Row},
    standing::Standing,
    ui::{Actions, Delete, Menu, Nothing, PauseOrResume, State},
};

/// State, name and target, bar, uptime, latency, menu.
#[component]
pub fn TrackerRow(
    /// The tracker.
    row: Row,
    /// What the page shows.
    board: Board,
    /// Of this page.
    actions: Actions,
) -> impl IntoView {
    let id = row.id;
    let view = RwSignal::from(row.view);
    let standing = Memo::new(move |_| view.with(Standing::of));
    let name = Memo::new(move |_| view.with(|view| view.about.name.clone()));
    let target = Memo::new(move |_| view.with(|view| format::target(&view.about)));
    let problem = Memo::new(move |_| view.with(|view| view.about.problem.clone()));
    let paused = Memo::new(move |_| view.with(|view| view.about.paused));
    actions.offer_undo(id, name);
    let figures = Memo::new(move |_| view.with(Figures::of));
    view! {
        <li class="row">
            <State standing now=board.now />
            <div class="what">
                <h3>
                    <a class="name" href=format!("/t/{id}")>
                        {move || name.get()}
                    </a>
                </h3>
                {move || match problem.get() {
                    Some(problem) => Either::Left(view! { <span class="target problem">{problem}</span> }),
                    None => Either::Right(view! { <span class="target">{move || target.get()}</span> }),
                }}
            </div>
            <Bar view now=board.now />
            <span class="num">
                <span class="vh">"Uptime of the checks shown: "</span>
                {move || percentage(figures.get())}
            </span>
            <span class="num lat">
                <span class="vh">"Latency: "</span>
                {move || milliseconds(figures.get())}
            </span>
            <Menu label=Signal::derive(move || format!("Actions for {}", name.get()))>
                <PauseOrResume id paused actions class="item" />
                <hr />
                <Delete id actions />
            </Menu>
        </li>
    }
}

fn percentage(figures: Figures) -> impl IntoView {
    if !figures.uptime.is_known() {
        return Either::Left(view! { <Nothing what="nothing observed" /> });
    }
    let bad = figures.uptime.down_ms > 0;
    Either::Right(view! {
        <span class:bad=bad>{figures.uptime.to_string()}<span class="unit">"\u{a0}%"</span></span>
    })
}

fn milliseconds(figures: Figures) -> impl IntoView {
    match figures.last {
        Some(last) => Either::Left(view! { {format::latency(last)}<span class="unit">"\u{a0}ms"</span> }),
        None => Either::Right(view! { <Nothing what="none" /> }),
    }
}
