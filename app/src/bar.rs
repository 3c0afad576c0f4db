//! The bar of 60 checks: one drawing with one path for each mark that occurs, so that a page of a hundred trackers stays
//! small and a new check changes a few strings.
//!
//! Every mark has a shape of its own; colour only repeats it. There are always 60 places, the newest on the right; places
//! without a check are drawn as no data.

use std::fmt::Write as _;

use domain::{Cell, Mark, SHOWN_CHECKS, Timestamp, TrackerView};
use leptos::{prelude::*, wasm_bindgen::JsCast as _};

use crate::{
    format, spot,
    tip::{Hold, Looked, Tips, bar_name},
};

/// The bar of one tracker. A pointer over it, or a tap, opens the page's tooltip.
#[component]
pub fn Bar(
    /// The tracker; the bar follows it.
    #[prop(into)]
    view: Signal<TrackerView>,
    /// The server's time, once it is known in this browser.
    now: RwSignal<Option<Timestamp>>,
    /// Whether something around the bar says it in words already.
    #[prop(optional, into)]
    decorative: Signal<bool>,
) -> impl IntoView {
    let tips = Tips::of_page();
    let id = view.with_untracked(|view| view.id);
    let looked = Looked { id, view, now };
    on_cleanup(move || {
        if tips.hold(id).is_some() {
            tips.close();
        }
    });
    let cursor = Memo::new(move |_| tips.place(id));
    let hover = move |event: leptos::ev::PointerEvent| {
        // A finger does not hover: it taps.
        if event.pointer_type() != "touch"
            && let Some(place) = place_of(&event)
        {
            tips.look(looked, place, Hold::Pointer);
        }
    };
    let pin = move |event: leptos::ev::MouseEvent| {
        if let Some(place) = place_of(&event) {
            tips.pin(looked, place);
        }
    };
    let drawing = Memo::new(move |_| view.with(|view| Drawing::of(&view.cells)));
    let arrivals = Memo::new(move |before: Option<&(Option<Timestamp>, u32)>| {
        let newest = view.with(|view| view.cells.last().map(|cell| cell.due));
        let counted = before.map_or(0, |(last, count)| count + u32::from(*last != newest));
        (newest, counted)
    });
    // Two names for one animation: changing the name starts it again.
    let fresh = move || match arrivals.get().1 {
        0 => "still",
        odd if odd % 2 == 1 => "fresh",
        _ => "fresh again",
    };
    let path = move |mark: Mark| {
        move || {
            drawing.with(|drawing| drawing.path(mark)).map(|d| view! { <path class=class(mark) d=d></path> })
        }
    };
    view! {
        <svg
            class="bar"
            viewBox="0 0 480 32"
            preserveAspectRatio="none"
            shape-rendering="crispEdges"
            id=bar_name(id)
            role=move || (!decorative.get()).then_some("img")
            aria-hidden=move || decorative.get().then_some("true")
            aria-label=move || (!decorative.get()).then(|| drawing.with(|drawing| drawing.label.clone()))
            on:pointermove=hover
            on:pointerleave=move |_| tips.leave()
            on:click=pin
        >
            {Mark::ALL.map(path).to_vec()}
            <rect class=fresh x="472" width="8" height="32"></rect>
            {move || cursor.get().map(|place| view! { <path class="cursor" d=frame(place)></path> })}
        </svg>
    }
}

/// The bar of a tracker that does not exist yet.
#[component]
pub fn EmptyBar() -> impl IntoView {
    let drawing = Drawing::of(&[]);
    view! {
        <svg
            class="bar"
            viewBox="0 0 480 32"
            preserveAspectRatio="none"
            shape-rendering="crispEdges"
            aria-hidden="true"
        >
            <path class=class(Mark::Unknown) d=drawing.path(Mark::Unknown).unwrap_or_default()></path>
        </svg>
    }
}

/// What the shapes mean.
#[component]
pub fn Legend() -> impl IntoView {
    let swatch = |mark: Mark| {
        let mut d = String::new();
        draw(&mut d, mark, 1);
        view! {
            <li>
                <svg
                    class="swatch"
                    viewBox="0 0 8 32"
                    preserveAspectRatio="none"
                    shape-rendering="crispEdges"
                    aria-hidden="true"
                >
                    <path class=class(mark) d=d></path>
                </svg>
                {mark.word()}
            </li>
        }
    };
    view! {
        <ul class="legend" aria-label="Legend">
            {Vec::from(Mark::ALL.map(swatch))}
        </ul>
    }
}

/// A bar, ready to be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// For each mark that occurs, the data of its path.
    pub paths: Vec<(Mark, String)>,
    /// The bar in words, for who cannot see it.
    pub label: String,
}

impl Drawing {
    /// Draws cells, oldest first. Of more than 60, the newest count.
    pub fn of(cells: &[Cell]) -> Self {
        let shown = &cells[cells.len().saturating_sub(SHOWN_CHECKS)..];
        let missing = SHOWN_CHECKS - shown.len();
        let marks: Vec<Mark> =
            std::iter::repeat_n(Mark::Unknown, missing).chain(shown.iter().map(Cell::mark)).collect();
        let paths = Mark::ALL.into_iter().filter_map(|mark| {
            let mut d = String::new();
            marks.iter().enumerate().filter(|(_, other)| **other == mark).for_each(|(slot, _)| {
                draw(&mut d, mark, slot * PITCH + 1);
            });
            (!d.is_empty()).then_some((mark, d))
        });
        Self { paths: paths.collect(), label: label(&marks, shown) }
    }

