//! Keeps the ballast of the data folder: room that is given back when the disk is full.

use std::{path::Path, time::Duration};

use store::Ballast;
use tokio::{task::spawn_blocking, time::interval};

/// The ballast's name in the data folder.
const BALLAST: &str = "uptime-tracker.ballast";
/// How often it is looked after.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// The ballast of a data folder.
pub(crate) fn of(folder: &Path) -> Ballast {
    Ballast::new(folder.join(BALLAST))
}

/// Takes the room at once and again whenever it was given back and there is plenty; until it is dropped.
pub(crate) async fn keep(ballast: Ballast) {
    let mut look = interval(LOOK_EVERY);
    let mut is_failing = false;
    loop {
        look.tick().await;
        let ballast = ballast.clone();
        let taken = spawn_blocking(move || ballast.take()).await;
        // A task that is cut short ends with the program.
        let Ok(taken) = taken else { return };
        if let Err(error) = &taken
            && !is_failing
        {
            tracing::warn!(%error, "cannot keep room for a full disk");
        }
        is_failing = taken.is_err();
    }
}
