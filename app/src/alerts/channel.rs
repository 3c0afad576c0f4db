//! The form of a channel, made from what its kind asks for; and what a channel said when it was tried.

use domain::{ChannelField, ChannelId, ChannelInput, ChannelKind, ChannelTest, Failure, ports::Services};
use leptos::prelude::*;

use super::{PAGE, REMOVE_CHANNEL, SAVE_CHANNEL, TRY_CHANNEL, kinds};
use crate::{
    ApiError,
    access::Asked,
    error::as_sentence,
    format,
    past::{asked::value, failure::inert},
    ui::{Icon, Input, InputKind, Part, asking_again, crumbs, went_wrong, whole},
};

/// The form before it is shown.
#[derive(Clone, Debug)]
pub struct Form {
    /// Of which kind it is, with those of all others where nothing was chosen yet.
    of: Of,
    /// Names and values; the last of a name counts.
    fields: Vec<(String, String)>,
    /// Whether there is no channel yet, so that nothing leads to this one.
    is_first: bool,
    /// Why it cannot be used as it stands.
    problem: Option<String>,
    error: Option<ApiError>,
    /// What it said when it was tried, as HTML.
    panel: Option<String>,
}

#[derive(Clone, Debug)]
enum Of {
    /// One that is kept, with its name.
    Kept(ChannelId, String, ChannelKind),
    New(ChannelKind),
    /// A new one whose kind is to be chosen.
    Any(Vec<ChannelKind>),
}

impl Form {
    /// Loads the form that the query of the page's address names. When it was sent, it holds what was typed.
    pub async fn load(services: &Services, asked: &Asked) -> Result<Self, Failure> {
        let view = services.alerting.overview().await?;
        let is_first = view.channels.is_empty();
        let kind_of = |word: &str| view.kinds.iter().find(|kind| kind.word == word).cloned();
        let asked_for = |name| value(&asked.query, name);
        let (of, mut fields, problem) = match (asked_for("id"), asked_for("kind")) {
            (Some(id), _) => {
                let id = id.parse().map(ChannelId).map_err(|_| Failure::NotFound)?;
                let channel = view.channels.iter().find(|channel| channel.id == id);
                let channel = channel.ok_or(Failure::NotFound)?.clone();
                let kind = kind_of(&channel.kind).ok_or(Failure::NotFound)?;
                let mut fields = channel.fields;
                fields.push(("name".into(), channel.name.clone()));
                fields.push(("enabled".into(), channel.enabled.to_string()));
                (Of::Kept(id, channel.name, kind), fields, channel.problem)
            }
            (None, Some(kind)) => {
                let kind = kind_of(&kind).ok_or(Failure::NotFound)?;
                let usual = [("name", kind.title), ("enabled", "true"), ("everything", "true")];
                let fields = usual.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
                (Of::New(kind), fields, None)
            }
            (None, None) => (Of::Any(view.kinds), Vec::new(), None),
        };
        let failed = asked.failed.as_ref().filter(|failed| failed.action != REMOVE_CHANNEL);
        fields.extend(failed.iter().flat_map(|failed| failed.values.clone()));
        let is_problem =
            |error: &ApiError| !matches!(error, ApiError::Invalid(invalid) if invalid.0.is_empty());
        let error = asked.failed.as_ref().map(|failed| failed.error.clone()).filter(is_problem);
        let panel = failed.and_then(|failed| failed.panel.clone());
        Ok(Self { of, fields, is_first, problem, error, panel })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        match &self.of {
            Of::Kept(_, name, _) => words::edit_named(name),
            Of::New(kind) => words::channel_new_of(kind.title),
            Of::Any(_) => words::CHANNEL_NEW.to_owned(),
        }
    }

    /// The page.
    pub fn view(&self) -> Part {
        let (help, body) = match &self.of {
            Of::Any(all) => (None, whole(view! { <div class="kinds">{kinds(all)}</div> })),
            Of::New(kind) => (Some(kind.help), self.form(kind, None)),
            Of::Kept(id, _, kind) => (Some(kind.help), self.form(kind, Some(*id))),
        };
        let problem = self.problem.as_ref().map(|problem| {
            view! {
                <div class="notice is-slow">
                    <Icon name="#i-alert" />
                    <span>
                        <b>{words::CHANNEL_PROBLEM}</b>
                        {as_sentence(problem)}
                    </span>
                </div>
            }
        });
        whole(view! {
            <div class="wrap top">
                {crumbs(&[(PAGE.into(), words::ALERTS.into())], self.title())}
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                        {help.map(|help| view! { <p class="lede">{help}</p> })}
                    </div>
                </div>
                {problem}
                {self.trouble()}
                {self.panel.clone().map(|html| view! { <div inner_html=html></div> })}
                {body}
            </div>
        })
    }

