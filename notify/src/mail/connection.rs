//! Talking to a server that takes mail. Its address is looked up and judged here, and connected to as it was judged.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters},
        commands,
        extension::ClientId,
        response::{Response, Severity},
    },
};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::{
    Mail, Security,
    stream::{Bounded, Encrypted},
};
use crate::{
    Class, Receipt, Sender, Undelivered, egress,
    post::{FIRST, WHOLE, chain, forbidden, network, quoted, too_late},
    wording::cut,
};

/// The most characters of a receipt.
const SAID: usize = 500;

/// Sends a message.
pub(super) async fn send(mail: &Mail, sender: &Sender, message: &Message) -> Result<Receipt, Undelivered> {
    let taken = async {
        let mut server = sign_in(mail, sender).await?;
        let receipt = submit(mail, &mut server, message).await?;
        Ok((server, receipt))
    };
    let (mut server, receipt) = timeout(WHOLE, taken).await.unwrap_or_else(|_| Err(too_late()))?;
    // It is taken, whether the server says goodbye in time or not.
    let _ = timeout(FIRST, server.quit()).await;
    Ok(receipt)
}

/// Connects, as far as a server that takes the message from us.
async fn sign_in(mail: &Mail, sender: &Sender) -> Result<AsyncSmtpConnection, Undelivered> {
    let failed = |error: &Error| failed(mail, error);
    let tcp = timeout(FIRST, connect(mail, sender)).await.map_err(|_| too_late())??;
    let us = us(&tcp);
    let line: Box<dyn AsyncTokioStream> = match mail.security {
        Security::Tls => Box::new(encrypt(mail, sender, tcp).await?),
        Security::StartTls => Box::new(tcp.careful()),
        Security::None => Box::new(tcp),
    };
    let greeting = timeout(FIRST, AsyncSmtpConnection::connect_with_transport(line, &us));
    let mut server = greeting.await.map_err(|_| too_late())?.map_err(|error| failed(&error))?;
    if mail.security == Security::StartTls {
        if !server.can_starttls() {
            return Err(Undelivered::refused(words::SENDING_MAIL_NO_STARTTLS));
        }
        server.starttls(parameters(mail)?, &us).await.map_err(|error| failed(&error))?;
    }
    if !mail.user.is_empty() {
        let credentials = Credentials::new(mail.user.clone(), mail.password.expose().to_owned());
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        server.auth(&mechanisms, &credentials).await.map_err(|error| {
            if error.is_client() {
                return Undelivered::refused(words::SENDING_MAIL_NO_SIGN_IN);
            }
            failed(&error)
        })?;
    }
    Ok(server)
}

/// Hands the message over. One address that the server does not take keeps the message from nobody else: lettre's own way would.
async fn submit(
    mail: &Mail,
    server: &mut AsyncSmtpConnection,
    message: &Message,
) -> Result<Receipt, Undelivered> {
    let failed = |error: &Error| failed(mail, error);
    let from = commands::Mail::new(Some(mail.from.email.clone()), Vec::new());
    server.command(from).await.map_err(|error| failed(&error))?;
    let mut refused = Vec::new();
    for to in &mail.to {
        if let Err(error) = server.command(commands::Rcpt::new(to.email.clone(), Vec::new())).await {
            let undelivered = failed(&error);
            // Only an answer is about the address. Anything else is about the connection.
            if error.status().is_none() {
                return Err(undelivered);
            }
            refused.push((&to.email, undelivered));
        }
    }
    if refused.len() == mail.to.len() {
        let last = refused.pop().map(|(_, undelivered)| undelivered);
        return Err(last.unwrap_or_else(|| Undelivered::refused(words::SENDING_MAIL_NOBODY)));
    }
    server.command(commands::Data).await.map_err(|error| failed(&error))?;
    let taken = server.message(&message.formatted()).await.map_err(|error| failed(&error))?;
    if taken.code().severity != Severity::PositiveCompletion {
        return Err(nonsense());
    }
    let mut all = said(mail, &taken);
    for (to, undelivered) in &refused {
        all = words::sending_mail_not_for(all, to, &undelivered.said);
    }
    Ok(Receipt { said: cut(&all, SAID) })
}

