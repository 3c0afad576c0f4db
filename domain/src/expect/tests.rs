//! An answer in one line, and the language against it.

mod answers;
mod problems;
mod properties;
mod writing;

use super::*;
use crate::{Micros, Phase, Phases};

type HeaderList = Vec<(String, Vec<u8>)>;

fn parse(text: &str) -> Expectations {
    Expectations::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn headers() -> HeaderList {
    let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    vec![
        header("content-type", " application/json; charset=utf-8"),
        header("via", "1.1 a"),
        header("via", "1.1 b"),
        header("x-empty", ""),
    ]
}

/// A good answer of an HTTPS server in 250 ms.
fn good<'a>(headers: &'a HeaderList, body: &'a [u8]) -> Answer<'a> {
    let mut phases = Phases::NONE;
    for (phase, took) in [(Phase::Tls, 40_000), (Phase::FirstByte, 180_500), (Phase::Body, 900)] {
        phases.add(phase, Micros(took));
    }
    Answer {
        server: None,
        status: Some(200),
        headers,
        body,
        is_body_cut: false,
        phases,
        total: Micros(250_000),
        certificate: Some(CertificateFacts {
            days_left: 20,
            subject: "CN=example.org",
            issuer: "CN=R11, O=Let's Encrypt",
        }),
        http_version: "2",
        tls_version: Some("1.3"),
        redirects: 1,
        url: "https://example.org/health",
        address: Some([192, 0, 2, 1].into()),
        banner: Some(b"220 mail.example ESMTP\r\n"),
        messages: Some(b"hello\nworld"),
        serving: Some("SERVING"),
        rcode: Some("NOERROR"),
        records: None,
        loss: None,
    }
}

/// The verdict in one line: `met`, `down: DETAIL`, `degraded: DETAIL`. What the head decides must agree with it.
fn verdict(text: &str, answer: &Answer<'_>) -> String {
    let expectations = parse(text);
    let judgement = expectations.judge(answer);
    if let Some(early) = expectations.judge_head(answer) {
        assert_eq!(std::mem::discriminant(&early), std::mem::discriminant(&judgement), "{text}");
    }
    match judgement {
        Judgement::Met => "met".into(),
        Judgement::Degraded(miss) => format!("degraded: {}", miss.fault().detail),
        Judgement::Down(miss) => format!("down: {}", miss.fault().detail),
    }
}
