//! What people are told: in its order, once, and by every channel that should.

use domain::{Alert, AlertChange, AlertKind, ChannelId, DeliveryState, Settled, TrackerId, Waiting};

use super::Checker;
use crate::{
    disk::Shared,
    world::{Manner, Service, State},
};

/// A message that a service took.
#[derive(Debug)]
pub(crate) struct Taken {
    answer: Heard,
    /// The lines that it had when it was taken first: whoever knows keys takes no second.
    lines: usize,
    /// Counts up with each that is taken.
    order: u64,
}

/// What the program knows of a message that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// The answer was lost.
    Nothing,
    /// The answer went to the program in its so manieth life.
    InLife(i64),
    /// It is on disk.
    Noted,
}

/// Lines of a digest, the last of which may say that there are more.
const LINES: usize = 51;
/// Tries before a message is given up that was refused.
const REFUSED: u32 = 3;

impl State {
    /// A message comes to a service. Gives how that behaves.
    pub(crate) fn come_to(&mut self, number: usize, alert: &Alert) -> Manner {
        let now = self.age_ms();
        let tracker = alert.tracker.as_ref().map_or(0, |tracker| tracker.id.0);
        self.note("comes", &[i64::try_from(number).unwrap_or(0), tracker, alert.at.0]);
        self.may_tell(alert);
        let life = self.life;
        let place = number.saturating_sub(1);
        let Some(service) = self.services.get(place).copied() else { return Manner::Well };
        // A try that begins in the same second was on its way.
        if let Service { rests: Some((until, of)), .. } = service
            && of == life
            && now + 50 < until
        {
            let early = until - now;
            self.checker.fail("I5", now, format!("channel {number} is asked {early} ms before it said"));
        }
        service.manner
    }

    /// A service says that it is busy.
    pub(crate) fn rests(&mut self, number: usize, rest: Option<i64>) {
        let (now, life) = (self.age_ms(), self.life);
        if let Some(service) = self.services.get_mut(number.saturating_sub(1)) {
            service.rests = rest.map(|ms| (now + ms, life));
        }
    }

    /// A service takes a message, of those that wait.
    pub(crate) fn accepted(&mut self, number: usize, alert: &Alert, waiting: &[Waiting]) {
        let (now, life) = (self.age_ms(), self.life);
        let tracker = alert.tracker.as_ref().map(|tracker| tracker.id);
        let numbers = [i64::try_from(number).unwrap_or(0), tracker.map_or(0, |id| id.0), alert.at.0];
        self.note(alert.kind.word(), &numbers);
        let outcome = self.checker.takes(number, alert, life);
        let outcome = outcome.and_then(|()| in_order(number, alert, tracker, waiting));
        if let Err(what) = outcome {
            self.checker.fail("I5", now, what);
        }
    }

    /// The answer of a service is lost.
    pub(crate) fn answer_lost(&mut self, number: usize, alert: &Alert) {
        if let Some(taken) = self.checker.taken.get_mut(&(number, alert.key.clone())) {
            taken.answer = Heard::Nothing;
        }
    }

