//! Where settings and target meet: what is said has to be something that this kind of target has.

use std::time::Duration;

use super::{Draft, policy::length as length_of};
use crate::{
    Auth, Expectations, Facet, Family, FieldError, Given, HttpDraft, HttpOptions, Invalid, Kind, NewTracker,
    Policy, QUERY_LIMIT, Target, facet_of, sent, tracker::DEFAULT_DEADLINE,
};

/// A tracker that asks another target. Where that is of another kind, what was expected as usual becomes what is usual there.
pub(super) fn moved(tracker: &NewTracker, target: Target) -> NewTracker {
    let (before, kind) = (tracker.target.kind(), target.kind());
    let was_usual = before != kind && tracker.expect == Expectations::of(before);
    let expect = if was_usual { Expectations::of(kind) } else { tracker.expect.clone() };
    let was_asked = before.has(Facet::Asked);
    let policy = if was_asked == kind.has(Facet::Asked) { tracker.policy } else { Policy::of(kind) };
    NewTracker { target, expect, policy, ..tracker.clone() }
}

/// The tracker with what its target has, after a draft. What the draft says beyond that is an error at its field, unless it is as it is
/// built in; what is left from another kind goes.
pub(super) fn fitted(draft: &Draft, tracker: NewTracker) -> Result<NewTracker, Invalid> {
    let kind = tracker.target.kind();
    let mut problems: Vec<FieldError> = tracker.expect.fit(kind).err().into_iter().collect();
    let (http, lost) = without((*tracker.http).clone(), kind);
    let is_given = |field: &&str| draft.http.as_ref().is_some_and(|given| gives(given, field));
    problems.extend(lost.into_iter().filter(is_given).map(|field| {
        let facet = facet_of(field).filter(|facet| !kind.has(*facet)).unwrap_or(Facet::Web);
        FieldError::new(field, words::field_only_for(Kind::with(facet)))
    }));
    if !kind.has(Facet::Web) && http.body.as_deref().is_some_and(|body| sent(body).is_none()) {
        problems.push(FieldError::new("http.body", words::FIELD_BODY_ESCAPE));
    }
    if !kind.has(Facet::Web) {
        problems.extend(http.auth.as_ref().and_then(|auth| login_problem(auth, kind)));
    }
    if kind.has(Facet::Rows) && http.body.as_ref().is_some_and(|query| query.len() > QUERY_LIMIT) {
        problems.push(FieldError::new("http.body", words::field_query_long(QUERY_LIMIT)));
    }
    let (policy, deadline) = if kind.has(Facet::Asked) {
        (tracker.policy, tracker.deadline)
    } else {
        problems.extend(unasked_problems(draft));
        let Policy { successes, slow_after, .. } = tracker.policy;
        (Policy { successes, slow_after, ..Policy::of(kind) }, None)
    };
    if problems.is_empty() {
        Ok(NewTracker { http: http.shared(), deadline, policy, ..tracker })
    } else {
        Err(Invalid(problems))
    }
}

/// What a draft says about questions, of a target that is asked none. What is as it is built in was not said.
fn unasked_problems(draft: &Draft) -> impl Iterator<Item = FieldError> + use<> {
    let usual = Policy::default();
    let differs = |text: &Option<String>, usual: Duration| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.is_some_and(|text| length_of(text) != Some(usual))
    };
    let retries = [0, i64::from(usual.retries)];
    let said = [
        ("deadline", differs(&draft.deadline, DEFAULT_DEADLINE)),
        ("retries", draft.retries.is_some_and(|given| !retries.contains(&given))),
        ("retry", differs(&draft.retry, usual.retry_after)),
        ("upside_down", draft.upside_down == Some(true)),
    ];
    let lost = said.into_iter().filter(|(_, is_said)| *is_said);
    lost.map(|(field, _)| FieldError::new(field, words::field_only_for(Kind::with(Facet::Asked))))
}

