//! What a channel does next with the messages that wait for it. Pure: the queue and the time go in, one step comes out.
//!
//! Messages about one tracker keep their order, so what is over is never told before it began. What nobody was told of and is over
//! before its delay is dropped; what could not be delivered while it lasted becomes one message. Many at once become a digest; the
//! first goes at once.

use std::{collections::BTreeMap, time::Duration};

use crate::{Alert, AlertKind, Timestamp, TrackerId, Waiting};

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Nothing, before that time if there is one.
    Wait(Option<Timestamp>),
    /// Give these up: nobody needs them any more.
    Drop(Vec<i64>),
    /// Send one message for all of these.
    Send(Vec<i64>, Box<Alert>),
}

/// What is remembered of a channel while the program runs.
#[derive(Clone, Debug, Default)]
pub struct ChannelPace {
    /// When messages were sent, within the last [`WINDOW`].
    sent: Vec<Timestamp>,
    last_digest: Option<Timestamp>,
    rests_until: Timestamp,
}

/// What a storm is counted over.
const WINDOW: Duration = Duration::from_mins(1);
/// Messages within [`WINDOW`] that are sent one by one.
const BURST: usize = 5;
/// How long a storm is gathered before its first digest.
const GATHER: Duration = Duration::from_secs(10);
/// From when on an outage that is over is told in one message.
const FOLD_AFTER: Duration = Duration::from_mins(2);
/// Lines of a digest.
const LINES: usize = 50;
/// Waits between tries of one message; after that it is [`HOUR`].
const WAITS: [u64; 6] = [1, 5, 15, 60, 300, 900];
const HOUR: Duration = Duration::from_hours(1);
/// Tries before a message is given up: a day of them.
const TRIES: u32 = 30;
/// Tries when the service refuses the message itself.
const TRIES_REFUSED: u32 = 3;

impl ChannelPace {
    /// Notes that a message was sent.
    pub fn sent(&mut self, kind: AlertKind, now: Timestamp) {
        self.sent.retain(|at| is_recent(*at, now));
        self.sent.push(now);
        if kind == AlertKind::Digest {
            self.last_digest = Some(now);
        }
    }

    /// Lets the channel rest: a service that is down gets nothing until then.
    pub fn rest(&mut self, until: Timestamp) {
        self.rests_until = until;
    }

    /// What to do next. `queue` is what waits for the channel, oldest first.
    pub fn next(&self, queue: &[Waiting], now: Timestamp) -> Step {
        let mut by_tracker: BTreeMap<(Option<TrackerId>, i64), Vec<&Waiting>> = BTreeMap::new();
        for waiting in queue {
            // What is about no tracker has no order to keep.
            let tracker = waiting.outgoing.tracker;
            let own = if tracker.is_some() { 0 } else { waiting.id };
            by_tracker.entry((tracker, own)).or_default().push(waiting);
        }
        let needless: Vec<i64> = by_tracker.values().flat_map(|line| needless(line, now)).collect();
        if !needless.is_empty() {
            return Step::Drop(needless);
        }
        if now < self.rests_until && self.rests_until.since(now) <= HOUR && !queue.is_empty() {
            return Step::Wait(Some(self.rests_until));
        }
        let heads = || by_tracker.values().filter_map(|line| line.first().map(|head| (*head, line)));
        let mut due: Vec<(&Waiting, &Vec<&Waiting>)> =
            heads().filter(|(head, _)| is_due(head, now)).collect();
        due.sort_unstable_by_key(|(head, _)| head.id);
        let Some((head, line)) = due.first() else {
            return Step::Wait(
                heads().map(|(head, _)| head.next_at.max(head.held_until.unwrap_or(head.next_at))).min(),
            );
        };
        let recent = self.sent.iter().filter(|at| is_recent(**at, now));
        let one = || {
            let alone = || Step::Send(vec![head.id], Box::new(head.outgoing.alert.clone()));
            folded(head, line, now).unwrap_or_else(alone)
        };
        if recent.clone().count() + due.len() <= BURST || recent.clone().count() == 0 {
            return one();
        }
        let digest_at = match self.last_digest {
            Some(last) if is_recent(last, now) => last.plus(WINDOW),
            _ => recent.min().map_or(now, |first| first.plus(GATHER)),
        };
        match due.len() {
            _ if now < digest_at => Step::Wait(Some(digest_at)),
            1 => one(),
            _ => digest(&due, now),
        }
    }
}

/// Whether that was within the last [`WINDOW`]. What lies ahead was noted before the clock was set back.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.since(at) < WINDOW
}

/// Whether a message may go out. Whoever would have to wait for longer than anybody is made to wait was put off before the clock was set
/// back.
fn is_due(waiting: &Waiting, now: Timestamp) -> bool {
    if waiting.held_until.is_some_and(|until| now < until) {
        return false;
    }
    let was_set_back = if waiting.attempts > 0 {
        waiting.next_at.since(now) > HOUR
    } else {
        waiting.outgoing.alert.at.since(now) > WINDOW
    };
    waiting.next_at <= now || was_set_back
}

