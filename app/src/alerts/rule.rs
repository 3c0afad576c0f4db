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
        self.of.as_ref().map_or_else(|| "New rule".to_owned(), |(_, name)| format!("Edit {name}"))
    }

    /// The page.
    pub fn view(&self) -> Part {
        let lacks = self.channels.is_empty().then(|| {
            view! {
                <div class="notice is-slow">
                    <Icon name="#i-alert" />
                    <span>
                        "A rule leads to channels, and there are none yet. "
                        <a href=CHANNEL_PAGE>"Add a channel first"</a>
                        "."
                    </span>
                </div>
            }
        });
        let remove = self.of.as_ref().map(|(id, _)| {
            asking_again(
                "The rule goes for good. What is on its way already is still sent.",
                REMOVE_RULE,
                &[("id", id.0.to_string())],
                "Delete",
            )
        });
        whole(view! {
            <div class="wrap top">
                {crumbs(&[(PAGE.into(), "Alerts".into())], self.title())}
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                        <p class="lede">"Where several rules lead to the same channel, it is told once: by the one that waits shortest."</p>
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
            <form class="card settings rule" action=SAVE_RULE method="post" autocomplete="off" aria-label="Rule">
                {id}
                <div class="form">
                    {self.field(Input::text("name", "Name").required(), "name")}
                    {self.which()}
                    {self.where_to()}
                    {self.times()}
                    {self.field(Input::new("enabled", "In force", InputKind::Tick), "enabled")}
                </div>
                <div class="formbar">
                    <button class="btn primary" type="submit">
                        "Save"
                    </button>
                    <a class="btn" href=PAGE>
                        "Cancel"
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
        let tags = Input::text("tags", "Tags").hint("With commas between them.");
        let groups = Input::text("groups", "Groups").hint("With commas between them.");
        let trackers = Input::text("trackers", "Trackers").hint("Their numbers, with commas between them.");
        let named = (!self.named.is_empty()).then(|| {
            let names = self.named.iter().map(|(id, name)| format!("{id} is {name}"));
            view! { <p class="hint">{format!("{}.", format::joined(names, ", "))}</p> }
        });
        whole(view! {
            <fieldset class="whole">
                <legend>"Which trackers"</legend>
                <p class="hint">"Those that have one of the tags, or stand in one of the groups, or are named. All trackers, if everything is empty."</p>
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
                    "What there is"
                </summary>
                {line("Tags: ", names(&self.labels.tags))}
                {line("Groups: ", names(&self.labels.groups))}
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
                            {channel.name.clone()} {(!channel.enabled).then_some(" (off)")}
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
                <legend>"Lead to"</legend>
                {ticks}
                {problem}
            </fieldset>
        })
    }

    /// When, how often, and where else.
    fn times(&self) -> Part {
        let presets = |all| InputKind::Presets(all);
        let delay = Input::new("delay", "After", presets(&["1m", "5m", "15m"]))
            .placeholder(Some("at once".into()))
            .hint("What is up again before is not told. Like 30s or 5m, at most 1d.");
        let remind = Input::new("remind", "Again after", presets(&["30m", "1h", "4h"]))
            .placeholder(Some("never".into()))
            .hint("While it is down and nobody has acknowledged it; each time after twice as long.");
        let nowhere = (String::new(), "nowhere".to_owned());
        let others = self.channels.iter().map(|channel| (channel.id.0.to_string(), channel.name.clone()));
        let choices = std::iter::once(nowhere).chain(others).collect();
        let fallback = Input::new("fallback", "If that fails, to", InputKind::Choice(choices))
            .hint("For messages that could not be delivered.");
        whole(view! {
            <fieldset class="whole">
                <legend>"When"</legend>
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
        (!has_place).then(|| went_wrong("Not done.", error.sentence()))
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
