//! Where the secrets of options are.

use super::{
    Given, HttpDraft, HttpOptions, Secrets,
    draft::{AuthDraft, HeaderDraft},
    parse::is_sensitive,
};
use crate::Secret;

impl HttpDraft {
    /// Shows each secret with the name of its field: `http.auth.basic.password`, `http.headers.x-api-key`. Headers that would be
    /// secret by their name alone are among them.
    pub fn each_secret(&mut self, mut visit: impl FnMut(&str, &mut Secret)) {
        let mut of = |field: &str, given: &mut Given<Secret>| {
            if let Given::Set(secret) = given {
                visit(field, secret);
            }
        };
        match &mut self.auth {
            Given::Set(AuthDraft::Basic(basic)) => of("http.auth.basic.password", &mut basic.password),
            Given::Set(AuthDraft::Bearer(bearer)) => of("http.auth.bearer.token", &mut bearer.token),
            Given::Set(AuthDraft::OAuth2(oauth2)) => {
                of("http.auth.oauth2.client_secret", &mut oauth2.client_secret);
            }
            Given::Keep | Given::Reset => {}
        }
        if let Given::Set(tls) = &mut self.tls {
            of("http.tls.key", &mut tls.key);
        }
        if let Given::Set(proxy) = &mut self.proxy {
            of("http.proxy.password", &mut proxy.password);
        }
        let Given::Set(headers) = &mut self.headers else { return };
        for (name, value) in &mut headers.0 {
            let field = format!("http.headers.{}", name.trim().to_ascii_lowercase());
            match value {
                HeaderDraft::Hidden(hidden) => visit(&field, &mut hidden.secret),
                HeaderDraft::Plain(text) if is_sensitive(name) => visit(&field, text),
                HeaderDraft::Plain(_) => {}
            }
        }
    }
}

impl HttpOptions {
    /// The field of the first secret that storage could not read, if there is one. Such options ask nobody: what would be sent is
    /// not what was meant.
    pub fn sealed_field(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        let mut found = None;
        self.draft(Secrets::Clear).each_secret(|field, secret| {
            if secret.is_sealed() && found.is_none() {
                found = Some(field.to_owned());
            }
        });
        found
    }
}

/// What is said of such a field, after its name.
pub const CANNOT_BE_READ: &str = words::FIELD_SECRET_UNREADABLE;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"{"headers": {"X-Api-Key": "1", "Accept": "*/*", "X-Hidden": {"secret": "2"}},
        "auth": {"basic": {"user": "u", "password": "3"}},
        "proxy": {"url": "http://p.example:1", "user": "u", "password": "4"}}"#;

    #[test]
    fn every_secret_has_the_name_of_its_field() {
        let mut draft: HttpDraft = serde_json::from_str(ALL).unwrap();
        let mut seen = Vec::new();
        draft.each_secret(|field, secret| seen.push(format!("{field}={}", secret.expose())));
        let wanted = [
            "http.auth.basic.password=3",
            "http.proxy.password=4",
            "http.headers.x-api-key=1",
            "http.headers.x-hidden=2",
        ];
        assert_eq!(seen, wanted);
    }

    #[test]
    fn what_cannot_be_read_is_kept_whatever_it_looks_like() {
        let mut draft: HttpDraft = serde_json::from_str(ALL).unwrap();
        let long = "\u{1F512}".repeat(9_000);
        draft.each_secret(|_, secret| *secret = Secret::sealed(long.as_str()));
        let options = HttpOptions::parse(&draft, &HttpOptions::default()).unwrap();
        assert_eq!(options.sealed_field().as_deref(), Some("http.auth.basic.password"));
        // An edit of something else, by a form that shows masks, keeps it as well.
        let masked = options.draft(Secrets::Masked);
        assert_eq!(HttpOptions::parse(&masked, &options).unwrap(), options);
        assert_eq!(HttpOptions::default().sealed_field(), None);
    }
}
