//! The options of `curl`: what each means here.

/// What an option means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It is about the program, not about what is asked.
    Nothing,
    /// The same, and a value follows.
    NothingWithValue,
    /// This field has this value.
    Set(&'static str, &'static str),
    /// The value that follows is this.
    Takes(Kind),
    /// Data goes into the URL.
    Query,
    /// Only the head is asked for.
    Head,
    /// It has no counterpart, or is not known.
    Unknown,
    /// The same, and a value follows.
    UnknownWithValue,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Url,
    Method,
    Header,
    /// The value of the header with this name.
    Named(&'static str),
    Cookie,
    /// Data, or `@` and a file.
    Data,
    /// Data whatever it begins with.
    RawData,
    EncodedData,
    Json,
    User,
    ProxyUser,
    Bearer,
    Seconds,
    /// The value of this field as it stands.
    Field(&'static str),
}

use Effect::{Head, Nothing, NothingWithValue, Query, Set, Takes, Unknown, UnknownWithValue};

impl Effect {
    pub(super) fn takes_value(self) -> bool {
        matches!(self, NothingWithValue | Takes(_) | UnknownWithValue)
    }
}

/// What is about the program, not about what is asked.
const ABOUT_ITSELF: [&str; 19] = [
    "silent",
    "show-error",
    "include",
    "verbose",
    "fail",
    "fail-with-body",
    "fail-early",
    "progress-bar",
    "compressed",
    "no-buffer",
    "globoff",
    "location",
    "basic",
    "http2",
    "no-progress-meter",
    "styled-output",
    "path-as-is",
    "disable",
    "remote-name",
];
/// The same, and a value follows.
const ABOUT_ITSELF_WITH_VALUE: [&str; 11] = [
    "output",
    "write-out",
    "connect-timeout",
    "retry",
    "retry-delay",
    "retry-max-time",
    "stderr",
    "trace",
    "trace-ascii",
    "dump-header",
    "cookie-jar",
];
/// What has no counterpart here, and takes a value.
const WITH_VALUE: [&str; 45] = [
    "form",
    "form-string",
    "upload-file",
    "config",
    "cert",
    "cert-type",
    "key",
    "key-type",
    "cacert",
    "capath",
    "pass",
    "range",
    "continue-at",
    "time-cond",
    "resolve",
    "connect-to",
    "interface",
    "ciphers",
    "tls13-ciphers",
    "tls-max",
    "limit-rate",
    "unix-socket",
    "abstract-unix-socket",
    "netrc-file",
    "socks5",
    "socks5-hostname",
    "socks4",
    "socks4a",
    "preproxy",
    "noproxy",
    "aws-sigv4",
    "request-target",
    "speed-limit",
    "speed-time",
    "max-filesize",
    "proto",
    "proto-default",
    "proto-redir",
    "local-port",
    "keepalive-time",
    "pinnedpubkey",
    "proxy-header",
    "doh-url",
    "variable",
    "expand-url",
];

/// Of an option with two dashes.
pub(super) fn effect_of_name(name: &str) -> Effect {
    match name {
        "url" => Takes(Kind::Url),
        "request" => Takes(Kind::Method),
        "header" => Takes(Kind::Header),
        "user-agent" => Takes(Kind::Named("User-Agent")),
        "referer" => Takes(Kind::Named("Referer")),
        "cookie" => Takes(Kind::Cookie),
        "data" | "data-ascii" | "data-binary" => Takes(Kind::Data),
        "data-raw" => Takes(Kind::RawData),
        "data-urlencode" => Takes(Kind::EncodedData),
        "json" => Takes(Kind::Json),
        "user" => Takes(Kind::User),
        "proxy-user" => Takes(Kind::ProxyUser),
        "oauth2-bearer" => Takes(Kind::Bearer),
        "max-time" => Takes(Kind::Seconds),
        "max-redirs" => Takes(Kind::Field("http.redirects")),
        "proxy" => Takes(Kind::Field("http.proxy.url")),
        "dns-servers" => Takes(Kind::Field("http.resolvers")),
        "get" => Query,
        "head" => Head,
        "insecure" => Set("http.tls.verify", "false"),
        "http1.1" => Set("http.version", "1.1"),
        "http2-prior-knowledge" => Set("http.version", "2"),
        "ipv4" => Set("http.ip", "4"),
        "ipv6" => Set("http.ip", "6"),
        "tlsv1.2" => Set("http.tls.min_version", "1.2"),
        "tlsv1.3" => Set("http.tls.min_version", "1.3"),
        name if ABOUT_ITSELF.contains(&name) => Nothing,
        name if ABOUT_ITSELF_WITH_VALUE.contains(&name) => NothingWithValue,
        name if WITH_VALUE.contains(&name) => UnknownWithValue,
        _ => Unknown,
    }
}

/// Of an option with one dash.
pub(super) fn effect_of_letter(letter: char) -> Effect {
    let name = match letter {
        'X' => "request",
        'H' => "header",
        'A' => "user-agent",
        'e' => "referer",
        'b' => "cookie",
        'd' => "data",
        'u' => "user",
        'U' => "proxy-user",
        'm' => "max-time",
        'x' => "proxy",
        'G' => "get",
        'I' => "head",
        'k' => "insecure",
        '4' => "ipv4",
        '6' => "ipv6",
        's' => "silent",
        'S' => "show-error",
        'i' => "include",
        'v' => "verbose",
        'f' => "fail",
        '#' => "progress-bar",
        'N' => "no-buffer",
        'g' => "globoff",
        'L' => "location",
        'q' => "disable",
        'O' => "remote-name",
        'o' => "output",
        'w' => "write-out",
        'D' => "dump-header",
        'c' => "cookie-jar",
        'F' => "form",
        'T' => "upload-file",
        'K' => "config",
        'E' => "cert",
        'r' => "range",
        'C' => "continue-at",
        'z' => "time-cond",
        'Y' => "speed-limit",
        'y' => "speed-time",
        _ => "",
    };
    effect_of_name(name)
}
