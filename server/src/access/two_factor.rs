//! One-time passwords (RFC 6238) and what a phone needs to make them.

use std::fmt::Write as _;

use domain::{Secret, access::Enrolment};
use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Builder, Secret as Seed, Totp};

use super::keys;

/// How codes are made: six digits by SHA-1 every 30 s, which is what every app knows; the codes of the step before and after are
/// taken too, for clocks that differ.
fn totp(seed: Seed, account: &str) -> Option<Totp> {
    // A colon would end the name in an `otpauth:` address.
    let account = account.replace(':', " ");
    Builder::new()
        .with_secret(seed)
        .with_skew(1)
        .with_account_name(account)
        .with_issuer(Some("Uptime Tracker"))
        .build()
        .ok()
}

/// The step whose code this is, at a time in seconds.
pub(crate) fn step(secret: &Secret, code: &str, now_s: u64) -> Option<u64> {
    if secret.is_sealed() {
        return None;
    }
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    totp(Seed::try_from_base32(secret.expose()).ok()?, "account")?.check(&digits, now_s)
}

/// A new secret, in base32.
pub(crate) fn secret() -> Result<Secret, keys::NoRandomness> {
    Ok(Secret::new(Seed::new(Box::new(keys::seed()?)).to_base32()))
}

/// What a person needs to take the secret over.
pub(crate) fn enrolment(secret: &Secret, account: &str) -> Enrolment {
    let address =
        Seed::try_from_base32(secret.expose()).ok().and_then(|seed| totp(seed, account)?.to_url().ok());
    let code = address.and_then(|address| QrCode::with_error_correction_level(address, EcLevel::M).ok());
    Enrolment { secret: secret.expose().to_owned(), code: code.map(|code| (path(&code), code.width())) }
}

/// The dark squares as the path of an SVG: one line a run.
fn path(code: &QrCode) -> String {
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a string does not fail.
                let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", run.len());
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238 gives eight digits; apps take the last six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = Secret::new(Seed::new(Box::new(*b"12345678901234567890")).to_base32());
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(step(&secret, code, time), Some(time / 30), "{time}");
        }
        assert_eq!(step(&secret, "28 70 82", 59 + 30), Some(1), "the step before");
        assert_eq!(step(&secret, "287082", 59 + 60), None);
        for wrong in ["", "28708", "2870820", "abcdef", "287083"] {
            assert_eq!(step(&secret, wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn an_enrolment_can_be_scanned_or_typed() {
        let secret = secret().unwrap();
        let enrolment = enrolment(&secret, "Ada: L");
        assert_eq!(enrolment.secret.len(), 32);
        let (path, side) = enrolment.code.unwrap();
        assert!(path.starts_with("M0 0h7v1h-7z") && side > 30, "{side}");
    }
}
