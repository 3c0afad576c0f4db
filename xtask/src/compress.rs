//! Packs every file of a folder once, as well as it can be done, so that the server never has to.

use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use crate::{failure::Failure, output::Size};

/// A file and what it weighs on its way to a browser.
pub(crate) struct Packed {
    name: String,
    plain: usize,
    brotli: usize,
    gzip: usize,
}

impl Packed {
    /// Bytes, packed with brotli.
    pub(crate) fn brotli(&self) -> usize {
        self.brotli
    }
}

/// Writes `x.br` and `x.gz` beside every file `x`, in subfolders too. Each file has a thread of its own: one of them,
/// the WebAssembly, takes nearly all the time.
pub(crate) fn folder(root: &Path) -> Result<Vec<Packed>, Failure> {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
    thread::scope(|scope| {
        let running: Vec<_> = files.iter().map(|file| scope.spawn(|| pack(root, file))).collect();
        running
            .into_iter()
            .map(|thread| {
                thread.join().unwrap_or_else(|_| {
                    Err(Failure::io("pack", root)(io::Error::other("the compressor panicked")))
                })
            })
            .collect()
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::io("list", folder))? {
        let path = entry.map_err(Failure::io("list", folder))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn pack(root: &Path, file: &Path) -> Result<Packed, Failure> {
    let plain = fs::read(file).map_err(Failure::io("read", file))?;
    let brotli = brotli(&plain).map_err(Failure::io("pack", file))?;
    let gzip = gzip(&plain).map_err(Failure::io("pack", file))?;
    write(file, "br", &brotli)?;
    write(file, "gz", &gzip)?;
    Ok(Packed {
        name: file.strip_prefix(root).unwrap_or(file).display().to_string(),
        plain: plain.len(),
        brotli: brotli.len(),
        gzip: gzip.len(),
    })
}

fn brotli(mut plain: &[u8]) -> io::Result<Vec<u8>> {
    // Blocks of 64 kB fit tables more closely to WebAssembly than the encoder's own choice: 1 kB less.
    let params =
        BrotliEncoderParams { quality: 11, lgblock: 16, size_hint: plain.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut plain, &mut packed, &params)?;
    Ok(packed)
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

fn write(file: &Path, suffix: &str, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    fs::write(&name, bytes).map_err(Failure::io("write", &name))
}

impl fmt::Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [plain, brotli, gzip] = [self.plain, self.brotli, self.gzip].map(|bytes| Size(bytes as u64));
        write!(f, "  {}: {plain}, brotli {brotli}, gzip {gzip}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn packed_files_unpack_to_the_same() {
        let plain = "the same line over and over\n".repeat(200).into_bytes();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut brotli(&plain).unwrap().as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);

        let packed = gzip(&plain).unwrap();
        assert!(packed.len() < plain.len() / 10);
        let mut unpacked = Vec::new();
        io::copy(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }

    #[test]
    fn every_file_gets_both_siblings() {
        let root = workspace::scratch_for_test("packing");
        fs::create_dir_all(root.join("snippets")).unwrap();
        fs::write(root.join("a.js"), "let a = 1;").unwrap();
        fs::write(root.join("snippets/b.js"), "let b = 2;").unwrap();
        assert_eq!(folder(&root).unwrap().len(), 2);
        for name in ["a.js.br", "a.js.gz", "snippets/b.js.br", "snippets/b.js.gz"] {
            assert!(root.join(name).is_file(), "{name}");
        }
    }
}
