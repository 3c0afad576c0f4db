//! The last checks: the bar, what it means, and all of it as a table.

use domain::{Cell, CheckName, SHOWN_CHECKS, Timestamp, TrackerView};
use leptos::prelude::*;

use crate::{
    bar::Legend,
    format,
    live::Board,
    spot::{look, why},
    tracker::scrubber::{FailureButtons, Scrubber, row_name},
    ui::{Entry, Icon, Nothing, entries, reactive, still, whole},
};

/// The last 60 checks of one tracker.
#[component]
pub fn History(
    /// The tracker.
    view: RwSignal<TrackerView>,
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    view! {
        <section class="card history" aria-labelledby="h-history">
            <header>
                {still(&[r#"<h2 id="h-history">"#, words::LAST_CHECKS, "</h2>"])}
                <span class="note">{reactive(move || view.with(|view| view.about.schedule.clone()))}</span>
                <FailureButtons view board />
            </header>
            <Scrubber view board />
            <div class="under">
                <p class="axis">
                    <span>{reactive(move || view.with(|view| ends(&view.cells).0))}</span>
                    <span>{reactive(move || view.with(|view| ends(&view.cells).1))}</span>
                </p>
                <Legend />
                <details class="fold" id="checks">
                    <summary>
                        <Icon name="#i-chev" />
                        {words::TRACKER_AS_TABLE}
                    </summary>
                    <ChecksTable view />
                </details>
            </div>
        </section>
    }
}

#[component]
fn ChecksTable(view: RwSignal<TrackerView>) -> impl IntoView {
    let newest_first = move || view.with(|view| view.cells.iter().rev().map(line_of).collect());
    view! {
        <table class="table">
            {still(&[r#"<caption data-zone="">"#, words::TRACKER_TABLE, "</caption>"])}
            {still(&[
                r#"<thead><tr><th scope="col">"#, words::TRACKER_DUE,
                r#"</th><th scope="col">"#, words::TRACKER_RESULT,
                r#"</th><th scope="col" class="r">"#, words::TRACKER_TOOK,
                r#"</th><th scope="col">"#, words::TRACKER_WHY,
                "</th></tr></thead>",
            ])}
            <tbody>{entries(newest_first)}</tbody>
        </table>
    }
}

fn line_of(cell: &Cell) -> Entry {
    let cell = cell.clone();
    let state = u64::from(cell.attempt) * 2 + u64::from(cell.is_gap());
    Entry::new(cell.due.as_ms(), state, move || check_line(&cell))
}

fn check_line(cell: &Cell) -> impl IntoView + use<> {
    let (class, icon) = look(cell.mark());
    let took = match cell.latency {
        Some(latency) => whole(words::duration_ms(format::latency(latency))),
        None => whole(view! { <Nothing what=words::NOT_MEASURED /> }),
    };
    let again = match cell.attempt {
        0 => String::new(),
        CheckName::BY_HAND.. => words::TRACKER_BY_HAND.into(),
        retry => words::tracker_try(retry + 1),
    };
    view! {
        <tr id=row_name(cell.due, cell.attempt)>
            <td>
                <time datetime=cell.due.to_string()>{cell.due.clock_time()}</time>
            </td>
            <td>
                <span class=format!("state {class}")>
                    <Icon name=icon />
                    <span>{cell.mark().word()}</span>
                    <span class="for">{again}</span>
                </span>
            </td>
            <td class="r">{took}</td>
            <td class="dim">{why(cell)}</td>
        </tr>
    }
}

/// The words at both ends of the bar. The left end has a time only when a check stands there.
fn ends(cells: &[Cell]) -> (String, String) {
    let time = |at: Timestamp| format!("{} UTC", at.clock_time());
    let oldest = cells.first().filter(|_| cells.len() >= SHOWN_CHECKS).map(|cell| time(cell.due));
    let newest = cells.last().map(|cell| time(cell.due));
    (oldest.unwrap_or_else(|| words::NO_DATA_YET.into()), newest.unwrap_or_else(|| words::TRACKER_NOW.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_names_only_what_is_there() {
        let cells: Vec<Cell> = (0..60).map(|n| Cell::gap(Timestamp(n * 1_000))).collect();
        assert_eq!(ends(&cells), ("00:00:00 UTC".into(), "00:00:59 UTC".into()));
        assert_eq!(ends(&cells[..2]), ("no data yet".into(), "00:00:01 UTC".into()));
        assert_eq!(ends(&[]), ("no data yet".into(), "now".into()));
    }
}
