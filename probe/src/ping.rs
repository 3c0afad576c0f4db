//! The probe of `ping` targets: echoes (ICMP), and that one of them comes back.
//!
//! One answer is enough; two more questions follow only while none has come. Where the `loss` is expected to be something, three are asked
//! and all answers are waited for, a while. The time is that of the first answer.

mod echo;
mod socket;

use std::{net::SocketAddr, time::Duration};

use async_trait::async_trait;
use domain::{Answer, Outcome, Phase, Reason};
use tokio::time::{Instant, timeout_at};

use self::{echo::Echo, socket::EchoSocket};
use crate::{
    fault,
    line::{
        ask::{Ask, Line},
        seen::Met,
    },
};

/// How many echoes are asked for at most.
const COUNT: usize = 3;
/// How far apart they are sent where the loss matters, and where the next is only sent because nobody answers.
const APART: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(1));
/// How long the others are waited for when one has come.
const OTHERS: Duration = Duration::from_secs(2);

pub(crate) struct Ping;

#[async_trait]
impl Ask for Ping {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let permit = line.route().permit(line.trace).await?;
        let place = line.place()?;
        let (allowed, addresses) = line.route().addresses(&place, None, line.trace).await?;
        line.trace.phase = Phase::FirstByte;
        let mut failure = Outcome::Unknown(Reason::Network);
        let mut open = None;
        for address in allowed {
            match EchoSocket::open(address) {
                Ok(socket) => {
                    open = Some((socket, address));
                    break;
                }
                Err(outcome) => failure = outcome,
            }
        }
        let (socket, address) = open.ok_or(failure)?;
        line.trace.seen.meet(&Met { addresses, peer: Some(SocketAddr::new(address, 0)), tls: None });
        let loss = exchange(line, &socket).await?;
        drop((socket, permit));
        Ok(line.judge(&Answer { loss: Some(loss), ..Answer::default() }))
    }
}

/// Sends and hears. The answer is how many of a hundred got lost.
async fn exchange(line: &mut Line<'_>, socket: &EchoSocket) -> Result<u8, Outcome> {
    let wants_all = line.plan.expect.needs_loss();
    let apart = if wants_all { APART.0 } else { APART.1 };
    let echo = Echo::new(socket.id(), socket.is_v6());
    let failed = |error| fault::io(&error, Phase::FirstByte);
    let (mut sent, mut came) = (0_u16, [false; COUNT]);
    let (mut next, mut end) = (Instant::now(), line.trace.until);
    let mut buffer = [0; 1_024];
    while Instant::now() < end {
        if usize::from(sent) < COUNT && Instant::now() >= next {
            socket.send(&echo.request(sent)).await.map_err(failed)?;
            sent += 1;
            next += apart;
        }
        let wake = if usize::from(sent) < COUNT { next.min(end) } else { end };
        let Ok(received) = timeout_at(wake, socket.recv(&mut buffer)).await else { continue };
        let size = received.map_err(failed)?;
        let answered = echo.read(&buffer[..size], socket.has_header()).map(usize::from);
        let Some(place) = answered.and_then(|sequence| came.get_mut(sequence)) else { continue };
        // One that comes twice says nothing new.
        if std::mem::replace(place, true) {
            continue;
        }
        if came.iter().filter(|came| **came).count() == 1 {
            line.trace.enter_knowing(Phase::Body, || words::DETAIL_ECHO.into());
            line.trace.stop_here();
            end = end.min(Instant::now() + OTHERS);
        }
        if !wants_all || came.iter().all(|came| *came) {
            break;
        }
    }
    let lost = came.iter().take(sent.into()).filter(|came| !**came).count();
    let came = usize::from(sent).saturating_sub(lost);
    if came == 0 {
        return Err(line.trace.deadline());
    }
    Ok(u8::try_from(100 * lost / (lost + came)).unwrap_or(100))
}
