//! Mail, by a server that takes it.

mod connection;
mod message;
mod stream;

use std::time::Duration;

use domain::{Alert, ChannelInput, ChannelKind, Secret};
use lettre::{Address, message::Mailbox};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use url::Host;

use crate::{
    Receipt, Sender, Undelivered,
    channel::Kind,
    form::{self, Form, Show, field, optional},
    names::OwnText,
};

/// The most who get a message.
const MOST: usize = 20;
/// The most characters of certificates.
const LIMIT: usize = 20_000;

/// A server that takes mail, and who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    host: Host,
    port: u16,
    security: Security,
    user: String,
    password: Secret,
    from: Mailbox,
    to: Vec<Mailbox>,
    text: Option<OwnText>,
    authority: Option<Authority>,
}

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// After a greeting in the clear. A server that cannot is not used.
    StartTls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

impl Security {
    /// Its word, its usual port, and what people call it.
    const ALL: [(Self, &'static str, u16, &'static str); 3] = [
        (Self::StartTls, "starttls", 587, words::CHANNEL_MAIL_STARTTLS),
        (Self::Tls, "tls", 465, words::CHANNEL_MAIL_TLS),
        (Self::None, "none", 25, words::CHANNEL_MAIL_UNENCRYPTED),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(security, ..)| *security == self).map_or("", |(_, word, ..)| *word)
    }
}

/// Who signs the certificate of the server, when this machine does not trust them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Authority {
    pem: String,
    certificates: Vec<CertificateDer<'static>>,
}

impl Kind for Mail {
    const WORD: &'static str = "mail";
    const PACE: Duration = Duration::from_millis(200);

    fn describe() -> ChannelKind {
        let choices = Security::ALL.iter().map(|(_, word, _, label)| (*word, *label)).collect();
        ChannelKind {
            word: Self::WORD,
            title: words::CHANNEL_MAIL,
            help: words::CHANNEL_MAIL_HELP,
            fields: vec![
                field("host", words::CHANNEL_SERVER, "mail.example.com", ChannelInput::Text),
                field("security", words::CHANNEL_MAIL_ENCRYPTION, "", ChannelInput::Choice(choices)),
                optional("port", words::CHANNEL_MAIL_PORT, words::CHANNEL_MAIL_PORT_HINT, ChannelInput::Text),
                optional("user", words::CHANNEL_MAIL_USER, words::CHANNEL_MAIL_USER_HINT, ChannelInput::Text),
                optional("password", words::CHANNEL_MAIL_PASSWORD, "", ChannelInput::Secret),
                field(
                    "from",
                    words::CHANNEL_MAIL_FROM,
                    "Uptime Tracker <alerts@example.com>",
                    ChannelInput::Text,
                ),
                field("to", words::CHANNEL_MAIL_TO, words::CHANNEL_MAIL_TO_HINT, ChannelInput::Lines),
                form::own_text_field(),
                optional(
                    "authority",
                    words::CHANNEL_MAIL_AUTHORITY,
                    words::CHANNEL_MAIL_AUTHORITY_HINT,
                    ChannelInput::Lines,
                ),
            ],
        }
    }

    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Option<Self> {
        let host = host(form);
        let (security, port) = security(form);
        let (user, password) = credentials(form, host.as_ref(), security, before);
        let from = mailbox(form.text("from")).map_err(|problem| form.wrong("from", problem)).ok();
        let to = recipients(form);
        let text = form.own_text("text");
        let authority = authority(form);
        Some(Self { host: host?, port, security, user, password, from: from?, to, text, authority })
    }

    fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
        let to: Vec<String> = self.to.iter().map(ToString::to_string).collect();
        vec![
            ("host", self.host.to_string()),
            ("security", self.security.word().to_owned()),
            ("port", self.port.to_string()),
            ("user", self.user.clone()),
            ("password", show.secret(&self.password)),
            ("from", self.from.to_string()),
            ("to", to.join("\n")),
            ("text", form::source(self.text.as_ref())),
            ("authority", self.authority.as_ref().map(|authority| authority.pem.clone()).unwrap_or_default()),
        ]
    }

    async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered> {
        let message = self.message(alert)?;
        connection::send(self, sender, &message).await
    }
}

