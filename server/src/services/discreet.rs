//! What is seen by who may look, but not know what targets answered, who changed what and who was told.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    Calls, Cell, Change, Failure, Installation, ListRequest, LiveAnswer, LiveRequest, Story, StoryRequest,
    TrackerId, TrackerPage, TrackerView,
    ports::{Live, Past},
};

/// Leaves that out of what another port gives.
pub(super) struct Discreet<T: ?Sized>(pub(super) Arc<T>);

#[async_trait]
impl Past for Discreet<dyn Past> {
    async fn story(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure> {
        let story = self.0.story(id, request).await?;
        Ok(Story {
            failure: None,
            changes: Vec::new(),
            calls: story.calls.map(|_| Calls::default()),
            ..story
        })
    }
}

/// The past for who may see all of it, but not speak for a target.
pub(super) struct Mute(pub(super) Arc<dyn Past>);

#[async_trait]
impl Past for Mute {
    async fn story(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure> {
        let mut story = self.0.story(id, request).await?;
        if let Some(calls) = &mut story.calls {
            calls.url = None;
        }
        Ok(story)
    }
}

#[async_trait]
impl Live for Discreet<dyn Live> {
    async fn poll(&self, request: LiveRequest) -> Result<LiveAnswer, Failure> {
        let mut answer = self.0.poll(request).await?;
        for change in &mut answer.changes {
            match change {
                Change::Whole(view) => view.about.told.clear(),
                Change::Delta(delta) => {
                    if let Some(about) = &mut delta.about {
                        about.told.clear();
                    }
                }
                Change::Gone(_) => {}
            }
        }
        Ok(answer)
    }

    async fn list(&self, request: ListRequest) -> Result<TrackerPage, Failure> {
        let mut page = self.0.list(request).await?;
        page.trackers.iter_mut().chain(&mut page.elsewhere).for_each(|view| view.about.told.clear());
        Ok(page)
    }

    async fn tracker(&self, id: TrackerId) -> Result<TrackerView, Failure> {
        let mut view = self.0.tracker(id).await?;
        view.about.told.clear();
        Ok(view)
    }

    async fn removed(&self, id: TrackerId) -> Result<String, Failure> {
        self.0.removed(id).await
    }

    async fn last_checks(&self, id: TrackerId) -> Result<Vec<Cell>, Failure> {
        self.0.last_checks(id).await
    }

    async fn installation(&self) -> Result<Installation, Failure> {
        self.0.installation().await
    }

    fn trouble(&self) -> Option<String> {
        self.0.trouble()
    }
}
