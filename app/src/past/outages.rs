//! The outages, the newest first.

use domain::{Outage, Story};
use leptos::prelude::*;

use super::{here::Here, wording};
use crate::ui::{Nothing, Part, whole};

/// The list.
pub fn outages(story: &Story, here: &Here) -> impl IntoView + use<> {
    let list = if story.outages.is_empty() {
        whole(view! {
            <div class="body">
                <p class="muted">{words::PAST_OUTAGES_NONE}</p>
            </div>
        })
    } else {
        table(story, here)
    };
    let newest = (story.outages.len() >= MANY).then_some(words::PAST_OUTAGES_NEWEST);
    let note = (!story.outages.is_empty()).then(|| {
        view! {
            <span class="note">
                {newest}
                <a href=here.incidents()>{words::PAST_OUTAGES_INCIDENTS}</a>
            </span>
        }
    });
    view! {
        <section class="card" aria-labelledby="h-outages">
            <header>
                <h2 id="h-outages">{words::PAST_OUTAGES}</h2>
                {note}
            </header>
            {list}
        </section>
    }
}

/// As many as a story tells.
const MANY: usize = 20;

fn table(story: &Story, here: &Here) -> Part {
    let rows: Vec<_> = story.outages.iter().map(|outage| row(outage, story, here)).collect();
    whole(view! {
        <table class="table fits">
            <caption class="vh" data-zone="">{words::NEWEST_FIRST}</caption>
            <thead>
                <tr>
                    <th scope="col" data-zone="">{words::PAST_OUTAGES_FROM}</th>
                    <th scope="col">{words::PAST_OUTAGES_UNTIL}</th>
                    <th scope="col" class="r">
                        {words::LASTED}
                    </th>
                    <th scope="col">{words::CAUSE}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(outage: &Outage, story: &Story, here: &Here) -> impl IntoView + use<> {
    let Outage { from, until, fault } = outage;
    let lasted = until.unwrap_or(story.now).since(*from);
    let lasted = wording::lasting(u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX));
    let until = match until {
        Some(until) => {
            whole(view! { <time datetime=until.to_string()>{wording::moment(*until, story.now)}</time> })
        }
        None => whole(view! { <span class="state is-down">{words::ONGOING}</span> }),
    };
    let cause = match fault {
        Some(fault) => whole(view! { <span>{fault.to_string()}</span> }),
        None => whole(view! { <Nothing what=words::NOT_KEPT /> }),
    };
    view! {
        <tr>
            <th scope="row" class="nowrap">
                <a href=here.at_failure(*from)>
                    <time datetime=from.to_string()>{wording::moment(*from, story.now)}</time>
                </a>
            </th>
            <td class="nowrap until">{until}</td>
            <td class="nowrap r">{lasted}</td>
            <td class="dim full">{cause}</td>
        </tr>
    }
}
