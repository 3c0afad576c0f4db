//! On whom a tracker may depend, as its form offers it: those that ask the same host first.

use domain::{Failure, TrackerId, ports::Services};

use crate::which;

/// Number and name of each: nobody, those of the same host, the others by name; and the one that it depends on already.
pub(super) async fn offered(
    services: &Services,
    of: Option<TrackerId>,
    target: &str,
    fields: &[(String, String)],
) -> Result<Vec<(String, String)>, Failure> {
    let chosen = fields.iter().rev().find(|(name, _)| name == "parent").map_or("", |(_, id)| id.trim());
    let mut likely = Vec::new();
    let mut others = Vec::new();
    for (id, name) in which::offered(services).await? {
        if Some(id) == of {
            continue;
        }
        let is_near = match host(target) {
            "" => false,
            own => services.live.tracker(id).await.is_ok_and(|other| host(&other.about.target) == own),
        };
        let text = if is_near { words::parent_same_host(&name) } else { name };
        (if is_near { &mut likely } else { &mut others }).push((id.to_string(), text));
    }
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

/// The host of a target as it is shown: `https://shop.example:8443/health` asks `shop.example`.
fn host(target: &str) -> &str {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = authority.rsplit_once('@').map_or(authority, |(_, name)| name);
    match name.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => name.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_in_a_target() {
        for (target, name) in [
            ("https://shop.example:8443/health?x=1", "shop.example"),
            ("tcp://10.0.0.1:5432", "10.0.0.1"),
            ("http://user@[::1]:80/", "::1"),
            ("shop.example", "shop.example"),
            ("", ""),
        ] {
            assert_eq!(host(target), name, "{target}");
        }
    }
}
