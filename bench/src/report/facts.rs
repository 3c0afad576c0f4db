//! Single figures, and the goals.

use super::{head, line};
use crate::figures::{Client, Figures, Goal, Page, Poll, Start};

pub(super) fn write(text: &mut String, figures: &Figures) {
    let mut facts = Vec::new();
    facts.extend(figures.page.as_ref().into_iter().flat_map(page));
    facts.extend(figures.poll.as_ref().into_iter().flat_map(poll));
    facts.extend(figures.client.as_ref().map(client));
    facts.extend(figures.start.as_ref().into_iter().flat_map(start));
    if facts.is_empty() {
        return;
    }
    head(text, &["", ""]);
    for (name, value) in facts {
        line(text, format_args!("| {name} | {value} |"));
    }
}

/// What a fact is called, and what it is.
type Fact = (String, String);

fn page(page: &Page) -> [Fact; 2] {
    let (median, worst) = (page.first_byte_ms_median, page.first_byte_ms_worst);
    [
        (
            format!("first byte of the page, {} trackers", page.trackers),
            format!("{median:.1} ms, worst {worst:.1} ms"),
        ),
        ("that page, brotli".to_owned(), format!("{} B of {} B", page.brotli_bytes, page.plain_bytes)),
    ]
}

fn poll(poll: &Poll) -> [Fact; 2] {
    let bytes = format!("{} B, {} B with brotli", poll.plain_bytes, poll.brotli_bytes);
    [
        (format!("a poll of {} trackers", poll.trackers), bytes),
        ("server's CPU for a poll".to_owned(), format!("{:.2} ms", poll.cpu_ms)),
    ]
}

fn client(client: &Client) -> Fact {
    ("web client".to_owned(), format!("{} B of {} B, brotli", client.brotli_bytes, client.plain_bytes))
}

fn start(start: &Start) -> [Fact; 3] {
    let Start { trackers, checks, cold_first_page_ms, warm_first_page_ms, .. } = start;
    let last = start.all_checked_ms.map_or("not all".into(), |ms| format!("{ms:.0} ms"));
    [
        (format!("start to first page, {trackers} new trackers"), format!("{cold_first_page_ms:.0} ms")),
        (
            format!("start to first page, {trackers} trackers with {checks:.0} checks"),
            format!("{warm_first_page_ms:.0} ms"),
        ),
        ("from then until the last tracker was due and checked".to_owned(), last),
    ]
}

pub(super) fn write_goals(text: &mut String, goals: &[Goal]) {
    if goals.is_empty() {
        return;
    }
    head(text, &["goal", "", "figure", "reached"]);
    for Goal { scenario, wanted, figure, reached } in goals {
        let reached = if *reached { "yes" } else { "**no**" };
        let places = if figure.fract() == 0.0 { 0 } else { 3 };
        line(text, format_args!("| {scenario} | {wanted} | {figure:.places$} | {reached} |"));
    }
}
