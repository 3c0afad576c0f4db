//! What happened in an incident, oldest first: checks, who was told with what came of it, and what people said.

use domain::{Delivery, DeliveryState, IncidentStory, Remark, Timestamp};
use leptos::prelude::*;

use crate::{
    alerts::words,
    past::{failure::inert, words as past},
    ui::{Icon, Part, whole},
};

/// One thing that happened.
struct Event {
    at: Timestamp,
    class: &'static str,
    icon: &'static str,
    text: Part,
}

/// The timeline. Who may not know sees neither who was told nor what anybody said.
pub(super) fn view(story: &IncidentStory, may_know: bool) -> Part {
    let mut events = checks(story);
    if may_know {
        events.extend(story.deliveries.iter().map(|delivery| told(delivery, story.now)));
        events.extend(story.remarks.iter().map(remark));
    } else if let Some((at, _)) = &story.incident.acknowledged {
        events.push(Event {
            at: *at,
            class: "is-none",
            icon: "#i-person",
            text: whole(view! { <p>"Somebody acknowledged it."</p> }),
        });
    }
    // What happened at the same time stays in the order of causes.
    events.sort_by_key(|event| event.at);
    let items: Vec<_> = events.into_iter().map(|event| item(event, story.now)).collect();
    whole(view! {
        <section class="card" aria-labelledby="h-timeline">
            <header>
                <h2 id="h-timeline">"What happened"</h2>
                <span class="note">"oldest first"</span>
            </header>
            <ol class="timeline">{items}</ol>
        </section>
    })
}

fn item(event: Event, now: Timestamp) -> impl IntoView {
    let Event { at, class, icon, text } = event;
    view! {
        <li class=class>
            <Icon name=icon />
            {moment(at, now)}
            {text}
        </li>
    }
}

fn moment(at: Timestamp, now: Timestamp) -> Part {
    whole(view! { <time datetime=at.to_string()>{format!("{} UTC", past::moment(at, now))}</time> })
}

/// What the checks themselves tell.
fn checks(story: &IncidentStory) -> Vec<Event> {
    let incident = &story.incident;
    let fault = incident.fault.as_ref().map(|fault| inert(&fault.to_string()));
    let because = fault.map(|fault| format!(": {fault}")).unwrap_or_default();
    let paragraph = |text: String| whole(view! { <p>{text}</p> });
    let mut events = Vec::new();
    if incident.since < incident.opened_at {
        let text = paragraph("The first check failed.".into());
        events.push(Event { at: incident.since, class: "is-slow", icon: "#i-retry", text });
    }
    let text = paragraph(format!("It is down, confirmed{because}."));
    events.push(Event { at: incident.opened_at, class: "is-down", icon: "#i-down", text });
    if let Some(at) = incident.closed_at {
        let text = paragraph("It is up again.".into());
        events.push(Event { at, class: "is-up", icon: "#i-up", text });
    }
    events
}

/// Who was told, and what came of it.
fn told(delivery: &Delivery, now: Timestamp) -> Event {
    let (class, icon) = words::look(delivery.state);
    let kind = words::told(delivery.kind);
    let tries = words::tries(delivery.attempts);
    let said = inert(&delivery.said);
    let (text, note) = match delivery.state {
        DeliveryState::Sent => (format!(" was told {kind}"), whole(said)),
        DeliveryState::Waiting if delivery.attempts == 0 => {
            let next = view! { <span>"to be sent at " {moment(delivery.moment, now)}</span> };
            (format!(" is to be told {kind}"), whole(next))
        }
        DeliveryState::Waiting => {
            let next = view! { <span>{format!("{said}, {tries}, next at ")} {moment(delivery.moment, now)}</span> };
            (format!(" could not be told yet {kind}"), whole(next))
        }
        DeliveryState::Dead => (format!(" was not told {kind}"), whole(format!("{said}, given up after {tries}"))),
        DeliveryState::Dropped => (format!(" was not told {kind}"), whole("nobody needed it any more".to_owned())),
    };
    let text = whole(view! {
        <p>
            <b>{delivery.channel.clone()}</b>
            {text}
            " "
            <span class="muted">{note}</span>
        </p>
    });
    // What waits has not happened yet; it stands where it began to wait.
    let at = if delivery.state == DeliveryState::Waiting { delivery.at } else { delivery.moment };
    Event { at, class, icon, text }
}

fn remark(remark: &Remark) -> Event {
    let who = remark.who.clone();
    let (icon, text) = match &remark.comment {
        None => ("#i-person", whole(view! { <p><b>{who}</b> " acknowledged it"</p> })),
        Some(comment) => {
            let comment = inert(comment);
            let text = view! {
                <div>
                    <p><b>{who}</b> " says"</p>
                    <p class="says">{comment}</p>
                </div>
            };
            ("#i-edit", whole(text))
        }
    };
    Event { at: remark.at, class: "is-none", icon, text }
}
