//! Incidents: the list of all, and the page of one. Rendered on the server only, and complete without script.

pub mod one;
mod timeline;

use std::collections::BTreeSet;

use domain::{
    Failure, Incident, IncidentId, IncidentQuery, LiveRequest, Timestamp, TrackerId, access::Need,
    ports::Services,
};
use leptos::prelude::*;

use crate::{
    access::Asked,
    format, maintenance,
    past::{asked::value, wording},
    ui::{Icon, Nothing, Part, crumbs, whole},
};

/// The page of all.
pub const PAGE: &str = "/incidents";

/// Incidents on one page.
const MANY: usize = 50;
/// Open incidents that are counted at most.
const COUNTED: usize = 1_000;

/// The list before it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    now: Timestamp,
    /// What is asked for.
    query: IncidentQuery,
    /// The name of the tracker that alone is asked for.
    name: Option<String>,
    incidents: Vec<Incident>,
    /// Trackers of the list that are not deleted.
    known: BTreeSet<TrackerId>,
    /// Whether there are older ones.
    has_older: bool,
    /// Those that last, over all pages, and those of them that nobody acknowledged.
    lasting: (usize, usize),
    /// Whether who looks may read names of accounts.
    may_know: bool,
}

/// The address of the list.
pub fn href(tracker: Option<TrackerId>, open: bool, before: Option<IncidentId>) -> String {
    let open = open.then(|| "open=1".to_owned());
    let tracker = tracker.map(|id| format!("tracker={id}"));
    let before = before.map(|id| format!("before={}", id.0));
    let query = format::joined(open.into_iter().chain(tracker).chain(before), "&");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{PAGE}{mark}{query}")
}

/// The address of one.
pub fn href_of(id: IncidentId) -> String {
    format!("{PAGE}/{}", id.0)
}

impl Shown {
    /// Loads what the query of the page's address asks for. What is not understood in it says nothing.
    pub async fn load(services: &Services, asked: &Asked) -> Result<Self, Failure> {
        let number = |name| value(&asked.query, name).and_then(|text| text.parse::<i64>().ok());
        let id = number("tracker").map(TrackerId);
        let before = number("before").map(IncidentId);
        let open = value(&asked.query, "open").is_some();
        let query = IncidentQuery { tracker: id, open, before, limit: MANY + 1 };
        let mut incidents = services.incidents.list(query).await?;
        let has_older = incidents.len() > MANY;
        incidents.truncate(MANY);
        let all_open = IncidentQuery { tracker: id, open: true, before: None, limit: COUNTED };
        let lasting = services.incidents.list(all_open).await?;
        let unseen = lasting.iter().filter(|incident| incident.acknowledged.is_none()).count();
        let mut known = BTreeSet::new();
        for id in incidents.iter().map(|incident| incident.tracker).collect::<BTreeSet<_>>() {
            if services.live.tracker(id).await.is_ok() {
                known.insert(id);
            }
        }
        let name = match id {
            Some(id) => Some(name(services, id, &incidents).await),
            None => None,
        };
        Ok(Self {
            now: services.live.poll(LiveRequest::default()).await?.now,
            query,
            name,
            incidents,
            known,
            has_older,
            lasting: (lasting.len(), unseen),
            may_know: asked.viewer.allows(Need::Inspect).is_ok(),
        })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        match self.lasting.0 {
            0 => self.heading(),
            many => format!("({many}) {}", self.heading()),
        }
    }

    fn heading(&self) -> String {
        self.name.as_ref().map_or_else(|| words::INCIDENTS.to_owned(), words::incidents_of)
    }

    /// The page.
    pub fn view(&self) -> Part {
        let way = self.query.tracker.zip(self.name.as_ref()).map(|(id, name)| {
            crumbs(
                &[("/".into(), words::TRACKERS.into()), (format!("/t/{id}"), name.clone())],
                words::INCIDENTS.into(),
            )
        });
        whole(view! {
            <div class="wrap top">
                {way}
                <div class="head">
                    <div class="title">
                        <h1>{self.heading()}</h1>
                        <p class="lede">{sentence(self.lasting)}</p>
                    </div>
                    <div class="actions">
                        <a class="btn" href=maintenance::PAGE>
                            <Icon name="#i-wrench" />
                            {words::MAINTENANCE}
                        </a>
                    </div>
                </div>
                {self.tabs()}
                {self.list()}
                {self.pages()}
            </div>
        })
    }

