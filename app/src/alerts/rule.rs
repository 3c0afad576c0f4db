//! The form of a rule: which trackers lead to which channels, and when.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    AlertRule, ChannelId, ChannelView, Failure, Labels, ListRequest, RuleId, Sort, TrackerId, ports::Services,
};
use leptos::prelude::*;

use super::{CHANNEL_PAGE, PAGE, REMOVE_RULE, SAVE_RULE, names};
use crate::{
    ApiError,
    access::Asked,
    format,
    past::asked::value,
    ui::{Icon, Input, InputKind, Part, asking_again, crumbs, went_wrong, whole},
};

/// The form before it is shown.
#[derive(Clone, Debug)]
pub struct Form {
    /// The rule that is changed, with its name; absent for a new one.
    of: Option<(RuleId, String)>,
    /// Names and values; the last of a name counts, but for `channel`, which is there once for each.
    fields: Vec<(String, String)>,
    channels: Vec<ChannelView>,
    labels: Labels,
    /// Trackers that are offered: the first by name.
    offered: Vec<(TrackerId, String)>,
    /// Names of those that the field names.
    named: BTreeMap<TrackerId, String>,
    error: Option<ApiError>,
}

impl Form {
    /// Loads the form that the query of the page's address names. When it was sent, it holds what was typed.
    pub async fn load(services: &Services, asked: &Asked) -> Result<Self, Failure> {
        let view = services.alerting.overview().await?;
        let (of, mut fields) = match value(&asked.query, "id") {
            Some(id) => {
                let id = id.parse().map(RuleId).map_err(|_| Failure::NotFound)?;
                let rule = view.rules.iter().find(|rule| rule.id == Some(id)).ok_or(Failure::NotFound)?;
                (Some((id, rule.name.clone())), fields_of(rule))
            }
            None => (None, usual(&view.channels)),
        };
        if let Some(failed) = asked.failed.as_ref().filter(|failed| failed.action == SAVE_RULE) {
            fields.clone_from(&failed.values);
        }
        let typed = fields.iter().rev().find(|(name, _)| name == "trackers").map_or("", |(_, typed)| typed);
        let numbers = typed.split(',').filter_map(|number| number.trim().parse().ok()).take(SHOWN);
        let named = names(services, numbers).await;
        let list = services.live.list(ListRequest { sort: Sort::Name, ..ListRequest::default() }).await?;
        let mut offered: Vec<(TrackerId, String)> =
            list.trackers.into_iter().map(|tracker| (tracker.id, tracker.about.name)).collect();
        // A list is sorted within its groups.
        offered.sort_by_cached_key(|(_, name)| name.to_lowercase());
        let error = asked.failed.as_ref().map(|failed| failed.error.clone());
        let labels = services.trackers.labels();
        Ok(Self { of, fields, channels: view.channels, labels, offered, named, error })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        self.of.as_ref().map_or_else(|| words::RULE_NEW.to_owned(), |(_, name)| words::edit_named(name))
    }

    /// The page.
    pub fn view(&self) -> Part {
        let lacks = self.channels.is_empty().then(|| {
            view! {
                <div class="notice is-slow">
                    <Icon name="#i-alert" />
                    <span>
                        {words::RULE_LACKS_BEFORE}
                        <a href=CHANNEL_PAGE>{words::RULE_LACKS}</a>
                        "."
                    </span>
                </div>
            }
        });
        let remove = self.of.as_ref().map(|(id, _)| {
            asking_again(words::RULE_DELETE_HINT, REMOVE_RULE, &[("id", id.0.to_string())], words::DELETE)
        });
        whole(view! {
            <div class="wrap top">
                {crumbs(&[(PAGE.into(), words::ALERTS.into())], self.title())}
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                        <p class="lede">{words::RULE_LEDE}</p>
                    </div>
                </div>
                {lacks}
                {self.trouble()}
                {self.form()}
                {remove}
            </div>
        })
    }

