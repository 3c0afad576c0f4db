//! Reading an answer's body, within bounds.

use std::{task::Poll, time::Duration};

use domain::{Evidence, Expectations, Fault, FaultKind, Outcome, Phase};
use http::HeaderMap;
use hyper::body::{Body, Incoming};

use super::{decode, link::Link};
use crate::{fault, line::trace::Trace};

/// How long a body may come as slowly as it likes.
const PATIENCE: Duration = Duration::from_secs(5);
/// What has to come from then on, in bytes a second on average.
const LEAST_RATE: u128 = 1_024;

/// How a body is read.
pub(super) struct Content<'a> {
    /// Whether what it says matters, so that it is kept and unpacked.
    pub(super) needs_all: bool,
    /// Whether it is kept and unpacked for who watches, as far as that works.
    pub(super) keeps_all: bool,
    /// Where it is written how it is packed.
    pub(super) encodings: &'a HeaderMap,
}

/// A body that was read.
#[derive(Default)]
pub(super) struct Read {
    /// What it says, if that matters.
    pub(super) body: Vec<u8>,
    /// Whether there is more of it.
    pub(super) is_cut: bool,
    /// Whether it was read to its end, so that the connection can be used again.
    pub(super) is_whole: bool,
}

impl Content<'_> {
    /// Reads to the end or to the bound.
    pub(super) async fn read(
        self,
        link: &mut Link,
        incoming: &mut Incoming,
        trace: &mut Trace,
    ) -> Result<Read, Outcome> {
        let mut read = Read::default();
        let excerpt = &mut trace.seen.body;
        let mut size = 0;
        while !incoming.is_end_stream() {
            let Some(frame) = link.frame(incoming).await else { break };
            let frame = frame.map_err(|error| fault::outcome(&error, Phase::Body))?;
            let Some(bytes) = frame.data_ref() else { continue };
            if size > 0 && is_too_slow(size, trace.since.elapsed()) {
                return Err(too_slow(size, trace.since.elapsed()));
            }
            size += bytes.len();
            excerpt.extend_from_slice(&bytes[..bytes.len().min(Evidence::BODY_LIMIT - excerpt.len())]);
            if self.needs_all || self.keeps_all {
                read.body
                    .extend_from_slice(&bytes[..bytes.len().min(Expectations::BODY_LIMIT - read.body.len())]);
            }
            if size >= Expectations::BODY_LIMIT {
                read.is_cut = size > Expectations::BODY_LIMIT || !incoming.is_end_stream();
                break;
            }
        }
        read.is_whole = !read.is_cut;
        if self.needs_all || self.keeps_all {
            let unpacked = self.unpack(&mut read);
            if let Err(detail) = unpacked {
                if self.needs_all {
                    return Err(Outcome::Down(Fault::new(FaultKind::Decompression, detail)));
                }
                read.body.clear();
                return Ok(read);
            }
            excerpt.clear();
            excerpt.extend_from_slice(&read.body[..read.body.len().min(Evidence::BODY_LIMIT)]);
        }
        Ok(read)
    }

    fn unpack(&self, read: &mut Read) -> Result<(), String> {
        let packing = decode::packing(self.encodings)?;
        if !packing.is_empty() && !read.body.is_empty() {
            let unpacked = decode::unpack(&packing, &read.body, read.is_cut)?;
            (read.body, read.is_cut) = (unpacked.bytes, unpacked.is_cut);
        }
        Ok(())
    }
}

/// Takes what is there of a body that need not be waited for: what a failure says of itself mostly comes with its head.
pub(super) async fn glance(link: &mut Link, incoming: &mut Incoming, excerpt: &mut Vec<u8>) {
    while excerpt.len() < Evidence::BODY_LIMIT
        && let Poll::Ready(Some(Ok(frame))) = link.frame_now(incoming).await
    {
        let bytes = frame.data_ref().map(AsRef::as_ref).unwrap_or_default();
        excerpt.extend_from_slice(&bytes[..bytes.len().min(Evidence::BODY_LIMIT - excerpt.len())]);
    }
}

fn is_too_slow(size: usize, took: Duration) -> bool {
    took > PATIENCE && (size as u128) * 1_000 < took.as_millis() * LEAST_RATE
}

fn too_slow(size: usize, took: Duration) -> Outcome {
    Outcome::Down(Fault::new(
        FaultKind::TooSlow,
        words::detail_too_slow(size, format_args!("{:.1}", took.as_secs_f64())),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_five_seconds_to_come_as_it_likes() {
        for (size, ms, is_slow) in
            [(1, 5_000, false), (1, 5_001, true), (6_000, 6_000, true), (6_145, 6_000, false)]
        {
            assert_eq!(is_too_slow(size, Duration::from_millis(ms)), is_slow, "{size} in {ms}");
        }
    }
}
