//! `--demo`: targets of our own on loopback, so that a newcomer without a network sees a living page.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{Clock, NewTracker, Target, TrackerName};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use crate::{clock::SystemClock, track::every_second};

/// Targets that run, and the temporary folder for what is recorded of them. Both are gone when this is dropped.
pub struct Demo {
    folder: TempDir,
    /// Names and URLs.
    targets: Vec<(&'static str, String)>,
    _servers: JoinSet<Infallible>,
}

/// Why the demo did not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No folder, or no port on loopback.
    #[error("cannot start the targets of the demo")]
    Io(#[from] io::Error),
    /// No certificate.
    #[error("cannot make the bad certificate of the demo")]
    Certificate(#[from] rcgen::Error),
    /// No TLS.
    #[error("cannot use the bad certificate of the demo")]
    Tls(#[from] tokio_rustls::rustls::Error),
}

impl Demo {
    /// Starts the targets: steady, slow, flapping, failing, redirecting, hanging, refusing, and one with a bad certificate.
    pub async fn start() -> Result<Self, DemoError> {
        let mut servers = JoinSet::new();
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = http.local_addr()?;
        servers.spawn(serve_http(http));
        let https = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let tls_address = https.local_addr()?;
        servers.spawn(serve_bad_tls(https, self_signed()?));
        let nobody = closed_port().await?;
        let targets = [
            ("Steady", format!("http://{address}/steady")),
            ("Quick", format!("http://{address}/quick")),
            ("Slow, in waves", format!("http://{address}/slow")),
            ("Flapping", format!("http://{address}/flapping")),
            ("Failing", format!("http://{address}/failing")),
            ("Moved elsewhere", format!("http://{address}/moved")),
            ("Hanging now and then", format!("http://{address}/sometimes-hanging")),
            ("Bad certificate", format!("https://{tls_address}/")),
            ("Nobody at home", format!("http://{nobody}/")),
        ];
        Ok(Self { folder: tempfile::tempdir()?, targets: Vec::from(targets), _servers: servers })
    }

    /// What is to be tracked, every second.
    pub fn trackers(&self) -> impl Iterator<Item = NewTracker> {
        self.targets.iter().filter_map(|(name, url)| {
            let tracker = every_second(Target::parse(url).ok()?);
            Some(NewTracker { name: TrackerName::parse(name).ok(), ..tracker })
        })
    }

    /// Where the data goes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

type Time = State<Arc<SystemClock>>;

async fn serve_http(listener: TcpListener) -> Infallible {
    let router = Router::new()
        .route("/steady", get("all is well\n"))
        .route("/quick", get("quick\n"))
        .route("/slow", get(slow))
        .route("/flapping", get(flapping))
        .route("/failing", get((StatusCode::SERVICE_UNAVAILABLE, "down for good\n")))
        .route("/moved", get(Redirect::temporary("/steady")))
        .route("/sometimes-hanging", get(sometimes_hanging))
        .with_state(Arc::new(SystemClock::new()));
    if let Err(error) = axum::serve(listener, router).await {
        tracing::warn!(%error, "the targets of the demo have ended");
    }
    std::future::pending().await
}

/// 250 to 550 ms, in a slow wave.
async fn slow(State(clock): Time) -> &'static str {
    let seconds = clock.monotonic().as_secs() % 60;
    let distance = seconds.abs_diff(30);
    tokio::time::sleep(Duration::from_millis(250 + distance * 10)).await;
    "slow\n"
}

/// 40 s of every minute up, 20 s down; shorter trouble in between.
async fn flapping(State(clock): Time) -> Response {
    let seconds = clock.monotonic().as_secs() % 60;
    if (25..45).contains(&seconds) || seconds == 10 {
        return (StatusCode::BAD_GATEWAY, "flapping\n").into_response();
    }
    "up again\n".into_response()
}

/// Answers at once, but for six seconds of every ninety.
async fn sometimes_hanging(State(clock): Time) -> &'static str {
    if clock.monotonic().as_secs() % 90 >= 84 {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    "here I am\n"
}

/// A certificate that nobody trusts, for another name, and expired.
fn self_signed() -> Result<TlsAcceptor, DemoError> {
    let key = rcgen::KeyPair::generate()?;
    let mut params = rcgen::CertificateParams::new(vec!["expired.invalid".to_owned()])?;
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let certificate = params.self_signed(&key)?;
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve_bad_tls(listener: TcpListener, acceptor: TlsAcceptor) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(shake_hands(acceptor.clone(), stream));
            }
            Err(error) => {
                tracing::warn!(%error, "a target of the demo cannot take connections");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// The handshake fails on the other side, which is the point.
async fn shake_hands(acceptor: TlsAcceptor, stream: TcpStream) {
    let _ = acceptor.accept(stream).await;
}

/// A port where nobody listens: one that was just given back.
async fn closed_port() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()
}
