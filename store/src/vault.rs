//! Secrets at rest: sealed before they are written, opened after they are read. Nothing outside knows the format.
//!
//! A sealed value is the text `enc1:KEY:DATA`. `KEY` are eight hexadecimal digits that tell which key it was sealed with, so that
//! another key is not taken for damage. `DATA` is, in base64 without padding, 32 random bytes and then the ciphertext with its tag
//! (ChaCha20-Poly1305, RFC 8439). The random bytes are the salt of HKDF-SHA256, which makes a key for this one value; so no nonce
//! is ever used twice with a key, and it can be zero. The place of the value (table, row, field) is authenticated with it: copied
//! to another place, it cannot be opened there.
//!
//! Why ring: it is in the program already, for TLS.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::Secret;
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Prk, Salt},
    rand::{SecureRandom as _, SystemRandom},
};

use crate::StoreError;

mod key;
mod unlock;

pub use key::{Key, KeyError};
pub(crate) use unlock::unlock;

/// How a sealed value of today's form begins.
const FORM: &str = "enc1:";
const SALT: usize = 32;
/// What the key for a value is derived for; another use of the same key gets another name.
const PURPOSE: &[u8] = b"uptime-tracker value 1";

/// What seals and opens secrets. Cheap to clone.
#[derive(Clone, Default)]
pub struct Vault(Option<Arc<Key>>);

/// Where a value is: what it is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: i64,
    /// The column, or the field within it.
    pub(crate) field: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.table, self.row, self.field)
    }
}

impl Vault {
    /// With this key.
    pub fn new(key: Key) -> Self {
        Self(Some(Arc::new(key)))
    }

    /// Without a key: whatever is sealed stays so, and no secret can be stored.
    pub fn without_key() -> Self {
        Self(None)
    }

    /// A key for another purpose, which says nothing about this one (HKDF-SHA256, RFC 5869). Without a key, one by chance: what is made
    /// with it lasts until the program ends.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32], KeyError> {
        let mut made = [0; 32];
        let Some(key) = &self.0 else {
            SystemRandom::new().fill(&mut made).map_err(|_| KeyError::NoRandomness)?;
            return Ok(made);
        };
        let root = Salt::new(HKDF_SHA256, &[]).extract(key.bytes());
        let filled =
            root.expand(&[purpose.as_bytes()], HKDF_SHA256).and_then(|output| output.fill(&mut made));
        filled.map(|()| made).map_err(|_| KeyError::NoRandomness)
    }

    /// The text for the disk. A secret that could not be opened goes back as it was.
    pub(crate) fn seal(&self, secret: &Secret, place: Place<'_>) -> Result<String, StoreError> {
        if secret.is_sealed() {
            return Ok(secret.expose().to_owned());
        }
        let key = self.0.as_ref().ok_or(StoreError::NoKey)?;
        let mut salt = [0; SALT];
        SystemRandom::new().fill(&mut salt).map_err(|_| StoreError::NoRandomness)?;
        let mut text = secret.expose().as_bytes().to_vec();
        let cipher = cipher(key, &salt).ok_or(StoreError::NoRandomness)?;
        cipher
            .seal_in_place_append_tag(nonce(), Aad::from(place.to_string().as_bytes()), &mut text)
            .map_err(|_| StoreError::NoRandomness)?;
        let data = STANDARD_NO_PAD.encode([&salt[..], &text].concat());
        Ok(format!("{FORM}{}:{data}", key.name()))
    }

    /// The secret behind a text of the disk. A text that is not sealed is one of before, or was written by hand. What cannot be opened
    /// is [`Secret::sealed`].
    pub(crate) fn open(&self, text: &str, place: Place<'_>) -> Secret {
        if !is_sealed(text) {
            return Secret::new(text);
        }
        self.opened(text, place).map_or_else(|| Secret::sealed(text), Secret::new)
    }

    fn opened(&self, text: &str, place: Place<'_>) -> Option<String> {
        let key = self.0.as_ref()?;
        let (name, data) = text.strip_prefix(FORM)?.split_once(':')?;
        if name != key.name() {
            return None;
        }
        let data = STANDARD_NO_PAD.decode(data).ok()?;
        let (salt, sealed) = data.split_at_checked(SALT)?;
        let mut sealed = sealed.to_vec();
        let aad = Aad::from(place.to_string().into_bytes());
        let opened = cipher(key, salt)?.open_in_place(nonce(), aad, &mut sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }

    /// Why a text that could not be opened could not, for the log.
    pub(crate) fn why(&self, sealed: &str) -> &'static str {
        let name = sealed.strip_prefix(FORM).and_then(|rest| rest.split_once(':')).map(|(name, _)| name);
        match (&self.0, name) {
            (None, _) => "there is no key",
            (Some(key), Some(name)) if name != key.name() => "it was sealed with another key",
            _ => "it is damaged, or was copied from another row",
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Vault").field(&self.0.as_ref().map(|key| key.name())).finish()
    }
}

