//! The list of all trackers: what is down, one row each, and a box to add more.

pub mod add;
pub mod address;
pub mod around;
pub mod attention;
pub mod dragging;
pub mod group;
pub mod many;
pub mod picking;
pub mod row;
pub mod tools;

use domain::{Head, ListRequest, Totals, TrackerId, TrackerPage};
use leptos::{prelude::*, wasm_bindgen::JsCast as _};
use serde::{Deserialize, Serialize};

use crate::{
    bar::{EmptyBar, Legend},
    format,
    island::Told,
    live::{Board, Look, follow},
    standing::Summary,
    tip::TipCard,
    ui::{
        self, Announcer, Change, ChangeForm, Changes, Entry, FormProblem, Icon, LiveSign, Moment, Mood,
        Outdated, Part, TabIcon, TroubleBanner, entries, part, reactive, still, whole,
    },
};
use add::AddTrackers;
use attention::Attention;
use group::Group;

/// What a page of the list shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The trackers, and the list as a whole.
    pub page: TrackerPage,
    /// A deleted tracker that can be restored, with its name.
    pub deleted: Option<(TrackerId, String)>,
    /// The query of its address, in its normal form.
    pub query: String,
    /// Whether rows are low.
    pub compact: bool,
    /// Whether it is in the order of favourites.
    pub ordered: bool,
}

/// What only the server shows of a page of the list.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    /// What was asked for.
    pub request: ListRequest,
    /// Above the rows, as HTML.
    pub tools: String,
    /// Below the rows, as HTML.
    pub pages: String,
    /// What was done with many, and its key.
    pub done: Option<(u64, String)>,
}

impl Fixed {
    /// What stands above the island: what was done.
    pub fn above(&self) -> Option<Part> {
        self.done.as_ref().map(|(key, said)| many::notice(*key, said, &self.request))
    }
}

/// The title of a page of the list.
pub fn title(totals: &Totals) -> String {
    match totals.down {
        0 => words::TRACKERS.to_owned(),
        down => words::list_title_down(down),
    }
}

/// The page at `/`, `?q=…&page=N`.
#[component]
pub fn TrackerList(
    /// From the server.
    told: Told<Shown>,
    /// What stands around the rows, as HTML. A browser has it in the page already.
    #[prop(optional)]
    around: (String, String),
) -> impl IntoView {
    let Told { shown: Shown { page, deleted, query, compact, ordered }, failed, trouble, may_change } = told;
    let changes = Changes::of_page(failed);
    let (board, woken) = Board::of_list(page, query, Look { may_edit: may_change, compact, ordered });
    board.trouble.set(trouble);
    follow(board, woken);
    changes.refresh(board, move |change| {
        if change == Change::Delete {
            keep_focus(board);
        }
    });
    let is_empty = Memo::new(move |_| board.totals.with(|totals| totals.trackers == 0));
    ui::title(move || board.totals.with(title));
    let around = StoredValue::new(around);
    let content = move || {
        if is_empty.get() {
            whole(view! { <FirstRun board changes /> })
        } else {
            whole(filled(board, changes, around.get_value()))
        }
    };
    view! {
        <TroubleBanner said=board.trouble />
        <TabIcon mood=move || board.totals.with(Mood::of) board />
        <Announcer board />
        {deleted.map(|(id, name)| whole(view! { <Deleted id name changes /> }))}
        {part(content)}
        <TipCard />
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

/// Offers to undo a deletion that led here: without script, or on the page of the tracker itself.
#[component]
fn Deleted(id: TrackerId, name: String, changes: Changes) -> impl IntoView {
    let is_over = move || changes.last_done() == Some(Change::Restore);
    view! {
        <div class="wrap deleted" hidden=reactive(is_over)>
            <div class="notice is-none">
                <Icon name="#i-trash" />
                <span><b>{name.clone()}</b> {words::LIST_DELETED}</span>
                <ChangeForm change=Change::Restore id name=Signal::stored(name) changes class="btn small" />
            </div>
        </div>
    }
}

/// No tracker yet: the page is an invitation.
#[component]
fn FirstRun(board: Board, changes: Changes) -> impl IntoView {
    view! {
        <div class="wrap first">
            {still(&[
                "<div><h1>", words::LIST_FIRST_TITLE,
                r#"</h1><p class="lede">"#, words::LIST_FIRST_LEDE,
                "</p></div>",
            ])}
            <FormProblem changes />
            {board.look.may_edit.then(|| view! { <AddTrackers changes /> })}
            <div class="ghost">
                <EmptyBar />
                {still(&[r#"<p class="small muted">"#, words::LIST_FIRST_BAR, "</p>"])}
            </div>
        </div>
    }
}

fn filled(board: Board, changes: Changes, (tools, pages): (String, String)) -> impl IntoView {
    let density = if board.look.compact { "compact" } else { "" };
    view! {
        <div class="wrap" data-density=density data-live=reactive(move || board.is_stale().then_some("stale"))>
            <div class="head">
                <div>
                    {still(&["<h1>", words::TRACKERS, "</h1>"])}
                    {part(move || sentence(board))}
                </div>
                <LiveSign board />
            </div>
            <Outdated board />
            <FormProblem changes />
            <Attention board />
            {board.look.may_edit.then(|| view! { <AddTrackers changes /> })}
            <div id="tools" class="filters" inner_html=tools></div>
            {groups(board, changes)}
            <div id="pages" inner_html=pages></div>
        </div>
    }
}

/// The groups with their rows, and what shapes and percentages mean.
fn groups(board: Board, changes: Changes) -> impl IntoView {
    let group = move |Head { name, .. }: &Head| {
        let (name, key) = (name.clone(), group::key(name));
        Entry::new(key, 0, move || view! { <Group name board changes /> })
    };
    let groups = move || board.heads.with(|heads| heads.iter().map(group).collect());
    view! {
        <section class="list" aria-label=words::TRACKERS>
            {entries(groups)} <Legend />
            {still(&[
                r#"<p class="small muted">"#, words::LIST_RULE_BEFORE,
                "<b>", words::LIST_RULE,
                "</b>", words::LIST_RULE_AFTER,
                "</p>",
            ])}
        </section>
    }
}

/// Everything in one sentence.
fn sentence(board: Board) -> impl IntoView {
    let totals = board.totals.get();
    let Summary { lead, bad, rest } = Summary::of(&totals);
    let class = if bad { "down" } else { "" };
    let rest: String = rest.iter().flat_map(|part| [" · ", part]).collect();
    let checked = match (totals.newest, board.now.get()) {
        (None, _) => whole(words::LIST_NOTHING_CHECKED),
        (Some(at), None) => whole(view! { {words::LIST_CHECKED} <Moment at /> }),
        (Some(at), Some(now)) => {
            let ago = format::at_a_glance(now.since(at).max(std::time::Duration::from_secs(1)));
            whole(view! { {words::LIST_CHECKED} <time datetime=at.to_string()>{words::ago(ago)}</time> })
        }
    };
    view! {
        <p class="lede">
            <b class=class>{lead}</b>
            {rest}
            " · "
            {checked}
        </p>
    }
}