    fn form(&self, kind: &ChannelKind, id: Option<ChannelId>) -> Part {
        let own = |name: &'static str, input: Input| {
            input.value(self.value(name)).problem(self.problem_at(name)).view(FORM)
        };
        let name = Input::text("name", words::NAME).hint(words::CHANNEL_NAME_HINT).required();
        let enabled =
            Input::new("enabled", words::CHANNEL_ENABLED, InputKind::Tick).hint(words::CHANNEL_ENABLED_HINT);
        let everything = (id.is_none() && self.is_first).then(|| {
            let tick = Input::new("everything", words::CHANNEL_EVERYTHING, InputKind::Tick)
                .hint(words::CHANNEL_EVERYTHING_HINT);
            own("everything", tick)
        });
        let hidden = id.map(|id| view! { <input type="hidden" name="id" value=id.0.to_string() /> });
        let fields: Vec<_> = kind.fields.iter().map(|field| self.field(field)).collect();
        let remove = id.map(|id| {
            asking_again(
                words::CHANNEL_DELETE_HINT,
                REMOVE_CHANNEL,
                &[("id", id.0.to_string())],
                words::DELETE,
            )
        });
        whole(view! {
            <form class="card settings channel" action=SAVE_CHANNEL method="post" autocomplete="off" aria-label=words::CHANNEL_FORM>
                {hidden}
                <input type="hidden" name="kind" value=kind.word />
                <div class="form">
                    {own("name", name)}
                    {fields}
                    {own("enabled", enabled)}
                    {everything}
                </div>
                <div class="formbar">
                    <button class="btn primary" type="submit">
                        {words::SAVE}
                    </button>
                    <button class="btn" type="submit" formaction=TRY_CHANNEL>
                        <Icon name="#i-play" />
                        {words::CHANNEL_TRY}
                    </button>
                    <a class="btn" href=PAGE>
                        {words::CANCEL}
                    </a>
                </div>
            </form>
            {remove}
        })
    }

    fn field(&self, field: &ChannelField) -> Part {
        let kind = match &field.input {
            ChannelInput::Text => InputKind::Text,
            ChannelInput::Secret => InputKind::Password,
            ChannelInput::Lines => InputKind::Lines(4),
            ChannelInput::Choice(choices) => InputKind::Choice(
                choices.iter().map(|(word, text)| ((*word).to_owned(), (*text).to_owned())).collect(),
            ),
        };
        // What was typed into it stays, hidden, in the answer to who typed it; what is kept is only ever its mask.
        let input = Input::new(field.name, field.label, kind)
            .hint(field.hint)
            .value(self.value(field.name))
            .problem(self.problem_at(field.name));
        // Browsers offer passwords of their own otherwise.
        let input = if field.input == ChannelInput::Secret { input.complete("new-password") } else { input };
        if field.is_optional { input.view(FORM) } else { input.required().view(FORM) }
    }

    fn value(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    fn problem_at(&self, name: &str) -> Option<String> {
        self.error.as_ref()?.only_at(name)
    }

    /// What is wrong that no field shows.
    fn trouble(&self) -> Option<Part> {
        let error = self.error.as_ref()?;
        let is_shown = |name: &str| match &self.of {
            Of::Any(_) => false,
            Of::New(kind) | Of::Kept(_, _, kind) => {
                name == "name" || kind.fields.iter().any(|field| field.name == name)
            }
        };
        let has_place = matches!(error, ApiError::Invalid(invalid) if invalid.0.iter().all(|wrong| is_shown(&wrong.field)));
        (!has_place).then(|| went_wrong(words::FORM_FAILED, error.sentence()))
    }
}

/// What ids of this form's fields begin with.
const FORM: &str = "ch";

/// What a channel said when it was tried, as HTML.
pub fn tested(test: &ChannelTest) -> String {
    let took = format!("{} ms", format::large(test.took_ms));
    let said = inert(&test.said);
    let (class, icon, role, lead) = if test.was_sent {
        ("notice is-up", "#i-up", "status", words::CHANNEL_TRIED)
    } else {
        ("notice is-down", "#i-down", "alert", words::CHANNEL_TRIED_IN_VAIN)
    };
    let all = view! {
        <div class=class role=role>
            <Icon name=icon />
            <span>
                <b>{lead}</b>
                {words::channel_tried_said(said, took)}
                <span class="muted">{words::CHANNEL_TRIED_UNSAVED}</span>
            </span>
        </div>
    };
    all.to_html().replace("<!>", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_channel_said_acts_on_nothing() {
        let html = tested(&ChannelTest { was_sent: false, said: "<b>401</b>".into(), took_ms: 1_234 });
        assert!(html.contains("&lt;b&gt;401&lt;/b&gt;, after 1,234 ms."), "{html}");
        assert!(html.contains("was not taken") && html.contains("is-down"), "{html}");
    }
}
