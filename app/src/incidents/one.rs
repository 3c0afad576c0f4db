//! The page of one incident: how it stands, who was told, what people say of it, and what was seen.

use domain::{Failure, IncidentId, IncidentStory, LastFailure, access::Need, ports::Services};
use leptos::prelude::*;

use super::{PAGE, timeline};
use crate::{
    access::Asked,
    alerts::{ACKNOWLEDGE, COMMENT},
    backend::FailedForm,
    past::{asked::value, failure, wording},
    ui::{Icon, Input, InputKind, Part, button, crumbs, went_well, went_wrong, whole},
};

/// An incident before it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    story: IncidentStory,
    /// Whether its tracker is not deleted.
    is_tracked: bool,
    may_change: bool,
    /// Whether who looks may see accounts, deliveries and what targets answered.
    may_know: bool,
    failed: Option<FailedForm>,
    done: Option<&'static str>,
}

impl Shown {
    /// Loads the incident of a number.
    pub async fn load(services: &Services, id: &str, asked: &Asked) -> Result<Self, Failure> {
        let id = id.parse().map(IncidentId).map_err(|_| Failure::NotFound)?;
        let story = services.incidents.story(id).await?;
        let is_tracked = services.live.tracker(story.incident.tracker).await.is_ok();
        Ok(Self {
            story,
            is_tracked,
            may_change: asked.viewer.may_change(),
            may_know: asked.viewer.allows(Need::Inspect).is_ok(),
            failed: asked.failed.clone(),
            done: value(&asked.query, "done").as_deref().and_then(done_words),
        })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        let incident = &self.story.incident;
        words::incident_title(&incident.name, incident.id.0)
    }

    /// The page.
    pub fn view(&self) -> Part {
        let incident = &self.story.incident;
        let evidence = self.story.evidence.as_ref().filter(|_| self.may_know).map(|(seen, last_good)| {
            let failure = LastFailure {
                at: incident.opened_at,
                fault: incident.fault.clone(),
                seen: seen.clone(),
                last_good: last_good.clone(),
            };
            failure::compared(words::INCIDENT_SEEN, &failure, self.story.now)
        });
        whole(view! {
            <div class="wrap top">
                {crumbs(&[(PAGE.into(), words::INCIDENTS.into())], words::incident(incident.id.0))}
                <div class="head">
                    <div class="title">
                        <h1>{incident.name.clone()} {self.badge()}</h1>
                        <p class="lede">{self.lede()}</p>
                    </div>
                    {self.actions()}
                </div>
                {self.done.map(went_well)}
                {self.trouble()}
                {timeline::view(&self.story, self.may_know)}
                {self.may_change.then(|| self.comment())}
                {evidence}
            </div>
        })
    }

    fn badge(&self) -> Part {
        let (class, icon, word) = match self.story.incident.closed_at {
            None => ("badge is-down", "#i-down", words::INCIDENT_DOWN),
            Some(_) => ("badge is-up", "#i-up", words::INCIDENT_OVER),
        };
        whole(view! {
            <span class=class>
                <Icon name=icon />
                {word}
            </span>
        })
    }

    /// The cause, and how long.
    fn lede(&self) -> String {
        let incident = &self.story.incident;
        let cause = incident
            .fault
            .as_ref()
            .map_or_else(|| words::WHY_NOT_KEPT.to_owned(), |fault| failure::inert(&fault.to_string()));
        let lasting = incident.end(self.story.now).since(incident.since);
        let lasting = wording::lasting(u64::try_from(lasting.as_millis()).unwrap_or(u64::MAX));
        match incident.closed_at {
            None => words::incident_lede_down(cause, lasting),
            Some(_) => words::incident_lede_over(cause, lasting),
        }
    }

    fn actions(&self) -> Part {
        let incident = &self.story.incident;
        let is_awaited = self.may_change && incident.closed_at.is_none() && incident.acknowledged.is_none();
        let acknowledge = is_awaited.then(|| {
            button(
                ACKNOWLEDGE,
                &[("id", incident.id.0.to_string())],
                "btn primary",
                words::INCIDENT_ACKNOWLEDGE.into(),
            )
        });
        // The end of the second, so that the failed check itself is seen.
        let moment = format!("/t/{}?at={}#moment", incident.tracker, incident.opened_at.as_ms() + 999);
        let tracker = self.is_tracked.then(|| {
            view! {
                <a class="btn" href=format!("/t/{}", incident.tracker)>
                    {words::TRACKER}
                </a>
                <a class="btn" href=moment>
                    {words::INCIDENT_CHECKS}
                </a>
            }
        });
        whole(view! { <div class="actions even">{acknowledge} {tracker}</div> })
    }

    fn comment(&self) -> Part {
        let failed = self.failed.as_ref().filter(|failed| failed.action == COMMENT);
        let typed = failed.and_then(|failed| failed.value("comment")).unwrap_or_default();
        let field = Input::new("comment", words::INCIDENT_COMMENT, InputKind::Lines(3))
            .value(typed)
            .hint(words::INCIDENT_COMMENT_HINT)
            .problem(failed.and_then(|failed| failed.error.only_at("comment")));
        whole(view! {
            <section class="sheet" aria-labelledby="h-comment">
                <h2 id="h-comment">{words::INCIDENT_COMMENT_TITLE}</h2>
                <form class="settings" action=COMMENT method="post">
                    <input type="hidden" name="id" value=self.story.incident.id.0.to_string() />
                    {field.view("say")}
                    <p class="send">
                        <button class="btn" type="submit">{words::INCIDENT_COMMENT}</button>
                    </p>
                </form>
            </section>
        })
    }

    /// Why a form failed, where no field shows it.
    fn trouble(&self) -> Option<Part> {
        let failed = self.failed.as_ref()?;
        let is_at_field = failed.action == COMMENT && failed.error.only_at("comment").is_some();
        (!is_at_field).then(|| went_wrong(words::FORM_FAILED, failed.error.sentence()))
    }
}

fn done_words(word: &str) -> Option<&'static str> {
    Some(match word {
        "acknowledged" => words::INCIDENT_DONE_ACKNOWLEDGED,
        "commented" => words::INCIDENT_DONE_COMMENTED,
        "resent" => words::ALERTS_DONE_RESENT,
        _ => return None,
    })
}
