//! On whom a tracker may depend, as its form offers it: those that have something in common first.

use domain::{Failure, Nearness, TrackerId, ports::Services};

use crate::which;

/// Number and name of each: nobody, those that have something in common, the others by name; and the one that it depends on already.
pub(super) async fn offered(
    services: &Services,
    of: Option<TrackerId>,
    target: &str,
    fields: &[(String, String)],
) -> Result<Vec<(String, String)>, Failure> {
    let chosen = fields.iter().rev().find(|(name, _)| name == "parent").map_or("", |(_, id)| id.trim());
    let near = services.trackers.near(of, target);
    let mut likely = Vec::new();
    for (id, nearness) in &near {
        if let Ok(other) = services.live.tracker(*id).await {
            likely.push((id.to_string(), because(*nearness, &other.about.name)));
        }
    }
    let is_other = |id| Some(id) != of && !near.iter().any(|(other, _)| *other == id);
    let others = which::offered(services).await?.into_iter().filter(|(id, _)| is_other(*id));
    let others = others.map(|(id, name)| (id.to_string(), name));
    let mut all = vec![(String::new(), words::PARENT_NOBODY.to_owned())];
    all.extend(likely.into_iter().chain(others));
    if !all.iter().any(|(id, _)| id == chosen) {
        let name = match chosen.parse::<TrackerId>() {
            Ok(id) => services.live.tracker(id).await.map(|other| other.about.name),
            Err(_) => Err(Failure::NotFound),
        };
        all.push((chosen.to_owned(), name.unwrap_or_else(|_| words::parent_unknown(chosen))));
    }
    Ok(all)
}

fn because(nearness: Nearness, name: &str) -> String {
    match nearness {
        Nearness::Host => words::parent_same_host(name),
        Nearness::Certificate => words::parent_same_certificate(name),
        Nearness::Address => words::parent_same_address(name),
    }
}
