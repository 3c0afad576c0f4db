//! What a page shows of the trackers, as signals.
//!
//! The loop that writes may outlive the page by one answer, so everything here tolerates signals that are gone.

use domain::{Change, Cursor, Head, LiveAnswer, Timestamp, Totals, TrackerId, TrackerPage, TrackerView};
use futures::channel::mpsc::{Receiver, Sender, channel};
use leptos::prelude::*;

use super::{
    chunks,
    pulse::{Link, Pulse},
};
use crate::{
    ApiError,
    standing::{Kind, Standing},
};

/// The trackers of a page, and how fresh they are.
#[derive(Clone, Copy)]
pub struct Board {
    /// In the server's order.
    pub rows: RwSignal<Vec<Row>>,
    /// Over all trackers.
    pub totals: RwSignal<Totals>,
    /// The groups that the rows stand in, in their order.
    pub heads: RwSignal<Vec<Head>>,
    /// Trackers in trouble that are on other pages of the list; without their cells.
    pub elsewhere: RwSignal<Vec<TrackerView>>,
    /// What does not change while the page is open.
    pub look: Look,
    /// The connection.
    pub link: RwSignal<Link>,
    /// The server's time to the second; unknown until it was heard in this browser.
    pub now: RwSignal<Option<Timestamp>>,
    /// Whether the server seems to be of another version than this page.
    pub outdated: RwSignal<bool>,
    /// Whether somebody stopped the page from moving.
    pub paused: RwSignal<bool>,
    /// Why nothing is recorded; empty when nothing keeps the server from it.
    pub trouble: RwSignal<String>,
    /// The newest changes of status, for who listens instead of looking.
    pub said: RwSignal<String>,
    inner: StoredValue<Inner>,
}

/// How a page of the list looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Whether who looks may change something.
    pub may_edit: bool,
    /// Whether rows are low.
    pub compact: bool,
    /// Whether it is in the order of favourites.
    pub ordered: bool,
}

/// One tracker.
#[derive(Clone)]
pub struct Row {
    /// Which one.
    pub id: TrackerId,
    /// Its newest state. Not owned by any page, because the loop makes rows too.
    pub view: ArcRwSignal<TrackerView>,
}

struct Inner {
    pulse: Pulse,
    /// One for each request that a poll takes.
    cursors: Vec<Option<Cursor>>,
    /// The query of the address of a page of the list, which has to be read anew when trackers come and go. Nothing for a page of
    /// one tracker.
    query: Option<String>,
    /// The totals when what stands around the rows was read, and when that was.
    around: (Totals, Timestamp),
    /// The list as it was read: which run of the server, and its [`Totals::listed`].
    list: (u32, u64),
    is_outdated: bool,
    wake: Sender<()>,
}

impl Board {
    /// A board of the page of the list that is at the address with this query. The receiver wakes the loop that
    /// [`super::follow`] starts.
    pub fn of_list(page: TrackerPage, query: String, look: Look) -> (Self, Receiver<()>) {
        let rows = page.trackers.into_iter().map(Row::new).collect();
        let (board, woken) = Self::new(rows, page.totals, page.now, look);
        board.heads.set(page.heads);
        board.elsewhere.set(page.elsewhere);
        board.inner.update_value(|inner| {
            inner.query = Some(query);
            inner.around = (counts(page.totals), page.now);
            inner.list = (page.cursor.boot, page.totals.listed);
            inner.cursors = vec![Some(page.cursor)];
        });
        (board, woken)
    }

    /// A board of one tracker.
    pub fn of_one(view: TrackerView) -> (Self, Receiver<()>) {
        let as_of = view.newest().unwrap_or_default();
        Self::new(vec![Row::new(view)], Totals::default(), as_of, Look::default())
    }

    fn new(rows: Vec<Row>, totals: Totals, as_of: Timestamp, look: Look) -> (Self, Receiver<()>) {
        let (wake, woken) = channel(1);
        let inner = Inner {
            pulse: Pulse::new(as_of),
            cursors: Vec::new(),
            query: None,
            around: (totals, as_of),
            list: (0, 0),
            is_outdated: false,
            wake,
        };
        let board = Self {
            rows: RwSignal::new(rows),
            totals: RwSignal::new(totals),
            heads: RwSignal::new(Vec::new()),
            elsewhere: RwSignal::new(Vec::new()),
            look,
            link: RwSignal::new(Link::AsOf(as_of)),
            now: RwSignal::new(None),
            outdated: RwSignal::new(false),
            paused: RwSignal::new(false),
            trouble: RwSignal::new(String::new()),
            said: RwSignal::new(String::new()),
            inner: StoredValue::new(inner),
        };
        (board, woken)
    }

