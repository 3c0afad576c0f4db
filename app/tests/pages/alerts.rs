//! Channels, rules and messages, and their forms.

use std::time::Duration;

use app::{ApiError, alerts::channel::tested, backend::FailedForm};
use domain::{
    AlertKind, AlertRule, ChannelField, ChannelId, ChannelInput, ChannelKind, ChannelTest, ChannelView,
    Delivery, DeliveryState, FieldError, IncidentId, Invalid, RuleId, Scope, Secret, Timestamp, TrackerId,
    access::Role,
};

use crate::harness::{Page, Site, about, up, viewer};

const NOW: Timestamp = Timestamp(1_795_442_590_000);

fn kinds() -> Vec<ChannelKind> {
    let field = |name, label, input, is_optional| ChannelField {
        name,
        label,
        hint: "What helps.",
        input,
        is_optional,
    };
    let choices = vec![("starttls", "STARTTLS"), ("tls", "TLS")];
    vec![
        ChannelKind {
            word: "mail",
            title: "Mail",
            help: "By a server of your own.",
            fields: vec![
                field("host", "Server", ChannelInput::Text, false),
                field("security", "Encryption", ChannelInput::Choice(choices), false),
                field("password", "Password", ChannelInput::Secret, true),
                field("to", "To", ChannelInput::Lines, false),
            ],
        },
        ChannelKind { word: "webhook", title: "Webhook", help: "Sends JSON.", fields: Vec::new() },
    ]
}

fn channel(id: i64, name: &str) -> ChannelView {
    let fields =
        [("host", "mail.example"), ("security", "tls"), ("password", Secret::MASK), ("to", "a@b.example")];
    ChannelView {
        id: ChannelId(id),
        name: name.into(),
        kind: "mail".into(),
        enabled: true,
        fields: fields.map(|(name, value)| (name.into(), value.into())).to_vec(),
        problem: None,
    }
}

fn rule(id: i64, name: &str) -> AlertRule {
    AlertRule {
        id: Some(RuleId(id)),
        name: name.into(),
        scope: Scope::default(),
        channels: vec![ChannelId(1)],
        delay: Duration::ZERO,
        remind: None,
        fallback: None,
        enabled: true,
    }
}

fn site(role: Role) -> Site {
    let mut site = Site::new();
    site.viewer = viewer(Some(role));
    site.alerting.kinds = kinds();
    site.track(7, about("Shop"), &up(3));
    site
}

/// Two channels, two rules, three messages.
fn told(role: Role) -> Site {
    let mut site = site(role);
    let broken = ChannelView {
        enabled: false,
        problem: Some("its settings cannot be read".into()),
        ..channel(2, "Pager <b>")
    };
    site.alerting.channels = vec![channel(1, "Ops mail"), broken];
    let narrow = AlertRule {
        scope: Scope {
            trackers: vec![TrackerId(7), TrackerId(9)],
            groups: Vec::new(),
            tags: vec!["prod".into(), "web".into()],
        },
        channels: vec![ChannelId(1), ChannelId(2)],
        delay: Duration::from_mins(5),
        remind: Some(Duration::from_hours(1)),
        fallback: Some(ChannelId(2)),
        enabled: false,
        ..rule(2, "Nights")
    };
    site.alerting.rules = vec![rule(1, "Everything"), narrow];
    let message = |id, state, attempts, said: &str| Delivery {
        id,
        channel: "Ops mail".into(),
        kind: AlertKind::Down,
        name: "Shop".into(),
        incident: Some(IncidentId(3)),
        at: NOW,
        state,
        attempts,
        said: said.into(),
        moment: NOW,
    };
    site.alerting.deliveries = vec![
        message(8, DeliveryState::Waiting, 2, "503"),
        message(7, DeliveryState::Dead, 30, "<b>401"),
        message(6, DeliveryState::Sent, 1, "250 OK"),
    ];
    site
}

