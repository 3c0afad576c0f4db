//! How a tracker is checked.

use domain::About;
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
                <h2 id="h-how">"How it is checked"</h2>
            </header>
            <div class="body">
                <dl class="facts">{lines}</dl>
            </div>
        </section>
    }
}

fn lines(about: &About) -> [(&'static str, String); 5] {
    let tries = format::count(usize::from(about.retries) + 1, "failed try", "failed tries in a row");
    [
        ("Schedule", about.schedule.clone()),
        ("Deadline", format::setting(about.deadline_ms)),
        ("Expects", expects(&about.expect)),
        ("Down after", tries),
        ("Location", "local".into()),
    ]
}

/// What is only told where it is not as usual: name of the field, what it is called, and its usual value.
const MORE: [(&str, &str, &str); 32] = [
    ("group", "Group", ""),
    ("tags", "Tags", ""),
    ("retry", "Tries again after", "5s"),
    ("successes", "Up after good checks", "1"),
    ("slow", "Slow from", ""),
    ("upside_down", "Upside down", "false"),
    ("http.method", "Method", "GET"),
    ("http.headers", "Headers", ""),
    ("http.body", "Body", ""),
    ("http.redirects", "Redirects at most", "10"),
    ("http.cookies", "Cookies", "false"),
    ("http.auth", "Sign-in", "none"),
    ("http.auth.basic.user", "User", ""),
    ("http.auth.basic.password", "Password", ""),
    ("http.auth.bearer.token", "Token", ""),
    ("http.auth.oauth2.token_url", "Tokens from", ""),
    ("http.auth.oauth2.client_id", "Client", ""),
    ("http.auth.oauth2.client_secret", "Client secret", ""),
    ("http.auth.oauth2.scopes", "Scopes", ""),
    ("http.tls.verify", "Certificate verified", "true"),
    ("http.tls.min_version", "Oldest TLS", "1.2"),
    ("http.tls.server_name", "Server name", ""),
    ("http.tls.key", "Client key", ""),
    ("http.version", "HTTP version", "auto"),
    ("http.connections", "Connections", "auto"),
    ("http.ip", "Addresses", "auto"),
    ("http.resolvers", "Name servers", ""),
    ("http.host", "Host", ""),
    ("http.proxy.url", "Proxy", ""),
    ("http.proxy.user", "Proxy user", ""),
    ("http.proxy.password", "Proxy password", ""),
    ("http.cache_busting", "Caches avoided", "false"),
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
        "true" => "yes",
        "false" => "no",
        value => value,
    }
}

/// Expectations as they are written; statuses alone are said to be some.
fn expects(text: &str) -> String {
    let is_statuses = text.chars().all(|c| c.is_ascii_digit() || ",-".contains(c));
    if is_statuses { format!("status {text}") } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_as_sentences() {
        let about = About { expect: "200-299".into(), deadline_ms: 10_000, retries: 2, ..About::default() };
        let facts = lines(&about).map(|(_, value)| value);
        assert_eq!(facts, ["", "10 s", "status 200-299", "3 failed tries in a row", "local"]);
        assert_eq!(expects("total < 1s"), "total < 1s");
        let settings =
            [("http.method", "GET"), ("http.tls.verify", "false"), ("http.cookies", "false"), ("slow", "1s")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let told: Vec<_> = more(&settings).collect();
        assert_eq!(told, [("Slow from", "1s".into()), ("Certificate verified", "no".into())]);
    }
}