    /// Whether what is shown may be old. Follows signals.
    pub fn is_stale(self) -> bool {
        self.paused.get() || self.link.with(|link| matches!(link, Link::Stale { .. }))
    }

    /// Polls at once.
    pub fn wake(self) {
        // A full channel has a wake-up waiting already.
        self.with_inner(|inner| drop(inner.wake.try_send(())));
    }

    /// Stops the page from moving, or lets it go on.
    pub fn toggle(self) {
        self.paused.update(|paused| *paused = !*paused);
        self.wake();
    }

    /// Reads the list anew, at once, and moves again: a change was made here, and who made it wants to see it.
    pub fn refresh(self) {
        self.with_inner(|inner| inner.is_outdated = inner.query.is_some());
        set_if_new(self.paused, false);
        self.wake();
    }

    /// The page is visible (again).
    pub(super) fn watch(self, at: i64) {
        self.with_inner(|inner| inner.pulse.watch(at));
    }

    /// Renews what is said about ages.
    pub(super) fn tick(self, at: i64) {
        let Some((link, now)) = self.with_inner(|inner| (inner.pulse.link(at), inner.pulse.now(at))) else {
            return;
        };
        let was_stale =
            self.link.try_with_untracked(|link| matches!(link, Link::Stale { .. })).unwrap_or_default();
        let is_stale = matches!(link, Link::Stale { .. });
        if was_stale != is_stale {
            let is_paused = self.paused.try_get_untracked() == Some(true);
            let news = if is_paused {
                words::LIVE_SAID_PAUSED
            } else if is_stale {
                words::LIVE_SAID_NOT
            } else {
                words::LIVE_SAID_AGAIN
            };
            self.said.try_set(news.into());
        }
        set_if_new(self.link, link);
        set_if_new(self.now, now);
    }

    pub(super) fn asking(self, at: i64) -> Option<()> {
        self.with_inner(|inner| inner.pulse.asking())?;
        self.tick(at);
        Some(())
    }

    pub(super) fn answered(self, server: Timestamp, at: i64) -> Option<u32> {
        let wait = self.with_inner(|inner| inner.pulse.answered(server, at));
        self.tick(at);
        wait
    }

    pub(super) fn failed(self, error: ApiError, at: i64) -> Option<u32> {
        // What an older client asks, a newer server may not understand, and the other way round.
        if matches!(error, ApiError::Unreadable | ApiError::BadRequest(_) | ApiError::NotFound) {
            set_if_new(self.outdated, true);
        }
        let wait = self.with_inner(|inner| inner.pulse.failed(error, at));
        self.tick(at);
        wait
    }

    /// The query of the list to be read anew, if any.
    #[expect(clippy::option_option, reason = "the outer one is absent when the page is gone")]
    pub(super) fn relist(self) -> Option<Option<String>> {
        self.with_inner(|inner| inner.query.clone().filter(|_| inner.is_outdated))
    }

    /// The query of the list of which has changed what stands around the rows, if any. Not more often than every few seconds.
    pub(super) fn ask_around(self) -> Option<String> {
        let totals = counts(self.totals.try_get_untracked()?);
        let now = self.now.try_get_untracked()??;
        self.with_inner(|inner| {
            let (known, at) = inner.around;
            let is_due = known != totals && now.since(at) >= AROUND_EVERY;
            inner.query.clone().filter(|_| is_due).inspect(|_| inner.around = (totals, now))
        })?
    }

