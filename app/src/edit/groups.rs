//! The fields in their groups.

use leptos::prelude::*;

use super::{
    Form,
    field::{Field, Kind},
    summary, worth,
};
use crate::ui::{Icon, Input, Part, whole};

const fn field(name: &'static str, label: &'static str, kind: Kind, hint: &'static str) -> Field {
    Field { name, label, hint, kind }
}

/// What has to be said; the rest has defaults.
const WHAT: [Field; 3] = [
    field("url", words::EDITOR_URL, Kind::Line, words::EDITOR_URL_HINT),
    field("name", words::NAME, Kind::Line, words::EDITOR_NAME_HINT),
    field(
        "every",
        words::EDITOR_EVERY,
        Kind::Presets(&["10s", "30s", "1m", "5m", "15m", "1h", "24h"]),
        words::EDITOR_EVERY_HINT,
    ),
];

const EXPECT: [Field; 2] = [
    field("expect", words::EDITOR_EXPECT_FIELD, Kind::Lines(4), words::EDITOR_EXPECT_HINT),
    field("slow", words::SETTING_SLOW, Kind::Short, words::EDITOR_SLOW_HINT),
];

const WHEN: [Field; 5] = [
    field("cron", words::EDITOR_CRON, Kind::Line, words::EDITOR_CRON_HINT),
    field("zone", words::EDITOR_ZONE, Kind::Line, words::EDITOR_ZONE_HINT),
    field("deadline", words::SETTING_DEADLINE, Kind::Short, words::EDITOR_DEADLINE_HINT),
    field("http.grace", words::SETTING_GRACE, Kind::Short, words::EDITOR_GRACE_HINT),
    field("http.push_url", words::SETTING_PUSH_URL, Kind::Short, words::EDITOR_PUSH_URL_HINT),
];

const POLICY: [Field; 4] = [
    field("retries", words::EDITOR_RETRIES, Kind::Short, words::EDITOR_RETRIES_HINT),
    field("retry", words::EDITOR_RETRY, Kind::Short, words::EDITOR_RETRY_HINT),
    field("successes", words::EDITOR_SUCCESSES, Kind::Short, words::EDITOR_SUCCESSES_HINT),
    field("upside_down", words::SETTING_UPSIDE_DOWN, Kind::Check, words::EDITOR_UPSIDE_DOWN_HINT),
];

const REQUEST: [Field; 5] = [
    field("http.method", words::SETTING_METHOD, Kind::Short, words::EDITOR_METHOD_HINT),
    field("http.headers", words::SETTING_HEADERS, Kind::Lines(3), words::EDITOR_HEADERS_HINT),
    field("http.body", words::SETTING_BODY, Kind::Lines(3), words::EDITOR_BODY_HINT),
    field("http.redirects", words::EDITOR_REDIRECTS, Kind::Short, words::EDITOR_REDIRECTS_HINT),
    field("http.cookies", words::EDITOR_COOKIES, Kind::Check, ""),
];

const SIGN_IN: [Field; 8] = [
    field(
        "http.auth",
        words::EDITOR_AUTH,
        Kind::Choice(&[
            ("none", words::EDITOR_AUTH_NONE),
            ("basic", words::EDITOR_AUTH_BASIC),
            ("bearer", words::EDITOR_AUTH_BEARER),
            ("oauth2", words::EDITOR_AUTH_OAUTH2),
        ]),
        words::EDITOR_AUTH_HINT,
    ),
    field("http.auth.basic.user", words::SETTING_USER, Kind::Line, ""),
    field("http.auth.basic.password", words::PASSWORD, Kind::Secret, ""),
    field("http.auth.bearer.token", words::SETTING_TOKEN, Kind::Secret, ""),
    field("http.auth.oauth2.token_url", words::EDITOR_OAUTH2_TOKEN_URL, Kind::Line, ""),
    field("http.auth.oauth2.client_id", words::EDITOR_OAUTH2_CLIENT, Kind::Line, ""),
    field("http.auth.oauth2.client_secret", words::EDITOR_OAUTH2_SECRET, Kind::Secret, ""),
    field(
        "http.auth.oauth2.scopes",
        words::EDITOR_OAUTH2_SCOPES,
        Kind::Line,
        words::EDITOR_OAUTH2_SCOPES_HINT,
    ),
];

const TLS: [Field; 6] = [
    field("http.tls.verify", words::EDITOR_VERIFY, Kind::Check, ""),
    field(
        "http.tls.min_version",
        words::EDITOR_MIN_VERSION,
        Kind::Choice(&[("1.2", "TLS 1.2"), ("1.3", "TLS 1.3")]),
        "",
    ),
    field("http.tls.server_name", words::SETTING_SERVER_NAME, Kind::Line, words::EDITOR_SERVER_NAME_HINT),
    field("http.tls.authorities", words::EDITOR_AUTHORITIES, Kind::Lines(3), words::EDITOR_AUTHORITIES_HINT),
    field("http.tls.certificate", words::EDITOR_CERTIFICATE, Kind::Lines(3), words::EDITOR_CERTIFICATE_HINT),
    field("http.tls.key", words::SETTING_KEY, Kind::Lines(3), words::EDITOR_KEY_HINT),
];

