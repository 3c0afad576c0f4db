//! The share of time up, from a day to a year.

use domain::{Period, Reach, Rule, Story};
use leptos::prelude::*;

use super::wording;
use crate::ui::whole;

/// Five figures and the rule they follow.
pub fn uptime(story: &Story) -> impl IntoView + use<> {
    let figures: Vec<_> = Reach::ALL.into_iter().zip(&story.periods).map(figure).collect();
    view! {
        <section class="card" aria-labelledby="h-uptime">
            <header>
                <h2 id="h-uptime">{words::UPTIME}</h2>
                <span class="note">{words::PAST_UPTIME_RULE} <b>{words::PAST_UPTIME_RULE_NAME}</b></span>
            </header>
            <dl class="stats">{figures}</dl>
            <p class="foot-note">{Rule::ObservedTime.sentence()} {words::PAST_UPTIME_HOLDS}</p>
        </section>
    }
}

fn figure((reach, period): (Reach, &Period)) -> impl IntoView + use<> {
    let notes = wording::down_time(&period.tally).into_iter().chain(wording::coverage(period));
    let notes: Vec<_> = notes.map(|note| view! { <small>{note}</small> }).collect();
    // Only today's trouble is news.
    let class = (reach == Reach::Day && period.tally.down_ms > 0).then_some("bad");
    whole(view! {
        <div>
            <dt>{wording::reach(reach)}</dt>
            <dd class=class>{wording::percentage(period)} {notes}</dd>
        </div>
    })
}
