//! The figures, for people and for programs.

use std::{
    fmt::{Display, Write as _},
    fs,
    io::Write as _,
    path::Path,
};

use serde_json::{Value, json};

use crate::{Outcome, kernel};

/// A line for the person at the terminal. A closed terminal is no reason to stop measuring.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Everything of one run.
pub(crate) struct Report {
    about: Value,
    figures: Vec<Figure>,
}

/// One thing that was measured.
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    /// The most that is allowed.
    goal: Option<f64>,
    /// What belongs to it: of what, and how.
    remark: String,
}

impl Figure {
    fn is_reached(&self) -> Option<bool> {
        self.goal.map(|goal| self.value <= goal)
    }
}

impl Report {
    pub(crate) fn new(quick: bool, note: &str) -> Self {
        let about = json!({
            "date": kernel::date(),
            "machine": kernel::machine(),
            "load_before": kernel::load(),
            "quick": quick,
            "note": note,
        });
        Self { about, figures: Vec::new() }
    }

    /// Adds a figure and says it at once: the whole takes minutes.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        (value, unit): (f64, &'static str),
        goal: Option<f64>,
        remark: impl Into<String>,
    ) {
        let figure = Figure { name: name.into(), value, unit, goal, remark: remark.into() };
        say(row(&figure));
        self.figures.push(figure);
    }

    /// Writes the JSON file, and the table beside it as Markdown.
    pub(crate) fn write(&self, out: &Path) -> Outcome<()> {
        let figures: Vec<Value> = self
            .figures
            .iter()
            .map(|figure| {
                json!({
                    "name": figure.name,
                    "value": figure.value,
                    "unit": figure.unit,
                    "goal": figure.goal,
                    "reached": figure.is_reached(),
                    "remark": figure.remark,
                })
            })
            .collect();
        let all = json!({ "about": self.about, "figures": figures });
        fs::write(out, serde_json::to_string_pretty(&all)? + "\n")?;
        fs::write(out.with_extension("md"), self.table())?;
        Ok(())
    }

    /// The figures as Markdown.
    pub(crate) fn table(&self) -> String {
        let word = |name: &str| self.about[name].as_str().unwrap_or_default().to_owned();
        let load = &self.about["load_before"];
        let mut text = format!(
            "{}, {}; load before: {load}. {}\n\n| what | measured | goal | reached | |\n|---|---|---|---|---|\n",
            word("date"),
            word("machine"),
            word("note")
        );
        for figure in &self.figures {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", row(figure));
        }
        text
    }
}

fn row(figure: &Figure) -> String {
    let Figure { name, value, unit, goal, remark } = figure;
    let digits = if *value >= 1_000.0 {
        0
    } else if *value >= 10.0 {
        1
    } else {
        2
    };
    let goal = goal.map_or(String::new(), |goal| format!("≤ {goal}"));
    let reached = match figure.is_reached() {
        Some(true) => "yes",
        Some(false) => "**no**",
        None => "",
    };
    format!("| {name} | {value:.digits$} {unit} | {goal} | {reached} | {remark} |")
}
