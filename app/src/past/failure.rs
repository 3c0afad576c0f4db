//! What was seen when the tracker went down last, beside what it answered before.

use domain::{Evidence, LastFailure, Story, Timestamp};
use leptos::prelude::*;

use super::{phases, wording};
use crate::{
    format,
    ui::{Icon, Nothing, Part, whole},
};

/// The evidence, if it is still kept.
pub fn failure(story: &Story) -> Option<Part> {
    story.failure.as_ref().map(|failure| compared(words::PAST_FAILURE, failure, story.now))
}

/// A failure beside the last good answer before it, if there is one.
pub fn compared(heading: &'static str, failure: &LastFailure, now: Timestamp) -> Part {
    let LastFailure { at, fault, seen, last_good } = failure;
    let why =
        fault.as_ref().map_or_else(|| format!("{}.", words::WHY_NOT_KEPT), |fault| inert(&fault.to_string()));
    let good = last_good.as_ref().map(|(_, good)| good);
    let note = match last_good {
        Some((at, _)) => words::past_failure_compared(wording::moment(*at, now)),
        None => words::PAST_FAILURE_ALONE.to_owned(),
    };
    let rows: Vec<Part> = lines(seen, good).iter().map(|line| line.row(good.is_some())).collect();
    let good_column = good.map(|_| view! { <th scope="col">{words::PAST_FAILURE_GOOD}</th> });
    whole(view! {
        <section class="card" aria-labelledby="h-failure">
            <header>
                <h2 id="h-failure">{heading}</h2>
                <time class="note" datetime=at.to_string()>
                    {format!("{} UTC", wording::moment(*at, now))}
                </time>
            </header>
            <div class="body">
                <p class="why">{why}</p>
                <table class="table seen">
                    <caption>{note}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words::PAST_WHAT}</th>
                            <th scope="col">{words::PAST_FAILURE_COLUMN}</th>
                            {good_column}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {fold(words::PAST_FAILURE_CERTIFICATES, chain(seen))}
                {fold(words::PAST_FAILURE_ANSWER, excerpt(Some(seen)))}
                {fold(words::PAST_FAILURE_GOOD_ANSWER, excerpt(good))}
            </div>
        </section>
    })
}

/// One line of the comparison.
struct Line {
    what: String,
    failure: Option<String>,
    good: Option<String>,
    /// Times always differ; that says nothing.
    is_compared: bool,
}

impl Line {
    fn row(&self, has_good: bool) -> Part {
        let differs = has_good && self.is_compared && self.failure != self.good;
        let mark = differs.then(|| view! { <span class="differs">{words::PAST_FAILURE_DIFFERS}</span> });
        let good = has_good.then(|| view! { <td>{said(self.good.as_ref())}</td> });
        whole(view! {
            <tr class=differs.then_some("is-other")>
                <th scope="row">{self.what.clone()} " " {mark}</th>
                <td>{said(self.failure.as_ref())}</td>
                {good}
            </tr>
        })
    }
}

fn said(text: Option<&String>) -> Part {
    match text {
        Some(text) => whole(view! { <bdi dir="ltr">{inert(text)}</bdi> }),
        None => whole(view! { <Nothing what=words::PAST_NONE /> }),
    }
}

fn lines(seen: &Evidence, good: Option<&Evidence>) -> Vec<Line> {
    let facts = |evidence: &Evidence| -> Vec<(&'static str, Option<String>)> {
        let tls = evidence.tls.as_ref();
        let own = tls.and_then(|tls| tls.chain.first());
        let list = |all: &[String]| Some(all.join(", ")).filter(|text| !text.is_empty());
        vec![
            (words::SEEN_URL, Some(evidence.url.clone())),
            (words::SEEN_REDIRECTS, list(&evidence.redirects)),
            (words::SEEN_ADDRESSES, list(&evidence.addresses)),
            (words::SEEN_PEER, evidence.peer.clone()),
            (words::SEEN_PROTOCOL, evidence.version.clone()),
            (words::SEEN_STATUS, evidence.status.map(|status| status.to_string())),
            (words::SEEN_TLS, tls.and_then(|tls| tls.version.clone())),
            (words::SEEN_CIPHER, tls.and_then(|tls| tls.cipher.clone())),
            (words::SEEN_PROBLEM, tls.and_then(|tls| tls.problem.clone())),
            (words::SEEN_CERTIFICATE, own.map(|own| own.subject.clone())),
            (words::SEEN_ISSUER, own.map(|own| own.issuer.clone())),
            (words::SEEN_EXPIRES, own.map(|own| own.not_after.to_string())),
        ]
    };
    let others = good.map(facts).unwrap_or_default();
    let mut lines: Vec<Line> = facts(seen)
        .into_iter()
        .enumerate()
        .map(|(n, (what, failure))| {
            let good = others.get(n).and_then(|(_, good)| good.clone());
            Line { what: what.into(), failure, good, is_compared: true }
        })
        .collect();
    lines.extend(times(seen, good));
    lines.extend(headers(seen, good));
    lines.extend(seen.verdicts.iter().map(|(address, verdict)| Line {
        what: words::seen_at(inert(address)),
        failure: Some(verdict.clone()),
        good: None,
        is_compared: false,
    }));
    lines.retain(|line| line.failure.is_some() || line.good.is_some());
    lines
}

