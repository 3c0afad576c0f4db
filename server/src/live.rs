//! The live view as it is shared: one writer (the recorder), many readers (requests, the scheduler).

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use domain::LiveView;

/// The live view. Locked for memory work only, never across an `await`.
#[derive(Clone)]
pub struct SharedView(Arc<RwLock<LiveView>>);

impl SharedView {
    /// Shares a view.
    pub fn new(view: LiveView) -> Self {
        Self(Arc::new(RwLock::new(view)))
    }

    /// The view as of the newest commit.
    pub fn read(&self) -> RwLockReadGuard<'_, LiveView> {
        // A panic while the lock was held can only have come from a reader: the view itself cannot panic half-changed.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, LiveView> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
