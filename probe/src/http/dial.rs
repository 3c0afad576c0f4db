//! Making a connection: from a name to somebody who speaks HTTP.

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use domain::{Family, Fault, FaultKind, HttpVersion, Outcome, Phase, Proxy, ProxyKind, Reason};
use http::{HeaderValue, Version};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

use super::{
    Shared,
    connect::{self, Connected},
    hop::{Hop, Ready, basic},
    link::Link,
    place::Place,
    proxy, socks,
    stream::Stream,
    tls::{self, Shown},
    trace::{Blame, Trace},
};
use crate::fault;

/// A connection with what is known of it.
pub(super) struct Kept {
    pub(super) link: Link,
    pub(super) place: Place,
    /// Whether it carries what only the target may see, like the client's certificate.
    is_home: bool,
    made: Instant,
    pub(super) peer: Option<SocketAddr>,
    pub(super) addresses: Option<Arc<[IpAddr]>>,
    pub(super) tls: Option<Arc<Shown>>,
    /// Whether requests go to a proxy that passes them on.
    pub(super) is_absolute: bool,
    /// What that proxy wants to see.
    pub(super) proxy: Option<HeaderValue>,
    _permit: OwnedSemaphorePermit,
}

/// The version's number in expectations.
pub(super) fn http_version(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "2",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    }
}

impl Kept {
    /// Whether a request may go over it.
    pub(super) fn serves(&self, hop: &Hop) -> bool {
        self.place == hop.place
            && self.is_home == hop.is_home
            && self.made.elapsed() < domain::Connections::KEPT_FOR
    }
}

/// Makes a connection for this request. Ends waiting for the first byte.
pub(super) async fn dial(
    ready: &Ready,
    hop: &Hop,
    only: Option<IpAddr>,
    trace: &mut Trace,
) -> Result<Box<Kept>, Outcome> {
    let options = &ready.plan.http;
    let permit = permit(&ready.shared, trace).await?;
    let proxy = options.proxy.as_ref();
    if let (Some(_), Some(address)) = (proxy, hop.place.literal()) {
        check(&ready.shared, address)?;
    }
    let ((tcp, peer), addresses) = match proxy {
        None => reach(ready, &hop.place, only.filter(|_| hop.is_home), trace).await?,
        Some(proxy) => (through(ready, proxy, hop, trace).await?, None),
    };
    let is_absolute = proxy.is_some_and(|proxy| proxy.kind == ProxyKind::Http && !is_tunnelled(ready, hop));
    // One plain HTTP/1.1 request is one write, which nothing delays.
    if hop.place.is_tls || options.version == HttpVersion::Http2 {
        let _ = tcp.set_nodelay(true);
    }
    let (stream, shown) = if hop.place.is_tls {
        trace.enter_knowing(Phase::Tls, || peer.to_string());
        let (stream, shown) = tls::encrypt(ready, hop, tcp, trace).await?;
        trace.enter_knowing(Phase::FirstByte, || shown.in_short());
        (Stream::Tls(Box::new(stream)), Some(shown))
    } else {
        trace.enter_knowing(Phase::FirstByte, || peer.to_string());
        (Stream::Plain(tcp), None)
    };
    let speaks_http2 = match options.version {
        HttpVersion::Http1 => false,
        HttpVersion::Auto => shown.as_ref().is_some_and(|shown| shown.is_http2),
        HttpVersion::Http2 => true,
    };
    let link = if speaks_http2 {
        Link::http2(stream).await.map_err(|error| fault::outcome(&error, Phase::FirstByte))?
    } else {
        Link::http1(stream)
    };
    Ok(Box::new(Kept {
        link,
        place: hop.place.clone(),
        is_home: hop.is_home,
        made: Instant::now(),
        peer: Some(peer),
        addresses,
        tls: shown,
        is_absolute,
        proxy: proxy.filter(|_| is_absolute).and_then(authorization),
        _permit: permit,
    }))
}

/// Waits for a descriptor of the budget. Waiting for one is our own trouble.
async fn permit(shared: &Shared, trace: &mut Trace) -> Result<OwnedSemaphorePermit, Outcome> {
    if let Ok(permit) = Arc::clone(&shared.budget).try_acquire_owned() {
        return Ok(permit);
    }
    let blame = std::mem::replace(&mut trace.blame, Blame::Descriptors);
    let permit = Arc::clone(&shared.budget).acquire_owned().await;
    trace.blame = blame;
    permit.map_err(|_| Outcome::Unknown(Reason::FileDescriptors))
}

fn check(shared: &Shared, address: IpAddr) -> Result<(), Outcome> {
    if shared.policy.allows(address) { Ok(()) } else { Err(Outcome::Unknown(Reason::Policy)) }
}

