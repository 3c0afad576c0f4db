//! The box that adds trackers.

use leptos::{html, prelude::*};

use crate::ui::{Actions, Icon};

/// A box to paste targets into, one a line. With script, Enter sends it.
#[component]
pub fn AddTrackers(
    /// Of this page.
    actions: Actions,
) -> impl IntoView {
    let problem = Memo::new(move |_| actions.add_problem());
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        let is_done = actions.add.value().with(|value| matches!(value, Some(Ok(_))));
        if let (true, Some(field)) = (is_done, field.get_untracked()) {
            field.set_value("");
        }
    });
    let send_on_enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            if let Some(form) = field.get_untracked().and_then(|field| field.form()) {
                // It fails only for a form that is no longer in the document.
                drop(form.request_submit());
            }
        }
    };
    view! {
        <ActionForm action=actions.add attr:class="paste">
            <label for="url">"Add a tracker"</label>
            <div class="row-in">
                <textarea
                    id="url"
                    name="url"
                    rows="1"
                    placeholder="https://example.org"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    required
                    node_ref=field
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    aria-describedby=move || {
                        if problem.with(Option::is_some) { "url-problem url-hint" } else { "url-hint" }
                    }
                    on:keydown=send_on_enter
                    inner_html=escaped(&actions.kept_targets().unwrap_or_default())
                ></textarea>
                <button class="btn primary" type="submit" aria-busy=move || actions.add.pending().get().then_some("true")>
                    <Icon name="#i-plus" />
                    "Add"
                </button>
            </div>
            {move || problem.get().map(|problem| {
                view! {
                    <p class="error" id="url-problem" role="alert">
                        <Icon name="#i-alert" />
                        <span>{problem}</span>
                    </p>
                }
            })}
            <p class="hint" id="url-hint">
                "A URL, or several, one a line. Each is checked every 30 s; up means status 200."
            </p>
        </ActionForm>
    }
}

/// Text as the content of a textarea. As a child it would not do: an empty child is rendered as a space.
fn escaped(text: &str) -> String {
    let printable = |c: char| if c.is_control() && !"\t\r\n".contains(c) { '\u{FFFD}' } else { c };
    let text: String = text.chars().map(printable).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_leave_its_field() {
        assert_eq!(escaped("</textarea><b>&amp;"), "&lt;/textarea&gt;&lt;b&gt;&amp;amp;");
    }
}
