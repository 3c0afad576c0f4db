//! The server's process and what the kernel counts for it.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use tokio::time::Instant;

use crate::{Failure, http};

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// Open as long as the server runs: it would end if it could not say what it has to say.
    _output: BufReader<ChildStdout>,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    data: PathBuf,
    /// From before it was started to the first byte of its first page.
    pub(crate) first_page: Duration,
}

/// What the kernel has counted so far.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    /// User and system time.
    pub(crate) cpu: Duration,
    /// Bytes that were handed to the disk.
    pub(crate) written: u64,
    /// Bytes of memory that are resident now.
    pub(crate) resident: u64,
}

/// The kernel's unit of CPU time for programs: 100 a second on every architecture of Linux.
const TICK: Duration = Duration::from_millis(10);

impl Server {
    /// Starts the server over a folder and waits for its first page.
    pub(crate) async fn start(program: &Path, data: &Path, targets: &[String]) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
        for url in targets {
            command.args(["--track", url]);
        }
        let started = Instant::now();
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.map_err(Failure::io(format!("starting {}", program.display())))?;
        let output =
            child.stdout.take().ok_or_else(|| Failure::Unexpected("the server has no output".into()))?;
        let mut output = BufReader::new(output);
        let address = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("http://")?.1.trim().to_owned()));
        let address = address.ok_or_else(|| Failure::Unexpected("the server did not start".into()))?;
        let mut server =
            Self { child, _output: output, address, data: data.to_owned(), first_page: Duration::ZERO };
        let listening = started.elapsed();
        let page = http::get(&server.address, "/", "br").await?;
        server.first_page = listening + page.first_byte;
        Ok(server)
    }

    pub(crate) fn counted(&self) -> Result<Counted, Failure> {
        let stat = self.proc("stat")?;
        // The name before the last bracket may hold spaces. After it, utime and stime are the 12th and 13th words.
        let words: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u32 = words.iter().skip(11).take(2).filter_map(|word| word.parse::<u32>().ok()).sum();
        let field = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default()
        };
        Ok(Counted {
            cpu: TICK * ticks,
            written: field(&self.proc("io")?, "write_bytes:"),
            resident: field(&self.proc("status")?, "VmRSS:") * 1_024,
        })
    }

    fn proc(&self, name: &str) -> Result<String, Failure> {
        let path = format!("/proc/{}/{name}", self.child.id());
        fs::read_to_string(&path).map_err(Failure::io(format!("reading {path}")))
    }

    /// Bytes in the data folder.
    pub(crate) fn on_disk(data: &Path) -> u64 {
        let entries = fs::read_dir(data).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
    }

    /// Stops it cleanly, so that the database is one whole file.
    pub(crate) fn stop(mut self) -> Result<PathBuf, Failure> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().map_err(Failure::io("stopping the server"))?;
        self.child.wait().map_err(Failure::io("waiting for the server"))?;
        Ok(self.data.clone())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
