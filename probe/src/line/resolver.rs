//! Names to addresses: by the resolver of the operating system, or by name servers that a tracker names.
//!
//! The system's resolver knows `/etc/hosts`, search domains and the names of the local network. The standard library's own look-up
//! loses the one thing needed here: whether the name does not exist, which is the target's fault, or nobody could say, which
//! is ours.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dns_lookup::{AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use tokio::{sync::watch, task::spawn_blocking, time::Instant};

use super::name_servers;

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The name does not exist, or has no addresses.
    #[error("no such host")]
    Missing,
    /// Nobody answered the question, or the name server refused to.
    #[error("the name server did not answer")]
    Unanswered,
    /// This process cannot open another file.
    #[error("no file descriptor left")]
    OutOfDescriptors,
}

/// What a name was found to be.
pub type LookupAnswer = Result<Arc<[IpAddr]>, LookupError>;
/// A way to look up names. It may block.
pub type Lookup = dyn Fn(&str) -> LookupAnswer + Send + Sync;

/// How long the system's answers hold. It does not say how long they would.
const SYSTEM: Duration = Duration::from_secs(5);
/// How long it holds that the system found nothing.
const NOTHING: Duration = Duration::from_secs(1);

/// Looks names up, once for all who ask for the same name at the same time: a look-up of the system's cannot be called off and
/// holds a thread until it ends, so without a name server a fast tracker would pile them up. Answers hold for a few seconds.
#[derive(Clone)]
pub(crate) struct Resolver {
    lookup: Arc<Lookup>,
    known: Arc<Mutex<Known>>,
}

/// An answer and how long it holds. Absent while the look-up is under way.
type Held = Option<(LookupAnswer, Instant)>;

#[derive(Default)]
struct Known {
    names: HashMap<String, watch::Receiver<Held>>,
    /// How many there may be until what no longer holds is thrown away.
    room: usize,
}

impl Default for Resolver {
    fn default() -> Self {
        Self::new(Arc::new(ask_system))
    }
}

impl Resolver {
    pub(crate) fn new(lookup: Arc<Lookup>) -> Self {
        Self { lookup, known: Arc::default() }
    }

    /// The addresses of a name, the preferred one first.
    pub(crate) async fn look_up(&self, name: &str, servers: &[SocketAddr]) -> LookupAnswer {
        let mut answer = self.join(name, servers);
        match answer.wait_for(Option::is_some).await {
            Ok(held) => held.as_ref().map_or(Err(LookupError::Unanswered), |(answer, _)| answer.clone()),
            Err(_) => Err(LookupError::Unanswered),
        }
    }

    /// Forgets what is known of a name, so that it is looked up afresh.
    pub(crate) fn forget(&self, name: &str, servers: &[SocketAddr]) {
        let (mut known, key) = (lock(&self.known), key(name, servers));
        if known.names.get(&key).is_some_and(|held| held.borrow().is_some()) {
            known.names.remove(&key);
        }
    }

    /// Takes the answer that holds, joins the look-up that is under way, or starts one.
    fn join(&self, name: &str, servers: &[SocketAddr]) -> watch::Receiver<Held> {
        let (mut known, key) = (lock(&self.known), key(name, servers));
        if let Some(held) = known.names.get(&key).filter(|held| holds(held)) {
            return held.clone();
        }
        known.tidy();
        let (tell, answer) = watch::channel(None);
        known.names.insert(key, answer.clone());
        drop(known);
        if servers.is_empty() {
            let (lookup, name) = (Arc::clone(&self.lookup), name.to_owned());
            spawn_blocking(move || {
                let found = lookup(&name);
                let time = if found.is_ok() { SYSTEM } else { NOTHING };
                tell.send_replace(Some((found, Instant::now() + time)));
            });
        } else {
            let (name, servers) = (name.to_owned(), servers.to_vec());
            tokio::spawn(async move {
                let (found, time) = name_servers::ask(&name, &servers).await;
                tell.send_replace(Some((found, Instant::now() + time)));
            });
        }
        answer
    }
}

impl Known {
    fn tidy(&mut self) {
        if self.names.len() >= self.room {
            self.names.retain(|_, held| holds(held));
            self.room = (2 * self.names.len()).max(1_024);
        }
    }
}

