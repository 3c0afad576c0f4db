//! The one tooltip of the page. What is looked at is also the cursor of its bar and the value of the scrubber.
//!
//! It opens at once, can be hovered, and closes on Escape or elsewhere (WCAG 1.4.13); a click or a tap pins it.

use std::time::Duration;

use domain::{SHOWN_CHECKS, Timestamp, TrackerId, TrackerView};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast as _};

use crate::{
    format,
    spot::{self, Spot},
    ui::{Icon, part, reactive, still},
};

/// What the page's tooltip shows; by context, one a document.
#[derive(Clone, Copy)]
pub struct Tips {
    shown: RwSignal<Option<Shown>>,
}

/// A bar that can be looked at.
#[derive(Clone, Copy, PartialEq)]
pub struct Looked {
    /// Whose bar it is.
    pub id: TrackerId,
    /// The tracker.
    pub view: RwSignal<TrackerView>,
    /// The server's time, once it is known in this browser.
    pub now: RwSignal<Option<Timestamp>>,
}

#[derive(Clone, Copy, PartialEq)]
struct Shown {
    looked: Looked,
    spot: Spot,
    hold: Hold,
}

/// What keeps a tooltip open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The pointer over the bar.
    Pointer,
    /// The focus of the scrubber.
    Focus,
    /// A click.
    Pin,
}

/// How long the pointer may take from the bar to the tooltip.
const WAY: Duration = Duration::from_millis(200);

impl Tips {
    /// To be called once, in a browser.
    pub fn provide() {
        provide_context(Self { shown: RwSignal::new(None) });
    }

    /// The page's.
    pub fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self { shown: RwSignal::new(None) })
    }

    /// The place of a tracker's bar that is looked at.
    pub fn place(self, id: TrackerId) -> Option<usize> {
        self.shown.with(|shown| shown.filter(|shown| shown.looked.id == id).and_then(Shown::place))
    }

    /// What keeps it open, if it shows this tracker's bar.
    pub fn hold(self, id: TrackerId) -> Option<Hold> {
        let of = |shown: &Option<Shown>| shown.filter(|shown| shown.looked.id == id).map(|shown| shown.hold);
        self.shown.try_with_untracked(of).flatten()
    }

    /// Looks at a place. A pinned tooltip stays where it is when a pointer only passes by.
    pub fn look(self, looked: Looked, place: usize, hold: Hold) {
        let spot = looked.view.with_untracked(|view| Spot::at(&view.cells, place));
        let before = self.shown.get_untracked();
        let hold = match before {
            Some(shown) if hold == Hold::Pointer && shown.hold == Hold::Pin => return,
            Some(shown) if hold == Hold::Pointer && shown.hold == Hold::Focus => Hold::Focus,
            _ => hold,
        };
        let shown = Some(Shown { looked, spot, hold });
        if before != shown {
            self.shown.set(shown);
        }
    }

    /// Pins a place; pinning it again lets go.
    pub fn pin(self, looked: Looked, place: usize) {
        let spot = looked.view.with_untracked(|view| Spot::at(&view.cells, place));
        let pinned = Some(Shown { looked, spot, hold: Hold::Pin });
        if self.shown.get_untracked() == pinned {
            self.close();
        } else {
            self.shown.set(pinned);
        }
    }

    /// The pointer left; it may be on its way to the tooltip.
    pub fn leave(self) {
        let arrive = move || {
            let is_held = |shown: &Option<Shown>| shown.is_some_and(|shown| shown.hold != Hold::Pointer);
            if self.shown.try_with_untracked(is_held) == Some(false) && !is_pointed_at() {
                self.close();
            }
        };
        set_timeout(arrive, WAY);
    }

    /// Shows nothing any more.
    pub fn close(self) {
        if self.shown.try_with_untracked(Option::is_some) == Some(true) {
            self.shown.set(None);
        }
    }

    /// Closes unless something else keeps it open.
    pub fn let_go(self, id: TrackerId, hold: Hold) {
        if self.hold(id) == Some(hold) {
            self.close();
        }
    }
}

impl Shown {
    fn place(self) -> Option<usize> {
        self.looked.view.try_with(|view| self.spot.place(&view.cells))
    }
}

/// Whether the pointer is where the tooltip may stay.
fn is_pointed_at() -> bool {
    matches!(document().query_selector(".tip:hover, .bar:hover"), Ok(Some(_)))
}

/// The name of a bar's element.
pub fn bar_name(id: TrackerId) -> String {
    format!("bar-{id}")
}

/// The tooltip; once a page, inside `main`, from which its place is measured.
#[component]
pub fn TipCard() -> impl IntoView {
    let tips = Tips::of_page();
    let told = move || tips.shown.get().and_then(Told::of);
    Effect::new(move |_| {
        let at = tips.shown.get().and_then(|shown| Some((shown.looked.id, shown.place()?)));
        // It grows and shrinks with what it says.
        let _ = told();
        if let Some((id, place)) = at {
            request_animation_frame(move || put(id, place));
        }
    });
    Effect::new(move |_| {
        // They stay as long as the document.
        window_event_listener(ev::pointerdown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let is_ours =
                target.and_then(|target| target.closest(".tip, .bar, .slider, .seg").ok().flatten());
            if is_ours.is_none() {
                tips.close();
            }
        });
        window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                tips.close();
            }
        });
    });
    view! {
        <div
            class="tip"
            id="tip"
            role="tooltip"
            hidden=reactive(move || told().is_none())
            on:pointerleave=move |_| tips.leave()
        >
            {part(move || told().map(Told::into_view))}
        </div>
    }
}

