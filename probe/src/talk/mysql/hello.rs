//! How a server introduces itself (protocol 10), and how that is answered.

use super::{
    super::{Heard, Io, Name, Wire},
    packet::Cut,
};

/// How a server introduced itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    pub(super) version: String,
    /// How it wants passwords to be proved, and the chance that is mixed in.
    pub(super) method: Vec<u8>,
    pub(super) salt: Vec<u8>,
    can_encrypt: bool,
    pub(super) is_encrypted: bool,
}

const PROTOCOL: u8 = 10;
const LONG_PASSWORD: u32 = 1;
const WITH_DATABASE: u32 = 1 << 3;
const PROTOCOL_41: u32 = 1 << 9;
const TLS: u32 = 1 << 11;
const TRANSACTIONS: u32 = 1 << 13;
const SECURE_CONNECTION: u32 = 1 << 15;
const METHODS: u32 = 1 << 19;
/// What we can, always.
const OURS: u32 = LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | METHODS;
/// What a server must be able to do: all of this is older than 2010.
const NEEDED: u32 = PROTOCOL_41 | SECURE_CONNECTION | METHODS;
/// `utf8mb4_general_ci`.
const CHARACTERS: u8 = 45;

impl Hello {
    pub(super) fn parse<S: Io>(wire: &Wire<'_, S>, body: &[u8]) -> Option<Self> {
        let mut cut = Cut(body);
        if cut.array()? != [PROTOCOL] {
            return None;
        }
        let version = cut.until_nul();
        // MariaDB says first what old clients of MySQL understand.
        let version = version.strip_prefix(b"5.5.5-").unwrap_or(version);
        let _thread: [u8; 4] = cut.array()?;
        let mut salt = cut.take(8)?.to_vec();
        let _filler: [u8; 1] = cut.array()?;
        let [low, middle] = cut.array()?;
        let _characters_and_status: [u8; 3] = cut.array()?;
        let [high, highest] = cut.array()?;
        let can = u32::from_le_bytes([low, middle, high, highest]);
        if can & NEEDED != NEEDED {
            return None;
        }
        let [length] = cut.array()?;
        let _reserved: [u8; 10] = cut.array()?;
        let more = cut.take(usize::from(length).saturating_sub(8).max(13))?;
        salt.extend(more.strip_suffix(b"\0").unwrap_or(more));
        Some(Self {
            version: wire.text(version, Heard::VERSION),
            method: cut.until_nul().to_vec(),
            salt,
            can_encrypt: can & TLS != 0,
            is_encrypted: false,
        })
    }

    /// The same once the stream is encrypted, and the request for that.
    pub(super) fn encrypted(self) -> Option<(Self, Vec<u8>)> {
        self.can_encrypt.then(|| (Self { is_encrypted: true, ..self }, begin(OURS | TLS)))
    }

    /// The number of the packet that answers it.
    pub(super) fn next(&self) -> u8 {
        if self.is_encrypted { 2 } else { 1 }
    }

    /// Who signs in. Users and names hold no NUL.
    pub(super) fn answer(&self, user: &str, database: Option<&Name>, method: &str, proof: &[u8]) -> Vec<u8> {
        let tls = if self.is_encrypted { TLS } else { 0 };
        let with_database = if database.is_some() { WITH_DATABASE } else { 0 };
        let mut answer = begin(OURS | tls | with_database);
        answer.extend_from_slice(user.as_bytes());
        answer.push(0);
        // A proof is 20 or 32 bytes long.
        answer.push(u8::try_from(proof.len()).unwrap_or_default());
        answer.extend_from_slice(proof);
        for text in database.map(Name::as_str).into_iter().chain([method]) {
            answer.extend_from_slice(text.as_bytes());
            answer.push(0);
        }
        answer
    }
}

/// What we can, how much is taken at once, characters, and room for more.
fn begin(can: u32) -> Vec<u8> {
    const MOST: u32 = 1 << 20;
    [&can.to_le_bytes()[..], &MOST.to_le_bytes(), &[CHARACTERS], &[0; 23]].concat()
}
