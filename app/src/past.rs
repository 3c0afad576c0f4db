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
pub mod stack;
pub mod travel;
pub mod uptime;
pub mod words;

use std::{mem::Discriminant, pin::Pin};

use domain::{Reach, Status, Story, StoryRequest, TrackerId, TrackerView};
use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast as _};
use leptos_router::{hooks::use_location, location::RequestUrl};

use crate::{
    ApiError, api,
    live::{Board, is_hidden},
    ui::whole,
};
use here::Here;

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
    let query = use_location().search;
    let mut before: Option<Beat> = None;
    Effect::new(move |_| {
        let now = Beat {
            // Not the same second for every page that is open.
            minute: board.now.get().map(|now| (now.as_ms() + id.0 * 7_919) / MINUTE_MS),
            status: view.with(|view| std::mem::discriminant(&view.status)),
            query: query.get(),
        };
        let is_wanted = match &before {
            None => find(FILLED).is_none(),
            Some(last) if last.query != now.query => true,
            Some(last) => {
                // The first minute that is heard is no news.
                let is_old =
                    last.status != now.status || last.minute.is_some_and(|_| last.minute != now.minute);
                is_old && !is_hidden() && !board.paused.get_untracked() && find(IN_USE).is_none()
            }
        };
        if is_wanted {
            let asked = now.query.clone();
            spawn_local(async move {
                let html = api::past(id, asked.clone()).await;
                // It may have come too late: for another address, or another page.
                if query.try_get_untracked() == Some(asked) {
                    show(&html.unwrap_or_else(|_| SORRY.into()));
                }
            });
        }
        before = Some(now);
    });
    view! { <div class="past" id="past" inner_html=html></div> }
}

/// What makes the piece old when it changes.
struct Beat {
    minute: Option<i64>,
    status: Discriminant<Status>,
    query: String,
}

const MINUTE_MS: i64 = 60_000;
const FILLED: &str = "#past > *";
/// What must not be replaced under the reader's hands for a minute's news.
const IN_USE: &str = "#past :is(:focus, [open], a:hover)";
/// What stands there when nothing could be read.
const SORRY: &str = "<p class=\"muted\">The history cannot be read at the moment. Load the page again.</p>";

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

/// The piece of HTML, for the page that the server renders. Boxed, because it is named in code of the client, where nothing of
/// it may remain.
pub fn of_request(id: TrackerId) -> Pin<Box<dyn Future<Output = String> + Send>> {
    let url = use_context::<RequestUrl>();
    let query = url.as_ref().and_then(|url| url.as_ref().split_once('?')).map(|(_, query)| query.to_owned());
    Box::pin(async move { html(id, &query.unwrap_or_default()).await.unwrap_or_else(|_| SORRY.into()) })
}

/// The piece of HTML, for the server function.
pub async fn html(id: TrackerId, query: &str) -> Result<String, ApiError> {
    let services = crate::backend::services()?;
    let asked = |name| asked::value(query, name).unwrap_or_default();
    let (reach, text) = (Reach::of(&asked("reach")).unwrap_or_default(), asked("at"));
    let at = asked::moment(&text);
    let view = services.live.tracker(id).await?;
    let request = StoryRequest { reach, at: at.unwrap_or_default() };
    let story = services.past.story(id, request).await?;
    let typed = travel::Typed { text, problem: at.err() };
    Ok(render(&view, &story, &typed))
}

/// Everything, from the story.
pub fn render(view: &TrackerView, story: &Story, typed: &travel::Typed) -> String {
    let here = Here::new(view, story);
    let all = view! {
        {whole(travel::travel(story, &here, typed))}
        {whole(uptime::uptime(story))}
        {whole(chart::latency(story, &here))}
        {whole(days::days(story, &here))}
        {whole(outages::outages(story, &here))}
        {whole(facts::facts(&view.about))}
    };
    // The marks between texts are for hydration, which does not reach in here. Nothing else looks like them: the `<` of texts
    // is escaped.
    all.to_html().replace("<!>", "")
}
