//! How a target calls, and what it told.

use domain::{Calls, Signal, SignalWord, Story};
use leptos::prelude::*;

use super::{failure::inert, wording};
use crate::ui::{Icon, Part, whole};

/// Stands for this installation where nobody said how it is reached; the page's script puts the browser's own address there.
const SOMEWHERE: &str = "https://YOUR-SERVER";

/// The URL, ways to call it, and the newest signals; nothing of a target that is asked.
pub fn calls(story: &Story) -> Option<Part> {
    let Calls { url, signals } = story.calls.as_ref()?;
    let signals = if signals.is_empty() {
        whole(view! { <p class="muted">{words::CALLS_NONE}</p> })
    } else {
        table(signals, story)
    };
    Some(whole(view! {
        <section class="card" aria-labelledby="h-calls">
            <header>
                <h2 id="h-calls">{words::CALLS}</h2>
            </header>
            <div class="body">{url.as_deref().map(ways)} {signals}</div>
        </section>
    }))
}

/// The URL and examples of how it is called.
fn ways(url: &str) -> Part {
    let url = if url.starts_with('/') { format!("{SOMEWHERE}{url}") } else { url.to_owned() };
    let examples: Vec<_> = examples(&url)
        .into_iter()
        .map(|(title, text)| {
            view! {
                <h3>{title}</h3>
                <pre class="excerpt" tabindex="0" dir="ltr" aria-label=title data-origin="">
                    {text}
                </pre>
            }
        })
        .collect();
    whole(view! {
        <p>{words::CALLS_URL}</p>
        <pre class="excerpt" tabindex="0" dir="ltr" aria-label=words::CALLS_URL_LABEL data-origin="">
            {url}
        </pre>
        <p class="muted">{words::CALLS_SECRET}</p>
        <details class="fold">
            <summary>
                <Icon name="#i-chev" />
                {words::CALLS_WAYS}
            </summary>
            <p>{words::CALLS_WORDS}</p>
            {examples}
        </details>
    })
}

/// Ways to call a URL, each with its title.
fn examples(url: &str) -> [(&'static str, String); 6] {
    let curl = "curl -fsS -m 10 --retry 5 --retry-connrefused -o /dev/null";
    [
        (words::CALLS_WAY_SHELL, format!("{curl} {url}")),
        (words::CALLS_WAY_RUN, format!("{curl} {url}/start\n/usr/local/bin/backup\n{curl} {url}/$?")),
        (words::CALLS_WAY_CRON, format!("0 2 * * * /usr/local/bin/backup; {curl} {url}/$?")),
        (
            words::CALLS_WAY_LOG,
            format!(
                "/usr/local/bin/backup > /tmp/backup.log 2>&1; code=$?\n\
                 tail -c 10000 /tmp/backup.log | {curl} --data-binary @- {url}/$code"
            ),
        ),
        (
            words::CALLS_WAY_SYSTEMD,
            format!(
                "[Service]\nExecStartPre=-/usr/bin/{curl} {url}/start\nExecStart=/usr/local/bin/backup\n\
                 ExecStopPost=-/bin/sh -c 'test $$SERVICE_RESULT = success && said=success || said=fail; \
                 {curl} {url}/$$said'"
            ),
        ),
        (words::CALLS_WAY_POWERSHELL, format!("Invoke-RestMethod -TimeoutSec 10 {url}")),
    ]
}

fn table(signals: &[Signal], story: &Story) -> Part {
    let rows: Vec<_> = signals.iter().map(|signal| row(signal, story)).collect();
    whole(view! {
        <table class="table fits">
            <caption class="vh">{words::NEWEST_FIRST}</caption>
            <thead>
                <tr>
                    <th scope="col">{words::WHEN_UTC}</th>
                    <th scope="col">{words::PAST_WHAT}</th>
                    <th scope="col">{words::CALLS_FROM}</th>
                    <th scope="col">{words::CALLS_BODY}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(signal: &Signal, story: &Story) -> impl IntoView + use<> {
    let what = match &signal.run {
        Some(run) => words::calls_run(run, said(signal.word)),
        None => said(signal.word),
    };
    view! {
        <tr>
            <th scope="row" class="nowrap">
                <time datetime=signal.at.to_string()>{wording::moment(signal.at, story.now)}</time>
            </th>
            <td>{what}</td>
            <td>{signal.from.clone().unwrap_or_default()}</td>
            <td class="dim full">{body(signal)}</td>
        </tr>
    }
}

/// One line as it is; more behind its first one.
fn body(signal: &Signal) -> Part {
    let (line, whole_text) = (inert(signal.line()), inert(signal.body.trim()));
    if line == whole_text {
        return whole(view! { <span>{line}</span> });
    }
    whole(view! {
        <details>
            <summary>{line}</summary>
            <pre class="excerpt" tabindex="0" dir="ltr" aria-label=words::CALLS_BODY>
                {whole_text}
            </pre>
        </details>
    })
}

fn said(word: SignalWord) -> String {
    match word {
        SignalWord::Start => words::CALLS_SAID_START.into(),
        SignalWord::Success => words::CALLS_SAID_SUCCESS.into(),
        SignalWord::Fail => words::CALLS_SAID_FAIL.into(),
        SignalWord::Log => words::CALLS_SAID_LOG.into(),
        SignalWord::Exit(code) => words::calls_said_exit(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_call_the_url() {
        let url = "https://status.example/push/7-abc";
        for (title, text) in examples(url) {
            assert!(text.contains(url), "{title}: {text}");
        }
    }
}
