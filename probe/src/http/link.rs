//! A connection that speaks HTTP, driven by the very task that waits for its answer.
//!
//! Nobody else drives it: no task is spawned for HTTP/1.1 and nothing wakes another task. While a session waits for its next turn
//! the connection [rests](Link::rest): only the socket is left of it, because the buffers of ten thousand would fill 200 MB. That the
//! server closed it meanwhile is noticed on the next use.

use std::{
    error::Error,
    future::{Future, poll_fn},
    mem::replace,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Extensions, Request, Response};
use http_body_util::Full;
use hyper::{
    body::{Body, Frame, Incoming},
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::{JoinHandle, unconstrained};

use crate::line::stream::Stream;

/// The most that the head of an answer may weigh.
pub(super) const HEAD_LIMIT: usize = 64 << 10;
/// The most lines in the head of an answer.
const LINES_LIMIT: usize = 100;
/// The most interim answers (1xx) before the answer.
const INTERIM_LIMIT: u32 = 10;

/// What is sent with a request.
pub(super) type Sent = Full<Bytes>;

/// A connection that speaks HTTP.
pub(super) enum Link {
    H1(H1),
    H2(H2),
}

pub(super) struct H1 {
    state: State,
    /// Counts interim answers, from inside hyper.
    interim: Arc<AtomicU32>,
    extensions: Extensions,
}

/// How a connection is, that speaks HTTP/1.1.
enum State {
    Resting(Stream),
    Speaking(Box<Speaking>),
    Over,
}

struct Speaking {
    sender: http1::SendRequest<Sent>,
    connection: http1::Connection<TokioIo<Stream>, Sent>,
    is_over: bool,
}

pub(super) struct H2 {
    sender: http2::SendRequest<Sent>,
    driver: JoinHandle<()>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("{}", words::detail_interim_many(INTERIM_LIMIT))]
    Interim,
    #[error("{}", words::DETAIL_CONNECTION_ENDED)]
    Ended,
}

impl LinkError {
    /// Whether the server says that it has done nothing about the request, so that it can be sent again (RFC 9113, section 8.7).
    pub(super) fn is_unprocessed(&self) -> bool {
        let Self::Http(error) = self else { return false };
        let cause = error.source().and_then(|cause| cause.downcast_ref::<h2::Error>());
        cause.filter(|error| error.is_remote()).is_some_and(|error| {
            let reason = error.reason();
            error.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM)
                || error.is_go_away() && reason == Some(h2::Reason::NO_ERROR)
        })
    }
}

impl Link {
    /// A connection that will speak HTTP/1.1. Nothing is sent yet.
    pub(super) fn http1(stream: Stream) -> Self {
        let interim = Arc::new(AtomicU32::new(0));
        let mut template = Request::new(());
        let counter = Arc::clone(&interim);
        hyper::ext::on_informational(&mut template, move |_| {
            counter.fetch_add(1, Relaxed);
        });
        let extensions = std::mem::take(template.extensions_mut());
        Self::H1(H1 { state: State::Resting(stream), interim, extensions })
    }