#[test]
fn without_a_channel_the_page_leads_to_the_first() {
    let page = site(Role::Administrator).get("/alerts");
    assert_eq!(page.status, 200);
    page.has("Nobody is told yet when a tracker goes down.");
    page.has("Where should messages go?");
    page.has(r#"href="/alerts/channel?kind=mail""#);
    page.has(r#"href="/alerts/channel?kind=webhook""#);
    page.lacks("Add a rule");
    let page = site(Role::Editor).get("/alerts");
    page.has("An administrator can add one.");
    page.lacks("/alerts/channel");
}

#[test]
fn channels_rules_and_messages_are_told() {
    let page = told(Role::Administrator).get("/alerts");
    for text in [
        "2 channels and 1 rule in force.",
        "One of the newest messages could not be delivered.",
        r#"href="/alerts/channel?id=1" aria-label="Edit Ops mail""#,
        "Pager &lt;b&gt;",
        "Its settings cannot be read.",
        "All trackers",
        "Tags prod, web; Shop, tracker 9, which is deleted",
        "after 5 min · again after 1 h · otherwise Pager &lt;b&gt;",
        r#"href="/alerts/rule?id=2""#,
        r#"<a href="/incidents/3">Shop is down</a>"#,
        "&lt;b&gt;401, 30 tries",
        "503, 2 tries",
        ", next at ",
        r#"action="/api/resend_alert""#,
        r#"name="id" value="7""#,
    ] {
        page.has(text);
    }
    assert_eq!(page.html.matches("Send again").count(), 1);
    page.lacks("mail.example");
    let page = told(Role::Editor).get("/alerts?done=rule");
    page.has("The rule is saved.");
    for hidden in ["/alerts/channel", "/alerts/rule", "resend_alert"] {
        page.lacks(hidden);
    }
    let mut lame = told(Role::Administrator);
    lame.alerting.rules.clear();
    lame.get("/alerts").has("2 channels, but no rule leads there: nobody is told yet.");
}

#[test]
fn only_who_may_says_where_messages_go() {
    for (role, page, form) in
        [(Role::Viewer, 403, 403), (Role::Editor, 200, 403), (Role::Administrator, 200, 200)]
    {
        let site = told(role);
        assert_eq!(site.get("/alerts").status, page, "{role}");
        assert_eq!(site.get("/alerts/channel?kind=mail").status, form, "{role}");
        assert_eq!(site.get("/alerts/rule").status, form, "{role}");
    }
    let site = told(Role::Administrator);
    for none in ["channel?id=9", "channel?id=x", "channel?kind=fax", "rule?id=9", "rule?id=x"] {
        assert_eq!(site.get(&format!("/alerts/{none}")).status, 404, "{none}");
    }
}

#[test]
fn a_channel_has_the_fields_of_its_kind() {
    let page = site(Role::Administrator).get("/alerts/channel?kind=mail");
    for text in [
        "New channel: Mail",
        "By a server of your own.",
        r#"<input type="hidden" name="kind" value="mail">"#,
        r#"name="name" value="Mail""#,
        r#"name="host" value="" required"#,
        r#"<option value="starttls">STARTTLS</option>"#,
        r#"<input type="password" id="ch-password" name="password" value="""#,
        r#"autocomplete="new-password""#,
        r#"<textarea id="ch-to" name="to""#,
        r#"name="everything" value="true" checked"#,
        r#"formaction="/api/try_channel""#,
    ] {
        page.has(text);
    }
    page.lacks("remove_channel");
    let page = told(Role::Administrator).get("/alerts/channel?id=1");
    for text in [
        "Edit Ops mail",
        r#"<input type="hidden" name="id" value="1">"#,
        r#"name="host" value="mail.example""#,
        r#"<option value="tls" selected>"#,
        r#"name="password" value="•••""#,
        "a@b.example</textarea>",
        r#"action="/api/remove_channel""#,
    ] {
        page.has(text);
    }
    page.lacks("everything");
    told(Role::Administrator).get("/alerts/channel?id=2").has("It cannot be used as it stands.");
    told(Role::Administrator).get("/alerts/channel?kind=mail").lacks("everything");
    site(Role::Administrator).get("/alerts/channel").has(r#"href="/alerts/channel?kind=mail""#);
}

fn sent(action: &str, values: &[(&str, &str)], errors: Vec<FieldError>, panel: Option<String>) -> FailedForm {
    FailedForm {
        page: String::new(),
        action: action.into(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        error: ApiError::Invalid(Invalid(errors)),
        panel,
    }
}

#[test]
fn a_test_keeps_everything_that_was_typed() {
    let mut site = told(Role::Administrator);
    let said = tested(&ChannelTest { was_sent: true, said: "250 OK".into(), took_ms: 41 });
    let typed = [
        ("id", "1"),
        ("name", "Mail 2"),
        ("host", "new.example"),
        ("password", "hunter2"),
        ("enabled", "false"),
    ];
    site.failed(sent("/api/try_channel", &typed, Vec::new(), Some(said)));
    let page = site.get("/alerts/channel?id=1");
    for text in [
        "The test message was taken.",
        "250 OK, after 41 ms.",
        "Nothing is saved yet.",
        r#"name="name" value="Mail 2""#,
        r#"name="host" value="new.example""#,
        r#"<input type="password" id="ch-password" name="password" value="hunter2""#,
        "a@b.example</textarea>",
    ] {
        page.has(text);
    }
    page.lacks("Not done.");
    page.lacks(r#"name="enabled" value="true" checked"#);
}

#[test]
fn what_is_wrong_with_a_channel_stands_at_its_field() {
    let mut site = site(Role::Administrator);
    let typed = [("kind", "mail"), ("name", ""), ("host", "a b"), ("everything", "false")];
    let errors =
        vec![FieldError::new("host", "this is no server"), FieldError::new("name", "it needs a name")];
    site.failed(sent("/api/save_channel", &typed, errors, None));
    let page = site.get("/alerts/channel?kind=mail");
    page.has("This is no server.");
    page.has("It needs a name.");
    page.has(r#"name="host" value="a b""#);
    page.lacks("Not done.");
    page.lacks(r#"name="everything" value="true" checked"#);
    site.failed(sent("/api/save_channel", &typed, vec![FieldError::new("kind", "no such kind")], None));
    site.get("/alerts/channel?kind=mail").has("Not done.");
}

#[test]
fn a_rule_says_which_trackers_where_and_when() {
    let page = told(Role::Administrator).get("/alerts/rule?id=2");
    for text in [
        "Edit Nights",
        r#"name="tags" value="prod, web""#,
        r#"name="trackers" value="7, 9""#,
        "7 is Shop, 9 is tracker 9, which is deleted.",
        r#"id="rule-channel-1" name="channel" value="1" checked"#,
        r#"id="rule-channel-2" name="channel" value="2" checked"#,
        "(off)",
        r#"name="delay" value="5m""#,
        r#"name="remind" value="1h""#,
        r#"<option value="2" selected>"#,
        "<b>7</b> Shop",
        "Tags: prod",
        r#"action="/api/remove_rule""#,
    ] {
        page.has(text);
    }
    let new = told(Role::Administrator).get("/alerts/rule");
    new.has("New rule");
    new.lacks("remove_rule");
    new.lacks(r#"value="1" checked"#);
    site(Role::Administrator).get("/alerts/rule").has("Add a channel first");
}

#[test]
fn what_is_wrong_with_a_rule_stands_at_its_field() {
    let mut site = told(Role::Administrator);
    let typed = [
        ("id", "1"),
        ("name", "All"),
        ("channel", "2"),
        ("trackers", "7"),
        ("delay", "2d"),
        ("enabled", "true"),
    ];
    let errors = vec![FieldError::new("delay", "at most a day"), FieldError::new("channel", "choose one")];
    site.failed(sent("/api/save_rule", &typed, errors, None));
    let page: Page = site.get("/alerts/rule?id=1");
    for text in [
        "At most a day.",
        "Choose one.",
        r#"name="delay" value="2d""#,
        "7 is Shop.",
        r#"id="rule-channel-2" name="channel" value="2" checked"#,
    ] {
        page.has(text);
    }
    page.lacks(r#"id="rule-channel-1" name="channel" value="1" checked"#);
    page.lacks("Not done.");
}
