//! How many connections are being opened to one address at a time.
//!
//! A thousand trackers of one server must not knock at its door all at once: handshakes cost it time, and what its queue cannot hold is
//! lost and comes a second later, which would look like a fault of the server's. Who comes when it is crowded waits for its turn, but only
//! for a while: a server that accepts nobody must not hide behind those that wait for it.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

/// Connections that are opened to one address at a time.
const AT_ONCE: usize = 64;

/// The addresses to which connections are being opened.
#[derive(Default)]
pub(crate) struct Destinations(Mutex<HashMap<SocketAddr, Door>>);

/// Before one address.
#[derive(Default)]
struct Door {
    /// Those that are being opened, and those that wait.
    present: usize,
    waiting: VecDeque<oneshot::Sender<()>>,
}

/// A place before a door. Whoever waits is next when it is dropped.
pub(crate) struct Turn<'a> {
    all: &'a Destinations,
    address: SocketAddr,
    /// How long it was waited for.
    pub(crate) waited: Duration,
}

impl Destinations {
    /// Waits while many connections to this address are being opened, at most as long as `patience`.
    pub(crate) async fn turn(&self, address: SocketAddr, patience: Duration) -> Turn<'_> {
        let (mut turn, called) = self.arrive(address);
        if let Some(called) = called {
            let since = Instant::now();
            // Called or out of patience: it is time.
            let _ = timeout(patience, called).await;
            turn.waited = since.elapsed();
        }
        turn
    }

    fn arrive(&self, address: SocketAddr) -> (Turn<'_>, Option<oneshot::Receiver<()>>) {
        let mut doors = self.doors();
        let door = doors.entry(address).or_default();
        door.present += 1;
        let called = (door.present > AT_ONCE).then(|| {
            let (call, called) = oneshot::channel();
            door.waiting.push_back(call);
            called
        });
        (Turn { all: self, address, waited: Duration::ZERO }, called)
    }

    fn doors(&self) -> MutexGuard<'_, HashMap<SocketAddr, Door>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut doors = self.all.doors();
        let Some(door) = doors.get_mut(&self.address) else { return };
        door.present = door.present.saturating_sub(1);
        // Those who ran out of patience do not hear it.
        while door.waiting.pop_front().is_some_and(|next| next.send(()).is_err()) {}
        if door.present == 0 {
            doors.remove(&self.address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(1);

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    /// So many turns that came at once, and how long the next one waits.
    async fn crowd(all: &Destinations) -> Vec<Turn<'_>> {
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(all.turn(address(1), PATIENCE).await);
        }
        turns
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_when_it_is_crowded_waits_for_one_to_leave() {
        let all = Destinations::default();
        let mut turns = crowd(&all).await;
        let started = Instant::now();
        let leaves = async {
            tokio::time::sleep(PATIENCE / 4).await;
            turns.pop();
        };
        let (next, ()) = tokio::join!(all.turn(address(1), PATIENCE), leaves);
        assert_eq!(started.elapsed(), PATIENCE / 4);
        drop((next, turns));
        assert!(all.doors().is_empty(), "nothing is kept of who has gone");
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_and_other_doors_are_free() {
        let all = Destinations::default();
        let _turns = crowd(&all).await;
        let started = Instant::now();
        let _other = all.turn(address(2), PATIENCE).await;
        assert_eq!(started.elapsed(), Duration::ZERO);
        let impatient = all.turn(address(1), PATIENCE).await;
        assert_eq!(started.elapsed(), PATIENCE);
        drop(impatient);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gave_up_is_not_called_in_place_of_another() {
        let all = Destinations::default();
        let mut turns = crowd(&all).await;
        let gave_up = timeout(PATIENCE / 2, all.turn(address(1), PATIENCE)).await;
        assert!(gave_up.is_err());
        let started = Instant::now();
        let leaves = async {
            tokio::time::sleep(PATIENCE / 4).await;
            turns.pop();
        };
        let (_next, ()) = tokio::join!(all.turn(address(1), PATIENCE), leaves);
        assert_eq!(started.elapsed(), PATIENCE / 4);
    }
}
