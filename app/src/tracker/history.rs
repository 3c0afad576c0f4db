//! The last checks: the bar, what it means, and all of it as a table.

use domain::{Cell, SHOWN_CHECKS, Timestamp, TrackerView};
use leptos::{either::Either, prelude::*};

use crate::{
    bar::Legend,
    format,
    live::Board,
    spot::{look, why},
    tracker::scrubber::{FailureButtons, Scrubber, row_name},
    ui::{Icon, Nothing},
};

/// The last 60 checks of one tracker.
#[component]
pub fn History(
    /// The tracker.
    view: RwSignal<TrackerView>,
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    let schedule = Memo::new(move |_| view.with(|view| view.about.schedule.clone()));
    let ends = Memo::new(move |_| view.with(|view| ends(&view.cells)));
    view! {
        <section class="card history" aria-labelledby="h-history">
            <header>
                <h2 id="h-history">"Last 60 checks"</h2>
                <span class="note">{move || schedule.get()}</span>
                <FailureButtons view board />
            </header>
            <Scrubber view board />
            <div class="under">
                <p class="axis">
                    <span>{move || ends.with(|(oldest, _)| oldest.clone())}</span>
                    <span>{move || ends.with(|(_, newest)| newest.clone())}</span>
                </p>
                <Legend />
                <details class="fold" id="checks">
                    <summary>
                        <Icon name="#i-chev" />
                        "Show the 60 checks as a table"
                    </summary>
                    <ChecksTable view />
                </details>
            </div>
        </section>
    }
}

#[component]
fn ChecksTable(view: RwSignal<TrackerView>) -> impl IntoView {
    let newest_first = move || view.with(|view| view.cells.iter().rev().cloned().collect::<Vec<_>>());
    view! {
        <table class="table">
            <caption>"Newest first, times in UTC"</caption>
            <thead>
                <tr>
                    <th scope="col">"Due"</th>
                    <th scope="col">"Result"</th>
                    <th scope="col" class="r">
                        "Took"
                    </th>
                    <th scope="col">"Why"</th>
                </tr>
            </thead>
            <tbody>
                <For each=newest_first key=|cell| (cell.due, cell.attempt, cell.is_gap()) children=|cell| check_line(&cell) />
            </tbody>
        </table>
    }
}

fn check_line(cell: &Cell) -> impl IntoView + use<> {
    let (class, icon) = look(cell.mark());
    let took = match cell.latency {
        Some(latency) => Either::Left(format!("{} ms", format::latency(latency))),
        None => Either::Right(view! { <Nothing what="not measured" /> }),
    };
    let again = (cell.attempt > 0).then(|| format!("try {}", cell.attempt + 1));
    view! {
        <tr id=row_name(cell.due, cell.attempt)>
            <td>
                <time datetime=cell.due.to_string()>{cell.due.clock_time()}</time>
            </td>
            <td>
                <span class=format!("state {class}")>
                    <Icon name=icon />
                    <span>{cell.mark().word()}</span>
                    {again.map(|again| view! { <span class="for">{again}</span> })}
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
    (oldest.unwrap_or_else(|| "no data yet".into()), newest.unwrap_or_else(|| "now".into()))
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
