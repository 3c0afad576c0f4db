//! The page that lets trackers rest for a time, with a reason. A plain form, rendered on the server only.

use domain::{Failure, TrackerId, ports::Services};
use leptos::prelude::*;

use crate::{
    ApiError,
    backend::FailedForm,
    list::many::PATH,
    ui::{Icon, Input, InputKind, Part, whole},
};

/// Its path.
pub const PAGE: &str = "/pause";

/// The trackers, and what was typed.
#[derive(Clone, Debug)]
pub struct Form {
    trackers: Vec<(TrackerId, String)>,
    fields: Vec<(String, String)>,
    /// Where it was asked for.
    back: String,
    error: Option<ApiError>,
}

/// How long, as forms and people say it.
const LENGTHS: [(&str, &str); 7] = [
    ("15m", words::PAUSE_15M),
    ("1h", words::PAUSE_1H),
    ("8h", words::PAUSE_8H),
    ("24h", words::PAUSE_24H),
    ("7d", words::PAUSE_7D),
    (UNTIL, words::PAUSE_UNTIL_BELOW),
    ("", words::PAUSE_UNTIL_RESUMED),
];
/// The length that the field `until` says.
pub const UNTIL: &str = "until";

impl Form {
    /// For the query of the page's address. When it was sent and refused, it says why.
    pub async fn load(
        services: &Services,
        query: &str,
        failed: Option<&FailedForm>,
    ) -> Result<Self, Failure> {
        let failed = failed.filter(|failed| failed.action == PATH);
        let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned();
        let fields: Vec<(String, String)> =
            failed.map_or_else(|| pairs.collect(), |failed| failed.values.clone());
        let ids = fields.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok());
        let preview = match services.trackers.preview(ids.collect(), Vec::new()).await {
            Err(Failure::Invalid(_)) => Err(Failure::NotFound),
            other => other,
        }?;
        let back = fields.iter().find(|(name, _)| name == "back").map_or("/", |(_, back)| back);
        let back = if leads_back(back) { back.to_owned() } else { "/".to_owned() };
        Ok(Self {
            trackers: preview.trackers,
            fields,
            back,
            error: failed.map(|failed| failed.error.clone()),
        })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        match self.trackers.as_slice() {
            [(_, name)] => words::pause_title(name),
            many => words::pause_title_many(many.len()),
        }
    }

    /// The page.
    pub fn view(&self) -> Part {
        let ids: Vec<_> = self
            .trackers
            .iter()
            .map(|(id, _)| view! { <input type="hidden" name="id" value=id.to_string() /> })
            .collect();
        let lengths = LENGTHS.map(|(word, text)| (word.to_owned(), text.to_owned())).to_vec();
        let chosen = self.value("length").unwrap_or("1h");
        let field = |input: Input, name: &str| input.problem(self.problem(name)).view("pause");
        let length = Input::new("length", words::PAUSE_LENGTH, InputKind::Choice(lengths)).value(chosen);
        let until = Input::text("until", words::PAUSE_UNTIL)
            .value(self.value("until").unwrap_or_default())
            .hint(words::PAUSE_UNTIL_HINT);
        let reason = Input::text("reason", words::PAUSE_REASON)
            .value(self.value("reason").unwrap_or_default())
            .hint(words::PAUSE_REASON_HINT);
        whole(view! {
            <div class="wrap top">
                <nav class="crumbs" aria-label=words::BREADCRUMB>
                    <ol>
                        <li>
                            <a href="/">{words::TRACKERS}</a>
                        </li>
                        <li aria-current="page">{words::PAUSE}</li>
                    </ol>
                </nav>
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                    </div>
                </div>
                {self.trouble()}
                <form class="settings" action=PATH method="post" autocomplete="off">
                    <input type="hidden" name="do" value="pause" />
                    <input type="hidden" name="back" value=self.back.clone() />
                    {ids}
                    <fieldset class="card">
                        <legend>{words::PAUSE_WHAT}</legend>
                        <div class="fields">
                            {field(length, "length")} {field(until, "until")} {field(reason, "reason")}
                        </div>
                    </fieldset>
                    <p class="send">
                        <button class="btn primary" type="submit">
                            {words::PAUSE}
                        </button>
                        <a class="btn" href=self.back.clone()>
                            {words::CANCEL}
                        </a>
                    </p>
                </form>
            </div>
        })
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn problem(&self, field: &str) -> Option<String> {
        self.error.as_ref()?.only_at(field)
    }

    /// A problem that stands at no field.
    fn trouble(&self) -> Option<Part> {
        let error = self.error.as_ref()?;
        let is_at_field = ["length", "until", "reason"].iter().any(|name| self.problem(name).is_some());
        (!is_at_field).then(|| {
            let sentence = error.sentence();
            whole(view! {
                <div class="notice is-down" role="alert">
                    <Icon name="#i-alert" />
                    <span><b>{words::PAUSE_NOT}</b> {sentence}</span>
                </div>
            })
        })
    }
}

/// Only the list and a tracker's page: what stands in an address leads nowhere else.
pub fn leads_back(path: &str) -> bool {
    path == "/"
        || path.starts_with("/?")
        || path.strip_prefix("/t/").is_some_and(|id| id.parse::<TrackerId>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_away_from_here() {
        for (path, leads) in [
            ("/", true),
            ("/?q=a", true),
            ("/t/7", true),
            ("//evil.example", false),
            ("/t/7/edit", false),
            ("/t//evil", false),
        ] {
            assert_eq!(leads_back(path), leads, "{path}");
        }
    }
}
