//! What a list is filtered and sorted by. Rendered on the server only, as pieces of HTML: links, and one plain form.

use domain::{ListRequest, Sort, TrackerPage};
use leptos::prelude::*;

use super::address::href;
use crate::{
    standing::Kind,
    ui::{Icon, Part, whole},
};

/// The most tags to choose from; the rest can be searched for.
const MOST_TAGS: usize = 24;

/// Search, filters and order; and what to say when nothing is left.
pub fn tools(request: &ListRequest, page: &TrackerPage) -> String {
    let nothing = page.trackers.is_empty().then(|| nothing(request));
    let all = view! {
        <form class="tools" action="/" method="get" role="search" aria-label=words::TRACKERS>
            {fields(request, page)}
        </form>
        <nav class="chips" aria-label=words::TOOLS_BY_STATE>
            {states(request, page)}
        </nav>
        {tags(request, page)}
        {nothing}
    };
    html(all)
}

/// The marks between texts are for hydration, which does not reach in here.
pub(super) fn html(view: impl IntoView) -> String {
    view.into_view().to_html().replace("<!>", "")
}

fn fields(request: &ListRequest, page: &TrackerPage) -> Part {
    let kept = request.pairs().into_iter().filter(|(name, _)| matches!(*name, "state" | "tag" | "density"));
    let kept: Vec<_> =
        kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    whole(view! {
        <div class="search">
            <Icon name="#i-search" />
            <input
                class="input"
                type="search"
                name="q"
                value=request.words.clone()
                placeholder=words::TOOLS_PLACEHOLDER
                aria-label=words::TOOLS_SEARCH
                aria-keyshortcuts="/"
                maxlength=ListRequest::LONGEST.to_string()
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
            />
            <kbd aria-hidden="true">"/"</kbd>
        </div>
        {kept}
        {groups(request, page)}
        {sorts(request)}
        {densities(request)}
        <button class="btn no-script" type="submit">
            {words::TOOLS_APPLY}
        </button>
    })
}

fn groups(request: &ListRequest, page: &TrackerPage) -> Option<Part> {
    let all = &page.facets.groups;
    if all.iter().all(|(name, _)| name.is_empty()) && request.group.is_none() {
        return None;
    }
    let option = |(name, count): &(String, u32)| {
        let (value, word) =
            if name.is_empty() { ("-", words::NO_GROUP) } else { (name.as_str(), name.as_str()) };
        let selected = request.group.as_ref() == Some(name);
        view! { <option value=value.to_owned() selected=selected>{format!("{word} ({count})")}</option> }
    };
    let options: Vec<_> = all.iter().map(option).collect();
    Some(whole(view! {
        <select class="select" name="group" aria-label=words::GROUP>
            <option value="">{words::TOOLS_ANY_GROUP}</option>
            {options}
        </select>
    }))
}

fn sorts(request: &ListRequest) -> Part {
    let options: Vec<_> = Sort::ALL
        .into_iter()
        .map(|(sort, word)| {
            let text = match sort {
                Sort::Place => words::TOOLS_SORT_PLACE,
                Sort::Name => words::NAME,
                Sort::State => words::TOOLS_SORT_STATE,
                Sort::Latency => words::TOOLS_SORT_LATENCY,
                Sort::Uptime => words::TOOLS_SORT_UPTIME,
            };
            view! { <option value=word selected=sort == request.sort>{text}</option> }
        })
        .collect();
    whole(view! {
        <select class="select" name="sort" aria-label=words::TOOLS_SORT>
            {options}
        </select>
    })
}

fn densities(request: &ListRequest) -> Part {
    let link = |compact: bool, word: &'static str, icon: &'static str| {
        let to = href(&ListRequest { compact, ..request.clone() });
        view! {
            <a class="btn icon" href=to aria-current=(compact == request.compact).then_some("true") aria-label=word title=word>
                <Icon name=icon />
            </a>
        }
    };
    whole(view! {
        <span class="seg">
            {link(false, words::TOOLS_COMFORTABLE, "#i-rows")} {link(true, words::TOOLS_COMPACT, "#i-rows2")}
        </span>
    })
}

