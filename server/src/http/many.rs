//! Changes of many trackers: forms with a box for each row, which are no server functions.
//!
//! A browser gets a redirect to the list, with the key that takes the change back; a program gets that key as JSON.

use app::{ApiError, backend::FailedForm, list::many, pause, settings::Section};
use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{Deed, Failure, Rest, Spot, Timestamp, TrackerId};

use super::{
    AppState,
    forms::{self, Forms},
    pages,
};
use crate::access::Asker;

pub(super) fn router(state: &AppState, pages: &Router) -> Router {
    let forms = forms::entrance(state, pages);
    Router::new()
        .route(many::PATH, post(change).fallback(super::method_not_allowed))
        .route(many::UNDO_PATH, post(undo).fallback(super::method_not_allowed))
        .with_state(forms)
}

async fn change(
    State(forms): State<Forms>,
    Extension(asker): Extension<Asker>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let values = forms::values(&body);
    if value(&values, "do") == Some("check") {
        let checked = check(&forms, &asker, &values).await;
        let answer = checked.map(|recorded| (serde_json::json!({ "recorded": recorded }), back(&values)));
        return reply(forms, asker, (&uri, &headers), values, answer).await;
    }
    let answer = make(&forms, &asker, &values).await;
    let to = |done: domain::Done| match moved(&values) {
        // Who moves one several times wants to find it again, and needs no way back but the other button.
        Some((id, _)) => format!("{}#row-{id}", back(&values)),
        None if back(&values).starts_with("/t/") => back(&values),
        None => with(&back(&values), &format!("undo={}#done", done.key)),
    };
    let json = |done: &domain::Done| serde_json::json!({ "undo": done.key, "trackers": done.trackers });
    let answer = answer.map(|done| (json(&done), to(done)));
    reply(forms, asker, (&uri, &headers), values, answer).await
}

async fn undo(
    State(forms): State<Forms>,
    Extension(asker): Extension<Asker>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let values = forms::values(&body);
    let key = value(&values, "key").and_then(|key| key.parse().ok());
    let answer = match key {
        Some(key) => forms.state.services_for(&asker).trackers.undo(key).await.map_err(ApiError::from),
        None => Err(ApiError::BadRequest(words::MANY_NAMES_NO_CHANGE.into())),
    };
    let to = back(&values);
    reply(forms, asker, (&uri, &headers), values, answer.map(|()| (serde_json::Value::Null, to))).await
}

async fn make(forms: &Forms, asker: &Asker, values: &[(String, String)]) -> Result<domain::Done, ApiError> {
    let (ids, deed) = if let Some((id, spot)) = moved(values) {
        (vec![id], Deed::Place(spot))
    } else {
        (chosen(values)?, deed(values, forms.state.clock.now())?)
    };
    Ok(forms.state.services_for(asker).trackers.change(ids, deed).await?)
}

/// How many were checked, and recorded in time.
async fn check(forms: &Forms, asker: &Asker, values: &[(String, String)]) -> Result<usize, ApiError> {
    Ok(forms.state.services_for(asker).trackers.check_now(chosen(values)?).await?.len())
}

fn chosen(values: &[(String, String)]) -> Result<Vec<TrackerId>, ApiError> {
    let ids = values.iter().filter(|(name, _)| name == "id");
    let ids: Result<Vec<TrackerId>, _> = ids.map(|(_, id)| id.parse()).collect();
    Ok(ids.map_err(|_| Failure::NotFound)?)
}

fn deed(values: &[(String, String)], now: Timestamp) -> Result<Deed, ApiError> {
    match value(values, "do") {
        Some("pause") => Ok(Deed::Pause(rest(values, now)?)),
        Some("resume") => Ok(Deed::Resume),
        Some("delete") => Ok(Deed::Remove),
        Some("change") => Ok(Deed::Edit(values.to_vec())),
        _ => Err(ApiError::BadRequest(words::MANY_NO_DEED.into())),
    }
}

