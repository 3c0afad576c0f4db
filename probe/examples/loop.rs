//! What a check costs: so many sessions ask one URL every second, and the CPU time of this process is shared out.
//!
//! `cargo run --release -p probe --example loop -- serve 127.0.0.1:8099` in another terminal, then
//! `cargo run --release -p probe --example loop -- http://127.0.0.1:8099/ [SESSIONS] [SECONDS] [kept|fresh]`

use std::{
    error::Error,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use domain::{Expectations, HttpOptions, Outcome, Plan, Prober, Target};
use probe::{Probers, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    time::{Instant, MissedTickBehavior, interval_at},
};

const EVERY: Duration = Duration::from_secs(1);

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("which URL?")?;
    if url == "serve" {
        return serve(&arguments.next().ok_or("which address?")?).await;
    }
    let sessions: u32 = arguments.next().as_deref().unwrap_or("1000").parse()?;
    let seconds: u64 = arguments.next().as_deref().unwrap_or("10").parse()?;
    let keeps_connections = arguments.next().as_deref() != Some("fresh");
    let plan = Plan {
        target: Target::parse(&url).map_err(|error| error.to_string())?,
        http: HttpOptions::default().shared(),
        expect: Expectations::default(),
        keeps_connections,
    };
    let prober = Probers::with(Settings { descriptors: 1 << 20, ..Settings::new("0") })?;
    let (good, bad) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let start = Instant::now();
    for n in 0..sessions {
        let mut session = prober.prepare(plan.clone());
        let (good, bad) = (Arc::clone(&good), Arc::clone(&bad));
        tokio::spawn(async move {
            let mut ticks = interval_at(start + EVERY * n / sessions, EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                let finding = session.ask(EVERY).await;
                let is_good = finding.outcome == Outcome::Up;
                if is_good {
                    session.remember();
                }
                (if is_good { &good } else { &bad }).fetch_add(1, Relaxed);
            }
        });
    }
    // The first round makes the connections.
    tokio::time::sleep(EVERY * 2).await;
    let (before, checks) = (cpu()?, good.load(Relaxed) + bad.load(Relaxed));
    tokio::time::sleep(EVERY * u32::try_from(seconds)?).await;
    let checks = good.load(Relaxed) + bad.load(Relaxed) - checks;
    let seconds_each = (cpu()? - before) * 1_000.0 / f64::from(u32::try_from(checks)?);
    let bad = bad.load(Relaxed);
    writeln!(
        io::stdout(),
        "{checks} checks, {bad} bad, {seconds_each:.4} CPU-s per 1,000, {} MiB",
        memory()? >> 20
    )?;
    Ok(())
}

/// A target that answers at once, and closes when it is asked to.
async fn serve(address: &str) -> Result<(), Box<dyn Error>> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address.parse()?)?;
    let listener = socket.listen(16_384)?;
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        tokio::spawn(async move {
            let mut request = Vec::with_capacity(1_024);
            while let Ok(1..) = stream.read_buf(&mut request).await {
                if request.ends_with(b"\r\n\r\n") {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
                    if request.windows(17).any(|bytes| bytes == b"connection: close") {
                        return;
                    }
                    request.clear();
                }
            }
        });
    }
}

/// CPU seconds of this process, from ticks of 10 ms.
fn cpu() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |n: usize| fields.get(n).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) / 100.0)
}

/// Resident bytes of this process.
fn memory() -> Result<u64, Box<dyn Error>> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    Ok(pages.split(' ').nth(1).unwrap_or_default().parse::<u64>()? * 4_096)
}
