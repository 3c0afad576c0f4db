//! What needs somebody: trackers that are down, and those that cannot be checked.

use domain::{Status, Timestamp, TrackerView};
use leptos::prelude::*;

use crate::{
    live::{Board, Row},
    standing::{Kind, Standing},
    ui::State,
};

/// One cause a line; nothing at all when all is well.
#[component]
pub fn Attention(
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    let alarms = Memo::new(move |_| {
        board
            .rows
            .with(|rows| rows.iter().filter_map(|row: &Row| row.view.with(Alarm::of)).collect::<Vec<_>>())
    });
    let is_calm = Memo::new(move |_| alarms.with(Vec::is_empty));
    move || {
        (!is_calm.get()).then(|| {
            view! {
                <section aria-labelledby="h-attention">
                    <h2 class="vh" id="h-attention">
                        "Needs attention"
                    </h2>
                    <ul class="alarm card">
                        <For each=move || alarms.get() key=Alarm::clone let:alarm>
                            <AlarmLine alarm now=board.now />
                        </For>
                    </ul>
                </section>
            }
        })
    }
}

#[component]
fn AlarmLine(alarm: Alarm, now: RwSignal<Option<Timestamp>>) -> impl IntoView {
    let class = alarm.standing.kind.class();
    view! {
        <li class=class>
            <State standing=Signal::stored(alarm.standing) now />
            <p>
                <a class="name" href=format!("/t/{}", alarm.id)>
                    {alarm.name}
                </a>
                <span class="why">{format!(" — {}", alarm.why)}</span>
            </p>
        </li>
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Alarm {
    id: i64,
    name: String,
    standing: Standing,
    why: String,
}

impl Alarm {
    fn of(view: &TrackerView) -> Option<Self> {
        let standing = Standing::of(view);
        let why = match (standing.kind, &view.status, &view.about.problem) {
            (Kind::Down, Status::Down { fault, .. }, _) => fault.to_string(),
            (Kind::Broken, _, Some(problem)) => problem.clone(),
            _ => return None,
        };
        Some(Self { id: view.id.0, name: view.about.name.clone(), standing, why })
    }
}
