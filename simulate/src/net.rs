//! Targets and canaries: what one hears who asks them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::{
    Evidence, Fault, FaultKind, Finding, Micros, Outcome, Phase, Phases, Plan, Prober, Reason, Session,
};
use server::location::Canary;
use tokio::time::sleep;

use crate::{
    bug::Bug,
    world::{Answer, Resolver, State, World, millis, whole_ms},
};

/// Asks targets of the world.
pub(crate) struct WorldProber(pub(crate) Arc<World>);

struct WorldSession {
    world: Arc<World>,
    url: String,
    /// Which target, and for which tracker.
    target: usize,
    tracker: i64,
}

/// The address of a tracker's target: its host says which one it is, its path who asks.
pub(crate) fn url(target: usize, tracker: i64) -> String {
    format!("https://h{target}.example/{tracker}")
}

impl Prober for WorldProber {
    fn prepare(&self, plan: Plan) -> Box<dyn Session> {
        let url = plan.target.as_str().to_owned();
        let (host, path) = url.trim_start_matches("https://h").split_once(".example/").unwrap_or(("0", "0"));
        let (target, tracker) = (host.parse().unwrap_or(0), path.parse().unwrap_or(0));
        Box::new(WorldSession { world: Arc::clone(&self.0), url, target, tracker })
    }
}

/// What a question leads to: after how long, and what then.
enum Course {
    After(i64, Outcome),
    /// Nothing comes.
    Silence,
}

#[async_trait]
impl Session for WorldSession {
    async fn ask(&mut self, deadline: Duration) -> Finding {
        self.world.alive().await;
        let course = course(&mut self.world.lock(), self.target);
        let limit = whole_ms(deadline);
        let (took, outcome) = match course {
            Course::After(ms, outcome) if ms < limit => (ms, Some(outcome)),
            _ => (limit, None),
        };
        if took > 0 {
            sleep(millis(took)).await;
            self.world.alive().await;
        }
        let mut state = self.world.lock();
        let outcome = outcome.unwrap_or_else(|| at_deadline(&state, self.target));
        state.found(self.tracker, &outcome);
        let latency = Some(Micros::from(millis(took)));
        Finding { outcome, latency, phases: Phases::NONE }
    }

    fn evidence(&self) -> Option<Evidence> {
        Some(Evidence { url: self.url.clone(), ..Evidence::default() })
    }
}

fn down(kind: FaultKind) -> Outcome {
    Outcome::Down(Fault::new(kind, ""))
}

fn course(state: &mut State, target: usize) -> Course {
    let truth = &state.truth;
    if !truth.has_descriptors {
        return Course::After(0, Outcome::Unknown(Reason::FileDescriptors));
    }
    match truth.resolver {
        Resolver::Silent => return Course::After(900, Outcome::Unknown(Reason::Resolver)),
        Resolver::Lies => return Course::After(3, down(FaultKind::Dns)),
        Resolver::Well => {}
    }
    if truth.away_since.is_some() {
        // Half of the time the machine knows that there is no way.
        return if state.rng.percent(50) {
            Course::After(0, down(FaultKind::Unreachable))
        } else {
            Course::Silence
        };
    }
    match answer(state, target) {
        Answer::Slowly(ms) => Course::After(ms, Outcome::Up),
        Answer::Refuses => Course::After(1, down(FaultKind::Refused)),
        Answer::Fails => Course::After(2, down(FaultKind::Status(500))),
        Answer::Hangs => Course::Silence,
        Answer::Well | Answer::Flaps(_) => {
            // Waiting costs time here, too; one in four is enough to have checks that overlap.
            let ms = if state.rng.percent(25) { state.rng.between(1, 80) } else { 0 };
            Course::After(ms, Outcome::Up)
        }
    }
}

/// How a target answers at the moment: as one that it stands behind does, while that one is out.
fn answer(state: &State, target: usize) -> Answer {
    let own = |target: usize| match state.truth.targets.get(target).copied().unwrap_or(Answer::Well) {
        Answer::Flaps(half) if state.age_ms() / half % 2 == 1 => Answer::Refuses,
        other => other,
    };
    let is_out = |answer: &Answer| matches!(answer, Answer::Refuses | Answer::Hangs | Answer::Fails);
    state.truth.above(target).map(own).find(is_out).unwrap_or_else(|| own(target))
}

/// What a question that hung comes to: packets are sent again, so who is back in time answers after all.
fn at_deadline(state: &State, target: usize) -> Outcome {
    let is_back = state.truth.away_since.is_none() && state.truth.resolver == Resolver::Well;
    match answer(state, target) {
        Answer::Well | Answer::Flaps(_) if is_back => Outcome::Up,
        _ => down(FaultKind::Timeout(Phase::Connect)),
    }
}

/// A canary of the world.
pub(crate) struct WorldCanary {
    pub(crate) world: Arc<World>,
    pub(crate) number: usize,
}

#[async_trait]
impl Canary for WorldCanary {
    async fn answers(&self) -> bool {
        self.world.alive().await;
        let (answers, ms) = {
            let mut state = self.world.lock();
            let silent = state.truth.silent_canaries.get(self.number).copied().unwrap_or(false);
            let is_seen = state.truth.away_since.is_none() && !silent;
            let lies = state.bug == Some(Bug::BlindnessIgnored);
            (is_seen || lies, state.rng.between(5, 40))
        };
        if answers {
            sleep(millis(ms)).await;
            let mut state = self.world.lock();
            let could_tell = state.canaries_tell();
            state.answered.get_mut(self.number).into_iter().for_each(|answered| *answered = true);
            if state.canaries_tell() && !could_tell {
                // Until now nothing but many failures at once could hold one back.
                state.disturb();
            }
        } else {
            std::future::pending::<()>().await;
        }
        answers
    }
}
