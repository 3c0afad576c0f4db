//! What stands around the rows of a page of the list, and changes less often than they do: heads of groups, who else is in
//! trouble, filters with their counts. A browser asks for it when the counts over all trackers change.

use domain::{Failure, Head, TrackerView, ports::Services};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{address, tools};
use crate::live::{Board, set_if_new};

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// The groups on this page. Their order is not followed: nothing moves under the reader's hands.
    pub heads: Vec<Head>,
    /// Trackers in trouble that are not on this page.
    pub elsewhere: Vec<TrackerView>,
    /// The filters, as a piece of HTML.
    pub tools: String,
    /// The way to other pages, as a piece of HTML.
    pub pages: String,
}

/// As of now, for the query of a page's address.
pub async fn of(services: &Services, query: &str) -> Result<Around, Failure> {
    let request = address::read(query);
    let page = services.live.list(request.clone()).await?;
    let (tools, pages) = (tools::tools(&request, &page), tools::pages(&request, &page));
    Ok(Around { heads: page.heads, elsewhere: page.elsewhere, tools, pages })
}

/// In a browser, shows it; filters that somebody is using stay as they are.
pub(crate) fn show(board: Board, around: Around) {
    let Around { heads, elsewhere, tools, pages } = around;
    board.heads.try_update(|known| {
        for head in known.iter_mut() {
            if let Some(new) = heads.iter().find(|new| new.name == head.name) {
                *head = new.clone();
            }
        }
    });
    set_if_new(board.elsewhere, elsewhere);
    for (place, html) in [("tools", tools), ("pages", pages)] {
        let is_in_use = format!("#{place} :focus");
        if let Ok(None) = document().query_selector(&is_in_use)
            && let Some(element) = document().get_element_by_id(place)
        {
            element.set_inner_html(&html);
        }
    }
}
