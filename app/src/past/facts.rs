//! How a tracker is checked.

use domain::About;
use leptos::prelude::*;

use crate::{format, ui::whole};

/// The settings that matter for reading the bar.
pub fn facts(about: &About) -> impl IntoView + use<> {
    let line = |(term, value): (&'static str, String)| {
        whole(view! {
            <div>
                <dt>{term}</dt>
                <dd>{value}</dd>
            </div>
        })
    };
    let lines = Vec::from(lines(about).map(line));
    view! {
        <section class="card" aria-labelledby="h-how">
            <header>
                <h2 id="h-how">"How it is checked"</h2>
            </header>
            <div class="body">
                <dl class="facts">{lines}</dl>
            </div>
        </section>
    }
}

fn lines(about: &About) -> [(&'static str, String); 5] {
    let tries = format::count(usize::from(about.retries) + 1, "failed try", "failed tries in a row");
    [
        ("Schedule", about.schedule.clone()),
        ("Deadline", format::setting(about.deadline_ms)),
        ("Expects", expects(&about.expect)),
        ("Down after", tries),
        ("Location", "local".into()),
    ]
}

/// Expectations as they are written; statuses alone are said to be some.
fn expects(text: &str) -> String {
    let is_statuses = text.chars().all(|c| c.is_ascii_digit() || ",-".contains(c));
    if is_statuses { format!("status {text}") } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_as_sentences() {
        let about = About { expect: "200-299".into(), deadline_ms: 10_000, retries: 2, ..About::default() };
        let facts = lines(&about).map(|(_, value)| value);
        assert_eq!(facts, ["", "10 s", "status 200-299", "3 failed tries in a row", "local"]);
        assert_eq!(expects("total < 1s"), "total < 1s");
    }
}
