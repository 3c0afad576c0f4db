//! A disk that fails while the server runs: it says so, keeps what it knows, and goes on when the disk does.

use std::{fs, path::Path, process::Command, sync::Arc};

use reqwest::Client;

use crate::process::{Process, client};

async fn ready_until(client: &Client, url: &str, status: u16) -> String {
    for _ in 0..1_500 {
        let reply = client.get(format!("{url}/readyz")).send().await.unwrap();
        if reply.status() == status {
            return reply.text().await.unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("/readyz never answered {status}");
}

async fn post(client: &Client, url: &str) -> u16 {
    let request = client.post(format!("{url}/v1/trackers")).body(r#"{"url": "http://127.0.0.1:9/late"}"#);
    request.send().await.unwrap().status().as_u16()
}

async fn count(client: &Client, url: &str) -> usize {
    let reply = client.get(format!("{url}/v1/trackers")).send().await.unwrap();
    reply.json::<Vec<serde_json::Value>>().await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_removed_while_it_runs_is_missed_at_once() {
    for track in [&["--track", "http://127.0.0.1:9/"][..], &[]] {
        let folder = tempfile::tempdir().unwrap();
        let server = Process::serve(folder.path(), track);
        let client = client(&server, folder.path()).await;
        ready_until(&client, &server.url, 200).await;
        let database = folder.path().join("uptime-tracker.db");
        let aside = folder.path().join("aside.db");
        fs::rename(&database, &aside).unwrap();
        let said = ready_until(&client, &server.url, 503).await;
        assert!(said.contains("removed or replaced"), "{said}");
        assert_eq!(client.get(format!("{}/healthz", server.url)).send().await.unwrap().status(), 200);
        assert_eq!(post(&client, &server.url).await, 503, "nothing is promised that is not on disk");
        fs::rename(&aside, &database).unwrap();
        ready_until(&client, &server.url, 200).await;
        assert_eq!(count(&client, &server.url).await, track.len() / 2, "what was refused is not done later");
        assert_eq!(post(&client, &server.url).await, 201);
        assert_eq!(server.terminate(), Some(0));
    }
}

/// A small file system of its own; `None` where that is not allowed.
pub(crate) struct SmallDisk(pub(crate) Arc<tempfile::TempDir>);

impl SmallDisk {
    pub(crate) fn mount() -> Option<Self> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path());
        mount.output().is_ok_and(|done| done.status.success()).then_some(Self(folder))
    }

    pub(crate) fn fill(&self) {
        let ballast = self.ballast();
        let mut size = 2 << 20;
        let mut written = Vec::new();
        while size > 0 {
            let more = [written.as_slice(), vec![b'x'; size].as_slice()].concat();
            if fs::write(&ballast, &more).is_ok() {
                written = more;
            }
            size /= 2;
        }
        // The last failure has cut the file short.
        let _ = fs::write(&ballast, &written);
    }

    pub(crate) fn ballast(&self) -> std::path::PathBuf {
        self.0.path().join("ballast")
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Nothing is left to do about it.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: a small file system can be mounted by root only");
        return;
    };
    let server = Process::serve(disk.path(), &["--track", "http://127.0.0.1:9/"]);
    let client = client(&server, disk.path()).await;
    ready_until(&client, &server.url, 200).await;
    disk.fill();
    let said = ready_until(&client, &server.url, 503).await;
    assert!(said.contains("the disk is full"), "{said}");
    fs::remove_file(disk.ballast()).unwrap();
    ready_until(&client, &server.url, 200).await;
    let checks = client.get(format!("{}/v1/trackers/1/checks", server.url)).send().await.unwrap();
    let checks: Vec<serde_json::Value> = checks.json().await.unwrap();
    let dues: Vec<i64> = checks
        .iter()
        .filter(|check| check["attempt"] == 0)
        .map(|check| check["due_ms"].as_i64().unwrap())
        .collect();
    // The first check of a new tracker is made at once, the others at their slots.
    assert!(dues[1..].windows(2).all(|pair| pair[1] - pair[0] == 1_000), "every second is there: {dues:?}");
    assert_eq!(server.terminate(), Some(0));
}
