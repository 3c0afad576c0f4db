//! What a judgement means, and how it is told who watches.

use domain::{Answer, Expectations, Judgement, Outcome, Reviewed};

use super::redact::Redactor;

/// The verdict of a judgement.
pub(crate) fn outcome(judgement: Judgement) -> Outcome {
    match judgement {
        Judgement::Met => Outcome::Up,
        Judgement::Degraded(miss) => Outcome::Degraded(miss.fault()),
        Judgement::Down(miss) => Outcome::Down(miss.fault()),
    }
}

/// Every expectation on its own; what the target was told is masked.
pub(crate) fn reviewed(expect: &Expectations, answer: &Answer<'_>, redactor: &Redactor) -> Vec<Reviewed> {
    let mut reviewed = expect.review(answer);
    for one in &mut reviewed {
        one.found = redactor.clean(&one.found);
        one.fixes.retain(|fix| redactor.clean(&fix.expect) == fix.expect);
    }
    reviewed
}
