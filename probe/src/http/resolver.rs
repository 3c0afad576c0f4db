//! Names to addresses, by the resolver of the operating system.
//!
//! The standard library's own look-up loses the one thing needed here: whether the name does not exist, which is the
//! target's fault, or nobody could say, which is ours. Nothing is cached; a new connection sees the addresses of now.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use dns_lookup::{AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use domain::Phase;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::{sync::watch, task::spawn_blocking};

use super::phase;

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LookupError {
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

type Answer = Result<Arc<[SocketAddr]>, LookupError>;
type Lookup = dyn Fn(&str) -> Answer + Send + Sync;

/// Asks the operating system, once for all who ask for the same name at the same time: a look-up cannot be called off and
/// holds a thread until it ends, so without a name server a fast tracker would pile them up.
#[derive(Clone)]
pub(super) struct Resolver {
    lookup: Arc<Lookup>,
    under_way: Arc<Mutex<UnderWay>>,
}

type UnderWay = HashMap<String, watch::Receiver<Option<Answer>>>;

impl Default for Resolver {
    fn default() -> Self {
        Self::new(ask_system)
    }
}

impl Resolver {
    pub(super) fn new(lookup: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self { lookup: Arc::new(lookup), under_way: Arc::default() }
    }

    /// Joins the look-up of this name that is under way, or starts one.
    fn join(&self, name: &str) -> watch::Receiver<Option<Answer>> {
        let mut under_way = lock(&self.under_way);
        // One whose runtime has gone will never end; its channel is closed.
        if let Some(lookup) = under_way.get(name).filter(|lookup| lookup.has_changed().is_ok()) {
            return lookup.clone();
        }
        let (tell, answer) = watch::channel(None);
        under_way.insert(name.to_owned(), answer.clone());
        drop(under_way);

        let (this, name) = (self.clone(), name.to_owned());
        spawn_blocking(move || {
            let found = (this.lookup)(&name);
            lock(&this.under_way).remove(&name);
            tell.send_replace(Some(found));
        });
        answer
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let mut answer = self.join(name.as_str());
        Box::pin(async move {
            phase::enter(Phase::Resolve);
            let found = match answer.wait_for(Option::is_some).await {
                Ok(found) => found.clone().unwrap_or(Err(LookupError::Unanswered)),
                Err(_) => Err(LookupError::Unanswered),
            };
            let found = found?;
            phase::enter(Phase::Connect);
            let addresses: Vec<SocketAddr> = found.to_vec();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn lock(under_way: &Mutex<UnderWay>) -> MutexGuard<'_, UnderWay> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ask_system(name: &str) -> Answer {
    let hints = AddrInfoHints { socktype: SockType::Stream.into(), ..AddrInfoHints::default() };
    let found = getaddrinfo(Some(name), None, Some(hints)).map_err(|error| {
        let kind = error.kind();
        verdict(kind, &error.into())
    })?;
    let addresses: Arc<[SocketAddr]> = found.flatten().map(|info| info.sockaddr).collect();
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
        assert!(found.iter().all(|address| address.ip().is_loopback()));
    }

    #[tokio::test]
    async fn askers_of_one_name_share_one_lookup() {
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let (asked, wait) = (Arc::new(AtomicUsize::new(0)), Mutex::new(wait));
        let counter = Arc::clone(&asked);
        let resolver = Resolver::new(move |_: &str| {
            counter.fetch_add(1, SeqCst);
            wait.lock().unwrap().recv().unwrap();
            Ok(Arc::from([SocketAddr::from(([127, 0, 0, 1], 0))]))
        });
        let ask = || resolver.resolve("name.test".parse().unwrap());
        let (first, second) = (ask(), ask());
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap().count(), 1);
        assert_eq!(second.await.unwrap().count(), 1);
        assert_eq!(asked.load(SeqCst), 1);

        release.send(()).unwrap();
        assert_eq!(ask().await.unwrap().count(), 1);
        assert_eq!(asked.load(SeqCst), 2, "answers are not kept");
    }
}
