//! Conversations that may begin in the clear and agree on encryption.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Heard, TalkError, Wire};

/// A stream to talk over, whoever opened it.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Io for S {}

/// What is said in one protocol.
pub trait Talk: Sync {
    /// What is known of the server before encryption may begin.
    type Begun: Send;

    /// The protocol, for people.
    const NAME: &'static str;

    /// Hears how the server introduces itself, where it does that first.
    fn begin<S: Io>(
        &self,
        wire: &mut Wire<'_, S>,
    ) -> impl Future<Output = Result<Self::Begun, TalkError>> + Send;

    /// Asks for encryption, until the server agrees.
    fn agree<S: Io>(
        &self,
        wire: &mut Wire<'_, S>,
        begun: Self::Begun,
    ) -> impl Future<Output = Result<Self::Begun, TalkError>> + Send;

    /// Everything else, to the last word, over a stream that is encrypted by now or is not to be.
    fn finish<S: Io>(
        &self,
        wire: Wire<'_, S>,
        begun: Self::Begun,
    ) -> impl Future<Output = Result<Heard, TalkError>> + Send;

    /// The whole conversation, over a stream that is encrypted from the beginning, or is not to be.
    fn ask<S: Io>(&self, stream: &mut S) -> impl Future<Output = Result<Heard, TalkError>> + Send {
        async {
            let mut wire = Wire::new(stream, Self::NAME);
            let begun = self.begin(&mut wire).await?;
            self.finish(wire, begun).await
        }
    }

    /// Begins and agrees on encryption. Then the caller encrypts the stream, and [`Talk::after_tls`] follows.
    fn before_tls<S: Io>(
        &self,
        stream: &mut S,
    ) -> impl Future<Output = Result<Self::Begun, TalkError>> + Send {
        async {
            let mut wire = Wire::new(stream, Self::NAME);
            let begun = self.begin(&mut wire).await?;
            let begun = self.agree(&mut wire, begun).await?;
            wire.end_in_clear()?;
            Ok(begun)
        }
    }

    /// The rest of what [`Talk::ask`] says, once the stream is encrypted.
    fn after_tls<S: Io>(
        &self,
        stream: &mut S,
        begun: Self::Begun,
    ) -> impl Future<Output = Result<Heard, TalkError>> + Send {
        self.finish(Wire::new(stream, Self::NAME), begun)
    }
}
