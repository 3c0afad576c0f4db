//! Versions, and how the program itself is.

use domain::Installation;
use leptos::prelude::*;

use crate::{
    format,
    ui::{Part, whole},
};

pub(super) fn view(installation: &Installation) -> Part {
    let Installation { version, running_for, trackers, database_bytes, late_ms, waiting, problems } =
        installation;
    let size = database_bytes.map_or_else(|| words::SETTINGS_IN_MEMORY.to_owned(), bytes);
    let late = format!("{late_ms} ms");
    let rows = [
        (words::SETTINGS_ABOUT_VERSION, version.clone()),
        (words::SETTINGS_ABOUT_RUNNING_FOR, format::in_full(*running_for)),
        (words::TRACKERS, trackers.to_string()),
        (words::SETTINGS_DATABASE, size),
        (words::SETTINGS_ABOUT_LATE, late),
        (words::SETTINGS_ABOUT_WAITING, waiting.to_string()),
    ];
    let rows = rows
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view();
    let health = if problems.is_empty() {
        whole(view! { <p>{words::SETTINGS_ABOUT_HEALTHY}</p> })
    } else {
        let lines: Vec<_> = problems.iter().map(|problem| view! { <li>{problem.clone()}</li> }).collect();
        whole(view! { <ul>{lines}</ul> })
    };
    whole(view! {
        <section class="sheet" aria-labelledby="h-program">
            <h2 id="h-program">{words::SETTINGS_ABOUT_PROGRAM}</h2>
            <dl class="facts">{rows}</dl>
        </section>
        <section class="sheet" aria-labelledby="h-health">
            <h2 id="h-health">{words::SETTINGS_ABOUT_HEALTH}</h2>
            {health}
            <p class="hint">{words::SETTINGS_ABOUT_PROGRAMS_BEFORE} <a href="/readyz">"/readyz"</a> {words::SETTINGS_ABOUT_AND} <a href="/metrics">"/metrics"</a> "."</p>
        </section>
    })
}

/// A size, at a glance.
pub(super) fn bytes(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut rest = bytes;
    let mut tenths = 0;
    for (n, unit) in units.iter().enumerate() {
        if rest < 1_000 || n == units.len() - 1 {
            return if n == 0 { format!("{rest} {unit}") } else { format!("{rest}.{tenths} {unit}") };
        }
        (rest, tenths) = (rest / 1_000, rest % 1_000 / 100);
    }
    String::new()
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_read_at_a_glance() {
        let shown = [0, 999, 1_000, 1_550_000, 12_345_678_901].map(super::bytes);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "1.5 MB", "12.3 GB"]);
    }
}