    /// Begins to speak HTTP/2. Its streams need a task of their own, which ends with the link.
    pub(super) async fn http2(stream: Stream) -> Result<Self, LinkError> {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.max_header_list_size(u32::try_from(HEAD_LIMIT).unwrap_or(u32::MAX));
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self::H2(H2 { sender, driver }))
    }

    pub(super) fn is_http2(&self) -> bool {
        matches!(self, Self::H2(_))
    }

    /// Whether a request can be sent over it, after a rest.
    pub(super) async fn is_alive(&mut self) -> bool {
        match self {
            Self::H1(link) => {
                let Ok(speaking) = link.wake().await else { return false };
                poll_fn(|cx| {
                    let is_over = speaking.drive(cx);
                    Poll::Ready(!is_over && matches!(speaking.sender.poll_ready(cx), Poll::Ready(Ok(()))))
                })
                .await
            }
            Self::H2(link) => link.sender.is_ready(),
        }
    }

    /// Lets go of everything but the socket, after an answer that was read to its end and left the connection open.
    pub(super) fn rest(&mut self) {
        if let Self::H1(link) = self {
            link.rest();
        }
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(&mut self, mut request: Request<Sent>) -> Result<Response<Incoming>, LinkError> {
        match self {
            Self::H1(link) => {
                link.interim.store(0, Relaxed);
                request.extensions_mut().clone_from(&link.extensions);
                let interim = Arc::clone(&link.interim);
                let Speaking { sender, connection, is_over } = &mut *link.wake().await?;
                // Outside tokio's budget of the task: with none left, an answer that is there would look as if it were not, and of a
                // connection that is over that is a fault.
                let mut answer = pin!(unconstrained(sender.send_request(request)));
                poll_fn(|cx| {
                    drive(connection, is_over, cx);
                    if interim.load(Relaxed) > INTERIM_LIMIT {
                        return Poll::Ready(Err(LinkError::Interim));
                    }
                    match answer.as_mut().poll(cx) {
                        Poll::Ready(answer) => Poll::Ready(answer.map_err(LinkError::from)),
                        Poll::Pending if *is_over => Poll::Ready(Err(LinkError::Ended)),
                        Poll::Pending => Poll::Pending,
                    }
                })
                .await
            }
            Self::H2(link) => Ok(link.sender.send_request(request).await?),
        }
    }

    /// Waits for the next piece of the body; `None` at its end.
    pub(super) async fn frame(&mut self, body: &mut Incoming) -> Option<Result<Frame<Bytes>, LinkError>> {
        poll_fn(|cx| self.poll_frame(body, cx)).await
    }

    /// The next piece of the body if it is there already.
    pub(super) async fn frame_now(
        &mut self,
        body: &mut Incoming,
    ) -> Poll<Option<Result<Frame<Bytes>, LinkError>>> {
        poll_fn(|cx| Poll::Ready(self.poll_frame(body, cx))).await
    }

    fn poll_frame(
        &mut self,
        body: &mut Incoming,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, LinkError>>> {
        let mut poll = |cx: &mut Context<'_>| Pin::new(&mut *body).poll_frame(cx).map_err(LinkError::from);
        let frame = poll(cx);
        let Self::H1(H1 { state: State::Speaking(speaking), .. }) = self else { return frame };
        if frame.is_ready() {
            return frame;
        }
        let is_over = speaking.drive(cx);
        match poll(cx) {
            Poll::Pending if is_over => Poll::Ready(Some(Err(LinkError::Ended))),
            frame => frame,
        }
    }

    /// What is below, with what was read ahead, after an answer that gave it to another protocol.
    pub(super) fn into_upgraded(self) -> Option<(Stream, Bytes)> {
        let Self::H1(H1 { state: State::Speaking(speaking), .. }) = self else { return None };
        let parts = speaking.connection.into_parts();
        Some((parts.io.into_inner(), parts.read_buf))
    }

    /// What is below, for who waits until the server closes it.
    pub(super) fn into_stream(self) -> Option<Stream> {
        match self {
            Self::H1(H1 { state: State::Resting(stream), .. }) => Some(stream),
            Self::H1(H1 { state: State::Speaking(speaking), .. }) => {
                Some(speaking.connection.into_parts().io.into_inner())
            }
            Self::H1(H1 { state: State::Over, .. }) | Self::H2(_) => None,
        }
    }
}

impl H1 {
    async fn wake(&mut self) -> Result<&mut Speaking, LinkError> {
        if matches!(self.state, State::Resting(_))
            && let State::Resting(stream) = replace(&mut self.state, State::Over)
        {
            let mut builder = http1::Builder::new();
            builder
                .writev(false)
                .max_headers(LINES_LIMIT)
                .max_header_size(HEAD_LIMIT)
                .max_buf_size(HEAD_LIMIT + 8_192);
            let (sender, connection) = builder.handshake(TokioIo::new(stream)).await?;
            self.state = State::Speaking(Box::new(Speaking { sender, connection, is_over: false }));
        }
        match &mut self.state {
            State::Speaking(speaking) => Ok(speaking),
            State::Resting(_) | State::Over => Err(LinkError::Ended),
        }
    }

    fn rest(&mut self) {
        let State::Speaking(speaking) = replace(&mut self.state, State::Over) else { return };
        let parts = speaking.connection.into_parts();
        // Who says more than was asked for is not to be trusted with another question.
        if !speaking.is_over && parts.read_buf.is_empty() {
            self.state = State::Resting(parts.io.into_inner());
        }
    }
}

impl Speaking {
    fn drive(&mut self, cx: &mut Context<'_>) -> bool {
        drive(&mut self.connection, &mut self.is_over, cx);
        self.is_over
    }
}

/// Lets a connection read and write what it can. Its errors reach who waits for the answer.
fn drive(
    connection: &mut http1::Connection<TokioIo<Stream>, Sent>,
    is_over: &mut bool,
    cx: &mut Context<'_>,
) {
    if !*is_over {
        *is_over = connection.poll_without_shutdown(cx).is_ready();
    }
}

impl Drop for H2 {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
