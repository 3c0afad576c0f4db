//! What a probe saw, as raw as it came: it is made presentable only when somebody asks.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use domain::{Evidence, Headers, Phases, Plan};
use http::{HeaderMap, Response, Version};
use url::Url;

use super::{redact::Redactor, tls::Shown};

/// The most lines of a head that are kept, and the most bytes and characters of one.
const LINES: usize = 50;
const LINE_BYTES: usize = 2_000;
const LINE_CHARACTERS: usize = 500;

/// With whom a connection is.
pub(crate) struct Met {
    /// What its name has, where it is a name.
    pub(crate) addresses: Option<Arc<[IpAddr]>>,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) tls: Option<Arc<Shown>>,
}

/// What a probe saw. Used again and again, so that nothing is allocated for an answer like the one before.
#[derive(Default)]
pub(crate) struct Seen {
    /// What was asked last, unless it is the target itself.
    pub(crate) url: Option<Url>,
    pub(crate) redirects: Vec<String>,
    pub(crate) addresses: Option<Arc<[IpAddr]>>,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) phases: Phases,
    pub(crate) version: Option<Version>,
    pub(crate) status: Option<u16>,
    /// The head, packed: the lengths of name and value before both. Copied, because hyper's own would keep 8 KiB of its buffer.
    lines: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) tls: Option<Arc<Shown>>,
    pub(crate) verdicts: Vec<(String, String)>,
}

impl Seen {
    /// Forgets everything but its buffers.
    pub(crate) fn forget(&mut self) {
        let (mut lines, mut body) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.body));
        lines.clear();
        body.clear();
        *self = Self { lines, body, ..Self::default() };
    }

    /// Notes to whom the probe is connected.
    pub(crate) fn meet(&mut self, met: &Met) {
        self.addresses.clone_from(&met.addresses);
        self.peer = met.peer;
        self.tls.clone_from(&met.tls);
    }

    /// Notes the head of an answer.
    pub(crate) fn take_head<B>(&mut self, answer: &Response<B>, met: &Met) {
        self.meet(met);
        self.version = Some(answer.version());
        self.status = Some(answer.status().as_u16());
        self.lines.clear();
        for (name, value) in answer.headers().iter().take(LINES) {
            let name = &name.as_str().as_bytes()[..name.as_str().len().min(LINE_BYTES)];
            let value = &value.as_bytes()[..value.len().min(LINE_BYTES)];
            for part in [name, value] {
                let length = u16::try_from(part.len()).unwrap_or_default();
                self.lines.extend_from_slice(&length.to_le_bytes());
            }
            self.lines.extend_from_slice(name);
            self.lines.extend_from_slice(value);
        }
    }

    /// What people are shown.
    pub(crate) fn evidence(&self, plan: &Plan, redactor: &Redactor) -> Evidence {
        let url = self.url.as_ref().unwrap_or(plan.target.as_url());
        let has_body = !self.body.is_empty();
        let addresses = self.addresses.iter().flat_map(|all| all.iter()).take(16);
        Evidence {
            url: url.to_string(),
            redirects: self.redirects.clone(),
            addresses: addresses.map(ToString::to_string).collect(),
            peer: self
                .peer
                .map(|peer| if peer.port() == 0 { peer.ip().to_string() } else { peer.to_string() }),
            phases: self.phases,
            version: self.version.map(|version| format!("{version:?}")),
            status: self.status,
            headers: self.headers(redactor),
            body: has_body.then(|| redactor.clean(&String::from_utf8_lossy(&self.body))),
            tls: self.tls.as_ref().map(|shown| shown.evidence()),
            verdicts: self.verdicts.clone(),
        }
    }

    fn headers(&self, redactor: &Redactor) -> Vec<(String, String)> {
        let mut left = self.lines.as_slice();
        let mut headers = Vec::new();
        while let Some((name, value, rest)) = line(left) {
            let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
            let value = redactor.header(&name, &value).chars().take(LINE_CHARACTERS).collect();
            headers.push((name.chars().take(LINE_CHARACTERS).collect(), value));
            left = rest;
        }
        headers
    }
}

/// The first packed line: its name, its value, and the lines after it.
fn line(lines: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name, lines) = lines.split_first_chunk()?;
    let (value, lines) = lines.split_first_chunk()?;
    let (name, lines) = lines.split_at_checked(u16::from_le_bytes(*name).into())?;
    let (value, rest) = lines.split_at_checked(u16::from_le_bytes(*value).into())?;
    Some((name, value, rest))
}

/// The headers of an answer, for who judges it.
pub(crate) struct Lines(pub(crate) HeaderMap);

impl Headers for Lines {
    fn visit(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        self.0.get_all(name).iter().for_each(|value| visit(value.as_bytes()));
    }
}
