//! Ninety days, one bar each.
//!
//! A day is a stack by share of time. A failure is always seen: it has a red part over the green, cut off from it and at
//! least an eighth high; so ten seconds are a sliver, and only a day that was all down is all red.

use std::fmt::Write as _;

use domain::{Period, Story, Tally, Timestamp};
use leptos::prelude::*;

use super::{
    here::{Here, first_within},
    words,
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
                <h2 id="h-days">"90 days"</h2>
                <span class="note">"a red cap is time down, however short"</span>
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
                        <span class="d90">"90 days ago"</span>
                        <span class="d30">"30 days ago"</span>
                        <span>"today, UTC"</span>
                    </p>
                </div>
                {legend()}
                {table(story, here)}
            </div>
        </section>
    }
}

/// Units from one day to the next; 6 are drawn.
const PITCH: usize = 8;
/// The height of a day with time down.
const FULL: u64 = 32;
/// The height of a day without.
const USUAL: u64 = 26;
/// The least height of a part that must be seen.
const SLIVER: u64 = 4;
/// Between parts.
const CUT: u64 = 2;
/// Round the hole of paused time.
const RIM: u64 = 3;

/// What a day is made of, from the top: classes of the bar of checks.
fn parts(tally: &Tally) -> Vec<(&'static str, u64)> {
    let seen = words::observed_ms(tally);
    let rests = tally.paused_ms.saturating_add(tally.maintenance_ms);
    if seen == 0 {
        return vec![if rests > tally.unknown_ms { ("m", 12) } else { ("n", SLIVER) }];
    }
    let height = if tally.down_ms > 0 { FULL } else { USUAL };
    let total = tally.total_ms().max(1);
    let share =
        |ms: u64| u64::try_from(u128::from(height) * u128::from(ms) / u128::from(total)).unwrap_or(height);
    let down = if tally.down_ms > 0 { share(tally.down_ms).max(SLIVER) } else { 0 };
    // What is not a failure may be too small to be seen.
    let if_seen = |height: u64| if height < SLIVER { 0 } else { height };
    let slow = if_seen(share(tally.degraded_ms)).min(height - down);
    let unseen = if_seen(share(tally.unknown_ms.saturating_add(rests))).min(height - down - slow);
    let up = height - down - slow - unseen;
    let unseen = (if rests > tally.unknown_ms { "m" } else { "n" }, unseen);
    [("d", down), ("s", slow), ("u", up), unseen].into_iter().filter(|(_, height)| *height > 0).collect()
}

/// One path for each kind of part.
fn paths(days: &[Period]) -> [(&'static str, String); 5] {
    let mut paths = ["u", "s", "d", "m", "n"].map(|class| (class, String::new()));
    for (n, day) in days.iter().enumerate() {
        let parts = parts(&day.tally);
        let mut y = FULL - parts.iter().map(|(_, height)| height).sum::<u64>().min(FULL);
        for (place, (class, height)) in parts.iter().enumerate() {
            let cut = if place + 1 < parts.len() { CUT.min(height / 2) } else { 0 };
            if let Some((_, path)) = paths.iter_mut().find(|(other, _)| other == class) {
                draw(path, n * PITCH + 1, y, height - cut);
                if *class == "m" && *height > 2 * RIM {
                    // Wound the other way: a hole.
                    let (hole, x) = (height - 2 * RIM, n * PITCH + 3);
                    let _ = write!(path, "M{x} {}v{hole}h2v-{hole}z", y + RIM);
                }
            }
            y += height;
        }
    }
    paths
}

fn draw(path: &mut String, x: usize, y: u64, height: u64) {
    // Writing to a string cannot fail.
    let _ = write!(path, "M{x} {y}h6v{height}h-6z");
}

/// `23 Nov: 99.86 %, 2 min 3 s down`.
fn told(day: &Period) -> String {
    let uptime = day.uptime();
    let share = uptime.is_known().then(|| format!("{uptime} %"));
    let notes = share.into_iter().chain(words::down_time(&day.tally)).chain(words::coverage(day));
    format!("{}: {}", words::day(day.window.from), format::joined(notes, ", "))
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
    let whole = count(|day| words::observed_ms(&day.tally) > 0 && day.tally.down_ms == 0);
    let down = count(|day| day.tally.down_ms > 0);
    let unknown = count(|day| words::observed_ms(&day.tally) == 0);
    let worst = days.iter().max_by_key(|day| day.tally.down_ms).filter(|day| day.tally.down_ms > 0);
    let worst = worst.map(|day| {
        format!(" Most on {}: {}.", words::day(day.window.from), words::lasting(day.tally.down_ms))
    });
    format!(
        "Uptime by day, last {} days, newest last: {whole} without failure, {down} with time down, {unknown} without data.{}",
        days.len(),
        worst.unwrap_or_default()
    )
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
        swatch(("up", "M1 6h6v26h-6z"), "u"),
        swatch(("slow", "M1 6h6v26h-6z"), "s"),
        swatch(("down", "M1 0h6v10h-6z"), "d"),
        swatch(("paused", "M1 20h6v12h-6zM3 23v6h2v-6z"), "m"),
        swatch(("no data", "M1 28h6v4h-6z"), "n"),
    ];
    view! {
        <ul class="legend" aria-label="Legend">
            {Vec::from(entries)}
        </ul>
    }
}

