//! Where the time of one probe went, as text: a bar for each phase, which begins where the one before it ended.

use domain::{Evidence, Phase, Phases, Timestamp};

/// Letters of all bars together.
const WIDTH: u32 = 40;
/// Lines of what a target said.
const LINES: usize = 10;
const DAY_MS: i64 = 86_400_000;

/// The lines below the verdict. A probe that tells nothing has none.
pub(super) fn lines(phases: &Phases, evidence: Option<&Evidence>, now: Timestamp) -> Vec<String> {
    let mut lines = bars(phases);
    if let Some(evidence) = evidence {
        lines.extend(facts(evidence, now).into_iter().map(|(term, value)| line(term, &value)));
    }
    lines
}

fn bars(phases: &Phases) -> Vec<String> {
    let total: u64 = phases.iter().map(|(_, took)| u64::from(took.0)).sum();
    let column = |micros: u64| usize::try_from(micros * u64::from(WIDTH) / total.max(1)).unwrap_or(0);
    let mut so_far = 0;
    let bar = |(phase, took): (Phase, domain::Micros)| {
        let (from, until) = (column(so_far), column(so_far + u64::from(took.0)));
        so_far += u64::from(took.0);
        // The shortest phase is seen as well.
        let bar = "#".repeat((until - from).max(1));
        format!("  {:<12} {:>9.1} ms  {}{bar}", word(phase), took.as_ms(), " ".repeat(from))
    };
    phases.iter().map(bar).collect()
}

fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::FirstByte => "first byte",
        other => other.word(),
    }
}

fn facts(evidence: &Evidence, now: Timestamp) -> Vec<(&'static str, String)> {
    let tls = evidence.tls.as_ref();
    let asked = evidence.peer.clone().or_else(|| evidence.addresses.first().cloned());
    let version = tls.and_then(|tls| tls.version.clone());
    let protocol: Vec<String> = evidence.version.clone().into_iter().chain(version).collect();
    let status = evidence.status.map(|status| status.to_string());
    let certificate = tls.and_then(|tls| tls.chain.first()).map(|shown| {
        let days = (shown.not_after.as_ms() - now.as_ms()).div_euclid(DAY_MS);
        let left = match days {
            0.. => format!("{days} days left"),
            past => format!("expired {} days ago", -past),
        };
        format!("{}, by {}: {left}", shown.subject, shown.issuer)
    });
    let problem = tls.and_then(|tls| tls.problem.clone());
    let redirects = evidence.redirects.join(" -> ");
    let facts = [
        ("redirected", Some(redirects).filter(|text| !text.is_empty())),
        ("address", asked),
        ("protocol", Some(protocol.join(", ")).filter(|text| !text.is_empty())),
        ("status", status),
        ("certificate", certificate),
        ("not trusted", problem),
    ];
    // Of the web, the status says enough.
    let body = evidence.body.as_deref().filter(|_| evidence.status.is_none()).unwrap_or_default();
    let said = body.lines().take(LINES).map(|line| ("said", line.chars().take(WIDTH as usize * 2).collect()));
    let known = facts.into_iter().filter_map(|(term, value)| Some((term, value?)));
    let verdicts = evidence.verdicts.iter().map(|(address, verdict)| ("at", format!("{address}: {verdict}")));
    known.chain(said).chain(verdicts).collect()
}

/// What targets say is shown to a terminal, which must not obey it.
fn line(term: &str, value: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let value: String = value.chars().map(|c| if is_harmful(c) { '\u{FFFD}' } else { c }).collect();
    format!("  {term:<12} {value}")
}

#[cfg(test)]
mod tests {
    use domain::{Certificate, Micros, TlsEvidence};

    use super::*;

    #[test]
    fn bars_follow_each_other_and_facts_stand_below() {
        let mut phases = Phases::NONE;
        for (phase, took) in [
            (Phase::Resolve, 10_000),
            (Phase::Connect, 20_000),
            (Phase::Tls, 100),
            (Phase::FirstByte, 49_900),
        ] {
            phases.add(phase, Micros(took));
        }
        let shown = Certificate {
            subject: "a.example\u{1b}[31m".into(),
            issuer: "R3".into(),
            not_after: Timestamp(3 * DAY_MS + 5),
            ..Certificate::default()
        };
        let tls =
            TlsEvidence { version: Some("TLS 1.3".into()), chain: vec![shown], ..TlsEvidence::default() };
        let evidence = Evidence {
            peer: Some("127.0.0.1:443".into()),
            version: Some("HTTP/2.0".into()),
            status: Some(200),
            tls: Some(tls),
            ..Evidence::default()
        };
        let lines = lines(&phases, Some(&evidence), Timestamp(0));
        assert_eq!(
            lines,
            [
                "  dns               10.0 ms  #####",
                "  connect           20.0 ms       ##########",
                "  tls                0.1 ms                 #",
                "  first byte        49.9 ms                 #########################",
                "  address      127.0.0.1:443",
                "  protocol     HTTP/2.0, TLS 1.3",
                "  status       200",
                "  certificate  a.example\u{FFFD}[31m, by R3: 3 days left",
            ]
        );
        assert!(super::lines(&Phases::NONE, None, Timestamp(0)).is_empty());
    }
}
