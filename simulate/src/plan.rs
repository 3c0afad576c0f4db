//! What a seed plans: who is tracked, who is told, and all that goes wrong and when.

use std::time::Duration;

use domain::{
    AlertRule, ChannelId, Cron, Interval, NewTracker, Policy, Preset, Rest, Schedule, Scope, Secret,
    StoredChannel, Target, TrackerId,
};

use crate::{
    fault::{Edge, Fault},
    net, post,
    rng::Rng,
    world::{Answer, Disk, Manner, Resolver, millis},
};

mod events;

/// All that is decided before a world begins.
pub(crate) struct Plan {
    /// The wall clock's time at the beginning, in milliseconds since 1970.
    pub(crate) start_ms: i64,
    /// How long things go wrong.
    pub(crate) span_ms: i64,
    pub(crate) trackers: Vec<NewTracker>,
    /// Which target each of them asks.
    pub(crate) target_of: Vec<usize>,
    pub(crate) targets: usize,
    /// Behind which other target each of them stands, if it does: it is out of reach while that one is.
    pub(crate) behind: Vec<Option<usize>>,
    pub(crate) channels: Vec<StoredChannel>,
    pub(crate) rules: Vec<AlertRule>,
    pub(crate) fallback: Option<ChannelId>,
    pub(crate) canaries: usize,
    pub(crate) commit_every: Duration,
    /// Checks that are kept while the disk refuses.
    pub(crate) keep: usize,
    /// What happens, in its order.
    pub(crate) events: Vec<(i64, Event)>,
}

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A fault begins; only counted.
    Begins(Fault),
    Target(usize, Answer),
    /// Our network is away, or back.
    Away(bool),
    Resolver(Resolver),
    Descriptors(bool),
    Canary(usize, bool),
    Kill,
    Arm(Edge),
    Restart,
    Disk(Disk),
    Step(i64),
    Suspend(i64),
    Service(usize, Manner),
    Edit(Change),
}

/// What somebody changes. Trackers, channels and rules by their place, from 0.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Rest(Vec<usize>, Option<Rest>),
    Policy(usize, Policy),
    Every(usize, Interval),
    Remove(usize),
    Restore(usize),
    Channel(usize, bool),
    Delay(usize, Duration),
    /// The newest incident that lasts.
    Acknowledge,
    /// Maintenance of these; of all when there are none.
    Announce(Vec<usize>, Occurs),
    /// The newest maintenance that is kept.
    Withdraw,
}

/// When maintenance is, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Occurs {
    Once {
        ahead: i64,
        lasts: i64,
    },
    /// For one minute, each time that the hour's minute can be divided by this.
    Minutes(i64),
}

/// The last Sunday of October 2026, 00:40 UTC: twenty minutes before Berlin's clocks go back.
const AUTUMN: i64 = 1_792_888_800_000;
/// The last Sunday of March 2027, 00:40 UTC: twenty minutes before they go forward.
const SPRING: i64 = 1_806_194_400_000;
/// Noon of 2026-11-23, UTC.
const NOON: i64 = 1_795_435_200_000;

