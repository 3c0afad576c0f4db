//! What is written and how it is written back.

use super::*;

#[test]
fn every_text_has_a_normal_form_that_means_the_same() {
    for (text, normal) in [
        // Statuses alone.
        ("200", "200"),
        (" 200-299, 401 ", "200-299,401"),
        ("200 - 299", "200-299"),
        ("status == 204", "204"),
        ("status in 200-299,401", "200-299,401"),
        ("status in 200", "200"),
        ("status in 200-200", "200"),
        ("status < 400", "status < 400"),
        ("status == 200 else degraded", "status == 200 else degraded"),
        ("200; body contains ok", "status == 200; body contains \"ok\""),
        ("any(200; 404)", "any(status == 200; status == 404)"),
        // Several.
        ("\n body contains ok \n\n;; total<800ms;\n", "body contains \"ok\"; total < 800ms"),
        ("total < 800ms else degraded; total < 2s else down", "total < 800ms else degraded; total < 2s"),
        ("body contains a and body contains b", "body contains \"a\"; body contains \"b\""),
        (
            "all(body contains a; body contains b) else degraded",
            "body contains \"a\" else degraded; body contains \"b\" else degraded",
        ),
        ("200 or 404 and redirects == 0", "any(status == 200; all(status == 404; redirects == 0))"),
        ("(200 or 404) and redirects == 0", "any(status == 200; status == 404); redirects == 0"),
        ("any(\n200\nredirects > 1\n)", "any(status == 200; redirects > 1)"),
        ("all(any(200))", "200"),
        ("not status == 200", "not status == 200"),
        ("not (200 or 404)", "not any(status == 200; status == 404)"),
        ("not not 200", "not not status == 200"),
        // Numbers with units.
        ("total < 1.5s", "total < 1.5s"),
        ("total < 1500ms", "total < 1.5s"),
        ("total <= 0.25ms", "total <= 250us"),
        ("total > 250µs", "total > 250us"),
        ("total in 0ms-1m, 1.000001s", "total in 0ms-60s,1.000001s"),
        (
            "dns < 1ms; connect < 1ms; first_byte < 1ms; transfer < 1ms",
            "dns < 1ms; connect < 1ms; first_byte < 1ms; transfer < 1ms",
        ),
        ("body.size >= 1024", "body.size >= 1KiB"),
        ("body.size >= 1.5kB", "body.size >= 1500B"),
        ("body.size != 0", "body.size != 0B"),
        ("body.size <= 1MiB", "body.size <= 1MiB"),
        ("certificate.days in -5 - 30", "certificate.days in -5-30"),
        ("certificate.days exists", "certificate.days exists"),
        ("http.version == \"1.1\"", "http.version == 1.1"),
        ("loss<20%", "loss < 20%"),
        ("loss in 0%-5%, 50%", "loss in 0%-5%,50%"),
        ("answers >= 2", "answers >= 2"),
        ("tls.version >= 1.2; http.version == 2", "tls.version >= 1.2; http.version == 2"),
        // Texts.
        ("header x-cache!=hit", "header x-cache != \"hit\""),
        ("header Content-Type ~ json", "header content-type ~ json"),
        ("header x starts  with 'a\"b'", "header x starts with \"a\\\"b\""),
        ("body ends with \"\\u{1F600}\\t\"", "body ends with \"😀\\t\""),
        ("body ~ \"(?i)maintenance mode\"", "body ~ '(?i)maintenance mode'"),
        ("body ~ ^\\d+$", "body ~ ^\\d+$"),
        ("body ~ \"it's\\n\"", "body ~ \"it's\\n\""),
        ("body == \"\u{202e}\"", "body == \"\\u{202e}\""),
        ("url in 'https://a/', \"https://b/\"", "url in \"https://a/\", \"https://b/\""),
        ("address in ::1", "address == \"::1\""),
        ("body is  empty", "body is empty"),
        ("certificate.issuer contains \"Let's Encrypt\"", "certificate.issuer contains \"Let's Encrypt\""),
        // JSON.
        ("json $.db.state == up", "json $.db.state == \"up\""),
        ("json $.a==1", "json $.a == 1"),
        ("json $['a b'][0] != null", "json $['a b'][0] != null"),
        ("json $.items[?@.id == 'x; y)'].n >= -1.5", "json $.items[?@.id == 'x; y)'].n >= -1.5"),
        ("json $..ok in true, 'true', 1", "json $..ok in true, \"true\", 1"),
        ("json $.a[*] every == up", "json $.a[*] every == \"up\""),
        ("json $.a[*] count in 1-3", "json $.a[*] count in 1-3"),
        ("(json $.a exists)", "json $.a exists"),
        ("json $[-1] is empty", "json $[-1] is empty"),
        ("json $.größe ~ ^5", "json $.größe ~ ^5"),
    ] {
        let read = parse(text);
        assert_eq!(read.to_string(), normal, "{text}");
        assert_eq!(parse(normal), read, "{text}");
    }
}

#[test]
fn what_the_manual_shows_is_understood() {
    let manual = include_str!("../../../../docs/expectations.md");
    let section =
        manual.split("\n## ").find(|section| section.starts_with("For real needs")).unwrap_or_default();
    let examples: Vec<&str> = section.lines().filter_map(|line| line.split('`').nth(1)).collect();
    assert!(examples.len() > 10, "{examples:?}");
    for example in examples.into_iter().chain(manual.split("```").nth(1)) {
        parse(example);
    }
}

#[test]
fn threads_may_share_expectations() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Expectations::default());
}

#[test]
fn status_200_is_implied_unless_something_mentions_the_status() {
    assert_eq!(Expectations::default(), parse("status == 200"));
    assert_eq!(Expectations::default().to_string(), "200");
    for (text, accepted) in [
        ("200", vec![200]),
        ("200-299,301", vec![200, 204, 301]),
        ("body contains ok", vec![200]),
        ("any(302; body contains ok)", vec![302]),
        ("all(204; body is empty)", vec![204]),
        ("not status in 500-599", vec![200, 204, 301, 302]),
        ("status == 204 else degraded; total < 1s", vec![204]),
    ] {
        let all = [200, 204, 301, 302, 500];
        let found: Vec<u16> = all.into_iter().filter(|status| parse(text).accepts_status(*status)).collect();
        assert_eq!(found, accepted, "{text}");
    }
}

#[test]
fn what_must_be_kept_for_a_verdict_is_known_before() {
    for (text, body, certificate) in [
        ("200", false, false),
        ("header a exists; total < 1s; transfer < 1s", false, false),
        ("any(200; body contains a)", true, false),
        ("body.size > 0", true, false),
        ("not json $ exists", true, false),
        ("certificate.days > 14", false, true),
        ("certificate.issuer exists", false, true),
    ] {
        let read = parse(text);
        assert_eq!((read.needs_body(), read.needs_certificate()), (body, certificate), "{text}");
    }
}
