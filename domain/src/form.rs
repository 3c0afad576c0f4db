//! A tracker's settings as the fields of a form, and back. Fields are called as errors call them: `every`, `http.tls.key`.

use std::time::Duration;

use crate::{
    AuthDraft, BasicDraft, BearerDraft, Draft, Given, HeaderDraft, HeadersDraft, HttpDraft, HttpOptions,
    NewTracker, OAuth2Draft, ProxyDraft, Schedule, Secret, Secrets, TlsDraft, TrackerId,
    tracker::DEFAULT_DEADLINE,
};

/// Names and values, as browsers send them. Of a name that is there twice, the last value counts.
pub type Fields = Vec<(String, String)>;

impl NewTracker {
    /// The settings as the fields of a form. Nothing secret is in them.
    pub fn fields(&self) -> Fields {
        let (every, cron, zone) = match &self.schedule {
            Schedule::Every(interval) => (length(interval.as_duration()), String::new(), String::new()),
            Schedule::Cron(cron) => (String::new(), cron.expression().to_string(), cron.zone().to_string()),
        };
        let policy = self.policy;
        let mut fields: Fields = [
            ("url", self.target.to_string()),
            ("name", self.name.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("group", self.group.as_str().to_owned()),
            ("tags", self.tags.to_string()),
            ("every", every),
            ("cron", cron),
            ("zone", zone),
            ("expect", self.expect.to_string()),
            ("deadline", length(self.deadline.unwrap_or(DEFAULT_DEADLINE))),
            ("retries", policy.retries.to_string()),
            ("retry", length(policy.retry_after)),
            ("successes", policy.successes.to_string()),
            ("slow", policy.slow_after.map(length).unwrap_or_default()),
            ("upside_down", policy.upside_down.to_string()),
            ("parent", self.parent.map(|id| id.to_string()).unwrap_or_default()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        fields.extend(self.http.fields());
        fields
    }
}

/// What a form has in a field; the last of a name counts.
pub(crate) fn value_of<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// Whether a form has a field and left it empty.
pub(crate) fn is_blank(name: &str, fields: &[(String, String)]) -> bool {
    value_of(fields, name).is_some_and(|value| value.trim().is_empty())
}

impl HttpOptions {
    pub(crate) fn fields(&self) -> Fields {
        let draft = self.draft(Secrets::Masked);
        let text = |given: &Given<String>| given.value().cloned().unwrap_or_default();
        let mut fields = vec![
            ("http.method", self.method.clone().unwrap_or_else(|| "GET".into())),
            ("http.headers", draft.headers.value().map(header_lines).unwrap_or_default()),
            ("http.body", text(&draft.body)),
            ("http.tls.verify", self.tls.verify.to_string()),
            ("http.tls.authorities", self.tls.authorities.clone().unwrap_or_default()),
            ("http.tls.min_version", self.tls.min_version.word().into()),
            ("http.tls.server_name", self.tls.server_name.clone().unwrap_or_default()),
            ("http.host", text(&draft.host)),
            ("http.version", self.version.word().into()),
            ("http.redirects", self.redirects.0.to_string()),
            ("http.cookies", self.cookies.to_string()),
            ("http.ip", self.family.word().into()),
            ("http.resolvers", draft.resolvers.value().map(|all| all.join(" ")).unwrap_or_default()),
            ("http.cache_busting", self.cache_busting.to_string()),
            ("http.connections", self.connections.word().into()),
            ("http.grace", self.grace.map(length).unwrap_or_default()),
            ("http.push_url", self.push_url.0.to_string()),
        ];
        if let Some(identity) = &self.tls.identity {
            fields.push(("http.tls.certificate", identity.chain.clone()));
            fields.push(("http.tls.key", Secret::MASK.into()));
        }
        if let Some(proxy) = draft.proxy.value() {
            fields.push(("http.proxy.url", proxy.url.clone()));
            fields.push(("http.proxy.user", proxy.user.clone()));
            fields.push(("http.proxy.password", masked(&proxy.password)));
        }
        fields.extend(sign_in(draft.auth.value()));
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn header_lines(headers: &HeadersDraft) -> String {
    let line = |(name, value): &(String, HeaderDraft)| match value {
        HeaderDraft::Plain(text) => format!("{name}: {}", text.expose()),
        HeaderDraft::Hidden(_) => format!("{name}: {}", Secret::MASK),
    };
    headers.0.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sign_in(auth: Option<&AuthDraft>) -> Vec<(&'static str, String)> {
    match auth {
        None => vec![("http.auth", "none".into())],
        Some(AuthDraft::Basic(basic)) => vec![
            ("http.auth", "basic".into()),
            ("http.auth.basic.user", basic.user.clone()),
            ("http.auth.basic.password", masked(&basic.password)),
        ],
        Some(AuthDraft::Bearer(bearer)) => {
            vec![("http.auth", "bearer".into()), ("http.auth.bearer.token", masked(&bearer.token))]
        }
        Some(AuthDraft::OAuth2(oauth2)) => vec![
            ("http.auth", "oauth2".into()),
            ("http.auth.oauth2.token_url", oauth2.token_url.clone()),
            ("http.auth.oauth2.client_id", oauth2.client_id.clone()),
            ("http.auth.oauth2.client_secret", masked(&oauth2.client_secret)),
            ("http.auth.oauth2.scopes", oauth2.scopes.clone()),
        ],
    }
}

fn masked(secret: &Given<Secret>) -> String {
    secret.value().map(|_| Secret::MASK.to_owned()).unwrap_or_default()
}

/// `800ms`, `30s`, `5m`, `2h`.
pub(crate) fn length(length: Duration) -> String {
    match (length.subsec_millis(), length.as_secs()) {
        (1.., _) => format!("{}ms", length.as_millis()),
        (_, secs @ 1..) if secs % 3_600 == 0 => format!("{}h", secs / 3_600),
        (_, secs @ 1..) if secs % 60 == 0 => format!("{}m", secs / 60),
        (_, secs) => format!("{secs}s"),
    }
}

impl Draft {
    /// The draft that a form gives for this tracker. What the form does not have stays what it is.
    pub fn of_fields(fields: &[(String, String)], before: &NewTracker) -> Self {
        Self::of_form(fields, &before.http)
    }

    /// The draft that a form gives for a tracker that does not exist yet.
    pub fn of_new_fields(fields: &[(String, String)]) -> Self {
        Self::of_form(fields, &HttpOptions::default())
    }

    fn of_form(fields: &[(String, String)], before: &HttpOptions) -> Self {
        let form = Form(fields);
        let (every, cron) = (form.get("every"), form.filled("cron"));
        Self {
            url: form.get("url"),
            name: form.get("name"),
            group: form.get("group"),
            tags: form.get("tags").map(|tags| tags.split(',').map(ToOwned::to_owned).collect()),
            place: None,
            // A form has all of them, and people leave the one empty that they do not mean.
            every: every.filter(|every| cron.is_none() || !every.trim().is_empty()),
            zone: cron.as_ref().and_then(|_| form.filled("zone")),
            cron,
            expect: form.get("expect"),
            deadline: form.get("deadline"),
            retries: form.number("retries"),
            retry: form.get("retry"),
            successes: form.number("successes"),
            slow: form.get("slow"),
            upside_down: form.flag("upside_down"),
            paused: Given::Keep,
            parent: form.parent(),
            http: Some(form.http(before)),
        }
    }
}

struct Form<'a>(&'a [(String, String)]);

impl Form<'_> {
    fn get(&self, name: &str) -> Option<String> {
        value_of(self.0, name).map(ToOwned::to_owned)
    }

    fn filled(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.trim().is_empty())
    }

    fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default()
    }

    /// What is no number is out of every bounds, which is then said at the field.
    fn number(&self, name: &str) -> Option<i64> {
        self.get(name).map(|text| text.trim().parse().unwrap_or(-1))
    }

    /// What is no number is nobody's, which is then said at the field.
    fn parent(&self) -> Given<TrackerId> {
        match self.get("parent").as_deref().map(str::trim) {
            None => Given::Keep,
            Some("") => Given::Reset,
            Some(id) => Given::Set(id.parse().unwrap_or(TrackerId(-1))),
        }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value == "true")
    }

    fn secret(&self, name: &str) -> Given<Secret> {
        self.get(name).map(Secret::new).into()
    }

    fn http(&self, before: &HttpOptions) -> HttpDraft {
        let text = |name| Given::from(self.get(name));
        let body = self.get("http.body").map(|body| body.replace("\r\n", "\n"));
        // Forms change line ends; what a person did not touch stays as it was.
        let is_same =
            |body: &String| before.body.as_ref().is_some_and(|old| old.replace("\r\n", "\n") == *body);
        HttpDraft {
            method: text("http.method"),
            headers: self.get("http.headers").map(|lines| headers(&lines)).into(),
            body: body.filter(|body| !is_same(body)).into(),
            auth: self.auth(),
            tls: Given::Set(TlsDraft {
                verify: self.flag("http.tls.verify").into(),
                authorities: text("http.tls.authorities"),
                certificate: text("http.tls.certificate"),
                key: self.secret("http.tls.key"),
                min_version: text("http.tls.min_version"),
                server_name: text("http.tls.server_name"),
            }),
            host: text("http.host"),
            proxy: self.proxy(),
            version: text("http.version"),
            redirects: self.number("http.redirects").into(),
            cookies: self.flag("http.cookies").into(),
            ip: text("http.ip"),
            resolvers: self.get("http.resolvers").map(|text| words(&text)).into(),
            cache_busting: self.flag("http.cache_busting").into(),
            connections: text("http.connections"),
            grace: text("http.grace"),
            push_url: self.number("http.push_url").into(),
        }
    }

    fn auth(&self) -> Given<AuthDraft> {
        let text = |name: &str| self.text(&format!("http.auth.{name}"));
        let secret = |name: &str| self.secret(&format!("http.auth.{name}"));
        match self.get("http.auth").as_deref() {
            None => Given::Keep,
            Some("basic") => Given::Set(AuthDraft::Basic(BasicDraft {
                user: text("basic.user"),
                password: secret("basic.password"),
            })),
            Some("bearer") => Given::Set(AuthDraft::Bearer(BearerDraft { token: secret("bearer.token") })),
            Some("oauth2") => Given::Set(AuthDraft::OAuth2(OAuth2Draft {
                token_url: text("oauth2.token_url"),
                client_id: text("oauth2.client_id"),
                client_secret: secret("oauth2.client_secret"),
                scopes: text("oauth2.scopes"),
            })),
            Some(_) => Given::Reset,
        }
    }

    fn proxy(&self) -> Given<ProxyDraft> {
        let Some(url) = self.get("http.proxy.url") else { return Given::Keep };
        let user = self.text("http.proxy.user");
        Given::Set(ProxyDraft { url, user, password: self.secret("http.proxy.password") })
    }
}

/// One header a line.
fn headers(lines: &str) -> HeadersDraft {
    let header = |line: &str| match line.split_once(':') {
        Some((name, value)) => (name.to_owned(), HeaderDraft::Plain(Secret::new(value.trim()))),
        // A name with its colon is refused, and the problem says what a name is.
        None => (format!("{line}:"), HeaderDraft::Plain(Secret::new(""))),
    };
    HeadersDraft(lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(header).collect())
}

fn words(text: &str) -> Vec<String> {
    text.split([' ', ',', ';', '\n', '\r', '\t'])
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Defaults, Policy};

