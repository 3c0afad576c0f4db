//! What the target answered: its values to choose from, its head and the beginning of its body.

use domain::{Evidence, Leaf};
use leptos::prelude::*;

use super::{Trial, writes};
use crate::{
    past::failure::inert,
    ui::{Icon, Part, whole},
};

/// Classes for how deep a value stands; deeper ones stand where the last does.
const DEPTHS: [&str; 7] = ["d0", "d1", "d2", "d3", "d4", "d5", "d6"];

/// Nothing until the test has ended, or when there was no answer.
pub(super) fn answer(trial: &Trial) -> Option<Part> {
    let seen =
        trial.end.as_ref()?.evidence.as_ref().filter(|seen| seen.status.is_some() || seen.body.is_some())?;
    let leaves = trial.judged().map(|judged| judged.leaves.as_slice()).unwrap_or_default();
    Some(whole(view! {
        <div class="answer">
            {tree(leaves)}
            {body(seen, leaves.is_empty())}
            {head(seen)}
        </div>
    }))
}

fn tree(leaves: &[Leaf]) -> Option<Part> {
    if leaves.is_empty() {
        return None;
    }
    let lines: Vec<Part> = leaves.iter().map(leaf).collect();
    Some(whole(view! {
        <p class="small muted" id="h-values">
            {words::TRIAL_CHOOSE}
        </p>
        <ul class="tree" aria-labelledby="h-values">
            {lines}
        </ul>
    }))
}

fn leaf(leaf: &Leaf) -> Part {
    let depth = DEPTHS.get(leaf.depth).or(DEPTHS.last()).copied().unwrap_or_default();
    let (key, value) = (inert(&leaf.key), inert(&leaf.value));
    let text = whole(view! { <span class="k">{key}</span> " " <b>{value}</b> });
    let text = match &leaf.expect {
        Some(expect) => writes("add", expect.clone(), "leaf", text),
        None => text,
    };
    whole(view! { <li class=depth>{text}</li> })
}

fn body(seen: &Evidence, is_open: bool) -> Option<Part> {
    let text = inert(seen.body.as_ref()?);
    Some(whole(view! {
        <details class="fold" open=is_open>
            <summary>
                <Icon name="#i-chev" />
                {words::TRIAL_BODY}
            </summary>
            <pre class="excerpt" tabindex="0" role="region" dir="ltr" aria-label=words::TRIAL_BODY>
                {text}
            </pre>
        </details>
    }))
}

fn head(seen: &Evidence) -> Option<Part> {
    let lines: Vec<_> = seen
        .headers
        .iter()
        .map(|(name, value)| {
            view! { <li><span class="k">{inert(name)} ": "</span> <bdi dir="ltr">{inert(value)}</bdi></li> }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        whole(view! {
            <details class="fold">
                <summary>
                    <Icon name="#i-chev" />
                    {words::TRIAL_HEADERS}
                </summary>
                <ul class="heads">{lines}</ul>
            </details>
        })
    })
}
