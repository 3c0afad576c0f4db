//! Announced maintenance: what lasts, what comes, and what is over. Plain forms, rendered on the server only.

pub mod plan;

use std::collections::BTreeMap;

use domain::{
    Failure, MaintenanceId, MaintenanceView, Plans, Stretch, Timestamp, TrackerId, ports::Services,
};
use leptos::prelude::*;

use crate::{
    access::Asked,
    past::asked::value,
    ui::{Icon, Part, button, went_well, when, whole},
    which,
};

/// Rows of the calendar.
const CALENDAR: usize = 100;
/// The page with all of it.
pub const PAGE: &str = "/maintenance";
/// The form of one.
pub const PLAN_PAGE: &str = "/maintenance/plan";
/// Announces one, or gives one another form.
pub const ANNOUNCE: &str = "/api/announce_maintenance";
/// Takes one back.
pub const WITHDRAW: &str = "/api/withdraw_maintenance";

/// All of it before it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    plans: Plans,
    /// Names of the trackers that are named.
    names: BTreeMap<TrackerId, String>,
    may_change: bool,
    done: Option<&'static str>,
}

/// The address of the form of one.
pub fn href_of(id: MaintenanceId) -> String {
    format!("{PLAN_PAGE}?id={}", id.0)
}

impl Shown {
    /// Loads it.
    pub async fn load(services: &Services, asked: &Asked) -> Result<Self, Failure> {
        let plans = services.planning.plans().await?;
        let named = plans.maintenances.iter().flat_map(|one| one.scope.trackers.iter().copied());
        Ok(Self {
            names: which::names(services, named).await,
            may_change: asked.viewer.may_change(),
            done: value(&asked.query, "done").as_deref().and_then(done_words),
            plans,
        })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        words::MAINTENANCE.to_owned()
    }

    /// The page.
    pub fn view(&self) -> Part {
        let (coming, over): (Vec<_>, Vec<_>) =
            self.plans.maintenances.iter().partition(|one| !one.next.is_empty());
        let add = self.may_change.then(|| {
            view! {
                <a class="btn primary" href=PLAN_PAGE>
                    <Icon name="#i-plus" />
                    {words::MAINTENANCE_ADD}
                </a>
            }
        });
        let nothing = self.plans.maintenances.is_empty().then(|| {
            view! { <p class="muted">{words::MAINTENANCE_NONE}</p> }
        });
        whole(view! {
            <div class="wrap top">
                <div class="head">
                    <div class="title">
                        <h1>{words::MAINTENANCE}</h1>
                        <p class="lede">{self.sentence()}</p>
                    </div>
                    <div class="actions">{add}</div>
                </div>
                {self.done.map(went_well)}
                {nothing}
                {self.section("h-coming", words::MAINTENANCE_COMING, &coming)}
                {self.calendar()}
                {self.section("h-over", words::MAINTENANCE_IS_OVER, &over)}
            </div>
        })
    }

    fn sentence(&self) -> String {
        let lasting = self.plans.maintenances.iter().filter(|one| one.is_now).count();
        if lasting == 0 { words::MAINTENANCE_LEDE.to_owned() } else { words::maintenance_lasting(lasting) }
    }

    fn section(&self, id: &'static str, heading: &'static str, all: &[&MaintenanceView]) -> Option<Part> {
        let cards: Vec<_> = all.iter().map(|one| self.card(one)).collect();
        (!cards.is_empty()).then(|| {
            whole(view! {
                <section class="sheet" aria-labelledby=id>
                    <h2 id=id>{heading}</h2>
                    <ul class="people">{cards}</ul>
                </section>
            })
        })
    }

    fn card(&self, one: &MaintenanceView) -> Part {
        let badge = one.is_now.then(|| {
            view! {
                <span class="badge is-none">
                    <Icon name="#i-wrench" />
                    {words::MAINTENANCE_NOW}
                </span>
            }
        });
        let first = one.next.first().map(span);
        let which = which::said(&one.scope, &self.names);
        let acts = self.may_change.then(|| {
            let name = one.name.clone();
            view! {
                <div class="actions">
                    <a class="btn small" href=href_of(one.id) aria-label=words::edit_named(name)>
                        {words::EDIT}
                    </a>
                    {button(WITHDRAW, &[("id", one.id.0.to_string())], "btn small", remove_word(one).to_owned())}
                </div>
            }
        });
        whole(view! {
            <li class="card">
                <h3>{one.name.clone()} " " {badge}</h3>
                <p>{rhythm(one)}</p>
                {first.map(|first| view! { <p>{first}</p> })}
                <p class="muted">{which} " · " {words::count_trackers(one.trackers)}</p>
                {acts}
            </li>
        })
    }

    /// What happens in the next weeks, day by day.
    fn calendar(&self) -> Option<Part> {
        let mut all: Vec<(Stretch, &MaintenanceView)> = self
            .plans
            .maintenances
            .iter()
            .flat_map(|one| one.next.iter().map(move |next| (*next, one)))
            .collect();
        all.sort_by_key(|(stretch, one)| (stretch.from.0, one.id));
        let more = all.len().checked_sub(CALENDAR).filter(|more| *more > 0).map(words::maintenance_more);
        let more = more.map(|more| view! { <p class="muted">{more}</p> });
        let rows: Vec<_> = all
            .iter()
            .take(CALENDAR)
            .map(|(stretch, one)| {
                view! {
                    <tr>
                        <th class="full" scope="row">{one.name.clone()}</th>
                        <td>{when(stretch.from)}</td>
                        <td class="full">{when(stretch.until)}</td>
                    </tr>
                }
            })
            .collect();
        (all.len() > 1).then(|| {
            whole(view! {
                <section class="sheet">
                    <h2 id="h-calendar">{words::MAINTENANCE_CALENDAR}</h2>
                    <div class="card">
                        <table class="table fits" aria-labelledby="h-calendar">
                            <thead>
                                <tr>
                                    <th scope="col">{words::NAME}</th>
                                    <th scope="col">{words::MAINTENANCE_FROM}</th>
                                    <th scope="col">{words::MAINTENANCE_UNTIL}</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    {more}
                </section>
            })
        })
    }
}

fn remove_word(one: &MaintenanceView) -> &'static str {
    let is_once = one.field("cron").is_empty();
    if one.is_now && is_once { words::MAINTENANCE_END } else { words::DELETE }
}

/// `Once`, or `cron 0 3 * * 0 in Europe/Berlin, for 2h`.
fn rhythm(one: &MaintenanceView) -> String {
    match one.field("cron") {
        "" => words::MAINTENANCE_ONCE.to_owned(),
        cron => words::maintenance_cron(cron, one.field("lasting"), one.field("zone")),
    }
}

fn span(stretch: &Stretch) -> Part {
    let Stretch { from, until } = *stretch;
    let between = |at: Timestamp| when(at);
    whole(view! { {between(from)} " – " {between(until)} })
}

fn done_words(word: &str) -> Option<&'static str> {
    Some(match word {
        "announced" => words::MAINTENANCE_ANNOUNCED,
        "withdrawn" => words::MAINTENANCE_WITHDRAWN,
        _ => return None,
    })
}
