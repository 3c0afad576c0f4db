//! What holds for every text, every tree and every body.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

fn number_test() -> impl Strategy<Value = String> {
    let order = select(&["==", "!=", "<", "<=", ">", ">="][..]);
    let value = select(
        &[
            ("status", "204"),
            ("body.size", "1.5kB"),
            ("total", "250ms"),
            ("dns", "0ms"),
            ("transfer", "1us"),
            ("certificate.days", "-3"),
            ("redirects", "1"),
            ("http.version", "1.1"),
            ("tls.version", "1.3"),
            ("json $..* count", "2"),
            ("json $.a", "1.5e3"),
            ("json $..[-1] every", "-0.0"),
        ][..],
    );
    (value, order).prop_map(|((subject, value), order)| format!("{subject} {order} {value}"))
}

fn text_test() -> impl Strategy<Value = String> {
    let subject = select(
        &[
            "body",
            "header via",
            "url",
            "address",
            "certificate.issuer",
            "json $",
            "json $[?@.a == 'x'].b every",
        ][..],
    );
    let operator = select(&["==", "!=", "in", "contains", "starts with", "ends with"][..]);
    let pattern = select(&["~ a", "~ '^.*$'", "~ '(?i)x'", "is empty", "~ '\\d{3}'"][..]);
    let text =
        any::<String>().prop_filter("something must be looked for", |text| !text.trim_ascii().is_empty());
    prop_oneof![
        3 => (subject.clone(), operator, text).prop_map(|(s, o, t)| format!("{s} {o} {}", excerpt::quote(&t))),
        1 => (subject, pattern).prop_map(|(s, p)| format!("{s} {p}")),
    ]
}

fn node() -> impl Strategy<Value = String> {
    prop_oneof![number_test(), text_test()].prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|node| format!("not {node}")),
            inner.clone().prop_map(|node| format!("({node})")),
            vec(inner.clone(), 1..4).prop_map(|nodes| format!("all({})", nodes.join("; "))),
            vec(inner.clone(), 1..4).prop_map(|nodes| format!("any({})", nodes.join("\n"))),
            vec(inner, 2..4).prop_map(|nodes| format!("({})", nodes.join(" or "))),
        ]
    })
}

/// Texts of the language, some of them too long for it.
fn text() -> impl Strategy<Value = String> {
    let demand = (node(), select(&["", " else degraded"][..]))
        .prop_map(|(node, severity)| format!("{node}{severity}"));
    vec(demand, 1..4).prop_map(|demands| demands.join("; "))
}

/// What looks like the language and mostly is not.
fn nearly() -> impl Strategy<Value = String> {
    let piece = select(
        &[
            "status",
            "json ",
            "$",
            ".a",
            "..",
            "[?",
            "@",
            "[-1]",
            "]",
            "[::",
            "'",
            "\"",
            "\\",
            "(",
            ")",
            "any(",
            "not ",
            "else ",
            "==",
            "<",
            "~",
            " in ",
            "1",
            "-",
            ",",
            ";",
            "\n",
            "ms",
            "total",
            "header ",
            "é",
            "\u{0}",
            "{9",
            "contains ",
            "*",
            "&&",
            "length(",
            "1e999",
            "true",
            "9007199254740993",
        ][..],
    );
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = String> {
    let leaf = select(
        &["null", "1", "-0.0", "1.5e3", "\"x\"", "true", "1e400", "\"\\ud800\"", "18446744073709551616"][..],
    );
    leaf.prop_map(str::to_owned).prop_recursive(6, 48, 5, |inner| {
        let key = select(&["a", "b", "n"][..]);
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|values| format!("[{}]", values.join(","))),
            vec((key, inner), 0..5).prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..300), json().prop_map(String::into_bytes)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_does_harm(text in any::<String>(), nearly in nearly(), body in body()) {
        for text in [text, nearly] {
            if let Ok(read) = Expectations::parse(&text) {
                prop_assert_eq!(Expectations::parse(&read.to_string()), Ok(read.clone()));
                read.judge(&Answer { body: &body, ..Answer::default() });
            }
        }
    }

    #[test]
    fn the_normal_form_is_read_as_an_equal_value(text in text()) {
        match Expectations::parse(&text) {
            Ok(read) => {
                let normal = read.to_string();
                prop_assert_eq!(Expectations::parse(&normal), Ok(read), "{}", normal);
            }
            Err(error) => prop_assert!(error.problem.contains("4096"), "{}: {}", text, error),
        }
    }

    #[test]
    fn the_head_never_contradicts_the_whole(
        text in text(), body in body(), status in 199_u16..206, is_body_cut in any::<bool>(), has_tls in any::<bool>(),
    ) {
        let headers = headers();
        let mut answer = Answer { status: Some(status), is_body_cut, ..good(&headers, &body) };
        if !has_tls {
            answer = Answer { certificate: None, tls_version: None, ..answer };
        }
        if let Ok(read) = Expectations::parse(&text) {
            let whole = read.judge(&answer);
            if let Some(early) = read.judge_head(&answer) {
                prop_assert_eq!(std::mem::discriminant(&early), std::mem::discriminant(&whole));
            }
            if let Judgement::Degraded(miss) | Judgement::Down(miss) = whole {
                let told = format!("wanted {}, got {}", miss.expectation, miss.found);
                prop_assert!(told.chars().count() <= crate::Fault::DETAIL_LIMIT);
                prop_assert!(!told.chars().any(excerpt::is_unseen), "{}", told);
            }
        }
    }

    #[test]
    fn a_cut_of_foreign_text_is_bounded_and_seen(bytes in vec(any::<u8>(), 0..400), around in 0_usize..500) {
        let shown = excerpt::excerpt(&bytes, around);
        prop_assert!(shown.chars().count() <= 64);
        prop_assert!(!shown.chars().any(excerpt::is_unseen));
    }
}

/// Bodies built to be expensive: deep, wide, and both.
#[test]
fn no_body_is_too_much() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let wide = format!("[{}0]", "[0,0],".repeat(40_000));
    let tall = format!("[{}0]", format!("{},", deep(100)).repeat(1_250));
    for body in ["", "null", &deep(127), &deep(1_000_000), &wide, &tall] {
        let answer = Answer { status: Some(200), body: body.as_bytes(), ..Answer::default() };
        for text in [
            "json $..[-1] == 5",
            "json $..* count < 0",
            "json $..[?@ == 1] exists",
            "json $..[*,*,*,*,*] exists",
            "json $..[?length(@) > 1 && count(@.*) > 1] == 3",
            "json $[*][*][*][*][*][*][*][*] exists",
            "json $[9007199254740991:-9007199254740991:-1] exists",
        ] {
            if let Ok(read) = Expectations::parse(text) {
                read.judge(&answer);
            }
        }
    }
}
