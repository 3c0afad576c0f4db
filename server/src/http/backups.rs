//! `GET /v1/backups/{name}`: a backup as a file, in constant memory.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::Failure;
use futures::stream::try_unfold;
use tokio::{fs::File, io::AsyncReadExt};
use tokio_util::sync::CancellationToken;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use super::{AppState, Problem};
use crate::failure::logged;

/// SQLite's own.
const MEDIA_TYPE: &str = "application/vnd.sqlite3";
/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// What is compressed on its way: not backups, whose blocks are packed already, and which may be very large.
pub(super) fn is_worth_it() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new(MEDIA_TYPE))
}

/// The file, as large as it was when it was opened. A reader who goes away ends it.
pub(super) async fn download(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let backups = state.backups.as_ref().ok_or(Failure::NotFound)?;
    let (file, bytes) = backups.open(&name).await.map_err(logged)?;
    let headers = [
        (CONTENT_TYPE, MEDIA_TYPE.to_owned()),
        (CONTENT_LENGTH, bytes.to_string()),
        // It is a name of a backup, which is plain.
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let pieces = try_unfold((file, state.stop), |(file, stop)| piece(file, stop));
    Ok((headers, Body::from_stream(pieces)).into_response())
}

async fn piece(
    mut file: File,
    stop: CancellationToken,
) -> std::io::Result<Option<(Bytes, (File, CancellationToken))>> {
    if stop.is_cancelled() {
        return Err(std::io::Error::other("the server is stopping"));
    }
    let mut bytes = Vec::with_capacity(PIECE);
    let read = (&mut file).take(PIECE as u64).read_to_end(&mut bytes).await?;
    Ok((read > 0).then(|| (bytes.into(), (file, stop))))
}
