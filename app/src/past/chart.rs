//! How long good checks took, drawn.
//!
//! Lines and bands lie in a drawing that is stretched to the page; what must not be stretched (hatching, words) stands
//! beside it in per cent. Over it lies one link for each point: pointed at, it reads the point out; followed, it leads to
//! the checks behind it. Keys and screen readers go by the figures, the days and the outages instead of 240 links.

use domain::{Micros, Percentiles, Period, Reach, Story, Window};
use leptos::prelude::*;

use super::{
    here::{Here, first_within, reach_name},
    lines::{self, Lines, PITCH, Stretch},
    scale::{HEIGHT, Scale, Tick, percent, ticks},
    wording,
};
use crate::{
    format,
    ui::{Part, whole},
};

/// The chart, its reaches, and the figures of the one that is chosen.
pub fn latency(story: &Story, here: &Here) -> impl IntoView + use<> {
    let reach = story.request.reach;
    let period = Reach::ALL.into_iter().zip(&story.periods).find(|(other, _)| *other == reach);
    let figures = period.map(|(_, period)| figures(&period.latency));
    let drawn = match lines::highest(&story.chart) {
        Some(highest) => drawing(story, here, highest),
        None => whole(view! {
            <p class="muted">{words::past_latency_nothing(wording::reach(reach))}</p>
        }),
    };
    view! {
        <section class="card" id="latency" aria-labelledby="h-latency">
            <header>
                <h2 id="h-latency">{words::LATENCY}</h2>
                <nav class="seg" aria-label=words::PAST_LATENCY_RANGE>
                    {Vec::from(Reach::ALL.map(|other| choice(here, other, reach)))}
                </nav>
            </header>
            <div class="body">{drawn}</div>
            {figures}
        </section>
    }
}

fn choice(here: &Here, reach: Reach, current: Reach) -> impl IntoView + use<> {
    view! {
        <a
            class="btn small"
            id=reach_name(reach)
            href=here.with_reach(reach)
            aria-current=(reach == current).then_some("true")
        >
            <span aria-hidden="true">{wording::reach_in_short(reach)}</span>
            <span class="vh">{wording::reach(reach)}</span>
        </a>
    }
}

fn figures(latency: &Percentiles) -> impl IntoView + use<> {
    let figures = [
        ("p50", words::PAST_LATENCY_P50, latency.p50),
        ("p90", words::PAST_LATENCY_P90, latency.p90),
        ("p95", words::PAST_LATENCY_P95, latency.p95),
        ("p99", words::PAST_LATENCY_P99, latency.p99),
        (words::TRACKER_SLOWEST, words::PAST_LATENCY_SLOWEST_OF, latency.max),
    ];
    let figure = |(term, meaning, value): (&'static str, &'static str, Option<Micros>)| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{wording::milliseconds(value)} <small>{meaning}</small></dd>
            </div>
        }
    };
    view! { <dl class="stats lower">{Vec::from(figures.map(figure))}</dl> }
}

fn drawing(story: &Story, here: &Here, highest: Micros) -> Part {
    let (chart, reach) = (&story.chart, story.request.reach);
    let (window, scale) = (lines::window(chart), Scale::up_to(highest));
    let labels: Vec<_> = scale.labels().into_iter().map(|label| view! { <span>{label}</span> }).collect();
    let points: Vec<_> = chart.iter().map(|period| point(period, story, here)).collect();
    let times: Vec<_> = ticks(window, reach).into_iter().map(time).collect();
    whole(view! {
        <div class="chart">
            <div class="y" aria-hidden="true">
                {labels}
            </div>
            <div class="plot">
                {picture(story, window, scale)}
                <div class="hits" aria-hidden="true">
                    {points}
                </div>
            </div>
            <svg class="x" aria-hidden="true">
                {times}
            </svg>
            <ul class="key" aria-hidden="true">
                <li><i class="k-line"></i>"p50"</li>
                <li><i class="k-band"></i>{words::PAST_LATENCY_KEY_P95}</li>
                <li><i class="k-spike"></i>{words::PAST_LATENCY_KEY_SLOWEST}</li>
                <li><i class="k-out"></i>{words::PAST_LATENCY_KEY_DOWN}</li>
                <li><i class="k-gap"></i>{words::PAST_LATENCY_KEY_UNSEEN}</li>
            </ul>
        </div>
    })
}

fn time(Tick { x, word, is_minor }: Tick) -> impl IntoView {
    let class = is_minor.then_some("minor");
    view! { <text class=class x=percent(x) y="12">{word}</text> }
}

