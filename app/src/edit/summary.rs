//! What a folded group says of itself: its values in a line, so that closed says as much as open.

use domain::Facet;

use super::Form;

/// The line of a group, by its legend.
pub(super) fn of(legend: &str, form: &Form) -> String {
    let told = |name| form.told(name).trim().to_owned();
    let lines = |name| form.value(name).lines().filter(|line| !line.trim().is_empty()).count();
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let of_web = |text: String| some(text).filter(|_| form.kind().has(Facet::Web));
    let of_headers = |text: String| some(text).filter(|_| form.kind().has(Facet::Headers));
    let is_asked = form.kind().has(Facet::Asked);
    let of_asked = |text: String| some(text).filter(|_| is_asked);
    let parts: Vec<Option<String>> = match legend {
        words::EDITOR_EXPECT => vec![
            some(told("expect").lines().map(str::trim).collect::<Vec<_>>().join("; ")),
            some(told("slow")).map(words::editor_says_slow),
        ],
        words::EDITOR_WHEN => vec![
            some(told("cron")).map(words::editor_says_cron),
            some(told("zone")),
            of_asked(told("deadline")).map(words::editor_says_deadline),
            some(told("http.grace")).filter(|_| !is_asked).map(words::editor_says_grace),
        ],
        words::EDITOR_PLACE => vec![some(told("group")), some(told("tags"))],
        words::EDITOR_POLICY => vec![
            of_asked(tries(&told("retries"), &told("retry"))),
            Some(told("successes")).filter(|good| good != "1").map(words::editor_says_good),
            flag(form, "upside_down", words::EDITOR_SAYS_UPSIDE_DOWN),
        ],
        words::EDITOR_REQUEST => vec![
            of_web(told("http.method")),
            of_headers(words::editor_says_headers(lines("http.headers"))),
            some(if lines("http.body") == 0 {
                words::EDITOR_SAYS_NO_BODY.into()
            } else {
                words::EDITOR_SAYS_BODY.into()
            }),
            of_web(words::editor_says_redirects(told("http.redirects"))),
            flag(form, "http.cookies", words::EDITOR_SAYS_COOKIES),
        ],
        words::SETTING_SIGN_IN => vec![some(match form.value("http.auth") {
            "basic" => words::editor_says_user(form.value("http.auth.basic.user")),
            "bearer" => words::EDITOR_SAYS_TOKEN.into(),
            "oauth2" => "OAuth 2".into(),
            _ => words::EDITOR_SAYS_NO_SIGN_IN.into(),
        })],
        words::EDITOR_TLS => vec![
            some(if form.value("http.tls.verify") == "false" {
                words::EDITOR_SAYS_NOT_VERIFIED.into()
            } else {
                words::EDITOR_SAYS_VERIFIED.into()
            }),
            some(told("http.tls.min_version")).map(words::editor_says_tls),
            some(told("http.tls.server_name")),
            filled(form, "http.tls.authorities", words::EDITOR_SAYS_AUTHORITIES),
            filled(form, "http.tls.certificate", words::EDITOR_SAYS_CERTIFICATE),
        ],
        _ => vec![
            of_web(match form.value("http.version") {
                "1.1" => "HTTP/1.1".into(),
                "2" => "HTTP/2".into(),
                _ => words::EDITOR_SAYS_NEWEST_HTTP.into(),
            }),
            some(match form.value("http.ip") {
                "4" => "IPv4".into(),
                "6" => "IPv6".into(),
                "every" => words::EDITOR_SAYS_EVERY_ADDRESS.into(),
                _ => words::EDITOR_SAYS_BOTH.into(),
            }),
            some(told("http.resolvers")).map(words::editor_says_resolvers),
            some(told("http.host")).map(words::editor_says_host),
            filled(form, "http.proxy.url", words::EDITOR_SAYS_PROXY),
            flag(form, "http.cache_busting", words::EDITOR_SAYS_PAST_CACHES),
        ],
    };
    crate::format::joined(parts.into_iter().flatten(), ", ")
}

fn tries(retries: &str, apart: &str) -> String {
    let tries = retries.parse::<u16>().map(|retries| retries.saturating_add(1));
    tries.map(|tries| words::editor_says_tries(apart, tries)).unwrap_or_default()
}

fn flag(form: &Form, name: &str, word: &str) -> Option<String> {
    (form.value(name) == "true").then(|| word.to_owned())
}

fn filled(form: &Form, name: &str, word: &str) -> Option<String> {
    (!form.value(name).trim().is_empty()).then(|| word.to_owned())
}
