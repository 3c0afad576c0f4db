//! What can be measured, each under a name of its own, so that one thing can be measured in a minute.

use crate::{Failure, targets::Spoken};

/// One measurement.
#[derive(Clone)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// Whether `--quick` has it.
    quick: bool,
    pub(crate) what: What,
}

/// What a scenario measures.
#[derive(Clone, Copy)]
pub(crate) enum What {
    /// So many trackers of every second.
    Load(Setup),
    /// How true the recorded latency is against targets that answer after known times.
    Latency(Setup),
    /// Whether targets that hang, so many of them, delay the others.
    Hanging { hanging: usize, others: usize },
    /// What `blackbox_exporter` costs for the same targets.
    Blackbox { trackers: usize },
}

/// Trackers and how their targets are spoken to.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) trackers: usize,
    /// Whether the targets keep connections.
    pub(crate) reused: bool,
    pub(crate) spoken: Spoken,
}

/// Those that were asked for: by name, by number of trackers, by both, or the usual ones.
pub(crate) fn chosen(
    only: &[String],
    trackers: Option<usize>,
    quick: bool,
) -> Result<Vec<Scenario>, Failure> {
    match (only, trackers) {
        ([], None) => Ok(all().into_iter().filter(|scenario| scenario.quick || !quick).collect()),
        ([], Some(trackers)) => {
            Ok([true, false].map(|reused| load(trackers, reused, Spoken::Http, true)).into())
        }
        (only, None) => named(only),
        (only, Some(trackers)) => {
            Ok(named(only)?.into_iter().map(|scenario| scenario.with(trackers)).collect())
        }
    }
}

fn named(only: &[String]) -> Result<Vec<Scenario>, Failure> {
    let all = all();
    let mut chosen = Vec::new();
    for word in only {
        let exactly = |scenario: &&Scenario| scenario.name == *word;
        let partly = |scenario: &&Scenario| scenario.name.contains(word.as_str());
        let mut found: Vec<_> = all.iter().filter(exactly).cloned().collect();
        if found.is_empty() {
            found = all.iter().filter(partly).cloned().collect();
        }
        if found.is_empty() {
            let names: Vec<_> = all.iter().map(|scenario| scenario.name.as_str()).collect();
            return Err(Failure::Unexpected(format!(
                "no scenario is called {word}; there are {}",
                names.join(", ")
            )));
        }
        chosen.append(&mut found);
    }
    Ok(chosen)
}

impl Scenario {
    /// The same with another number of trackers. Its name says so: the goals are those of the usual number.
    fn with(self, trackers: usize) -> Self {
        let what = match self.what {
            What::Load(setup) => What::Load(Setup { trackers, ..setup }),
            What::Latency(setup) => What::Latency(Setup { trackers, ..setup }),
            What::Hanging { hanging, .. } => {
                What::Hanging { hanging: hanging.min(trackers), others: trackers }
            }
            What::Blackbox { .. } => What::Blackbox { trackers },
        };
        Self { name: format!("{}-with-{trackers}", self.name), what, ..self }
    }
}

fn all() -> Vec<Scenario> {
    let both = |trackers, spoken, quick| [true, false].map(|reused| load(trackers, reused, spoken, quick));
    let mut all = Vec::new();
    all.extend(both(100, Spoken::Http, true));
    all.extend(both(1_000, Spoken::Http, true));
    all.extend(both(5_000, Spoken::Http, false));
    all.extend(both(10_000, Spoken::Http, false));
    all.extend(both(1_000, Spoken::Https, false));
    all.push(load(10_000, true, Spoken::Https, false));
    all.extend([Spoken::Tcp, Spoken::Dns, Spoken::Ping].map(another_kind));
    all.extend([latency(true, true), latency(false, false)]);
    all.extend([hanging(1), hanging(1_000)]);
    all.extend([blackbox(100), blackbox(500)]);
    all
}

fn load(trackers: usize, reused: bool, spoken: Spoken, quick: bool) -> Scenario {
    let scheme = if spoken == Spoken::Https { "https-" } else { "" };
    let name = format!("{scheme}{trackers}-{}", connections(reused));
    Scenario { name, quick, what: What::Load(Setup { trackers, reused, spoken }) }
}

/// Of kinds beside the web nothing is kept between two checks.
fn another_kind(spoken: Spoken) -> Scenario {
    let setup = Setup { trackers: 1_000, reused: false, spoken };
    Scenario { name: format!("{}-1000", spoken.word()), quick: false, what: What::Load(setup) }
}

fn latency(reused: bool, quick: bool) -> Scenario {
    let setup = Setup { trackers: 1_000, reused, spoken: Spoken::Http };
    Scenario { name: format!("latency-{}", connections(reused)), quick, what: What::Latency(setup) }
}

fn hanging(hanging: usize) -> Scenario {
    let name = format!("hanging-{hanging}");
    Scenario { name, quick: false, what: What::Hanging { hanging, others: 1_000 } }
}

fn blackbox(trackers: usize) -> Scenario {
    Scenario { name: format!("blackbox-{trackers}"), quick: false, what: What::Blackbox { trackers } }
}

/// The word for how connections are used.
pub(crate) fn connections(reused: bool) -> &'static str {
    if reused { "reused" } else { "fresh" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str]) -> Vec<String> {
        let only: Vec<_> = only.iter().map(|word| (*word).to_owned()).collect();
        chosen(&only, None, false).unwrap().into_iter().map(|scenario| scenario.name).collect()
    }

    #[test]
    fn a_whole_name_means_one_scenario_and_a_part_all_that_have_it() {
        assert_eq!(names(&["1000-reused"]), ["1000-reused"]);
        assert_eq!(names(&["tcp", "dns-1000", "ping"]), ["tcp-1000", "dns-1000", "ping-1000"]);
        assert_eq!(names(&["hanging", "blackbox-100"]), ["hanging-1", "hanging-1000", "blackbox-100"]);
    }

    #[test]
    fn a_scenario_can_have_another_size() {
        let only = ["latency-reused".to_owned()];
        let [scenario] = &chosen(&only, Some(50), false).unwrap()[..] else { panic!("one scenario") };
        assert_eq!(scenario.name, "latency-reused-with-50");
        assert!(matches!(scenario.what, What::Latency(Setup { trackers: 50, reused: true, .. })));
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_that_there_are() {
        let failure = chosen(&["nonsense".to_owned()], None, false).err().map(|failure| failure.to_string());
        assert!(failure.is_some_and(|text| text.contains("10000-fresh")));
    }
}