    fn tracker() -> NewTracker {
        let http = r#"{"method":"POST","headers":{"Accept":"a: b","X-Mine":{"secret":"CANARY"}},"body":"a\r\nb",
            "auth":{"oauth2":{"token_url":"id.example","client_id":"me","client_secret":"CANARY","scopes":"a b"}},
            "tls":{"verify":false,"certificate":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "key":"-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----"},
            "proxy":{"url":"http://p:1","user":"u","password":"CANARY"},"resolvers":["1.1.1.1","[::1]:54"],"cookies":true}"#;
        let draft = Draft {
            cron: Some("0 6 * * 1".into()),
            zone: Some("Europe/Berlin".into()),
            slow: Some("800ms".into()),
            deadline: Some("20".into()),
            http: Some(serde_json::from_str(http).unwrap()),
            ..Draft::of("a.example")
        };
        draft.parse().unwrap()
    }

    /// As a browser would send them back.
    fn posted(fields: &Fields) -> Fields {
        fields.iter().map(|(name, value)| (name.clone(), value.replace('\n', "\r\n"))).collect()
    }

    #[test]
    fn a_form_that_is_sent_as_it_came_changes_nothing_and_shows_no_secret() {
        for before in [tracker(), Draft::of("a.example").parse().unwrap()] {
            let fields = before.fields();
            let text = format!("{fields:?}");
            assert!(!text.contains("CANARY") && !text.contains("Q0FOQVJZ"), "{text}");
            assert_eq!(Draft::of_fields(&posted(&fields), &before).apply(&before), Ok(before.clone()));
            assert_eq!(Draft::of_fields(&[], &before).apply(&before), Ok(before));
        }
    }

    fn edited(changes: &[(&str, &str)]) -> Result<NewTracker, Vec<String>> {
        let before = tracker();
        let mut fields = before.fields();
        fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let edited = Draft::of_fields(&fields, &before).apply(&before);
        edited.map_err(|invalid| invalid.0.into_iter().map(|error| error.field).collect())
    }

    /// As a page posts a new form that nobody touched but for the URL: what is as usual is empty, boxes and choices are sent.
    #[test]
    fn a_new_form_that_is_left_empty_means_the_defaults() {
        let target = ("url".to_owned(), "a.example".to_owned());
        let shown = |(name, value): (String, String)| {
            let is_said =
                ["true", "false", "none", "auto"].contains(&value.as_str()) || value.starts_with("1.");
            (name, if is_said { value } else { String::new() })
        };
        let usual = Defaults::default();
        let posted: Fields = usual.fields().into_iter().map(shown).chain([target]).collect();
        let tracker = Draft::of_new_fields(&usual.fill(posted)).parse();
        assert_eq!(tracker, Draft::of("a.example").parse());
        let cron: Fields = [("url", "a.example"), ("every", ""), ("cron", "0 6 * * 1"), ("retries", " ")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let tracker = Draft::of_new_fields(&usual.fill(cron)).parse().unwrap();
        assert_eq!((tracker.schedule.interval(), tracker.policy.retries), (None, Policy::default().retries));
    }

    #[test]
    fn fields_are_edited() {
        let after = edited(&[("cron", ""), ("every", "5m"), ("deadline", ""), ("slow", "")]).unwrap();
        assert_eq!(after.schedule.to_string(), "every 5 min");
        assert_eq!((after.deadline, after.policy.slow_after), (None, None));
        assert_eq!(edited(&[("http.proxy.url", ""), ("http.proxy.user", "")]).unwrap().http.proxy, None);
        assert_eq!(edited(&[("http.auth", "none")]).unwrap().http.auth, None);
        let kept = edited(&[("http.headers", "x-mine: •••\r\nAccept: b")]).unwrap().http.headers.clone();
        assert_eq!(kept[0].value.expose(), "CANARY");
        assert_eq!(edited(&[("http.tls.certificate", "")]).unwrap().http.tls.identity, None);
    }

    #[test]
    fn problems_stand_at_their_fields() {
        for (name, value, field) in [
            ("cron", "", "every"),
            ("every", "5m", "cron"),
            ("retries", "many", "retries"),
            ("successes", "", "successes"),
            ("deadline", "2h", "deadline"),
            ("http.redirects", "x", "http.redirects"),
            ("http.headers", "Accept", "http.headers"),
            ("http.headers", "Accept: •••", "http.headers"),
            ("http.tls.key", "", "http.tls.key"),
            ("http.auth", "bearer", "http.auth.bearer.token"),
            ("http.resolvers", "dns.example", "http.resolvers"),
            ("http.proxy.url", "", "http.proxy.url"),
        ] {
            assert_eq!(edited(&[(name, value)]), Err(vec![field.to_owned()]), "{name}: {value}");
        }
    }
}
