//! Targets of plain HTTP, and those that only take connections: one thread, one epoll, two system calls for a question on a connection that is there already.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    net::{SocketAddr, TcpListener},
    os::fd::{AsRawFd, OwnedFd},
    time::Duration,
};

use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, CreateFlags, Event, EventData, EventFlags},
    },
    io::Errno,
    net::{SocketFlags, accept_with, getsockname},
};
use tokio::time::Instant;

use super::{
    Manner, Spoken,
    control::{Delayed, Tally},
    question::{CLOSES, Question, STAYS},
    target_at,
};
use crate::machine::wall_us;

/// Events for one call of the kernel.
const EVENTS: usize = 1_024;
/// What stands for the listener where a descriptor stands for a connection.
const LISTENER: u64 = u64::MAX;

struct Responder<'a> {
    epoll: OwnedFd,
    manner: &'a Manner,
    tally: &'a Tally,
    /// By the number of their descriptors.
    connections: Vec<Option<Connection>>,
    /// Answers that are not to be given yet.
    later: BinaryHeap<Reverse<Later>>,
    accepted: u64,
}

struct Connection {
    socket: OwnedFd,
    /// Descriptors are used again; this number is not.
    serial: u64,
    target: usize,
    question: Question,
}

/// An answer that is to be given at a moment, soonest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Later {
    at: Instant,
    slot: usize,
    serial: u64,
    arrived: Instant,
    arrived_us: i64,
}

/// Serves until the kernel refuses.
pub(super) fn serve(listener: &TcpListener, manner: &Manner, tally: &Tally) -> Result<(), Errno> {
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    let mut responder =
        Responder { epoll, manner, tally, connections: Vec::new(), later: BinaryHeap::new(), accepted: 0 };
    let mut events: Vec<Event> = Vec::with_capacity(EVENTS);
    loop {
        events.clear();
        let timeout = responder.timeout();
        match epoll::wait(&responder.epoll, spare_capacity(&mut events), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
        for event in &events {
            match event.data.u64() {
                LISTENER => responder.accept(listener),
                slot => responder.read(usize::try_from(slot).unwrap_or(usize::MAX)),
            }
        }
        responder.answer_due();
    }
}

impl Responder<'_> {
    fn accept(&mut self, listener: &TcpListener) {
        // Whatever goes wrong with a connection is for the server under test to notice.
        while let Ok(socket) = accept_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
            let slot = usize::try_from(socket.as_raw_fd()).unwrap_or_default();
            let data = EventData::new_u64(u64::try_from(slot).unwrap_or_default());
            if epoll::add(&self.epoll, &socket, data, EventFlags::IN).is_err() {
                continue;
            }
            if slot >= self.connections.len() {
                self.connections.resize_with(slot + 1, || None);
            }
            self.accepted += 1;
            if self.manner.spoken == Spoken::Tcp {
                self.tally.count();
            }
            // Only who delays must know which target was meant; it costs a system call.
            let target = if self.manner.delays.is_empty() { 0 } else { target_of(&socket) };
            let connection =
                Connection { socket, serial: self.accepted, target, question: Question::default() };
            if let Some(place) = self.connections.get_mut(slot) {
                *place = Some(connection);
            }
        }
    }

    fn read(&mut self, slot: usize) {
        let Some(Some(connection)) = self.connections.get_mut(slot) else { return };
        let mut buffer = [0; 2_048];
        match rustix::io::read(&connection.socket, &mut buffer) {
            Ok(0) => self.close(slot),
            Ok(read) => {
                let piece = buffer.get(..read).unwrap_or_default();
                if connection.question.ends_with(piece) && !self.manner.hang {
                    self.asked(slot);
                }
            }
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => self.close(slot),
        }
    }

    fn asked(&mut self, slot: usize) {
        let Some(Some(connection)) = self.connections.get(slot) else { return };
        let delays = &self.manner.delays;
        let delay = delays.get(connection.target.checked_rem(delays.len()).unwrap_or_default());
        let Some(delay) = delay else { return self.answer(slot) };
        let (arrived, arrived_us) = (Instant::now(), wall_us());
        let at = arrived + Duration::from_millis(u64::from(*delay));
        self.later.push(Reverse(Later { at, slot, serial: connection.serial, arrived, arrived_us }));
    }

    fn answer(&mut self, slot: usize) {
        let Some(Some(connection)) = self.connections.get(slot) else { return };
        let close = self.manner.close;
        // Counted before it is sent: who has the answer may ask for the count at once.
        self.tally.count();
        let written = rustix::io::write(&connection.socket, if close { CLOSES } else { STAYS });
        if close || written.is_err() {
            self.close(slot);
        }
    }

    /// Closing takes it out of epoll as well.
    fn close(&mut self, slot: usize) {
        if let Some(place) = self.connections.get_mut(slot) {
            *place = None;
        }
    }

    /// Until the next answer that waits for its moment; without one, for ever.
    fn timeout(&self) -> Option<Timespec> {
        let next = self.later.peek()?;
        let rest = next.0.at.saturating_duration_since(Instant::now());
        let tv_sec = i64::try_from(rest.as_secs()).unwrap_or_default();
        Some(Timespec { tv_sec, tv_nsec: i64::from(rest.subsec_nanos()) })
    }

    fn answer_due(&mut self) {
        while let Some(later) = self.next_due() {
            let is_there = |connection: &&Connection| connection.serial == later.serial;
            let connection = self.connections.get(later.slot).and_then(Option::as_ref).filter(is_there);
            let Some(target) = connection.map(|connection| connection.target) else { continue };
            let took = later.arrived.elapsed().as_micros();
            self.answer(later.slot);
            let took_us = u32::try_from(took).unwrap_or(u32::MAX);
            self.tally.note(Delayed { target, arrived_us: later.arrived_us, took_us });
        }
    }

    fn next_due(&mut self) -> Option<Later> {
        let is_due = self.later.peek()?.0.at <= Instant::now();
        is_due.then(|| self.later.pop())?.map(|Reverse(later)| later)
    }
}

fn target_of(socket: &OwnedFd) -> usize {
    let local = getsockname(socket).ok().and_then(|address| SocketAddr::try_from(address).ok());
    match local {
        Some(SocketAddr::V4(local)) => target_at(*local.ip()),
        _ => 0,
    }
}
