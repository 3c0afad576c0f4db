use proptest::prelude::*;

use super::*;
use crate::{Draft, pasted};

/// The fields that say something, as `name=value`, and the remarks.
fn told(line: &str) -> (Vec<String>, Vec<String>) {
    let Read { fields, remarks } = read(line);
    let said = fields.into_iter().filter(|(name, value)| {
        let usual = [("http.method", "GET"), ("http.headers", ""), ("http.body", "")];
        !usual.contains(&(*name, value.as_str()))
    });
    (said.map(|(name, value)| format!("{}={value}", name.trim_start_matches("http."))).collect(), remarks)
}

#[test]
fn what_curl_would_ask_is_asked() {
    for (line, wanted) in [
        ("https://a.example/x", &["url=https://a.example/x"][..]),
        ("a.example", &["url=http://a.example"]),
        ("--url a.example -sSL", &["url=http://a.example"]),
        ("-X DELETE a.example", &["url=http://a.example", "method=DELETE"]),
        (
            "-XPUT -IkA me a.example",
            &["url=http://a.example", "method=PUT", "headers=User-Agent: me", "tls.verify=false"],
        ),
        ("-I a.example", &["url=http://a.example", "method=HEAD"]),
        (
            "a.example -d a=1 --data b=2",
            &[
                "url=http://a.example",
                "method=POST",
                "headers=Content-Type: application/x-www-form-urlencoded",
                "body=a=1&b=2",
            ],
        ),
        ("-G -d a=1 a.example/?x=y", &["url=http://a.example/?x=y&a=1"]),
        (
            "a.example --json '{\"a\": \"b c\"}'",
            &[
                "url=http://a.example",
                "method=POST",
                "headers=Content-Type: application/json\nAccept: application/json",
                "body={\"a\": \"b c\"}",
            ],
        ),
        (
            "a.example --data-urlencode 'q=a b&c'",
            &[
                "url=http://a.example",
                "method=POST",
                "headers=Content-Type: application/x-www-form-urlencoded",
                "body=q=a+b%26c",
            ],
        ),
        (
            "a.example -u me:pass:word",
            &["url=http://a.example", "auth=basic", "auth.basic.user=me", "auth.basic.password=pass:word"],
        ),
        ("a.example --oauth2-bearer t0k", &["url=http://a.example", "auth=bearer", "auth.bearer.token=t0k"]),
        (
            "a.example -H 'Accept: a' -H 'accept:b' -H 'Host: b.example' -H 'Content-Length: 5' -b 'x=1'",
            &["url=http://a.example", "headers=accept: b\nCookie: x=1", "host=b.example"],
        ),
        ("a.example -H $'X-A: b\\nX-Evil: c'", &["url=http://a.example", "headers=X-A: b X-Evil: c"]),
        ("a.example -m 2.5 --http1.1 -4", &["url=http://a.example", "deadline=3s", "version=1.1", "ip=4"]),
        ("", &["url="]),
    ] {
        let wanted: Vec<String> = wanted.iter().map(|said| (*said).to_owned()).collect();
        assert_eq!(told(line), (wanted, vec![]), "{line}");
    }
}

#[test]
fn what_is_left_out_is_named_and_no_value_repeated() {
    for (line, named) in [
        ("a.example --cert SECRET", "--cert"),
        ("a.example -F f=SECRET", "-F"),
        ("a.example --resolve=SECRET", "--resolve"),
        ("a.example -d @SECRET", "-d"),
        ("a.example --json @SECRET", "--json"),
        ("a.example -b SECRET", "-b"),
        ("a.example --whatever", "--whatever"),
        ("a.example -Z", "-Z"),
        ("a.example -H SECRET", "-H"),
        ("a.example -m 900", "-m"),
        ("a.example -X", "-X"),
        ("a.example b.example", "first URL"),
        ("a.example | jq SECRET", "|"),
        ("a.example -H 'SECRET", "quote"),
    ] {
        let remarks = told(line).1;
        assert!(remarks.iter().any(|said| said.contains(named)), "{line}: {remarks:?}");
        assert!(!remarks.concat().contains("SECRET"), "{line}: {remarks:?}");
    }
}

proptest! {
    #[test]
    fn anything_is_read(text in "(?s).*") {
        read(&text);
    }

    #[test]
    fn anything_like_a_command_line_is_read(words in proptest::collection::vec("-{0,2}[a-zA-Z]{0,12}|'[^']*'|[ -~]{0,9}", 0..12)) {
        let Read { fields, .. } = read(&words.join(" "));
        prop_assert!(fields.iter().filter(|(name, _)| *name == "url").count() == 1);
    }

    /// What curl would send is what a tracker made of it sends, however it is quoted.
    #[test]
    fn a_tracker_asks_what_the_line_asks(
        method in "(PUT|PATCH|DELETE|OPTIONS)",
        path in "[a-z0-9/]{0,12}",
        value in "[!-~]([ -~]{0,20}[!-~])?",
        body in "[ -~]{1,40}",
        is_long in any::<bool>(),
    ) {
        let quote = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
        let (request, header, data) = if is_long { ("--request", "--header", "--data-raw") } else { ("-X", "-H", "--data-raw") };
        let line = format!(
            "curl {request} {method} {header} {} {data} {} 'https://a.example/{path}' \\\n --compressed",
            quote(&format!("X-One: {value}")), quote(&body),
        );
        let (fields, remarks) = pasted(vec![("url".into(), line)]);
        prop_assert_eq!(remarks, Vec::<String>::new());
        let tracker = Draft::of_new_fields(&fields).parse().unwrap();
        prop_assert_eq!(tracker.target.to_string(), format!("https://a.example/{path}"));
        prop_assert_eq!(tracker.http.method.as_deref(), Some(method.as_str()));
        prop_assert_eq!(tracker.http.body.as_deref(), Some(body.as_str()));
        prop_assert_eq!(tracker.http.headers[0].value.expose(), value.as_str());
    }
}
