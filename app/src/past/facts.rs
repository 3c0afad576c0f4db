//! How a tracker is checked.

use domain::{About, Facet, Kind};
use leptos::prelude::*;

use super::failure::inert;
use crate::{format, ui::whole};

/// What it expects and how it asks. `settings` are the fields of its form, in which secrets are masked.
pub fn facts(about: &About, settings: &[(String, String)]) -> impl IntoView + use<> {
    let line = |(term, value): (&'static str, String)| {
        whole(view! {
            <div>
                <dt>{term}</dt>
                <dd>{inert(&value)}</dd>
            </div>
        })
    };
    let lines: Vec<_> = lines(about).into_iter().chain(more(settings)).map(line).collect();
    view! {
        <section class="card" aria-labelledby="h-how">
            <header>
                <h2 id="h-how">{words::FACTS}</h2>
            </header>
            <div class="body">
                <dl class="facts">{lines}</dl>
            </div>
        </section>
    }
}

fn lines(about: &About) -> Vec<(&'static str, String)> {
    let is_asked = Kind::of_text(&about.target).has(Facet::Asked);
    let of_asked = |term, value: String| is_asked.then_some((term, value));
    let expects = if is_asked || !about.expect.is_empty() {
        expects(&about.expect)
    } else {
        words::FACTS_EXPECTS_SIGNAL.into()
    };
    let lines = [
        Some((words::FACTS_SCHEDULE, about.schedule.clone())),
        of_asked(words::SETTING_DEADLINE, format::setting(about.deadline_ms)),
        Some((words::FACTS_EXPECTS, expects)),
        of_asked(words::FACTS_DOWN_AFTER, words::facts_tries(usize::from(about.retries) + 1)),
        Some((words::FACTS_LOCATION, words::LOCAL.into())),
    ];
    lines.into_iter().flatten().collect()
}

/// What is only told where it is not as usual: name of the field, what it is called, and its usual value.
const MORE: [(&str, &str, &str); 33] = [
    ("group", words::GROUP, ""),
    ("tags", words::TAGS, ""),
    ("retry", words::FACTS_RETRY, "5s"),
    ("successes", words::FACTS_SUCCESSES, "1"),
    ("slow", words::SETTING_SLOW, ""),
    ("upside_down", words::SETTING_UPSIDE_DOWN, "false"),
    ("http.method", words::SETTING_METHOD, "GET"),
    ("http.headers", words::SETTING_HEADERS, ""),
    ("http.body", words::SETTING_BODY, ""),
    ("http.redirects", words::FACTS_REDIRECTS, "10"),
    ("http.cookies", words::FACTS_COOKIES, "false"),
    ("http.auth", words::SETTING_SIGN_IN, "none"),
    ("http.auth.basic.user", words::SETTING_USER, ""),
    ("http.auth.basic.password", words::PASSWORD, ""),
    ("http.auth.bearer.token", words::SETTING_TOKEN, ""),
    ("http.auth.oauth2.token_url", words::FACTS_TOKEN_URL, ""),
    ("http.auth.oauth2.client_id", words::FACTS_CLIENT, ""),
    ("http.auth.oauth2.client_secret", words::FACTS_CLIENT_SECRET, ""),
    ("http.auth.oauth2.scopes", words::FACTS_SCOPES, ""),
    ("http.tls.verify", words::FACTS_VERIFY, "true"),
    ("http.tls.min_version", words::FACTS_MIN_VERSION, "1.2"),
    ("http.tls.server_name", words::SETTING_SERVER_NAME, ""),
    ("http.tls.key", words::SETTING_KEY, ""),
    ("http.version", words::SETTING_VERSION, "auto"),
    ("http.connections", words::SETTING_CONNECTIONS, "auto"),
    ("http.ip", words::SETTING_IP, "auto"),
    ("http.resolvers", words::SETTING_RESOLVERS, ""),
    ("http.host", words::SETTING_HOST, ""),
    ("http.proxy.url", words::SETTING_PROXY, ""),
    ("http.proxy.user", words::FACTS_PROXY_USER, ""),
    ("http.proxy.password", words::FACTS_PROXY_PASSWORD, ""),
    ("http.cache_busting", words::FACTS_CACHE_BUSTING, "false"),
    ("http.push_url", words::SETTING_PUSH_URL, "1"),
];

fn more(settings: &[(String, String)]) -> impl Iterator<Item = (&'static str, String)> {
    MORE.into_iter().filter_map(|(name, term, usual)| {
        let (_, value) = settings.iter().find(|(other, _)| other == name)?;
        let value = yes_or_no(value);
        (!value.is_empty() && value != yes_or_no(usual)).then(|| (term, value.to_owned()))
    })
}

fn yes_or_no(value: &str) -> &str {
    match value {
        "true" => words::YES,
        "false" => words::NO,
        value => value,
    }
}

/// Expectations as they are written; statuses alone are said to be some.
fn expects(text: &str) -> String {
    if text.is_empty() {
        return words::FACTS_EXPECTS_NOTHING.into();
    }
    let is_statuses = text.chars().all(|c| c.is_ascii_digit() || ",-".contains(c));
    if is_statuses { words::facts_status(text) } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_as_sentences() {
        let about = About { expect: "200-299".into(), deadline_ms: 10_000, retries: 2, ..About::default() };
        let values = |about: &About| lines(about).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        let facts = values(&about);
        assert_eq!(facts, ["", "10 s", "status 200-299", "3 failed tries in a row", "local"]);
        let calls = About { target: "push://job".into(), schedule: "a signal".into(), ..About::default() };
        assert_eq!(values(&calls), ["a signal", "a signal in its time", "local"]);
        assert_eq!(expects("total < 1s"), "total < 1s");
        assert_eq!(expects(""), "that it can be reached");
        let settings =
            [("http.method", "GET"), ("http.tls.verify", "false"), ("http.cookies", "false"), ("slow", "1s")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let told: Vec<_> = more(&settings).collect();
        assert_eq!(told, [("Slow from", "1s".into()), ("Certificate verified", "no".into())]);
    }
}