const CONNECTION: [Field; 9] = [
    field(
        "http.version",
        words::SETTING_VERSION,
        Kind::Choice(&[("auto", words::EDITOR_VERSION_AUTO), ("1.1", "HTTP/1.1"), ("2", "HTTP/2")]),
        "",
    ),
    field(
        "http.connections",
        words::SETTING_CONNECTIONS,
        Kind::Choice(&[
            ("auto", words::EDITOR_CONNECTIONS_AUTO),
            ("fresh", words::EDITOR_CONNECTIONS_FRESH),
            ("kept", words::EDITOR_CONNECTIONS_KEPT),
        ]),
        "",
    ),
    field(
        "http.ip",
        words::SETTING_IP,
        Kind::Choice(&[
            ("auto", words::EDITOR_IP_AUTO),
            ("4", words::EDITOR_IP_4),
            ("6", words::EDITOR_IP_6),
            ("every", words::EDITOR_IP_EVERY),
        ]),
        "",
    ),
    field("http.resolvers", words::SETTING_RESOLVERS, Kind::Line, words::EDITOR_RESOLVERS_HINT),
    field("http.host", words::SETTING_HOST, Kind::Line, words::EDITOR_HOST_HINT),
    field("http.proxy.url", words::SETTING_PROXY, Kind::Line, words::EDITOR_PROXY_HINT),
    field("http.proxy.user", words::EDITOR_PROXY_USER, Kind::Line, ""),
    field("http.proxy.password", words::EDITOR_PROXY_PASSWORD, Kind::Secret, ""),
    field("http.cache_busting", words::EDITOR_CACHE_BUSTING, Kind::Check, ""),
];

const PLACE: [Field; 3] = [
    field("group", words::GROUP, Kind::Line, words::EDITOR_GROUP_HINT),
    field("tags", words::TAGS, Kind::Line, words::EDITOR_TAGS_HINT),
    field("parent", words::PARENT, Kind::Tracker, words::PARENT_HINT),
];

/// Groups that are folded until they are wanted.
const FOLDED: [(&str, &[Field]); 8] = [
    (words::EDITOR_EXPECT, &EXPECT),
    (words::EDITOR_REQUEST, &REQUEST),
    (words::SETTING_SIGN_IN, &SIGN_IN),
    (words::EDITOR_TLS, &TLS),
    (words::EDITOR_CONNECTION, &CONNECTION),
    (words::EDITOR_POLICY, &POLICY),
    (words::EDITOR_WHEN, &WHEN),
    (words::EDITOR_PLACE, &PLACE),
];

/// All groups.
pub(super) fn all(form: &Form) -> Part {
    let first: Vec<Part> = WHAT.iter().map(|field| field.view(form)).collect();
    let folded: Vec<Part> =
        FOLDED.into_iter().filter_map(|(legend, fields)| folded(legend, fields, form)).collect();
    whole(view! {
        <div class="form">{first}</div>
        <div class="folds">{folded}</div>
    })
}

/// The label of a field that exists.
pub(crate) fn label_of(name: &str) -> Option<&'static str> {
    field_of(name).map(|field| field.label)
}

/// A field that exists, for another form that has the same one.
pub(crate) fn input_of(name: &str) -> Option<Input> {
    field_of(name).map(Field::input)
}

fn field_of(name: &str) -> Option<&'static Field> {
    let all = [&WHAT[..]].into_iter().chain(FOLDED.map(|(_, fields)| fields));
    all.flatten().find(|field| field.name == name)
}

/// Unfolded where something is wrong in it; expectations always, because every test is about them. What says nothing about the target's
/// kind is left out, unless something is wrong with it.
fn folded(legend: &'static str, fields: &[Field], form: &Form) -> Option<Part> {
    let kind = form.kind();
    let is_wrong = |field: &Field| form.problem(field.name).is_some();
    let is_open = legend == words::EDITOR_EXPECT || fields.iter().any(is_wrong);
    let fields: Vec<Part> = fields
        .iter()
        .filter(|field| kind.takes(field.name) || is_wrong(field))
        .map(|field| field.view(form))
        .collect();
    if fields.is_empty() {
        return None;
    }
    let worth = (legend == words::EDITOR_POLICY).then(|| worth::table(&form.worths));
    Some(whole(view! {
        <details open=is_open>
            <summary>
                <Icon name="#i-chev" />
                <b>{legend}</b>
                <span class="now">{summary::of(legend, form)}</span>
            </summary>
            <div class="fields" role="group" aria-label=legend>
                {fields}
                {worth}
            </div>
        </details>
    }))
}
