//! The figures for people and for programs.

use std::{
    fmt::{Display, Write as _},
    fs,
    io::Write as _,
    path::Path,
};

use crate::{
    Failure,
    figures::{Figures, Load},
    load::as_float,
};

/// A line for the person at the terminal. A closed terminal is no reason to stop measuring.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Writes the JSON file, and the table beside it as Markdown.
pub(crate) fn write(figures: &Figures, out: &Path) -> Result<(), Failure> {
    let json =
        serde_json::to_string_pretty(figures).map_err(|error| Failure::Unexpected(error.to_string()))?;
    let doing = || Failure::io(format!("writing {}", out.display()));
    fs::write(out, json + "\n").map_err(doing())?;
    fs::write(out.with_extension("md"), table(figures)).map_err(doing())
}

/// The figures as Markdown.
pub(crate) fn table(figures: &Figures) -> String {
    let mut text = format!(
        "{}, {}; load before: {}. {}\n\n\
         | trackers at 1 s | connections | slots due | hit | unknown | wrong | late p50 ≤ ms | p99 ≤ ms | max ≤ ms | \
         CPU-s per 1,000 | cores | memory MB | bytes on disk a check | bytes written a check |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
        figures.date, figures.machine, figures.load_before, figures.note
    );
    for load in &figures.loads {
        row(&mut text, load);
    }
    text.push_str("\n| | |\n|---|---|\n");
    let mut fact = |name: &str, value: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {name} | {value} |");
    };
    if let Some(page) = &figures.page {
        let (median, worst) = (page.first_byte_ms_median, page.first_byte_ms_worst);
        fact(
            &format!("first byte of the page, {} trackers", page.trackers),
            format!("{median:.1} ms, worst {worst:.1} ms"),
        );
        fact("that page, brotli", format!("{} B of {} B", page.brotli_bytes, page.plain_bytes));
    }
    if let Some(poll) = &figures.poll {
        fact(
            &format!("a poll of {} trackers", poll.trackers),
            format!("{} B, {} B with brotli", poll.plain_bytes, poll.brotli_bytes),
        );
        fact("server's CPU for a poll", format!("{:.2} ms", poll.cpu_ms));
    }
    if let Some(client) = &figures.client {
        fact("web client", format!("{} B of {} B, brotli", client.brotli_bytes, client.plain_bytes));
    }
    if let Some(start) = &figures.start {
        fact(
            &format!("start to first page, {} new trackers", start.trackers),
            format!("{:.0} ms", start.cold_first_page_ms),
        );
        fact(
            &format!("start to first page, {} trackers with {:.0} checks", start.trackers, start.checks),
            format!("{:.0} ms", start.warm_first_page_ms),
        );
        let last = start.all_checked_ms.map_or("not all".into(), |ms| format!("{ms:.0} ms"));
        fact("from then until the last tracker was due and checked", last);
    }
    text
}

fn row(text: &mut String, load: &Load) {
    let connections = if load.reused { "reused" } else { "fresh" };
    let Load { trackers, due, hit, unknown, wrong, late, cpu_s_per_1000, cores, .. } = load;
    let memory = as_float(load.resident_bytes) / 1e6;
    let _ = writeln!(
        text,
        "| {trackers} | {connections} | {due} | {hit} | {unknown} | {wrong} | {:.0} | {:.0} | {:.0} | {cpu_s_per_1000:.3} | \
         {cores:.2} | {memory:.0} | {:.0} | {:.0} |",
        late.p50_ms, late.p99_ms, late.max_ms, load.disk_bytes_per_check, load.written_bytes_per_check
    );
}
