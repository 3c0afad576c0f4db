//! What the tests need beside Rust: `sqlite3`, servers that are probed, Chromium, Node.js, and the packages of `e2e/package-lock.json`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use crate::{command, failure::Failure, output, packages, workspace};

/// Where Debian puts them; `e2e/run.mjs` looks in the same places.
const BROWSERS: [&str; 2] = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const BROWSER_PACKAGES: [&str; 3] = ["chromium-headless-shell", "fonts-dejavu-core", "fonts-liberation"];
const NODE_PACKAGES: [&str; 2] = ["nodejs", "npm"];
/// Servers that `probe` talks to: where Debian has them (`*` is one folder), and their packages. Its tests start their own, with no settings of the
/// system's, and skip what is missing.
const SERVERS: [(&str, &str); 7] = [
    ("/usr/lib/postgresql/*/bin/initdb", "postgresql"),
    ("/usr/sbin/mariadbd", "mariadb-server"),
    ("/usr/bin/redis-server", "redis-server"),
    ("/usr/sbin/mosquitto", "mosquitto"),
    ("/usr/sbin/sshd", "openssh-server"),
    ("/usr/lib/dovecot/imap", "dovecot-imapd"),
    ("/usr/lib/dovecot/pop3", "dovecot-pop3d"),
];
/// A mail server in Python, which `notify` sends to and `probe` asks. Debian's own Python knows Debian's packages, others do not.
const MAIL_PACKAGE: &str = "python3-aiosmtpd";
const PYTHONS: [&str; 2] = ["/usr/bin/python3", "python3"];
/// What playwright-core asks for.
const OLDEST_NODE: u32 = 20;

/// Installs what is missing, where that is possible, and returns the Node.js to run the tests with.
pub(super) fn ensure() -> Result<PathBuf, Failure> {
    let mut missing = Vec::new();
    if !has_browser() {
        missing.extend(BROWSER_PACKAGES);
    }
    if !command::succeeds(command::program("sqlite3").arg("--version")) {
        missing.push("sqlite3");
    }
    if !PYTHONS
        .iter()
        .any(|python| command::succeeds(command::program(python).args(["-c", "import aiosmtpd"])))
    {
        missing.push(MAIL_PACKAGE);
    }
    if !["node", "npm"].iter().all(|name| command::succeeds(command::program(name).arg("--version"))) {
        missing.extend(NODE_PACKAGES);
    }
    if !missing.is_empty() {
        let help = "elsewhere install sqlite3, aiosmtpd, Chromium and Node.js and let the variable CHROMIUM name the browser";
        packages::install(&missing, "the tests need", help)?;
    }
    servers();
    npm_packages()?;
    node()
}

/// What they would prove is only missed; everything else can be tested without them.
fn servers() {
    let missing = SERVERS.iter().filter(|(path, _)| !is_there(path));
    let missing: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return;
    }
    if let Err(failure) = packages::install(&missing, "conversations are tested with", "or leave them out") {
        crate::explain(&failure);
        output::line(format_args!(
            "SKIPPED: conversations with {}, unless they are elsewhere",
            missing.join(", ")
        ));
    }
}

/// Whether there is such a file. A `*` stands for any one folder.
fn is_there(path: &str) -> bool {
    let Some((above, below)) = path.split_once("*/") else { return Path::new(path).exists() };
    fs::read_dir(above)
        .is_ok_and(|folders| folders.flatten().any(|folder| folder.path().join(below).exists()))
}

/// Debian 12 has a Node.js that is too old for playwright. npm has newer ones, so one is put aside for the tests.
fn node() -> Result<PathBuf, Failure> {
    let aside = workspace::scratch().join("node");
    let newer = aside.join("node_modules/node/bin/node");
    for node in [Path::new("node"), &newer] {
        if is_new_enough(node) {
            return Ok(node.to_owned());
        }
    }
    output::line(format_args!(
        "Node.js on PATH is older than {OLDEST_NODE}: putting a newer one into {}",
        aside.display()
    ));
    npm(command::program("npm").args(["install", "--no-save", "node@22", "--prefix"]).arg(&aside))?;
    if is_new_enough(&newer) {
        return Ok(newer);
    }
    Err(Failure::Missing {
        what: format!("the browser tests need Node.js {OLDEST_NODE} or newer"),
        help: String::from("install one from https://nodejs.org and put it on PATH"),
    })
}

fn is_new_enough(node: &Path) -> bool {
    let version = command::answer(Command::new(node).arg("--version"));
    version.is_some_and(|version| major(&version).is_some_and(|major| major >= OLDEST_NODE))
}

/// The 20 of `v20.19.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn has_browser() -> bool {
    env::var_os("CHROMIUM").is_some_and(|path| Path::new(&path).is_file())
        || BROWSERS.iter().any(|path| Path::new(path).is_file())
}

fn npm_packages() -> Result<(), Failure> {
    let e2e = workspace::root().join("e2e");
    // npm writes this file last, and only when all went well.
    let installed = changed(&e2e.join("node_modules/.package-lock.json"));
    if up_to_date(installed, changed(&e2e.join("package-lock.json"))) {
        return Ok(());
    }
    npm(command::program("npm").arg("ci").current_dir(&e2e))
}

/// Only errors are shown: that a package would like a newer Node.js is no news, the tests tell whether it works.
fn npm(run: &mut Command) -> Result<(), Failure> {
    run.args(["--no-audit", "--no-fund", "--loglevel=error"]);
    command::run(run.stdin(Stdio::null()).stdout(std::io::stderr()))
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

/// Whether something installed at that time is not older than the lock file.
fn up_to_date(installed: Option<SystemTime>, locked: Option<SystemTime>) -> bool {
    installed.is_some_and(|installed| locked.is_none_or(|locked| installed >= locked))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{is_there, major, up_to_date};

    #[test]
    fn packages_are_installed_when_the_lock_file_is_newer() {
        let early = Some(SystemTime::UNIX_EPOCH);
        let late = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
        assert!(up_to_date(late, early));
        assert!(up_to_date(early, early));
        assert!(!up_to_date(early, late));
        assert!(!up_to_date(None, early));
    }

    #[test]
    fn programs_of_any_version_are_found() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        assert!(is_there(&format!("{folder}/main.rs")) && is_there(&format!("{folder}/*/tools.rs")));
        assert!(!is_there(&format!("{folder}/*/none.rs")) && !is_there(&format!("{folder}/none/*/x")));
    }

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.19.2"), Some(20));
        assert_eq!(major("20.19.2"), None);
    }
}
