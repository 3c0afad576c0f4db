//! Verdicts, and what is told of a miss.

use super::*;

const BODY: &[u8] = br#" {"db": {"state": "up", "lag": 1.50}, "items": [{"n": 1}, {"n": 2}, {"n": null}], "none": [], "big": 9007199254740993} "#;

#[test]
fn what_holds_of_a_good_answer() {
    let headers = headers();
    let answer = good(&headers, BODY);
    for text in [
        "200",
        "status in 200-299,401",
        "any(404; 200)",
        "not 404",
        "header content-type ~ json",
        "header Content-Type starts with application/json",
        "header via == '1.1 b'",
        "header x-empty is empty",
        "not header x-absent exists",
        "not header x-absent == a",
        "body contains '\"state\": \"up\"'",
        "body starts with '{'; body ends with '}'",
        "body ~ '\"lag\": \\d'",
        "body.size > 100B",
        "json $.db.state == \"up\"",
        "json $.db.state in up, degraded",
        "json $.db.lag == 1.5; json $.db.lag > 1; json $.db.lag <= 1.5",
        "json $.big == 9007199254740993",
        "not json $.big == 9007199254740992",
        "json $.items[*].n == 2",
        "json $.items[0:2].n every > 0",
        "not json $.items[*].n every > 0",
        "json $.items[*] count == 3; json $.absent count == 0",
        "json $..n count >= 3",
        "json $..[-1] exists",
        "json $.items[?@.n > 1].n == 2",
        "json $[?length(@) == 3] count == 1",
        "json $.none is empty; json $.none exists",
        "json $.items[2].n == null",
        "not json $.absent == null",
        "json $.db.state ~ ^u",
        "total < 800ms; tls < 300ms; first_byte in 180ms-181ms; transfer < 1ms",
        "dns < 1ms; dns == 0ms; connect <= 0ms",
        "certificate.days > 14; certificate.issuer contains \"Let's Encrypt\"; certificate.subject ~ 'example\\.org$'",
        "http.version == 2; http.version >= 1.1; tls.version >= 1.2",
        "redirects <= 1; url starts with https:; address == 192.0.2.1",
    ] {
        assert_eq!(verdict(text, &answer), "met", "{text}");
    }
}

#[test]
fn a_miss_names_itself_what_it_wanted_and_what_it_found() {
    let headers = headers();
    let answer = good(&headers, BODY);
    for (text, told) in [
        ("204", "down: wanted 204, got 200 OK"),
        ("200-201 else degraded; status > 400", "down: wanted > 400, got 200 OK"),
        ("status > 400 else degraded", "degraded: wanted > 400, got 200 OK"),
        ("not 200", "down: wanted not status == 200, got 200 OK"),
        ("any(404; total < 10ms)", "down: wanted any(status == 404; total < 10ms), got 200 OK; 250ms"),
        (
            "header content-type ~ html",
            "down: wanted header content-type ~ html, got \" application/json; charset=utf-8\"",
        ),
        ("header via == a", "down: wanted header via == \"a\", got \"1.1 a\" and 1 more"),
        ("header server exists", "down: wanted header server exists, got no such header"),
        (
            "body contains nope",
            "down: wanted body contains \"nope\", got \" {\\\"db\\\": {\\\"state\\\": \\\"up\\\", \\\"lag\\\": 1.50}, \\\"items\\\": [{…\"",
        ),
        (
            "not body contains big",
            "down: wanted not body contains \"big\", got \"…ull}], \\\"none\\\": [], \\\"big\\\": 9007199254740993} \"",
        ),
        ("body.size < 64B", "down: wanted body.size < 64B, got 119B"),
        ("total < 200ms else degraded", "degraded: wanted total < 200ms, got 250ms"),
        ("first_byte < 100ms", "down: wanted first_byte < 100ms, got 180.5ms"),
        ("certificate.days > 30", "down: wanted certificate.days > 30, got 20"),
        ("tls.version < 1.3", "down: wanted tls.version < 1.3, got 1.3"),
        ("json $.db.state == down", "down: wanted json $.db.state == \"down\", got \"up\""),
        ("json $.db.lag == \"1.5\"", "down: wanted json $.db.lag == \"1.5\", got 1.5"),
        ("json $.db < 1", "down: wanted json $.db < 1, got an object of 2"),
        ("json $.items[*].n every > 0", "down: wanted json $.items[*].n every > 0, got null and 2 more"),
        ("json $.items[*].n > 5", "down: wanted json $.items[*].n > 5, got 1 and 2 more"),
        ("json $.items[*] count > 5", "down: wanted json $.items[*] count > 5, got 3 nodes"),
        ("json $.absent != 1", "down: wanted json $.absent != 1, got nothing"),
        ("json $.absent every != 1", "down: wanted json $.absent every != 1, got nothing"),
        ("url == x", "down: wanted url == \"x\", got \"https://example.org/health\""),
        // Down wins over degraded, and the first of its kind over the others.
        ("total < 1ms else degraded; redirects == 0; redirects > 5", "down: wanted redirects == 0, got 1"),
        ("total < 1ms else degraded; tls < 1ms else degraded", "degraded: wanted total < 1ms, got 250ms"),
    ] {
        assert_eq!(verdict(text, &answer), told, "{text}");
    }
}