/// What keeps a server that is none of the web from being told who asks.
fn login_problem(auth: &Auth, kind: Kind) -> Option<FieldError> {
    match auth {
        _ if kind.takes(auth.field()) && kind.has(Facet::Web) => None,
        _ if !kind.takes(auth.field()) => {
            let takes_token = kind.takes("http.auth.bearer");
            let say = if takes_token { words::field_auth_header } else { words::field_auth_basic };
            Some(FieldError::new("http.auth", say(kind.word())))
        }
        Auth::Basic { user, .. } if user.len() > Auth::USER_LIMIT => {
            Some(FieldError::new("http.auth.basic.user", words::field_user_long(Auth::USER_LIMIT)))
        }
        _ => None,
    }
}

/// The options without those that a kind has not, and which those were.
fn without(mut options: HttpOptions, kind: Kind) -> (HttpOptions, Vec<&'static str>) {
    let (usual, now, mut lost) = (HttpOptions::default(), &mut options, Vec::new());
    let mut reset = |field, differs: bool, reset: &mut dyn FnMut()| {
        if differs && !kind.takes(field) {
            lost.push(field);
            reset();
        }
    };
    macro_rules! each {
        ($($field:literal $name:ident),*) => {
            $(reset($field, now.$name != usual.$name, &mut || now.$name.clone_from(&usual.$name));)*
        };
    }
    each!(
        "http.method" method, "http.headers" headers, "http.body" body, "http.auth" auth, "http.tls" tls,
        "http.host" host, "http.proxy" proxy, "http.version" version, "http.redirects" redirects,
        "http.cookies" cookies, "http.cache_busting" cache_busting, "http.connections" connections,
        "http.ip" family, "http.resolvers" resolvers, "http.grace" grace, "http.push_url" push_url
    );
    if options.family == Family::Every && !kind.takes("http.ip.every") {
        options.family = Family::Auto;
        lost.push("http.ip");
    }
    (options, lost)
}

