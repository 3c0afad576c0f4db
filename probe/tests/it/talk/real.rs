//! A real server in a folder of its own, on a free port, as a user who may do nothing else.

use std::{
    ffi::OsStr,
    fs::{self, File, Permissions},
    io::{self, Write as _},
    net::TcpListener,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tempfile::TempDir;
use tokio::{
    net::{TcpSocket, TcpStream},
    process::{Child, Command},
};

/// Where Debian puts servers; `*` stands for one folder.
const PLACES: [&str; 5] =
    ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/lib/postgresql/*/bin"];

/// A folder for one server, and who it runs as: nobody where we are root, because most servers refuse to be root.
pub(super) struct Place {
    folder: TempDir,
    /// The names of the user and the group.
    pub(super) user: (String, String),
    ids: Option<(u32, u32)>,
}

/// A server that runs. It ends with the value.
pub(super) struct Real {
    pub(super) port: u16,
    child: Child,
    last: Signal,
    place: Place,
}

/// A program, if this machine has it.
pub(super) fn program(name: &str, package: &str) -> Option<PathBuf> {
    let mut folders = Vec::new();
    for place in PLACES {
        match place.split_once("*/") {
            None => folders.push(PathBuf::from(place)),
            Some((above, below)) => {
                let versions = fs::read_dir(above).into_iter().flatten().flatten();
                folders.extend(versions.map(|version| version.path().join(below)));
            }
        }
    }
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        // Not printed, because what a test prints is shown only if it fails.
        let _ = writeln!(io::stderr(), "SKIPPED: no {name}; install {package}");
    }
    found
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Place {
    pub(super) fn new() -> Self {
        // Not below `target`: nobody may not be allowed to go there.
        let folder = TempDir::new().unwrap();
        let owner = fs::metadata(folder.path()).unwrap();
        let ids = (owner.uid() == 0).then(|| (id("/etc/passwd", "nobody"), id("/etc/group", "nogroup")));
        if let Some((user, group)) = ids {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let (user, group) = ids.unwrap_or((owner.uid(), owner.gid()));
        let user = (name("/etc/passwd", user), name("/etc/group", group));
        let place = Self { folder, user, ids };
        place.write("log", "");
        place
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that only the server may read.
    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        if let Some((user, group)) = self.ids {
            chown(&path, Some(user), Some(group)).unwrap();
        }
        path
    }

    fn command(&self, program: &Path, args: &[impl AsRef<OsStr>]) -> Command {
        let log = File::options().append(true).open(self.path().join("log")).unwrap();
        let mut command = Command::new(program);
        command.args(args).current_dir(self.path()).env("HOME", self.path()).env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).kill_on_drop(true);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }

    /// Runs what has to be done before.
    pub(super) async fn run(&self, program: &Path, args: &[impl AsRef<OsStr>]) {
        let status = self.command(program, args).status().await.unwrap();
        assert!(status.success(), "{}: {}", program.display(), self.log());
    }

    /// Starts a server and waits until it listens.
    pub(super) async fn start(self, program: &Path, args: &[impl AsRef<OsStr>], port: u16) -> Real {
        let mut child = self.command(program, args).spawn().unwrap();
        for _ in 0..1_500 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                // To PostgreSQL, the usual one means to wait for its clients.
                let last = if program.ends_with("postgres") { Signal::QUIT } else { Signal::TERM };
                return Real { port, child, last, place: self };
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("{} ended with {status}: {}", program.display(), self.log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} does not listen: {}", program.display(), self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }
}

/// A server that is just killed leaves others of its own behind, and memory that they shared.
impl Drop for Real {
    fn drop(&mut self) {
        let Some(id) = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())) else { return };
        let _ = kill_process(id, self.last);
        let _ = waitpid(Some(id), WaitOptions::empty());
    }
}

impl Real {
    pub(super) async fn connect(&self) -> TcpStream {
        self.connect_to(self.port).await
    }

    /// Connects to another port of the same server.
    pub(super) async fn connect_to(&self, port: u16) -> TcpStream {
        TcpStream::connect(("127.0.0.1", port)).await.unwrap_or_else(|error| {
            panic!("{error}: {}", self.place.log());
        })
    }

    /// Connects from another address of this machine, for servers that trust their own.
    pub(super) async fn connect_from_afar(&self, port: u16) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 2], 0).into()).unwrap();
        socket.connect(([127, 0, 0, 1], port).into()).await.unwrap()
    }
}

/// The number behind a name in `/etc/passwd` or `/etc/group`.
fn id(file: &str, name: &str) -> u32 {
    entries(file).find(|(known, _)| known == name).map(|(_, id)| id).expect("nobody exists")
}

fn name(file: &str, id: u32) -> String {
    entries(file).find(|(_, known)| *known == id).map(|(name, _)| name).unwrap_or_default()
}

fn entries(file: &str) -> impl Iterator<Item = (String, u32)> {
    let lines: Vec<String> = fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect();
    lines.into_iter().filter_map(|line| {
        let mut fields = line.split(':');
        Some((fields.next()?.to_owned(), fields.nth(1)?.parse().ok()?))
    })
}
