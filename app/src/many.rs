//! The page that edits many trackers: only the settings that are chosen, what they would change, and then the change. Plain forms,
//! rendered on the server only. The first form is a link to itself with what was typed, so the page can be loaded again.

use domain::{Failure, Preview, PreviewLine, TrackerId, ports::Services};
use leptos::prelude::*;

use crate::{
    ApiError,
    backend::FailedForm,
    edit::groups::label_of,
    list::many::{EDIT_PAGE, PATH},
    ui::{Icon, Part, whole},
};

/// The trackers, what is to be changed of them, and what that would do.
#[derive(Clone, Debug)]
pub struct Form {
    ids: Vec<TrackerId>,
    /// Names and values, as they came.
    fields: Vec<(String, String)>,
    /// Where it was asked for.
    back: String,
    /// Of what was chosen; without changes when nothing was chosen yet, or when it is wrong.
    preview: Preview,
    error: Option<ApiError>,
}

/// A setting that can be changed of many: as forms and errors call it, for people, and what may stand in it.
const SETTINGS: [(&str, &str, &str); 10] = [
    ("group", words::GROUP, words::MANY_GROUP_HINT),
    ("add_tags", words::MANY_ADD_TAGS, words::MANY_TAGS_HINT),
    ("remove_tags", words::MANY_REMOVE_TAGS, words::MANY_TAGS_HINT),
    ("every", words::MANY_EVERY, words::MANY_EVERY_HINT),
    ("deadline", words::MANY_DEADLINE, words::MANY_DEADLINE_HINT),
    ("retries", words::MANY_RETRIES, words::MANY_RETRIES_HINT),
    ("retry", words::MANY_RETRY, words::MANY_RETRY_HINT),
    ("successes", words::MANY_SUCCESSES, words::MANY_SUCCESSES_HINT),
    ("slow", words::MANY_SLOW, words::MANY_SLOW_HINT),
    ("expect", words::MANY_EXPECT, words::MANY_EXPECT_HINT),
];

