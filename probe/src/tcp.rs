//! The probe of `tcp` targets: a connection, maybe something that is sent, maybe what is said.
//!
//! Connected is up, unless something is expected of the `banner`. Then it is read until all that is expected holds, the other side closes,
//! 4 KiB have come, or the deadline passes; what is missed then is judged by what has come. Where nothing has, the fault says so (closed,
//! or the deadline) rather than that nothing is not what was expected.

use std::time::Duration;

use async_trait::async_trait;
use domain::{Answer, Expectations, Fault, FaultKind, Judgement, Outcome, Phase, sent};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{timeout, timeout_at},
};

use crate::{
    fault,
    line::{
        ask::{Ask, Line},
        stream::Stream,
    },
};

/// How long who watches waits for what a target says of which nothing is expected.
const LOOK_ON: Duration = Duration::from_secs(1);

pub(crate) struct Tcp;

/// What ended the reading.
enum End {
    /// All that is expected holds, or no more is read.
    Enough,
    /// The other side has said all that it will.
    Closed,
    /// The deadline.
    Late,
}

#[async_trait]
impl Ask for Tcp {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let mut connection = line.connect().await?;
        let stream = &mut connection.stream;
        let said = line.plan.http.body.as_deref().map(|text| sent(text).unwrap_or_default());
        if let Some(bytes) = said {
            let told = async { stream.write_all(&bytes).await.and(stream.flush().await) }.await;
            told.map_err(|error| fault::io(&error, Phase::FirstByte))?;
        }
        let outcome = if line.plan.expect.needs_banner() {
            listen(line, stream).await?
        } else {
            line.trace.stop_here();
            if line.trace.watcher.is_some() {
                let _ = timeout(LOOK_ON, read(stream, &mut line.trace.seen.body)).await;
            }
            line.judge(&Answer::default())
        };
        connection.leave().await;
        Ok(outcome)
    }
}

/// Reads what is said until that decides.
async fn listen(line: &mut Line<'_>, stream: &mut Stream) -> Result<Outcome, Outcome> {
    let mut banner = Vec::new();
    let end = loop {
        let was_silent = banner.is_empty();
        match timeout_at(line.trace.until, read(stream, &mut banner)).await {
            Err(_) => break End::Late,
            Ok(Err(error)) => return Err(fault::io(&error, line.trace.phase)),
            Ok(Ok(0)) => break End::Closed,
            Ok(Ok(_)) => {}
        }
        if was_silent {
            line.trace.enter_knowing(Phase::Body, || first_line(&banner));
        }
        line.trace.seen.body.clone_from(&banner);
        let answer = line.answer(&answer(&banner), None);
        let is_met = line.plan.expect.judge(&answer) == Judgement::Met;
        if is_met || banner.len() >= Expectations::BANNER_LIMIT {
            break End::Enough;
        }
    };
    let outcome = line.judge(&answer(&banner));
    Ok(match (outcome, end) {
        (Outcome::Down(_), End::Closed) if banner.is_empty() => {
            Outcome::Down(Fault::new(FaultKind::Closed, ""))
        }
        (Outcome::Down(_), End::Late) if banner.is_empty() => line.trace.deadline(),
        (outcome, _) => outcome,
    })
}

/// Who has said nothing has no banner.
fn answer(banner: &[u8]) -> Answer<'_> {
    Answer { banner: Some(banner).filter(|banner| !banner.is_empty()), ..Answer::default() }
}

/// Reads what has come, up to the limit. Can be called off without a loss.
async fn read(stream: &mut Stream, into: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut bytes = [0; 1_024];
    let room = Expectations::BANNER_LIMIT.saturating_sub(into.len()).min(bytes.len());
    let read = stream.read(&mut bytes[..room]).await?;
    into.extend_from_slice(&bytes[..read]);
    Ok(read)
}

fn first_line(banner: &[u8]) -> String {
    let line = banner.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    String::from_utf8_lossy(line).chars().take(80).collect()
}
