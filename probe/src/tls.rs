//! The probe of `tls` targets: a handshake, and a certificate that is trusted.
//!
//! What the server shows is read and kept whether it is trusted or not. Nothing is offered beside TLS (no ALPN), and nothing is said after
//! the handshake; so a server that refuses our certificate only then (TLS 1.3) is not noticed.

use async_trait::async_trait;
use domain::{Answer, Outcome};

use crate::line::ask::{Ask, Line};

pub(crate) struct Tls;

#[async_trait]
impl Ask for Tls {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let connection = line.connect().await?;
        line.trace.stop_here();
        let outcome = line.judge(&Answer::default());
        connection.leave().await;
        Ok(outcome)
    }
}
