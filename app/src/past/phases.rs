//! Where the time of a check usually goes.

use domain::{Micros, Phase, Story, Timing};
use leptos::prelude::*;

use super::{here::Here, wording};
use crate::{
    format,
    ui::{Icon, Part, whole},
};

/// The medians of the last 24 hours side by side, and its slowest checks; nothing where no phase is known.
pub fn phases(story: &Story, here: &Here) -> Option<impl IntoView + use<>> {
    let known: Vec<(Phase, Micros)> = story.phases.iter().collect();
    let total: u64 = known.iter().map(|(_, took)| u64::from(took.0)).sum();
    if total == 0 {
        return None;
    }
    let mut so_far = 0;
    let mut bars = Vec::with_capacity(known.len());
    for (phase, took) in &known {
        let (from, until) = (so_far * WIDTH / total, (so_far + u64::from(took.0)) * WIDTH / total);
        so_far += u64::from(took.0);
        bars.push(view! {
            <rect class=class(*phase) x=from.to_string() y="0" width=(until - from).to_string() height="16"></rect>
        });
    }
    let rows: Vec<_> = known
        .iter()
        .map(|(phase, took)| {
            let share = format!("{} %", u64::from(took.0) * 100 / total);
            view! {
                <tr>
                    <th scope="row">
                        <svg class="swatch" viewBox="0 0 8 8" aria-hidden="true">
                            <rect class=class(*phase) width="8" height="8"></rect>
                        </svg>
                        {word(*phase)}
                    </th>
                    <td class="r">{wording::milliseconds(Some(*took))}</td>
                    <td class="r dim">{share}</td>
                </tr>
            }
        })
        .collect();
    Some(view! {
        <section class="card" aria-labelledby="h-phases">
            <header>
                <h2 id="h-phases">{words::PAST_PHASES}</h2>
                <span class="note">{words::PAST_PHASES_NOTE}</span>
            </header>
            <div class="body">
                <svg
                    class="split"
                    viewBox=format!("0 0 {WIDTH} 16")
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=label(&known)
                >
                    {bars}
                </svg>
                <table class="table">
                    <caption class="vh">{words::PAST_PHASES_CAPTION}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words::PAST_PHASES_PHASE}</th>
                            <th scope="col" class="r">
                                {words::PAST_PHASES_MEDIAN}
                            </th>
                            <th scope="col" class="r">
                                {words::PAST_PHASES_SHARE}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {slowest(story, here)}
            </div>
        </section>
    })
}

/// The slowest checks, each with the phase that took most of its time.
fn slowest(story: &Story, here: &Here) -> Option<Part> {
    let row = |timing: &Timing| {
        let most = timing.phases.iter().max_by_key(|(_, took)| *took);
        let most = most.map(|(phase, took)| format!("{} {} ms", word(phase), format::latency(took)));
        view! {
            <tr>
                <th scope="row" class="nowrap">
                    <a href=here.at_failure(timing.due)>
                        <time datetime=timing.due.to_string()>{wording::moment(timing.due, story.now)}</time>
                    </a>
                </th>
                <td class="nowrap r">{wording::milliseconds(timing.latency)}</td>
                <td class="dim">{most}</td>
            </tr>
        }
    };
    let rows: Vec<_> = story.slowest.iter().map(row).collect();
    (!rows.is_empty()).then(|| {
        whole(view! {
            <details class="fold">
                <summary>
                    <Icon name="#i-chev" />
                    {words::PAST_PHASES_SLOWEST}
                </summary>
                <table class="table">
                    <caption>{words::PAST_PHASES_SLOWEST_CAPTION}</caption>
                    <thead>
                        <tr>
                            <th scope="col" data-zone="">{words::PAST_PHASES_SLOWEST_WHEN}</th>
                            <th scope="col" class="r">
                                {words::PAST_PHASES_SLOWEST_TOOK}
                            </th>
                            <th scope="col">{words::PAST_PHASES_SLOWEST_MOST}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        })
    })
}

const WIDTH: u64 = 1_000;

/// A phase in words.
pub fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => words::PHASE_NAME,
        Phase::Connect => words::PHASE_CONNECT,
        Phase::Tls => words::PHASE_TLS,
        Phase::FirstByte => words::PHASE_FIRST_BYTE,
        Phase::Body => words::PHASE_TRANSFER,
    }
}

fn class(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "p-dns",
        Phase::Connect => "p-connect",
        Phase::Tls => "p-tls",
        Phase::FirstByte => "p-first",
        Phase::Body => "p-body",
    }
}

fn label(known: &[(Phase, Micros)]) -> String {
    let told = known.iter().map(|(phase, took)| format!("{} {} ms", word(*phase), format::latency(*took)));
    words::past_phases_label(format::joined(told, ", "))
}