    fn form(&self) -> Part {
        let id = self.of.as_ref().map(|(id, _)| {
            view! { <input type="hidden" name="id" value=id.0.to_string() /> }
        });
        whole(view! {
            <form class="card settings rule" action=SAVE_RULE method="post" autocomplete="off" aria-label=words::RULE_FORM>
                {id}
                <div class="form">
                    {self.field(Input::text("name", words::NAME).required(), "name")}
                    {self.which()}
                    {self.where_to()}
                    {self.times()}
                    {self.field(Input::new("enabled", words::RULE_ENABLED, InputKind::Tick), "enabled")}
                </div>
                <div class="formbar">
                    <button class="btn primary" type="submit">
                        {words::SAVE}
                    </button>
                    <a class="btn" href=PAGE>
                        {words::CANCEL}
                    </a>
                </div>
            </form>
        })
    }

    fn field(&self, input: Input, name: &str) -> Part {
        input.value(self.value(name)).problem(self.problem(name)).view("rule")
    }

    /// Which trackers.
    fn which(&self) -> Part {
        let tags = Input::text("tags", words::TAGS).hint(words::RULE_LABELS_HINT);
        let groups = Input::text("groups", words::GROUPS).hint(words::RULE_LABELS_HINT);
        let trackers = Input::text("trackers", words::TRACKERS).hint(words::RULE_TRACKERS_HINT);
        let named = (!self.named.is_empty()).then(|| {
            let names = self.named.iter().map(|(id, name)| words::rule_named(name, id));
            view! { <p class="hint">{format!("{}.", format::joined(names, ", "))}</p> }
        });
        whole(view! {
            <fieldset class="whole">
                <legend>{words::RULE_WHICH}</legend>
                <p class="hint">{words::RULE_WHICH_HINT}</p>
                <div class="fields">
                    {self.field(tags, "tags")} {self.field(groups, "groups")} {self.field(trackers, "trackers")}
                </div>
                {named}
                {self.what_there_is()}
            </fieldset>
        })
    }

    /// What may be typed: tags, groups, and the first trackers with their numbers.
    fn what_there_is(&self) -> Part {
        let line =
            |word: &'static str, names: String| (!names.is_empty()).then(|| view! { <p>{word} {names}</p> });
        let names = |all: &[(String, usize)]| format::joined(all.iter().map(|(name, _)| name.clone()), ", ");
        let items: Vec<_> = self
            .offered
            .iter()
            .map(|(id, name)| view! { <li><b>{id.to_string()}</b> " " {name.clone()}</li> })
            .collect();
        whole(view! {
            <details class="fold">
                <summary>
                    <Icon name="#i-chev" />
                    {words::RULE_WHAT_THERE_IS}
                </summary>
                {line(words::RULE_TAGS, names(&self.labels.tags))}
                {line(words::RULE_GROUPS, names(&self.labels.groups))}
                <ul class="numbers">{items}</ul>
            </details>
        })
    }

    /// Which channels.
    fn where_to(&self) -> Part {
        let is_chosen = |channel: &ChannelView| {
            self.fields.iter().any(|(name, value)| name == "channel" && *value == channel.id.0.to_string())
        };
        let problem = self.problem("channel");
        let described_by = problem.as_ref().map(|_| "rule-channel-problem");
        let ticks: Vec<_> = self
            .channels
            .iter()
            .map(|channel| {
                let id = format!("rule-channel-{}", channel.id.0);
                view! {
                    <div class="field check">
                        <span class="box">
                            <input
                                type="checkbox"
                                id=id.clone()
                                name="channel"
                                value=channel.id.0.to_string()
                                checked=is_chosen(channel)
                                aria-describedby=described_by
                            />
                        </span>
                        <label for=id>
                            {channel.name.clone()} {(!channel.enabled).then_some(words::RULE_CHANNEL_OFF)}
                        </label>
                    </div>
                }
            })
            .collect();
        let problem = problem.map(|problem| {
            view! {
                <p class="error" id="rule-channel-problem" role="alert">
                    <Icon name="#i-alert" />
                    <span>{problem}</span>
                </p>
            }
        });
        whole(view! {
            <fieldset class="whole">
                <legend>{words::RULE_LEAD_TO}</legend>
                {ticks}
                {problem}
            </fieldset>
        })
    }

