//! Figures over the checks that are shown.

use std::time::Duration;

use domain::{Micros, TrackerView, Uptime};
use leptos::prelude::*;

use crate::{
    figures::Figures,
    format,
    ui::{Nothing, Part, whole},
};

/// Uptime, latencies, and how many checks they stand on.
pub fn numbers(view: &TrackerView) -> impl IntoView + use<> {
    let Figures { uptime, last, median, slowest, checks, failed } = Figures::of(view);
    let class = if uptime.down_ms > 0 { "bad" } else { "" };
    let latency = |term: &'static str, value: Option<Micros>, of: &'static str| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{milliseconds(value)} <small>{of}</small></dd>
            </div>
        }
    };
    view! {
        <section aria-labelledby="h-numbers">
            <h2 class="vh" id="h-numbers">
                "Numbers"
            </h2>
            <dl class="stats card">
                <div>
                    <dt>"Uptime, checks shown"</dt>
                    <dd class=class>{percentage(uptime)}</dd>
                </div>
                {latency("Latency, last", last, "the newest check")}
                {latency("Latency p50", median, "of the checks shown")}
                {latency("Slowest", slowest, "of the checks shown")}
                <div>
                    <dt>"Checks shown"</dt>
                    <dd>{checks.to_string()} <small>{format!("{failed} failed")}</small></dd>
                </div>
            </dl>
        </section>
    }
}

fn percentage(uptime: Uptime) -> Part {
    if !uptime.is_known() {
        return whole(view! {
            <Nothing what="nothing observed" />
            <small>"nothing observed"</small>
        });
    }
    let down = Duration::from_millis(uptime.down_ms);
    let down = if down.is_zero() { "no time down".into() } else { format!("{} down", format::in_full(down)) };
    whole(view! {
        {uptime.to_string()}
        <span class="unit">"\u{a0}%"</span>
        <small>{down}</small>
    })
}

fn milliseconds(latency: Option<Micros>) -> Part {
    match latency {
        Some(latency) => whole(view! {
            {format::latency(latency)}
            <span class="unit">"\u{a0}ms"</span>
        }),
        None => whole(view! { <Nothing what="none" /> }),
    }
}
