//! What a folded group says of itself: its values in a line, so that closed says as much as open.

use super::Form;

/// The line of a group, by its legend.
pub(super) fn of(legend: &str, form: &Form) -> String {
    let told = |name| form.told(name).trim().to_owned();
    let lines = |name| form.value(name).lines().filter(|line| !line.trim().is_empty()).count();
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let parts: Vec<Option<String>> = match legend {
        "Expect" => vec![
            some(told("expect").lines().map(str::trim).collect::<Vec<_>>().join("; ")),
            some(told("slow")).map(|slow| format!("slow from {slow}")),
        ],
        "When" => vec![
            some(told("cron")).map(|cron| format!("cron {cron}")),
            some(told("zone")),
            some(told("deadline")).map(|deadline| format!("deadline {deadline}")),
        ],
        "Where it shows" => vec![some(told("group")), some(told("tags"))],
        "When it fails" => vec![
            some(tries(&told("retries"), &told("retry"))),
            Some(told("successes"))
                .filter(|good| good != "1")
                .map(|good| format!("{good} good ones to be up again")),
            flag(form, "upside_down", "upside down"),
        ],
        "Request" => vec![
            some(told("http.method")),
            some(match lines("http.headers") {
                0 => "no headers".into(),
                count => crate::format::count(count, "header", "headers"),
            }),
            some(if lines("http.body") == 0 { "no body".into() } else { "a body".into() }),
            Some(format!("{} redirects", told("http.redirects"))),
            flag(form, "http.cookies", "cookies"),
        ],
        "Sign-in" => vec![some(match form.value("http.auth") {
            "basic" => format!("user {}", form.value("http.auth.basic.user")),
            "bearer" => "a token".into(),
            "oauth2" => "OAuth 2".into(),
            _ => "not at all".into(),
        })],
        "TLS" => vec![
            some(if form.value("http.tls.verify") == "false" {
                "not verified".into()
            } else {
                "verified".into()
            }),
            some(told("http.tls.min_version")).map(|version| format!("TLS {version} or newer")),
            some(told("http.tls.server_name")),
            filled(form, "http.tls.authorities", "own authorities"),
            filled(form, "http.tls.certificate", "a client certificate"),
        ],
        _ => vec![
            some(match form.value("http.version") {
                "1.1" => "HTTP/1.1".into(),
                "2" => "HTTP/2".into(),
                _ => "newest HTTP".into(),
            }),
            some(match form.value("http.ip") {
                "4" => "IPv4".into(),
                "6" => "IPv6".into(),
                "every" => "every address".into(),
                _ => "IPv4 and IPv6".into(),
            }),
            some(told("http.resolvers")).map(|servers| format!("asks {servers}")),
            some(told("http.host")).map(|host| format!("host {host}")),
            filled(form, "http.proxy.url", "a proxy"),
            flag(form, "http.cache_busting", "past caches"),
        ],
    };
    crate::format::joined(parts.into_iter().flatten(), ", ")
}

fn tries(retries: &str, apart: &str) -> String {
    match retries.parse::<u16>() {
        Ok(0) => "1 try".into(),
        Ok(retries) => format!("{} tries, {apart} apart", retries.saturating_add(1)),
        Err(_) => String::new(),
    }
}

fn flag(form: &Form, name: &str, word: &str) -> Option<String> {
    (form.value(name) == "true").then(|| word.to_owned())
}

fn filled(form: &Form, name: &str, word: &str) -> Option<String> {
    (!form.value(name).trim().is_empty()).then(|| word.to_owned())
}
