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
    ui::{part, reactive, whole},
};

/// The bar of one tracker. A pointer over it, or a tap, opens the page's tooltip.
#[component]
pub fn Bar(
    /// The tracker; the bar follows it.
    view: RwSignal<TrackerView>,
    /// The server's time, once it is known in this browser.
    now: RwSignal<Option<Timestamp>>,
    /// Whether something around the bar says it in words already.
    #[prop(optional)]
    decorative: Option<RwSignal<bool>>,
) -> impl IntoView {
    let tips = Tips::of_page();
    let id = view.with_untracked(|view| view.id);
    let looked = Looked { id, view, now };
    on_cleanup(move || {
        if tips.hold(id).is_some() {
            tips.close();
        }
    });
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
    let mut seen = None;
    let mut arrivals = 0_u32;
    // Two names for one animation: changing the name starts it again.
    let fresh = move || {
        let newest = view.with(|view| view.cells.last().map(|cell| cell.due));
        if seen.replace(newest).is_some_and(|before| before != newest) {
            arrivals += 1;
        }
        match arrivals {
            0 => "still",
            odd if odd % 2 == 1 => "fresh",
            _ => "fresh again",
        }
    };
    let is_decorative = move || decorative.is_some_and(|decorative| decorative.get());
    let label = move || (!is_decorative()).then(|| view.with(|view| label(&view.cells)));
    let cursor = move || tips.place(id).map(|place| view! { <path class="cursor" d=frame(place)></path> });
    view! {
        <svg
            class="bar"
            viewBox="0 0 480 32"
            preserveAspectRatio="none"
            shape-rendering="crispEdges"
            id=bar_name(id)
            role=reactive(move || (!is_decorative()).then_some("img"))
            aria-hidden=reactive(move || is_decorative().then_some("true"))
            aria-label=reactive(label)
            on:pointermove=hover
            on:pointerleave=move |_| tips.leave()
            on:click=pin
        >
            {part(move || view.with(|view| drawing(&view.cells)))}
            <rect class=reactive(fresh) x="472" width="8" height="32"></rect>
            {part(cursor)}
        </svg>
    }
}

/// One path for each mark that occurs.
pub fn drawing(cells: &[Cell]) -> impl IntoView + use<> {
    let path = |(mark, d): (Mark, String)| whole(view! { <path class=class(mark) d=d></path> });
    paths(cells).into_iter().map(path).collect::<Vec<_>>()
}

/// The bar of a tracker that does not exist yet.
#[component]
pub fn EmptyBar() -> impl IntoView {
    view! {
        <svg
            class="bar"
            viewBox="0 0 480 32"
            preserveAspectRatio="none"
            shape-rendering="crispEdges"
            aria-hidden="true"
        >
            {drawing(&[])}
        </svg>
    }
}

/// What the shapes mean. Text, because it never changes: the client has no view for it.
#[component]
pub fn Legend() -> impl IntoView {
    view! { <ul class="legend" aria-label=words::BAR_LEGEND inner_html=legend()></ul> }
}

