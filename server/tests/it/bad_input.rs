//! What people, programs and disks get wrong: a clear error that names the field, and nothing lost or half-written.

mod bodies;
mod command_line;
mod data_folder;
pub(crate) mod disk;
mod fields;
mod import;

/// URLs that cannot be tracked, and a word of the reason.
fn bad_urls() -> Vec<(String, &'static str)> {
    let long = format!("http://a.example/{}", "x".repeat(3_000));
    let named = [
        ("", "give the URL"),
        ("ftp://a.example", "`ftp`"),
        ("file:///etc/passwd", "`file`"),
        ("javascript:alert(1)", "`javascript`"),
        ("http://", "not a URL"),
        ("https://:443/", "not a URL"),
        ("http://a.example:0/", "port 0"),
        ("http://a.example:65536/", "port"),
        ("http://a.example:-1/", "port"),
        ("http://a\u{1b}[2J.example/", "control"),
        ("http://user:hunter2@a.example/", "passwords"),
        ("http://a b.example/", "spaces"),
    ];
    named.into_iter().map(|(url, hint)| (url.to_owned(), hint)).chain([(long, "at most 2048")]).collect()
}