/// Looks a place up and connects to it.
async fn reach(
    ready: &Ready,
    place: &Place,
    only: Option<IpAddr>,
    trace: &mut Trace,
) -> Result<(Connected, Option<Arc<[IpAddr]>>), Outcome> {
    let found = match only.or(place.literal()) {
        Some(address) => Arc::from([address]),
        None => look_up(ready, &place.host.to_string(), trace).await?,
    };
    let addresses = only.is_none().then(|| Arc::clone(&found)).filter(|_| place.literal().is_none());
    trace.seen.addresses.clone_from(&addresses);
    let allowed = permitted(&ready.shared, ready.plan.http.family, &found)?;
    trace.phase = Phase::Connect;
    let candidates: Vec<SocketAddr> = allowed.into_iter().map(|ip| SocketAddr::new(ip, place.port)).collect();
    match connect::connect(&candidates).await {
        Ok(connected) => Ok((connected, addresses)),
        Err((outcome, peer)) => {
            trace.seen.peer = peer;
            // The addresses may have changed since they were looked up.
            ready.shared.resolver.forget(&place.host.to_string(), &ready.plan.http.resolvers);
            Err(outcome)
        }
    }
}

/// Asks for the addresses of a name, and counts the time.
pub(super) async fn look_up(ready: &Ready, name: &str, trace: &mut Trace) -> Result<Arc<[IpAddr]>, Outcome> {
    let servers = &ready.plan.http.resolvers;
    servers.iter().try_for_each(|server| check(&ready.shared, server.ip()))?;
    trace.phase = Phase::Resolve;
    let found = ready.shared.resolver.look_up(name, servers).await;
    let found = found.map_err(fault::lookup)?;
    trace.enter_knowing(Phase::Connect, || {
        let all: Vec<String> = found.iter().take(8).map(ToString::to_string).collect();
        all.join(", ")
    });
    Ok(found)
}

/// The addresses that are asked, in this order: those of the family, without those that are not allowed.
pub(super) fn permitted(shared: &Shared, family: Family, found: &[IpAddr]) -> Result<Vec<IpAddr>, Outcome> {
    let is_wanted = |address: &&IpAddr| match family {
        Family::V4 => address.is_ipv4(),
        Family::V6 => address.is_ipv6(),
        Family::Auto | Family::Every => true,
    };
    let wanted: Vec<IpAddr> = found.iter().filter(is_wanted).copied().collect();
    if wanted.is_empty() {
        let kind = if family == Family::V6 { words::DETAIL_NO_IPV6 } else { words::DETAIL_NO_IPV4 };
        return Err(Outcome::Down(Fault::new(FaultKind::Dns, kind)));
    }
    let allowed: Vec<IpAddr> = wanted.into_iter().filter(|address| shared.policy.allows(*address)).collect();
    if allowed.is_empty() { Err(Outcome::Unknown(Reason::Policy)) } else { Ok(allowed) }
}

/// Connects to a proxy, and through it to the place where that takes a tunnel.
async fn through(ready: &Ready, proxy: &Proxy, hop: &Hop, trace: &mut Trace) -> Result<Connected, Outcome> {
    let blame = std::mem::replace(&mut trace.blame, Blame::Proxy);
    let host = url::Host::parse(&proxy.host).or_else(|_| url::Host::parse(&format!("[{}]", proxy.host)));
    let host = host.map_err(|_| Outcome::Down(Fault::new(FaultKind::Proxy, words::DETAIL_NO_NAME)))?;
    let place = Place { is_tls: false, host, port: proxy.port };
    let ((mut tcp, peer), _) = Box::pin(reach(ready, &place, None, trace)).await?;
    let credentials = proxy.credentials.as_ref().map(|(user, password)| (user.as_str(), password.expose()));
    match proxy.kind {
        ProxyKind::Http if !is_tunnelled(ready, hop) => {}
        ProxyKind::Http => proxy::tunnel(&mut tcp, &hop.place, authorization(proxy).as_ref()).await?,
        ProxyKind::Socks5 => socks::tunnel(&mut tcp, &hop.place, credentials).await?,
    }
    trace.blame = blame;
    Ok((tcp, peer))
}

/// Whether a proxy for HTTP has to open a tunnel rather than pass a request on.
fn is_tunnelled(ready: &Ready, hop: &Hop) -> bool {
    hop.place.is_tls || ready.plan.http.version == HttpVersion::Http2
}

fn authorization(proxy: &Proxy) -> Option<HeaderValue> {
    let (user, password) = proxy.credentials.as_ref()?;
    basic(user, password.expose()).ok()
}
