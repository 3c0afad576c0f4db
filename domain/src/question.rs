//! What a `dns` target asks: `dns://SERVER/NAME?type=TYPE&transport=HOW`, where no server means the system's.

use std::fmt;

use url::{Host, Url};

/// The types of records that can be asked for.
pub const RECORD_TYPES: [&str; 10] = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"];

/// A question to a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Who is asked; the first name server of this machine when absent.
    pub server: Option<Host>,
    /// 1 to 65535.
    pub port: u16,
    /// In ASCII and small letters, without a dot at its end.
    pub name: String,
    /// One of [`RECORD_TYPES`].
    pub record: &'static str,
    /// How it is sent.
    pub transport: Transport,
}

/// How a question is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// RFC 1035, and over TCP when the answer does not fit.
    #[default]
    Udp,
    /// RFC 7766.
    Tcp,
    /// RFC 7858.
    Tls,
}

impl Transport {
    const WORDS: [(Self, &'static str); 3] = [(Self::Udp, "udp"), (Self::Tcp, "tcp"), (Self::Tls, "tls")];

    /// Its name in targets.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(known, _)| *known == self).map_or("udp", |(_, word)| word)
    }

    fn port(self) -> u16 {
        if self == Self::Tls { 853 } else { 53 }
    }
}

impl Question {
    /// Reads a URL of the scheme `dns`. Nothing where it is none that can be asked; who the server is has been looked at.
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let (mut record, mut transport) = ("A", Transport::Udp);
        for (key, value) in url.query_pairs() {
            match &*key {
                "type" => {
                    record = RECORD_TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(&value))?;
                }
                "transport" => {
                    let known = Transport::WORDS.iter().find(|(_, word)| word.eq_ignore_ascii_case(&value));
                    transport = known?.0;
                }
                _ => return None,
            }
        }
        let server = url.host_str().filter(|host| !host.is_empty()).map(Host::parse).transpose().ok()?;
        let path = url.path().trim_start_matches('/');
        let name = name(path.strip_suffix('/').unwrap_or(path), record)?;
        // The machine's own name servers listen where they are said to.
        if server.is_none() && url.port().is_some() {
            return None;
        }
        Some(Self { server, port: url.port().unwrap_or(transport.port()), name, record, transport })
    }

    /// The URL that is read as this question.
    pub(crate) fn url(&self) -> Option<Url> {
        let server = self.server.as_ref().map(ToString::to_string).unwrap_or_default();
        let port = Some(self.port).filter(|port| *port != self.transport.port());
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let transport = match self.transport {
            Transport::Udp => String::new(),
            other => format!("&transport={}", other.word()),
        };
        let (name, record) = (&self.name, self.record);
        Url::parse(&format!("dns://{server}{port}/{name}?type={record}{transport}")).ok()
    }
}

/// As people say it: `example.org MX @1.1.1.1`.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.record)?;
        match &self.server {
            None => Ok(()),
            Some(server) if self.port == self.transport.port() => write!(f, " @{server}"),
            Some(server) => write!(f, " @{server}:{}", self.port),
        }
    }
}

/// The name that is asked for, in ASCII. Of an address, where pointers are asked for, the name that has its pointer.
fn name(text: &str, record: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() || text == "." {
        return None;
    }
    let name = match Host::parse(text).ok().or_else(|| Host::parse(&format!("[{text}]")).ok())? {
        Host::Domain(name) => name,
        Host::Ipv4(address) if record == "PTR" => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        Host::Ipv6(address) if record == "PTR" => {
            let nibbles = address.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
            let digits = nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16));
            digits.flat_map(|digit| [digit, '.']).chain("ip6.arpa".chars()).collect()
        }
        Host::Ipv4(_) | Host::Ipv6(_) => return None,
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_*".contains(c))
    };
    (name.len() <= 253 && name.split('.').all(is_label)).then_some(name)
}
