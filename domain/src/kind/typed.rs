//! Targets as people type them: what they leave out, and what they mean by it.

use std::borrow::Cow;

/// A target with the scheme that it means: `example.org` is a URL of the web, `db.example:5432` a port, `ping example.org` what is typed
/// into a shell. Whether it is right is another question.
pub(crate) fn whole(text: &str) -> Cow<'_, str> {
    if let Some(host) = text.strip_prefix("ping ") {
        return format!("ping://{}", host.trim()).into();
    }
    if has_scheme(text) {
        return text.into();
    }
    let scheme = match port_of(text) {
        Some(80) => "http",
        Some(port) => OTHERS.iter().find(|(other, _)| *other == port).map_or("https", |(_, scheme)| scheme),
        None => "https",
    };
    format!("{scheme}://{text}").into()
}

/// Ports at which hardly anybody speaks HTTP, with the scheme of what is there; where that wants to know who asks, or has no kind, it is
/// asked for a connection. Of any other port, a URL is meant.
const OTHERS: [(u16, &str); 20] = [
    (21, "tcp"),
    (22, "ssh"),
    (23, "tcp"),
    (25, "smtp"),
    (53, "tcp"),
    (110, "pop3"),
    (143, "imap"),
    (389, "tcp"),
    (445, "tcp"),
    (465, "smtps"),
    (587, "smtp+starttls"),
    (636, "tcp"),
    (993, "imaps"),
    (995, "pop3s"),
    (1883, "tcp"),
    (3306, "tcp"),
    (3389, "tcp"),
    (5432, "tcp"),
    (6379, "tcp"),
    (27017, "tcp"),
];

/// The port of `host:port`, without anything behind it.
fn port_of(text: &str) -> Option<u16> {
    text.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
}

/// Whether the text names a scheme. `host:8080` does not, `mailto:x` does.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_name = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_port = rest.split('/').next().is_some_and(|port| port.chars().all(|c| c.is_ascii_digit()));
    is_name && (rest.starts_with("//") || !is_port)
}
