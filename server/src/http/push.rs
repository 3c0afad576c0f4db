//! `/push/{token}`: what targets call to tell how it goes. The token is the secret, so nobody else is asked for.

use std::time::Duration;

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, Method, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use domain::{Failure, Signal, SignalWord, TrackerId, access::Need};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{AppState, Problem, gate::Routes};
use crate::{access::Asker, failure::logged, scheduler::Untaken};

/// Bytes of a body that are read; what is behind them is left where it is.
const READ: usize = 8 * 1024 * 1024;
/// How long that may take: a signal is not late because of what it brings.
const READING: Duration = Duration::from_secs(5);

/// What stands behind the path.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    /// Which run it is about.
    run: Option<String>,
}

impl Routes {
    /// Adds the routes that targets call.
    pub(super) fn calls(self) -> Self {
        let handler = || -> MethodRouter<AppState> { get(call).post(call).put(call) };
        self.route("GET", "/push/{token}", Need::Nothing, handler()).route(
            "GET",
            "/push/{token}/{word}",
            Need::Nothing,
            handler(),
        )
    }
}

/// The path, with or without a word behind the token.
#[derive(Debug, Deserialize)]
pub(super) struct Called {
    token: String,
    #[serde(default)]
    word: String,
}

async fn call(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(Called { token, word }): Path<Called>,
    Query(Told { run }): Query<Told>,
    method: Method,
    body: Body,
) -> Result<Response, Response> {
    let unknown = || Problem::new(StatusCode::NOT_FOUND, words::API_PUSH_UNKNOWN).into_response();
    let tracker = state.push_urls.find(&token, &state.roster).ok_or_else(unknown)?;
    if method == Method::HEAD {
        // What looks whether the URL exists tells nothing.
        return Ok(StatusCode::OK.into_response());
    }
    let word = SignalWord::read(&word).ok_or_else(|| refused(words::API_PUSH_WORD))?;
    let run = match run.filter(|run| !run.is_empty()) {
        Some(run) => Some(Signal::read_run(&run).ok_or_else(|| refused(words::API_PUSH_RUN))?.to_owned()),
        None => None,
    };
    let at = state.clock.now();
    let body = Signal::read_body(&end_of(body).await);
    let signal = Signal { at, word, run, from: Some(asker.address.to_string()), body };
    match state.signals.tell(tracker, signal).await {
        Ok(()) => Ok("ok\n".into_response()),
        Err(Untaken::Many) => {
            let mut response =
                Problem::new(StatusCode::TOO_MANY_REQUESTS, words::API_PUSH_MANY).into_response();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            Err(response)
        }
        Err(Untaken::Failed(failure)) => Err(Problem::from(logged(failure)).into_response()),
    }
}

/// The URL that a tracker's target calls, or its path where nobody said how this installation is reached.
#[derive(Debug, Serialize)]
pub(super) struct UrlReply {
    url: String,
}

/// `GET /v1/trackers/{id}/push-url`.
pub(super) async fn url(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<UrlReply>, Problem> {
    let id: TrackerId = id.parse().map_err(|_| Failure::NotFound)?;
    let tracker = state.roster.borrow().get(&id).cloned().ok_or(Failure::NotFound)?;
    let url = state.push_urls.of(&tracker);
    let asked = || Problem::new(StatusCode::CONFLICT, words::API_PUSH_ASKED);
    url.map(|url| Json(UrlReply { url })).ok_or_else(asked)
}

fn refused(why: &str) -> Response {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why).into_response()
}

/// As much of the end of a body as is kept. A signal counts however much comes with it, and even if that breaks off.
async fn end_of(body: Body) -> Vec<u8> {
    let mut kept = Vec::new();
    let read = async {
        let (mut read, mut pieces) = (0, body.into_data_stream());
        while let Some(Ok(piece)) = pieces.next().await
            && read <= READ
        {
            read += piece.len();
            kept.extend_from_slice(&piece);
            kept.drain(..kept.len().saturating_sub(Signal::BODY_LIMIT));
        }
    };
    // What is too slow is cut off there.
    let _ = timeout(READING, read).await;
    kept
}
