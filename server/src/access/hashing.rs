//! Passwords: hashed so that guessing is slow, and a few at a time so that signing in cannot slow the rest.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use domain::{FieldError, Secret, access::Password};
use tokio::{sync::Semaphore, task::spawn_blocking};
use zxcvbn::{Score, zxcvbn};

/// argon2id with 19 MiB in 2 passes: one of the choices of OWASP's ASVS 5.0, appendix C; about 40 ms.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is checked against when there is no account of a name, so that it takes as long. No password has this hash.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cnM$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How many may wait for their turn; more are asked to come back.
const QUEUE: usize = 32;

/// Hashes passwords, on at most half of the processors.
#[derive(Debug)]
pub(crate) struct Hasher {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashError {
    #[error("too many sign in at once")]
    Busy,
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// How a password compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, and it should be hashed again: the parameters were other ones then.
    Outdated,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        let turns = (available_parallelism().map_or(1, usize::from) / 2).max(1);
        Self { turns: Arc::new(Semaphore::new(turns)), waiting: AtomicUsize::new(0) }
    }

    pub(crate) async fn hash(&self, password: &str) -> Result<Secret, HashError> {
        let password = password.to_owned();
        self.in_turn(move || hash(&password)).await
    }

    /// Compares a password with a hash, or with nobody's.
    pub(crate) async fn verify(&self, password: &str, hash: Option<&Secret>) -> Result<Verdict, HashError> {
        let (password, hash) = (password.to_owned(), hash.cloned());
        self.in_turn(move || verify(&password, hash.as_ref())).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Place::take(&self.waiting)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(failed)?;
        drop(place);
        // Who gave up waiting does not free the turn before the work is done.
        let worked = spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        worked.await.map_err(failed)?
    }
}

/// A place in the queue, given back however the waiting ends.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, HashError> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::SeqCst) >= QUEUE { Err(HashError::Busy) } else { Ok(place) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<Secret, HashError> {
    let hash = argon2()?.hash_password(password.as_bytes()).map_err(failed)?;
    Ok(Secret::new(hash.to_string()))
}

fn verify(password: &str, hash: Option<&Secret>) -> Result<Verdict, HashError> {
    let parsed = PasswordHash::new(hash.map_or(NOBODY, Secret::expose)).map_err(failed)?;
    let is_right = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
    let params = Params::try_from(&parsed).map_err(failed)?;
    let is_weak = params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES;
    Ok(match is_right {
        false => Verdict::Wrong,
        true if is_weak => Verdict::Outdated,
        true => Verdict::Right,
    })
}

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

/// Refuses a password that is found on the lists that attackers begin with, or is made of what they know.
pub(crate) fn prove_strong(password: &Password, name: &str) -> Result<(), FieldError> {
    let text = password.expose();
    if zxcvbn(text, &[name, "uptime", "tracker"]).score() >= Score::Three {
        return Ok(());
    }
    let problem = words::FIELD_PASSWORD_GUESSED;
    Err(FieldError::new("password", problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let hasher = Hasher::new();
        let hash = hasher.hash("correct horse battery").await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(hasher.verify("correct horse battery", Some(&hash)).await.unwrap(), Verdict::Right);
        assert_eq!(hasher.verify("correct horse batterx", Some(&hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(hasher.verify("", None).await.unwrap(), Verdict::Wrong);
    }

    #[test]
    fn an_older_hash_is_right_and_outdated() {
        let params = Params::new(8_192, 1, 1, None).unwrap();
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = Secret::new(old.hash_password(b"correct horse battery").unwrap().to_string());
        assert_eq!(verify("correct horse battery", Some(&hash)).unwrap(), Verdict::Outdated);
    }

    #[tokio::test]
    async fn too_many_at_once_are_asked_to_come_back() {
        let hasher = Arc::new(Hasher::new());
        let held =
            hasher.turns.clone().acquire_many_owned(u32::try_from(hasher.turns.available_permits()).unwrap());
        let held = held.await.unwrap();
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..QUEUE + 10 {
            let hasher = hasher.clone();
            tries.spawn(async move { matches!(hasher.in_turn(|| Ok(())).await, Err(HashError::Busy)) });
        }
        let mut busy = 0;
        for _ in 0..10 {
            busy += usize::from(tries.join_next().await.unwrap().unwrap());
        }
        drop(held);
        assert_eq!(busy, 10);
        assert!(tries.join_all().await.into_iter().all(|is_busy| !is_busy));
        assert_eq!(hasher.waiting.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn what_everybody_takes_is_refused() {
        for bad in ["password1234", "qwertyuiop12", "aaaaaaaaaaaa", "123456789012", "ada-lovelace1"] {
            let password = Password::parse(bad).unwrap();
            assert!(prove_strong(&password, "Ada-Lovelace").is_err(), "{bad}");
        }
        for good in ["correct horse battery", "Vögel singen im Moor 7"] {
            assert!(prove_strong(&Password::parse(good).unwrap(), "Ada").is_ok(), "{good}");
        }
    }
}
