//! Figures over the checks that are shown.

use std::time::Duration;

use domain::{Micros, TrackerView};
use leptos::prelude::*;

use crate::{
    figures::Figures,
    format,
    ui::{still, whole},
};

/// One figure. All are of one shape, so that the client holds one view for them.
struct Figure {
    term: &'static str,
    value: String,
    unit: &'static str,
    note: String,
    is_bad: bool,
}

/// Uptime, latencies, and how many checks they stand on.
pub fn numbers(view: &TrackerView) -> impl IntoView + use<> {
    let cells = Vec::from(figures(&Figures::of(view)).map(cell));
    view! {
        <section aria-labelledby="h-numbers">
            {still(&[r#"<h2 class="vh" id="h-numbers">"#, words::TRACKER_NUMBERS, "</h2>"])}
            <dl class="stats card">{cells}</dl>
        </section>
    }
}

fn cell(Figure { term, value, unit, note, is_bad }: Figure) -> impl IntoView {
    whole(view! {
        <div>
            <dt>{term}</dt>
            <dd class=if is_bad { "bad" } else { "" }>
                {value} <span class="unit">{unit}</span> <small>{note}</small>
            </dd>
        </div>
    })
}

fn figures(figures: &Figures) -> [Figure; 5] {
    let Figures { uptime, last, median, slowest, checks, failed } = figures;
    let unit = if uptime.is_known() { "\u{a0}%" } else { "" };
    let note = match uptime.down_ms {
        _ if !uptime.is_known() => words::NOTHING_OBSERVED.into(),
        0 => words::TRACKER_NO_TIME_DOWN.into(),
        down => words::tracker_time_down(format::in_full(Duration::from_millis(down))),
    };
    let (checks, failed) = (checks.to_string(), words::tracker_failed(failed));
    [
        Figure { term: words::UPTIME, value: uptime.to_string(), unit, note, is_bad: uptime.down_ms > 0 },
        latency(words::TRACKER_LAST_LATENCY, *last, words::TRACKER_OF_NEWEST),
        latency(words::TRACKER_MEDIAN, *median, words::TRACKER_OF_SHOWN),
        latency(words::TRACKER_SLOWEST, *slowest, words::TRACKER_OF_SHOWN),
        Figure { term: words::TRACKER_CHECKS, value: checks, unit: "", note: failed, is_bad: false },
    ]
}

fn latency(term: &'static str, latency: Option<Micros>, of: &str) -> Figure {
    let (value, unit, note) = match latency {
        Some(latency) => (format::latency(latency), "\u{a0}ms", of),
        None => ("–".into(), "", words::NOT_MEASURED),
    };
    Figure { term, value, unit, note: note.into(), is_bad: false }
}

#[cfg(test)]
mod tests {
    use domain::Uptime;

    use super::*;

    #[test]
    fn what_is_missing_is_said_and_not_called_zero() {
        let uptime = Uptime::default();
        let none = Figures { uptime, last: None, median: None, slowest: None, checks: 0, failed: 0 };
        let told = figures(&none).map(|figure| format!("{}{} {}", figure.value, figure.unit, figure.note));
        assert_eq!(
            told,
            ["– nothing observed", "– not measured", "– not measured", "– not measured", "0 0 failed"]
        );
        let some =
            Figures { uptime: Uptime { up_ms: 3_000, down_ms: 1_000 }, last: Some(Micros(142_000)), ..none };
        let [uptime, last, ..] = figures(&some);
        assert_eq!((uptime.value.as_str(), uptime.note.as_str(), uptime.is_bad), ("75.00", "1 s down", true));
        assert_eq!((last.value.as_str(), last.note.as_str()), ("142", "the newest check"));
    }
}