    /// The data of a mark's path.
    pub fn path(&self, mark: Mark) -> Option<String> {
        self.paths.iter().find(|(other, _)| *other == mark).map(|(_, d)| d.clone())
    }
}

/// Units from one place to the next; 6 are drawn, 2 are the gap.
const PITCH: usize = 8;

/// Draws one mark with its left edge at `x`.
fn draw(path: &mut String, mark: Mark, x: usize) {
    let boxes: &[(u8, u8)] = match mark {
        Mark::Up => &[(10, 22)],
        Mark::Slow => &[(10, 3), (16, 16)],
        Mark::Retrying => &[(10, 9), (23, 9)],
        Mark::Down => &[(0, 32)],
        Mark::Unknown => &[(28, 4)],
    };
    for (y, height) in boxes {
        // Writing to a string cannot fail.
        let _ = write!(path, "M{x} {y}h6v{height}h-6z");
    }
}

/// The frame round the place that is looked at.
fn frame(place: usize) -> String {
    format!("M{} -2h8v36h-8z", place * PITCH)
}

/// The place under a pointer.
fn place_of(event: &leptos::ev::MouseEvent) -> Option<usize> {
    let bar = event.current_target()?.dyn_into::<web_sys::Element>().ok()?.get_bounding_client_rect();
    Some(spot::place_under(f64::from(event.client_x()) - bar.left(), bar.width()))
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Up => "u",
        Mark::Slow => "s",
        Mark::Retrying => "p",
        Mark::Down => "d",
        Mark::Unknown => "n",
    }
}

fn label(marks: &[Mark], shown: &[Cell]) -> String {
    let counts = Mark::ALL.into_iter().filter_map(|mark| {
        let count = marks.iter().filter(|other| **other == mark).count();
        let word = if mark == Mark::Unknown { "without data" } else { mark.word() };
        (count > 0).then(|| format!("{count} {word}"))
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let failure = shown.iter().rev().find(|cell| cell.fault().is_some());
    let failure = failure.map_or(String::new(), |cell| format!(" Last failure {}.", moment(cell.due)));
    format!("Last {SHOWN_CHECKS} checks, newest last: {counts}.{failure}")
}

fn moment(at: Timestamp) -> String {
    format!("{}:{:02} UTC", format::day_and_time(at), at.time_of_day().2)
}

#[cfg(test)]
mod tests {
    use domain::{Fault, FaultKind, Outcome, Reason};

    use super::*;

    /// Cells from letters, one a second: `u` up, `s` slow, `r` retrying, `d` down, `n` unknown.
    fn cells(letters: &str) -> Vec<Cell> {
        let cell = |(n, letter): (usize, char)| Cell {
            due: Timestamp(i64::try_from(n).unwrap() * 1_000),
            attempt: 0,
            outcome: match letter {
                'u' => Outcome::Up,
                's' => Outcome::Degraded,
                'r' | 'd' => Outcome::Down(Fault::new(FaultKind::Refused, "")),
                _ => Outcome::Unknown(Reason::Overload),
            },
            latency: None,
            retrying: letter == 'r',
        };
        letters.chars().enumerate().map(cell).collect()
    }

    fn places(drawing: &Drawing) -> usize {
        drawing
            .paths
            .iter()
            .map(|(mark, d)| {
                d.matches('M').count() / if matches!(mark, Mark::Slow | Mark::Retrying) { 2 } else { 1 }
            })
            .sum()
    }

    #[test]
    fn there_are_always_sixty_places() {
        for letters in ["", "u", "udsrn", &"u".repeat(60), &"ud".repeat(50)] {
            assert_eq!(places(&Drawing::of(&cells(letters))), 60, "{letters}");
        }
    }

    #[test]
    fn only_marks_that_occur_have_a_path() {
        let drawing = Drawing::of(&cells(&"u".repeat(60)));
        assert_eq!(drawing.paths.iter().map(|(mark, _)| *mark).collect::<Vec<_>>(), [Mark::Up]);
        assert_eq!(Drawing::of(&[]).paths.len(), 1);
    }

    #[test]
    fn the_newest_stands_on_the_right_and_each_mark_has_its_shape() {
        let drawing = Drawing::of(&cells(&format!("{}srdu", "n".repeat(56))));
        assert_eq!(drawing.path(Mark::Slow).unwrap(), "M449 10h6v3h-6zM449 16h6v16h-6z");
        assert_eq!(drawing.path(Mark::Retrying).unwrap(), "M457 10h6v9h-6zM457 23h6v9h-6z");
        assert_eq!(drawing.path(Mark::Down).unwrap(), "M465 0h6v32h-6z");
        assert_eq!(drawing.path(Mark::Up).unwrap(), "M473 10h6v22h-6z");
        assert!(drawing.path(Mark::Unknown).unwrap().starts_with("M1 28h6v4h-6zM9 28"));
    }

    #[test]
    fn the_bar_is_told_in_words() {
        assert_eq!(
            Drawing::of(&cells("uudru")).label,
            "Last 60 checks, newest last: 3 up, 1 retrying, 1 down, 55 without data. Last failure 1 Jan, 00:00:03 UTC."
        );
    }
}
