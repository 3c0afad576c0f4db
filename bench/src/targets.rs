//! The targets: a process of their own, each target an address of its own in 127.0.0.0/8, as trackers of the real world have.
//!
//! One listener serves all of them: it is bound to every address, but to the loopback device only. Ten thousand listeners
//! would be ten thousand descriptors, half of what many machines allow a process. [`plain`] answers HTTP and shares the cores
//! with the server under test, so it does as little as can be; [`secure`] speaks TLS; [`control`] is how the bench asks what the
//! targets have seen. [`names`] answers questions of DNS, and the kernel answers echoes.

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::{
    Failure,
    kernel::{self, Counted},
};

mod control;
mod names;
mod plain;
mod question;
mod secure;
mod serve;

pub(crate) use control::Delayed;
pub(crate) use serve::serve;

/// What targets speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Spoken {
    #[default]
    Http,
    Https,
    /// Nothing: they take connections.
    Tcp,
    Dns,
    /// Nothing: the kernel answers.
    Ping,
}

/// How targets behave.
#[derive(clap::Args, Clone, Default)]
pub(crate) struct Manner {
    /// How many.
    pub(crate) count: usize,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) spoken: Spoken,
    /// Close each connection after its answer.
    #[arg(long)]
    pub(crate) close: bool,
    /// Accept, and never answer.
    #[arg(long, conflicts_with_all = ["close", "delays"])]
    pub(crate) hang: bool,
    /// Answer only so long after the question; the first target after the first time, the second after the second, and so on.
    #[arg(long, value_name = "MS", value_delimiter = ',')]
    pub(crate) delays: Vec<u32>,
    /// With HTTPS: each target has a certificate for its address; the authority's goes into this file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hang", "delays"])]
    pub(crate) authority: Option<PathBuf>,
    /// The second number of their addresses, so that two processes of targets share none.
    #[arg(long, default_value_t = 77)]
    pub(crate) net: u8,
}

/// Targets in a process of their own. They end when this is dropped.
pub(crate) struct Targets {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub(crate) urls: Vec<String>,
    /// What the server under test must trust.
    pub(crate) authority: Option<PathBuf>,
}

impl Targets {
    pub(crate) fn start(manner: &Manner) -> Result<Self, Failure> {
        let this = std::env::current_exe().map_err(Failure::io("finding this program"))?;
        let mut command = Command::new(this);
        let command = command.arg("targets").args(manner.args()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::io("starting the targets"))?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let (questions, answers) =
            ends.ok_or_else(|| Failure::Unexpected("the targets have no pipes".into()))?;
        let authority = manner.authority.clone();
        let mut targets =
            Self { child, questions, answers: BufReader::new(answers), urls: Vec::new(), authority };
        let port = targets.line()?;
        let port = port.parse().map_err(|_| Failure::Unexpected("the targets did not start".into()))?;
        targets.urls = (0..manner.count).map(|n| manner.url(n, port)).collect();
        Ok(targets)
    }

    /// How many questions were answered so far.
    pub(crate) fn served(&mut self) -> Result<u64, Failure> {
        self.say(control::SERVED)?;
        let line = self.line()?;
        line.parse().map_err(|_| Failure::Unexpected(format!("the targets counted `{line}`")))
    }

    /// Every delayed answer so far.
    pub(crate) fn delays(&mut self) -> Result<Vec<Delayed>, Failure> {
        self.say(control::DELAYS)?;
        let mut all = Vec::new();
        while let Some(delayed) = Delayed::parse(&self.line()?) {
            all.push(delayed);
        }
        Ok(all)
    }

    /// What the kernel counts for the targets' process.
    pub(crate) fn counted(&self) -> Result<Counted, Failure> {
        kernel::counted(self.child.id())
    }

    fn say(&mut self, word: &str) -> Result<(), Failure> {
        writeln!(self.questions, "{word}").map_err(Failure::io("asking the targets"))
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(Failure::io("hearing the targets"))?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Targets {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Targets that differ in the last number only.
const IN_A_ROW: usize = 250;

impl Spoken {
    /// Its name in names of scenarios, which is the scheme of its targets.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
            Self::Dns => "dns",
            Self::Ping => "ping",
        }
    }
}

impl Manner {
    fn args(&self) -> Vec<String> {
        let mut args = vec![self.count.to_string(), format!("--net={}", self.net)];
        args.push(format!("--spoken={}", self.spoken.word()));
        args.extend(self.close.then(|| "--close".to_owned()));
        args.extend(self.hang.then(|| "--hang".to_owned()));
        args.extend(self.delays.iter().map(|delay| format!("--delays={delay}")));
        args.extend(self.authority.iter().map(|file| format!("--authority={}", file.display())));
        args
    }

    fn url(&self, target: usize, port: u16) -> String {
        let (scheme, address) = (self.spoken.word(), self.address(target));
        match self.spoken {
            Spoken::Http | Spoken::Https => format!("{scheme}://{address}:{port}/"),
            Spoken::Tcp => format!("{scheme}://{address}:{port}"),
            Spoken::Dns => format!("{scheme}://{address}:{port}/bench.example"),
            Spoken::Ping => format!("{scheme}://{address}"),
        }
    }

    fn address(&self, target: usize) -> std::net::Ipv4Addr {
        let octet = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
        [127, self.net, octet(target / IN_A_ROW), octet(target % IN_A_ROW + 1)].into()
    }
}

/// Which target has this address.
fn target_at(address: std::net::Ipv4Addr) -> usize {
    let [_, _, row, place] = address.octets();
    usize::from(row) * IN_A_ROW + usize::from(place).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_known_by_its_address() {
        let manner = Manner { net: 78, ..Manner::default() };
        assert_eq!(manner.url(251, 80), "http://127.78.1.2:80/");
        let url = |spoken| Manner { spoken, ..manner.clone() }.url(0, 80);
        assert_eq!(url(Spoken::Dns), "dns://127.78.0.1:80/bench.example");
        assert_eq!(
            (url(Spoken::Tcp), url(Spoken::Ping)),
            ("tcp://127.78.0.1:80".into(), "ping://127.78.0.1".into())
        );
        assert!((0..10_000).all(|target| target_at(manner.address(target)) == target));
    }
}