/// Whether a draft says this.
fn gives(draft: &HttpDraft, field: &str) -> bool {
    fn is<T>(given: &Given<T>) -> bool {
        matches!(given, Given::Set(_))
    }
    match field {
        "http.method" => is(&draft.method),
        "http.headers" => is(&draft.headers),
        "http.body" => is(&draft.body),
        "http.auth" => is(&draft.auth),
        "http.tls" => is(&draft.tls),
        "http.host" => is(&draft.host),
        "http.proxy" => is(&draft.proxy),
        "http.version" => is(&draft.version),
        "http.redirects" => is(&draft.redirects),
        "http.cookies" => is(&draft.cookies),
        "http.cache_busting" => is(&draft.cache_busting),
        "http.connections" => is(&draft.connections),
        "http.resolvers" => is(&draft.resolvers),
        "http.grace" => is(&draft.grace),
        "http.push_url" => is(&draft.push_url),
        _ => is(&draft.ip),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(url: &str, expect: &str, http: &str) -> Draft {
        let http = Some(serde_json::from_str(http).unwrap());
        Draft { expect: Some(expect.into()), http, ..Draft::of(url) }
    }

    fn problems(read: Result<NewTracker, Invalid>) -> Vec<String> {
        let errors = read.err().map(|invalid| invalid.0).unwrap_or_default();
        errors.into_iter().map(|error| format!("{}: {}", error.field, error.problem)).collect()
    }

    #[test]
    fn what_is_usual_depends_on_the_kind() {
        for (url, expect) in [
            ("a.example", "200"),
            ("tcp://a.example:1", ""),
            ("grpcs://a.example/b", "serving == \"SERVING\""),
        ] {
            let tracker = Draft::of(url).parse().unwrap();
            assert_eq!(tracker.expect.to_string(), expect, "{url}");
            assert_eq!(draft(url, " ", "{}").parse(), Ok(tracker.clone()), "empty is the same");
            assert_eq!(draft(url, expect, "{}").parse(), Ok(tracker), "as storage writes it");
        }
    }

    #[test]
    fn what_a_kind_has_not_is_refused_at_its_field() {
        for (url, expect, http, problem) in [
            (
                "tcp://a:1",
                "200",
                "{}",
                "expect: a tcp target has no `status`; it has total, dns, connect, first_byte, transfer, address, banner",
            ),
            (
                "tcp://a:1",
                "total < 1s; not (banner exists or json $.a == 1)",
                "{}",
                "expect: a tcp target has no `json`",
            ),
            (
                "tls://a",
                "banner exists",
                "{}",
                "expect: a tls target has no `banner`; it has total, dns, connect, tls,",
            ),
            ("a", "banner exists", "{}", "expect: a http target has no `banner`"),
            ("tcp://a:1", "", r#"{"method":"POST"}"#, "http.method: only for http targets"),
            ("tcp://a:1", "", r#"{"tls":{"verify":false}}"#, "http.tls: only for http, tls, dns, smtp"),
            ("tcp://a:1", "", r#"{"ip":"every"}"#, "http.ip: only for http targets"),
            (
                "redis://a",
                "",
                r#"{"auth":{"bearer":{"token":"x"}}}"#,
                "http.auth: a redis server is told a user",
            ),
            ("ssh://a", "rows > 1", "{}", "expect: a ssh target has no `rows`"),
            ("tls://a", "", r#"{"body":"x"}"#, "http.body: only for http, tcp, postgres, mysql"),
            ("tls://a", "", r#"{"auth":{"bearer":{"token":"x"}}}"#, "http.auth: only for http"),
            ("tcp://a:1", "", r#"{"body":"\\q"}"#, "http.body: what is sent knows"),
            ("ws://a", "200", "{}", "expect: a websocket target has no `status`; it has total,"),
            ("ws://a", "", r#"{"method":"POST"}"#, "http.method: only for http targets"),
            ("ws://a", "", r#"{"body":"\\q"}"#, "http.body: what is sent knows"),
            (
                "ws://a",
                "",
                r#"{"auth":{"oauth2":{"token_url":"id.example","client_id":"me","client_secret":"x"}}}"#,
                "http.auth: a websocket server is told a user and a password, or a token",
            ),
            ("grpc://a:1", "", r#"{"body":"x"}"#, "http.body: only for http, tcp"),
            (
                "mqtt://a",
                "",
                r#"{"auth":{"bearer":{"token":"x"}}}"#,
                "http.auth: a mqtt server is told a user",
            ),
        ] {
            let found = problems(draft(url, expect, http).parse());
            assert!(found.len() == 1 && found[0].starts_with(problem), "{url} {expect} {http}: {found:?}");
        }
    }

    #[test]
    fn what_is_as_usual_is_refused_nowhere() {
        let http =
            r#"{"method":"GET","redirects":10,"version":"auto","tls":{"verify":true},"cookies":false}"#;
        assert_eq!(problems(draft("tcp://a:1", "", http).parse()), Vec::<String>::new());
        let tcp = draft("tcp://a:1", "banner ~ '^220'", r#"{"body":"EHLO me\\r\\n","ip":"4"}"#);
        assert_eq!(problems(tcp.parse()), Vec::<String>::new());
        let http =
            r#"{"headers":{"Origin":"https://a"},"host":"b","auth":{"bearer":{"token":"x"}},"body":"hi"}"#;
        let socket = draft("wss://a.example/live?x=1", "message contains hi", http);
        assert_eq!(problems(socket.parse()), Vec::<String>::new());
    }

    #[test]
    fn a_tracker_moves_to_another_kind() {
        let web = draft("a.example", "", r#"{"method":"POST","body":"x","ip":"4"}"#).parse().unwrap();
        let tcp = Draft::of("tcp://a.example:1").apply(&web).unwrap();
        assert_eq!((tcp.expect.to_string(), &tcp.http.method), (String::new(), &None));
        assert_eq!((&tcp.http.body, tcp.http.family), (&web.http.body, Family::V4), "what fits stays");
        assert_eq!(Draft::of("a.example").apply(&tcp).unwrap().expect, Expectations::of(Kind::Http));
        let strict = draft("a.example", "total < 1s", "{}").parse().unwrap();
        let moved = Draft::of("tls://a.example").apply(&strict).unwrap();
        assert_eq!(moved.expect, strict.expect, "what was said stays where it fits");
        let read = draft("a.example", "body contains ok", "{}").parse().unwrap();
        let found = problems(Draft::of("tls://a.example").apply(&read));
        assert!(found[0].starts_with("expect: a tls target has no `body`"), "{found:?}");
    }
}