#[test]
fn what_is_absent_misses() {
    let answer = Answer {
        status: Some(503),
        body: b"<html>\xff\x1b[2J\xe2\x80\xae",
        http_version: "1.1",
        ..Answer::default()
    };
    for (text, told) in [
        ("body contains ok", "down: wanted 200, got 503 Service Unavailable"),
        ("503; json $ exists", "down: wanted json $ exists, got the body is not JSON"),
        ("503; not json $ exists", "met"),
        ("503; certificate.days > 14", "down: wanted certificate.days > 14, got nothing, without TLS"),
        (
            "503; certificate.issuer exists",
            "down: wanted certificate.issuer exists, got nothing, without TLS",
        ),
        ("503; tls.version >= 1.2", "down: wanted tls.version >= 1.2, got nothing, without TLS"),
        ("503; address exists", "down: wanted address exists, got nothing"),
        ("503; tls < 300ms", "met"),
        ("503; body == ok", "down: wanted body == \"ok\", got \"<html>\u{fffd}\\u{1b}[2J\\u{202e}\""),
    ] {
        assert_eq!(verdict(text, &answer), told, "{text}");
    }
    let silent = Answer { status: None, ..answer };
    assert_eq!(verdict("200", &silent), "down: wanted status == 200, got nothing");
    assert_eq!(verdict("200", &Answer { status: Some(999), ..answer }), "down: wanted 200, got 999");
}

#[test]
fn only_the_first_mebibyte_counts_and_a_miss_says_so() {
    let body = vec![b'['; Expectations::BODY_LIMIT];
    let answer = Answer { status: Some(200), body: &body, is_body_cut: true, ..Answer::default() };
    let shown = "[".repeat(60);
    for (text, told) in [
        ("body contains '[['", "met".to_owned()),
        ("not body contains x", "met".to_owned()),
        (
            "body contains x",
            format!("down: wanted body contains \"x\", got not in the first 1 MiB: \"{shown}…\""),
        ),
        ("body ~ x", format!("down: wanted body ~ x, got not in the first 1 MiB: \"{shown}…\"")),
        ("body.size > 1MiB", "met".to_owned()),
        ("body.size <= 1MiB", "down: wanted body.size <= 1MiB, got more than 1MiB".to_owned()),
        (
            "json $ exists",
            "down: wanted json $ exists, got more than 1 MiB, which is not read as JSON".to_owned(),
        ),
    ] {
        assert_eq!(verdict(text, &answer), told, "{text}");
    }
}

#[test]
fn the_head_decides_as_early_as_it_can() {
    let headers = headers();
    let answer = good(&headers, BODY);
    for (text, early) in [
        ("200", Some("met")),
        ("204; body contains ok", Some("down")),
        ("body contains ok; 204", Some("down")),
        ("body contains ok", None),
        ("any(200; body contains ok)", Some("met")),
        ("all(404; body contains ok) or 200", Some("met")),
        ("not all(200; body contains ok)", None),
        ("header via exists; certificate.days > 14; first_byte < 1s", Some("met")),
        ("total < 1s", None),
        ("transfer < 1s", None),
        ("redirects == 0 else degraded", Some("degraded")),
        ("redirects == 0 else degraded; body contains ok", None),
        ("redirects == 0 else degraded; total < 1s else degraded", Some("degraded")),
    ] {
        let judgement = parse(text).judge_head(&answer);
        let found = judgement.map(|judgement| match judgement {
            Judgement::Met => "met",
            Judgement::Degraded(_) => "degraded",
            Judgement::Down(_) => "down",
        });
        assert_eq!(found, early, "{text}");
    }
}

#[test]
fn a_miss_is_short_whatever_was_written_and_found() {
    let long = format!("body == \"{}\"", "\\u{0}ä".repeat(300));
    let body = "\u{202e}€".repeat(10_000);
    let answer = Answer { status: Some(200), body: body.as_bytes(), ..Answer::default() };
    let Judgement::Down(miss) = parse(&long).judge(&answer) else { panic!("it must miss") };
    assert_eq!((miss.expectation.chars().count(), miss.wanted.chars().count()), (96, 96));
    assert!(miss.found.chars().count() <= 90, "{}", miss.found);
    let fault = miss.fault();
    assert_eq!(fault.kind, crate::FaultKind::Expectation);
    assert!(fault.detail.ends_with("…\""), "{}", fault.detail);
}
