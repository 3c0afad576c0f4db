//! What needs somebody: trackers that are down, and those that cannot be checked, on this page of the list or not.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::{Status, TrackerView};
use leptos::prelude::*;

use crate::{
    live::Board,
    standing::{Kind, Standing},
    ui::{Entry, entries, part, state, still},
};

/// One cause a line; nothing at all when all is well.
#[component]
pub fn Attention(
    /// What the page shows.
    board: Board,
) -> impl IntoView {
    let alarms = move || {
        let here = board
            .rows
            .with(|rows| rows.iter().filter_map(|row| row.view.with(Alarm::of)).collect::<Vec<_>>());
        let elsewhere =
            board.elsewhere.with(|others| others.iter().filter_map(Alarm::of).collect::<Vec<_>>());
        here.into_iter().chain(elsewhere).take(MOST).collect::<Vec<_>>()
    };
    let more = move || {
        let all = board.totals.with(|totals| totals.down + totals.broken);
        let shown = u32::try_from(alarms().len()).unwrap_or(0);
        (all > shown && shown > 0).then(|| {
            view! {
                <a class="more" href="/?sort=state">
                    {words::list_more(all - shown)}
                </a>
            }
        })
    };
    let is_calm = Memo::new(move |_| alarms().is_empty());
    let lines = move || alarms().into_iter().map(|alarm| alarm.into_entry(board)).collect();
    part(move || {
        (!is_calm.get()).then(|| {
            view! {
                <section aria-labelledby="h-attention">
                    {still(&[r#"<h2 class="vh" id="h-attention">"#, words::LIST_ATTENTION, "</h2>"])}
                    <ul class="alarm card">{entries(lines)}</ul>
                    {part(more)}
                </section>
            }
        })
    })
}

/// The most lines.
const MOST: usize = 12;

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

    fn into_entry(self, board: Board) -> Entry {
        // One that says something else is another one.
        let mut said = DefaultHasher::new();
        self.hash(&mut said);
        Entry::new(self.id, said.finish(), move || self.into_view(board))
    }

    fn into_view(self, board: Board) -> impl IntoView {
        let Self { id, name, standing, why } = self;
        let class = standing.kind.class();
        view! {
            <li class=class>
                {part(move || state(&standing, board.now.get()))}
                <p>
                    <a class="name" href=format!("/t/{id}")>
                        {name}
                    </a>
                    <span class="why">{format!(" — {why}")}</span>
                </p>
            </li>
        }
    }
}
