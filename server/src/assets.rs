//! The web client, style sheet included: from the binary itself, or from the site folder during development.

use std::{borrow::Cow, collections::HashMap, fs, hash::Hasher, path::PathBuf};

use axum::body::Bytes;

/// The files of the web client.
pub struct Assets(Source);

enum Source {
    /// Read once; named by their content's hash.
    Fixed { version: String, files: HashMap<String, File> },
    /// Read at each request, so that a rebuilt file is served at once.
    #[cfg_attr(feature = "embed", expect(dead_code, reason = "what ships has its files inside"))]
    Watched(PathBuf),
}

/// One file, with its compressed forms.
#[derive(Clone, Debug)]
pub struct File {
    /// For `Content-Type`.
    pub media_type: &'static str,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl File {
    /// The smallest form that the client accepts, with its encoding's name.
    pub fn encoded_for(&self, accept_encoding: &str) -> (Bytes, Option<&'static str>) {
        let accepts = |name: &str| {
            accept_encoding.split(',').any(|offer| {
                let mut parts = offer.split(';').map(str::trim);
                parts.next() == Some(name) && !parts.any(|weight| ["q=0", "q=0.0"].contains(&weight))
            })
        };
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts("br") => (brotli.clone(), Some("br")),
            (_, Some(gzip)) if accepts("gzip") => (gzip.clone(), Some("gzip")),
            _ => (self.plain.clone(), None),
        }
    }
}

/// The folder below which the client's files lie in the site folder, and in URLs.
const FOLDER: &str = "pkg";

impl Assets {
    /// The files inside the binary.
    #[cfg(feature = "embed")]
    pub fn of_this_build() -> Self {
        #[derive(rust_embed::RustEmbed)]
        #[folder = "../target/site-release/pkg"]
        struct Site;
        Self::fixed(Site::iter().filter_map(|name| Some((name.to_string(), Site::get(&name)?.data))))
    }

    /// The files in the site folder that `LEPTOS_SITE_ROOT` names, `target/site` by default.
    #[cfg(not(feature = "embed"))]
    pub fn of_this_build() -> Self {
        let site =
            std::env::var_os("LEPTOS_SITE_ROOT").map_or_else(|| PathBuf::from("target/site"), PathBuf::from);
        let folder = site.join(FOLDER);
        if std::env::var_os("LEPTOS_WATCH").is_some() {
            return Self(Source::Watched(folder));
        }
        let assets = Self::read(&folder);
        if assets.is_empty() {
            tracing::warn!("no web client in {}; build it with `cargo xtask run`", folder.display());
        }
        assets
    }

    /// The files below a folder, read now. Missing files are noticed when they are asked for.
    pub fn read(folder: &std::path::Path) -> Self {
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        Self::fixed(entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((name, Cow::Owned(fs::read(entry.path()).ok()?)))
        }))
    }

    /// Where in URLs the files lie, as Leptos wants to know it: `pkg/<version>`.
    pub fn url_folder(&self) -> String {
        match &self.0 {
            Source::Fixed { version, .. } => format!("{FOLDER}/{version}"),
            Source::Watched(_) => FOLDER.to_owned(),
        }
    }

    /// The hash of all files, or `dev`.
    pub fn version(&self) -> &str {
        match &self.0 {
            Source::Fixed { version, .. } => version,
            Source::Watched(_) => "dev",
        }
    }

    /// Whether a file of this version never changes.
    pub fn is_fixed(&self) -> bool {
        matches!(self.0, Source::Fixed { .. })
    }

    #[cfg(not(feature = "embed"))]
    fn is_empty(&self) -> bool {
        matches!(&self.0, Source::Fixed { files, .. } if files.is_empty())
    }

    /// The file at `<version>/<name>`, or at `<name>` while watching.
    pub fn find(&self, path: &str) -> Option<File> {
        match &self.0 {
            Source::Fixed { version, files } => {
                let (asked, name) = path.split_once('/')?;
                files.get(name).filter(|_| asked == version).cloned()
            }
            Source::Watched(folder) => {
                // Only names below the folder: no user's text ever becomes a path above it.
                let is_name = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
                let plain = fs::read(folder.join(path)).ok().filter(|_| is_name)?;
                Some(File { media_type: media_type(path), plain: plain.into(), brotli: None, gzip: None })
            }
        }
    }

    fn fixed(found: impl Iterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let mut all: Vec<(String, Bytes)> = found.map(|(name, data)| (name, bytes(data))).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let mut hash = std::hash::DefaultHasher::new();
        for (name, data) in &all {
            hash.write(name.as_bytes());
            hash.write(data);
        }
        let by_name: HashMap<&str, &Bytes> = all.iter().map(|(name, data)| (name.as_str(), data)).collect();
        let is_compressed = |name: &str| [".br", ".gz"].iter().any(|ending| name.ends_with(ending));
        let files = all.iter().filter(|(name, _)| !is_compressed(name)).map(|(name, plain)| {
            let form = |ending| by_name.get(format!("{name}{ending}").as_str()).map(|data| (*data).clone());
            let media_type = media_type(name);
            (name.clone(), File { media_type, plain: plain.clone(), brotli: form(".br"), gzip: form(".gz") })
        });
        let files = files.collect();
        Self(Source::Fixed { version: format!("{:016x}", hash.finish()), files })
    }
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Assets {
        let files =
            [("a.js", &b"plain"[..]), ("a.js.br", b"brotli"), ("a.js.gz", b"gzip"), ("b.css", b"css")];
        Assets::fixed(files.into_iter().map(|(name, data)| (name.to_owned(), Cow::Borrowed(data))))
    }

    #[test]
    fn a_file_is_found_in_its_version_only() {
        let assets = assets();
        assert!(assets.find(&format!("{}/a.js", assets.version())).is_some());
        assert!(assets.find("0000000000000000/a.js").is_none());
        assert!(assets.find("a.js").is_none());
        assert!(assets.find(&format!("{}/a.js.br", assets.version())).is_none());
    }

    #[test]
    fn the_smallest_accepted_form_is_sent() {
        let assets = assets();
        let file = assets.find(&format!("{}/a.js", assets.version())).unwrap();
        for (accept, body) in [
            ("", &b"plain"[..]),
            ("gzip", b"gzip"),
            ("gzip, deflate, br", b"brotli"),
            ("br;q=0, gzip;q=0.5", b"gzip"),
        ] {
            assert_eq!(file.encoded_for(accept).0, body, "{accept}");
        }
    }
}