/// The days with time down, the newest first: for who cannot point at the strip.
fn table(story: &Story, here: &Here) -> Part {
    let bad: Vec<&Period> = story.days.iter().rev().filter(|day| day.tally.down_ms > 0).collect();
    if bad.is_empty() {
        return whole(view! { <p class="small muted">"No day with time down."</p> });
    }
    let heading =
        format!("Show {} as a table", format::count(bad.len(), "day with time down", "days with time down"));
    let row = |day: &&Period| {
        view! {
            <tr>
                <th scope="row">
                    <a href=lead(day, story, here)>{words::day(day.window.from)}</a>
                </th>
                <td class="r">{words::percentage(day)}</td>
                <td class="r">{words::lasting(day.tally.down_ms)}</td>
                <td class="dim">{format::joined(words::coverage(day).into_iter(), ", ")}</td>
            </tr>
        }
    };
    let rows: Vec<_> = bad.iter().map(row).collect();
    whole(view! {
        <details class="fold">
            <summary>
                <Icon name="#i-chev" />
                {heading}
            </summary>
            <table class="table">
                <caption>"Newest first, days in UTC"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        <th scope="col" class="r">
                            "Uptime"
                        </th>
                        <th scope="col" class="r">
                            "Down"
                        </th>
                        <th scope="col">"Not counted"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    })
}

#[cfg(test)]
mod tests {
    use domain::{Counts, Percentiles, Window};

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

    fn stack(tally: Tally) -> String {
        let parts = parts(&tally.filled(DAY));
        format::joined(parts.into_iter().map(|(class, height)| format!("{class}{height}")), " ")
    }

    #[test]
    fn any_failure_is_seen_and_a_blip_does_not_paint_the_day_red() {
        let of = |down_ms| stack(Tally { up_ms: DAY - down_ms, down_ms, ..Tally::default() });
        assert_eq!(
            [of(0), of(1), of(10_000), of(DAY / 4), of(DAY)],
            ["u26", "d4 u28", "d4 u28", "d8 u24", "d32"]
        );
    }

    #[test]
    fn what_was_not_observed_is_grey_and_paused_days_have_a_shape_of_their_own() {
        assert_eq!(stack(Tally::default()), "n4");
        assert_eq!(stack(Tally { paused_ms: DAY, ..Tally::default() }), "m12");
        assert_eq!(stack(Tally { up_ms: DAY / 2, ..Tally::default() }), "u13 n13");
        assert_eq!(stack(Tally { up_ms: DAY - 60_000, ..Tally::default() }), "u26", "a minute is no news");
        assert_eq!(stack(Tally { degraded_ms: DAY / 2, up_ms: DAY / 2, ..Tally::default() }), "s13 u13");
        assert_eq!(stack(Tally { down_ms: DAY / 2, paused_ms: DAY / 2, ..Tally::default() }), "d16 m16");
    }

    #[test]
    fn parts_stand_on_each_other_with_a_cut_between() {
        let blip = day(Tally { up_ms: DAY - 1, down_ms: 1, ..Tally::default() });
        let drawn = paths(&[day(Tally { up_ms: DAY, ..Tally::default() }), blip]);
        let path = |class| drawn.iter().find(|(other, _)| *other == class).map(|(_, d)| d.as_str()).unwrap();
        assert_eq!(path("u"), "M1 6h6v26h-6zM9 4h6v28h-6z");
        assert_eq!(path("d"), "M9 0h6v2h-6z");
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
