//! What is refused, where, and with which words.

use super::*;

fn problem(text: &str) -> String {
    let error = Expectations::parse(text).expect_err(text);
    assert_eq!(error.field, "expect");
    error.problem
}

#[test]
fn a_problem_names_its_column_and_what_would_have_been_understood() {
    for (text, hint) in [
        (
            "",
            "column 1: expected one of header NAME, json PATH, status, body.size, total, dns, connect, tls, first_byte, transfer, \
              certificate.days, redirects, http.version, tls.version, answers, loss, rows, body, certificate.issuer, certificate.subject, url, address, banner, rcode, answer, version, role, capability, value, message, serving, \
              not, all(…), any(…)",
        ),
        (" ; ", "column 4: expected one of"),
        ("abc", "column 1: expected one of"),
        ("-1", "column 1: expected one of"),
        ("99", "column 1: expected a status from 100 to 599, like 200"),
        ("loss < 20", "column 8: expected a percentage"),
        ("loss < 101%", "column 8: expected a percentage"),
        ("600", "column 1: expected a status from"),
        ("200,", "column 5: expected a status from"),
        ("200-", "column 5: expected a status from"),
        ("300-200", "column 1: a range starts with its lower end, like 200-299"),
        (
            "200 401",
            "column 5: expected `;`, a new line, `and`, `or`, `else degraded`, or the end; texts with spaces,",
        ),
        ("total < 800", "column 9: expected a time with its unit, up to 1h, like 800ms or 1.5s"),
        ("total < 800 ms", "column 9: expected a time with its unit"),
        ("total < 2h", "column 9: expected a time with its unit"),
        ("total < 0.5us", "column 9: expected a time with its unit"),
        ("total = 1s", "column 7: expected an operator that fits total: ==, !=, <, <=, >, >=, in"),
        ("total contains 1", "column 7: expected an operator that fits total"),
        ("status exists", "column 8: expected an operator that fits status"),
        (
            "header content-type < 3",
            "column 21: expected an operator that fits header: ==, !=, in, contains, starts with, ends with, ~, is empty, exists",
        ),
        (
            "body exists",
            "column 6: expected an operator that fits body: ==, !=, in, contains, starts with, ends with, ~, is empty",
        ),
        ("header", "column 7: expected a header's name, like content-type"),
        ("header ö == 1", "column 8: expected a header's name"),
        ("body.size > 2MB", "column 13: expected a size up to 1MiB, like 500B, 20kB or 64KiB"),
        ("certificate.days > soon", "column 20: expected a number of days, like 14"),
        ("redirects < 21", "column 13: expected a number of redirects from 0 to 20"),
        ("tls.version > \"1.2", "column 15: expected a version, like 1.1 or 2"),
        ("body contains", "column 14: expected a text, like \"ok\""),
        ("body contains \"\"", "column 15: expected a text that is not empty"),
        ("body starts with ' '", "column 18: expected a text that is not only white space"),
    ] {
        assert!(problem(text).starts_with(hint), "{text}\nfound:  {}\nwanted: {hint}", problem(text));
    }
}

#[test]
fn groups_and_ends_are_named_by_column_too() {
    for (text, hint) in [
        ("body ==", "column 8: expected a text, like \"ok\""),
        ("body contains maintenance mode", "column 27: expected `;`"),
        ("body contains \"a", "column 15: this quote is not closed on its line"),
        ("body contains 'a\n'", "line 1, column 15: this quote is not closed on its line"),
        (
            "body ~ \"\\d\"",
            "column 9: expected \\\\, \\\", \\n, \\r, \\t or \\u{…}; in '…' a backslash stands for itself",
        ),
        ("body == \"\\u{d800}\"", "column 10: expected \\\\"),
        ("body ~ [a", "column 8: not a regular expression: unclosed character class"),
        ("body ~ '(a{1000}){1000}'", "column 8: this regular expression is too large; repeat less in it"),
        ("200;\n\n  größe > 1", "line 3, column 3: expected one of"),
        ("json", "column 5: expected a JSON path, like $.db.state or $.items[0]['a-b']"),
        ("json db.state == 1", "column 6: expected a JSON path"),
        (
            "json $.a-b == 1",
            "column 9: expected an operator that fits json, or count or every: ==, !=, <=, >=, <, >, in, contains, starts with, ends with, ~, exists, is empty",
        ),
        ("json $.a[ == 1", "column 9: not a JSON path (RFC 9535) from here on"),
        ("json $.a..b..c == 1", "column 12: a path has `..` at most once"),
        ("json $.a[?@.b[?@.c]] exists", "column 15: a path has a filter `?` at most once"),
        (
            "json $.a[?@.b == $.c] exists",
            "column 18: within a path `$` is not understood; filters look at `@`",
        ),
        (
            "json $[?match(@.a, 'b')] exists",
            "column 9: match() and search() are not understood; write `json PATH ~ PATTERN`",
        ),
        ("json $[0,0][0,0][0,0][0,0][0,0] == 1", "column 29: a path has at most 4 commas"),
        ("json $.a < up", "column 12: expected a number"),
        ("json $.a == 1x", "column 13: expected a number, like 5 or 1.5; a text is in quotes"),
        ("json $.a == 01", "column 13: expected a number"),
        ("json $.a count exists", "column 16: expected an operator that fits count"),
        ("json $.a every exists", "column 16: expected an operator that fits every"),
        ("not", "column 4: expected one of"),
        ("any 200", "column 5: expected `(`, as in any(…; …)"),
        ("any()", "column 5: expected one of"),
        ("any(200 404)", "column 9: expected `;`, `and`, `or` or `)`"),
        ("any(200 else degraded)", "column 9: expected `;`, `and`, `or` or `)`"),
        ("any(200", "column 8: expected `;`, `and`, `or` or `)`"),
        ("(200 or", "column 8: expected one of"),
        ("(200", "column 5: expected `and`, `or` or `)`"),
        ("200)", "column 4: expected `;`"),
        ("200 else", "column 9: expected `degraded` or `down`"),
    ] {
        assert!(problem(text).starts_with(hint), "{text}\nfound:  {}\nwanted: {hint}", problem(text));
    }
}

#[test]
fn everything_has_a_bound() {
    let nested = |deep: usize| format!("{}200{}", "(".repeat(deep), ")".repeat(deep));
    assert_eq!(parse(&nested(16)).to_string(), "200");
    assert_eq!(problem(&nested(17)), "column 17: expectations nest at most 16 deep");
    assert_eq!(problem(&format!("{}200", "not ".repeat(17))), "column 65: expectations nest at most 16 deep");
    assert_eq!(parse(&"200;".repeat(50)).0.written.len(), 50);
    assert_eq!(problem(&"200;".repeat(51)), "column 201: there are at most 50 expectations");
    assert_eq!(problem(&"200,".repeat(21)), "column 81: a list has at most 20 entries");
    assert_eq!(problem(&" ".repeat(4_097)), "expectations have at most 4096 bytes, these have 4097");
    let grows = format!("body == '{}'", "\u{7f}".repeat(1_000));
    assert_eq!(problem(&grows), "written out, these take 6010 bytes, and 4096 are the most");
    assert_eq!(
        problem(&format!("body ~ {}", "a".repeat(1_025))),
        "column 8: a regular expression has at most 1024 bytes"
    );
    assert_eq!(
        problem(&format!("json ${} exists", ".a".repeat(256))),
        "column 6: a path has at most 512 bytes"
    );
    assert_eq!(
        problem(&format!("header {} exists", "a".repeat(129))),
        "column 8: expected a header's name, like content-type"
    );
}
