//! Who is told of incidents: channels, the rules that lead to them, and what became of messages. Plain forms, rendered on the server
//! only.

pub mod channel;
pub mod rule;
pub(crate) mod wording;

use std::collections::BTreeMap;

use domain::{
    AlertRule, AlertingView, ChannelId, ChannelKind, ChannelView, Delivery, DeliveryState, Failure, RuleId,
    TrackerId, access::Need, ports::Services,
};
use leptos::prelude::*;

use crate::{
    access::Asked,
    backend::FailedForm,
    error::as_sentence,
    format,
    incidents::href_of,
    maintenance,
    past::{asked::value, failure::inert, wording as past},
    ui::{Icon, Part, button, went_well, went_wrong, whole},
    which,
};

/// Says that somebody knows of an incident.
pub const ACKNOWLEDGE: &str = "/api/acknowledge_incident";
/// Says something of an incident.
pub const COMMENT: &str = "/api/comment_incident";
/// Keeps a channel.
pub const SAVE_CHANNEL: &str = "/api/save_channel";
/// Forgets a channel.
pub const REMOVE_CHANNEL: &str = "/api/remove_channel";
/// Sends a message for trying through a channel as its form stands. Keeps nothing.
pub const TRY_CHANNEL: &str = "/api/try_channel";
/// Keeps a rule.
pub const SAVE_RULE: &str = "/api/save_rule";
/// Says what a rule as its form stands would have told of the past. Keeps nothing.
pub const TRY_RULE: &str = "/api/try_rule";
/// Forgets a rule.
pub const REMOVE_RULE: &str = "/api/remove_rule";
/// Tries a message again that was given up.
pub const RESEND: &str = "/api/resend_alert";

/// The page with all of it.
pub const PAGE: &str = "/alerts";
/// The form of a channel.
pub const CHANNEL_PAGE: &str = "/alerts/channel";
/// The form of a rule.
pub const RULE_PAGE: &str = "/alerts/rule";

/// All of it before it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    view: AlertingView,
    /// Names of the trackers that rules name.
    names: BTreeMap<TrackerId, String>,
    may_administer: bool,
    failed: Option<FailedForm>,
    done: Option<&'static str>,
}

/// The address of the form of a channel.
pub fn href_of_channel(id: ChannelId) -> String {
    format!("{CHANNEL_PAGE}?id={}", id.0)
}

/// The address of the form of a rule.
pub fn href_of_rule(id: RuleId) -> String {
    format!("{RULE_PAGE}?id={}", id.0)
}

/// The name of a channel, or a word for one that is gone.
fn name_of(channels: &[ChannelView], id: ChannelId) -> String {
    channels
        .iter()
        .find(|channel| channel.id == id)
        .map_or_else(|| words::ALERTS_DELETED_CHANNEL.to_owned(), |channel| channel.name.clone())
}

impl Shown {
    /// Loads it.
    pub async fn load(services: &Services, asked: &Asked) -> Result<Self, Failure> {
        let view = services.alerting.overview().await?;
        let names =
            which::names(services, view.rules.iter().flat_map(|rule| rule.scope.trackers.iter().copied()))
                .await;
        Ok(Self {
            view,
            names,
            may_administer: asked.viewer.allows(Need::Administer).is_ok(),
            failed: asked.failed.clone(),
            done: value(&asked.query, "done").as_deref().and_then(done_words),
        })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        words::ALERTS.to_owned()
    }

    /// The page.
    pub fn view(&self) -> Part {
        let is_empty = self.view.channels.is_empty();
        let rules = (!is_empty || !self.view.rules.is_empty()).then(|| self.rules());
        let deliveries = (!self.view.deliveries.is_empty()).then(|| self.deliveries());
        whole(view! {
            <div class="wrap top">
                <div class="head">
                    <div class="title">
                        <h1>{words::ALERTS}</h1>
                        <p class="lede">{self.sentence()}</p>
                    </div>
                    <div class="actions">
                        <a class="btn" href=maintenance::PAGE>
                            <Icon name="#i-wrench" />
                            {words::MAINTENANCE}
                        </a>
                    </div>
                </div>
                {self.done.map(went_well)}
                {self.failed.as_ref().map(|failed| went_wrong(words::FORM_FAILED, failed.error.sentence()))}
                {self.channels()}
                {rules}
                {deliveries}
            </div>
        })
    }