impl Plan {
    /// What a seed plans.
    pub(crate) fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let is_long = rng.percent(20);
        let start_ms = if rng.percent(15) { rng.pick(&[AUTUMN, SPRING]) } else { NOON };
        let count = rng.between(if is_long { 6 } else { 14 }, if is_long { 12 } else { 36 });
        let count = usize::try_from(count).unwrap_or(8);
        let target_of: Vec<usize> =
            (0..count).map(|place| place - place % if place % 5 == 1 { 2 } else { 1 }).collect();
        let mut trackers: Vec<NewTracker> = target_of
            .iter()
            .zip(1..)
            .filter_map(|(target, id)| tracker(&mut rng, *target, id, is_long))
            .collect();
        let behind = behind(seed, count);
        for (tracker, target) in trackers.iter_mut().zip(&target_of) {
            // The first tracker of a target has its place.
            let parent = behind.get(*target).copied().flatten().and_then(|parent| i64::try_from(parent).ok());
            tracker.parent = parent.map(|parent| TrackerId(parent + 1));
        }
        let has_fallback = rng.percent(50);
        let channels: Vec<StoredChannel> = (1..=if has_fallback { 3 } else { 2 }).map(channel).collect();
        let fallback = has_fallback.then_some(ChannelId(3));
        let mut plan = Self {
            start_ms: start_ms + rng.between(0, 59_999),
            span_ms: if is_long { rng.between(2_400, 4_800) } else { rng.between(330, 780) } * 1_000,
            targets: count,
            behind,
            trackers,
            target_of,
            channels,
            rules: rules(&mut rng, fallback, is_long),
            fallback,
            canaries: usize::try_from(rng.pick(&[0, 1, 3, 3, 3])).unwrap_or(3),
            commit_every: millis(rng.pick(&[5, 20, 50, 100])),
            keep: usize::try_from(rng.pick(&[20, 200, 2_000, 100_000])).unwrap_or(200),
            events: Vec::new(),
        };
        plan.events = plan.all_events(&mut rng);
        plan
    }
}

/// In every third seed some targets stand behind an earlier one, now and then behind one that does so itself. They are drawn apart: the
/// others stay the same.
fn behind(seed: u64, count: usize) -> Vec<Option<usize>> {
    let mut rng = Rng::new(seed ^ 0x000F_A711);
    let mut of = |place: usize| {
        let parent = usize::try_from(rng.pick(&[0, 2, 3, 4])).unwrap_or(0);
        (seed % 3 == 2 && rng.percent(40) && parent < place).then_some(parent)
    };
    (0..count).map(&mut of).collect()
}

fn tracker(rng: &mut Rng, target: usize, id: i64, is_long: bool) -> Option<NewTracker> {
    let target = Target::parse(&net::url(target, id)).ok()?;
    let secs =
        if is_long { rng.pick(&[5, 10, 20, 30, 60]) } else { rng.pick(&[1, 1, 1, 2, 2, 3, 5, 10, 20]) };
    let schedule = if rng.percent(6) {
        let cron =
            Cron::parse(rng.pick(&["*/20 * * * * *", "0 * * * * *", "30 0-59/2 1-3 * * *"]), "Europe/Berlin");
        Schedule::Cron(Box::new(cron.ok()?))
    } else {
        Schedule::Every(Interval::from_secs(secs)?)
    };
    let deadline = rng.percent(30).then(|| Duration::from_secs(u64::from(secs.clamp(1, 4))));
    Some(NewTracker { schedule, deadline, policy: policy(rng), ..NewTracker::of(target) })
}

fn policy(rng: &mut Rng) -> Policy {
    let preset = rng.pick(&[Preset::Fast, Preset::Balanced, Preset::Balanced, Preset::Quiet]);
    let policy = preset.policy();
    let successes = if rng.percent(20) { rng.pick(&[2, 3]) } else { policy.successes };
    let slow_after = rng.percent(20).then(|| Duration::from_millis(400));
    Policy { successes, slow_after, ..policy }
}

fn channel(number: usize) -> StoredChannel {
    StoredChannel {
        id: None,
        name: format!("channel {number}"),
        kind: "webhook".into(),
        settings: Secret::new(post::settings(number)),
        enabled: true,
    }
}

fn rules(rng: &mut Rng, fallback: Option<ChannelId>, is_long: bool) -> Vec<AlertRule> {
    let rule = |number: i64, channels: &[i64], delay: u64, remind: Option<Duration>| AlertRule {
        id: Some(domain::RuleId(number)),
        name: format!("rule {number}"),
        scope: Scope::default(),
        channels: channels.iter().copied().map(ChannelId).collect(),
        delay: Duration::from_secs(delay),
        remind,
        fallback,
        enabled: true,
    };
    let remind = if is_long { Duration::from_mins(5) } else { Duration::from_secs(40) };
    let remind = rng.percent(70).then_some(remind);
    let delay = rng.pick(&[0, 0, 0, 10, 45]);
    vec![rule(1, &[1], 0, remind), rule(2, &[2], delay, remind.filter(|_| delay == 0))]
}