/// Whether a text of the disk is sealed, by whatever key.
pub(crate) fn is_sealed(text: &str) -> bool {
    text.starts_with(FORM)
}

/// The cipher for one value. `None` only if ring refused lengths that are right.
fn cipher(key: &Key, salt: &[u8]) -> Option<LessSafeKey> {
    let made: Prk = Salt::new(HKDF_SHA256, salt).extract(key.bytes());
    let key = made.expand(&[PURPOSE], &CHACHA20_POLY1305).ok()?;
    Some(LessSafeKey::new(UnboundKey::from(key)))
}

/// Always the same: each value has a key of its own.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place { table: "trackers", row: 7, field: "http.auth.basic.password" };

    fn vault() -> Vault {
        Vault::new(Key::generate().unwrap())
    }

    #[test]
    fn what_is_sealed_is_opened_at_its_place_by_its_key() {
        let vault = vault();
        for text in ["", "hunter2", "enc1:not what it seems", "\u{1F511} and more", &"x".repeat(100_000)] {
            let sealed = vault.seal(&Secret::new(text), PLACE).unwrap();
            assert!(sealed.starts_with("enc1:") && (text.is_empty() || !sealed.contains(text)), "{sealed}");
            assert_eq!(vault.open(&sealed, PLACE), Secret::new(text));
        }
        let twice = [(); 2].map(|()| vault.seal(&Secret::new("same"), PLACE).unwrap());
        assert_ne!(twice[0], twice[1], "each value has a salt of its own");
    }

    #[test]
    fn anything_else_stays_sealed_and_goes_back_as_it_was() {
        let key_of_before = vault();
        let sealed = key_of_before.seal(&Secret::new("hunter2"), PLACE).unwrap();
        let moved = [
            Place { row: 8, ..PLACE },
            Place { table: "accounts", ..PLACE },
            Place { field: "http.proxy.password", ..PLACE },
        ];
        for place in moved {
            assert_eq!(key_of_before.open(&sealed, place), Secret::sealed(&*sealed), "{place}");
        }
        let mut tampered = sealed.clone().into_bytes();
        let last = tampered.len() - 1;
        tampered[last] = if tampered[last] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(tampered).unwrap();
        for bad in [&tampered, "enc1:", "enc1:00000000:", "enc1:xyz", "enc1:00000000:AAAA", &sealed[..60]] {
            assert!(key_of_before.open(bad, PLACE).is_sealed(), "{bad}");
        }
        assert!(key_of_before.why(&tampered).contains("damaged"));
        for (other, why) in [(vault(), "another key"), (Vault::without_key(), "no key")] {
            let secret = other.open(&sealed, PLACE);
            assert!(secret.is_sealed() && other.why(&sealed).contains(why));
            assert_eq!(
                other.seal(&secret, PLACE).unwrap(),
                sealed,
                "the day the key is back it can be opened"
            );
        }
        assert!(matches!(Vault::without_key().seal(&Secret::new("new"), PLACE), Err(StoreError::NoKey)));
    }

    #[test]
    fn a_clear_value_is_one_of_before() {
        assert_eq!(vault().open("hunter2", PLACE), Secret::new("hunter2"));
        assert_eq!(Vault::without_key().open("hunter2", PLACE), Secret::new("hunter2"));
    }
}
