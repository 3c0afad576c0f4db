//! The one prober that serves all kinds, and what its sessions share.

use std::sync::Arc;

use domain::{EgressPolicy, Kind, Plan, Prober, Session};
use http::HeaderValue;
use rustls::pki_types::CertificateDer;
use tokio::sync::Semaphore;

use crate::{
    dns::Dns,
    grpc::Grpc,
    http::HttpSession,
    imap::Imap,
    line::{
        ask::{Ask, LineSession},
        destinations::Destinations,
        resolver::{Lookup, Resolver},
        tls::Encryption,
    },
    mqtt::Mqtt,
    mysql::Mysql,
    ping::Ping,
    pop3::Pop3,
    postgres::Postgres,
    push::Push,
    redis::Redis,
    smtp::Smtp,
    ssh::Ssh,
    tcp::Tcp,
    tls::Tls,
    websocket::WebSocket,
};

/// The session of a plan: the registry of kinds.
fn session(plan: Plan, shared: Arc<Shared>) -> Box<dyn Session> {
    let ask: Box<dyn Ask> = match plan.target.kind() {
        Kind::Http => return Box::new(HttpSession::new(plan, shared)),
        Kind::Tcp => Box::new(Tcp),
        Kind::Tls => Box::new(Tls),
        Kind::Dns => Box::new(Dns),
        Kind::Ping => Box::new(Ping),
        Kind::Smtp => Box::new(Smtp),
        Kind::Imap => Box::new(Imap),
        Kind::Pop3 => Box::new(Pop3),
        Kind::Ssh => Box::new(Ssh),
        Kind::Postgres => Box::new(Postgres),
        Kind::Mysql => Box::new(Mysql),
        Kind::Redis => Box::new(Redis),
        Kind::Mqtt => Box::new(Mqtt),
        Kind::Grpc => Box::new(Grpc),
        Kind::WebSocket => Box::new(WebSocket),
        Kind::Push => return Box::new(Push),
    };
    Box::new(LineSession::new(plan, shared, ask))
}

/// Asks targets of all kinds. One prober serves any number of sessions; make one and share it: its budget of connections, what it knows
/// of names and how it encrypts are one for all kinds. It has to be used inside a Tokio runtime.
pub struct Probers {
    shared: Arc<Shared>,
}

/// What a prober is made of.
pub struct Settings {
    /// The prober introduces itself as `uptime-tracker/VERSION`.
    pub version: String,
    /// Which addresses are asked.
    pub policy: EgressPolicy,
    /// The certificate authorities that are trusted, as DER; those of this machine when absent.
    pub roots: Option<Vec<Vec<u8>>>,
    /// The most connections that are open at a time. A probe that gets none within its deadline has learnt nothing.
    pub descriptors: usize,
    /// How names are looked up, where a plan names no name servers of its own; by the system when absent.
    pub lookup: Option<Arc<Lookup>>,
}

/// Why a prober cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A certificate authority that was given is not a certificate.
    #[error("a root certificate cannot be used")]
    Root(#[source] rustls::Error),
    /// The version is no text for a header.
    #[error("the version cannot be sent in a header")]
    Version(#[source] http::header::InvalidHeaderValue),
}

/// What all sessions of a prober share.
pub(crate) struct Shared {
    pub(crate) policy: EgressPolicy,
    pub(crate) resolver: Resolver,
    pub(crate) encryption: Encryption,
    pub(crate) budget: Arc<Semaphore>,
    pub(crate) destinations: Destinations,
    pub(crate) user_agent: HeaderValue,
}

impl Settings {
    /// The descriptors that are left to everything else: the database, browsers, name servers.
    const OTHERS: u64 = 512;

    /// Asks whom a self-hosted server may ask, trusts what this machine trusts, and opens nearly as many connections as this
    /// process may have files open by now.
    pub fn new(version: impl Into<String>) -> Self {
        let open_files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let left = open_files.unwrap_or(u64::MAX).saturating_sub(Self::OTHERS).max(64);
        Self {
            version: version.into(),
            policy: EgressPolicy::default(),
            roots: None,
            descriptors: usize::try_from(left).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS),
            lookup: None,
        }
    }
}

impl Probers {
    /// A prober with [the usual settings](Settings::new).
    pub fn new(version: &str) -> Result<Self, BuildError> {
        Self::with(Settings::new(version))
    }

    /// A prober that trusts these certificate authorities and no others, given as DER.
    pub fn with_roots(version: &str, roots: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, BuildError> {
        Self::with(Settings { roots: Some(roots.into_iter().collect()), ..Settings::new(version) })
    }

    /// A prober made to measure.
    pub fn with(settings: Settings) -> Result<Self, BuildError> {
        let agent = format!("uptime-tracker/{}", settings.version);
        let roots = settings.roots.map(|roots| roots.into_iter().map(CertificateDer::from).collect());
        let shared = Shared {
            policy: settings.policy,
            resolver: settings.lookup.map_or_else(Resolver::default, Resolver::new),
            encryption: Encryption::new(roots).map_err(BuildError::Root)?,
            budget: Arc::new(Semaphore::new(settings.descriptors.min(Semaphore::MAX_PERMITS))),
            destinations: Destinations::default(),
            user_agent: HeaderValue::try_from(agent).map_err(BuildError::Version)?,
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl Prober for Probers {
    fn prepare(&self, plan: Plan) -> Box<dyn Session> {
        session(plan, Arc::clone(&self.shared))
    }
}