    fn sentence(&self) -> String {
        let AlertingView { channels, rules, deliveries, .. } = &self.view;
        let leads = |rule: &&AlertRule| rule.enabled && !rule.channels.is_empty();
        let told = match (channels.len(), rules.iter().filter(leads).count()) {
            (0, _) => return words::ALERTS_NOBODY.to_owned(),
            (channels, 0) => words::alerts_no_rule(channels),
            (channels, rules) => words::alerts_in_force(channels, rules),
        };
        let dead = deliveries.iter().filter(|delivery| delivery.state == DeliveryState::Dead).count();
        match dead {
            0 => told,
            some => format!("{told} {}", words::alerts_undelivered(some)),
        }
    }

    fn channels(&self) -> Part {
        let is_empty = self.view.channels.is_empty();
        let cards: Vec<_> = self.view.channels.iter().map(|channel| self.card(channel)).collect();
        let list = (!is_empty).then(|| view! { <ul class="people">{cards}</ul> });
        let kinds = || view! { <div class="kinds">{kinds(&self.view.kinds)}</div> };
        let add = self.may_administer.then(|| {
            if is_empty {
                whole(view! {
                    <h3>{words::ALERTS_WHERE}</h3>
                    {kinds()}
                })
            } else {
                whole(view! {
                    <details class="again">
                        <summary class="btn">
                            <Icon name="#i-plus" />
                            {words::ALERTS_ADD_CHANNEL}
                        </summary>
                        {kinds()}
                    </details>
                })
            }
        });
        let nothing = (is_empty && !self.may_administer)
            .then(|| view! { <p class="muted">{words::ALERTS_NO_CHANNELS}</p> });
        whole(view! {
            <section class="sheet" aria-labelledby="h-channels">
                <h2 id="h-channels">{words::ALERTS_CHANNELS}</h2>
                {list} {nothing} {add}
            </section>
        })
    }

    fn card(&self, channel: &ChannelView) -> Part {
        let kind = self.view.kinds.iter().find(|kind| kind.word == channel.kind);
        let kind = kind.map_or_else(|| channel.kind.clone(), |kind| kind.title.to_owned());
        let problem = channel.problem.as_ref().map(|problem| {
            view! {
                <p class="error">
                    <Icon name="#i-alert" />
                    <span>{as_sentence(problem)}</span>
                </p>
            }
        });
        let edit = self.may_administer.then(|| edit(href_of_channel(channel.id), &channel.name));
        whole(view! {
            <li class="card">
                <h3>{channel.name.clone()}</h3>
                <p class="muted">{kind} " · " {on_or_off(channel.enabled)}</p>
                {problem}
                {edit}
            </li>
        })
    }

    fn rules(&self) -> Part {
        let cards: Vec<_> = self.view.rules.iter().map(|rule| self.rule(rule)).collect();
        let list = if cards.is_empty() {
            whole(view! { <p class="muted">{words::ALERTS_NO_RULES}</p> })
        } else {
            whole(view! { <ul class="people">{cards}</ul> })
        };
        let add = (self.may_administer && !self.view.channels.is_empty()).then(|| {
            view! {
                <p>
                    <a class="btn" href=RULE_PAGE>
                        <Icon name="#i-plus" />
                        {words::ALERTS_ADD_RULE}
                    </a>
                </p>
            }
        });
        whole(view! {
            <section class="sheet" aria-labelledby="h-rules">
                <h2 id="h-rules">{words::ALERTS_RULES}</h2>
                {list} {add}
            </section>
        })
    }

    fn rule(&self, rule: &AlertRule) -> Part {
        let channels = rule.channels.iter().map(|id| name_of(&self.view.channels, *id));
        let channels = Some(format::joined(channels, ", ")).filter(|all| !all.is_empty());
        let channels = channels.unwrap_or_else(|| words::ALERTS_NO_CHANNEL.to_owned());
        let edit = match rule.id {
            Some(id) if self.may_administer => Some(edit(href_of_rule(id), &rule.name)),
            _ => None,
        };
        whole(view! {
            <li class="card">
                <h3>{rule.name.clone()}</h3>
                <p>
                    {which::said(&rule.scope, &self.names)}
                    <span class="vh">{words::ALERTS_LEAD_TO}</span>
                    <span aria-hidden="true">" → "</span>
                    <b>{channels}</b>
                </p>
                <p class="muted">{timing(rule, &self.view.channels)} " · " {on_or_off(rule.enabled)}</p>
                {edit}
            </li>
        })
    }

