//! Failures as the log sees them: with every cause. What a client sees is in `http::problem` and in `app`.

use std::error::Error;

use domain::Failure;

/// An error with its causes, on one line.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Logs what a person has to know about; what was asked wrongly is the asker's matter.
pub fn logged(failure: Failure) -> Failure {
    match &failure {
        Failure::NotFound | Failure::Invalid(_) => {}
        Failure::Unavailable { .. } => tracing::warn!(cause = chain(&failure), "refused for now"),
        Failure::Internal { .. } => tracing::error!(cause = chain(&failure), "failed"),
    }
    failure
}