/// What the tooltip says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    number: usize,
    class: &'static str,
    icon: &'static str,
    word: &'static str,
    when: Option<(Timestamp, Option<Duration>)>,
    took: Option<String>,
    why: String,
    outage: Option<String>,
    keys: bool,
}

impl Told {
    fn of(shown: Shown) -> Option<Self> {
        let now = shown.looked.now.try_get().flatten();
        shown.looked.view.try_with(|view| {
            let place = shown.spot.place(&view.cells);
            let cell = spot::cell_at(&view.cells, place);
            let mark = cell.map_or(domain::Mark::Unknown, domain::Cell::mark);
            let (class, icon) = spot::look(mark);
            Self {
                number: place + 1,
                class,
                icon,
                word: mark.word(),
                when: cell.map(|cell| (cell.due, now.map(|now| now.since(cell.due)))),
                took: cell.and_then(|cell| cell.latency).map(format::latency),
                why: cell.map_or_else(|| words::TIP_NOT_CHECKED.into(), spot::why),
                outage: spot::outage(&view.cells, place, &view.about.told),
                keys: shown.hold == Hold::Focus,
            }
        })
    }

    fn into_view(self) -> impl IntoView {
        let (class, icon) = (format!("state {}", self.class), self.icon);
        view! {
            <p class="top">
                <span class=class>
                    <Icon name=icon />
                    <span>{self.word}</span>
                </span>
                {self.when.map(|(at, age)| {
                    let age = age.map(|age| format!(" · {}", words::ago(format::at_a_glance(age))));
                    view! { <time datetime=at.to_string()>{format::day_and_time(at)} {format!(":{:02} UTC", at.time_of_day().2)} {age}</time> }
                })}
            </p>
            <p>{self.took.map(|took| view! { <b>{took} " ms"</b> " · " })} {self.why}</p>
            {self.outage.map(|outage| view! { <p class="dim">{outage}</p> })}
            <p class="hint">
                <span>{words::x_of_y(self.number, SHOWN_CHECKS)}</span>
                {self.keys.then(|| view! { <span><kbd>"← →"</kbd> {words::TIP_STEP} <kbd>"n p"</kbd> {words::TIP_NOT_UP} {still(&["<kbd>", words::KEYS_ENTER, "</kbd>"])} {words::TIP_IN_TABLE}</span> })}
            </p>
        }
    }
}

/// Puts the card under its place, or over it where there is no room, inside the page.
fn put(id: TrackerId, place: usize) {
    let element = |name: &str| document().get_element_by_id(name);
    let (Some(card), Some(bar), Some(page)) = (element("tip"), element(&bar_name(id)), element("main"))
    else {
        return;
    };
    let Ok(card) = card.dyn_into::<web_sys::HtmlElement>() else { return };
    let (bar, page) = (bar.get_bounding_client_rect(), page.get_bounding_client_rect());
    let (wide, high) = (f64::from(card.offset_width()), f64::from(card.offset_height()));
    let below =
        window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default() - bar.bottom();
    #[expect(clippy::cast_precision_loss, reason = "below 60")]
    let middle = bar.left() + bar.width() * (place as f64 + 0.5) / 60.0;
    let left = beside(middle - page.left(), wide, page.width());
    let fits = below >= high + GAP || bar.top() < high + GAP;
    let top = if fits { bar.bottom() + GAP } else { bar.top() - GAP - high } - page.top();
    // By the object model, not by an attribute, which the content policy forbids. A card that is gone needs no place.
    let style = card.style();
    drop(style.set_property("left", &pixels(left)));
    drop(style.set_property("top", &pixels(top)));
}

/// Whole pixels: printing fractions would be the only use of a large part of the standard library.
#[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
fn pixels(length: f64) -> String {
    format!("{}px", length.round() as i32)
}

/// Between bar and card.
const GAP: f64 = 8.0;

/// The left edge of a card that is centred at `middle` where it can be, and never leaves the page.
fn beside(middle: f64, wide: f64, page: f64) -> f64 {
    (middle - wide / 2.0).min(page - wide - GAP).max(GAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_never_leaves_the_page() {
        for (middle, left) in [(500.0, 350.0), (0.0, 8.0), (1_000.0, 692.0)] {
            assert!((beside(middle, 300.0, 1_000.0) - left).abs() < f64::EPSILON, "{middle}");
        }
        assert!(
            (beside(150.0, 320.0, 300.0) - 8.0).abs() < f64::EPSILON,
            "a narrow page keeps the beginning"
        );
    }
}
