//! The page that edits a tracker, or adds one: one plain form with all settings, and a test of what stands in it beside. Rendered
//! on the server only, and complete without script; [`live`] is what a browser with script adds.
//!
//! Fields are called as errors call them (`every`, `http.tls.key`), so a problem finds its field by its name.

mod field;
pub(crate) mod groups;
pub mod live;
mod parents;
mod summary;
pub mod trial;
mod worth;

use domain::{Failure, Kind, TrackerId, Worth, ports::Services};
use leptos::prelude::*;

use crate::{
    ApiError,
    backend::FailedForm,
    ui::{Icon, Part, whole},
};

/// Where the form of a tracker is posted to. No server function: a form with this many fields is no list of arguments.
pub const PATH: &str = "/api/edit_tracker";
/// Where the form of a new tracker is posted to.
pub const NEW_PATH: &str = "/api/new_tracker";
/// Where both are posted to be tried. Changes nothing.
pub const TEST_PATH: &str = "/api/test_tracker";
/// Where both are posted to have a command line read into their fields. Changes nothing.
pub const READ_PATH: &str = "/api/read_tracker";

/// The id of the form's element.
pub const FORM: &str = "editor";
/// The id of the element that says how a test goes.
pub const TRIAL: &str = "trial";
/// The id of the button that starts a test.
pub const TEST: &str = "test-go";
/// The id of the button that has a command line read.
pub const READ: &str = "read-line";

/// The form and what stands in its fields.
#[derive(Clone, Debug)]
pub struct Form {
    of: Of,
    /// Names and values; the last of a name counts.
    fields: Vec<(String, String)>,
    /// What an empty field means.
    defaults: Vec<(String, String)>,
    /// What policies are worth for it.
    worths: Vec<Worth>,
    /// On whom it may depend: number and name, those that are likely first.
    parents: Vec<(String, String)>,
    /// Why it was not saved.
    error: Option<ApiError>,
    /// What became of a test, as HTML.
    panel: Option<String>,
    /// Whether it was sent to be tried.
    is_test: bool,
    /// Whether something stands in it that is not saved.
    is_changed: bool,
}

/// Whose form it is.
#[derive(Clone, Debug)]
enum Of {
    /// A tracker's, with its name.
    One(TrackerId, String),
    /// A new one's, maybe after another.
    New(Option<TrackerId>),
}

impl Form {
    /// The form of a tracker. When it was sent and refused, it holds what was typed.
    pub async fn load(services: &Services, id: &str, failed: Option<&FailedForm>) -> Result<Self, Failure> {
        let id = id.parse::<TrackerId>().map_err(|_| Failure::NotFound)?;
        let about = services.live.tracker(id).await?.about;
        let fields = services.trackers.fields(id).await?;
        let parents = parents::offered(services, Some(id), &about.target, &fields).await?;
        let worths = services.trackers.worths(id).await?;
        let defaults = services.trackers.defaults().await?;
        let form = Self::filled(Of::One(id, about.name), fields, defaults, worths, failed);
        Ok(Self { parents, ..form })
    }

    /// The form of a new tracker, like the one with this number, if there is one.
    pub async fn of_new(
        services: &Services,
        from: Option<TrackerId>,
        failed: Option<&FailedForm>,
    ) -> Result<Self, Failure> {
        let defaults = services.trackers.defaults().await?;
        let (fields, worths) = match from {
            Some(id) => {
                let name = services.live.tracker(id).await?.about.name;
                let mut fields = services.trackers.fields(id).await?;
                fields.push(("name".into(), words::editor_copy(name)));
                (fields, services.trackers.worths(id).await?)
            }
            None => (defaults.clone(), Vec::new()),
        };
        let parents = parents::offered(services, None, last(&fields, "url"), &fields).await?;
        Ok(Self { parents, ..Self::filled(Of::New(from), fields, defaults, worths, failed) })
    }

    fn filled(
        of: Of,
        mut fields: Vec<(String, String)>,
        defaults: Vec<(String, String)>,
        worths: Vec<Worth>,
        failed: Option<&FailedForm>,
    ) -> Self {
        let failed =
            failed.filter(|failed| [PATH, NEW_PATH, TEST_PATH, READ_PATH].contains(&failed.action.as_str()));
        fields.extend(failed.iter().flat_map(|failed| failed.values.clone()));
        let is_problem =
            |error: &ApiError| !matches!(error, ApiError::Invalid(invalid) if invalid.0.is_empty());
        let error = failed.map(|failed| failed.error.clone()).filter(is_problem);
        let panel = failed.and_then(|failed| failed.panel.clone());
        let is_test = failed.is_some_and(|failed| failed.action == TEST_PATH);
        let parents = Vec::new();
        Self { of, fields, defaults, worths, parents, error, panel, is_test, is_changed: failed.is_some() }
    }

    /// The document's title.
    pub fn title(&self) -> String {
        match &self.of {
            Of::One(_, name) => words::edit_named(name),
            Of::New(_) => words::NEW_TRACKER.into(),
        }
    }

    fn value(&self, name: &str) -> &str {
        last(&self.fields, name)
    }

    /// What an empty field means; empty where that is nothing. What is expected by default is said of the web.
    fn default_of(&self, name: &str) -> &str {
        match self.kind() {
            Kind::Http => last(&self.defaults, name),
            kind if name == "expect" => kind.expect(),
            kind if name == "every" => kind.every().unwrap_or_else(|| last(&self.defaults, name)),
            _ => last(&self.defaults, name),
        }
    }

    /// The kind of the target that stands in it; that of the web while none does.
    fn kind(&self) -> Kind {
        Kind::of_text(self.value("url"))
    }