    /// What to ask in the next round.
    pub(super) fn requests(self) -> Vec<(Option<Cursor>, Vec<TrackerId>)> {
        let visible = self.rows.try_with_untracked(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
        visible
            .and_then(|visible| self.with_inner(|inner| chunks(&visible, &inner.cursors)))
            .unwrap_or_default()
    }

    /// Notices a server that has another client than this page.
    pub(super) fn compare(self, served: Option<&str>, running: &str) {
        set_if_new(self.outdated, super::is_other(served, running));
    }

    /// Takes over the answer to the request at a place. Returns the server's time; nothing when the page is gone.
    pub(super) fn apply(self, place: usize, answer: LiveAnswer) -> Option<Timestamp> {
        self.with_inner(|inner| {
            if inner.cursors.len() <= place {
                inner.cursors.resize(place + 1, None);
            }
            inner.cursors[place] = Some(answer.cursor);
            inner.is_outdated |=
                inner.query.is_some() && inner.list != (answer.cursor.boot, answer.totals.listed);
        })?;
        let news: Vec<News> = answer.changes.into_iter().filter_map(|change| self.change(change)).collect();
        self.say(&news);
        set_if_new(self.trouble, answer.trouble.unwrap_or_default());
        set_if_new(self.totals, answer.totals);
        Some(answer.now)
    }

    /// Takes over the list as it was read anew. Rows that stay keep their signals.
    pub(super) fn replace(self, page: TrackerPage) -> Option<Timestamp> {
        self.with_inner(|inner| {
            inner.cursors =
                vec![Some(page.cursor); page.trackers.len().div_ceil(domain::VISIBLE_LIMIT).max(1)];
            inner.list = (page.cursor.boot, page.totals.listed);
            inner.is_outdated = false;
        })?;
        let old = self.rows.try_get_untracked()?;
        let group = |row: &Row| row.view.with_untracked(|view| view.about.group.clone());
        let before = old.iter().map(|row| (row.id, group(row)));
        let is_same = before.eq(page.trackers.iter().map(|view| (view.id, view.about.group.clone())));
        let rows = page.trackers.into_iter().map(|view| match old.iter().find(|row| row.id == view.id) {
            Some(row) => {
                row.set(view);
                row.clone()
            }
            None => Row::new(view),
        });
        let rows: Vec<Row> = rows.collect();
        if !is_same {
            self.rows.try_set(rows);
        }
        set_if_new(self.heads, page.heads);
        set_if_new(self.elsewhere, page.elsewhere);
        set_if_new(self.totals, page.totals);
        Some(page.now)
    }

    fn change(self, change: Change) -> Option<News> {
        let id = match &change {
            Change::Whole(view) => view.id,
            Change::Delta(delta) => delta.id,
            Change::Gone(id) => *id,
        };
        let row =
            self.rows.try_with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned()).flatten()?;
        let before = row.view.with_untracked(|view| Standing::of(view).kind);
        match change {
            Change::Whole(view) => row.set(view),
            Change::Delta(delta) => row.view.update(|view| view.apply(delta)),
            Change::Gone(id) => drop(self.rows.try_update(|rows| rows.retain(|row| row.id != id))),
        }
        let (name, kind) = row.view.with_untracked(|view| (view.about.name.clone(), Standing::of(view).kind));
        (before != kind).then_some(News { name, kind })
    }

    fn say(self, news: &[News]) {
        if let Some(sentence) = sentence(news) {
            self.said.try_set(sentence);
        }
    }

    fn with_inner<T>(self, with: impl FnOnce(&mut Inner) -> T) -> Option<T> {
        self.inner.try_update_value(with)
    }
}

impl Row {
    fn new(view: TrackerView) -> Self {
        Self { id: view.id, view: ArcRwSignal::new(view) }
    }

    fn set(&self, view: TrackerView) {
        if self.view.with_untracked(|old| *old != view) {
            self.view.set(view);
        }
    }
}

/// Totals without what changes with every check.
fn counts(totals: Totals) -> Totals {
    Totals { newest: None, ..totals }
}

/// What stands around the rows is read as often at most.
const AROUND_EVERY: std::time::Duration = std::time::Duration::from_secs(3);

pub(crate) fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|old| *old != value) == Some(true) {
        signal.try_set(value);
    }
}

struct News {
    name: String,
    kind: Kind,
}

/// `api is down. 2 more changed.` Going down is said first; a first check is no news.
fn sentence(news: &[News]) -> Option<String> {
    let is_told = |news: &&News| matches!(news.kind, Kind::Down | Kind::Up | Kind::Broken);
    let first = news.iter().find(|news| news.kind == Kind::Down).or_else(|| news.iter().find(is_told))?;
    let more = news.iter().filter(is_told).count() - 1;
    let said = match first.kind {
        Kind::Broken => words::live_said_broken(&first.name),
        Kind::Down => words::live_said_down(&first.name),
        _ => words::live_said_up(&first.name),
    };
    Some(if more > 0 { words::live_said_more(said, more) } else { said })
}

#[cfg(test)]
#[path = "board/tests.rs"]
mod tests;
