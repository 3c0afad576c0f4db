//! The steps of a test, each as a bar that begins where the one before it ended.

use domain::{Fault, FaultKind, Micros, Outcome, Phase, Progress, Review, Reviewed};
use leptos::prelude::*;

use super::{Trial, writes};
use crate::{
    format,
    past::failure::inert,
    ui::{Icon, Part, whole},
};

/// Width of all bars together.
const WIDTH: u64 = 1_000;

/// One line of the list.
struct Step {
    class: &'static str,
    icon: &'static str,
    label: &'static str,
    took: Option<Micros>,
    what: String,
}

impl Step {
    fn good(label: &'static str, took: Option<Micros>, what: String) -> Self {
        Self { class: "is-up", icon: "#i-up", label, took, what }
    }
}

/// All lines: phases and redirects, then expectations.
pub(super) fn lines(trial: &Trial) -> Vec<Part> {
    let steps = steps(trial);
    let total: u64 = steps.iter().filter_map(|step| step.took).map(|took| u64::from(took.0)).sum();
    let mut so_far = 0;
    let mut lines: Vec<Part> = Vec::new();
    for step in steps {
        let from = so_far;
        so_far += step.took.map_or(0, |took| u64::from(took.0));
        lines.push(line(step, (from * WIDTH / total.max(1), so_far * WIDTH / total.max(1))));
    }
    let reviewed = trial.judged().map(|judged| judged.reviewed.as_slice()).unwrap_or_default();
    lines.extend(reviewed.iter().map(expectation));
    lines
}

fn steps(trial: &Trial) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut is_first = true;
    for progress in &trial.heard {
        match progress {
            Progress::Asking(url) => {
                // What is asked first stands in the form.
                if !std::mem::take(&mut is_first) {
                    steps.push(Step::good(words::TRIAL_REDIRECT, None, url.clone()));
                }
            }
            Progress::Passed { phase, took, what } => {
                steps.push(Step::good(label(*phase), Some(*took), what.clone()));
            }
            Progress::Judged(_) => {}
        }
    }
    let Some(end) = &trial.end else { return steps };
    // Where every address is asked, they are asked at the same time.
    for (address, verdict) in end.evidence.iter().flat_map(|seen| &seen.verdicts) {
        let (class, icon) = if verdict == "up" { ("is-up", "#i-up") } else { ("is-down", "#i-down") };
        steps.push(Step {
            class,
            icon,
            label: words::TRIAL_ADDRESS,
            took: None,
            what: format!("{address}: {verdict}"),
        });
    }
    match (&end.outcome, trial.judged()) {
        // Where nothing was read, nothing was transferred.
        (_, Some(judged)) if judged.size == 0 && end.phases.get(Phase::Body).is_none() => {}
        (_, Some(judged)) => {
            let kind = end.evidence.as_ref().and_then(|seen| header(&seen.headers, "content-type"));
            let parts = [Some(bytes(judged.size)), kind].into_iter().flatten();
            steps.push(Step::good(
                words::TRIAL_TRANSFER,
                end.phases.get(Phase::Body),
                format::joined(parts, ", "),
            ));
        }
        (Outcome::Down(fault), None) => steps.push(failed(fault, end.phases.get(place(fault.kind)))),
        (Outcome::Unknown(reason), None) => steps.push(Step {
            class: "is-none",
            icon: "#i-alert",
            label: words::TRIAL_NOT_ASKED,
            took: None,
            what: reason.sentence().into(),
        }),
        _ => {}
    }
    steps
}

fn failed(fault: &Fault, took: Option<Micros>) -> Step {
    let label = match fault.kind {
        FaultKind::Redirects => words::TRIAL_REDIRECT,
        FaultKind::Proxy => words::TRIAL_PROXY,
        FaultKind::SignIn => words::TRIAL_SIGN_IN,
        FaultKind::Addresses => words::TRIAL_ADDRESSES,
        kind => label(place(kind)),
    };
    Step { class: "is-down", icon: "#i-down", label, took, what: fault.to_string() }
}

/// The phase in which a fault is found.
fn place(kind: FaultKind) -> Phase {
    match kind {
        FaultKind::Dns => Phase::Resolve,
        FaultKind::Refused | FaultKind::Unreachable => Phase::Connect,
        FaultKind::Tls(_) => Phase::Tls,
        FaultKind::Timeout(phase) => phase,
        FaultKind::TooSlow | FaultKind::Decompression => Phase::Body,
        _ => Phase::FirstByte,
    }
}

fn label(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => words::TRIAL_NAME,
        Phase::Connect => words::TRIAL_CONNECT,
        Phase::Tls => words::TRIAL_TLS,
        Phase::FirstByte => words::TRIAL_FIRST_BYTE,
        Phase::Body => words::TRIAL_TRANSFER,
    }
}

fn line(step: Step, (from, until): (u64, u64)) -> Part {
    let Step { class, icon, label, took, what } = step;
    let width = until.saturating_sub(from).max(4);
    let bar = took.map(|_| {
        view! {
            <svg class="track" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                <path d="M0 5H1000"></path>
                <rect x=from.min(WIDTH - 4).to_string() width=width.to_string() height="10"></rect>
            </svg>
        }
    });
    let took = took.map(|took| format!("{} ms", format::latency(took)));
    whole(view! {
        <li class=class>
            <Icon name=icon />
            <span>{label} <span class="vh">{if class == "is-up" { words::TRIAL_GOOD } else { words::TRIAL_FAILED }}</span></span>
            {bar}
            <span class="took">{took}</span>
            <span class="more">
                <bdi dir="ltr">{inert(&what)}</bdi>
            </span>
        </li>
    })
}

fn expectation(reviewed: &Reviewed) -> Part {
    let (class, icon, said) = match reviewed.verdict {
        Review::Met => ("is-up", "#i-up", words::TRIAL_HOLDS),
        Review::Degraded => ("is-slow", "#i-slow", words::TRIAL_DEGRADED_VERDICT),
        Review::Down => ("is-down", "#i-down", words::TRIAL_DOES_NOT_HOLD),
    };
    let fixes: Vec<Part> = reviewed
        .fixes
        .iter()
        .map(|fix| {
            let label = whole(inert(&fix.label));
            writes("fix", format!("expect={}", fix.expect), "btn small", label)
        })
        .collect();
    let fixes = (!fixes.is_empty()).then(|| view! { <span class="fix">{fixes}</span> });
    whole(view! {
        <li class=class>
            <Icon name=icon />
            <span>
                <b>{words::TRIAL_EXPECT}</b>
            </span>
            <span class="wide">
                <code>{inert(&reviewed.text)}</code>
                " "
                {said}
            </span>
            <span class="more">
                {words::TRIAL_FOUND}
                <bdi dir="ltr">{inert(&reviewed.found)}</bdi>
            </span>
            {fixes}
        </li>
    })
}

pub(super) fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

/// `31 B`, `12 KiB`.
fn bytes(size: usize) -> String {
    if size < 1_024 { format!("{size} B") } else { format!("{} KiB", size / 1_024) }
}
