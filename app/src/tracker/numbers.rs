//! Figures over the checks that are shown.

use domain::{Micros, TrackerView};
use leptos::{either::Either, prelude::*};

use crate::{figures::Figures, format, ui::Nothing};

/// Uptime, latencies, and how many checks they stand on.
#[component]
pub fn Numbers(
    /// The tracker.
    view: RwSignal<TrackerView>,
) -> impl IntoView {
    let figures = Memo::new(move |_| view.with(Figures::of));
    view! {
        <section aria-labelledby="h-numbers">
            <h2 class="vh" id="h-numbers">
                "Numbers"
            </h2>
            <dl class="stats card">
                <div>
                    <dt>"Uptime"</dt>
                    <dd class:bad=move || { figures.get().uptime.down_ms > 0 }>{move || uptime(figures.get())}</dd>
                </div>
                <div>
                    <dt>"Latency, last"</dt>
                    <dd>{move || latency(figures.get().last)} <small>"the newest check"</small></dd>
                </div>
                <div>
                    <dt>"Latency p50"</dt>
                    <dd>{move || latency(figures.get().median)} <small>"of the checks shown"</small></dd>
                </div>
                <div>
                    <dt>"Slowest"</dt>
                    <dd>{move || latency(figures.get().slowest)} <small>"of the checks shown"</small></dd>
                </div>
                <div>
                    <dt>"Checks shown"</dt>
                    <dd>
                        {move || figures.get().checks}
                        <small>{move || format!("{} failed", figures.get().failed)}</small>
                    </dd>
                </div>
            </dl>
            <p class="small muted above-1">
                "Rule: " <b>"observed time"</b>
                ", over the checks shown. A result holds until the next is due. Time without data, or paused, is in neither part of the ratio."
            </p>
        </section>
    }
}

fn uptime(figures: Figures) -> impl IntoView {
    if !figures.uptime.is_known() {
        return Either::Left(view! {
            <Nothing what="nothing observed" />
            <small>"nothing observed"</small>
        });
    }
    let down = std::time::Duration::from_millis(figures.uptime.down_ms);
    let down = if down.is_zero() { "no time down".into() } else { format!("{} down", format::in_full(down)) };
    Either::Right(view! {
        {figures.uptime.to_string()}
        <span class="unit">"\u{a0}%"</span>
        <small>{down}</small>
    })
}

fn latency(latency: Option<Micros>) -> impl IntoView {
    match latency {
        Some(latency) => Either::Left(view! {
            {format::latency(latency)}
            <span class="unit">"\u{a0}ms"</span>
        }),
        None => Either::Right(view! { <Nothing what="none" /> }),
    }
}