fn host(form: &mut Form<'_>) -> Option<Host> {
    let text = form.text("host");
    let host = if text.len() > 253 || text.is_empty() { None } else { Host::parse(text).ok() };
    if host.is_none() {
        form.wrong("host", words::CHANNEL_MAIL_HOST_WRONG);
    }
    host
}

fn security(form: &mut Form<'_>) -> (Security, u16) {
    let word = form.text("security");
    let found = Security::ALL.into_iter().find(|(_, known, ..)| *known == word);
    if found.is_none() {
        form.wrong("security", words::CHANNEL_MAIL_ENCRYPTION_WRONG);
    }
    let (security, usual) =
        found.map_or((Security::StartTls, 587), |(security, _, usual, _)| (security, usual));
    let port = match form.text("port") {
        "" => Some(usual),
        text => text.parse().ok().filter(|port| *port > 0),
    };
    if port.is_none() {
        form.wrong("port", words::CHANNEL_MAIL_PORT_WRONG);
    }
    (security, port.unwrap_or(usual))
}

fn credentials(
    form: &mut Form<'_>,
    host: Option<&Host>,
    security: Security,
    before: Option<&Mail>,
) -> (String, Secret) {
    let user = form.text("user").to_owned();
    let kept = before.filter(|before| Some(&before.host) == host).map(|before| &before.password);
    let is_right = |text: &str| text.len() <= 1_000 && !text.contains(char::is_control);
    let password = form.secret_of("password", kept, is_right, words::CHANNEL_MAIL_PASSWORD_WRONG);
    if !is_right(&user) {
        form.wrong("user", words::CHANNEL_MAIL_USER_WRONG);
    }
    match (user.is_empty(), password.expose().is_empty()) {
        (false, false) if security == Security::None => {
            form.wrong("security", words::CHANNEL_MAIL_PASSWORD_OPEN);
        }
        (false, true) => form.wrong("password", words::CHANNEL_MAIL_USER_ALONE),
        (true, false) => form.wrong("user", words::CHANNEL_MAIL_PASSWORD_ALONE),
        _ => {}
    }
    (user, password)
}

fn recipients(form: &mut Form<'_>) -> Vec<Mailbox> {
    let lines = form.text("to").lines().map(str::trim).filter(|line| !line.is_empty());
    let read: Result<Vec<Mailbox>, String> = lines.map(mailbox).collect();
    let checked = read.and_then(|to| match to.len() {
        0 => Err(words::CHANNEL_MAIL_TO_NOBODY.to_owned()),
        1..=MOST => Ok(to),
        _ => Err(words::channel_mail_to_many(MOST)),
    });
    checked.unwrap_or_else(|problem| {
        form.wrong("to", problem);
        Vec::new()
    })
}

/// Reads `alerts@example.com` or `Alerts <alerts@example.com>`.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let wrong = || words::CHANNEL_MAIL_ADDRESS_WRONG.to_owned();
    if text.chars().count() > 300 || text.contains(char::is_control) {
        return Err(wrong());
    }
    // A name is taken as it is: by the grammar of mail, one with a comma or a full stop would need quotes.
    let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').trim(), address.trim()),
        None => ("", text),
    };
    if !address.is_ascii() {
        return Err(words::CHANNEL_MAIL_ADDRESS_LETTERS.to_owned());
    }
    let address: Address = address.parse().map_err(|_| wrong())?;
    Ok(Mailbox::new(Some(name.to_owned()).filter(|name| !name.is_empty()), address))
}

fn authority(form: &mut Form<'_>) -> Option<Authority> {
    let pem = form.text("authority");
    if pem.is_empty() {
        return None;
    }
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match read {
        Ok(certificates)
            if !certificates.is_empty()
                && pem.len() <= LIMIT
                && !pem.contains("PRIVATE KEY")
                && RootCertStore::empty().add_parsable_certificates(certificates.clone()).1 == 0 =>
        {
            Some(Authority { pem: pem.to_owned(), certificates })
        }
        _ => {
            form.wrong("authority", words::CHANNEL_MAIL_AUTHORITY_WRONG);
            None
        }
    }
}
