//! The list of all trackers: what is down, one row each, and a box to add more.

pub mod add;
pub mod attention;
pub mod row;

use domain::{Totals, TrackerId, TrackerPage};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
    wasm_bindgen::JsCast as _,
};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api,
    bar::{EmptyBar, Legend},
    live::{Board, follow},
    standing::Summary,
    ui::{
        Actions, Announcer, FormProblem, Icon, LiveSign, Moment, Mood, Outdated, Sorry, TabIcon, live_title,
    },
};
use add::AddTrackers;
use attention::Attention;
use row::TrackerRow;

/// The page at `/`, `?page=N`.
#[component]
pub fn TrackersPage() -> impl IntoView {
    let query = use_query_map();
    let number = Memo::new(move |_| {
        query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1)
    });
    let page = Resource::new(move || number.get(), api::list_trackers);
    let actions = Actions::of_page();
    let deleted = Memo::new(move |_| {
        query.with(|query| query.get("deleted").and_then(|id| id.parse::<TrackerId>().ok()))
    });
    let deleted = Resource::new(
        move || deleted.get(),
        |id| async move { Some((id?, api::removed_tracker(id?).await.ok()?)) },
    );
    view! {
        <Transition fallback=|| {
            view! { <p class="wrap muted">"Loading…"</p> }
        }>
            {move || Suspend::new(async move {
                let deleted = deleted.await;
                match page.await {
                    Ok(page) => Either::Left(view! { <TrackerList page deleted actions /> }),
                    Err(error) => Either::Right(view! { <Sorry error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn TrackerList(page: TrackerPage, deleted: Option<(TrackerId, String)>, actions: Actions) -> impl IntoView {
    let (board, woken) = Board::of_list(page);
    follow(board, woken);
    Effect::new(move |answered_before: Option<usize>| {
        let answered = actions.answered();
        if answered_before.is_some_and(|before| before != answered) {
            board.refresh();
        }
        answered
    });
    Effect::new(move |before: Option<usize>| {
        let deletions = actions.delete.version().get();
        let is_done = actions.delete.value().with_untracked(|value| matches!(value, Some(Ok(()))));
        if is_done && before.is_some_and(|before| before != deletions) {
            keep_focus(board);
        }
        deletions
    });
    let is_empty = Memo::new(move |_| board.rows.with(Vec::is_empty));
    let mood = Memo::new(move |_| board.totals.with(Mood::of));
    let title = live_title(move || match board.totals.with(|totals| totals.down) {
        0 => "Trackers".to_owned(),
        down => format!("({down}↓) Trackers"),
    });
    view! {
        <Title text=title />
        <TabIcon mood board />
        <Announcer board />
        {deleted.map(|(id, name)| view! { <Deleted id name actions /> })}
        {move || {
            if is_empty.get() {
                Either::Left(view! { <FirstRun actions /> })
            } else {
                Either::Right(view! { <Filled board actions /> })
            }
        }}
    }
}

/// The focus is in a row that is about to go: it moves to the next one, or to the heading.
fn keep_focus(board: Board) {
    let row = document().active_element().and_then(|element| element.closest("li.row").ok().flatten());
    let Some(row) = row else { return };
    let near = row.next_element_sibling().or_else(|| row.previous_element_sibling());
    let name = near.and_then(|row| row.query_selector("a.name").ok().flatten());
    let heading = || document().query_selector("h1").ok().flatten();
    let target = if board.rows.with_untracked(|rows| rows.len() > 1) { name } else { None }.or_else(heading);
    if let Some(target) = target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) {
        if target.tag_name() == "H1" {
            target.set_tab_index(-1);
        }
        // What is gone needs no focus.
        drop(target.focus());
    }
}

/// Offers to undo a deletion, where no script could.
#[component]
fn Deleted(id: TrackerId, name: String, actions: Actions) -> impl IntoView {
    let is_open = move || actions.restore.version().get() == 0;
    view! {
        <div class="wrap deleted" hidden=move || !is_open()>
            <ActionForm action=actions.restore attr:class="notice is-none">
                <Icon name="#i-trash" />
                <input type="hidden" name="id" value=id.to_string() />
                <span><b>{name}</b> " is deleted. In ten minutes that is final."</span>
                <button class="btn small" type="submit">
                    "Undo"
                </button>
            </ActionForm>
        </div>
    }
}

/// No tracker yet: the page is an invitation.
#[component]
fn FirstRun(actions: Actions) -> impl IntoView {
    view! {
        <div class="wrap first">
            <div>
                <h1>"What should be watched?"</h1>
                <p class="lede">"Paste the address of a web site or an API. It is checked at once, then every 30 seconds."</p>
            </div>
            <FormProblem actions />
            <AddTrackers actions />
            <div class="ghost">
                <EmptyBar />
                <p class="small muted">"Its last 60 checks will stand here, the newest on the right."</p>
            </div>
        </div>
    }
}

#[component]
fn Filled(board: Board, actions: Actions) -> impl IntoView {
    let is_stale =
        move || board.paused.get() || board.link.with(|link| matches!(link, crate::live::Link::Stale { .. }));
    view! {
        <div class="wrap" data-live=move || is_stale().then_some("stale")>
            <div class="head">
                <div>
                    <h1>"Trackers"</h1>
                    <Sentence board />
                </div>
                <LiveSign board />
            </div>
            <Outdated board />
            <FormProblem actions />
            <Attention board />
            <AddTrackers actions />
            <Rows board actions />
            <Pagination board />
        </div>
    }
}

/// The rows, their heads, and what shapes and percentages mean.
#[component]
fn Rows(board: Board, actions: Actions) -> impl IntoView {
    view! {
        <section class="list" aria-labelledby="h-all">
            <div class="cols">
                <h2 id="h-all">"All trackers"</h2>
                <span aria-hidden="true">
                    <span>"Last 60 checks"</span>
                    <span>"newest"</span>
                </span>
                <span aria-hidden="true">"Uptime"</span>
                <span aria-hidden="true">"Latency"</span>
            </div>
            <ul class="rows card">
                <For each=move || board.rows.get() key=|row| row.id let:row>
                    <TrackerRow row board actions />
                </For>
            </ul>
            <Legend />
            <p class="small muted">
                "Uptime is of the checks shown, by the rule " <b>"observed time"</b>
                ": a result holds until the next is due. Time without data, or paused, is in neither part of the ratio."
            </p>
        </section>
    }
}

/// Everything in one sentence.
#[component]
fn Sentence(board: Board) -> impl IntoView {
    let counts =
        Memo::new(move |_| board.totals.with(|totals| Summary::of(&Totals { newest: None, ..*totals })));
    let newest = Memo::new(move |_| board.totals.with(|totals| totals.newest));
    let checked = move || match (newest.get(), board.now.get()) {
        (None, _) => EitherOf3::A("nothing checked yet"),
        (Some(at), None) => EitherOf3::B(view! { "checked " <Moment at /> }),
        (Some(at), Some(now)) => {
            let ago = crate::format::at_a_glance(now.since(at).max(std::time::Duration::from_secs(1)));
            EitherOf3::C(view! { "checked " <time datetime=at.to_string()>{ago} " ago"</time> })
        }
    };
    view! {
        <p class="lede">
            <b class:down=move || counts.with(|counts| counts.bad)>{move || counts.with(|counts| counts.lead.clone())}</b>
            {move || counts.with(|counts| counts.rest.iter().flat_map(|part| [" · ", part]).collect::<String>())}
            " · "
            {checked}
        </p>
    }
}

#[component]
fn Pagination(board: Board) -> impl IntoView {
    let link = |page: u32, rel: &'static str, text: &'static str| {
        view! {
            <a class="btn" rel=rel href=format!("/?page={page}")>
                {text}
            </a>
        }
    };
    move || {
        let (page, pages) = board.pages.get();
        (pages > 1).then(|| {
            view! {
                <nav class="pages" aria-label="Pages of the list">
                    {(page > 1).then(|| link(page - 1, "prev", "Previous"))}
                    <span>{format!("Page {page} of {pages}")}</span>
                    {(page < pages).then(|| link(page + 1, "next", "Next"))}
                </nav>
            }
        })
    }
}
