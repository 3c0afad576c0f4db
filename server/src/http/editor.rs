//! The form of a tracker: saving what stands in it, adding what it describes, and reading a command line into it. What it is
//! tried with is in [`super::test_run`].
//!
//! Each has an address of its own, so that each can be guarded on its own.

use app::{
    ApiError,
    backend::FailedForm,
    edit::{self, NEW_PATH, PATH, READ_PATH},
};
use axum::{
    Extension, Form, Json, Router,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{Fields, Invalid, Target, TrackerId, pasted, ports::Services};

use super::{
    AppState,
    forms::{failed, id_of, see_other, wants_page},
    pages,
    test_run::{self, Runs},
};
use crate::access::Asker;

/// What the form's addresses use.
#[derive(Clone)]
pub(super) struct Editor {
    pub(super) state: AppState,
    pub(super) pages: Router,
    pub(super) runs: Runs,
}

pub(super) fn router(state: &AppState, pages: Router) -> Router {
    let editor = Editor { state: state.clone(), pages, runs: Runs::new(state.clock.clone()) };
    Router::new()
        .route(PATH, post(save))
        .route(NEW_PATH, post(create))
        .route(READ_PATH, post(read))
        .route(edit::TEST_PATH, post(test_run::test))
        .method_not_allowed_fallback(super::not_found)
        .with_state(editor)
}

async fn save(
    State(editor): State<Editor>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let (fields, remarks) = pasted(fields);
    // Who pasted a command line that was not understood in full, looks at what became of it first.
    if !remarks.is_empty() {
        return editor.again(asker, READ_PATH, fields, nothing(), Some(edit::remark(&remarks))).await;
    }
    let trackers = editor.services(&asker).trackers;
    let saved = async {
        let id = id_of(&fields).ok_or_else(|| ApiError::BadRequest(words::EDITOR_NO_TRACKER.into()))?;
        trackers.edit(id, fields.clone()).await?;
        Ok(id)
    };
    editor.done(asker, PATH, saved.await, fields, &headers).await
}

async fn create(
    State(editor): State<Editor>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let (fields, remarks) = pasted(fields);
    if !remarks.is_empty() {
        return editor.again(asker, READ_PATH, fields, nothing(), Some(edit::remark(&remarks))).await;
    }
    let created = editor.services(&asker).trackers.create(fields.clone()).await;
    editor.done(asker, NEW_PATH, created.map_err(ApiError::from), fields, &headers).await
}

/// Reads the command line that stands where a URL would, and shows what it says.
async fn read(
    State(editor): State<Editor>,
    Extension(asker): Extension<Asker>,
    Form(fields): Form<Fields>,
) -> Response {
    let (fields, mut remarks) = pasted(fields);
    remarks.insert(0, words::EDITOR_PASTED.into());
    editor.again(asker, READ_PATH, fields, nothing(), Some(edit::remark(&remarks))).await
}

/// No problem in particular.
pub(super) fn nothing() -> ApiError {
    ApiError::Invalid(Invalid(Vec::new()))
}

impl Editor {
    pub(super) fn services(&self, asker: &Asker) -> Services {
        self.state.services_for(asker)
    }

    /// A program hears what became of it; a browser is led to the tracker, or sees its form again.
    async fn done(
        &self,
        asker: Asker,
        path: &str,
        result: Result<TrackerId, ApiError>,
        fields: Fields,
        headers: &HeaderMap,
    ) -> Response {
        match (result, wants_page(headers)) {
            (Ok(id), true) => see_other(&format!("/t/{id}")),
            (Ok(id), false) => Json(id).into_response(),
            (Err(error), true) => self.again(asker, path, fields, error, None).await,
            (Err(error), false) => failed(error),
        }
    }

    /// The form again, with what was typed, but for a password in the target: where its kind takes one, that has a field of its own by
    /// now, and otherwise it is what was wrong.
    pub(super) async fn again(
        &self,
        asker: Asker,
        action: &str,
        mut values: Fields,
        error: ApiError,
        panel: Option<String>,
    ) -> Response {
        for (_, target) in values.iter_mut().filter(|(name, _)| name == "url") {
            *target = Target::without_password(target);
        }
        let page = page_of(&values);
        let form = FailedForm { page, action: action.into(), values, error, panel };
        pages::render_failed(self.pages.clone(), asker, form).await
    }
}

/// The page that a form is on, by what it says of itself.
fn page_of(values: &Fields) -> String {
    let number = |wanted: &str| {
        let found = values.iter().find(|(name, _)| name == wanted);
        found.and_then(|(_, id)| id.parse::<TrackerId>().ok())
    };
    match (number("id"), number("from")) {
        (Some(id), _) => format!("/t/{id}/edit"),
        (None, Some(from)) => format!("/t/new?from={from}"),
        (None, None) => "/t/new".into(),
    }
}