/// Whether an answer holds, or is under way. One whose runtime has gone will never come; its channel is closed.
fn holds(held: &watch::Receiver<Held>) -> bool {
    match &*held.borrow() {
        Some((_, until)) => Instant::now() < *until,
        None => held.has_changed().is_ok(),
    }
}

fn key(name: &str, servers: &[SocketAddr]) -> String {
    if servers.is_empty() { name.to_owned() } else { format!("{name} {servers:?}") }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ask_system(name: &str) -> LookupAnswer {
    let hints = AddrInfoHints { socktype: SockType::Stream.into(), ..AddrInfoHints::default() };
    let found = getaddrinfo(Some(name), None, Some(hints)).map_err(|error| {
        let kind = error.kind();
        verdict(kind, &error.into())
    })?;
    let addresses: Arc<[IpAddr]> = found.flatten().map(|info| info.sockaddr.ip()).collect();
    if addresses.is_empty() {
        return Err(LookupError::Missing);
    }
    Ok(addresses)
}

/// What the resolver's error means. A name server that fails for one name answers "try again" just as a dead one does,
/// so all of that counts as not answered.
fn verdict(kind: LookupErrorKind, error: &io::Error) -> LookupError {
    match kind {
        LookupErrorKind::NoName | LookupErrorKind::NoData => LookupError::Missing,
        _ if crate::fault::is_out_of_descriptors(error) => LookupError::OutOfDescriptors,
        _ => LookupError::Unanswered,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    #[test]
    fn only_a_missing_name_is_the_targets_fault() {
        let io = || io::Error::other("text");
        for (kind, error, means) in [
            (LookupErrorKind::NoName, io(), LookupError::Missing),
            (LookupErrorKind::NoData, io(), LookupError::Missing),
            (LookupErrorKind::Again, io(), LookupError::Unanswered),
            (LookupErrorKind::Fail, io(), LookupError::Unanswered),
            (LookupErrorKind::IO, io(), LookupError::Unanswered),
            (
                LookupErrorKind::System,
                io::Error::from_raw_os_error(libc::EMFILE),
                LookupError::OutOfDescriptors,
            ),
        ] {
            assert_eq!(verdict(kind, &error), means, "{kind:?}");
        }
    }

    #[test]
    fn the_system_knows_this_machine() {
        let found = ask_system("localhost").unwrap();
        assert!(found.iter().all(IpAddr::is_loopback));
    }

    #[tokio::test]
    async fn askers_of_one_name_share_one_lookup() {
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let (asked, wait) = (Arc::new(AtomicUsize::new(0)), Mutex::new(wait));
        let counter = Arc::clone(&asked);
        let resolver = Resolver::new(Arc::new(move |_: &str| {
            counter.fetch_add(1, SeqCst);
            wait.lock().unwrap().recv().unwrap();
            Ok(Arc::from([IpAddr::from([127, 0, 0, 1])]))
        }));
        let (first, second) = (resolver.join("name.test", &[]), resolver.join("name.test", &[]));
        release.send(()).unwrap();
        for mut held in [first, second] {
            assert!(held.wait_for(Option::is_some).await.is_ok());
        }
        assert_eq!(resolver.look_up("name.test", &[]).await.unwrap().len(), 1);
        assert_eq!(asked.load(SeqCst), 1, "the answer holds for a while");

        resolver.forget("name.test", &[]);
        release.send(()).unwrap();
        assert_eq!(resolver.look_up("name.test", &[]).await.unwrap().len(), 1);
        assert_eq!(asked.load(SeqCst), 2, "what is forgotten is asked again");
    }

    #[tokio::test]
    async fn answers_do_not_hold_for_long() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let resolver = Resolver::new(Arc::new(move |name: &str| {
            counter.fetch_add(1, SeqCst);
            if name == "none" {
                Err(LookupError::Missing)
            } else {
                Ok(Arc::from([IpAddr::from([127, 0, 0, 1])]))
            }
        }));
        for (name, seconds, asks) in
            [("some", 0, 1), ("some", 4, 1), ("some", 2, 2), ("none", 0, 3), ("none", 2, 4)]
        {
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(seconds)).await;
            tokio::time::resume();
            let _ = resolver.look_up(name, &[]).await;
            assert_eq!(asked.load(SeqCst), asks, "{name} after {seconds} s");
        }
    }
}
