//! One tracker, large.

pub mod history;
pub mod numbers;
pub mod scrubber;

use domain::{Status, TrackerId, TrackerView};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

use crate::{
    ApiError,
    content::{self, Content, Told, Wanted},
    format,
    live::{Board, Row, follow},
    past::Past,
    standing::{Kind, Standing},
    ui::{
        Announcer, Change, ChangeForm, Changes, Entry, FormProblem, Icon, LiveSign, Menu, Mood, Outdated,
        Part, PauseOrResume, TabIcon, entries, part, reactive, sorry, title, whole,
    },
};
use history::History;
use numbers::numbers;

/// The page at `/t/{id}`.
#[component]
pub fn TrackerPage() -> impl IntoView {
    let params = use_params_map();
    let wanted = move || {
        Wanted::One(params.with(|params| params.get("id").and_then(|id| id.parse::<TrackerId>().ok())))
    };
    let changes = Changes::of_page();
    content::page(wanted, move |content| match content {
        Content::One(told) => whole(view! { <Tracker told changes /> }),
        Content::List(..) => sorry(&ApiError::NotFound),
    })
}

#[component]
fn Tracker(told: Told, changes: Changes) -> impl IntoView {
    let Told { view, past } = told;
    let (board, woken) = Board::of_one(view);
    follow(board, woken);
    let navigate = use_navigate();
    changes.refresh(board, move |change| {
        if change == Change::Delete {
            navigate("/", leptos_router::NavigateOptions::default());
        }
    });
    let is_gone = Memo::new(move |_| board.rows.with(Vec::is_empty));
    let shown = move || {
        let rows = board.rows.get().into_iter();
        let large = |row: Row| {
            let past = past.clone();
            let show = move || view! { <Large view=RwSignal::from(row.view) past board changes /> };
            Entry::new(row.id.0, 0, show)
        };
        rows.map(large).collect()
    };
    view! {
        <Announcer board />
        {entries(shown)}
        {part(move || is_gone.get().then(|| sorry(&ApiError::NotFound)))}
    }
}

#[component]
fn Large(view: RwSignal<TrackerView>, past: String, board: Board, changes: Changes) -> impl IntoView {
    let name = Memo::new(move |_| view.with(|view| view.about.name.clone()));
    let kind = move || view.with(|view| Standing::of(view).kind);
    title(move || {
        let mark = if kind() == Kind::Down { "(↓) " } else { "" };
        format!("{mark}{}", name.get())
    });
    view! {
        <TabIcon mood=move || Mood::of_one(kind()) board />
        <div class="wrap" data-live=reactive(move || board.is_stale().then_some("stale"))>
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>
                    <li>
                        <a href="/">"Trackers"</a>
                    </li>
                    <li aria-current="page">{reactive(move || name.get())}</li>
                </ol>
            </nav>
            <Outdated board />
            <Head name view board changes />
            <FormProblem changes />
            {part(move || view.with(|view| trouble(view, board)))}
            <History view board />
            {part(move || view.with(numbers))}
            <Past view board html=past />
        </div>
    }
}

#[component]
fn Head(name: Memo<String>, view: RwSignal<TrackerView>, board: Board, changes: Changes) -> impl IntoView {
    let id = view.with_untracked(|view| view.id);
    let paused = Memo::new(move |_| view.with(|view| view.about.paused));
    let body = view! { <ChangeForm change=Change::Delete id name changes class="item danger" /> };
    view! {
        <div class="head">
            <div class="title">
                <h1>{reactive(move || name.get())} {part(move || view.with(badge))}</h1>
                {part(move || view.with(meta))}
            </div>
            <div class="actions">
                <LiveSign board />
                <PauseOrResume id name paused changes class="btn" />
                <Menu label=move || format!("More actions for {}", name.get()) body=whole(body) />
            </div>
        </div>
    }
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
        view! { <span>"since " <time datetime=since.to_string()>{format::day_and_time(since)} " UTC"</time></span> }
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
        _ => return None,
    };
    let heading = match (standing.since, board.now.get()) {
        (None, _) => "It cannot be checked".to_owned(),
        (Some(since), None) => format!("Down since {} UTC", format::day_and_time(since)),
        (Some(since), Some(now)) => {
            format!(
                "Down since {} UTC, for {}",
                format::day_and_time(since),
                format::in_full(now.since(since))
            )
        }
    };
    Some(view! {
        <section class="cause card" aria-labelledby="h-why">
            <h2 id="h-why">{heading}</h2>
            <p>{cause}</p>
        </section>
    })
}
