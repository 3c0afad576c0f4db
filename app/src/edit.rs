//! The page that edits a tracker: one plain form with all settings. Rendered on the server only, and complete without script.
//!
//! Fields are called as errors call them (`every`, `http.tls.key`), so a problem finds its field by its name.

mod field;
pub(crate) mod groups;
mod worth;

use domain::{Failure, TrackerId, Worth, ports::Services};
use leptos::prelude::*;

use crate::{
    ApiError,
    backend::FailedForm,
    ui::{Icon, Part, whole},
};

/// Where the form is posted to. No server function: a form with this many fields is no list of arguments.
pub const PATH: &str = "/api/edit_tracker";

/// The form and what stands in its fields.
#[derive(Clone, Debug)]
pub struct Form {
    id: TrackerId,
    name: String,
    /// Names and values; the last of a name counts.
    fields: Vec<(String, String)>,
    /// What policies are worth for it.
    worths: Vec<Worth>,
    /// Why it was not saved.
    error: Option<ApiError>,
}

impl Form {
    /// The form of a tracker. When it was sent and refused, it holds what was typed.
    pub async fn load(services: &Services, id: &str, failed: Option<&FailedForm>) -> Result<Self, Failure> {
        let id = id.parse::<TrackerId>().map_err(|_| Failure::NotFound)?;
        let name = services.live.tracker(id).await?.about.name;
        let mut fields = services.trackers.fields(id).await?;
        let worths = services.trackers.worths(id).await?;
        let failed = failed.filter(|failed| failed.action == PATH);
        fields.extend(failed.iter().flat_map(|failed| failed.values.clone()));
        Ok(Self { id, name, fields, worths, error: failed.map(|failed| failed.error.clone()) })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        format!("Edit {}", self.name)
    }

    fn value(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    fn problem(&self, name: &str) -> Option<String> {
        self.error.as_ref()?.only_at(name)
    }

    /// The page.
    pub fn view(&self) -> Part {
        let address = format!("/t/{}", self.id);
        whole(view! {
            <div class="wrap top">
                <nav class="crumbs" aria-label="Breadcrumb">
                    <ol>
                        <li>
                            <a href="/">"Trackers"</a>
                        </li>
                        <li>
                            <a href=address.clone()>{self.name.clone()}</a>
                        </li>
                        <li aria-current="page">"Edit"</li>
                    </ol>
                </nav>
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                    </div>
                </div>
                {self.summary()}
                <form class="settings" action=PATH method="post" autocomplete="off">
                    <input type="hidden" name="id" value=self.id.to_string() />
                    {groups::all(self)}
                    <p class="send">
                        <button class="btn primary" type="submit">
                            "Save"
                        </button>
                        <a class="btn" href=address>
                            "Cancel"
                        </a>
                    </p>
                </form>
            </div>
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
                    <b>"Nothing was saved."</b>
                    <ul>{lines}</ul>
                </div>
            </div>
        }))
    }
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
