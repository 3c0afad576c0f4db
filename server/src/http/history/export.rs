//! `GET /v1/trackers/{id}/export`: every check of a window as a file, in constant memory; or, by the format, its settings.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::{Archive, Cause, CheckPage, CheckQuery, Order, Timestamp, TrackerId, Window};
use futures::{Stream, stream::try_unfold};
use tokio_util::sync::CancellationToken;

use super::{Known, checks::MOST, params::Params, rows::Format};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// All entries of a window, oldest first. What fails before the first row is an answer of its own; what fails later breaks the
/// transfer off, so that nobody takes a part for the whole.
pub(super) async fn export(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Response, Problem> {
    let settings = params.peek("format").and_then(|word| word.parse().ok());
    if let Some(format) = settings {
        params.take("format", WANTED, |_| Some(()));
        params.done(())?;
        return super::super::export::one(&state, id, format);
    }
    if !params.has("format") {
        params.wrong("format", WANTED);
    }
    let format = params.take("format", WANTED, Format::of).unwrap_or(Format::Csv);
    let window = params.window(state.clock.now());
    let (format, window) = params.done((format, window))?;
    let query = CheckQuery { window, order: Order::OldestFirst, after: None, limit: MOST };
    let first = state.archive.checks(id, query).await.map_err(logged)?;
    let reading =
        Reading { archive: state.archive, stop: state.stop, id, query, format, next: Next::First(first) };
    let name = format!("attachment; filename=\"{}\"", file_name(id, window, format));
    let headers = [(CONTENT_TYPE, format.media_type().to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(reading.chunks())).into_response())
}

const WANTED: &str = words::API_EXPORT_FORMAT;

/// Letters, numbers and dashes only: `tracker-1-from-20261122T120000Z-to-20261123T120000Z.csv`.
fn file_name(id: TrackerId, window: Window, format: Format) -> String {
    let short = |time: Timestamp| {
        let text: String = time.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
        let seconds = text.len().saturating_sub("000Z".len());
        format!("{}Z", text.get(..seconds).unwrap_or_default())
    };
    format!("tracker-{id}-from-{}-to-{}.{}", short(window.from), short(window.to), format.word())
}

/// An export under way. It reads a page when the one before has been sent, so a slow reader costs no memory, and one that
/// goes away ends it.
struct Reading {
    archive: Arc<dyn Archive>,
    /// The server is stopping: it must not wait for a reader who takes his time.
    stop: CancellationToken,
    id: TrackerId,
    query: CheckQuery,
    format: Format,
    next: Next,
}

/// What comes next.
enum Next {
    /// The head, and this page.
    First(CheckPage),
    /// The page after this number. There is one: the page before said so.
    After(u64),
    /// Nothing.
    End,
}

/// Why a transfer breaks off though the archive answers.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the server is stopping")]
    Stopping,
    #[error("checks that were to come are gone")]
    Gone,
}

impl Reading {
    fn chunks(self) -> impl Stream<Item = Result<Bytes, Cause>> {
        try_unfold(self, Self::chunk)
    }

    /// The next rows, and what remains.
    async fn chunk(mut self) -> Result<Option<(Bytes, Self)>, Cause> {
        let (mut bytes, page) = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Ok(None),
            Next::First(page) => (Vec::from(self.format.head()?), page),
            Next::After(number) => (Vec::new(), self.page_after(number).await?),
        };
        bytes.extend(self.format.rows(&page.checks)?);
        if let Some(last) = page.checks.last().filter(|_| page.more) {
            self.next = Next::After(last.number);
        }
        Ok(Some((bytes.into(), self)))
    }

    async fn page_after(&self, number: u64) -> Result<CheckPage, Cause> {
        let query = CheckQuery { after: Some(number), ..self.query };
        let page = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(self.broken(Broken::Stopping)),
            page = self.archive.checks(self.id, query) => page.map_err(logged)?,
        };
        if page.checks.is_empty() { Err(self.broken(Broken::Gone)) } else { Ok(page) }
    }

    fn broken(&self, why: Broken) -> Cause {
        tracing::warn!(tracker = %self.id, %why, "an export broke off");
        why.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain() {
        let window = Window { from: Timestamp(0), to: Timestamp(1_795_435_200_123) };
        let name = file_name(TrackerId(1), window, Format::Ndjson);
        assert_eq!(name, "tracker-1-from-19700101T000000Z-to-20261123T120000Z.ndjson");
    }
}
