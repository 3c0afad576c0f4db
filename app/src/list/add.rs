//! The box that adds trackers.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast as _};
use server_fn::ServerFn;

use crate::{
    api,
    ui::{self, Changes, Icon, part, reactive, still},
};

/// A box to paste targets into, one a line. With script, Enter sends it.
#[component]
pub fn AddTrackers(
    /// Of this page.
    changes: Changes,
) -> impl IntoView {
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let form = event.target().and_then(|form| form.dyn_into::<web_sys::Element>().ok());
        let field = form.and_then(|form| form.query_selector("textarea").ok().flatten());
        if let Some(field) = field.and_then(|field| field.dyn_into().ok()) {
            changes.add(field);
        }
    };
    let send_on_enter = |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            let field =
                event.target().and_then(|field| field.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
            if let Some(form) = field.and_then(|field| field.form()) {
                // It fails only for a form that is no longer in the document.
                drop(form.request_submit());
            }
        }
    };
    let has_problem = move || changes.add_problem().is_some();
    let described_by = move || Some(if has_problem() { "url-problem url-hint" } else { "url-hint" });
    let problem = move || {
        changes.add_problem().map(|problem| {
            view! {
                <p class="error" id="url-problem" role="alert">
                    <Icon name="#i-alert" />
                    <span>{problem}</span>
                </p>
            }
        })
    };
    view! {
        <form action=api::AddTracker::PATH method="post" class="paste" on:submit=send>
            {still(&[r#"<label for="url">"#, words::LIST_ADD, "</label>"])}
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
                    aria-keyshortcuts="n"
                    aria-invalid=reactive(move || has_problem().then_some("true"))
                    aria-describedby=reactive(described_by)
                    on:keydown=send_on_enter
                    inner_html=escaped(&changes.kept_targets())
                ></textarea>
                <button class="btn primary" type="submit" aria-busy=reactive(move || changes.is_adding().then_some("true"))>
                    <Icon name="#i-plus" />
                    {words::ADD}
                </button>
            </div>
            {part(problem)}
            {still(&[
                r#"<p class="hint" id="url-hint">"#, words::LIST_ADD_HINT,
                r#"<a href="/t/new">"#, words::LIST_ADD_MORE,
                "</a></p>",
            ])}
        </form>
    }
}

/// Text as the content of a textarea. As a child it would not do: an empty child is rendered as a space.
fn escaped(text: &str) -> String {
    let printable = |c: char| if c.is_control() && !"\t\r\n".contains(c) { '\u{FFFD}' } else { c };
    let text: String = text.chars().map(printable).collect();
    ui::escaped(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_leave_its_field() {
        assert_eq!(escaped("</textarea><b>&amp;"), "&lt;/textarea&gt;&lt;b&gt;&amp;amp;");
    }
}
