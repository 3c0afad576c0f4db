//! How many connections are being opened to one address at a time.
//!
//! A thousand trackers of one server must not knock at its door all at once: handshakes cost it time, and what its queue cannot hold is
//! lost and comes a second later, which would look like a fault of the server's. Who comes when it is crowded waits for its turn, but only
//! for a while: a server that accepts nobody must not hide behind those that wait for it. Of a name with many addresses it is the first one.

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
    /// Connections that are being opened.
    opening: usize,
    /// Those who wait for a place, the first one first. Who has given up does not hear it.
    waiting: VecDeque<oneshot::Sender<()>>,
}

/// A place before a door, or the wait for one. Dropped, the place goes to whoever waits.
pub(crate) struct Turn<'a> {
    all: &'a Destinations,
    address: SocketAddr,
    /// How it is called, while it has no place.
    called: Option<oneshot::Receiver<()>>,
    /// How long it was waited for.
    pub(crate) waited: Duration,
}

impl Destinations {
    /// Waits while many connections to this address are being opened, at most as long as `patience`; then there is one more.
    pub(crate) async fn turn(&self, address: SocketAddr, patience: Duration) -> Turn<'_> {
        let mut turn = self.arrive(address);
        if let Some(called) = &mut turn.called {
            let since = Instant::now();
            let _ = timeout(patience, called).await;
            turn.waited = since.elapsed();
            turn.push_in();
        }
        turn
    }

    fn arrive(&self, address: SocketAddr) -> Turn<'_> {
        let mut doors = self.doors();
        let door = doors.entry(address).or_default();
        let called = if door.opening < AT_ONCE {
            door.opening += 1;
            None
        } else {
            let (call, called) = oneshot::channel();
            door.waiting.push_back(call);
            Some(called)
        };
        Turn { all: self, address, called, waited: Duration::ZERO }
    }

    fn doors(&self) -> MutexGuard<'_, HashMap<SocketAddr, Door>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Takes the place that it was called to, or one more.
    fn push_in(&mut self) {
        if !self.has_place() {
            self.all.doors().entry(self.address).or_default().opening += 1;
        }
        self.called = None;
    }

    /// Whether it was called, if it had to wait. From then on it cannot be called any more.
    fn has_place(&mut self) -> bool {
        self.called.as_mut().is_none_or(|called| {
            called.close();
            called.is_terminated() || called.try_recv().is_ok()
        })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.has_place() {
            return;
        }
        let mut doors = self.all.doors();
        let Some(door) = doors.get_mut(&self.address) else { return };
        while door.waiting.front().is_some_and(oneshot::Sender::is_closed) {
            door.waiting.pop_front();
        }
        // Where some had no patience, there are too many: their places are nobody's.
        let mut is_taken = false;
        while door.opening <= AT_ONCE && !is_taken {
            let Some(next) = door.waiting.pop_front() else { break };
            is_taken = next.send(()).is_ok();
        }
        if !is_taken {
            door.opening = door.opening.saturating_sub(1);
        }
        if door.opening == 0 {
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

    fn opening(all: &Destinations) -> usize {
        all.doors().get(&address(1)).map_or(0, |door| door.opening)
    }

    #[tokio::test(start_paused = true)]
    async fn the_impatient_are_too_many_until_they_leave() {
        let all = Destinations::default();
        let mut turns = crowd(&all).await;
        let impatient = [all.turn(address(1), PATIENCE).await, all.turn(address(1), PATIENCE).await];
        assert_eq!(opening(&all), AT_ONCE + 2);
        let waits = all.arrive(address(1));
        turns.truncate(AT_ONCE - 2);
        assert_eq!(opening(&all), AT_ONCE, "their places are nobody's");
        drop(impatient);
        assert_eq!(opening(&all), AT_ONCE - 1, "the first of them was taken over");
        drop(waits);
        assert_eq!(opening(&all), AT_ONCE - 2);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gave_up_is_not_called_in_place_of_another() {
        let all = Destinations::default();
        let mut turns = crowd(&all).await;
        let (gave_up, waits) = (all.arrive(address(1)), all.arrive(address(1)));
        drop(gave_up);
        assert_eq!(opening(&all), AT_ONCE, "who had no place gives none away");
        turns.pop();
        assert_eq!(opening(&all), AT_ONCE);
        // Called, but it does not come any more.
        drop(waits);
        assert_eq!(opening(&all), AT_ONCE - 1);
    }
}
