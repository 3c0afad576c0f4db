//! One tracker, large.

pub mod facts;
pub mod history;
pub mod numbers;
pub mod scrubber;

use domain::{Status, TrackerId, TrackerView};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_params_map};

use crate::{
    ApiError, api, format,
    live::{Board, Link, follow},
    standing::{Kind, Standing},
    ui::{
        Actions, Announcer, Delete, FormProblem, Icon, LiveSign, Menu, Mood, Outdated, PauseOrResume, Sorry,
        TabIcon, live_title,
    },
};
use facts::HowItIsChecked;
use history::History;
use numbers::Numbers;

/// The page at `/t/{id}`.
#[component]
pub fn TrackerPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("id").and_then(|id| id.parse::<TrackerId>().ok()))
    });
    let tracker = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::tracker(id).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
    let actions = Actions::of_page();
    view! {
        <Transition fallback=|| {
            view! { <p class="wrap muted">"Loading…"</p> }
        }>
            {move || Suspend::new(async move {
                match tracker.await {
                    Ok(view) => Either::Left(view! { <Tracker view actions /> }),
                    Err(error) => Either::Right(view! { <Sorry error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Tracker(view: TrackerView, actions: Actions) -> impl IntoView {
    let (board, woken) = Board::of_one(view);
    follow(board, woken);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if actions.delete.value().with(|value| matches!(value, Some(Ok(())))) {
            navigate("/", leptos_router::NavigateOptions::default());
        }
    });
    Effect::new(move |answered_before: Option<usize>| {
        let answered = actions.answered();
        if answered_before.is_some_and(|before| before != answered) {
            board.refresh();
        }
        answered
    });
    view! {
        <Announcer board />
        <For each=move || board.rows.get() key=|row| row.id let:row>
            <Whole id=row.id view=RwSignal::from(row.view) board actions />
        </For>
        <Show when=move || board.rows.with(Vec::is_empty)>
            <Sorry error=ApiError::NotFound />
        </Show>
    }
}

#[component]
fn Whole(id: TrackerId, view: RwSignal<TrackerView>, board: Board, actions: Actions) -> impl IntoView {
    let name = Memo::new(move |_| view.with(|view| view.about.name.clone()));
    actions.offer_undo(id, name);
    let standing = Memo::new(move |_| view.with(Standing::of));
    let is_stale = move || board.paused.get() || board.link.with(|link| matches!(link, Link::Stale { .. }));
    let title = live_title(move || {
        let mark = if standing.with(|standing| standing.kind == Kind::Down) { "(↓) " } else { "" };
        format!("{mark}{}", name.get())
    });
    let mood = Memo::new(move |_| standing.with(|standing| Mood::of_one(standing.kind)));
    view! {
        <Title text=title />
        <TabIcon mood board />
        <div class="wrap" data-live=move || is_stale().then_some("stale")>
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>
                    <li>
                        <a href="/">"Trackers"</a>
                    </li>
                    <li aria-current="page">{move || name.get()}</li>
                </ol>
            </nav>
            <Outdated board />
            <Head id name standing view board actions />
            <FormProblem actions />
            <Trouble view standing board />
            <History view board />
            <Numbers view />
            <HowItIsChecked view />
        </div>
    }
}

#[component]
fn Head(
    id: TrackerId,
    name: Memo<String>,
    standing: Memo<Standing>,
    view: RwSignal<TrackerView>,
    board: Board,
    actions: Actions,
) -> impl IntoView {
    let kind = Memo::new(move |_| standing.with(|standing| standing.kind));
    let target = Memo::new(move |_| view.with(|view| view.about.target.clone()));
    let paused = Memo::new(move |_| view.with(|view| view.about.paused));
    view! {
        <div class="head">
            <div class="title">
                <h1>
                    {move || name.get()}
                    <span class=move || format!("badge {}", kind.get().class())>
                        <Icon name=Signal::derive(move || kind.get().icon()) />
                        {move || kind.get().word()}
                    </span>
                </h1>
                <p class="meta">
                    {move || link(target.get())}
                    {move || standing.with(|standing| standing.since).map(|since| {
                        view! { <span>"since " <time datetime=since.to_string()>{format::day_and_time(since)} " UTC"</time></span> }
                    })}
                </p>
            </div>
            <div class="actions">
                <LiveSign board />
                <PauseOrResume id paused actions class="btn" />
                <Menu label=Signal::derive(move || format!("More actions for {}", name.get()))>
                    <Delete id actions />
                </Menu>
            </div>
        </div>
    }
}

/// A target is a link only where a browser can follow it.
fn link(target: String) -> impl IntoView {
    if target.starts_with("http://") || target.starts_with("https://") {
        let href = target.clone();
        Either::Left(view! {
            <a href=href rel="noreferrer noopener">
                {target}
            </a>
        })
    } else {
        Either::Right(view! { <span>{target}</span> })
    }
}

/// Why it is down, or why it cannot be checked.
#[component]
fn Trouble(view: RwSignal<TrackerView>, standing: Memo<Standing>, board: Board) -> impl IntoView {
    let cause = Memo::new(move |_| {
        view.with(|view| match (Standing::of(view).kind, &view.status, &view.about.problem) {
            (Kind::Down, Status::Down { fault, .. }, _) => Some(fault.to_string()),
            (Kind::Broken, _, Some(problem)) => Some(problem.clone()),
            _ => None,
        })
    });
    let heading = Memo::new(move |_| match (standing.with(|standing| standing.since), board.now.get()) {
        (None, _) => "It cannot be checked".to_owned(),
        (Some(since), None) => format!("Down since {} UTC", format::day_and_time(since)),
        (Some(since), Some(now)) => {
            format!(
                "Down since {} UTC, for {}",
                format::day_and_time(since),
                format::in_full(now.since(since))
            )
        }
    });
    move || {
        cause.get().map(|cause| {
            view! {
                <section class="cause card" aria-labelledby="h-why">
                    <h2 id="h-why">{move || heading.get()}</h2>
                    <p>{cause}</p>
                </section>
            }
        })
    }
}