    fn tabs(&self) -> Part {
        let id = self.query.tracker;
        let tab = |word: &'static str, open: bool| {
            let current = (open == self.query.open).then_some("page");
            view! {
                <li>
                    <a href=href(id, open, None) aria-current=current>
                        {word}
                    </a>
                </li>
            }
        };
        let everybody = id.map(|_| {
            view! {
                <li>
                    <a href=href(None, self.query.open, None)>{words::INCIDENTS_ALL_TRACKERS}</a>
                </li>
            }
        });
        whole(view! {
            <nav class="tabs" aria-label=words::INCIDENTS_WHICH>
                <ul>{tab(words::INCIDENTS_TAB_ALL, false)} {tab(words::INCIDENTS_TAB_OPEN, true)} {everybody}</ul>
            </nav>
        })
    }

    fn list(&self) -> Part {
        if self.incidents.is_empty() {
            let words = match (self.query.before.is_some(), self.query.open) {
                (true, _) => words::INCIDENTS_NONE_OLDER,
                (false, true) => words::INCIDENTS_NONE_DOWN,
                (false, false) => words::INCIDENTS_NONE_YET,
            };
            return whole(view! {
                <section class="card">
                    <div class="body">
                        <p class="muted">{words}</p>
                    </div>
                </section>
            });
        }
        let rows: Vec<_> = self.incidents.iter().map(|incident| self.row(incident)).collect();
        whole(view! {
            <section class="card" aria-label=words::INCIDENTS_LIST>
                <table class="table fits incidents">
                    <caption class="vh" data-zone="">{words::NEWEST_FIRST}</caption>
                    <thead>
                        <tr>
                            <th scope="col" data-zone="">{words::INCIDENTS_SINCE}</th>
                            <th scope="col">{words::LASTED}</th>
                            <th scope="col">{words::TRACKER}</th>
                            <th scope="col">{words::CAUSE}</th>
                            <th scope="col">{words::INCIDENTS_ACKNOWLEDGED}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        })
    }

    fn row(&self, incident: &Incident) -> Part {
        let since = incident.since;
        let tracker = if self.known.contains(&incident.tracker) {
            whole(view! { <a href=format!("/t/{}", incident.tracker)>{incident.name.clone()}</a> })
        } else {
            whole(view! { <span class="muted">{incident.name.clone()}</span> })
        };
        let cause = match &incident.fault {
            Some(fault) => whole(view! { <span>{fault.to_string()}</span> }),
            None => whole(view! { <Nothing what=words::NOT_KEPT /> }),
        };
        whole(view! {
            <tr>
                <th scope="row" class="nowrap">
                    <a href=href_of(incident.id)>
                        <time datetime=since.to_string()>{wording::moment(since, self.now)}</time>
                        <span class="vh">{words::incidents_row(incident.id.0)}</span>
                    </a>
                </th>
                <td class="nowrap">{lasted(incident, self.now)}</td>
                <td class="who">{tracker}</td>
                <td class="dim full">{cause}</td>
                <td class="full">{self.acknowledged(incident)}</td>
            </tr>
        })
    }

    fn acknowledged(&self, incident: &Incident) -> Part {
        match &incident.acknowledged {
            Some((_, who)) if self.may_know => whole(
                view! { <span><span class="narrow">{words::INCIDENTS_ACKNOWLEDGED_BY}</span>{who.clone()}</span> },
            ),
            Some(_) => whole(
                view! { <span><span class="narrow">{words::INCIDENTS_ACKNOWLEDGED_IS}</span>{words::YES}</span> },
            ),
            None if incident.closed_at.is_none() => {
                whole(view! { <span class="state is-slow">{words::INCIDENTS_UNSEEN}</span> })
            }
            None => whole(view! { <Nothing what=words::INCIDENTS_UNSEEN /> }),
        }
    }

    fn pages(&self) -> Option<Part> {
        let id = self.query.tracker;
        let newest = self.query.before.map(|_| {
            view! {
                <a class="btn" href=href(id, self.query.open, None)>
                    {words::INCIDENTS_NEWEST}
                </a>
            }
        });
        let last = self.incidents.last().filter(|_| self.has_older).map(|incident| incident.id);
        let older = last.map(|last| {
            view! {
                <a class="btn" rel="next" href=href(id, self.query.open, Some(last))>
                    {words::INCIDENTS_OLDER}
                </a>
            }
        });
        (newest.is_some() || older.is_some()).then(|| {
            whole(view! {
                <nav class="pages" aria-label=words::INCIDENTS_PAGES>
                    {newest} {older}
                </nav>
            })
        })
    }
}

/// The name of the tracker that is asked for; one that is deleted has one in its incidents.
async fn name(services: &Services, id: TrackerId, incidents: &[Incident]) -> String {
    match services.live.tracker(id).await {
        Ok(view) => view.about.name,
        Err(_) => {
            incidents.first().map_or_else(|| words::incidents_tracker(id), |incident| incident.name.clone())
        }
    }
}

/// How long it lasted, or that it lasts and how long so far.
fn lasted(incident: &Incident, now: Timestamp) -> Part {
    let ms = u64::try_from(incident.end(now).since(incident.since).as_millis()).unwrap_or(u64::MAX);
    let length = wording::lasting(ms);
    match incident.closed_at {
        Some(_) => whole(length),
        None => whole(view! {
            <span class="state is-down">
                <span>{words::ONGOING}</span>
                <span class="for">{length}</span>
            </span>
        }),
    }
}

/// How many last, and how many of them nobody has acknowledged.
fn sentence((open, unseen): (usize, usize)) -> String {
    match (open, unseen) {
        (0, _) => words::INCIDENTS_NONE_OPEN.to_owned(),
        (1, 0) => words::INCIDENTS_ONE_ACKNOWLEDGED.to_owned(),
        (1, _) => words::INCIDENTS_ONE_UNSEEN.to_owned(),
        (COUNTED.., _) => words::incidents_open(words::INCIDENTS_COUNT_MANY, unseen),
        _ => words::incidents_open(words::incidents_count(open), unseen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_what_is_asked_for() {
        assert_eq!(href(None, false, None), "/incidents");
        assert_eq!(href(Some(TrackerId(7)), true, None), "/incidents?open=1&tracker=7");
        assert_eq!(href(None, true, Some(IncidentId(40))), "/incidents?open=1&before=40");
        assert_eq!(href_of(IncidentId(12)), "/incidents/12");
    }

    #[test]
    fn one_sentence_says_what_needs_somebody() {
        let said = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (3, 3), (1_000, 7)].map(sentence);
        assert_eq!(
            said,
            [
                "None is open.",
                "1 open, acknowledged.",
                "1 open, not acknowledged.",
                "2 open, all of them acknowledged.",
                "2 open, one not acknowledged.",
                "3 open, 3 not acknowledged.",
                "1,000 or more open, 7 not acknowledged.",
            ]
        );
    }
}
