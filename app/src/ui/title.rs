//! A document title that follows signals.

use leptos::prelude::*;

/// The text for a [`leptos_meta::Title`].
///
/// On the server the title is read when the page is already on its way, perhaps on another thread, where the page's signals
/// are out of reach: reading one would panic, and did under load. So the text is worked out at once and kept outside the
/// page's arena; in the browser an effect follows.
pub fn live_title(text: impl Fn() -> String + Send + Sync + 'static) -> impl Fn() -> String + Send + Sync {
    let shown = ArcRwSignal::new(untrack(&text));
    let following = shown.clone();
    Effect::new(move |_| {
        let newest = text();
        if following.with_untracked(|shown| *shown != newest) {
            following.set(newest);
        }
    });
    move || shown.get()
}
