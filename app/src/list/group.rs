//! One group of the list: its head, and its rows.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::Totals;
use leptos::prelude::*;

use super::row::TrackerRow;
use crate::{
    live::Board,
    standing::Summary,
    ui::{Changes, Entry, Icon, entries, part, still},
};

/// What tells a group from others.
pub fn key(name: &str) -> i64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// A fold, open at first.
#[component]
pub fn Group(
    /// Empty for trackers without a group.
    name: String,
    /// What the page shows.
    board: Board,
    /// Of this page.
    changes: Changes,
) -> impl IntoView {
    let heading = if !name.is_empty() {
        name.clone()
    } else if board.heads.with_untracked(|heads| heads.len() > 1) {
        words::NO_GROUP.to_owned()
    } else {
        words::ALL_TRACKERS.to_owned()
    };
    let group = StoredValue::new(name);
    let said = move || {
        let of_group = |name: &String| {
            board.heads.with(|heads| heads.iter().find(|head| head.name == *name).map(|head| head.totals))
        };
        said(&group.with_value(of_group).unwrap_or_default())
    };
    let rows = move || {
        let rows = board.rows.get().into_iter();
        let is_here = |name: &str| group.with_value(|group| group == name);
        let rows = rows.filter(|row| row.view.with_untracked(|view| is_here(&view.about.group)));
        rows.map(|row| Entry::new(row.id.0, 0, move || view! { <TrackerRow row board changes /> })).collect()
    };
    view! {
        <details class="group" open>
            <summary>
                <Icon name="#i-chev" />
                <h2>{heading}</h2>
                {part(said)}
                {still(&[
                    r#"<span class="cols" aria-hidden="true"><span><span>"#, words::LAST_CHECKS,
                    "</span><span>", words::LIST_NEWEST,
                    "</span></span><span>", words::UPTIME,
                    "</span><span>", words::LATENCY,
                    "</span></span>",
                ])}
            </summary>
            <ul class="rows card">{entries(rows)}</ul>
        </details>
    }
}

/// `11/12 up · 1 down · 1 paused`. Those that rest, or were never checked, are not among the twelve.
fn said(totals: &Totals) -> impl IntoView + use<> {
    let counted = totals.trackers - totals.paused - totals.maintenance - totals.pending;
    let up = (counted > 0).then(|| words::list_group_up(counted, totals.up));
    let down = (totals.down > 0).then(|| view! { <b>{words::list_group_down(totals.down)}</b> });
    let rest = Summary::of(totals).rest;
    let rest: String = rest.iter().flat_map(|part| [" · ", part]).collect();
    let between = if up.is_some() && down.is_some() { " · " } else { "" };
    let rest = if up.is_none() { rest.trim_start_matches(" · ").to_owned() } else { rest };
    view! {
        <span class="count">
            {up.unwrap_or_default()} {between} {down} {rest}
        </span>
    }
}