/// How long, by the form that says so; until somebody wakes them by the button that says nothing.
fn rest(values: &[(String, String)], now: Timestamp) -> Result<Rest, ApiError> {
    let text = |name| value(values, name).unwrap_or_default();
    let (length, until) = match text("length") {
        pause::UNTIL => {
            let read = app::past::asked::moment(text("until")).map_err(ToOwned::to_owned);
            let none = || words::MANY_NO_END.to_owned();
            ("", Some(read.and_then(|until| until.ok_or_else(none))))
        }
        length => (length, None),
    };
    Rest::of_form(length, until, text("reason"), now).map_err(ApiError::Invalid)
}

/// The tracker that gets another place, and which. `up` and `down` are buttons of rows, `at` is where one was dropped.
fn moved(values: &[(String, String)]) -> Option<(TrackerId, Spot)> {
    let id = |name| value(values, name).and_then(|id| id.parse().ok());
    let step = |name, spot| id(name).map(|id| (id, spot));
    let dropped = || Some((id("moved")?, Spot::At(id("at")?)));
    step("up", Spot::Up).or_else(|| step("down", Spot::Down)).or_else(dropped)
}

/// The answer: with where to go for a browser, as JSON for a program.
async fn reply(
    forms: Forms,
    asker: Asker,
    (uri, headers): (&Uri, &HeaderMap),
    values: Vec<(String, String)>,
    answer: Result<(serde_json::Value, String), ApiError>,
) -> Response {
    let is_page = forms::wants_page(headers);
    match answer {
        Ok((_, to)) if is_page => forms::see_other(&to),
        Ok((json, _)) => Json(json).into_response(),
        Err(error) if is_page => {
            let is_edit = value(&values, "do") == Some("change");
            let page = match value(&values, "length") {
                Some(_) => pause::PAGE.to_owned(),
                None if is_edit => many::EDIT_PAGE.to_owned(),
                None => back(&values),
            };
            let action = uri.path().to_owned();
            let failed = FailedForm { page, action, values, error, panel: None };
            pages::render_failed(forms.pages, asker, failed).await
        }
        Err(error) => forms::failed(error),
    }
}

fn value<'a>(values: &'a [(String, String)], name: &str) -> Option<&'a str> {
    values.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// The page of the list, of a tracker, or of tags, that a form was on; never one elsewhere.
fn back(values: &[(String, String)]) -> String {
    let back = value(values, "back").unwrap_or("/");
    if back == Section::Tags.path() || back.starts_with("/t/") && pause::leads_back(back) {
        return back.to_owned();
    }
    // Read and written again, so it is a page of the list and nothing else.
    let query = back.split_once('?').map_or("", |(_, query)| query);
    app::list::address::href(&app::list::address::read(query))
}

fn with(page: &str, more: &str) -> String {
    let between = if page.contains('?') { '&' } else { '?' };
    format!("{page}{between}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_leads_back_to_the_list_only() {
        for (given, to) in [
            ("/?q=a+b&undo=5&deleted=7", "/?q=a+b"),
            ("//evil.example/?q=a", "/?q=a"),
            ("https://evil.example", "/"),
            ("/t/1?x=y", "/"),
        ] {
            assert_eq!(back(&values(&[("back", given)])), to, "{given}");
        }
        assert_eq!(
            (with("/", "undo=1"), with("/?q=a", "undo=1")),
            ("/?undo=1".into(), "/?q=a&undo=1".into())
        );
    }

    #[test]
    fn a_row_is_moved_whatever_else_is_chosen() {
        let moved = |pairs: &[(&str, &str)]| super::moved(&values(pairs));
        assert_eq!(moved(&[("id", "1"), ("up", "2")]), Some((TrackerId(2), Spot::Up)));
        assert_eq!(moved(&[("moved", "2"), ("at", "5")]), Some((TrackerId(2), Spot::At(TrackerId(5)))));
        assert_eq!(moved(&[("id", "1"), ("do", "pause")]), None);
    }
}
