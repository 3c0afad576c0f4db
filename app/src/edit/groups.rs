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
    field("url", "What to check", Kind::Line, "A URL, a host, host:port or a curl command line."),
    field("name", "Name", Kind::Line, "What people call it. Empty takes the URL's host and path."),
    field(
        "every",
        "Every",
        Kind::Presets(&["10s", "30s", "1m", "5m", "15m", "1h", "24h"]),
        "1s to 24h, like 90s or 5m. A cron expression goes instead of it.",
    ),
];

const EXPECT: [Field; 2] = [
    field(
        "expect",
        "What counts as up",
        Kind::Lines(4),
        "Statuses like 200-299,401, or one expectation a line: status == 200 · body contains \"ok\" · json $.state == \"up\" · \
         total < 800ms else degraded · certificate.days > 14 else degraded.",
    ),
    field("slow", "Slow from", Kind::Short, "1ms to 60s, like 800ms: degraded, not down. Empty means never."),
];

const WHEN: [Field; 3] = [
    field(
        "cron",
        "Cron expression",
        Kind::Line,
        "Instead of an interval. Five or six fields, like 0 6 * * 1.",
    ),
    field("zone", "Time zone of the expression", Kind::Line, "Like Europe/Berlin. Empty means UTC."),
    field("deadline", "Deadline", Kind::Short, "1s to 60s, never longer than the interval."),
];

const POLICY: [Field; 4] = [
    field(
        "retries",
        "Failures that are tolerated",
        Kind::Short,
        "0 to 10 in a row; the next one makes it down.",
    ),
    field("retry", "Try again after", Kind::Short, "1s to 5m, if that fits before the next check."),
    field("successes", "Good checks to be up again", Kind::Short, "1 to 10 in a row."),
    field("upside_down", "Upside down", Kind::Check, "Up when the target fails, down when it answers."),
];

const REQUEST: [Field; 5] = [
    field("http.method", "Method", Kind::Short, "HEAD, POST …"),
    field(
        "http.headers",
        "Headers",
        Kind::Lines(3),
        "One a line, like Accept: text/html. Values of names like Authorization or X-Api-Key are hidden once they are saved; \
         ••• keeps one.",
    ),
    field("http.body", "Body", Kind::Lines(3), "At most 64 KiB."),
    field("http.redirects", "Redirects", Kind::Short, "How many are followed, 0 to 10."),
    field("http.cookies", "Send cookies again while redirects are followed", Kind::Check, ""),
];

const SIGN_IN: [Field; 8] = [
    field(
        "http.auth",
        "How to sign in",
        Kind::Choice(&[
            ("none", "not at all"),
            ("basic", "user and password"),
            ("bearer", "token"),
            ("oauth2", "OAuth 2 client credentials"),
        ]),
        "Only the fields of the way that is chosen count. ••• keeps what is saved.",
    ),
    field("http.auth.basic.user", "User", Kind::Line, ""),
    field("http.auth.basic.password", "Password", Kind::Secret, ""),
    field("http.auth.bearer.token", "Token", Kind::Secret, ""),
    field("http.auth.oauth2.token_url", "OAuth 2: where tokens are given", Kind::Line, ""),
    field("http.auth.oauth2.client_id", "OAuth 2: client", Kind::Line, ""),
    field("http.auth.oauth2.client_secret", "OAuth 2: secret", Kind::Secret, ""),
    field("http.auth.oauth2.scopes", "OAuth 2: scopes", Kind::Line, "Separated by spaces."),
];

const TLS: [Field; 6] = [
    field("http.tls.verify", "The certificate has to be trustworthy", Kind::Check, ""),
    field(
        "http.tls.min_version",
        "Oldest version",
        Kind::Choice(&[("1.2", "TLS 1.2"), ("1.3", "TLS 1.3")]),
        "",
    ),
    field(
        "http.tls.server_name",
        "Server name",
        Kind::Line,
        "Asked for and verified instead of the URL's host.",
    ),
    field("http.tls.authorities", "Authorities", Kind::Lines(3), "PEM: trusted instead of the machine's."),
    field("http.tls.certificate", "Client certificate", Kind::Lines(3), "PEM: what the probe shows."),
    field("http.tls.key", "Client key", Kind::Lines(3), "PEM, not encrypted. ••• keeps what is saved."),
];

const CONNECTION: [Field; 9] = [
    field(
        "http.version",
        "HTTP version",
        Kind::Choice(&[("auto", "the newest that is offered"), ("1.1", "HTTP/1.1"), ("2", "HTTP/2")]),
        "",
    ),
    field(
        "http.connections",
        "Connections",
        Kind::Choice(&[
            ("auto", "kept below 10 s, otherwise a fresh one each time"),
            ("fresh", "a fresh one each time"),
            ("kept", "kept"),
        ]),
        "",
    ),
    field(
        "http.ip",
        "Addresses",
        Kind::Choice(&[
            ("auto", "the first that answers"),
            ("4", "IPv4 only"),
            ("6", "IPv6 only"),
            ("every", "every one has to answer"),
        ]),
        "",
    ),
    field(
        "http.resolvers",
        "Name servers",
        Kind::Line,
        "At most 3, like 1.1.1.1 [::1]:53. Empty asks the machine's.",
    ),
    field("http.host", "Host", Kind::Line, "Sent instead of the URL's."),
    field(
        "http.proxy.url",
        "Proxy",
        Kind::Line,
        "Like http://proxy.example:3128 or socks5://proxy.example:1080.",
    ),
    field("http.proxy.user", "Proxy: user", Kind::Line, ""),
    field("http.proxy.password", "Proxy: password", Kind::Secret, ""),
    field("http.cache_busting", "Make each URL a new one, so that no cache answers", Kind::Check, ""),
];

const PLACE: [Field; 2] = [
    field("group", "Group", Kind::Line, "Where it stands in the list. Empty for none."),
    field("tags", "Tags", Kind::Line, "With commas between them, at most 20. Kept in lower case."),
];

/// Groups that are folded until they are wanted.
const FOLDED: [(&str, &[Field]); 8] = [
    ("Expect", &EXPECT),
    ("Request", &REQUEST),
    ("Sign-in", &SIGN_IN),
    ("TLS", &TLS),
    ("Connection", &CONNECTION),
    ("When it fails", &POLICY),
    ("When", &WHEN),
    ("Where it shows", &PLACE),
];

/// All groups.
pub(super) fn all(form: &Form) -> Part {
    let first: Vec<Part> = WHAT.iter().map(|field| field.view(form)).collect();
    let folded: Vec<Part> = FOLDED.into_iter().map(|(legend, fields)| folded(legend, fields, form)).collect();
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

/// Unfolded where something is wrong in it; expectations always, because every test is about them.
fn folded(legend: &'static str, fields: &[Field], form: &Form) -> Part {
    let is_open = legend == "Expect" || fields.iter().any(|field| form.problem(field.name).is_some());
    let fields: Vec<Part> = fields.iter().map(|field| field.view(form)).collect();
    let worth = (legend == "When it fails").then(|| worth::table(&form.worths));
    whole(view! {
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
    })
}
