//! What a browser with script adds to the form: a test beside it without leaving the page, and a word before changes are lost.
//!
//! No island: the form stays the server's HTML, and all that is done here is to listen. The test comes as pieces of HTML, each of
//! which says all that is known so far.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Reflect, Uint8Array};
use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast as _, JsValue},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Element, FormData, HtmlElement, HtmlFormElement, ReadableStreamDefaultReader,
    RequestInit, Response, UrlSearchParams,
};

use super::{FORM, READ, TEST, TEST_PATH, TRIAL};

/// What ends a piece of the answer.
pub const END: u8 = b'\x0c';

/// The form of this page.
#[derive(Clone)]
struct Editor {
    form: HtmlFormElement,
    /// What gives the test up that runs.
    running: Rc<RefCell<Option<AbortController>>>,
    /// Whether something would be lost.
    is_changed: Rc<Cell<bool>>,
}

/// Takes the form over, if the page has one. To be called once, in a browser.
pub fn wake() {
    let Some(form) = element(FORM).and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
    let is_changed = Rc::new(Cell::new(form.has_attribute("data-changed")));
    let editor = Editor { form, running: Rc::default(), is_changed };
    // They stay as long as the document.
    let own = editor.clone();
    window_event_listener(ev::submit, move |event| own.submitted(&event));
    let own = editor.clone();
    window_event_listener(ev::keydown, move |event| {
        let key = event.key();
        if event.ctrl_key() || event.meta_key() {
            match key.as_str() {
                "Enter" => own.start(),
                // It fails only for a form that is no longer in the document.
                "s" => drop(own.form.request_submit()),
                _ => return,
            }
            event.prevent_default();
        }
    });
    let own = editor.clone();
    window_event_listener(ev::input, move |event| own.changed(&event));
    let own = editor.clone();
    window_event_listener(ev::paste, move |event| {
        let own = own.clone();
        // The field has the text a moment later.
        request_animation_frame(move || own.read_line(&event));
    });
    window_event_listener(ev::beforeunload, move |event| {
        if editor.is_changed.get() {
            event.prevent_default();
        }
    });
}

impl Editor {
    /// A test stays on the page; whatever else is sent leaves it.
    fn submitted(&self, event: &ev::SubmitEvent) {
        if event.target().as_ref() != Some(self.form.as_ref()) {
            return;
        }
        let Some(button) = event.submitter() else { return self.is_changed.set(false) };
        if button.get_attribute("formaction").as_deref() != Some(TEST_PATH) {
            return self.is_changed.set(false);
        }
        event.prevent_default();
        let value = button.get_attribute("value").unwrap_or_default();
        match button.get_attribute("name").as_deref() {
            Some("fix") => {
                if let Some((name, value)) = value.split_once('=') {
                    self.write(name, value);
                }
            }
            Some("add") => self.add(&value),
            _ if self.running.take().inspect(AbortController::abort).is_some() => return,
            _ => {}
        }
        focus(TEST);
        self.start();
    }

    fn changed(&self, event: &ev::Event) {
        let Some(field) = event.target().and_then(|field| field.dyn_into::<Element>().ok()) else { return };
        if !self.form.contains(Some(&field)) {
            return;
        }
        self.is_changed.set(true);
        // What the line said is not so any more.
        let line = field.closest("details").ok().flatten();
        if let Some(line) = line.and_then(|fold| fold.query_selector(".now").ok().flatten()) {
            line.set_text_content(Some(words::EDITOR_CHANGED));
        }
    }

    /// A command line that was pasted is read by the server, as without script.
    fn read_line(&self, event: &ev::Event) {
        let pasted = event.target().and_then(|field| text(field.as_ref()));
        let is_command = pasted.is_some_and(|text| text.trim_start().starts_with("curl "));
        if let Some(button) = element(READ).filter(|_| is_command).and_then(|button| button.dyn_into().ok()) {
            // It fails only for a button that is not the form's.
            drop(self.form.request_submit_with_submitter(Some(&button)));
        }
    }

