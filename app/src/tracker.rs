//! One tracker, large.

pub mod history;
pub mod numbers;
pub mod scrubber;

use domain::{Status, TrackerId, TrackerView};
use leptos::prelude::*;

use crate::{
    ApiError, format,
    island::Told,
    live::{Board, Row, follow},
    past,
    standing::{Kind, Standing},
    tip::TipCard,
    ui::{
        self, Announcer, Change, ChangeForm, Changes, Entry, FormProblem, Icon, LiveSign, Menu, Mood,
        Outdated, Part, PauseOrResume, TabIcon, TroubleBanner, entries, part, pause_for, reactive, sorry,
        still, whole,
    },
};
use history::History;
use numbers::numbers;

/// The title of a tracker's page.
pub fn title(view: &TrackerView) -> String {
    let mark = if Standing::of(view).kind == Kind::Down { "(↓) " } else { "" };
    format!("{mark}{}", view.about.name)
}

/// The page at `/t/{id}`, without its past.
#[component]
pub fn Tracker(
    /// From the server.
    told: Told<TrackerView>,
) -> impl IntoView {
    let Told { shown, failed, trouble, may_change } = told;
    let id = shown.id;
    let changes = Changes::of_page(failed);
    let (board, woken) = Board::of_one(shown);
    board.trouble.set(trouble);
    follow(board, woken);
    changes.refresh(board, move |change| {
        if change == Change::Delete {
            // It fails only where there is nothing to load.
            drop(window().location().assign(&format!("/?deleted={id}")));
        }
    });
    let is_gone = Memo::new(move |_| board.rows.with(Vec::is_empty));
    // Its past is beside this island.
    Effect::new(move |_| {
        if is_gone.get() {
            past::show("");
        }
    });
    let large = move || {
        let large = |row: Row| {
            Entry::new(
                row.id.0,
                0,
                move || view! { <Large view=RwSignal::from(row.view) board changes may_change /> },
            )
        };
        board.rows.get().into_iter().map(large).collect()
    };
    view! {
        <TroubleBanner said=board.trouble />
        <Announcer board />
        {entries(large)}
        {part(move || is_gone.get().then(|| sorry(&ApiError::NotFound)))}
        <TipCard />
    }
}

#[component]
fn Large(view: RwSignal<TrackerView>, board: Board, changes: Changes, may_change: bool) -> impl IntoView {
    let name = Memo::new(move |_| view.with(|view| view.about.name.clone()));
    let kind = move || view.with(|view| Standing::of(view).kind);
    ui::title(move || view.with(title));
    past::follow(view, board);
    view! {
        <TabIcon mood=move || Mood::of_one(kind()) board />
        <div class="wrap top" data-live=reactive(move || board.is_stale().then_some("stale"))>
            <nav class="crumbs" aria-label=words::BREADCRUMB>
                <ol>
                    {still(&[r#"<li><a href="/">"#, words::TRACKERS, "</a></li>"])}
                    <li aria-current="page">{reactive(move || name.get())}</li>
                </ol>
            </nav>
            <Outdated board />
            <Head name view board changes may_change />
            <FormProblem changes />
            {part(move || view.with(|view| trouble(view, board)))}
            <History view board />
            {part(move || view.with(numbers))}
        </div>
    }
}

#[component]
fn Head(
    name: Memo<String>,
    view: RwSignal<TrackerView>,
    board: Board,
    changes: Changes,
    may_change: bool,
) -> impl IntoView {
    let id = view.with_untracked(|view| view.id);
    view! {
        <div class="head">
            <div class="title">
                <h1>{reactive(move || name.get())} {part(move || view.with(badge))}</h1>
                {part(move || view.with(meta))}
            </div>
            <div class="actions">
                <LiveSign board />
                {may_change.then(|| actions(id, name, view, changes))}
            </div>
        </div>
    }
}

/// What can be done with it, for who may.
fn actions(id: TrackerId, name: Memo<String>, view: RwSignal<TrackerView>, changes: Changes) -> Part {
    let paused = Memo::new(move |_| view.with(|view| view.about.paused.is_some()));
    // What calls cannot be asked.
    let is_asked = view.with_untracked(|view| !view.about.target.starts_with("push:"));
    let item = |href: String, icon, word| {
        whole(view! {
            <a class="item" href=href>
                <Icon name=icon />
                {word}
            </a>
        })
    };
    let file = |format| format!("/v1/trackers/{id}/export?format={format}");
    let body = view! {
        {pause_for(id, &format!("&back=/t/{id}"))}
        {item(format!("/t/new?from={id}"), "#i-copy", words::CLONE)}
        {item(file("toml"), "#i-arrow-down", words::TRACKER_EXPORT_TOML)}
        {item(file("json"), "#i-arrow-down", words::TRACKER_EXPORT_JSON)}
        {item(file("csv&last=3660d"), "#i-arrow-down", words::TRACKER_EXPORT_CSV)}
        <hr />
        <ChangeForm change=Change::Delete id name changes class="item danger" />
    };
    whole(view! {
        {is_asked.then(|| view! { <ChangeForm change=Change::Check id name changes class="btn" /> })}
        <PauseOrResume id name paused changes class="btn" />
        <a class="btn" href=format!("/t/{id}/edit")>
            {words::EDIT}
        </a>
        <Menu label=move || words::tracker_more_actions(name.get()) body=whole(body) />
    })
}

fn badge(view: &TrackerView) -> impl IntoView + use<> {
    let kind = Standing::of(view).kind;
    view! {
        <span class=format!("badge {}", kind.class())>
            <Icon name=kind.icon() />
            {kind.word()}
        </span>
    }
}

fn meta(view: &TrackerView) -> impl IntoView + use<> {
    let since = Standing::of(view).since.map(|since| {
        view! { <span>{words::TRACKER_SINCE} <time datetime=since.to_string()>{format::day_and_time(since)} " UTC"</time></span> }
    });
    view! { <p class="meta">{link(&view.about.target)} {since}</p> }
}

/// A target is a link only where a browser can follow it.
fn link(target: &str) -> Part {
    let (target, href) = (target.to_owned(), target.to_owned());
    if href.starts_with("http://") || href.starts_with("https://") {
        whole(view! {
            <a href=href rel="noreferrer noopener">
                {target}
            </a>
        })
    } else {
        whole(view! { <span>{target}</span> })
    }
}

/// Why it is down, or why it cannot be checked.
fn trouble(view: &TrackerView, board: Board) -> impl IntoView + use<> {
    let standing = Standing::of(view);
    let cause = match (standing.kind, &view.status, &view.about.problem) {
        (Kind::Down, Status::Down { fault, .. }, _) => fault.to_string(),
        (Kind::Broken, _, Some(problem)) => problem.clone(),
        (Kind::Paused, ..) => {
            view.about.paused.as_ref().map(|rest| rest.reason.clone()).filter(|reason| !reason.is_empty())?
        }
        _ => return None,
    };
    let heading = match (standing.since, board.now.get()) {
        (None, _) if standing.kind == Kind::Paused => words::tracker_paused(standing.detail(None)),
        (None, _) => words::TRACKER_BROKEN.to_owned(),
        (Some(since), None) => words::tracker_down_since(format::day_and_time(since)),
        (Some(since), Some(now)) => {
            words::tracker_down_since_for(format::in_full(now.since(since)), format::day_and_time(since))
        }
    };
    Some(view! {
        <section class="cause card" aria-labelledby="h-why">
            <h2 id="h-why">{heading}</h2>
            <p>{cause}</p>
        </section>
    })
}
