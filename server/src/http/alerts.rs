//! The forms of incidents, and of who is told of them.

use app::{
    ApiError,
    alerts::{
        self, ACKNOWLEDGE, CHANNEL_PAGE, COMMENT, REMOVE_CHANNEL, REMOVE_RULE, RESEND, RULE_PAGE,
        SAVE_CHANNEL, SAVE_RULE, TRY_CHANNEL, TRY_RULE, href_of_channel, href_of_rule,
    },
    incidents::{self, href_of},
    known, maintenance,
};
use domain::{
    ChannelId, ChannelInput, Failure, Fields, IncidentId, MaintenanceId, RuleId, Secret, access::Need,
    ports::Services,
};

use super::people::{Done, Typed};

/// What each form needs. Who may say where messages go could have everything sent to themselves.
const FORMS: [(&str, Need); 12] = [
    (ACKNOWLEDGE, Need::Change),
    (COMMENT, Need::Change),
    // The signature says who may.
    (known::ACKNOWLEDGE, Need::Nothing),
    (SAVE_CHANNEL, Need::Administer),
    (REMOVE_CHANNEL, Need::Administer),
    (TRY_CHANNEL, Need::Administer),
    (SAVE_RULE, Need::Administer),
    (TRY_RULE, Need::Administer),
    (REMOVE_RULE, Need::Administer),
    (maintenance::ANNOUNCE, Need::Change),
    (maintenance::WITHDRAW, Need::Change),
    (RESEND, Need::Administer),
];

/// Each form, and what it needs.
pub(super) fn listed() -> impl Iterator<Item = (&'static str, Need)> {
    FORMS.into_iter()
}

/// Whether a path is one of these forms.
pub(super) fn knows(path: &str) -> bool {
    FORMS.iter().any(|(form, _)| *form == path)
}

/// The page that has a form, by what it says of itself.
pub(super) fn page_of(path: &str, values: &[(String, String)]) -> Option<String> {
    let typed = Typed(values);
    let id = typed.text("id").parse::<i64>().ok();
    Some(match (path, id) {
        (ACKNOWLEDGE | COMMENT, Some(id)) => href_of(IncidentId(id)),
        (ACKNOWLEDGE | COMMENT, None) => incidents::PAGE.to_owned(),
        (SAVE_CHANNEL | REMOVE_CHANNEL | TRY_CHANNEL, Some(id)) => href_of_channel(ChannelId(id)),
        (SAVE_CHANNEL | REMOVE_CHANNEL | TRY_CHANNEL, None) => {
            let kinds = notify::kinds();
            let kind = kinds.iter().find(|kind| kind.word == typed.text("kind"));
            kind.map_or_else(|| CHANNEL_PAGE.to_owned(), |kind| format!("{CHANNEL_PAGE}?kind={}", kind.word))
        }
        (SAVE_RULE | TRY_RULE | REMOVE_RULE, Some(id)) => href_of_rule(RuleId(id)),
        (SAVE_RULE | TRY_RULE | REMOVE_RULE, None) => RULE_PAGE.to_owned(),
        (maintenance::ANNOUNCE, Some(id)) => maintenance::href_of(MaintenanceId(id)),
        (maintenance::ANNOUNCE, None) => maintenance::PLAN_PAGE.to_owned(),
        (maintenance::WITHDRAW, _) => maintenance::PAGE.to_owned(),
        (known::ACKNOWLEDGE, _) => known::href_of(&known::link_of(values)),
        (RESEND, _) => alerts::PAGE.to_owned(),
        _ => return None,
    })
}

/// What was typed into a form, to be shown to who signs in next: secrets have to be typed again. What is masked names a secret, but is
/// none.
pub(super) fn without_secrets(values: &[(String, String)]) -> Fields {
    let kinds = notify::kinds();
    let is_secret = |name: &str| {
        let mut fields = kinds.iter().flat_map(|kind| &kind.fields);
        fields.any(|field| field.name == name && field.input == ChannelInput::Secret)
    };
    let kept = values.iter().map(|(name, value)| {
        let is_hidden = is_secret(name) && value != Secret::MASK;
        (name.clone(), if is_hidden { String::new() } else { value.clone() })
    });
    kept.collect()
}

