//! What the pages may ask of the server. The server provides [`Services`]; a server function is one call on one of them.

use std::sync::Arc;

use async_trait::async_trait;

use crate::access::{AccountId, AccountView, Enrolment, SessionView, TokenView};
use crate::{
    AlertingView, Cell, ChannelId, ChannelTest, Deed, Done, Failure, Incident, IncidentId, IncidentQuery,
    IncidentStory, Installation, Label, Labels, LinkedIncident, ListRequest, LiveAnswer, LiveRequest,
    MaintenanceId, Nearness, Plans, Preview, Replay, RuleId, Storage, Story, StoryRequest, TrackerId,
    TrackerPage, TrackerView, Worth,
};

/// Everything the pages may ask.
#[derive(Clone)]
pub struct Services {
    /// Changing trackers.
    pub trackers: Arc<dyn Trackers>,
    /// Following them.
    pub live: Arc<dyn Live>,
    /// Looking back.
    pub past: Arc<dyn Past>,
    /// Who has an account.
    pub people: Arc<dyn People>,
    /// Spans of being down.
    pub incidents: Arc<dyn Incidents>,
    /// Who is told of them.
    pub alerting: Arc<dyn Alerting>,
    /// Announced maintenance.
    pub planning: Arc<dyn Planning>,
    /// What is said of the installation, and its data.
    pub upkeep: Arc<dyn Upkeep>,
}

/// Changing trackers. Every call returns after the change is on disk.
#[async_trait]
pub trait Trackers: Send + Sync {
    /// Adds a tracker for each of the targets, one a line, with the default schedule; all of them or none.
    async fn add(&self, targets: String) -> Result<Vec<TrackerId>, Failure>;

    /// A tracker's settings as the fields of a form, called as errors call them. Nothing secret is in them.
    async fn fields(&self, id: TrackerId) -> Result<Vec<(String, String)>, Failure>;

    /// What an empty field of a form means, called as the fields are. The same for all trackers.
    async fn defaults(&self) -> Result<Vec<(String, String)>, Failure>;

    /// Adds a tracker by the fields of its form. Where those name another by `from`, secrets that are still masked are that one's.
    async fn create(&self, fields: Vec<(String, String)>) -> Result<TrackerId, Failure>;

    /// What its policy is worth, and what others would be.
    async fn worths(&self, id: TrackerId) -> Result<Vec<Worth>, Failure>;

    /// Changes a tracker by the fields of its form; a secret that is still masked stays what it was.
    async fn edit(&self, id: TrackerId, fields: Vec<(String, String)>) -> Result<(), Failure>;

    /// Lets a tracker rest until somebody wakes it.
    async fn pause(&self, id: TrackerId) -> Result<(), Failure>;

    /// Wakes a tracker that rests. Doing it twice changes nothing.
    async fn resume(&self, id: TrackerId) -> Result<(), Failure>;

    /// Removes a tracker. For ten minutes that can be taken back.
    async fn remove(&self, id: TrackerId) -> Result<(), Failure>;

    /// Takes a removal back.
    async fn restore(&self, id: TrackerId) -> Result<(), Failure>;

    /// Checks trackers now, beside their schedules, and waits for it a while. Gives the checks that were recorded meanwhile.
    ///
    /// At most one is made for a tracker at a time, and at most one a second; who asks more often gets the newest one. All of the
    /// ids have to exist; at most [`crate::MOST_BY_HAND`].
    async fn check_now(&self, ids: Vec<TrackerId>) -> Result<Vec<Cell>, Failure>;

    /// Does something with all of these trackers, in one transaction; those that are gone are left out. At most
    /// [`crate::MOST_AT_ONCE`].
    async fn change(&self, ids: Vec<TrackerId>, deed: Deed) -> Result<Done, Failure>;

    /// What the fields of a form would change in these trackers; `set` names the fields that count.
    async fn preview(&self, ids: Vec<TrackerId>, fields: Vec<(String, String)>) -> Result<Preview, Failure>;

    /// Takes back what was done with many.
    async fn undo(&self, key: u64) -> Result<(), Failure>;

    /// All tags and groups, with how many trackers have each.
    fn labels(&self) -> Labels;

    /// Gives a tag or a group another name wherever a tracker has it; without one it is taken away. Refused at the field `merge` where
    /// trackers have the new name already, unless that is what is wanted.
    async fn relabel(&self, label: Label, from: &str, to: Option<&str>, merge: bool)
    -> Result<Done, Failure>;

    /// Trackers that a tracker may depend on, because they have something in common with it or with a target that has no tracker yet:
    /// the likeliest first, at most 20.
    fn near(&self, id: Option<TrackerId>, target: &str) -> Vec<(TrackerId, Nearness)>;

    /// What a key takes back, as a sentence: `12 trackers are paused.` Nothing when it is too late.
    fn undoable(&self, key: u64) -> Option<String>;
}

/// Following trackers. Reads memory only.
#[async_trait]
pub trait Live: Send + Sync {
    /// What changed since the request's cursor.
    async fn poll(&self, request: LiveRequest) -> Result<LiveAnswer, Failure>;

    /// One page of the list.
    async fn list(&self, request: ListRequest) -> Result<TrackerPage, Failure>;

    /// One tracker with its newest checks.
    async fn tracker(&self, id: TrackerId) -> Result<TrackerView, Failure>;

    /// The name of a tracker that was removed and can be restored.
    async fn removed(&self, id: TrackerId) -> Result<String, Failure>;

    /// A tracker's newest checks, oldest first; at most [`crate::SHOWN_CHECKS`].
    async fn last_checks(&self, id: TrackerId) -> Result<Vec<Cell>, Failure>;

