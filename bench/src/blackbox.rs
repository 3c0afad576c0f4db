//! `blackbox_exporter` with Prometheus, which keeps what it finds, on the same targets: each probe on a connection of its own, as
//! that program does, every second.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use crate::{
    Failure,
    figures::{Comparison, Load},
    http,
    kernel::Counted,
    load::as_float,
    process::{Running, empty},
    targets::Targets,
};

const PROMETHEUS: &str = "prometheus";
const BLACKBOX: &str = "prometheus-blackbox-exporter";

/// It spreads its first scrapes over an interval; then its first block of memory must have grown.
const WARM_UP: Duration = Duration::from_secs(10);
const READY_WITHIN: Duration = Duration::from_secs(30);

/// The two programs.
pub(crate) struct Programs {
    prometheus: PathBuf,
    blackbox: PathBuf,
}

/// Both programs, running.
struct Pair {
    prometheus: Running,
    blackbox: Running,
}

impl Programs {
    /// Those of a folder into which their packages were unpacked, otherwise those that are installed.
    pub(crate) fn find(peers: Option<&Path>) -> Result<Self, Failure> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders: Vec<_> =
            peers.map(|peers| peers.join("usr/bin")).into_iter().chain(env::split_paths(&path)).collect();
        let find = |name: &str| {
            let found = folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file());
            found.ok_or_else(|| {
                Failure::Unexpected(format!(
                    "there is no {name} to compare with; `cargo xtask bench` fetches it on Debian, elsewhere put it on PATH"
                ))
            })
        };
        Ok(Self { prometheus: find(PROMETHEUS)?, blackbox: find(BLACKBOX)? })
    }

    /// Measures them for `length`. What ours cost is not known yet.
    pub(crate) async fn measure(
        &self,
        name: &str,
        scratch: &Path,
        targets: &mut Targets,
        length: Duration,
    ) -> Result<Comparison, Failure> {
        let pair = self.start(&empty(scratch.join(name))?, &targets.urls).await?;
        sleep(WARM_UP).await;
        let (begun, prober, storage, served) =
            (Instant::now(), pair.blackbox.counted()?, pair.prometheus.counted()?, targets.served()?);
        sleep(length).await;
        let (elapsed, prober_after, storage_after) =
            (begun.elapsed(), pair.blackbox.counted()?, pair.prometheus.counted()?);
        let answers = targets.served()? - served;
        pair.blackbox.stop()?;
        pair.prometheus.stop()?;
        let per_1000 = |before: Counted, after: Counted| {
            after.cpu.saturating_sub(before.cpu).as_secs_f64() / as_float(answers) * 1_000.0
        };
        Ok(Comparison {
            name: name.to_owned(),
            versions: vec![version(&self.prometheus), version(&self.blackbox)],
            due: targets.urls.len() as u64 * elapsed.as_secs(),
            answers,
            prober_cpu_s_per_1000: per_1000(prober, prober_after),
            storage_cpu_s_per_1000: per_1000(storage, storage_after),
            ours_cpu_s_per_1000: f64::NAN,
            ratio: f64::NAN,
            resident_bytes: prober_after.resident + storage_after.resident,
            ours_resident_bytes: 0,
        })
    }

    async fn start(&self, folder: &Path, urls: &[String]) -> Result<Pair, Failure> {
        let (prober, storage) = (free_address()?, free_address()?);
        let modules = folder.join("blackbox.yml");
        write(&modules, MODULES)?;
        let blackbox = Running::start(
            Command::new(&self.blackbox)
                .arg(format!("--config.file={}", modules.display()))
                .arg(format!("--web.listen-address={prober}"))
                .stdout(Stdio::null()),
        )?;
        ready(&prober, "/-/healthy").await?;
        let jobs = folder.join("prometheus.yml");
        write(&jobs, &jobs_of(urls, &prober))?;
        let prometheus = Running::start(
            Command::new(&self.prometheus)
                .arg(format!("--config.file={}", jobs.display()))
                .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
                .arg(format!("--web.listen-address={storage}"))
                .stdout(Stdio::null()),
        )?;
        ready(&storage, "/-/ready").await?;
        Ok(Pair { prometheus, blackbox })
    }
}

impl Comparison {
    /// With what ours cost on the same targets, by answers of the targets as well.
    pub(crate) fn with(self, ours: &Load) -> Self {
        let ours_cpu = ours.cpu_s_per_1000 * ours.probes / as_float(ours.answers);
        let theirs = self.prober_cpu_s_per_1000 + self.storage_cpu_s_per_1000;
        Self {
            ours_cpu_s_per_1000: ours_cpu,
            ratio: theirs / ours_cpu,
            ours_resident_bytes: ours.resident_bytes,
            ..self
        }
    }
}

/// The deadline of our own checks of every second. Without the address family it would look for one that the targets do not have.
const MODULES: &str =
    "modules:\n  http_2xx:\n    prober: http\n    timeout: 1s\n    http:\n      preferred_ip_protocol: ip4\n";

/// One job with all targets, as the program's own documentation has it.
fn jobs_of(urls: &[String], prober: &str) -> String {
    let targets: Vec<String> = urls.iter().map(|url| format!("          - {url}\n")).collect();
    format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n  - job_name: blackbox\n    metrics_path: /probe\n    \
         params:\n      module: [http_2xx]\n    static_configs:\n      - targets:\n{}    relabel_configs:\n      \
         - source_labels: [__address__]\n        target_label: __param_target\n      - source_labels: [__param_target]\n        \
         target_label: instance\n      - target_label: __address__\n        replacement: {prober}\n",
        targets.concat()
    )
}

/// A port that was free a moment ago.
fn free_address() -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(listener.map_err(Failure::io("looking for a free port"))?.to_string())
}

async fn ready(address: &str, path: &str) -> Result<(), Failure> {
    let begun = Instant::now();
    while begun.elapsed() < READY_WITHIN {
        if http::get(address, path, "identity").await.is_ok_and(|answer| answer.is_ok()) {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Err(Failure::Unexpected(format!("http://{address}{path} was not ready in time")))
}

/// Its first line, up to where the details of its build begin.
fn version(program: &Path) -> String {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    let bytes = output.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().next().unwrap_or_default();
    line.split(" (").next().unwrap_or_default().replace(", version", "")
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    fs::write(file, text).map_err(Failure::io(format!("writing {}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_in_the_job() {
        let text = jobs_of(
            &["http://127.77.0.1:80/".to_owned(), "http://127.77.0.2:80/".to_owned()],
            "127.0.0.1:9115",
        );
        assert!(text.contains("      - targets:\n          - http://127.77.0.1:80/\n          - http://127.77.0.2:80/\n    relabel"));
        assert!(text.ends_with("        replacement: 127.0.0.1:9115\n"));
    }
}
