//! The page that a signed link in a message leads to: who got the message says that they know of it, without an account. A form, not a
//! link that does it by itself, as programs that look at mail follow links.

use domain::{Failure, LinkedIncident, ports::Services};
use leptos::prelude::*;

use crate::{
    access::Asked,
    past::asked,
    ui::{Part, button, went_well, when, whole},
};

/// Its path.
pub const PAGE: &str = "/acknowledge";
/// Says it.
pub const ACKNOWLEDGE: &str = "/api/acknowledge_linked";

/// The names of the link's fields. All of them are signed, or are the signature.
const FIELDS: [&str; 4] = ["incident", "channel", "until", "signature"];

/// The page before it is shown.
#[derive(Clone, Debug)]
pub struct Form {
    incident: LinkedIncident,
    link: Vec<(String, String)>,
}

/// What a form sends of its link.
pub fn link_of(fields: &[(String, String)]) -> Vec<(String, String)> {
    let is_ours = |name: &String| FIELDS.contains(&name.as_str());
    fields.iter().filter(|(name, _)| is_ours(name)).cloned().collect()
}

/// The address of the page for a link.
pub fn href_of(link: &[(String, String)]) -> String {
    format!("{PAGE}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(link).finish())
}

impl Form {
    /// Loads what the link shows.
    pub async fn load(services: &Services, asked: &Asked) -> Result<Self, Failure> {
        let link =
            FIELDS.iter().filter_map(|name| Some(((*name).to_owned(), asked::value(&asked.query, name)?)));
        let link: Vec<(String, String)> = link.collect();
        Ok(Self { incident: services.incidents.linked(&link).await?, link })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        match self.incident.closed_at {
            Some(_) => words::known_title_over(&self.incident.name),
            None => words::known_title(&self.incident.name),
        }
    }

    /// The page.
    pub fn view(&self) -> Part {
        let LinkedIncident { since, closed_at, acknowledged_at, .. } = self.incident;
        let over = closed_at.map(|at| view! { <p>{words::KNOWN_OVER} " " {when(at)}</p> });
        let fields: Vec<(&'static str, String)> = FIELDS
            .iter()
            .filter_map(|name| Some((*name, self.link.iter().find(|(other, _)| other == name)?.1.clone())))
            .collect();
        let act = match acknowledged_at {
            Some(at) => whole(view! {
                {went_well(words::KNOWN_DONE)}
                <p class="muted">{when(at)}</p>
            }),
            None => button(ACKNOWLEDGE, &fields, "btn primary", words::KNOWN_SAY.to_owned()),
        };
        whole(view! {
            <div class="wrap top">
                <div class="head">
                    <div class="title">
                        <h1>{self.title()}</h1>
                        <p class="lede">{words::KNOWN_LEDE}</p>
                    </div>
                </div>
                <div class="card known">
                    <p>{words::KNOWN_SINCE} " " {when(since)}</p>
                    {over}
                    {act}
                </div>
            </div>
        })
    }
}
