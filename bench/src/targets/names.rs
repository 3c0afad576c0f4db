//! Targets that answer questions of DNS over UDP: one thread, one epoll, two system calls for a question.
//!
//! An answer has to come from the address that was asked, so each target has a socket of its own.

use std::{io, net::UdpSocket};

use rustix::{
    buffer::spare_capacity,
    event::epoll::{self, CreateFlags, Event, EventData, EventFlags},
    io::Errno,
};

use super::{Manner, control::Tally};

/// Events for one call of the kernel.
const EVENTS: usize = 1_024;
/// The header of a message.
const HEADER: usize = 12;
/// What follows the name in a question: type and class.
const AFTER_NAME: usize = 4;
/// An answer without an error, to whoever wanted recursion: one question, one record.
const ANSWERED: [u8; 10] = [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
/// The name of the question, A, IN, for a minute: 192.0.2.1.
const RECORD: [u8; 16] = [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];

/// A socket for each target, all with the same port.
pub(super) fn listen(manner: &Manner) -> io::Result<(Vec<UdpSocket>, u16)> {
    let (mut sockets, mut port) = (Vec::with_capacity(manner.count), 0);
    for target in 0..manner.count {
        let socket = UdpSocket::bind((manner.address(target), port))?;
        port = socket.local_addr()?.port();
        sockets.push(socket);
    }
    Ok((sockets, port))
}

/// Serves until the kernel refuses.
pub(super) fn serve(sockets: &[UdpSocket], tally: &Tally) -> Result<(), Errno> {
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    for (data, socket) in (0..).zip(sockets) {
        epoll::add(&epoll, socket, EventData::new_u64(data), EventFlags::IN)?;
    }
    let mut events: Vec<Event> = Vec::with_capacity(EVENTS);
    loop {
        events.clear();
        match epoll::wait(&epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
        for event in &events {
            let socket = usize::try_from(event.data.u64()).ok().and_then(|target| sockets.get(target));
            socket.and_then(|socket| respond(socket, tally));
        }
    }
}

/// Whatever goes wrong with a question is for the server under test to notice.
fn respond(socket: &UdpSocket, tally: &Tally) -> Option<()> {
    let mut buffer = [0; 512];
    let (length, asker) = socket.recv_from(&mut buffer).ok()?;
    let answer = answer(buffer.get(..length)?)?;
    // Counted before it is sent: who has the answer may ask for the count at once.
    tally.count();
    socket.send_to(&answer, asker).ok().map(drop)
}

/// The same number and question, with the same record whatever is asked for. Nothing for what is cut short.
fn answer(message: &[u8]) -> Option<Vec<u8>> {
    let mut end = HEADER;
    loop {
        let label = usize::from(*message.get(end)?);
        end += 1 + label;
        if label == 0 {
            break;
        }
    }
    let question = message.get(HEADER..end + AFTER_NAME)?;
    Some([message.get(..2)?, &ANSWERED, question, &RECORD].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_number_and_the_question() {
        let mut message = vec![7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        let question = b"\x01a\x07example\0\0\x01\0\x01";
        message.extend(question);
        message.extend([0, 0, 41, 4, 0]);
        let answer = answer(&message).unwrap();
        assert_eq!(&answer[..4], [7, 9, 0x81, 0x80]);
        assert_eq!(
            &answer[HEADER..],
            [question.as_slice(), &RECORD].concat(),
            "what follows the question is left out"
        );
    }

    #[test]
    fn what_is_cut_short_gets_no_answer() {
        let message = [&[0; HEADER][..], b"\x01a\0\0\x01\0\x01"].concat();
        assert!(answer(&message).is_some());
        assert!((0..message.len()).all(|length| answer(&message[..length]).is_none()));
    }

    #[test]
    fn every_target_has_its_address_and_the_same_port() {
        let (sockets, port) = listen(&Manner { count: 3, net: 79, ..Manner::default() }).unwrap();
        let addresses: Vec<_> =
            sockets.iter().map(|socket| socket.local_addr().unwrap().to_string()).collect();
        assert_eq!(addresses, [1, 2, 3].map(|place| format!("127.79.0.{place}:{port}")));
    }
}