    /// How the program itself is.
    async fn installation(&self) -> Result<Installation, Failure>;

    /// Why nothing can be recorded at the moment, as sentences for people.
    fn trouble(&self) -> Option<String>;
}

/// Looking back at what was recorded.
#[async_trait]
pub trait Past: Send + Sync {
    /// What a page tells of a tracker's past.
    async fn story(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure>;
}

/// What is said of the installation, and its data as a whole.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// How much there is, how long it is kept, and the backups.
    async fn storage(&self) -> Result<Storage, Failure>;

    /// Says how long what is kept, by the fields of a form. An empty one is as usual.
    async fn keep(&self, fields: Vec<(String, String)>) -> Result<(), Failure>;

    /// Makes a backup, and waits for it a while. `false` when it is still being made.
    async fn back_up(&self) -> Result<bool, Failure>;

    /// Removes a backup that somebody asked for.
    async fn remove_backup(&self, name: &str) -> Result<(), Failure>;

    /// What new trackers start with when nobody says anything, called as forms call it.
    fn built_in(&self) -> Vec<(String, String)>;

    /// Says what new trackers start with, by the fields of a form; an empty one is as it is built in. Trackers that are as it was said
    /// before follow; gives how many.
    async fn set_defaults(&self, fields: Vec<(String, String)>) -> Result<usize, Failure>;
}

/// Spans of being down.
#[async_trait]
pub trait Incidents: Send + Sync {
    /// Incidents, the newest first.
    async fn list(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure>;

    /// All that is told of one.
    async fn story(&self, id: IncidentId) -> Result<IncidentStory, Failure>;

    /// Says that who asks knows of it; reminders end. Doing it twice changes nothing.
    async fn acknowledge(&self, id: IncidentId) -> Result<(), Failure>;

    /// What a signed link shows, by its query as names and values; not found when it is not ours or too old.
    async fn linked(&self, link: &[(String, String)]) -> Result<LinkedIncident, Failure>;

    /// Says that who got a message by a channel knows of the incident of a signed link.
    async fn acknowledge_linked(&self, link: &[(String, String)]) -> Result<(), Failure>;

    /// Says something of it: one to 2,000 characters. Errors are about `comment`.
    async fn comment(&self, id: IncidentId, comment: String) -> Result<(), Failure>;
}

/// Who is told of incidents.
#[async_trait]
pub trait Alerting: Send + Sync {
    /// Everything that pages show of it.
    async fn overview(&self) -> Result<AlertingView, Failure>;

    /// Keeps a channel by the fields of its form: `name`, `kind`, `enabled`, and those of its kind. A secret that is still masked stays what
    /// it was. Errors name the field.
    async fn save_channel(
        &self,
        id: Option<ChannelId>,
        fields: Vec<(String, String)>,
    ) -> Result<ChannelId, Failure>;

    /// Forgets a channel; what waits for it is given up.
    async fn remove_channel(&self, id: ChannelId) -> Result<(), Failure>;

    /// Sends a message for trying through a channel as its form stands; nothing is kept.
    async fn try_channel(
        &self,
        id: Option<ChannelId>,
        fields: Vec<(String, String)>,
    ) -> Result<ChannelTest, Failure>;

    /// Keeps a rule by the fields of its form: `name`, `enabled`, `tags` and `groups` (with commas between), `trackers` (numbers with commas
    /// between), `channel` (once for each), `delay`, `remind` (lengths like `5m`; empty for none), `fallback` (a number; empty for none).
    /// Errors name the field.
    async fn save_rule(&self, id: Option<RuleId>, fields: Vec<(String, String)>) -> Result<RuleId, Failure>;

    /// What a rule as its form stands would have told of the last 30 days; nothing is kept. Errors as of [`Self::save_rule`].
    async fn replay(&self, fields: Vec<(String, String)>) -> Result<Replay, Failure>;

    /// Forgets a rule.
    async fn remove_rule(&self, id: RuleId) -> Result<(), Failure>;

    /// Tries a message again that was given up.
    async fn resend(&self, delivery: i64) -> Result<(), Failure>;
}

/// Announced maintenance.
#[async_trait]
pub trait Planning: Send + Sync {
    /// All that was announced and is kept.
    async fn plans(&self) -> Result<Plans, Failure>;

    /// Announces a maintenance, or gives one another form, by the fields of its form: `name`, `tags` and `groups` (with commas between),
    /// `trackers` (numbers with commas between); `from` and `until` or `cron` and `lasting`; `zone`. Errors name the field.
    async fn announce(
        &self,
        id: Option<MaintenanceId>,
        fields: Vec<(String, String)>,
    ) -> Result<MaintenanceId, Failure>;

    /// Takes one back. If it lasts, it is over.
    async fn withdraw(&self, id: MaintenanceId) -> Result<(), Failure>;
}

/// Who has an account. Reads memory only; who may ask is decided before.
pub trait People: Send + Sync {
    /// All accounts, in the order in which they were made.
    fn accounts(&self) -> Vec<AccountView>;

    /// The sessions of an account, the newest first. `this` is the one that asks.
    fn sessions(&self, of: AccountId, this: Option<i64>) -> Vec<SessionView>;

    /// The tokens of an account, in the order in which they were made.
    fn tokens(&self, of: AccountId) -> Vec<TokenView>;

    /// Whether administrators need a second factor before they administer.
    fn requires_two_factor(&self) -> bool;

    /// What a session began with, and has to confirm, to turn two-factor sign-in on.
    fn enrolment(&self, session: i64) -> Option<Enrolment>;
}
