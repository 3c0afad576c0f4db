//! Nothing piles up, however often and however badly targets fail. `UPTIME_PROBES=100000` asks longer.

use domain::{Plan, Prober};
use probe::Probers;

use super::{
    server::{OK, Server, request, reset, until_closed},
    verdict::{SHORT, plan},
};

/// What a server does to a probe, over and over.
async fn hostile() -> Vec<Server> {
    let flood = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(1_000));
    let large = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    let mut servers = Vec::new();
    for answer in [
        OK.to_vec(),
        b"HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\nno".to_vec(),
        b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nso".to_vec(),
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec(),
        b"HTTP/1.1 100 Continue\r\n\r\n".repeat(50),
        b"".to_vec(),
        flood.into(),
        large.into(),
        [b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n", &[0x1f, 0x8b, 8, 0, 9, 9, 9][..]].concat(),
        [b"HTTP/1.1 200 OK\r\n\r\n", &vec![b'x'; 2 << 20][..]].concat(),
    ] {
        servers.push(Server::answering(answer).await);
    }
    servers.push(Server::start(|_, stream| async move { reset(stream) }).await);
    servers.push(
        Server::start(|n, mut stream| async move {
            request(&mut stream).await;
            // Stalls now and then only: each costs a deadline.
            if n % 50 == 0 {
                until_closed(&mut stream).await;
            }
        })
        .await,
    );
    servers
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4_096
}

async fn ask_all(prober: &Probers, servers: &[Server], times: usize) {
    for n in 0..times {
        let server = &servers[n % servers.len()];
        let expect = if n % 3 == 0 { r#"body contains "ok""# } else { "200" };
        let scheme = if n % 170 == 0 { "https" } else { "http" };
        let plan =
            Plan { keeps_connections: n % 2 == 0, ..plan(format!("{scheme}://{}/", server.address), expect) };
        let mut session = prober.prepare(plan);
        for _ in 0..2 {
            let finding = session.ask(SHORT).await;
            session.remember();
            assert!(session.evidence().is_some() && finding.outcome.is_up().is_some(), "{finding:?}");
        }
    }
}

/// Other tests of this process open files and allocate as well, hence the margins; so this is one test for both.
#[tokio::test]
async fn neither_descriptors_nor_memory_leak() {
    let times = std::env::var("UPTIME_PROBES").ok().and_then(|times| times.parse().ok()).unwrap_or(2_000);
    let (prober, servers) = (Probers::new("0").unwrap(), hostile().await);
    ask_all(&prober, &servers, 2 * servers.len()).await;
    let (files, memory) = (open_files(), resident());
    ask_all(&prober, &servers, times / 2).await;
    let grown = resident().saturating_sub(memory);
    assert!(grown < 50 << 20, "{} MiB more", grown >> 20);
    assert!(open_files() < files + 200, "{files} files, then {}", open_files());
}