    fn write(&self, name: &str, value: &str) {
        self.is_changed.set(true);
        if let Some(field) = element(&super::field::id_of(name)) {
            // Every field has a value.
            drop(Reflect::set(&field, &"value".into(), &value.into()));
        }
    }

    fn add(&self, expectation: &str) {
        let before = element(&super::field::id_of("expect")).and_then(|field| text(field.as_ref()));
        let before = before.unwrap_or_default();
        let before = before.trim_end();
        let mark = if before.is_empty() { "" } else { "\n" };
        self.write("expect", &[before, mark, expectation].concat());
    }

    /// Tests what stands in the form. A test that runs is given up.
    fn start(&self) {
        let (Ok(abort), own) = (AbortController::new(), self.clone()) else { return };
        if let Some(before) = self.running.replace(Some(abort.clone())) {
            before.abort();
        }
        busy(true);
        spawn_local(async move {
            let answer = own.ask(&abort).await;
            let is_newest = own.running.borrow().as_ref() == Some(&abort);
            // Another one has the panel now.
            if own.running.borrow().is_some() && !is_newest {
                return;
            }
            own.running.take();
            busy(false);
            if answer.is_none() {
                let was_stopped = abort.signal().aborted();
                let word = if was_stopped { words::EDITOR_GIVEN_UP } else { words::ERROR_UNREACHABLE };
                show(&["<p>", word, "</p>"].concat());
            }
            let said = document().query_selector("#trial .verdict p").ok().flatten();
            if let (Some(said), Some(place)) = (said, element("trial-said")) {
                place.set_text_content(said.text_content().as_deref());
            }
        });
    }

    /// Shows the newest whole piece of the answer as it comes. Nothing when it broke off before the first.
    async fn ask(&self, abort: &AbortController) -> Option<()> {
        let fields = FormData::new_with_form(&self.form).ok()?;
        let fields = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_body(&fields);
        request.set_signal(Some(&abort.signal()));
        let response = JsFuture::from(window().fetch_with_str_and_init(TEST_PATH, &request)).await.ok()?;
        let response: Response = response.dyn_into().ok()?;
        let reader: ReadableStreamDefaultReader = response.body()?.get_reader().dyn_into().ok()?;
        let mut heard: Vec<u8> = Vec::new();
        loop {
            let piece = JsFuture::from(reader.read()).await.ok()?;
            let bytes = Reflect::get(&piece, &"value".into()).ok()?;
            if bytes.is_undefined() {
                return Some(());
            }
            heard.extend(bytes.unchecked_into::<Uint8Array>().to_vec());
            if let Some(end) = heard.iter().rposition(|byte| *byte == END) {
                let whole: Vec<u8> = heard.drain(..=end).collect();
                let newest = whole.rsplit(|byte| *byte == END).nth(1).unwrap_or_default();
                show(&String::from_utf8_lossy(newest));
            }
        }
    }
}

fn element(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

fn text(field: &JsValue) -> Option<String> {
    Reflect::get(field, &"value".into()).ok()?.as_string()
}

fn show(html: &str) {
    if let Some(place) = element(TRIAL) {
        place.set_inner_html(html);
    }
}

/// The button that started a test gives it up while it runs.
fn busy(is_busy: bool) {
    if let Some(place) = element(TRIAL) {
        drop(place.set_attribute("aria-busy", if is_busy { "true" } else { "false" }));
    }
    let word = element(TEST).and_then(|button| button.query_selector("span").ok().flatten());
    if let Some(word) = word {
        word.set_text_content(Some(if is_busy { words::EDITOR_STOP } else { words::TEST }));
    }
}

fn focus(id: &str) {
    if let Some(place) = element(id).and_then(|place| place.dyn_into::<HtmlElement>().ok()) {
        // What is gone needs no focus.
        drop(place.focus());
    }
}
