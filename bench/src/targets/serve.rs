//! The targets' process.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    process, thread,
};

use tokio::net::{TcpListener, TcpSocket};

use super::{Manner, Spoken, control::Tally, names, plain, secure};
use crate::Failure;

/// As many connections as may wait to be accepted: all trackers may be due in the same moment.
const BACKLOG: u32 = 65_535;

/// Says the port, then serves until the standard input ends.
pub(crate) async fn serve(manner: &Manner) -> Result<(), Failure> {
    match manner.spoken {
        Spoken::Http | Spoken::Https | Spoken::Tcp => connections(manner).await,
        Spoken::Dns => {
            let (sockets, port) = names::listen(manner).map_err(Failure::io("listening for questions"))?;
            let tally = begin(port)?;
            names::serve(&sockets, tally).map_err(|error| Failure::io("serving")(error.into()))
        }
        Spoken::Ping => {
            begin(0)?;
            std::future::pending().await
        }
    }
}

async fn connections(manner: &Manner) -> Result<(), Failure> {
    let listener = listen().map_err(Failure::io("listening on the loopback device"))?;
    let port = listener.local_addr().map_err(Failure::io("asking for the port"))?.port();
    let secure =
        manner.authority.as_deref().map(|file| secure::Certificates::new(manner, file)).transpose()?;
    let tally = begin(port)?;
    match secure {
        Some(certificates) => secure::serve(listener, certificates, manner.close, tally).await,
        // It blocks this thread, which has nothing else to do.
        None => listener.into_std().and_then(|listener| Ok(plain::serve(&listener, manner, tally)?)),
    }
    .map_err(Failure::io("serving"))
}

/// Says the port, and from then on what the bench asks for. The tally lives as long as the process.
fn begin(port: u16) -> Result<&'static Tally, Failure> {
    let tally: &'static Tally = Box::leak(Box::default());
    writeln!(io::stdout(), "{port}").map_err(Failure::io("saying the port"))?;
    thread::spawn(|| {
        tally.tell();
        process::exit(0);
    });
    Ok(tally)
}

/// All addresses, but only of the loopback device: nobody outside can reach it.
fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind_device(Some(b"lo"))?;
    socket.bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))?;
    socket.listen(BACKLOG)
}
