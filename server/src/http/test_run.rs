//! `POST /api/test_tracker`: asks once with what stands in a form, and tells each step as it comes. Never saves anything.
//!
//! The same prober, the same plan and the same policy of addresses as every check. It ends with the request: whoever goes away or
//! presses Stop takes the probe along.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::{
    ApiError,
    edit::{
        self, TEST_PATH,
        live::END,
        trial::{End, Trial},
    },
};
use axum::{
    Extension, Form,
    body::{Body, Bytes},
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use domain::{Clock, Failure, Fields, NewTracker, Prober, pasted};
use futures::stream::unfold;
use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    mpsc::{UnboundedReceiver, unbounded_channel},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    editor::{Editor, nothing},
    forms::wants_page,
};
use crate::access::Asker;

/// The longest that a test takes, whatever its deadline: a page has to begin before the request's time is over.
const LONGEST: Duration = Duration::from_secs(25);
/// Tests at the same time.
const AT_ONCE: usize = 4;
/// Tests that may begin within [`WINDOW`].
const MOST: usize = 30;
const WINDOW: Duration = Duration::from_secs(30);

/// How many tests run, and ran lately.
#[derive(Clone)]
pub(super) struct Runs {
    clock: Arc<dyn Clock>,
    room: Arc<Semaphore>,
    begun: Arc<Mutex<VecDeque<Duration>>>,
}

impl Runs {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, room: Arc::new(Semaphore::new(AT_ONCE)), begun: Arc::default() }
    }

    /// Leave to begin, or why not.
    fn begin(&self) -> Result<OwnedSemaphorePermit, &'static str> {
        let permit = Arc::clone(&self.room).try_acquire_owned();
        let permit = permit.map_err(|_| words::TEST_RUN_BUSY)?;
        let now = self.clock.monotonic();
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|at| now.saturating_sub(*at) < WINDOW);
        if begun.len() >= MOST {
            return Err(words::TEST_RUN_MANY);
        }
        begun.push_back(now);
        Ok(permit)
    }
}

/// Tests. A browser without script gets its page again, with the last piece of what others hear piece by piece.
pub(super) async fn test(
    State(editor): State<Editor>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let (fields, remarks) = pasted(written(fields));
    let is_page = wants_page(&headers);
    let tracker = match settings(&editor, &fields) {
        Ok(tracker) => tracker,
        Err(error) if is_page => return editor.again(asker, TEST_PATH, fields, error, None).await,
        Err(error) => return piece(StatusCode::UNPROCESSABLE_ENTITY, &edit::problems(&error)),
    };
    let permit = match editor.runs.begin() {
        Ok(permit) => permit,
        Err(why) => {
            let said = edit::remark(&[why.to_owned()]);
            if is_page {
                return editor.again(asker, TEST_PATH, fields, nothing(), Some(said)).await;
            }
            return piece(StatusCode::TOO_MANY_REQUESTS, &said);
        }
    };
    let mut run = Run::start(&editor.state.prober, tracker, remarks, permit);
    if !is_page {
        return stream(run);
    }
    let mut newest = String::new();
    while let Some(html) = run.pieces.recv().await {
        newest = html;
    }
    editor.again(asker, TEST_PATH, fields, nothing(), Some(newest)).await
}

/// What the form describes, with the secrets of the tracker that it is about where they are still masked.
fn settings(editor: &Editor, fields: &Fields) -> Result<NewTracker, ApiError> {
    let tracker = crate::services::described(&editor.state.roster, &editor.state.defaults(), fields)?;
    tracker.question().map_err(Failure::from)?;
    Ok(tracker)
}

/// A fix that was chosen, or an expectation more, written into its field.
fn written(mut fields: Fields) -> Fields {
    let last = |fields: &Fields, wanted: &str| {
        fields.iter().rev().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
    };
    if let Some((name, value)) = last(&fields, "fix").as_deref().and_then(|fix| fix.split_once('=')) {
        fields.push((name.to_owned(), value.to_owned()));
    }
    if let Some(more) = last(&fields, "add") {
        let before = last(&fields, "expect").unwrap_or_default();
        let all = [before.trim_end(), &more].join("\n");
        fields.push(("expect".into(), all.trim_start().to_owned()));
    }
    fields.retain(|(name, _)| name != "fix" && name != "add");
    fields
}

/// A test that runs. Dropped, it ends.
struct Run {
    /// All that is known, as HTML, again after each step.
    pieces: UnboundedReceiver<String>,
    _task: AbortOnDropHandle<()>,
}

impl Run {
    fn start(
        prober: &Arc<dyn Prober>,
        tracker: NewTracker,
        remarks: Vec<String>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let mut session = prober.prepare(tracker.plan());
        let (to, pieces) = unbounded_channel();
        let trial = Arc::new(Mutex::new(Trial::of(remarks)));
        let (heard, speaking) = (Arc::clone(&trial), to.clone());
        session.watch(Arc::new(move |progress| {
            let mut trial = heard.lock().unwrap_or_else(PoisonError::into_inner);
            trial.hear(progress);
            // Nobody may listen any more.
            let _ = speaking.send(trial.html());
        }));
        let task = tokio::spawn(async move {
            let found = session.ask(tracker.deadline(LONGEST).min(LONGEST)).await;
            let outcome = tracker.policy.judge(found.outcome, found.latency);
            let (latency, phases, evidence) = (found.latency, found.phases, session.evidence());
            let html = {
                let mut trial = trial.lock().unwrap_or_else(PoisonError::into_inner);
                trial.end(End { outcome, latency, phases, evidence });
                trial.html()
            };
            let _ = to.send(html);
            drop((session, permit));
        });
        Self { pieces, _task: AbortOnDropHandle::new(task) }
    }
}

/// The pieces as they come, each with its end.
fn stream(run: Run) -> Response {
    let chunks = unfold(run, async |mut run| {
        let html = run.pieces.recv().await?;
        Some((Ok::<_, Infallible>(ended(&html)), run))
    });
    html(StatusCode::OK, Body::from_stream(chunks))
}

fn piece(status: StatusCode, said: &str) -> Response {
    html(status, Body::from(ended(said)))
}

fn ended(html: &str) -> Bytes {
    let mut bytes: Vec<u8> = html.bytes().filter(|byte| *byte != END).collect();
    bytes.push(END);
    bytes.into()
}

fn html(status: StatusCode, body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        // Packed, it would wait for more to pack.
        (CONTENT_ENCODING, HeaderValue::from_static("identity")),
    ];
    (status, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(list: &[(&str, &str)]) -> Fields {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_was_chosen_is_written() {
        let fixed = written(fields(&[("expect", "200"), ("fix", "expect=200,301")]));
        assert_eq!(fixed.last().unwrap().1, "200,301");
        let added = written(fields(&[("expect", "200\r\n"), ("add", "json $.a == 1")]));
        assert_eq!(added.last().unwrap().1, "200\njson $.a == 1");
        let first = written(fields(&[("add", "json $.a == 1")]));
        assert_eq!(first, fields(&[("expect", "json $.a == 1")]));
    }
}
