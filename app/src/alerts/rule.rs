//! The form of a rule: which trackers lead to which channels, and when.

use std::time::Duration;

use domain::{AlertRule, ChannelId, ChannelView, Failure, Replay, RuleId, ports::Services};
use leptos::prelude::*;

use super::{CHANNEL_PAGE, PAGE, REMOVE_RULE, SAVE_RULE, TRY_RULE};
use crate::{
    ApiError,
    access::Asked,
    format,
    past::asked::value,
    ui::{Icon, Input, InputKind, Part, asking_again, crumbs, went_wrong, whole},
    which::{self, Which},
};

/// The form before it is shown.
#[derive(Clone, Debug)]
pub struct Form {
    /// The rule that is changed, with its name; absent for a new one.
    of: Option<(RuleId, String)>,
    /// Names and values; the last of a name counts, but for `channel`, which is there once for each.
    fields: Vec<(String, String)>,
    channels: Vec<ChannelView>,
    which: Which,
    error: Option<ApiError>,
    /// What it would have told, as HTML.
    panel: Option<String>,
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
        if let Some(failed) = asked.failed.as_ref().filter(|failed| failed.action != REMOVE_RULE) {
            fields.clone_from(&failed.values);
        }
        let which = Which::load(services, &fields).await?;
        let is_problem =
            |error: &ApiError| !matches!(error, ApiError::Invalid(invalid) if invalid.0.is_empty());
        let error = asked.failed.as_ref().map(|failed| failed.error.clone()).filter(is_problem);
        let panel = asked.failed.as_ref().and_then(|failed| failed.panel.clone());
        Ok(Self { of, fields, channels: view.channels, which, error, panel })
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
                {self.panel.clone().map(|html| view! { <div inner_html=html></div> })}
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
                    {self.which.view(|input, name| self.field(input, name))}
                    {self.where_to()}
                    {self.times()}
                    {self.field(Input::new("enabled", words::RULE_ENABLED, InputKind::Tick), "enabled")}
                </div>
                <div class="formbar">
                    <button class="btn primary" type="submit">
                        {words::SAVE}
                    </button>
                    <button class="btn" type="submit" formaction=TRY_RULE>
                        <Icon name="#i-play" />
                        {words::RULE_TRY}
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

/// What a rule would have told, as HTML.
pub fn tried(replay: &Replay) -> String {
    let most = replay.trackers.iter().take(NAMED);
    let most = most.map(|(_, name, count)| words::rule_tried_of(*count, name));
    let most = format::joined(most, ", ");
    let most = (!most.is_empty()).then(|| format!(" {most}."));
    let parts = [
        (replay.reminders > 0).then(|| words::rule_tried_reminders(replay.reminders)),
        (replay.too_short > 0).then(|| words::rule_tried_too_short(replay.too_short)),
        most,
    ];
    let all = view! {
        <div class="notice is-none" role="status">
            <Icon name="#i-bell" />
            <span>
                <b>{words::rule_tried(replay.outages)}</b>
                {parts.into_iter().flatten().collect::<String>()}
                <span class="muted">{words::RULE_TRIED_UNSAVED}</span>
            </span>
        </div>
    };
    all.to_html().replace("<!>", "")
}

/// Trackers that are named of those that a rule would have been about.
const NAMED: usize = 5;

/// The fields that show what is wrong with them.
const NAMES: [&str; 8] = ["name", "tags", "groups", "trackers", "channel", "delay", "remind", "fallback"];

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
        ("delay".to_owned(), if rule.delay.is_zero() { String::new() } else { length(rule.delay) }),
        ("remind".to_owned(), rule.remind.map(length).unwrap_or_default()),
        ("fallback".to_owned(), rule.fallback.map(|id| id.0.to_string()).unwrap_or_default()),
        ("enabled".to_owned(), rule.enabled.to_string()),
    ];
    fields.extend(which::fields_of(&rule.scope));
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
