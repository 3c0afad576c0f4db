//! The figures for people and for programs.

use std::{
    fmt::{Display, Write as _},
    fs,
    io::Write as _,
    path::Path,
};

use crate::{Failure, figures::Figures};

mod compared;
mod facts;
mod loads;

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
    let Figures { date, machine, load_before, note, .. } = figures;
    let mut text = format!("{date}, {machine}; load before: {load_before}. {note}\n");
    loads::write(&mut text, &figures.loads);
    loads::write_stages(&mut text, &figures.loads);
    compared::write_latencies(&mut text, &figures.latencies);
    compared::write_comparisons(&mut text, &figures.comparisons);
    facts::write(&mut text, figures);
    facts::write_goals(&mut text, &figures.goals);
    for left_out in &figures.left_out {
        line(&mut text, format_args!("\nLeft out: {left_out}."));
    }
    text
}

/// Writing to a string cannot fail.
fn line(text: &mut String, line: impl Display) {
    let _ = writeln!(text, "{line}");
}

/// An empty line, the titles of a table, and the line below them.
fn head(text: &mut String, titles: &[&str]) {
    line(text, format_args!("\n| {} |", titles.join(" | ")));
    line(text, format_args!("|{}", "---|".repeat(titles.len())));
}
