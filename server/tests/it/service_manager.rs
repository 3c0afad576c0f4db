//! What systemd is told.

use std::{os::unix::net::UnixDatagram, process::Command, time::Duration};

use crate::process::binary;

#[test]
fn systemd_is_told_of_readiness_life_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", "127.0.0.1:0", "--track", "http://127.0.0.1:9/", "--data-dir"]);
    command.arg(folder.path().join("data")).env("NOTIFY_SOCKET", &path);
    let mut server = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    let mut until = |wanted: &[&str]| {
        let mut buffer = [0; 1_024];
        while !wanted.iter().all(|wanted| said.contains(wanted)) {
            let read = socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{error}, after {said}"));
            said.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
    };
    until(&["READY=1", "WATCHDOG=1", "STATUS=1 tracker"]);
    // Down after three tries, and the scheduler's loop turns every five seconds.
    until(&["STATUS=1 tracker, 1 down"]);
    Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    until(&["STOPPING=1"]);
    assert_eq!(server.wait().unwrap().code(), Some(0));
}
