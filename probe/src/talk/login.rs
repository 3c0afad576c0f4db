//! Who signs in.

use domain::{Auth, Secret};

/// A user and a password that can be sent in every protocol: neither breaks a line, ends a text early, or is longer than
/// [`Auth::USER_LIMIT`] and [`Auth::PASSWORD_LIMIT`] bytes. `Debug` hides the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    user: String,
    password: Secret,
}

/// Why this is no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// A control character in it.
    #[error("a user or a password with a control character cannot be sent")]
    Control,
    /// Longer than is sent.
    #[error("a user or a password of that length cannot be sent")]
    Long,
    /// Storage could not read the password.
    #[error("the password cannot be read")]
    Sealed,
}

impl Login {
    /// A login. The user may be empty where a protocol knows passwords only, the password where a user is enough.
    pub fn new(user: impl Into<String>, password: Secret) -> Result<Self, LoginError> {
        let user = user.into();
        if password.is_sealed() {
            Err(LoginError::Sealed)
        } else if user.chars().chain(password.expose().chars()).any(char::is_control) {
            Err(LoginError::Control)
        } else if user.len() > Auth::USER_LIMIT || password.expose().len() > Auth::PASSWORD_LIMIT {
            Err(LoginError::Long)
        } else {
            Ok(Self { user, password })
        }
    }

    /// Who signs in.
    pub fn user(&self) -> &str {
        &self.user
    }

    pub(super) fn password(&self) -> &str {
        self.password.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_fits_into_a_line() {
        let new = |user: &str, password: &str| Login::new(user, Secret::new(password));
        assert!(new("", "").is_ok() && new("Ünal Ö", "pass word\"\\").is_ok());
        for (user, password) in [("a\r", ""), ("a\nQUIT", ""), ("", "a\r\nQUIT"), ("a\0", ""), ("", "\0")] {
            assert_eq!(new(user, password), Err(LoginError::Control));
        }
        assert_eq!(new(&"a".repeat(257), ""), Err(LoginError::Long));
        assert_eq!(new("", &"a".repeat(4_097)), Err(LoginError::Long));
        assert_eq!(Login::new("a", Secret::sealed("enc1:0")), Err(LoginError::Sealed));
        assert!(!format!("{:?}", new("a", "canary").unwrap()).contains("canary"));
    }
}