    /// What counts: the value, or what an empty field means.
    fn told(&self, name: &str) -> &str {
        Some(self.value(name))
            .filter(|value| !value.trim().is_empty())
            .unwrap_or_else(|| self.default_of(name))
    }

    fn problem(&self, name: &str) -> Option<String> {
        self.error.as_ref()?.only_at(name)
    }

    /// The page.
    pub fn view(&self) -> Part {
        let (action, back) = match &self.of {
            Of::One(id, _) => (PATH, format!("/t/{id}")),
            Of::New(_) => (NEW_PATH, "/".to_owned()),
        };
        let lede = matches!(self.of, Of::New(_)).then(|| view! { <p class="lede">{words::EDITOR_LEDE}</p> });
        whole(view! {
            <div class="wrap top">
                {self.crumbs()}
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                        {lede}
                    </div>
                </div>
                {self.summary()}
                <div class="edit">
                    <form
                        class="card settings"
                        id=FORM
                        action=action
                        method="post"
                        autocomplete="off"
                        aria-label=words::EDITOR_FORM
                        data-changed=self.is_changed.then_some("")
                    >
                        {self.hidden()}
                        {groups::all(self)}
                        <div class="formbar">
                            <a class="btn" href=back>
                                {words::CANCEL}
                            </a>
                            <button class="btn primary" type="submit">
                                {if matches!(self.of, Of::New(_)) { words::EDITOR_SAVE_NEW } else { words::SAVE }}
                            </button>
                            <button type="submit" id=READ formaction=READ_PATH hidden>
                                {words::EDITOR_READ}
                            </button>
                        </div>
                    </form>
                    {self.test()}
                </div>
            </div>
        })
    }

    fn crumbs(&self) -> Part {
        let (parent, here) = match &self.of {
            Of::One(id, name) => (Some((format!("/t/{id}"), name.clone())), words::EDIT),
            Of::New(_) => (None, words::EDITOR_CRUMB_NEW),
        };
        let parent = parent.map(|(href, name)| {
            view! {
                <li>
                    <a href=href>{name}</a>
                </li>
            }
        });
        whole(view! {
            <nav class="crumbs" aria-label=words::BREADCRUMB>
                <ol>
                    <li>
                        <a href="/">{words::TRACKERS}</a>
                    </li>
                    {parent}
                    <li aria-current="page">{here}</li>
                </ol>
            </nav>
        })
    }

    /// Which tracker it is, or after which one.
    fn hidden(&self) -> Option<Part> {
        let (name, id) = match &self.of {
            Of::One(id, _) => ("id", id),
            Of::New(Some(id)) => ("from", id),
            Of::New(None) => return None,
        };
        Some(whole(view! { <input type="hidden" name=name value=id.to_string() /> }))
    }

    /// What asks the target now, and what came of it.
    fn test(&self) -> Part {
        let nothing = || view! { <p class="muted">{words::EDITOR_TEST_HINT}</p> }.to_html();
        let panel = self.panel.clone().unwrap_or_else(nothing);
        whole(view! {
            <section class="card test" aria-labelledby="h-test">
                <header>
                    <h2 id="h-test">{words::TEST}</h2>
                    <span class="note keys">
                        <kbd>{words::EDITOR_CTRL}</kbd>
                        " "
                        <kbd>{words::EDITOR_ENTER}</kbd>
                    </span>
                    <button class="btn small" type="submit" id=TEST form=FORM formaction=TEST_PATH aria-keyshortcuts="Control+Enter">
                        <Icon name="#i-play" />
                        <span>{words::TEST}</span>
                    </button>
                </header>
                <div id=TRIAL inner_html=panel></div>
                <p class="vh" role="status" id="trial-said"></p>
            </section>
        })
    }

    /// That nothing was saved, with the way to each problem.
    fn summary(&self) -> Option<Part> {
        let error = self.error.as_ref()?;
        let lines: Vec<_> = match error {
            ApiError::Invalid(invalid) => {
                invalid.0.iter().map(|wrong| problem(&wrong.field, &wrong.problem)).collect()
            }
            other => vec![whole(view! { <li>{other.sentence()}</li> })],
        };
        Some(whole(view! {
            <div class="notice is-down" role="alert">
                <Icon name="#i-alert" />
                <div>
                    <b>{if self.is_test { words::EDITOR_WRONG_TEST } else { words::EDITOR_WRONG }}</b>
                    <ul>{lines}</ul>
                </div>
            </div>
        }))
    }
}

fn last<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value)
}

fn problem(name: &str, problem: &str) -> Part {
    let label = groups::label_of(name);
    let text = format!("{}: {problem}", label.unwrap_or(name));
    match label {
        Some(_) => whole(view! {
            <li>
                <a href=format!("#{}", field::id_of(name))>{text}</a>
            </li>
        }),
        None => whole(view! { <li>{text}</li> }),
    }
}

/// What is wrong with the form, for who tests it: the same lines, as HTML.
pub fn problems(error: &ApiError) -> String {
    let lines: Vec<_> = match error {
        ApiError::Invalid(invalid) => {
            invalid.0.iter().map(|wrong| problem(&wrong.field, &wrong.problem)).collect()
        }
        other => vec![whole(view! { <li>{other.sentence()}</li> })],
    };
    let all = view! {
        <div class="verdict is-down">
            <p>
                <Icon name="#i-alert" />
                <span>{words::EDITOR_WRONG_TESTED}</span>
            </p>
            <ul>{lines}</ul>
        </div>
    };
    all.to_html().replace("<!>", "")
}

/// What is said in the place of a test, as HTML.
pub fn remark(sentences: &[String]) -> String {
    let lines: Vec<_> = sentences.iter().map(|sentence| view! { <p>{sentence.clone()}</p> }).collect();
    view! { <div class="verdict is-none">{lines}</div> }.to_html().replace("<!>", "")
}
