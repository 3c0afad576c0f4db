//! Making a connection: from a name to somebody who speaks HTTP.

use std::net::IpAddr;

use domain::{Fault, FaultKind, HttpVersion, Outcome, Phase, Proxy, ProxyKind};
use http::{HeaderValue, Version};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

use super::{
    hop::{Hop, Ready, basic},
    link::Link,
    proxy, socks,
};
use crate::{
    fault,
    line::{
        place::Place,
        reach::Reached,
        seen::Met,
        stream::Stream,
        trace::{Blame, Trace},
    },
};

/// A connection with what is known of it.
pub(super) struct Kept {
    pub(super) link: Link,
    pub(super) place: Place,
    /// Whether it carries what only the target may see, like the client's certificate.
    is_home: bool,
    made: Instant,
    pub(super) met: Met,
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
    let route = ready.route();
    let permit = route.permit(trace).await?;
    let proxy = options.proxy.as_ref();
    if let (Some(_), Some(address)) = (proxy, hop.place.literal()) {
        route.check(address)?;
    }
    let Reached { tcp, peer, addresses, turn: _turn } = match proxy {
        None => route.reach(&hop.place, only.filter(|_| hop.is_home), trace).await?,
        Some(proxy) => through(ready, proxy, hop, trace).await?,
    };
    let is_absolute = proxy.is_some_and(|proxy| proxy.kind == ProxyKind::Http && !is_tunnelled(ready, hop));
    // One plain HTTP/1.1 request is one write, which nothing delays.
    if hop.place.is_tls || options.version == HttpVersion::Http2 {
        let _ = tcp.set_nodelay(true);
    }
    let (stream, shown) = if hop.place.is_tls {
        trace.enter_knowing(Phase::Tls, || peer.to_string());
        let (stream, shown) = ready.encrypt(hop, tcp, trace).await?;
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
        met: Met { addresses, peer: Some(peer), tls: shown },
        is_absolute,
        proxy: proxy.filter(|_| is_absolute).and_then(authorization),
        _permit: permit,
    }))
}

/// Connects to a proxy, and through it to the place where that takes a tunnel.
async fn through<'a>(
    ready: &'a Ready,
    proxy: &Proxy,
    hop: &Hop,
    trace: &mut Trace,
) -> Result<Reached<'a>, Outcome> {
    let blame = std::mem::replace(&mut trace.blame, Blame::Proxy);
    let host = url::Host::parse(&proxy.host).or_else(|_| url::Host::parse(&format!("[{}]", proxy.host)));
    let host = host.map_err(|_| Outcome::Down(Fault::new(FaultKind::Proxy, words::DETAIL_NO_NAME)))?;
    let place = Place { is_tls: false, host, port: proxy.port };
    // What comes now is between the proxy and the target, so others may knock at the proxy.
    let Reached { mut tcp, peer, .. } = Box::pin(ready.route().reach(&place, None, trace)).await?;
    let credentials = proxy.credentials.as_ref().map(|(user, password)| (user.as_str(), password.expose()));
    match proxy.kind {
        ProxyKind::Http if !is_tunnelled(ready, hop) => {}
        ProxyKind::Http => proxy::tunnel(&mut tcp, &hop.place, authorization(proxy).as_ref()).await?,
        ProxyKind::Socks5 => socks::tunnel(&mut tcp, &hop.place, credentials).await?,
    }
    trace.blame = blame;
    Ok(Reached { tcp, peer, addresses: None, turn: None })
}

/// Whether a proxy for HTTP has to open a tunnel rather than pass a request on.
fn is_tunnelled(ready: &Ready, hop: &Hop) -> bool {
    hop.place.is_tls || ready.plan.http.version == HttpVersion::Http2
}

fn authorization(proxy: &Proxy) -> Option<HeaderValue> {
    let (user, password) = proxy.credentials.as_ref()?;
    basic(user, password.expose()).ok()
}