fn legend() -> String {
    let mut html = String::new();
    for mark in Mark::ALL {
        html.push_str(
            r#"<li><svg class="swatch" viewBox="0 0 8 32" preserveAspectRatio="none" shape-rendering="crispEdges" "#,
        );
        // Writing to a string cannot fail.
        let _ = write!(html, r#"aria-hidden="true"><path class="{}" d=""#, class(mark));
        draw(&mut html, mark, 1);
        let _ = write!(html, r#""/></svg>{}</li>"#, mark.word());
    }
    html
}

/// The marks of the 60 places. Of more than 60 cells, the newest count.
fn marks(cells: &[Cell]) -> Vec<Mark> {
    let shown = &cells[cells.len().saturating_sub(SHOWN_CHECKS)..];
    let missing = SHOWN_CHECKS - shown.len();
    std::iter::repeat_n(Mark::Unknown, missing).chain(shown.iter().map(Cell::mark)).collect()
}

/// For each mark that occurs among these cells, oldest first, the data of its path.
fn paths(cells: &[Cell]) -> Vec<(Mark, String)> {
    let marks = marks(cells);
    let paths = Mark::ALL.into_iter().filter_map(|mark| {
        let mut d = String::new();
        marks.iter().enumerate().filter(|(_, other)| **other == mark).for_each(|(slot, _)| {
            draw(&mut d, mark, slot * PITCH + 1);
        });
        (!d.is_empty()).then_some((mark, d))
    });
    paths.collect()
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

/// The bar in words, for who cannot see it.
fn label(cells: &[Cell]) -> String {
    let counts = counts(cells);
    let failure =
        cells.iter().rev().take(SHOWN_CHECKS).find(|cell| matches!(cell.mark(), Mark::Retrying | Mark::Down));
    let failure = failure.map_or(String::new(), |cell| words::bar_last_failure(moment(cell.due)));
    words::bar_label(SHOWN_CHECKS, counts, failure)
}

/// How many there are of each mark: `56 up, 4 without data`.
pub fn counts(cells: &[Cell]) -> String {
    let marks = marks(cells);
    let counts = Mark::ALL.into_iter().filter_map(|mark| {
        let count = marks.iter().filter(|other| **other == mark).count();
        let word = if mark == Mark::Unknown { words::BAR_WITHOUT_DATA } else { mark.word() };
        (count > 0).then(|| format!("{count} {word}"))
    });
    format::joined(counts, ", ")
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
                's' => Outcome::Degraded(Fault::new(FaultKind::Slow, "")),
                'r' | 'd' => Outcome::Down(Fault::new(FaultKind::Refused, "")),
                _ => Outcome::Unknown(Reason::Overload),
            },
            latency: None,
            retrying: letter == 'r',
        };
        letters.chars().enumerate().map(cell).collect()
    }

    fn places(letters: &str) -> usize {
        let count = |(mark, d): (Mark, String)| {
            d.matches('M').count() / if matches!(mark, Mark::Slow | Mark::Retrying) { 2 } else { 1 }
        };
        paths(&cells(letters)).into_iter().map(count).sum()
    }

    #[test]
    fn there_are_always_sixty_places() {
        for letters in ["", "u", "udsrn", &"u".repeat(60), &"ud".repeat(50)] {
            assert_eq!(places(letters), 60, "{letters}");
        }
    }

    #[test]
    fn only_marks_that_occur_have_a_path() {
        let marks: Vec<Mark> = paths(&cells(&"u".repeat(60))).into_iter().map(|(mark, _)| mark).collect();
        assert_eq!(marks, [Mark::Up]);
        assert_eq!(paths(&[]).len(), 1);
    }

    #[test]
    fn the_newest_stands_on_the_right_and_each_mark_has_its_shape() {
        let drawn = paths(&cells(&format!("{}srdu", "n".repeat(56))));
        let path = |mark| drawn.iter().find(|(other, _)| *other == mark).map(|(_, d)| d.as_str()).unwrap();
        assert_eq!(path(Mark::Slow), "M449 10h6v3h-6zM449 16h6v16h-6z");
        assert_eq!(path(Mark::Retrying), "M457 10h6v9h-6zM457 23h6v9h-6z");
        assert_eq!(path(Mark::Down), "M465 0h6v32h-6z");
        assert_eq!(path(Mark::Up), "M473 10h6v22h-6z");
        assert!(path(Mark::Unknown).starts_with("M1 28h6v4h-6zM9 28"));
    }

    #[test]
    fn the_legend_shows_each_mark_with_its_word() {
        let legend = legend();
        assert!(
            legend.contains(r#"<path class="s" d="M1 10h6v3h-6zM1 16h6v16h-6z"/></svg>slow</li>"#),
            "{legend}"
        );
        assert_eq!(legend.matches("<li>").count(), Mark::ALL.len());
    }

    #[test]
    fn the_bar_is_told_in_words() {
        assert_eq!(
            label(&cells("uudru")),
            "Last 60 checks, newest last: 3 up, 1 retrying, 1 down, 55 without data. Last failure 1 Jan, 00:00:03 UTC."
        );
    }
}
