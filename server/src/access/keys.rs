//! Random secrets, and what is kept of them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Secret, access::SessionHash};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};

/// The system has no randomness to give: nothing secret can be made.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub(crate) struct NoRandomness;

/// What a secret is for. Tokens begin with a word, so that they are found where they should not be.
const TOKEN_PREFIX: &str = "ut_";
/// Letters that are not taken for each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code that people type: 24 of 5 bits are 120 bits, so a plain hash of it is enough.
const CODE_LETTERS: usize = 24;

/// 256 random bits for a session or a ticket, as text for a cookie or a form.
pub(crate) fn session() -> Result<Secret, NoRandomness> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// 256 random bits for a program.
pub(crate) fn token() -> Result<Secret, NoRandomness> {
    Ok(Secret::new(format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()?))))
}

/// 120 random bits for people to type or to write down: `ABCD-EFGH-…`.
pub(crate) fn code() -> Result<Secret, NoRandomness> {
    let letters = random::<CODE_LETTERS>()?.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(Secret::new(groups.join("-")))
}

/// The secret of one-time passwords: 160 bits (RFC 4226, 4).
pub(crate) fn seed() -> Result<[u8; 20], NoRandomness> {
    random()
}

/// What is kept of a secret, and by what it is found.
pub(crate) fn hash(secret: &str) -> SessionHash {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().unwrap_or_default()
}

/// A code as it was made, however it was typed: case, spaces and dashes do not matter, nor letters that look like digits.
pub(crate) fn normal_code(typed: &str) -> String {
    let letters: Vec<char> = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, two) = (session().unwrap(), session().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.expose().len(), 43);
        assert!(token().unwrap().expose().starts_with("ut_"));
        assert_ne!(hash(one.expose()), hash(two.expose()));
    }

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = code().unwrap();
        assert_eq!(code.expose().len(), 24 + 5);
        let typed = code.expose().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(normal_code(&typed), code.expose());
    }
}
