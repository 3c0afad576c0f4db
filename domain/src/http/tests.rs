use proptest::prelude::*;

use super::*;
use crate::Invalid;

fn draft(json: &str) -> HttpDraft {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn read(json: &str) -> Result<HttpOptions, Invalid> {
    HttpOptions::parse(&draft(json), &HttpOptions::default())
}

fn stored(options: &HttpOptions) -> String {
    serde_json::to_string(&options.draft(Secrets::Clear)).unwrap()
}

fn shown(options: &HttpOptions) -> String {
    serde_json::to_string(&options.draft(Secrets::Masked)).unwrap()
}

const PEM: &str = "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----";
const KEY: &str = "-----BEGIN PRIVATE KEY-----\\nQ0FOQVJZ\\n-----END PRIVATE KEY-----";

fn everything() -> String {
    format!(
        r#"{{"method":"POST","headers":{{"X-Plain":"b","Accept":"text/html","Authorization-2":"CANARY","X-Mine":{{"secret":"CANARY"}}}},
        "body":"a\nb","auth":{{"oauth2":{{"token_url":"https://id.example/token","client_id":"me","client_secret":"CANARY","scopes":"a b"}}}},
        "tls":{{"verify":false,"authorities":"{PEM}","certificate":"{PEM}","key":"{KEY}","min_version":"1.3","server_name":"a.example"}},
        "host":"b.example:81","proxy":{{"url":"socks5://[::1]:1080","user":"u","password":"CANARY"}},"version":"2","redirects":3,
        "cookies":true,"ip":"every","resolvers":["1.1.1.1","[::1]:54"],"cache_busting":true,"connections":"kept",
        "grace":"90m","push_url":3}}"#
    )
}

#[test]
fn everything_is_read_stored_and_shown() {
    let options = read(&everything()).unwrap();
    assert_eq!(options.method.as_deref(), Some("POST"));
    let names: Vec<_> = options.headers.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(
        names,
        ["X-Plain", "Accept", "Authorization-2", "X-Mine"],
        "in the order in which they were given"
    );
    assert_eq!(options.resolvers, ["1.1.1.1:53".parse().unwrap(), "[::1]:54".parse().unwrap()]);
    assert_eq!(options.proxy.as_ref().map(Proxy::url).as_deref(), Some("socks5://[::1]:1080"));
    assert_eq!(HttpOptions::parse(&draft(&stored(&options)), &HttpOptions::default()), Ok(options.clone()));
    assert_eq!(HttpOptions::parse(&draft(&shown(&options)), &options), Ok(options.clone()));
    assert_eq!(HttpOptions::parse(&HttpDraft::default(), &options), Ok(options.clone()));
    assert_eq!(HttpOptions::parse(&HttpDraft::reset(), &options), Ok(HttpOptions::default()));
    assert_eq!(stored(&HttpOptions::default()), "{}");
}

#[test]
fn no_secret_is_shown() {
    let options = read(&everything()).unwrap();
    assert_eq!(stored(&options).matches("CANARY").count(), 4);
    assert!(stored(&options).contains("Q0FOQVJZ"));
    let given = draft(&everything());
    for text in [shown(&options), format!("{options:?}"), format!("{given:?}")] {
        assert!(!text.contains("CANARY") && !text.contains("Q0FOQVJZ"), "{text}");
    }
    assert_eq!(shown(&options).matches(Secret::MASK).count(), 5);
}

