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
    let size = database_bytes.map_or_else(|| "in memory".to_owned(), bytes);
    let late = format!("{late_ms} ms");
    let rows = [
        ("Version", version.clone()),
        ("Running for", format::in_full(*running_for)),
        ("Trackers", trackers.to_string()),
        ("Database", size),
        ("Latest start of a check in the last seconds", late),
        ("Checks that wait for the disk", waiting.to_string()),
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
        whole(view! { <p>"Everything works."</p> })
    } else {
        let lines: Vec<_> = problems.iter().map(|problem| view! { <li>{problem.clone()}</li> }).collect();
        whole(view! { <ul>{lines}</ul> })
    };
    whole(view! {
        <section class="sheet" aria-labelledby="h-program">
            <h2 id="h-program">"This program"</h2>
            <dl class="facts">{rows}</dl>
        </section>
        <section class="sheet" aria-labelledby="h-health">
            <h2 id="h-health">"Health"</h2>
            {health}
            <p class="hint">"The same for programs: " <a href="/readyz">"/readyz"</a> " and " <a href="/metrics">"/metrics"</a> "."</p>
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
