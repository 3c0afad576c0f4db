//! A server that says what it wants to, whatever it is told.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use proptest::{collection::vec, prelude::*};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::TalkError;

/// Says all of this, so many bytes at a time, and hangs up.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    says: Vec<u8>,
    piece: usize,
    at: usize,
    is_endless: bool,
    /// What it was told.
    heard: Vec<u8>,
}

impl Peer {
    pub(super) fn new(says: &[u8], piece: usize) -> Self {
        Self { says: says.to_vec(), piece, at: 0, is_endless: false, heard: Vec::new() }
    }

    /// Says the same again and again.
    pub(super) fn endless(says: &[u8]) -> Self {
        Self { is_endless: true, ..Self::new(says, 1_500) }
    }

    /// What came of a conversation with it, and what it was told.
    pub(super) fn talk<T>(mut self, with: impl AsyncFnOnce(&mut Self) -> T) -> (T, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let result = runtime.block_on(with(&mut self));
        (result, String::from_utf8_lossy(&self.heard).into_owned())
    }
}

/// Garbage, and beginnings of something right with garbage in it and behind it.
pub(super) fn garbage(right: &[&'static [u8]]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let noise = vec(any::<u8>(), 0..200);
    (proptest::sample::select(right.to_vec()), 0..=100_usize, any::<(usize, u8)>(), noise).prop_map(
        |(right, percent, (at, byte), noise)| {
            let mut bytes = right[..right.len() * percent / 100].to_vec();
            if let Some(place) = at.checked_rem(bytes.len()).and_then(|at| bytes.get_mut(at)) {
                *place = byte;
            }
            bytes.extend(noise);
            bytes
        },
    )
}

/// The result is the same however the bytes arrive. Only what a stranger is quoted with may be less of it.
pub(super) fn steady<T: std::fmt::Debug>(
    says: &[u8],
    talk: impl AsyncFn(&mut Peer) -> Result<T, TalkError> + Copy,
) {
    let told = |piece| {
        let (result, heard) = Peer::new(says, piece).talk(talk);
        match result {
            Err(TalkError::Strange { .. }) => (String::from("strange"), heard.len()),
            result => (format!("{result:?}"), heard.len()),
        }
    };
    let whole = told(usize::MAX);
    for piece in [1, 2, 3, 7] {
        assert_eq!(told(piece), whole, "in pieces of {piece}: {says:?}");
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.is_endless && this.at == this.says.len() {
            this.at = 0;
        }
        let rest = &this.says[this.at..];
        let count = rest.len().min(this.piece).min(into.remaining());
        into.put_slice(&rest[..count]);
        this.at += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Peer {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.heard.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
