//! The targets: each has an address of its own in 127.0.0.0/8, as trackers of the real world do.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::Failure;

/// Targets in a process of their own. They end when this is dropped.
pub(crate) struct Targets {
    child: Child,
    pub(crate) urls: Vec<String>,
}

impl Targets {
    pub(crate) fn start(count: usize, reused: bool) -> Result<Self, Failure> {
        let this = std::env::current_exe().map_err(Failure::io("finding this program"))?;
        let mut command = Command::new(this);
        command.args(["targets", &count.to_string()]).args((!reused).then_some("--close"));
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::io("starting the targets"))?;
        let stdout = child.stdout.take().map(BufReader::new);
        let lines = stdout.into_iter().flat_map(BufRead::lines).map_while(Result::ok);
        let urls: Vec<String> = lines.take(count).map(|address| format!("http://{address}/")).collect();
        let targets = Self { child, urls };
        if targets.urls.len() < count {
            return Err(Failure::Unexpected(format!(
                "only {} of {count} targets started",
                targets.urls.len()
            )));
        }
        Ok(targets)
    }
}

impl Drop for Targets {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the standard input ends, which it does with the process that started this one.
pub(crate) async fn serve(count: usize, close: bool) -> Result<(), Failure> {
    for n in 0..count {
        let octet = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
        let address = Ipv4Addr::new(127, 77, octet(n / 250), octet(n % 250 + 1));
        let listener = TcpListener::bind(SocketAddr::from((address, 0)))
            .await
            .map_err(Failure::io(format!("listening on {address}")))?;
        let local = listener.local_addr().map_err(Failure::io("asking for the port"))?;
        tokio::spawn(accept(listener, close));
        writeln!(std::io::stdout(), "{local}").map_err(Failure::io("naming a target"))?;
    }
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    // Either way there is nobody left to serve.
    let _ = ended.await;
    Ok(())
}

async fn accept(listener: TcpListener, close: bool) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, close));
    }
}

async fn answer(mut stream: TcpStream, close: bool) {
    let reply: &[u8] = if close {
        b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\nHello World\n"
    } else {
        b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello World\n"
    };
    // A question without a body fits; it is whole when it ends with an empty line.
    let mut question = [0; 2_048];
    let mut filled = 0;
    while let Some(room) = question.get_mut(filled..).filter(|room| !room.is_empty()) {
        let Ok(read) = stream.read(room).await else { return };
        filled += read;
        if read == 0 {
            return;
        }
        if question.get(..filled).is_some_and(|text| text.ends_with(b"\r\n\r\n")) {
            filled = 0;
            if stream.write_all(reply).await.is_err() || close {
                return;
            }
        }
    }
}
