//! What happened in an incident, oldest first: checks, who was told with what came of it, and what people said.

use domain::{Delivery, DeliveryState, Event, IncidentStory, Timestamp};
use leptos::prelude::*;

use crate::{
    alerts::wording,
    past::{failure::inert, wording as past},
    ui::{Icon, Part, whole},
};

/// How one thing that happened is shown: class, icon and words.
type Look = (&'static str, &'static str, Part);

/// The timeline. Who may not know sees neither who was told nor what anybody said.
pub(super) fn view(story: &IncidentStory, may_know: bool) -> Part {
    let items: Vec<_> = story
        .timeline()
        .into_iter()
        .filter(|(_, event)| may_know || !matches!(event, Event::Told(_) | Event::Commented(..)))
        .map(|(at, event)| {
            let (class, icon, words) = look(story, event, may_know);
            view! {
                <li class=class>
                    <Icon name=icon />
                    {moment(at, story.now)}
                    {words}
                </li>
            }
        })
        .collect();
    whole(view! {
        <section class="card" aria-labelledby="h-timeline">
            <header>
                <h2 id="h-timeline">{words::INCIDENT_TIMELINE}</h2>
                <span class="note">{words::INCIDENT_TIMELINE_ORDER}</span>
            </header>
            <ol class="timeline">{items}</ol>
        </section>
    })
}

fn look(story: &IncidentStory, event: Event<'_>, may_know: bool) -> Look {
    match event {
        Event::Failed => ("is-slow", "#i-retry", paragraph(words::INCIDENT_FAILED.into())),
        Event::Confirmed => {
            let fault = story.incident.fault.as_ref().map(|fault| inert(&fault.to_string()));
            let text = fault.map_or_else(|| words::INCIDENT_CONFIRMED.into(), words::incident_confirmed_why);
            ("is-down", "#i-down", paragraph(text))
        }
        Event::Recovered => ("is-up", "#i-up", paragraph(words::INCIDENT_RECOVERED.into())),
        Event::Told(delivery) => told(delivery, story.now),
        Event::Acknowledged(who) if may_know => {
            let who = who.to_owned();
            (
                "is-none",
                "#i-person",
                whole(view! { <p><b>{who}</b> {words::INCIDENT_ACKNOWLEDGED_AFTER}</p> }),
            )
        }
        Event::Acknowledged(_) => ("is-none", "#i-person", paragraph(words::INCIDENT_ACKNOWLEDGED.into())),
        Event::Commented(who, comment) => {
            let (who, comment) = (who.to_owned(), inert(comment));
            let text = view! {
                <div>
                    <p><b>{who}</b> {words::INCIDENT_SAYS}</p>
                    <p class="says">{comment}</p>
                </div>
            };
            ("is-none", "#i-edit", whole(text))
        }
    }
}

fn paragraph(text: String) -> Part {
    whole(view! { <p>{text}</p> })
}

fn moment(at: Timestamp, now: Timestamp) -> Part {
    whole(view! { <time datetime=at.to_string()>{format!("{} UTC", past::moment(at, now))}</time> })
}

/// Who was told, and what came of it.
fn told(delivery: &Delivery, now: Timestamp) -> Look {
    let (class, icon) = wording::look(delivery.state);
    let kind = wording::told(delivery.kind);
    let (tries, said) = (words::delivery_tries(delivery.attempts), inert(&delivery.said));
    let next = |words: String| whole(view! { <span>{words} {moment(delivery.moment, now)}</span> });
    let (was, note) = match delivery.state {
        DeliveryState::Sent if said.is_empty() => (words::INCIDENT_WAS_TOLD, whole(words::INCIDENT_TAKEN)),
        DeliveryState::Sent => (words::INCIDENT_WAS_TOLD, whole(said)),
        DeliveryState::Waiting if delivery.attempts == 0 => {
            (words::INCIDENT_IS_TO_BE_TOLD, next(words::AT_BEFORE.into()))
        }
        DeliveryState::Waiting => {
            (words::INCIDENT_COULD_NOT_BE_TOLD, next(words::incident_next(said, tries)))
        }
        DeliveryState::Dead => (words::INCIDENT_WAS_NOT_TOLD, whole(words::incident_given_up(said, tries))),
        DeliveryState::Dropped => (words::INCIDENT_WAS_NOT_TOLD, whole(words::INCIDENT_NOT_NEEDED)),
    };
    let words = whole(view! {
        <p>
            <b>{delivery.channel.clone()}</b>
            {words::incident_told(kind, was)}
            <span class="muted">{note}</span>
        </p>
    });
    (class, icon, words)
}
