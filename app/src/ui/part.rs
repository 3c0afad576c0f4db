//! Views without their types.
//!
//! Every closure and every view has a type of its own, and Leptos compiles its machinery anew for each. A page needs that
//! machinery only a few times: these functions put many closures and views into few types. A quarter of the
//! client was such repetition.

use std::any::Any;

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        html::InertElement,
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState, Render, add_attr::AddAnyAttr},
    },
};

use crate::backend::IS_SERVER;

/// Something that follows the signals it reads: text, an attribute, a part of the page.
pub type Reactive<T> = Box<dyn FnMut() -> T + Send>;

/// Follows signals with a text or an attribute.
pub fn reactive<T>(value: impl FnMut() -> T + Send + 'static) -> Reactive<T> {
    Box::new(value)
}

/// Follows signals with a part of the page.
pub fn part<V: IntoView + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> Reactive<Part> {
    Box::new(move || whole(view()))
}

/// A view without its type. It has to be an element or hold one, even if that is only a placeholder.
pub fn whole<V: IntoView + 'static>(view: V) -> Part {
    const { assert!(V::EXISTS, "nothing stands for this view in the document, so nothing could replace it") };
    Part(Box::new(view))
}

/// An element that never changes: pieces of HTML and, at every second place, a text. It has no type of its own, so it adds nothing to the client
/// but its characters.
pub fn still(pieces: &[&str]) -> InertElement {
    let mut html = String::new();
    for (n, piece) in pieces.iter().enumerate() {
        if n.is_multiple_of(2) {
            html.push_str(piece);
        } else {
            html.push_str(&escaped(piece));
        }
    }
    InertElement::new(html)
}

/// Text as it stands in HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A view of any type.
///
/// [`AnyView`] does the same, but holds a second way to hydrate for each type, which only routes need whose code is loaded
/// later.
pub struct Part(Box<dyn Erased>);

/// A part in the document.
pub struct PartState(Box<dyn ErasedState>);

trait Erased: Send {
    fn build(self: Box<Self>) -> PartState;
    fn rebuild(self: Box<Self>, state: &mut PartState);
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState;

    fn to_html(self: Box<Self>, to: &mut String, position: &mut Position, style: (bool, bool));
}

impl<V: IntoView + 'static> Erased for V {
    fn build(self: Box<Self>) -> PartState {
        PartState(Box::new(Shown::<V>(Render::build(*self))))
    }

    fn rebuild(self: Box<Self>, state: &mut PartState) {
        if let Some(shown) = state.0.as_any().downcast_mut::<Shown<V>>() {
            Render::rebuild(*self, &mut shown.0);
        } else {
            state.replace(Erased::build(self));
        }
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState {
        PartState(Box::new(Shown::<V>(RenderHtml::hydrate::<true>(*self, cursor, position))))
    }

    fn to_html(self: Box<Self>, to: &mut String, position: &mut Position, (escape, mark): (bool, bool)) {
        // In the client it must cost nothing.
        if IS_SERVER {
            self.to_html_with_buf(to, position, escape, mark, Vec::new());
        }
    }
}

impl Render for Part {
    type State = PartState;

    fn build(self) -> PartState {
        self.0.build()
    }

    fn rebuild(self, state: &mut PartState) {
        self.0.rebuild(state);
    }
}

/// Attributes that are given from outside do not reach into a part.
impl AddAnyAttr for Part {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    // Nothing has to be waited for: pages are loaded before they are rendered.
    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html(buf, position, (escape, mark_branches));
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> PartState {
        self.0.hydrate(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// What a view of type `V` became in the document. Not only `V::State`: a `p` and a `span` share that.
struct Shown<V: Render>(V::State);

trait ErasedState: Mountable {
    fn as_any(&mut self) -> &mut dyn Any;
}

impl<V: Render + 'static> ErasedState for Shown<V> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

impl PartState {
    fn replace(&mut self, mut by: Self) {
        self.insert_before_this(&mut by);
        self.unmount();
        *self = by;
    }
}

impl<V: Render> Mountable for Shown<V> {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl Mountable for PartState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_element_holds_its_texts_as_text() {
        let html = still(&["<p>", "a & b", " <b>", "</b><i>", "</b></p>"]).to_html();
        assert_eq!(html, "<p>a &amp; b <b>&lt;/b&gt;&lt;i&gt;</b></p>");
    }
}
