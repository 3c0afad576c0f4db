use super::*;

const TEN: Duration = Duration::from_secs(10);

fn host(n: usize) -> Arc<str> {
    format!("host-{n}.example").into()
}

/// A location of so many hosts that are up, which all fail or do not, and canaries that answer or do not.
struct World {
    sight: Sight,
    hosts: usize,
    seen: Vec<bool>,
    now: Duration,
    /// Hosts whose failure was believed.
    down: HashSet<Arc<str>>,
}

impl World {
    fn new(hosts: usize, canaries: usize) -> Self {
        let mut sight = Sight::new(canaries);
        let seen = vec![true; canaries];
        if canaries > 0 {
            sight.looked(&seen, Duration::ZERO);
        }
        Self { sight, hosts, seen, now: Duration::from_mins(1), down: HashSet::new() }
    }

    fn up(&self) -> HashSet<Arc<str>> {
        (0..self.hosts).map(host).filter(|host| !self.down.contains(host)).collect()
    }

    /// These hosts fail, 10 ms after one another; how each failure is taken, as a letter: `d`own, `h`eld, `b`lind.
    fn fail(&mut self, hosts: std::ops::Range<usize>) -> String {
        hosts.map(|n| self.fail_one(n)).collect()
    }

    fn fail_one(&mut self, n: usize) -> char {
        self.now += Duration::from_millis(10);
        if self.sight.wants_count(self.now) {
            self.sight.count(self.up(), self.now);
        }
        let mut advice = self.sight.failed(&host(n), TEN, self.now);
        if advice == Advice::Look {
            self.sight.looked(&self.seen, self.now);
            advice = self.sight.advice(self.now);
        }
        match advice {
            Advice::Believe => {
                self.down.insert(host(n));
                'd'
            }
            Advice::Hold => 'h',
            Advice::Blind => 'b',
            Advice::Look => '?',
        }
    }

    fn passes(&mut self, time: Duration) {
        self.now += time;
    }
}

#[test]
fn one_host_that_is_down_blinds_nobody() {
    for canaries in [0, 1, 3] {
        let mut world = World::new(50, canaries);
        assert_eq!(world.fail(0..1), "d", "{canaries} canaries");
        assert_eq!(world.sight.blindness(), None);
    }
    assert_eq!(World::new(1, 0).fail(0..1), "d", "not even if there is no other");
}

#[test]
fn two_hundred_hosts_and_dead_canaries_are_one_blindness() {
    let mut world = World::new(200, 3);
    world.seen = vec![false, true, false];
    assert_eq!(world.fail(0..200), "b".repeat(200));
    let (since, why) = world.sight.blindness().unwrap();
    assert_eq!(why, Blindness::Canaries { silent: 2, of: 3 });
    world.passes(TEN);
    assert_eq!(world.fail(0..200), "b".repeat(200));
    assert_eq!(world.sight.blindness().unwrap().0, since, "still the same one");
}

#[test]
fn two_hundred_hosts_and_canaries_that_answer_are_two_hundred_outages() {
    let mut world = World::new(200, 3);
    assert_eq!(world.fail(0..200), "d".repeat(200));
    assert_eq!(world.sight.blindness(), None);
}

#[test]
fn a_minority_of_silent_canaries_is_their_own_trouble() {
    let mut world = World::new(200, 3);
    world.seen = vec![false, true, true];
    assert_eq!(world.fail(0..3), "ddd");
    let mut world = World::new(200, 2);
    world.seen = vec![false, true];
    assert_eq!(world.fail(0..3), "ddd", "half of them is no majority");
}

#[test]
fn sight_comes_back_with_the_canaries() {
    let mut world = World::new(200, 1);
    world.seen = vec![false];
    assert_eq!(world.fail(0..3), "bbb");
    world.passes(TEN);
    world.sight.looked(&[true], world.now);
    assert_eq!(world.sight.blindness(), None);
    assert_eq!(world.fail(0..3), "ddd");
}

#[test]
fn a_canary_that_never_answered_says_nothing() {
    let mut world = World::new(50, 1);
    world.sight = Sight::new(1);
    world.seen = vec![false];
    assert_eq!(world.fail(0..1), "d");
    world.sight.looked(&[false], world.now);
    assert_eq!((world.fail(1..2).as_str(), world.sight.blindness()), ("d", None));
}

#[test]
fn what_was_seen_before_many_failed_is_looked_at_again() {
    let mut world = World::new(50, 1);
    assert_eq!(world.fail(0..1), "d", "looked, and saw");
    world.seen = vec![false];
    let taken = world.fail(1..30);
    assert!(taken.starts_with('d') && taken.ends_with('b'), "{taken}");
    assert!(taken.matches('d').count() < 16, "{taken}");
}

#[test]
fn without_canaries_many_at_once_are_held_for_twenty_seconds() {
    let mut world = World::new(100, 0);
    let taken = world.fail(0..40);
    assert_eq!(taken.matches('d').count(), 29, "fewer than thirty per cent are believed: {taken}");
    assert!(taken.ends_with("hhhhhhhhhhh"), "{taken}");
    world.passes(Duration::from_secs(9));
    assert!(world.fail(0..40).ends_with('h'));
    world.passes(Duration::from_secs(9));
    assert!(world.fail(0..40).ends_with('h'));
    world.passes(Duration::from_secs(3));
    assert!(world.fail(30..40).ends_with("dddddddddd"), "then they are released");
}

#[test]
fn without_canaries_only_the_failure_of_all_is_blindness() {
    let mut world = World::new(6, 0);
    assert_eq!(world.fail(0..6), "ddddhb", "the first ones could not be told from outages");
    world.passes(Duration::from_secs(5));
    assert_eq!(world.fail(4..6), "bb");
    world.sight.succeeded(&host(5));
    assert_eq!(world.sight.blindness(), None, "who answers is seen");
}

#[test]
fn failures_far_apart_are_not_at_once() {
    let mut world = World::new(10, 0);
    for n in 0..10 {
        assert_eq!(world.fail(n..n + 1), "d");
        world.passes(Duration::from_secs(11));
    }
}

#[test]
fn only_what_proves_no_contact_may_be_ours() {
    use crate::{Phase, TlsFault};
    assert!(may_be_ours(FaultKind::Timeout(Phase::Connect)) && may_be_ours(FaultKind::Unreachable));
    assert!(may_be_ours(FaultKind::Dns), "a router without a line says so of every name");
    for kind in [FaultKind::Status(500), FaultKind::Tls(TlsFault::Expired), FaultKind::Protocol] {
        assert!(!may_be_ours(kind), "{kind}");
    }
}

#[test]
fn this_machine_is_always_seen() {
    let host = |url| host_of(&Target::parse(url).unwrap());
    for url in [
        "http://localhost:1/",
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://a.localhost",
    ] {
        assert_eq!(host(url), None, "{url}");
    }
    assert_eq!(host("http://A.example:8080/x").as_deref(), Some("a.example"));
}

#[test]
fn a_round_is_decided_when_half_of_those_that_count_have_answered() {
    let mut sight = Sight::new(3);
    assert!(!sight.sees(&[true, false, false]), "nothing is known of any yet");
    sight.looked(&[true, true, true], Duration::ZERO);
    assert!(!sight.sees(&[false, true, false]));
    assert!(sight.sees(&[true, true, false]));
}