#[test]
fn sensitive_names_hide_their_values() {
    for name in ["authorization", "Cookie", "X-Api-Key", "X-Auth-Token", "client-SECRET", "x-password"] {
        let options = read(&format!(r#"{{"headers":{{"{name}":"CANARY"}}}}"#)).unwrap();
        assert!(!shown(&options).contains("CANARY"), "{name}");
    }
    assert!(shown(&read(r#"{"headers":{"Accept":"CANARY"}}"#).unwrap()).contains("CANARY"));
}

#[test]
fn a_mask_keeps_the_secret_behind_it() {
    let before = read(
        r#"{"headers":{"X-Token":"old","Accept":"a"},"auth":{"basic":{"user":"u","password":"old"}},"proxy":{"url":"http://p:1","user":"u","password":"old"}}"#,
    )
    .unwrap();
    let edit = draft(
        r#"{"headers":{"x-token":"•••"},"auth":{"basic":{"user":"v","password":"•••"}},"proxy":{"url":"http://q:1","user":"w"}}"#,
    );
    let after = HttpOptions::parse(&edit, &before).unwrap();
    assert_eq!(
        after.headers,
        [Header { name: "x-token".into(), value: HeaderValue::Secret(Secret::new("old")) }]
    );
    assert_eq!(after.auth, Some(Auth::Basic { user: "v".into(), password: Secret::new("old") }));
    assert_eq!(after.proxy.unwrap().credentials, Some(("w".into(), Secret::new("old"))));
    for (json, field) in [
        (r#"{"headers":{"Accept":"•••"}}"#, "http.headers"),
        (r#"{"auth":{"bearer":{"token":"•••"}}}"#, "http.auth.bearer.token"),
        (r#"{"auth":{"bearer":{}}}"#, "http.auth.bearer.token"),
        (
            r#"{"tls":{"key":"•••","certificate":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}}"#,
            "http.tls.key",
        ),
    ] {
        assert_eq!(HttpOptions::parse(&draft(json), &before).unwrap_err().0[0].field, field, "{json}");
    }
}

#[test]
fn null_and_empty_reset_and_tls_keeps_what_is_absent() {
    let before = read(&everything()).unwrap();
    let after = |json| HttpOptions::parse(&draft(json), &before).unwrap();
    assert_eq!((after(r#"{"method":null}"#).method, after(r#"{"method":""}"#).method), (None, None));
    assert_eq!(after(r#"{"proxy":null}"#).proxy, None);
    assert_eq!(after(r#"{"headers":{}}"#).headers, []);
    assert_eq!(after(r#"{"redirects":null}"#).redirects, Redirects(10));
    assert_eq!(after(r#"{"tls":null}"#).tls, TlsOptions::default());
    let tls = after(r#"{"tls":{"verify":null}}"#).tls;
    assert_eq!(tls, TlsOptions { verify: true, ..before.tls.clone() });
    let tls = after(r#"{"tls":{"certificate":"","key":"•••"}}"#).tls;
    assert_eq!(tls, TlsOptions { identity: None, ..before.tls.clone() });
}

#[test]
fn methods_are_capital_and_get_is_the_usual_one() {
    assert_eq!(read(r#"{"method":"get"}"#), Ok(HttpOptions::default()));
    assert_eq!(read(r#"{"method":"propfind"}"#).unwrap().method.as_deref(), Some("PROPFIND"));
}

#[test]
fn pem_is_kept_without_what_stands_around_it() {
    let text =
        format!(r#"{{"tls":{{"authorities":"Subject: me\r\n{}\r\n"}}}}"#, PEM.replace("\\n", "\\r\\n"));
    let authorities = read(&text).unwrap().tls.authorities.unwrap();
    assert_eq!(authorities, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
}

#[test]
fn what_is_wrong_is_refused_by_name_and_repeats_no_secret() {
    let long = "x".repeat(5_000);
    for (json, field) in [
        (r#"{"method":"TRACE"}"#, "http.method"),
        (r#"{"method":"connect"}"#, "http.method"),
        (r#"{"method":"A B"}"#, "http.method"),
        (r#"{"method":"AAAAAAAAAAAAAAAAAAAAA"}"#, "http.method"),
        (r#"{"headers":{"":"a"}}"#, "http.headers"),
        (r#"{"headers":{"a b":"a"}}"#, "http.headers"),
        (r#"{"headers":{"Host":"a"}}"#, "http.headers"),
        (r#"{"headers":{"content-length":"1"}}"#, "http.headers"),
        (r#"{"headers":{"Transfer-Encoding":"chunked"}}"#, "http.headers"),
        (r#"{"headers":{"Connection":"close"}}"#, "http.headers"),
        (r#"{"headers":{"UPGRADE":"h2c"}}"#, "http.headers"),
        (r#"{"headers":{"TE":"a"}}"#, "http.headers"),
        (r#"{"headers":{"Trailer":"a"}}"#, "http.headers"),
        (r#"{"headers":{"Expect":"a"}}"#, "http.headers"),
        (r#"{"headers":{"A":"CANARY\r\nX: y"}}"#, "http.headers"),
        (r#"{"headers":{"A":"CANARY\u0000"}}"#, "http.headers"),
        (r#"{"headers":{"A":"a","a":"b"}}"#, "http.headers"),
        (&format!(r#"{{"headers":{{"A":"{long}"}}}}"#), "http.headers"),
        (r#"{"headers":{"Authorization":"CANARY"},"auth":{"bearer":{"token":"CANARY"}}}"#, "http.headers"),
        (&format!(r#"{{"body":"{}"}}"#, "x".repeat(HttpOptions::BODY_LIMIT + 1)), "http.body"),
        (r#"{"auth":{"basic":{"password":"CANARY"}}}"#, "http.auth.basic.user"),
        (r#"{"auth":{"basic":{"user":"a:b","password":"CANARY"}}}"#, "http.auth.basic.user"),
        (r#"{"auth":{"basic":{"user":"a","password":"CANARY\n"}}}"#, "http.auth.basic.password"),
        (r#"{"auth":{"bearer":{"token":"CANARY CANARY"}}}"#, "http.auth.bearer.token"),
        (r#"{"auth":{"oauth2":{"client_id":"a","client_secret":"CANARY"}}}"#, "http.auth.oauth2.token_url"),
        (
            r#"{"auth":{"oauth2":{"token_url":"tcp://a.example:1","client_id":"a","client_secret":"CANARY"}}}"#,
            "http.auth.oauth2.token_url",
        ),
        (
            r#"{"auth":{"oauth2":{"token_url":"a.example","client_secret":"CANARY"}}}"#,
            "http.auth.oauth2.client_id",
        ),
        (
            r#"{"auth":{"oauth2":{"token_url":"a.example","client_id":"a"}}}"#,
            "http.auth.oauth2.client_secret",
        ),
        (r#"{"tls":{"authorities":"CANARY"}}"#, "http.tls.authorities"),
        (
            r#"{"tls":{"authorities":"-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----"}}"#,
            "http.tls.authorities",
        ),
        (r#"{"tls":{"authorities":"-----BEGIN CERTIFICATE-----\nAAAA"}}"#, "http.tls.authorities"),
        (&format!(r#"{{"tls":{{"certificate":"{KEY}","key":"{KEY}"}}}}"#), "http.tls.certificate"),
        (&format!(r#"{{"tls":{{"certificate":"{PEM}","key":"{PEM}"}}}}"#), "http.tls.key"),
        (&format!(r#"{{"tls":{{"certificate":"{PEM}"}}}}"#), "http.tls.key"),
        (&format!(r#"{{"tls":{{"key":"{KEY}"}}}}"#), "http.tls.certificate"),
        (r#"{"tls":{"min_version":"1.1"}}"#, "http.tls.min_version"),
        (r#"{"tls":{"server_name":"a b"}}"#, "http.tls.server_name"),
        (r#"{"tls":{"server_name":"-a.example"}}"#, "http.tls.server_name"),
        (r#"{"host":"u@a.example"}"#, "http.host"),
        (r#"{"host":"a.example/x"}"#, "http.host"),
        (r#"{"host":"a\r\nb"}"#, "http.host"),
        (r#"{"proxy":{"url":"ftp://a:1"}}"#, "http.proxy.url"),
        (r#"{"proxy":{"url":"http://u:CANARY@a:1"}}"#, "http.proxy.url"),
        (r#"{"proxy":{"url":"http://a"}}"#, "http.proxy.url"),
        (r#"{"proxy":{"url":"http://a:0"}}"#, "http.proxy.url"),
        (r#"{"proxy":{"url":"http://a:1","password":"CANARY"}}"#, "http.proxy.user"),
        (r#"{"version":"3"}"#, "http.version"),
        (r#"{"redirects":11}"#, "http.redirects"),
        (r#"{"redirects":-1}"#, "http.redirects"),
        (r#"{"ip":"5"}"#, "http.ip"),
        (r#"{"resolvers":["dns.example"]}"#, "http.resolvers"),
        (r#"{"resolvers":["1.1.1.1:0"]}"#, "http.resolvers"),
        (r#"{"resolvers":["1.1.1.1","1.1.1.1","1.1.1.1","1.1.1.1"]}"#, "http.resolvers"),
        (r#"{"connections":"pooled"}"#, "http.connections"),
    ] {
        let problem = read(json).expect_err(json);
        assert_eq!(problem.0.len(), 1, "{json}: {problem}");
        assert_eq!(problem.0[0].field, field, "{json}: {problem}");
        assert!(!problem.to_string().contains("CANARY"), "{problem}");
    }
}

#[test]
fn all_problems_are_named_at_once_and_unknown_fields_are_refused() {
    let problem =
        read(r#"{"method":"TRACE","tls":{"min_version":"1","server_name":" ."},"ip":"5"}"#).unwrap_err();
    let fields: Vec<_> = problem.0.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["http.method", "http.tls.min_version", "http.ip"]);
    for json in [
        r#"{"verb":"a"}"#,
        r#"{"tls":{"ca":"a"}}"#,
        r#"{"auth":{"digest":{}}}"#,
        r#"{"auth":{"basic":{"pass":"a"}}}"#,
        r#"{"headers":{"a":{"secret":"b","c":"d"}}}"#,
        r#"{"headers":{"a":1}}"#,
        r#"{"proxy":"http://a:1"}"#,
    ] {
        assert!(serde_json::from_str::<HttpDraft>(json).is_err(), "{json}");
    }
}

fn secret_text() -> impl Strategy<Value = String> {
    "[!-~]{1,20}"
}

prop_compose! {
    fn drafts()(
        method in prop::option::of("[A-Za-z]{1,20}"),
        headers in prop::option::of(prop::collection::vec(("[A-Z][a-z-]{0,9}", "[ -~é]{0,20}", any::<bool>()), 0..5)),
        body in prop::option::of(".{0,50}"),
        sign_in in prop::option::of((0..3_u8, "[a-zé ]{1,9}", secret_text())),
        verify in prop::option::of(any::<bool>()),
        identity in any::<bool>(),
        names in (prop::option::of("[a-z]{1,9}\\.example"), prop::option::of("[a-z]{1,9}(:[1-9][0-9]{0,3})?")),
        through in prop::option::of((any::<bool>(), "[a-z]{1,9}", 1..=u16::MAX, "[a-z]{0,4}", secret_text())),
        words in (0..4_usize, 0..5_usize, 0..4_usize, 0..3_usize),
        redirects in prop::option::of(0..=10_i64),
        flags in (prop::option::of(any::<bool>()), prop::option::of(any::<bool>())),
        resolvers in prop::option::of(prop::collection::vec((any::<core::net::IpAddr>(), 1..=u16::MAX), 0..=3)),
    ) -> HttpDraft {
        let pick = |words: &[&str], n: usize| words.get(n).map(|word| (*word).to_owned()).into();
        let header = |(name, value, is_hidden): (String, String, bool)| {
            let secret = Secret::new(value);
            (name, if is_hidden { HeaderDraft::Hidden(HiddenDraft { secret }) } else { HeaderDraft::Plain(secret) })
        };
        let auth = |(kind, name, text): (u8, String, String)| {
            let secret = Given::Set(Secret::new(text));
            match kind {
                0 => AuthDraft::Basic(BasicDraft { user: name, password: secret }),
                1 => AuthDraft::Bearer(BearerDraft { token: secret }),
                _ => AuthDraft::OAuth2(OAuth2Draft {
                    token_url: "id.example".into(), client_id: format!("i{name}"), client_secret: secret, scopes: name,
                }),
            }
        };
        let proxy = |(is_http, host, port, user, text): (bool, String, u16, String, String)| ProxyDraft {
            url: format!("{}://{host}:{port}", if is_http { "http" } else { "socks5" }),
            password: if user.is_empty() { Given::Keep } else { Given::Set(Secret::new(text)) },
            user,
        };
        HttpDraft {
            method: method.into(),
            headers: headers.map(|headers| HeadersDraft(headers.into_iter().map(header).collect())).into(),
            body: body.into(),
            auth: sign_in.map(auth).into(),
            tls: Given::Set(TlsDraft {
                verify: verify.into(),
                authorities: identity.then(|| PEM.replace("\\n", "\n")).into(),
                certificate: identity.then(|| PEM.replace("\\n", "\n")).into(),
                key: identity.then(|| Secret::new(KEY.replace("\\n", "\n"))).into(),
                min_version: pick(&["1.2", "1.3"], words.0),
                server_name: names.0.into(),
            }),
            host: names.1.into(),
            proxy: through.map(proxy).into(),
            version: pick(&["auto", "1.1", "2"], words.2),
            redirects: redirects.into(),
            cookies: flags.0.into(),
            ip: pick(&["auto", "4", "6", "every"], words.1),
            resolvers: resolvers.map(|all| all.iter().map(|(ip, port)| core::net::SocketAddr::new(*ip, *port).to_string()).collect()).into(),
            cache_busting: flags.1.into(),
            connections: pick(&["auto", "fresh", "kept"], words.3),
            grace: pick(&["1s", "90m", "168h"], words.0),
            push_url: redirects.map(|number| number + 1).into(),
        }
    }
}

proptest! {
    #[test]
    fn what_is_stored_is_read_back_and_what_is_shown_changes_nothing(given in drafts()) {
        // Names that are there twice, and methods that are refused, have tests of their own.
        let Ok(options) = HttpOptions::parse(&given, &HttpOptions::default()) else { return Ok(()) };
        let read = |json: &str, before: &HttpOptions| HttpOptions::parse(&draft(json), before);
        prop_assert_eq!(read(&stored(&options), &HttpOptions::default()), Ok(options.clone()));
        prop_assert_eq!(read(&shown(&options), &options), Ok(options));
    }
}