/// Connects to the first of the server's addresses that answers, of those that may be asked.
async fn connect(mail: &Mail, sender: &Sender) -> Result<Bounded, Undelivered> {
    let found = egress::vetted(sender.egress, &mail.host, mail.port).await.map_err(|error| {
        let is_forbidden =
            error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<egress::Forbidden>);
        if is_forbidden { forbidden() } else { Undelivered::later(words::SENDING_MAIL_NO_NAME) }
    })?;
    let mut last = Undelivered::later(words::SENDING_MAIL_NO_CONNECTION);
    // An address that swallows everything leaves the others their time.
    let each = FIRST / u32::try_from(found.len()).unwrap_or(u32::MAX).max(1);
    for address in found {
        match timeout(each, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(Bounded::new(tcp)),
            Ok(Err(error)) => last.said = network(error.kind()).unwrap_or(last.said),
            Err(_) => last = too_late(),
        }
    }
    Err(last)
}

async fn encrypt(mail: &Mail, sender: &Sender, tcp: Bounded) -> Result<Encrypted, Undelivered> {
    let authorities = mail.authority.as_ref().map(|authority| authority.certificates.as_slice());
    let config = sender.encryption(authorities).map_err(|_| unusable())?;
    let name = ServerName::try_from(bare(mail)).map_err(|_| unusable())?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    match timeout(FIRST, handshake).await {
        Ok(Ok(stream)) => Ok(Encrypted(Box::new(stream))),
        Ok(Err(error)) => Err(broken(&error)),
        Err(_) => Err(too_late()),
    }
}

/// What lettre needs to encrypt a connection that began in the clear.
fn parameters(mail: &Mail) -> Result<TlsParameters, Undelivered> {
    let builder = |store| TlsParameters::builder(bare(mail)).certificate_store(store);
    let built = match &mail.authority {
        Some(authority) => {
            let certificate = Certificate::from_pem(authority.pem.as_bytes()).map_err(|_| unusable())?;
            builder(CertificateStore::None).add_root_certificate(certificate).build()
        }
        // A machine that trusts nobody, like a bare container, trusts whom Mozilla trusts.
        None => builder(CertificateStore::Default)
            .build()
            .or_else(|_| builder(CertificateStore::WebpkiRoots).build()),
    };
    built.map_err(|_| unusable())
}

/// The server's name without the brackets of an address.
fn bare(mail: &Mail) -> String {
    mail.host.to_string().trim_matches(['[', ']']).to_owned()
}

/// Who we are, as far as a server wants to know: the address that it sees anyway.
fn us(tcp: &Bounded) -> ClientId {
    match tcp.local_addr().map(|address| address.ip()) {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Ipv4(Ipv4Addr::LOCALHOST),
    }
}

fn unusable() -> Undelivered {
    Undelivered::refused(words::SENDING_MAIL_ENCRYPTION_UNMADE)
}

/// What the server says, with the number that it begins with.
fn said(mail: &Mail, response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    format!("{} {}", response.code(), quoted(&text, std::slice::from_ref(&mail.password)))
}

/// What went wrong, in words.
fn failed(mail: &Mail, error: &Error) -> Undelivered {
    if let Some(code) = error.status() {
        let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        let said = words::sending_mail_answered(code, quoted(&text, std::slice::from_ref(&mail.password)));
        let class = if error.is_transient() { Class::Later(None) } else { Class::Refused };
        return Undelivered { said: said.trim_end().to_owned(), class };
    }
    match chain(error).find_map(|cause| cause.downcast_ref::<io::Error>()) {
        Some(error) => broken(error),
        None if error.is_tls() => unusable(),
        None => nonsense(),
    }
}

fn nonsense() -> Undelivered {
    Undelivered::later(words::SENDING_MAIL_NONSENSE)
}

/// An error of a connection, which may be one of its encryption.
fn broken(error: &io::Error) -> Undelivered {
    let said = match chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_)) => words::SENDING_MAIL_UNTRUSTED.to_owned(),
        Some(_) => words::SENDING_MAIL_NO_ENCRYPTION.to_owned(),
        None => network(error.kind()).unwrap_or_else(|| words::SENDING_MAIL_BROKEN_OFF.to_owned()),
    };
    Undelivered::later(said)
}
