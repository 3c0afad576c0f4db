//! What is told of a tracker's past: uptime, latencies, days, outages, and the bar of any moment.
//!
//! The server renders it as a piece of HTML; a browser shows that piece and asks for a newer one. So everything in the
//! modules below is compiled for the client and then dropped from it: only [`Past`] is ever called there, and nothing in
//! the client may refer to the rest. Everything in the piece is a link, a form or a fold and works without script.

pub mod asked;
pub mod chart;
pub mod days;
pub mod facts;
pub mod here;
pub mod lines;
pub mod outages;
pub mod scale;
pub mod travel;
pub mod uptime;
pub mod words;

use domain::{Reach, Story, StoryRequest, TrackerId, TrackerView};
use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast as _};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use serde::{Deserialize, Serialize};

use crate::{
    ApiError, api,
    live::{Board, is_hidden},
};
use here::Here;

/// What an address asks for, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// How far the chart looks back: [`Reach::word`]. Anything else is the shortest.
    pub reach: String,
    /// The moment to go back to; empty for none.
    pub at: String,
}

impl Asked {
    /// What the query of an address asks for.
    pub fn of(query: &ParamsMap) -> Self {
        let get = |name| query.get(name).unwrap_or_default();
        Self { reach: get("reach"), at: get("at") }
    }
}

/// The piece of HTML, in a place of its own. It is asked for again when the address asks for something else, when the
/// status changes, and once a minute.
#[component]
pub fn Past(
    /// The tracker.
    view: RwSignal<TrackerView>,
    /// What the page shows.
    board: Board,
    /// The piece, on the server; hydration leaves it alone, so it is not sent a second time as data.
    html: String,
) -> impl IntoView {
    let id = view.with_untracked(|view| view.id);
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::of));
    let beat = Memo::new(move |_| {
        let minute = board.now.get().map_or(0, |now| (now.as_ms() + id.0 * 7_919) / MINUTE_MS);
        (minute, view.with(|view| std::mem::discriminant(&view.status)))
    });
    let mut before = None;
    let mut last_beat = None;
    Effect::new(move |_| {
        let (beat, asked_now) = (beat.get(), asked.get());
        // The first minute that is heard is no news.
        let is_beat = last_beat.replace(beat).is_some_and(|last| last.0 != 0 && last != beat);
        let is_new = before.as_ref() != Some(&asked_now);
        let is_first = before.replace(asked_now.clone()).is_none();
        let rests = || is_hidden() || board.paused.get_untracked() || find(IN_USE).is_some();
        if if is_first { find(FILLED).is_none() } else { is_new || (is_beat && !rests()) } {
            spawn_local(async move {
                let html = api::past(id, asked_now.clone()).await;
                if asked.try_get_untracked() == Some(asked_now) && (is_new || html.is_ok()) {
                    show(&html.unwrap_or_else(|_| SORRY.into()));
                }
            });
        }
    });
    view! { <div class="past" id="past" inner_html=html></div> }
}

const MINUTE_MS: i64 = 60_000;
const FILLED: &str = "#past > *";
/// What must not be replaced under the reader's hands for a minute's news.
const IN_USE: &str = "#past :is(:focus, [open], a:hover)";
/// What stands there when nothing could be read.
pub const SORRY: &str =
    "<p class=\"muted\">The history cannot be read at the moment. Load the page again.</p>";

fn find(selector: &str) -> Option<web_sys::Element> {
    document().query_selector(selector).ok().flatten()
}

/// Replaces the piece. A focus in it stays where it was, or goes to the moment that was asked for.
fn show(html: &str) {
    let focused = find("#past :focus").map(|element| element.id());
    if let Some(past) = find("#past") {
        past.set_inner_html(html);
    }
    if let Some(name) = focused {
        let name = if name.is_empty() { "moment" } else { &name };
        let element = document().get_element_by_id(name);
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // What is gone needs no focus.
            drop(element.focus());
        }
    }
}

/// The piece of HTML, for the server function.
pub async fn html(id: TrackerId, asked: Asked) -> Result<String, ApiError> {
    let services = crate::backend::services()?;
    let reach = Reach::of(&asked.reach).unwrap_or_default();
    let at = asked::moment(&asked.at);
    let view = services.live.tracker(id).await?;
    let request = StoryRequest { reach, at: at.unwrap_or_default() };
    let story = services.past.story(id, request).await?;
    let typed = travel::Typed { text: asked.at, problem: at.err() };
    Ok(render(&view, &story, &typed))
}

/// Everything, from the story.
pub fn render(view: &TrackerView, story: &Story, typed: &travel::Typed) -> String {
    let here = Here::new(view, story);
    let all = view! {
        {travel::travel(story, &here, typed)}
        {uptime::uptime(story)}
        {chart::latency(story, &here)}
        {days::days(story, &here)}
        {outages::outages(story, &here)}
        {facts::facts(&view.about)}
    };
    // The marks between texts are for hydration, which does not reach in here. Nothing else looks like them: the `<` of texts
    // is escaped.
    all.to_html().replace("<!>", "")
}
