//! The parts that pages are made of, in all their states: for contributors, at `/ui` of a debug build.

use domain::{Cell, Fault, FaultKind, Micros, Outcome, State, Timestamp};
use leptos::prelude::*;

use crate::{
    bar,
    standing::Kind,
    ui::{Icon, Input, InputKind, Menu, Moment, Nothing, Part, TroubleBanner, whole},
};

/// A moment that is the same in every picture.
const AT: Timestamp = Timestamp(1_795_442_590_123);

/// The page.
pub(crate) fn view() -> Part {
    whole(view! {
        <div class="wrap top">
            <div class="head">
                <div class="title">
                    <h1>"Parts"</h1>
                </div>
            </div>
            <p class="lede">"What pages are made of, in every state. Only debug builds have this page."</p>
            {sheet("Bars", bars())}
            {sheet("States and badges", states())}
            {sheet("Buttons", buttons())}
            {sheet("Fields", fields())}
            {sheet("Notices", notices())}
            {sheet("Tables, folds and figures", tables())}
        </div>
    })
}

fn sheet(title: &'static str, body: Part) -> Part {
    let id = format!("h-{}", title.split(' ').next().unwrap_or_default().to_lowercase());
    let labelled_by = id.clone();
    whole(view! {
        <section class="sheet" aria-labelledby=labelled_by>
            <h2 id=id>{title}</h2>
            {body}
        </section>
    })
}

/// Sixty checks, each outcome once in a while.
fn cells(outcome: impl Fn(i64) -> (Outcome, bool)) -> Vec<Cell> {
    let cell = |n: i64| {
        let (outcome, retrying) = outcome(n);
        let latency = Some(Micros(40_000 + u32::try_from(n).unwrap_or(0) * 900));
        Cell { outcome, latency, retrying, ..Cell::gap(Timestamp(AT.as_ms() + n * 1_000)) }
    };
    (0..60).map(cell).collect()
}

fn bars() -> Part {
    let refused = || Fault::new(FaultKind::Refused, "");
    let slow = || Fault::new(FaultKind::Slow, "");
    let gap = || Cell::gap(AT).outcome;
    let mixed = cells(|n| match n % 10 {
        3 => (Outcome::Degraded(slow()), false),
        5 => (Outcome::Down(refused()), true),
        6 | 7 => (Outcome::Down(refused()), false),
        9 => (gap(), false),
        _ => (Outcome::Up, false),
    });
    let all = [
        ("Every mark", mixed),
        ("Up", cells(|_| (Outcome::Up, false))),
        ("Degraded", cells(|_| (Outcome::Degraded(slow()), false))),
        ("Retrying", cells(|_| (Outcome::Down(refused()), true))),
        ("Down", cells(|_| (Outcome::Down(refused()), false))),
        ("Without data", cells(|_| (gap(), false))),
        ("New", Vec::new()),
    ];
    let bars: Vec<_> = all
        .iter()
        .map(|(name, cells)| {
            view! {
                <p>{*name}</p>
                <svg
                    class="bar wide"
                    viewBox="0 0 480 32"
                    preserveAspectRatio="none"
                    shape-rendering="crispEdges"
                    role="img"
                    aria-label=format!("{name}: {}.", bar::counts(cells))
                >
                    {bar::drawing(cells)}
                </svg>
            }
        })
        .collect();
    whole(view! {
        {bars}
        <bar::Legend />
    })
}

fn states() -> Part {
    let kinds: Vec<_> = State::ALL
        .into_iter()
        .map(Kind::of)
        .map(|kind| {
            view! {
                <p class=format!("state {}", kind.class())>
                    <Icon name=kind.icon() />
                    <span>{kind.word()}</span>
                    <span class="for">"4 min"</span>
                </p>
                <p>
                    <span class=format!("badge {}", kind.class())>
                        <Icon name=kind.icon() />
                        {kind.word()}
                    </span>
                </p>
            }
        })
        .collect();
    whole(view! {
        {kinds}
        <p>
            <span class="tag">"tag"</span>
        </p>
    })
}

fn buttons() -> Part {
    let row = |class: &'static str, word: &'static str| {
        view! {
            <button class=class type="button">{word}</button>
            <button class=class type="button" disabled>{format!("{word}, disabled")}</button>
        }
    };
    whole(view! {
        <div class="actions">
            {row("btn primary", "Primary")} {row("btn", "Plain")} {row("btn quiet", "Quiet")}
            {row("btn danger", "Danger")} {row("btn small", "Small")}
            <button class="btn" type="button">
                <Icon name="#i-plus" />
                "With an icon"
            </button>
            <Menu
                label=|| "More for this example".to_owned()
                body=whole(view! { <button type="button">"In a menu"</button> })
            />
        </div>
    })
}

fn fields() -> Part {
    let choice =
        || InputKind::Choice(vec![("one".into(), "The first".into()), ("two".into(), "The second".into())]);
    let problem = || Some("This is what is wrong with it.".to_owned());
    let all = [
        Input::text("plain", "A text").value("What was typed").hint("What helps to fill it."),
        Input::text("wrong", "A text that is wrong").value("Nonsense").problem(problem()),
        Input::new("password", "A password", InputKind::Password).complete("off"),
        Input::new("wrong_password", "A password that is wrong", InputKind::Password).problem(problem()),
        Input::new("code", "A code", InputKind::Code).hint("Six digits."),
        Input::new("choice", "A choice", choice()).value("two"),
        Input::new("wrong_choice", "A choice that is wrong", choice()).problem(problem()),
        Input::new("tick", "A tick", InputKind::Tick).value("true").hint("What it means."),
        Input::new("wrong_tick", "A tick that is wrong", InputKind::Tick).problem(problem()),
    ];
    let all: Vec<_> = all.into_iter().map(|input| input.view("ui")).collect();
    // Nothing is sent anywhere.
    whole(view! { <form class="settings" method="dialog">{all}</form> })
}

fn notices() -> Part {
    let notice = |class: &'static str, icon: &'static str, words: &'static str| {
        view! {
            <div class=format!("notice {class}")>
                <Icon name=icon />
                <span>{words}</span>
            </div>
        }
    };
    whole(view! {
        {notice("is-up", "#i-up", "Something went well.")}
        {notice("is-slow", "#i-alert", "Something wants attention.")}
        {notice("is-down", "#i-alert", "Something went wrong.")}
        {notice("is-none", "#i-alert", "Something is good to know.")}
        <TroubleBanner said=RwSignal::new("The trouble that stands above every page.".to_owned()) />
    })
}

fn tables() -> Part {
    whole(view! {
        <table class="table">
            <caption>"A table"</caption>
            <thead>
                <tr>
                    <th scope="col">"What"</th>
                    <th scope="col">"When"</th>
                    <th scope="col" class="r">"Took"</th>
                </tr>
            </thead>
            <tbody>
                <tr>
                    <td>"A check"</td>
                    <td>
                        <Moment at=AT />
                    </td>
                    <td class="r">"142 ms"</td>
                </tr>
                <tr>
                    <td>"A gap"</td>
                    <td>
                        <Moment at=AT />
                    </td>
                    <td class="r">
                        <Nothing what="not measured" />
                    </td>
                </tr>
            </tbody>
        </table>
        <details class="fold">
            <summary>
                <Icon name="#i-chev" />
                "A fold"
            </summary>
            <p>"What is in it."</p>
        </details>
        <dl class="facts">
            <div>
                <dt>"A fact"</dt>
                <dd>"Its value"</dd>
            </div>
        </dl>
    })
}