impl Form {
    /// For the query of the page's address. When it was sent and refused, it says why.
    pub async fn load(
        services: &Services,
        query: &str,
        failed: Option<&FailedForm>,
    ) -> Result<Self, Failure> {
        let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned();
        let failed = failed.filter(|failed| failed.action == PATH);
        let mut fields: Vec<(String, String)> =
            failed.map_or_else(|| pairs.collect(), |failed| failed.values.clone());
        let ids: Vec<TrackerId> =
            fields.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok()).collect();
        // What a button of the list means.
        for (word, settings) in [("tag", &["add_tags", "remove_tags"][..]), ("move", &["group"])] {
            if fields.iter().any(|(name, value)| name == "do" && value == word) {
                fields.extend(settings.iter().map(|name| ("set".to_owned(), (*name).to_owned())));
            }
        }
        let back = fields.iter().find(|(name, _)| name == "back").map_or("/", |(_, back)| back);
        let back = if is_of_list(back) { back.to_owned() } else { "/".to_owned() };
        let is_asked = fields.iter().any(|(name, _)| name == "preview");
        let tried = if is_asked { fields.clone() } else { Vec::new() };
        let (preview, error) = match services.trackers.preview(ids.clone(), tried).await {
            Ok(preview) => (preview, None),
            // What is wrong is said at its field, beside the trackers that were chosen.
            Err(Failure::Invalid(wrong)) if is_asked => {
                (services.trackers.preview(ids.clone(), Vec::new()).await?, Some(ApiError::Invalid(wrong)))
            }
            Err(Failure::Invalid(_)) => return Err(Failure::NotFound),
            Err(failure) => return Err(failure),
        };
        let error = failed.map(|failed| failed.error.clone()).or(error);
        Ok(Self { ids, fields, back, preview, error })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        match self.preview.trackers.as_slice() {
            [(_, name)] => words::many_title(name),
            many => words::many_title_many(many.len()),
        }
    }

    /// The page.
    pub fn view(&self) -> Part {
        whole(view! {
            <div class="wrap top">
                <nav class="crumbs" aria-label=words::BREADCRUMB>
                    <ol>
                        <li>
                            <a href=self.back.clone()>{words::TRACKERS}</a>
                        </li>
                        <li aria-current="page">{words::EDIT}</li>
                    </ol>
                </nav>
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                        {self.names()}
                    </div>
                </div>
                {self.problem_of_all()}
                {self.change()}
                <form class="settings" action=EDIT_PAGE method="get" autocomplete="off">
                    {self.hidden()}
                    <input type="hidden" name="preview" value="1" />
                    <fieldset class="card">
                        <legend>{words::MANY_WHAT}</legend>
                        <div class="fields">{self.settings()}</div>
                    </fieldset>
                    <p class="send">
                        <button class=if self.is_ready() { "btn" } else { "btn primary" } type="submit">
                            {words::MANY_PREVIEW}
                        </button>
                        <a class="btn" href=self.back.clone()>
                            {words::CANCEL}
                        </a>
                    </p>
                </form>
            </div>
        })
    }

    fn value(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    fn is_set(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, value)| field == "set" && value == name)
    }

    /// Whether there is something to be changed.
    fn is_ready(&self) -> bool {
        self.error.is_none() && self.preview.changed > 0
    }

    fn names(&self) -> Part {
        let names: Vec<_> = self
            .preview
            .trackers
            .iter()
            .map(|(id, name)| {
                view! {
                    <li>
                        <a href=format!("/t/{id}")>{name.clone()}</a>
                    </li>
                }
            })
            .collect();
        whole(view! {
            <details class="names">
                <summary>
                    <Icon name="#i-chev" />
                    {words::MANY_WHICH}
                </summary>
                <ul>{names}</ul>
            </details>
        })
    }

    /// The trackers, and the way back.
    fn hidden(&self) -> Vec<Part> {
        let back = [("back", self.back.clone())];
        let ids = self.ids.iter().map(|id| ("id", id.to_string()));
        let field = |(name, value)| whole(view! { <input type="hidden" name=name value=value /> });
        back.into_iter().chain(ids).map(field).collect()
    }

    /// A problem that stands at no field.
    fn problem_of_all(&self) -> Option<Part> {
        let error = self.error.as_ref()?;
        let is_at_field = SETTINGS.iter().any(|(name, ..)| error.only_at(name).is_some());
        let sentence = if is_at_field { words::MANY_WRONG_BELOW.to_owned() } else { error.sentence() };
        Some(whole(view! {
            <div class="notice is-down" role="alert">
                <Icon name="#i-alert" />
                <span><b>{words::MANY_NOT_CHANGED}</b> {sentence}</span>
            </div>
        }))
    }

    /// What would be changed, and the button that does it.
    fn change(&self) -> Option<Part> {
        let is_asked = self.fields.iter().any(|(name, _)| name == "preview");
        if !is_asked || self.error.is_some() {
            return None;
        }
        if self.preview.changed == 0 {
            return Some(whole(view! {
                <p class="notice is-none" role="status">
                    <Icon name="#i-none" />
                    <span>{words::MANY_NO_CHANGE}</span>
                </p>
            }));
        }
        let lines: Vec<_> = self.preview.lines.iter().map(line).collect();
        let same = self.preview.trackers.len() - self.preview.changed;
        let same = (same > 0).then(|| {
            view! { <li class="muted">{words::many_stay(same)}</li> }
        });
        let set = SETTINGS
            .into_iter()
            .filter(|(name, ..)| self.is_set(name))
            .flat_map(|(name, ..)| [("set", name.to_owned()), (name, self.value(name).to_owned())]);
        let set: Vec<_> =
            set.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
        Some(whole(view! {
            <form class="card preview" action=PATH method="post" id="preview" aria-labelledby="h-preview">
                <h2 id="h-preview">{words::MANY_CHANGES}</h2>
                <ul>{lines} {same}</ul>
                <input type="hidden" name="do" value="change" />
                {self.hidden()}
                {set}
                <button class="btn primary" type="submit">
                    {words::many_change(self.preview.changed)}
                </button>
            </form>
        }))
    }

    fn settings(&self) -> Vec<Part> {
        SETTINGS.into_iter().map(|(name, label, hint)| self.setting(name, label, hint)).collect()
    }

    /// The style sheet shows the field of a setting when its box is ticked.
    fn setting(&self, name: &'static str, label: &'static str, hint: &'static str) -> Part {
        let problem = self.error.as_ref().and_then(|error| error.only_at(name));
        let invalid = problem.as_ref().map(|_| "true");
        let described_by =
            if problem.is_some() { format!("{name}-problem {name}-hint") } else { format!("{name}-hint") };
        let problem = problem.map(|problem| {
            view! {
                <p class="error" id=format!("{name}-problem")>
                    <Icon name="#i-alert" />
                    <span>{problem}</span>
                </p>
            }
        });
        whole(view! {
            <div class="field choice">
                <span class="box">
                    <input type="checkbox" id=format!("set-{name}") name="set" value=name checked=self.is_set(name) />
                </span>
                <label for=format!("set-{name}")>{label}</label>
                <div class="value">
                    <input
                        type="text"
                        name=name
                        value=self.value(name).to_owned()
                        aria-label=words::many_value(label)
                        autocapitalize="off"
                        spellcheck="false"
                        aria-invalid=invalid
                        aria-describedby=described_by
                    />
                    {problem}
                    <p class="hint" id=format!("{name}-hint")>
                        {hint}
                    </p>
                </div>
            </div>
        })
    }
}

/// `12 trackers: Every 1m → 30s`.
fn line(line: &PreviewLine) -> Part {
    let label = label_of(&line.field).unwrap_or(words::MANY_SETTING);
    let text = |value: &str| if value.is_empty() { words::MANY_NOTHING.to_owned() } else { value.to_owned() };
    whole(view! {
        <li>
            <b>{words::count_trackers(line.trackers)}</b>
            {format!(": {label} ")}
            <del>{text(&line.before)}</del>
            " → "
            <ins>{text(&line.after)}</ins>
        </li>
    })
}

/// Only pages of the list: what stands in an address leads nowhere else.
fn is_of_list(path: &str) -> bool {
    path == "/" || path.starts_with("/?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_away_from_here() {
        assert_eq!(
            ["/", "/?q=a", "//evil.example", "https://evil.example", "/\\evil", ""].map(is_of_list),
            [true, true, false, false, false, false]
        );
    }
}
