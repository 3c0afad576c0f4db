//! Figures over the checks that are shown.

use std::time::Duration;

use domain::{Micros, TrackerView};
use leptos::prelude::*;

use crate::{figures::Figures, format, ui::whole};

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
            <h2 class="vh" id="h-numbers">
                "Numbers over the checks shown"
            </h2>
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
        _ if !uptime.is_known() => "nothing observed".into(),
        0 => "no time down".into(),
        down => format!("{} down", format::in_full(Duration::from_millis(down))),
    };
    let (checks, failed) = (checks.to_string(), format!("{failed} failed"));
    [
        Figure { term: "Uptime", value: uptime.to_string(), unit, note, is_bad: uptime.down_ms > 0 },
        latency("Latency, last", *last, "the newest check"),
        latency("Latency p50", *median, "of the checks shown"),
        latency("Slowest", *slowest, "of the checks shown"),
        Figure { term: "Checks shown", value: checks, unit: "", note: failed, is_bad: false },
    ]
}

fn latency(term: &'static str, latency: Option<Micros>, of: &str) -> Figure {
    let (value, unit, note) = match latency {
        Some(latency) => (format::latency(latency), "\u{a0}ms", of),
        None => ("–".into(), "", "not measured"),
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