    /// When, how often, and where else.
    fn times(&self) -> Part {
        let presets = |all| InputKind::Presets(all);
        let delay = Input::new("delay", words::RULE_DELAY, presets(&["1m", "5m", "15m"]))
            .placeholder(Some(words::RULE_DELAY_NONE.into()))
            .hint(words::RULE_DELAY_HINT);
        let remind = Input::new("remind", words::RULE_REMIND, presets(&["30m", "1h", "4h"]))
            .placeholder(Some(words::RULE_REMIND_NONE.into()))
            .hint(words::RULE_REMIND_HINT);
        let nowhere = (String::new(), words::RULE_FALLBACK_NONE.to_owned());
        let others = self.channels.iter().map(|channel| (channel.id.0.to_string(), channel.name.clone()));
        let choices = std::iter::once(nowhere).chain(others).collect();
        let fallback = Input::new("fallback", words::RULE_FALLBACK, InputKind::Choice(choices))
            .hint(words::RULE_FALLBACK_HINT);
        whole(view! {
            <fieldset class="whole">
                <legend>{words::RULE_WHEN}</legend>
                <div class="fields">
                    {self.field(delay, "delay")} {self.field(remind, "remind")} {self.field(fallback, "fallback")}
                </div>
            </fieldset>
        })
    }

    fn value(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    fn problem(&self, name: &str) -> Option<String> {
        self.error.as_ref()?.only_at(name)
    }

    /// What is wrong that no field shows.
    fn trouble(&self) -> Option<Part> {
        let error = self.error.as_ref()?;
        let has_place = matches!(error, ApiError::Invalid(invalid) if invalid.0.iter().all(|wrong| NAMES.contains(&&*wrong.field)));
        (!has_place).then(|| went_wrong(words::FORM_FAILED, error.sentence()))
    }
}

/// The fields that show what is wrong with them.
const NAMES: [&str; 8] = ["name", "tags", "groups", "trackers", "channel", "delay", "remind", "fallback"];
/// Names of trackers that are looked up at most.
const SHOWN: usize = 200;

/// A new rule: all trackers, to the only channel if there is one.
fn usual(channels: &[ChannelView]) -> Vec<(String, String)> {
    let mut fields = vec![("enabled".to_owned(), "true".to_owned())];
    if let [only] = channels {
        fields.push(("channel".to_owned(), only.id.0.to_string()));
    }
    fields
}

/// A rule as the fields of its form.
fn fields_of(rule: &AlertRule) -> Vec<(String, String)> {
    let mut fields = vec![
        ("name".to_owned(), rule.name.clone()),
        ("tags".to_owned(), rule.scope.tags.join(", ")),
        ("groups".to_owned(), rule.scope.groups.join(", ")),
        ("trackers".to_owned(), format::joined(rule.scope.trackers.iter().map(ToString::to_string), ", ")),
        ("delay".to_owned(), if rule.delay.is_zero() { String::new() } else { length(rule.delay) }),
        ("remind".to_owned(), rule.remind.map(length).unwrap_or_default()),
        ("fallback".to_owned(), rule.fallback.map(|id| id.0.to_string()).unwrap_or_default()),
        ("enabled".to_owned(), rule.enabled.to_string()),
    ];
    fields.extend(rule.channels.iter().map(|ChannelId(id)| ("channel".to_owned(), id.to_string())));
    fields
}

/// A length as people type it, in the largest unit that says it whole: `90s`, `5m`, `1d`.
fn length(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = units.into_iter().find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size));
    let (size, word) = unit.unwrap_or((1, "s"));
    format!("{}{word}", seconds / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_they_are_typed() {
        let written = [0, 59, 60, 90, 300, 7_200, 86_400].map(|secs| length(Duration::from_secs(secs)));
        assert_eq!(written, ["0s", "59s", "1m", "90s", "5m", "2h", "1d"]);
    }
}