fn times<'a>(seen: &'a Evidence, good: Option<&'a Evidence>) -> impl Iterator<Item = Line> + 'a {
    domain::Phase::ALL.into_iter().map(move |phase| {
        let took = |evidence: &Evidence| {
            evidence.phases.get(phase).map(|took| format!("{} ms", format::latency(took)))
        };
        let what = words::seen_time(phases::word(phase));
        Line { what, failure: took(seen), good: good.and_then(took), is_compared: false }
    })
}

/// Headers of either, those of the failure first.
fn headers(seen: &Evidence, good: Option<&Evidence>) -> Vec<Line> {
    let of = |evidence: &Evidence, name: &str| {
        let values = evidence.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        Some(format::joined(values.map(|(_, value)| value.clone()), ", ")).filter(|text| !text.is_empty())
    };
    let mut names: Vec<String> = Vec::new();
    for (name, _) in seen.headers.iter().chain(good.iter().flat_map(|good| &good.headers)) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.clone());
        }
    }
    let line = |name: String| Line {
        failure: of(seen, &name),
        good: good.and_then(|good| of(good, &name)),
        // A clock always runs.
        is_compared: !["date", "age"].contains(&name.to_ascii_lowercase().as_str()),
        what: words::seen_header(inert(&name)),
    };
    names.into_iter().map(line).collect()
}

fn chain(seen: &Evidence) -> Option<Part> {
    let chain = &seen.tls.as_ref()?.chain;
    let certificate = |shown: &domain::Certificate| {
        let names = shown.names.join(", ");
        view! {
            <li>
                <bdi dir="ltr">{inert(&shown.subject)}</bdi>
                <span class="dim">
                    {words::seen_signed(
                        shown.not_before,
                        inert(&shown.issuer),
                        if names.is_empty() { words::SEEN_NO_NAME.into() } else { inert(&names) },
                        shown.not_after,
                    )}
                </span>
                <code>{inert(&shown.fingerprint)}</code>
            </li>
        }
    };
    let all: Vec<_> = chain.iter().map(certificate).collect();
    (!all.is_empty()).then(|| whole(view! { <ol class="chain">{all}</ol> }))
}

fn excerpt(evidence: Option<&Evidence>) -> Option<Part> {
    let body = evidence?.body.as_ref()?;
    Some(whole(view! {
        <pre class="excerpt" tabindex="0" dir="ltr" aria-label=words::PAST_FAILURE_EXCERPT>
            {inert(body)}
        </pre>
    }))
}

fn fold(heading: &'static str, body: Option<Part>) -> Option<Part> {
    let body = body?;
    Some(whole(view! {
        <details class="fold">
            <summary>
                <Icon name="#i-chev" />
                {heading}
            </summary>
            {body}
        </details>
    }))
}

/// What a target says, without what would act on a page or a terminal, or turn the direction of text.
pub fn inert(text: &str) -> String {
    let is_harmful = |c: char| {
        (c.is_control() && !"\n\t".contains(c))
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.replace("\r\n", "\n").chars().map(|c| if is_harmful(c) { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(status: u16, server: &str) -> Evidence {
        Evidence {
            url: "https://a.example/".into(),
            status: Some(status),
            headers: vec![("Server".into(), server.into()), ("Date".into(), status.to_string())],
            ..Evidence::default()
        }
    }

    #[test]
    fn what_differs_is_said() {
        let lines = lines(&evidence(503, "b"), Some(&evidence(200, "a")));
        let html: String = lines.iter().map(|line| line.row(true).to_html()).collect();
        let rows: Vec<(&str, bool)> = lines
            .iter()
            .map(|line| (line.what.as_str(), line.row(true).to_html().contains("differs")))
            .collect();
        assert_eq!(
            rows,
            [("URL", false), ("Status", true), ("Header Server", true), ("Header Date", false)],
            "{html}"
        );
    }

    #[test]
    fn what_targets_say_acts_on_nothing() {
        assert_eq!(inert("a\u{1b}[31m\u{202E}b\r\nc"), "a\u{FFFD}[31m\u{FFFD}b\nc");
    }
}
