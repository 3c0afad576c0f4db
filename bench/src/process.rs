//! Processes that are measured: the server, and programs beside it.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    Failure, http,
    kernel::{self, Counted},
    targets::Targets,
};

/// A process that is killed when this is dropped.
pub(crate) struct Running(Child);

impl Running {
    /// Starts it; what it has to say about errors is not heard.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        Ok(Self(child.map_err(Failure::io(format!("starting {name}")))?))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn counted(&self) -> Result<Counted, Failure> {
        kernel::counted(self.id())
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        let id = self.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().map_err(Failure::io("stopping a process"))?;
        self.0.wait().map_err(Failure::io("waiting for a process"))?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) process: Running,
    /// Open as long as the server runs: it would end if it could not say what it has to say.
    _output: BufReader<ChildStdout>,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    /// From before it was started to the first byte of its first page.
    pub(crate) first_page: Duration,
}

impl Server {
    /// Starts the server over a folder, adds trackers of these targets, and waits for its first page. It trusts the targets'
    /// authority in place of those that this machine trusts.
    pub(crate) async fn start(program: &Path, data: &Path, targets: &[&Targets]) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        // If this bench is killed, the load ends all the same.
        command.args(["serve", "--listen", "127.0.0.1:0", "--run-for", "10m", "--data-dir"]).arg(data);
        for url in targets.iter().flat_map(|targets| &targets.urls) {
            command.args(["--track", url]);
        }
        if let Some(file) = targets.iter().find_map(|targets| targets.authority.as_ref()) {
            command.env("SSL_CERT_FILE", file).env_remove("SSL_CERT_DIR");
        }
        let started = Instant::now();
        let mut process = Running::start(command.stdout(Stdio::piped()))?;
        let output = process.0.stdout.take();
        let output = output.ok_or_else(|| Failure::Unexpected("the server has no output".into()))?;
        let mut output = BufReader::new(output);
        let mut lines = output.by_ref().lines().map_while(Result::ok);
        let address = lines.find_map(|line| Some(line.split_once("http://")?.1.trim().to_owned()));
        let address = address.ok_or_else(|| Failure::Unexpected("the server did not start".into()))?;
        let listening = started.elapsed();
        enter(program, data)?;
        let asked = Instant::now();
        let mut page = http::get(&address, "/", "br").await?;
        // It looks once a second for what the command line did.
        while !page.is_ok() && asked.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            page = http::get(&address, "/", "br").await?;
        }
        if !page.is_ok() {
            return Err(Failure::Unexpected("the server shows no page".into()));
        }
        // A person has an account already: making this one, and waiting until it is known, is no part of a start.
        let first_page = listening + page.first_byte;
        Ok(Self { process, _output: output, address, first_page })
    }

    pub(crate) fn counted(&self) -> Result<Counted, Failure> {
        self.process.counted()
    }

    /// Stops it cleanly, so that the database is one whole file.
    pub(crate) fn stop(self) -> Result<(), Failure> {
        self.process.stop()
    }
}

/// Makes an account with a token for the bench, unless the folder has one from an earlier start.
fn enter(program: &Path, data: &Path) -> Result<(), Failure> {
    let user = |arguments: &[&str]| {
        let mut command = Command::new(program);
        command.arg("user").args(arguments).arg("--data-dir").arg(data).stdin(Stdio::null());
        command.output().map_err(Failure::io("making an account"))
    };
    // The second time there is one already.
    user(&["create", "bench"])?;
    let made = user(&["create-token", "bench", "--role", "administrator"])?;
    let token = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    if token.is_empty() {
        return Err(Failure::Unexpected(format!("no token: {}", String::from_utf8_lossy(&made.stderr))));
    }
    http::show_token(&token);
    Ok(())
}

/// Bytes in the data folder.
pub(crate) fn on_disk(data: &Path) -> u64 {
    let entries = fs::read_dir(data).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
}

/// An empty folder of that name.
pub(crate) fn empty(folder: PathBuf) -> Result<PathBuf, Failure> {
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::io(format!("emptying {}", folder.display())))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::io(format!("making {}", folder.display())))?;
    Ok(folder)
}
