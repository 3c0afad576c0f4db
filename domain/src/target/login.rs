//! User and password in a target as it was typed: nothing keeps them there.

use percent_encoding::percent_decode_str;
use url::Url;

use super::Target;
use crate::{Facet, Kind};

impl Target {
    /// Takes user and password out of a URL of a kind that signs in, other than the web's: those go into the options.
    pub(crate) fn login_of(text: &str) -> Option<(String, String, String)> {
        let mut url = Url::parse(text.trim()).ok()?;
        let (kind, _) = Kind::of_scheme(url.scheme())?;
        let has_one = !url.username().is_empty() || url.password().is_some();
        if !has_one || kind.has(Facet::Web) || !kind.has(Facet::SignIn) {
            return None;
        }
        let decoded = |part: &str| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned());
        let (mut user, password) = (decoded(url.username())?, decoded(url.password().unwrap_or_default())?);
        if user.is_empty() && kind == Kind::Redis {
            // The user that a password alone is for.
            user.push_str("default");
        }
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        Some((url.into(), user, password))
    }

    /// A target as it was typed, without the password in it, to be shown again.
    pub fn without_password(text: &str) -> String {
        if Self::parse(text).is_ok() {
            return text.to_owned();
        }
        // It may be no URL at all, and a password may hold anything: rather too much of it goes.
        let is_scheme =
            |text: &str| text.trim().chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let scheme = text.split_once("://").map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme));
        let (scheme, rest) = text.split_at(scheme.map_or(0, |scheme| scheme.len() + "://".len()));
        match (rest.split_once(':'), rest.rsplit_once('@')) {
            (Some((user, _)), Some((login, host))) if user.len() < login.len() => {
                format!("{scheme}{user}@{host}")
            }
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_target_is_shown_again_without_its_password() {
        for (typed, shown) in [
            ("https://a.example/x:y@z", "https://a.example/x:y@z"),
            (" a.example:8080/@me", " a.example:8080/@me"),
            ("https://ann:canary@a.example/x", "https://ann@a.example/x"),
            ("https://ann:canary@a.example/x@y", "https://ann@y"),
            ("postgres://ann:can%40ary@db.example/shop?x", "postgres://ann@db.example/shop?x"),
            ("postgres://ann:can/ary@db.example/shop", "postgres://ann@db.example/shop"),
            ("postgres://ann:can@ary @db.example", "postgres://ann@db.example"),
            ("redis://:canary@db.example:99999", "redis://@db.example:99999"),
            ("ann:canary@db.example:5432", "ann@db.example:5432"),
            ("ping ann:canary@db.example", "ping ann@db.example"),
            ("gopher://ann:canary@a.example", "gopher://ann@a.example"),
            ("ann@a.example", "ann@a.example"),
            ("", ""),
        ] {
            assert_eq!(Target::without_password(typed), shown, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_password_is_left(
            scheme in "|https://|postgres\\+starttls://|redis://|gopher://|ping ",
            user in "[a-z]{0,5}",
            before in "|[a-z?#%@: ][a-z/?#%@: ]{0,5}",
            rest in "[a-z.]{0,9}(:[0-9]{1,6})?(/[a-z?]{0,5})?",
        ) {
            let typed = format!("{scheme}{user}:{before}CANARY@{rest}");
            // What is a target has none: that is its path.
            if Target::parse(&typed).is_err() {
                let shown = Target::without_password(&typed);
                prop_assert!(!shown.contains("CANARY"), "{}", shown);
            }
        }
    }
}
