//! Certificates and keys as PEM. Looked at as far as their frame goes: what is inside is the prober's matter.

/// Bytes of a text.
const LIMIT: usize = 64 * 1_024;

/// Certificates, one or more, without what stands around them; `None` for an empty text.
pub(super) fn certificates(text: &str) -> Result<Option<String>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let blocks = blocks(text)?;
    if blocks.is_empty() || blocks.iter().any(|block| block.label != "CERTIFICATE") {
        return Err(words::FIELD_CERTIFICATES_WRONG.into());
    }
    Ok(Some(joined(&blocks)))
}

/// One key that is not encrypted.
pub(super) fn key(text: &str) -> Result<String, String> {
    let blocks = blocks(text)?;
    match blocks.as_slice() {
        [block] if ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"].contains(&block.label) => {
            Ok(joined(&blocks))
        }
        [block] if block.label == "ENCRYPTED PRIVATE KEY" => Err(words::FIELD_KEY_ENCRYPTED.into()),
        _ => Err(words::FIELD_KEY_WRONG.into()),
    }
}

struct Block<'a> {
    label: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Result<Vec<Block<'_>>, String> {
    if text.len() > LIMIT {
        return Err(words::field_bytes(LIMIT));
    }
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in text.lines().map(str::trim) {
        match (&mut open, mark(line, "BEGIN"), mark(line, "END")) {
            (None, Some(label), _) => open = Some(Block { label, lines: Vec::new() }),
            (Some(block), _, Some(label)) if block.label == label => {
                if !is_base64(&block.lines) {
                    return Err(words::FIELD_PEM_BASE64.into());
                }
                blocks.extend(open.take());
            }
            (Some(_), Some(_), _) | (_, _, Some(_)) => {
                return Err(words::FIELD_PEM_UNOPENED.into());
            }
            (Some(block), None, None) if !line.is_empty() => block.lines.push(line),
            _ => {}
        }
    }
    if open.is_some() { Err(words::FIELD_PEM_UNENDED.into()) } else { Ok(blocks) }
}

fn mark<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.strip_prefix("-----")?.strip_suffix("-----")?.strip_prefix(word)?.strip_prefix(' ')
}

fn is_base64(lines: &[&str]) -> bool {
    let letters: Vec<u8> = lines.iter().flat_map(|line| line.bytes()).collect();
    let padding = letters.iter().rev().take_while(|byte| **byte == b'=').count();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    !letters.is_empty()
        && letters.len().is_multiple_of(4)
        && padding <= 2
        && letters[..letters.len() - padding].iter().all(is_letter)
}

fn joined(blocks: &[Block<'_>]) -> String {
    let text = |block: &Block<'_>| {
        let Block { label, lines } = block;
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    };
    blocks.iter().map(text).collect()
}
