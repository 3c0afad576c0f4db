//! The targets' process.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    process, thread,
};

use tokio::net::{TcpListener, TcpSocket};

use super::{Manner, control::Tally, plain, secure};
use crate::Failure;

/// As many connections as may wait to be accepted: all trackers may be due in the same moment.
const BACKLOG: u32 = 65_535;

/// Says the port, then serves until the standard input ends.
pub(crate) async fn serve(manner: &Manner) -> Result<(), Failure> {
    let listener = listen().map_err(Failure::io("listening on the loopback device"))?;
    let port = listener.local_addr().map_err(Failure::io("asking for the port"))?.port();
    // The tally lives as long as the process.
    let tally: &'static Tally = Box::leak(Box::default());
    let secure =
        manner.authority.as_deref().map(|file| secure::Certificates::new(manner, file)).transpose()?;
    writeln!(io::stdout(), "{port}").map_err(Failure::io("saying the port"))?;
    thread::spawn(|| {
        tally.tell();
        process::exit(0);
    });
    match secure {
        Some(certificates) => secure::serve(listener, certificates, manner.close, tally).await,
        // It blocks this thread, which has nothing else to do.
        None => listener.into_std().and_then(|listener| Ok(plain::serve(&listener, manner, tally)?)),
    }
    .map_err(Failure::io("serving"))
}

/// All addresses, but only of the loopback device: nobody outside can reach it.
fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind_device(Some(b"lo"))?;
    socket.bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))?;
    socket.listen(BACKLOG)
}
