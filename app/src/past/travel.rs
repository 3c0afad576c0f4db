//! Going back to a moment: by a form, by every link of the page that names one, and from there on by links.

use domain::{Cell, Moment, Reach, SHOWN_CHECKS, Story, Timestamp};
use leptos::prelude::*;

use super::{here::Here, wording};
use crate::{
    bar, format,
    spot::{look, why},
    ui::{Icon, Nothing, Part, whole},
};

/// What somebody typed as a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// As it was typed.
    pub text: String,
    /// Why that is none.
    pub problem: Option<&'static str>,
}

/// The form, and the bar of the moment that was asked for.
pub fn travel(story: &Story, here: &Here, typed: &Typed) -> impl IntoView + use<> {
    let heading = if story.moment.is_some() { words::PAST_MOMENT } else { words::PAST_MOMENT_ASK };
    let moment = story.moment.as_ref().map(|moment| card(moment, story, here));
    view! {
        <section class="card history" aria-labelledby="moment">
            <header>
                <h2 id="moment" tabindex="-1">
                    {heading}
                </h2>
                {form(story, here, typed)}
            </header>
            {moment}
        </section>
    }
}

fn form(story: &Story, here: &Here, typed: &Typed) -> impl IntoView + use<> {
    let Typed { text, problem } = typed.clone();
    let value = story.request.at.map(|at| field_text(at, &text)).unwrap_or_default();
    let reach = (story.request.reach != Reach::default())
        .then(|| view! { <input type="hidden" name="reach" value=story.request.reach.word() /> });
    let error = problem.map(|problem| {
        view! {
            <p class="error" id="at-error">
                <Icon name="#i-alert" />
                <span>{words::past_moment_problem(problem, text)}</span>
            </p>
        }
    });
    view! {
        <form class="when" method="get" action=format!("{}#moment", here.path())>
            {reach}
            <label for="at">{words::PAST_MOMENT_FIELD}</label>
            <input
                type="datetime-local"
                id="at"
                name="at"
                step="1"
                value=value
                required
                aria-invalid=problem.map(|_| "true")
                aria-describedby=problem.map(|_| "at-error")
            />
            <button class="btn" type="submit">
                {words::SHOW}
            </button>
            {error}
        </form>
    }
}

/// What the field holds: what was typed, where a field of this kind can hold that.
fn field_text(at: Timestamp, typed: &str) -> String {
    let is_local = typed.len() >= 16 && typed.contains('T') && !typed.ends_with(['Z', 'z']);
    if is_local { typed.to_owned() } else { at.to_string()[..19].to_owned() }
}

fn card(moment: &Moment, story: &Story, here: &Here) -> impl IntoView + use<> {
    let label = words::past_moment_label(bar::counts(&moment.cells), title(moment, story.now));
    let (oldest, newest) = ends(moment, story.now);
    view! {
        <div class="under">
            <svg
                class="bar wide"
                viewBox="0 0 480 32"
                preserveAspectRatio="none"
                shape-rendering="crispEdges"
                role="img"
                aria-label=label
            >
                {bar::drawing(&moment.cells)}
            </svg>
            <p class="axis">
                <span>{oldest}</span>
                <span>{newest}</span>
            </p>
            {ways(moment, here)}
            <details class="fold">
                <summary>
                    <Icon name="#i-chev" />
                    {words::past_moment_table(moment.cells.len())}
                </summary>
                {table(moment, story.now)}
            </details>
        </div>
    }
}

fn title(moment: &Moment, now: Timestamp) -> String {
    words::past_moment_title(SHOWN_CHECKS, wording::moment(moment.at.min(now), now))
}

/// The words at both ends of the bar.
fn ends(moment: &Moment, now: Timestamp) -> (String, String) {
    let time = |cell: Option<&Cell>| cell.map(|cell| format!("{} UTC", wording::moment(cell.due, now)));
    let oldest = time(moment.cells.first().filter(|_| moment.cells.len() >= SHOWN_CHECKS));
    let oldest = oldest.unwrap_or_else(|| words::PAST_MOMENT_NOTHING_BEFORE.into());
    (oldest, time(moment.cells.last()).unwrap_or_default())
}

/// From here to elsewhere.
fn ways(moment: &Moment, here: &Here) -> impl IntoView + use<> {
    let way = |href: Option<String>, id: &'static str, word: &'static str| {
        href.map(|href| whole(view! { <a class="btn small" id=id href=href>{word}</a> }))
    };
    let at = |at: Option<Timestamp>| at.map(|at| here.at(at));
    let failure = |at: Option<Timestamp>| at.map(|at| here.at_failure(at));
    let ways: Vec<Part> = [
        way(failure(moment.earlier_failure), "earlier-failure", words::TRACKER_PREVIOUS_FAILURE),
        way(at(moment.earlier), "earlier", words::PAST_MOMENT_EARLIER),
        way(at(moment.later), "later", words::PAST_MOMENT_LATER),
        way(failure(moment.later_failure), "later-failure", words::TRACKER_NEXT_FAILURE),
        way(Some(here.at_now()), "back", words::PAST_MOMENT_BACK),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <nav class="actions" aria-label=words::PAST_MOMENT_WAYS>
            {ways}
        </nav>
    }
}

fn table(moment: &Moment, now: Timestamp) -> impl IntoView + use<> {
    let rows: Vec<_> = moment.cells.iter().rev().map(|cell| row(cell, now)).collect();
    view! {
        <table class="table">
            <caption data-zone="">{words::NEWEST_FIRST}</caption>
            <thead>
                <tr>
                    <th scope="col">{words::TRACKER_DUE}</th>
                    <th scope="col">{words::TRACKER_RESULT}</th>
                    <th scope="col" class="r">
                        {words::TRACKER_TOOK}
                    </th>
                    <th scope="col">{words::TRACKER_WHY}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(cell: &Cell, now: Timestamp) -> impl IntoView + use<> {
    let (class, icon) = look(cell.mark());
    let took = match cell.latency {
        Some(latency) => whole(format!("{} ms", format::latency(latency))),
        None => whole(view! { <Nothing what=words::NOT_MEASURED /> }),
    };
    let again = (cell.attempt > 0).then(|| words::tracker_try(cell.attempt + 1));
    view! {
        <tr>
            <td>
                <time datetime=cell.due.to_string()>{wording::moment(cell.due, now)}</time>
            </td>
            <td>
                <span class=format!("state {class}")>
                    <Icon name=icon />
                    <span>{cell.mark().word()}</span>
                    {again.map(|again| view! { <span class="for">{again}</span> })}
                </span>
            </td>
            <td class="r">{took}</td>
            <td class="dim">{why(cell)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_keeps_what_was_typed_where_it_can() {
        let at = Timestamp(1_795_442_639_999);
        assert_eq!(field_text(at, "2026-11-23T14:03"), "2026-11-23T14:03");
        for typed in ["1795442639999", "2026-11-23T14:03:59Z", "2026-11-23 14:03"] {
            assert_eq!(field_text(at, typed), "2026-11-23T14:03:59", "{typed}");
        }
    }
}