    /// Something of alerts is about to be changed on the disk.
    pub(crate) fn changes(&mut self, change: &AlertChange, memory: &Shared) {
        let now = self.age_ms();
        let outcome = match change {
            AlertChange::Settle(settled) => {
                let states = settled.iter().map(|settled| settled.id);
                let states: Vec<i64> = states.collect();
                self.note("settled", &states);
                self.checker.settles(settled, &memory.waiting())
            }
            AlertChange::Send(all) => {
                self.note("sends", &[i64::try_from(all.len()).unwrap_or(0)]);
                let incidents = memory.incidents();
                let wrong = all.iter().find(|outgoing| {
                    let of = outgoing.alert.incident;
                    let incident = incidents.iter().find(|incident| Some(incident.id.0) == of);
                    let is_over = |incident: &domain::Incident| {
                        incident.closed_at.is_some() || incident.acknowledged.is_some()
                    };
                    outgoing.alert.kind == AlertKind::StillDown && incident.is_some_and(is_over)
                });
                wrong.map_or(Ok(()), |outgoing| {
                    Err(format!(
                        "a reminder of incident {:?}, which is over or known",
                        outgoing.alert.incident
                    ))
                })
            }
            AlertChange::SaveChannel(channel) => {
                if let Some(id) = channel.id {
                    self.note("channel", &[id.0, channel.enabled.into()]);
                    let _ = if channel.enabled {
                        self.checker.channels.insert(id)
                    } else {
                        self.checker.channels.remove(&id)
                    };
                }
                Ok(())
            }
            AlertChange::SaveRule(rule) => {
                if let Some(known) = self.checker.rules.iter_mut().find(|known| known.id == rule.id) {
                    known.clone_from(rule);
                }
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(what) = outcome {
            self.checker.fail("I5", now, what);
        }
    }
}

impl Checker {
    fn takes(&mut self, number: usize, alert: &Alert, life: i64) -> Result<(), String> {
        self.messages += 1;
        let order = self.messages;
        let about = alert.tracker.as_ref().map(|tracker| tracker.id);
        let is_one = !matches!(alert.kind, AlertKind::Digest);
        // What others could not be told comes here under a key of its own.
        if is_one && self.fallback != Some(channel(number)) {
            let said = (number, about, alert.kind.word(), alert.at.0);
            let key = self.said.entry(said).or_insert_with(|| alert.key.clone());
            if *key != alert.key && about.is_some() {
                return Err(format!(
                    "{} about {about:?} has two keys, {key} and {}",
                    alert.kind.word(),
                    alert.key
                ));
            }
        }
        let place = (number, alert.key.clone());
        let lines = alert.lines.len();
        let Some(known) = self.taken.get_mut(&place) else {
            self.taken.insert(place, Taken { answer: Heard::InLife(life), lines, order });
            return Ok(());
        };
        match known.answer {
            Heard::Noted => return Err(format!("{} comes again after it was noted", alert.key)),
            Heard::InLife(of) if of == life => {
                return Err(format!("{} comes again although its answer was heard", alert.key));
            }
            Heard::InLife(_) | Heard::Nothing => self.doubles += 1,
        }
        (known.answer, known.order) = (Heard::InLife(life), order);
        Ok(())
    }

    /// What became of messages is noted.
    fn settles(&mut self, settled: &[Settled], waiting: &[Waiting]) -> Result<(), String> {
        let rows: Vec<(&Settled, &Waiting)> = settled
            .iter()
            .filter_map(|settled| Some((settled, waiting.iter().find(|waiting| waiting.id == settled.id)?)))
            .collect();
        for (settled, row) in &rows {
            match settled.state {
                DeliveryState::Dropped => self.may_drop(row, &rows, settled, waiting)?,
                DeliveryState::Dead if row.attempts + 1 < REFUSED => {
                    return Err(format!("message {} is given up after {} tries", row.id, row.attempts + 1));
                }
                _ => {}
            }
        }
        let sent: Vec<&Waiting> =
            rows.iter().filter(|(of, _)| of.state == DeliveryState::Sent).map(|(_, row)| *row).collect();
        if sent.is_empty() { Ok(()) } else { self.was_sent(&sent) }
    }

    /// Only what nobody needs any more is dropped.
    fn may_drop(
        &self,
        row: &Waiting,
        rows: &[(&Settled, &Waiting)],
        settled: &Settled,
        waiting: &[Waiting],
    ) -> Result<(), String> {
        let alert = &row.outgoing.alert;
        let is_off = !self.channels.contains(&row.outgoing.channel);
        let ends = |other: &Waiting| {
            other.id > row.id
                && (other.outgoing.tracker, other.outgoing.channel)
                    == (row.outgoing.tracker, row.outgoing.channel)
                && other.outgoing.alert.kind.is_end()
        };
        let unneeded = match alert.kind {
            AlertKind::StillDown => waiting.iter().any(ends),
            // Nobody was told, and it is over already; its end goes with it.
            AlertKind::Down => row.attempts == 0 && waiting.iter().any(ends),
            AlertKind::Recovered | AlertKind::Flapping => {
                rows.iter().any(|(_, other)| other.outgoing.alert.kind == AlertKind::Down)
            }
            _ => false,
        };
        if is_off || unneeded {
            return Ok(());
        }
        Err(format!("message {} ({}) is dropped: {}", row.id, alert.kind.word(), settled.said))
    }

    /// Messages are noted as sent: then a service took them, with all that they say.
    fn was_sent(&mut self, rows: &[&Waiting]) -> Result<(), String> {
        let number = usize::try_from(rows[0].outgoing.channel.0).unwrap_or(0);
        let mut keys: Vec<String> = rows.iter().map(|row| row.outgoing.alert.key.clone()).collect();
        let first = keys.first().cloned();
        let digests: Vec<String> = self
            .taken
            .range((number, String::new())..(number + 1, String::new()))
            .map(|((_, key), _)| key.clone())
            .filter(|key| {
                let begins = first.as_ref().is_some_and(|first| key.starts_with(&format!("{first}-")));
                begins && key.ends_with("digest")
            })
            .collect();
        keys.extend(digests.into_iter().filter(|_| rows.len() > 1));
        let newest = keys
            .iter()
            .filter_map(|key| Some((self.taken.get(&(number, key.clone()))?.order, key.clone())))
            .max();
        let Some((_, newest)) = newest else {
            return Err(format!("message {} is noted as sent, but nobody took it", rows[0].id));
        };
        let lines = self.taken.get(&(number, newest.clone())).map_or(0, |taken| taken.lines);
        if newest.ends_with("digest") && lines < rows.len().min(LINES) {
            let of = rows.len();
            return Err(format!(
                "{newest} had {lines} lines when it was taken, and stands for {of} messages"
            ));
        }
        for key in rows.iter().map(|row| row.outgoing.alert.key.clone()).chain([newest]) {
            if let Some(taken) = self.taken.get_mut(&(number, key)) {
                taken.answer = Heard::Noted;
            }
        }
        Ok(())
    }
}

fn channel(number: usize) -> ChannelId {
    ChannelId(i64::try_from(number).unwrap_or(0))
}

/// What is over is not told before it began.
fn in_order(
    number: usize,
    alert: &Alert,
    tracker: Option<TrackerId>,
    waiting: &[Waiting],
) -> Result<(), String> {
    if tracker.is_none() || !alert.kind.is_end() {
        return Ok(());
    }
    let Some(own) = waiting.iter().find(|row| row.outgoing.alert.key == alert.key) else { return Ok(()) };
    let before = waiting.iter().filter(|row| {
        row.id < own.id
            && row.outgoing.channel == channel(number)
            && row.outgoing.tracker == tracker
            && row.outgoing.alert.kind == AlertKind::Down
    });
    // The beginning that is told with its end.
    let with_it = usize::from(alert.kind == AlertKind::WasDown);
    if before.count() > with_it {
        return Err(format!("{} is told of {tracker:?} before that it was down", alert.kind.word()));
    }
    Ok(())
}