fn picture(story: &Story, window: Window, scale: Scale) -> impl IntoView + use<> {
    let chart = &story.chart;
    let Lines { p50, band, spikes } = lines::lines(chart, scale);
    let down: Vec<_> = lines::down(chart, &story.outages, window).into_iter().map(outage).collect();
    let unseen = lines::unobserved(chart, window).into_iter().map(|stretch| shade(stretch, "gap"));
    let unseen: Vec<_> = unseen.collect();
    let grid = (0..=scale.steps).map(|n| {
        let y = percent(i64::try_from(n * 10_000 / scale.steps).unwrap_or(0));
        view! { <line class="grid" x1="0" x2="100%" y1=y.clone() y2=y></line> }
    });
    let grid: Vec<_> = grid.collect();
    view! {
        <svg class="picture" role="img" aria-labelledby="chart-title" aria-describedby="chart-desc">
            <title id="chart-title">{words::past_latency_title(wording::reach(story.request.reach))}</title>
            <desc id="chart-desc">{described(story)}</desc>
            <defs>
                <pattern id="hatch-gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path d="M0 0v6"></path>
                </pattern>
                <pattern id="hatch-out" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
                    <path d="M0 0v6"></path>
                </pattern>
            </defs>
            {unseen}
            {grid}
            {down}
            <svg viewBox=format!("0 0 {} {HEIGHT}", chart.len() * PITCH) preserveAspectRatio="none" width="100%" height="100%">
                <path class="spikes" d=spikes></path>
                <path class="band" d=band></path>
                <path class="line" d=p50></path>
            </svg>
        </svg>
    }
}

/// Down: ground, hatching and an edge at the top, so that it is seen without colour too.
fn outage(stretch: Stretch) -> impl IntoView {
    let (x, width) = (percent(stretch.0), percent(stretch.1));
    view! {
        {shade(stretch, "out")}
        {shade(stretch, "out-hatch")}
        <rect class="out-edge" x=x width=width height="3"></rect>
    }
}

fn shade((x, width): Stretch, class: &'static str) -> impl IntoView {
    view! { <rect class=class x=percent(x) width=percent(width) height="100%"></rect> }
}

/// The chart in words.
fn described(story: &Story) -> String {
    let period = Reach::ALL.into_iter().zip(&story.periods).find(|(reach, _)| *reach == story.request.reach);
    let Some((_, period)) = period else { return String::new() };
    let took = took(&period.latency).map(|took| format!("{took}. ")).unwrap_or_default();
    let notes = wording::down_time(&period.tally).into_iter().chain(wording::coverage(period));
    words::past_latency_described(format::joined(notes, ", "), wording::stretch(period.window), took)
}

fn took(latency: &Percentiles) -> Option<String> {
    let figures =
        [("p50", latency.p50), ("p95", latency.p95), (words::PAST_LATENCY_KEY_SLOWEST, latency.max)];
    let told = |(name, value): (&str, Option<Micros>)| Some(format!("{name} {} ms", format::latency(value?)));
    let told = format::joined(figures.into_iter().filter_map(told), ", ");
    (!told.is_empty()).then_some(told)
}

/// The link over a point: to the first known failure in it, or to its middle.
fn point(period: &Period, story: &Story, here: &Here) -> impl IntoView + use<> {
    let Window { from, to } = period.window;
    let href = match first_within(&story.outages, from, to) {
        Some(outage) if outage.from >= from => here.at_failure(outage.from),
        _ => here.at(domain::Timestamp(from.0.midpoint(to.0))),
    };
    view! { <a href=href tabindex="-1" data-tip=read_out(period)></a> }
}

/// `23 Nov, 14:00–14:06 · p50 84 ms, p95 150 ms, slowest 912 ms · 2 min 3 s down`.
fn read_out(period: &Period) -> String {
    let took = took(&period.latency);
    let down = (period.tally.down_ms > 0).then(|| wording::down_time(&period.tally)).flatten();
    let nothing = (took.is_none() && down.is_none()).then(|| words::NOTHING_OBSERVED.to_owned());
    let parts = [Some(wording::stretch(period.window)), took, down, nothing];
    format::joined(parts.into_iter().flatten(), " · ")
}

#[cfg(test)]
mod tests {
    use domain::{Counts, Tally, Timestamp};

    use super::*;

    #[test]
    fn a_point_is_read_out_with_what_is_known_of_it() {
        let at = 1_795_442_400_000;
        let mut period = Period {
            window: Window::new(Timestamp(at), Timestamp(at + 360_000)),
            tally: Tally { unknown_ms: 360_000, ..Tally::default() },
            counts: Counts::default(),
            latency: Percentiles::default(),
        };
        assert_eq!(read_out(&period), "23 Nov, 14:00–14:06 · nothing observed");
        period.tally = Tally { up_ms: 300_000, down_ms: 60_000, ..Tally::default() };
        period.latency.p50 = Some(Micros(84_000));
        assert_eq!(read_out(&period), "23 Nov, 14:00–14:06 · p50 84 ms · 1 min down");
    }
}
