//! The form of a maintenance.

use domain::{Failure, MaintenanceId, ports::Services};
use leptos::prelude::*;

use super::{ANNOUNCE, PAGE, WITHDRAW};
use crate::{
    ApiError,
    access::Asked,
    past::asked::value,
    ui::{Input, InputKind, Part, asking_again, crumbs, went_wrong, whole},
    which::Which,
};

/// The form before it is shown.
#[derive(Clone, Debug)]
pub struct Form {
    /// The one that is changed, with its name; absent for a new one.
    of: Option<(MaintenanceId, String)>,
    /// Names and values; the last of a name counts.
    fields: Vec<(String, String)>,
    which: Which,
    error: Option<ApiError>,
}

impl Form {
    /// Loads the form that the query of the page's address names. When it was sent, it holds what was typed.
    pub async fn load(services: &Services, asked: &Asked) -> Result<Self, Failure> {
        let (of, mut fields) = match value(&asked.query, "id") {
            Some(id) => {
                let id = id.parse().map(MaintenanceId).map_err(|_| Failure::NotFound)?;
                let plans = services.planning.plans().await?;
                let one = plans.maintenances.into_iter().find(|one| one.id == id).ok_or(Failure::NotFound)?;
                (Some((id, one.name)), one.fields)
            }
            // Whoever comes from a tracker means that one.
            None => (
                None,
                value(&asked.query, "trackers").map(|ids| ("trackers".into(), ids)).into_iter().collect(),
            ),
        };
        if let Some(failed) = asked.failed.as_ref().filter(|failed| failed.action == ANNOUNCE) {
            fields.clone_from(&failed.values);
        }
        let which = Which::load(services, &fields).await?;
        let error = asked.failed.as_ref().map(|failed| failed.error.clone());
        Ok(Self { of, fields, which, error })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        self.of
            .as_ref()
            .map_or_else(|| words::MAINTENANCE_ADD.to_owned(), |(_, name)| words::edit_named(name))
    }

    /// The page.
    pub fn view(&self) -> Part {
        let remove = self.of.as_ref().map(|(id, _)| {
            asking_again(words::PLAN_DELETE_HINT, WITHDRAW, &[("id", id.0.to_string())], words::DELETE)
        });
        whole(view! {
            <div class="wrap top">
                {crumbs(&[(PAGE.into(), words::MAINTENANCE.into())], self.title())}
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                        <p class="lede">{words::PLAN_LEDE}</p>
                    </div>
                </div>
                {self.trouble()}
                {self.form()}
                {remove}
            </div>
        })
    }

    fn form(&self) -> Part {
        let id = self.of.as_ref().map(|(id, _)| {
            view! { <input type="hidden" name="id" value=id.0.to_string() /> }
        });
        let name = Input::text("name", words::NAME).hint(words::PLAN_NAME_HINT).required();
        whole(view! {
            <form class="card settings rule" action=ANNOUNCE method="post" autocomplete="off" aria-label=words::MAINTENANCE>
                {id}
                <div class="form">
                    {self.field(name, "name")} {self.times()} {self.which.view(|input, name| self.field(input, name))}
                </div>
                <div class="formbar">
                    <button class="btn primary" type="submit">
                        {words::SAVE}
                    </button>
                    <a class="btn" href=PAGE>
                        {words::CANCEL}
                    </a>
                </div>
            </form>
        })
    }

    /// Once, or again and again.
    fn times(&self) -> Part {
        let from = Input::text("from", words::PLAN_FROM).hint(words::PLAN_FROM_HINT);
        let until = Input::text("until", words::PLAN_UNTIL).hint(words::PLAN_UNTIL_HINT);
        let cron = Input::text("cron", words::PLAN_CRON).hint(words::PLAN_CRON_HINT);
        let lasting =
            Input::new("lasting", words::PLAN_LASTING, InputKind::Presets(&["30m", "1h", "2h", "4h"]))
                .hint(words::PLAN_LASTING_HINT);
        let zone =
            Input::text("zone", words::PLAN_ZONE).placeholder(Some("UTC".into())).hint(words::PLAN_ZONE_HINT);
        whole(view! {
            <fieldset class="whole">
                <legend>{words::PLAN_WHEN}</legend>
                <p class="hint">{words::PLAN_WHEN_HINT}</p>
                <div class="fields">
                    {self.field(from, "from")} {self.field(until, "until")} {self.field(cron, "cron")}
                    {self.field(lasting, "lasting")} {self.field(zone, "zone")}
                </div>
            </fieldset>
        })
    }

    fn field(&self, input: Input, name: &str) -> Part {
        let value = self.fields.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value);
        let problem = self.error.as_ref().and_then(|error| error.only_at(name));
        input.value(value).problem(problem).view("plan")
    }

    /// What is wrong that no field shows.
    fn trouble(&self) -> Option<Part> {
        let error = self.error.as_ref()?;
        let has_place = matches!(error, ApiError::Invalid(invalid) if invalid.0.iter().all(|wrong| NAMES.contains(&&*wrong.field)));
        (!has_place).then(|| went_wrong(words::FORM_FAILED, error.sentence()))
    }
}

/// The fields that show what is wrong with them.
const NAMES: [&str; 9] = ["name", "from", "until", "cron", "lasting", "zone", "tags", "groups", "trackers"];
