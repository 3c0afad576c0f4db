//! Ninety days: the strip, its legend, and the days with trouble as a table.

use domain::{Period, Story, Timestamp};
use leptos::prelude::*;

use super::{
    here::{Here, first_within},
    stack::{FULL, PITCH, paths},
    wording,
};
use crate::{
    format,
    ui::{Icon, Part, whole},
};

/// The strip, its legend, and the days with trouble as a table.
pub fn days(story: &Story, here: &Here) -> impl IntoView + use<> {
    let paths = Vec::from(paths(&story.days).map(|(class, d)| view! { <path class=class d=d></path> }));
    let links: Vec<_> = story.days.iter().map(|day| link(day, story, here)).collect();
    view! {
        <section class="card" aria-labelledby="h-days">
            <header>
                <h2 id="h-days">{words::PAST_DAYS}</h2>
                <span class="note">{words::PAST_DAYS_NOTE}</span>
            </header>
            <div class="body">
                <div class="days">
                    <div class="plot">
                        <svg
                            class="strip"
                            viewBox=format!("0 0 {} {FULL}", story.days.len() * PITCH)
                            preserveAspectRatio="none"
                            shape-rendering="crispEdges"
                            role="img"
                            aria-label=label(&story.days)
                        >
                            {paths}
                        </svg>
                        <div class="hits" aria-hidden="true">
                            {links}
                        </div>
                    </div>
                    <p class="axis">
                        <span class="d90">{words::PAST_DAYS_90_AGO}</span>
                        <span class="d30">{words::PAST_DAYS_30_AGO}</span>
                        <span>{words::PAST_DAYS_TODAY}</span>
                    </p>
                </div>
                {legend()}
                {table(story, here)}
            </div>
        </section>
    }
}

/// `23 Nov: 99.86 %, 2 min 3 s down`.
fn told(day: &Period) -> String {
    let uptime = day.uptime();
    let share = uptime.is_known().then(|| format!("{uptime} %"));
    let notes = share.into_iter().chain(wording::down_time(&day.tally)).chain(wording::coverage(day));
    format!("{}: {}", wording::day(day.window.from), format::joined(notes, ", "))
}

fn link(day: &Period, story: &Story, here: &Here) -> impl IntoView + use<> {
    view! { <a href=lead(day, story, here) tabindex="-1" data-tip=told(day)></a> }
}

/// To the first known outage that begins on a day, or to the day's end.
fn lead(day: &Period, story: &Story, here: &Here) -> String {
    match first_within(&story.outages, day.window.from, day.window.to) {
        Some(outage) if outage.from >= day.window.from => here.at_failure(outage.from),
        _ => here.at(Timestamp(day.window.to.0 - 1)),
    }
}

/// The strip in words.
fn label(days: &[Period]) -> String {
    let count = |is: fn(&Period) -> bool| days.iter().filter(|day| is(day)).count();
    let whole = count(|day| wording::observed_ms(&day.tally) > 0 && day.tally.down_ms == 0);
    let down = count(|day| day.tally.down_ms > 0);
    let unknown = count(|day| wording::observed_ms(&day.tally) == 0);
    let worst = days.iter().max_by_key(|day| day.tally.down_ms).filter(|day| day.tally.down_ms > 0);
    let worst = worst.map(|day| {
        words::past_days_worst(wording::day(day.window.from), wording::lasting(day.tally.down_ms))
    });
    let all = words::past_days_label(days.len(), down, unknown, whole);
    format::joined([Some(all), worst].into_iter().flatten(), " ")
}

fn legend() -> impl IntoView {
    let swatch = |(word, d): (&'static str, &'static str), class: &'static str| {
        view! {
            <li>
                <svg class="swatch" viewBox="0 0 8 32" preserveAspectRatio="none" aria-hidden="true">
                    <path class=class d=d></path>
                </svg>
                {word}
            </li>
        }
    };
    let entries = [
        swatch((words::PAST_DAYS_LEGEND_UP, "M1 6h6v26h-6z"), "u"),
        swatch((words::PAST_DAYS_LEGEND_SLOW, "M1 6h6v3h-6zM1 11h6v21h-6z"), "s"),
        swatch((words::PAST_DAYS_LEGEND_DOWN, "M1 0h6v10h-6z"), "d"),
        swatch((words::PAST_DAYS_LEGEND_PAUSED, "M1 20h6v12h-6zM3 23v6h2v-6z"), "m"),
        swatch((words::PAST_DAYS_LEGEND_UNKNOWN, "M1 28h6v4h-6z"), "n"),
    ];
    view! {
        <ul class="legend" aria-label=words::BAR_LEGEND>
            {Vec::from(entries)}
        </ul>
    }
}

/// The days with time down, the newest first: for who cannot point at the strip.
fn table(story: &Story, here: &Here) -> Part {
    let bad: Vec<&Period> = story.days.iter().rev().filter(|day| day.tally.down_ms > 0).collect();
    if bad.is_empty() {
        return whole(view! { <p class="small muted">{words::PAST_DAYS_NONE}</p> });
    }

    let row = |day: &&Period| {
        view! {
            <tr>
                <th scope="row">
                    <a href=lead(day, story, here)>{wording::day(day.window.from)}</a>
                </th>
                <td class="r">{wording::percentage(day)}</td>
                <td class="r">{wording::lasting(day.tally.down_ms)}</td>
                <td class="dim">{format::joined(wording::coverage(day).into_iter(), ", ")}</td>
            </tr>
        }
    };
    let rows: Vec<_> = bad.iter().map(row).collect();
    whole(view! {
        <details class="fold">
            <summary>
                <Icon name="#i-chev" />
                {words::past_days_table(bad.len())}
            </summary>
            <table class="table">
                <caption>{words::PAST_DAYS_NEWEST_FIRST}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::PAST_DAYS_DAY}</th>
                        <th scope="col" class="r">
                            {words::UPTIME}
                        </th>
                        <th scope="col" class="r">
                            {words::PAST_DAYS_DOWN}
                        </th>
                        <th scope="col">{words::PAST_DAYS_NOT_COUNTED}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    })
}

#[cfg(test)]
mod tests {
    use domain::{Counts, Percentiles, Tally, Window};

    use super::*;

    const DAY: u64 = 86_400_000;

    fn day(tally: Tally) -> Period {
        let from = 1_795_392_000_000;
        let window = Window::new(Timestamp(from), Timestamp(from + 86_400_000));
        Period {
            window,
            tally: tally.filled(DAY),
            counts: Counts::default(),
            latency: Percentiles::default(),
        }
    }

    #[test]
    fn a_day_is_told_in_words() {
        let bad = day(Tally { up_ms: DAY - 123_000, down_ms: 123_000, ..Tally::default() });
        assert_eq!(told(&bad), "23 Nov: 99.85 %, 2 min 3 s down");
        assert_eq!(told(&day(Tally::default())), "23 Nov: nothing observed");
        assert_eq!(
            label(&[day(Tally::default()), bad]),
            "Uptime by day, last 2 days, newest last: 0 without failure, 1 with time down, 1 without data. \
             Most on 23 Nov: 2 min 3 s."
        );
    }
}
