//! What is told of a tracker's past: uptime, latencies, days, outages, and the bar of any moment.
//!
//! The server renders it as a piece of HTML, beside the island of the tracker; a browser asks for a newer piece now and then.
//! So everything in the modules below is compiled for the client and then dropped from it: only [`follow`] is ever called
//! there. Everything in the piece is a link, a form or a fold and works without script.

pub mod asked;
pub mod calls;
pub mod changes;
pub mod chart;
pub mod days;
pub mod facts;
pub mod failure;
pub mod here;
pub mod lines;
pub mod outages;
pub mod phases;
pub mod scale;
pub mod stack;
pub mod travel;
pub mod uptime;
pub mod wording;

use std::mem::Discriminant;

use domain::{Failure, Reach, Status, Story, StoryRequest, TrackerId, TrackerView, ports::Services};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::Past,
    ask::ask,
    live::{Board, is_hidden},
    ui::whole,
};
use here::Here;

/// In a browser, asks for the piece again when the tracker's status changes, and once a minute, unless somebody is using it.
pub fn follow(view: RwSignal<TrackerView>, board: Board) {
    let id = view.with_untracked(|view| view.id);
    let mut before: Option<Beat> = None;
    Effect::new(move |_| {
        let now = Beat {
            // Not the same second for every page that is open.
            minute: board.now.get().map(|now| (now.as_ms() + id.0 * 7_919) / MINUTE_MS),
            status: view.with(|view| std::mem::discriminant(&view.status)),
        };
        // The first minute that is heard is no news.
        let is_old = before.as_ref().is_some_and(|last| {
            last.status != now.status || last.minute.is_some_and(|_| last.minute != now.minute)
        });
        if is_old && !is_hidden() && !board.paused.get_untracked() && find(IN_USE).is_none() {
            spawn_local(async move {
                let query = window().location().search().unwrap_or_default();
                // What cannot be renewed stays as it is: the page says that it hears nothing.
                if let Ok(html) = ask(Past { tracker_id: id, query }).await {
                    show(&html);
                }
            });
        }
        before = Some(now);
    });
}

/// What makes the piece old when it changes.
struct Beat {
    minute: Option<i64>,
    status: Discriminant<Status>,
}

const MINUTE_MS: i64 = 60_000;
/// What must not be replaced under the reader's hands for a minute's news.
const IN_USE: &str = "#past :is(:focus, [open], a:hover)";
/// What stands there when nothing could be read.
pub fn sorry() -> String {
    view! { <p class="muted">{words::PAST_SORRY}</p> }.to_html()
}

fn find(selector: &str) -> Option<web_sys::Element> {
    document().query_selector(selector).ok().flatten()
}

/// Replaces the piece.
pub fn show(html: &str) {
    if let Some(past) = find("#past") {
        past.set_inner_html(html);
    }
}

/// The piece of HTML of a tracker, for the query of a page's address.
pub async fn html(services: &Services, id: TrackerId, query: &str) -> Result<String, Failure> {
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
        {calls::calls(story)}
        {whole(uptime::uptime(story))}
        {whole(chart::latency(story, &here))}
        {phases::phases(story, &here)}
        {whole(days::days(story, &here))}
        {whole(outages::outages(story, &here))}
        {failure::failure(story)}
        {whole(facts::facts(&view.about, &story.settings))}
        {changes::changes(story)}
    };
    // The marks between texts are for hydration, which does not reach in here. Nothing else looks like them: the `<` of texts
    // is escaped.
    all.to_html().replace("<!>", "")
}