/// A link for each state that there is, and for that which is asked for.
fn states(request: &ListRequest, page: &TrackerPage) -> Vec<Part> {
    let first = ListRequest { page: 0, ..request.clone() };
    let all: u32 = page.facets.states.iter().map(|(_, count)| count).sum();
    let every = chip(
        &ListRequest { state: None, ..first.clone() },
        "",
        None,
        words::TOOLS_ALL,
        Some(all),
        request.state.is_none(),
    );
    let states =
        page.facets.states.iter().filter(|(state, count)| *count > 0 || request.state == Some(*state));
    let states = states.map(|(state, count)| {
        let (kind, is_chosen) = (Kind::of(*state), request.state == Some(*state));
        let to = ListRequest { state: (!is_chosen).then_some(*state), ..first.clone() };
        chip(&to, kind.class(), Some(kind.icon()), kind.word(), Some(*count), is_chosen)
    });
    let clear = request
        .is_filter()
        .then(|| chip(&request.unfiltered(), "clear", Some("#i-x"), words::CLEAR_FILTERS, None, false));
    [every].into_iter().chain(states).chain(clear).collect()
}

fn tags(request: &ListRequest, page: &TrackerPage) -> Option<Part> {
    let first = ListRequest { page: 0, ..request.clone() };
    let chosen = request.tags.iter().map(|tag| {
        let tags = request.tags.iter().filter(|other| *other != tag).cloned().collect();
        chip(&ListRequest { tags, ..first.clone() }, "", Some("#i-tag"), tag, None, true)
    });
    let others = page.facets.tags.iter().filter(|(tag, _)| !request.tags.contains(tag));
    let others = others.take(MOST_TAGS).map(|(tag, count)| {
        let tags = request.tags.iter().chain([tag]).cloned().collect();
        chip(&ListRequest { tags, ..first.clone() }, "", Some("#i-tag"), tag, Some(*count), false)
    });
    let chips: Vec<Part> = chosen.chain(others).collect();
    (!chips.is_empty()).then(|| {
        whole(view! {
            <nav class="chips" aria-label=words::TOOLS_BY_TAG>
                {chips}
            </nav>
        })
    })
}

fn chip(
    to: &ListRequest,
    class: &str,
    icon: Option<&'static str>,
    word: &str,
    count: Option<u32>,
    is_chosen: bool,
) -> Part {
    whole(view! {
        <a class=format!("chip {class}") href=href(to) aria-current=is_chosen.then_some("true")>
            {icon.map(|name| view! { <Icon name /> })}
            {word.to_owned()}
            {count.map(|count| view! { " " <span class="n">{count}</span> })}
        </a>
    })
}

/// What was asked for, and the way back.
fn nothing(request: &ListRequest) -> Part {
    let words = (!request.words.is_empty()).then(|| words::quoted(&request.words));
    let state = request.state.map(|state| Kind::of(state).word().to_lowercase());
    let group = request.group.as_deref().map(|group| match group {
        "" => words::TOOLS_IN_NO_GROUP.to_owned(),
        group => group.to_owned(),
    });
    let asked = words.into_iter().chain(state).chain(request.tags.clone()).chain(group);
    let asked: Vec<_> =
        asked.enumerate().map(|(n, what)| view! { {if n > 0 { " + " } else { "" }} <b>{what}</b> }).collect();
    whole(view! {
        <p class="notice is-none" id="nothing">
            <Icon name="#i-search" />
            <span>{words::TOOLS_NOTHING} {asked} "."</span>
            <a class="btn small" href=href(&request.unfiltered())>
                {words::CLEAR_FILTERS}
            </a>
        </p>
    })
}

/// The way to the other pages; nothing when there is only one.
pub fn pages(request: &ListRequest, page: &TrackerPage) -> String {
    if page.pages < 2 {
        return String::new();
    }
    let link = |number: u32, rel: &'static str, text: &'static str| {
        let to = href(&ListRequest { page: number, ..request.clone() });
        view! {
            <a class="btn" rel=rel href=to>
                {text}
            </a>
        }
    };
    html(view! {
        <nav class="pages" aria-label=words::TOOLS_PAGES>
            {(page.page > 1).then(|| link(page.page - 1, "prev", words::TOOLS_PREVIOUS))}
            <span>{words::tools_page(page.matching, page.page, page.pages)}</span>
            {(page.page < page.pages).then(|| link(page.page + 1, "next", words::TOOLS_NEXT))}
        </nav>
    })
}