/// Does what a form asks for. What it needs has been looked at.
pub(super) async fn act(services: &Services, path: &str, typed: &Typed<'_>) -> Result<Done, ApiError> {
    let done = |page: String, word: &str| Done { next: format!("{page}?done={word}"), ..Done::default() };
    let of_alerts = |word: &str| done(alerts::PAGE.to_owned(), word);
    let (incidents, alerting) = (&services.incidents, &services.alerting);
    Ok(match path {
        ACKNOWLEDGE => {
            let id = IncidentId(number(typed)?);
            incidents.acknowledge(id).await?;
            done(href_of(id), "acknowledged")
        }
        COMMENT => {
            let id = IncidentId(number(typed)?);
            incidents.comment(id, typed.text("comment").to_owned()).await?;
            done(href_of(id), "commented")
        }
        known::ACKNOWLEDGE => {
            let link = known::link_of(typed.0);
            incidents.acknowledge_linked(&link).await?;
            Done { next: known::href_of(&link), ..Done::default() }
        }
        SAVE_CHANNEL => of_alerts(save_channel(services, typed).await?),
        TRY_CHANNEL => {
            let test = alerting.try_channel(id(typed)?.map(ChannelId), once_each(typed)).await?;
            Done { panel: Some(alerts::channel::tested(&test)), ..Done::default() }
        }
        REMOVE_CHANNEL => {
            alerting.remove_channel(ChannelId(number(typed)?)).await?;
            of_alerts("channel-removed")
        }
        SAVE_RULE => {
            alerting.save_rule(id(typed)?.map(RuleId), once_each(typed)).await?;
            of_alerts("rule")
        }
        TRY_RULE => {
            let replay = alerting.replay(once_each(typed)).await?;
            Done { panel: Some(alerts::rule::tried(&replay)), ..Done::default() }
        }
        maintenance::ANNOUNCE => {
            services.planning.announce(id(typed)?.map(MaintenanceId), once_each(typed)).await?;
            done(maintenance::PAGE.to_owned(), "announced")
        }
        maintenance::WITHDRAW => {
            services.planning.withdraw(MaintenanceId(number(typed)?)).await?;
            done(maintenance::PAGE.to_owned(), "withdrawn")
        }
        REMOVE_RULE => {
            alerting.remove_rule(RuleId(number(typed)?)).await?;
            of_alerts("rule-removed")
        }
        _ => {
            alerting.resend(number(typed)?).await?;
            of_alerts("resent")
        }
    })
}

/// Keeps a channel and, where that is ticked, a rule that leads everything there. Gives what to say of it.
async fn save_channel(services: &Services, typed: &Typed<'_>) -> Result<&'static str, ApiError> {
    let id = id(typed)?.map(ChannelId);
    let channel = services.alerting.save_channel(id, once_each(typed)).await?;
    if id.is_some() || typed.text("everything") != "true" {
        return Ok("channel");
    }
    let number = channel.0.to_string();
    let rule = [("name", words::RULE_EVERYTHING), ("enabled", "true"), ("channel", &number)];
    let rule = rule.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    // The channel is kept already; that its rule is not must not look as if it were not.
    let is_kept = services.alerting.save_rule(None, rule).await.is_ok();
    Ok(if is_kept { "channel-and-rule" } else { "channel-without-rule" })
}

/// The number of what a form is about.
fn number(typed: &Typed<'_>) -> Result<i64, Failure> {
    typed.text("id").parse().map_err(|_| Failure::NotFound)
}

/// The number of what a form changes; nothing where it makes something new.
fn id(typed: &Typed<'_>) -> Result<Option<i64>, Failure> {
    if typed.text("id").is_empty() { Ok(None) } else { number(typed).map(Some) }
}

/// The fields of a form, each once: the last counts, as before a tick stands what it is without. Only channels of a rule are many.
fn once_each(typed: &Typed<'_>) -> Fields {
    let is_last = |n: usize, name: &str| !typed.0.iter().skip(n + 1).any(|(other, _)| other == name);
    let all = typed.0.iter().enumerate();
    all.filter(|(n, (name, _))| name == "channel" || is_last(*n, name))
        .map(|(_, field)| field.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(list: &[(&str, &str)]) -> Fields {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_last_of_a_name_counts_but_of_channels_all() {
        let typed = fields(&[("enabled", "false"), ("channel", "1"), ("enabled", "true"), ("channel", "2")]);
        let once = once_each(&Typed(&typed));
        assert_eq!(once, fields(&[("channel", "1"), ("enabled", "true"), ("channel", "2")]));
    }

    #[test]
    fn a_form_knows_its_page() {
        let page = |path, values: &[(&str, &str)]| page_of(path, &fields(values)).unwrap_or_default();
        assert_eq!(page(COMMENT, &[("id", "3")]), "/incidents/3");
        assert_eq!(page(COMMENT, &[("id", "../x")]), "/incidents");
        assert_eq!(page(TRY_CHANNEL, &[("kind", "mail")]), "/alerts/channel?kind=mail");
        assert_eq!(page(TRY_CHANNEL, &[("kind", "mail&id=1")]), "/alerts/channel");
        assert_eq!(page(SAVE_CHANNEL, &[("kind", "mail"), ("id", "1")]), "/alerts/channel?id=1");
        assert_eq!(page(SAVE_RULE, &[]), "/alerts/rule");
        assert_eq!(page("/api/sign_in", &[]), "");
    }

    #[test]
    fn secrets_do_not_travel_through_signing_in() {
        let kept =
            without_secrets(&fields(&[("host", "a"), ("password", "hunter2"), ("token", Secret::MASK)]));
        assert_eq!(kept, fields(&[("host", "a"), ("password", ""), ("token", Secret::MASK)]));
    }
}