    fn deliveries(&self) -> Part {
        let rows: Vec<_> = self.view.deliveries.iter().map(|delivery| self.delivery(delivery)).collect();
        whole(view! {
            <section class="sheet" aria-labelledby="h-messages">
                <h2 id="h-messages">{words::ALERTS_MESSAGES}</h2>
                <table class="table fits messages">
                    <caption class="vh" data-zone="">{words::NEWEST_FIRST}</caption>
                    <thead>
                        <tr>
                            <th scope="col" data-zone="">{words::WHEN_UTC}</th>
                            <th scope="col">{words::ALERTS_MESSAGES_TO}</th>
                            <th scope="col">{words::ALERTS_MESSAGES_ABOUT}</th>
                            <th scope="col">{words::ALERTS_MESSAGES_OUTCOME}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        })
    }

    fn delivery(&self, delivery: &Delivery) -> Part {
        let Delivery { at, moment, attempts, .. } = *delivery;
        let about = wording::about(delivery);
        let about = match delivery.incident {
            Some(id) => whole(view! { <a href=href_of(id)>{about}</a> }),
            None => whole(view! { <span>{about}</span> }),
        };
        let (class, icon) = wording::look(delivery.state);
        let again = (delivery.state == DeliveryState::Dead && self.may_administer).then(|| {
            button(RESEND, &[("id", delivery.id.to_string())], "btn small", words::ALERTS_SEND_AGAIN.into())
        });
        let tried = (attempts > 1 || (attempts == 1 && delivery.state != DeliveryState::Sent))
            .then(|| words::delivery_tries(attempts));
        let facts = [Some(inert(&delivery.said)).filter(|said| !said.is_empty()), tried];
        let facts = format::joined(facts.into_iter().flatten(), ", ");
        let next = (delivery.state == DeliveryState::Waiting).then(|| {
            view! {
                <span class="muted">
                    {if facts.is_empty() { words::AT_BEFORE } else { words::ALERTS_NEXT_AT }}
                    <time datetime=moment.to_string()>
                        {format!("{} UTC", past::moment(moment, self.view.now))}
                    </time>
                </span>
            }
        });
        whole(view! {
            <tr>
                <th scope="row" class="nowrap">
                    <time datetime=at.to_string()>{past::moment(at, self.view.now)}</time>
                </th>
                <td>{delivery.channel.clone()}</td>
                <td class="full">{about}</td>
                <td class="full">
                    <span class=format!("state {class}")>
                        <Icon name=icon />
                        <span>{wording::word(delivery)}</span>
                    </span>
                    " "
                    <span class="muted">{facts.clone()}</span>
                    {next}
                    {again}
                </td>
            </tr>
        })
    }
}

/// The kinds of channels, each the way to its form.
fn kinds(kinds: &[ChannelKind]) -> Part {
    let items: Vec<_> = kinds
        .iter()
        .map(|kind| {
            view! {
                <li>
                    <a class="card" href=format!("{CHANNEL_PAGE}?kind={}", kind.word)>
                        <b>{kind.title}</b>
                        <span>{kind.help}</span>
                    </a>
                </li>
            }
        })
        .collect();
    whole(view! { <ul>{items}</ul> })
}

fn edit(href: String, name: &str) -> Part {
    let label = words::edit_named(name);
    whole(view! {
        <p>
            <a class="btn" href=href aria-label=label>
                <Icon name="#i-edit" />
                {words::EDIT}
            </a>
        </p>
    })
}

fn on_or_off(enabled: bool) -> &'static str {
    if enabled { words::ALERTS_ON } else { words::ALERTS_OFF }
}

/// When a rule tells, again, and where else.
fn timing(rule: &AlertRule, channels: &[ChannelView]) -> String {
    let length =
        |length: std::time::Duration| past::lasting(u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
    let delay = if rule.delay.is_zero() {
        words::ALERTS_AT_ONCE.into()
    } else {
        words::alerts_after(length(rule.delay))
    };
    let remind = rule.remind.map(|remind| words::alerts_again_after(length(remind)));
    let fallback = rule.fallback.map(|id| words::alerts_otherwise(name_of(channels, id)));
    format::joined([Some(delay), remind, fallback].into_iter().flatten(), " · ")
}

fn done_words(word: &str) -> Option<&'static str> {
    Some(match word {
        "channel" => words::ALERTS_DONE_CHANNEL,
        "channel-and-rule" => words::ALERTS_DONE_CHANNEL_AND_RULE,
        "channel-without-rule" => words::ALERTS_DONE_CHANNEL_WITHOUT_RULE,
        "channel-removed" => words::ALERTS_DONE_CHANNEL_REMOVED,
        "rule" => words::ALERTS_DONE_RULE,
        "rule-removed" => words::ALERTS_DONE_RULE_REMOVED,
        "resent" => words::ALERTS_DONE_RESENT,
        _ => return None,
    })
}
