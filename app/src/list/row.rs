//! One tracker in the list.

use domain::TrackerView;
use leptos::prelude::*;

use crate::{
    bar::Bar,
    figures::Figures,
    format,
    live::{Board, Row},
    standing::Standing,
    ui::{Change, ChangeForm, Changes, Icon, Menu, Nothing, PauseOrResume, part, reactive, state, whole},
};

/// State, name and target, bar, uptime, latency, menu.
#[component]
pub fn TrackerRow(
    /// The tracker.
    row: Row,
    /// What the page shows.
    board: Board,
    /// Of this page.
    changes: Changes,
) -> impl IntoView {
    let id = row.id;
    let view = RwSignal::from(row.view);
    let name = Memo::new(move |_| view.with(|view| view.about.name.clone()));
    let paused = Memo::new(move |_| view.with(|view| view.about.paused));
    let body = view! {
        <ChangeForm change=Change::Check id name changes class="item" />
        <PauseOrResume id name paused changes class="item" />
        <a class="item" href=format!("/t/{id}/edit")>
            <Icon name="#i-edit" />
            "Edit"
        </a>
        <a class="item" href=format!("/t/new?from={id}")>
            <Icon name="#i-copy" />
            "Clone"
        </a>
        <hr />
        <ChangeForm change=Change::Delete id name changes class="item danger" />
    };
    view! {
        <li class="row">
            {part(move || view.with(|view| state(&Standing::of(view), board.now.get())))}
            <div class="what">
                <h3>
                    <a class="name" href=format!("/t/{id}")>
                        {reactive(move || name.get())}
                    </a>
                </h3>
                {part(move || view.with(target))}
            </div>
            <Bar view now=board.now />
            {part(move || view.with(|view| numbers(Figures::of(view))))}
            <Menu label=move || format!("Actions for {}", name.get()) body=whole(body) />
        </li>
    }
}

fn target(view: &TrackerView) -> impl IntoView + use<> {
    let (class, text) = match &view.about.problem {
        Some(problem) => ("target problem", problem.clone()),
        None => ("target", format::target(&view.about)),
    };
    view! { <span class=class>{text}</span> }
}

fn numbers(figures: Figures) -> impl IntoView {
    let uptime = if figures.uptime.is_known() {
        let class = if figures.uptime.down_ms > 0 { "bad" } else { "" };
        whole(
            view! { <span class=class>{figures.uptime.to_string()}<span class="unit">"\u{a0}%"</span></span> },
        )
    } else {
        whole(view! { <Nothing what="nothing observed" /> })
    };
    let latency = match figures.last {
        Some(last) => whole(view! { {format::latency(last)}<span class="unit">"\u{a0}ms"</span> }),
        None => whole(view! { <Nothing what="none" /> }),
    };
    view! {
        <span class="num">
            <span class="vh">"Uptime of the checks shown: "</span>
            {uptime}
        </span>
        <span class="num lat">
            <span class="vh">"Latency: "</span>
            {latency}
        </span>
    }
}
