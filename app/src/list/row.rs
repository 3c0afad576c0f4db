//! One tracker in the list.

use domain::{TrackerId, TrackerView};
use leptos::prelude::*;

use crate::{
    bar::Bar,
    figures::Figures,
    format,
    list::many,
    live::{Board, Row},
    standing::Standing,
    ui::{
        Change, ChangeForm, Changes, Icon, Menu, Nothing, Part, PauseOrResume, part, pause_for, reactive,
        state, still, whole,
    },
};

/// Box, state, name, tags and target, bar, uptime, latency, menu.
#[component]
pub fn TrackerRow(
    /// The tracker.
    row: Row,
    /// What the page shows.
    board: Board,
    /// Of this page.
    changes: Changes,
) -> impl IntoView {
    let id = row.id;
    let view = RwSignal::from(row.view);
    let name = Memo::new(move |_| view.with(|view| view.about.name.clone()));
    let paused = Memo::new(move |_| view.with(|view| view.about.paused.is_some()));
    let menu = move || {
        let body = view! {
            <ChangeForm change=Change::Check id name changes class="item" />
            <PauseOrResume id name paused changes class="item" />
            {pause_for(id, "")}
            <a class="item" href=format!("/t/{id}/edit")>
                <Icon name="#i-edit" />
                {words::EDIT}
            </a>
            <a class="item" href=format!("/t/new?from={id}")>
                <Icon name="#i-copy" />
                {words::CLONE}
            </a>
            {board.look.ordered.then(|| moves(id))}
            <hr />
            <ChangeForm change=Change::Delete id name changes class="item danger" />
        };
        view! { <Menu label=move || words::row_actions(name.get()) body=whole(body) /> }
    };
    let pick = move || {
        view! {
            <label class="pick" draggable=board.look.ordered.then_some("true")>
                <input type="checkbox" name="id" value=id.to_string() form=many::FORM aria-label=reactive(move || words::row_select(name.get())) />
            </label>
        }
    };
    let may_edit = board.look.may_edit;
    view! {
        <li class="row" id=format!("row-{id}")>
            {may_edit.then(pick)}
            {part(move || view.with(|view| state(&Standing::of(view), board.now.get())))}
            <div class="what">
                <h3>
                    <a class="name" href=format!("/t/{id}")>
                        {reactive(move || name.get())}
                    </a>
                    {part(move || view.with(tags))}
                </h3>
                {part(move || view.with(target))}
            </div>
            <Bar view now=board.now />
            {part(move || view.with(|view| numbers(Figures::of(view))))}
            {may_edit.then(menu)}
        </li>
    }
}

/// Buttons of the form of many, so that they need no form each.
fn moves(id: TrackerId) -> Part {
    let button = |name: &'static str, icon: &'static str, text: &'static str| {
        view! {
            <button class="item" type="submit" form=many::FORM name=name value=id.to_string()>
                <Icon name=icon />
                {text}
            </button>
        }
    };
    whole(
        view! { <div>{button("up", "#i-arrow-up", words::ROW_UP)} {button("down", "#i-arrow-down", words::ROW_DOWN)}</div> },
    )
}

fn tags(view: &TrackerView) -> impl IntoView + use<> {
    let tags: Vec<_> = view.about.tags.iter().map(|tag| view! { <span>{tag.clone()}</span> }).collect();
    view! { <span class="tags">{tags}</span> }
}

fn target(view: &TrackerView) -> impl IntoView + use<> {
    let (class, text) = match &view.about.problem {
        Some(problem) => ("target problem", problem.clone()),
        None => ("target", format::target(&view.about)),
    };
    view! { <span class=class>{text}</span> }
}

fn numbers(figures: Figures) -> impl IntoView {
    let uptime = if figures.uptime.is_known() {
        let class = if figures.uptime.down_ms > 0 { "bad" } else { "" };
        whole(
            view! { <span class=class>{figures.uptime.to_string()}<span class="unit">"\u{a0}%"</span></span> },
        )
    } else {
        whole(view! { <Nothing what=words::NOTHING_OBSERVED /> })
    };
    let latency = match figures.last {
        Some(last) => whole(view! { {format::latency(last)}<span class="unit">"\u{a0}ms"</span> }),
        None => whole(view! { <Nothing what=words::ROW_NO_LATENCY /> }),
    };
    view! {
        <span class="num">
            {still(&[r#"<span class="vh">"#, words::ROW_UPTIME, "</span>"])}
            {uptime}
        </span>
        <span class="num lat">
            {still(&[r#"<span class="vh">"#, words::ROW_LATENCY, "</span>"])}
            {latency}
        </span>
    }
}