/// What of a tracker's line nobody needs: an outage that was over before its delay was, and reminders of one that is over.
fn needless(line: &[&Waiting], now: Timestamp) -> Vec<i64> {
    let Some(end) = line.iter().position(|waiting| waiting.outgoing.alert.kind.is_end()) else {
        return Vec::new();
    };
    let before = line.get(..end).unwrap_or_default();
    let is_unknown = before.first().is_some_and(|head| {
        head.outgoing.alert.kind == AlertKind::Down && head.attempts == 0 && !is_due(head, now)
    });
    if is_unknown {
        return line.iter().take(end + 1).map(|waiting| waiting.id).collect();
    }
    let is_reminder = |waiting: &&&Waiting| waiting.outgoing.alert.kind == AlertKind::StillDown;
    before.iter().filter(is_reminder).map(|waiting| waiting.id).collect()
}

/// One message for an outage that began and ended while its channel could not be reached.
fn folded(head: &Waiting, line: &[&Waiting], now: Timestamp) -> Option<Step> {
    let began = &head.outgoing.alert;
    let end = line.get(1).filter(|next| next.outgoing.alert.kind == AlertKind::Recovered)?;
    if began.kind != AlertKind::Down || now.since(began.at) <= FOLD_AFTER {
        return None;
    }
    let ended = &end.outgoing.alert;
    let alert = Alert {
        kind: AlertKind::WasDown,
        key: ended.key.clone(),
        at: ended.at,
        lasted_ms: ended.lasted_ms,
        ..began.clone()
    };
    Some(Step::Send(vec![head.id, end.id], Box::new(alert)))
}

fn digest(due: &[(&Waiting, &Vec<&Waiting>)], now: Timestamp) -> Step {
    let rows: Vec<i64> = due.iter().map(|(head, _)| head.id).collect();
    let mut lines: Vec<String> =
        due.iter().take(LINES).map(|(head, _)| line_of(&head.outgoing.alert)).collect();
    if due.len() > LINES {
        lines.push(words::alert_line_more(due.len() - LINES));
    }
    // The same for the same messages only: a service that takes a key once would take no other lines under it.
    let whole = rows
        .iter()
        .fold(0_u64, |whole, row| (whole ^ row.cast_unsigned()).wrapping_mul(0x0000_0100_0000_01B3));
    let first = due.first().map(|(head, _)| &head.outgoing.alert);
    let key = first.map(|alert| format!("{}-{whole:x}-digest", alert.key)).unwrap_or_default();
    let alert = Alert { thread: key.clone(), key, lines, ..Alert::of(AlertKind::Digest, now) };
    Step::Send(rows, Box::new(alert))
}

/// `shop is down: connection refused`.
fn line_of(alert: &Alert) -> String {
    let name = alert.tracker.as_ref().map_or(words::ALERT_LINE_LOCATION, |tracker| &tracker.name);
    let what = match alert.kind {
        AlertKind::Down => words::alert_line_down(name),
        AlertKind::StillDown => words::alert_line_still_down(name),
        AlertKind::Recovered => words::alert_line_recovered(name),
        AlertKind::WasDown => words::alert_line_was_down(name),
        AlertKind::Flapping => words::alert_line_flapping(name),
        AlertKind::Blind => words::alert_line_blind(name),
        AlertKind::Seeing => words::alert_line_seeing(name),
        AlertKind::Digest | AlertKind::Test => words::alert_line_other(name),
    };
    if alert.cause.is_empty() { what } else { words::alert_about(&alert.cause, what) }
}

/// How long to wait before the next try, after so many tries; `None` to give up. `asked` is what the service wants, `chance` a number
/// from 0 to 1: services that come back should not be asked by everybody at once (full jitter).
pub fn retry_after(tries: u32, is_refused: bool, asked: Option<Duration>, chance: f64) -> Option<Duration> {
    if tries >= if is_refused { TRIES_REFUSED } else { TRIES } {
        return None;
    }
    let step = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = WAITS.get(step).map_or(HOUR, |secs| Duration::from_secs(*secs));
    let wait = wait.mul_f64(chance.clamp(0.0, 1.0)).max(Duration::from_millis(200));
    Some(asked.map_or(wait, |asked| asked.min(HOUR).max(wait)))
}

/// When people are told the next time of an incident that lasts: twice as long after each, a day at most. `told` counts the reminders
/// so far.
pub fn reminder_at(told_at: Timestamp, first: Duration, told: u32) -> Timestamp {
    const LONGEST: Duration = Duration::from_hours(24);
    told_at.plus(first.saturating_mul(1 << told.min(16)).min(LONGEST))
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
