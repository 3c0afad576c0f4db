//! The web interface: pages, components and the server functions they call.
//!
//! Pages are complete when the server has rendered them, forms included; the client only takes over what moves
//! ([`island`]). So nothing that is rendered may depend on the time of day, a locale, chance or a window's size.
//!
//! Invariant: nothing here knows a database or a web framework, and nothing is compiled only for one side. What the server
//! provides stands in [`backend`].

pub mod access;
pub mod alerts;
pub mod api;
mod ask;
pub mod backend;
pub mod bar;
pub mod content;
pub mod document;
pub mod edit;
mod error;
pub mod figures;
pub mod format;
pub mod incidents;
pub mod island;
mod json;
pub mod jump;
pub mod keys;
pub mod known;
pub mod list;
pub mod live;
pub mod maintenance;
pub mod many;
mod parts;
pub mod past;
pub mod pause;
pub mod settings;
pub mod spot;
pub mod standing;
pub mod tip;
pub mod tracker;
pub mod ui;
mod which;

pub use content::Page;
pub use document::document;
pub use error::ApiError;

/// The bars of the brand, as an SVG document to be served as `/favicon.svg`.
pub const FAVICON: &str = concat!(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><style>path{fill:#0b5cad}",
    "@media(prefers-color-scheme:dark){path{fill:#7cc0ff}}</style>",
    "<path d='M1 6h2.5v9H1zM4.75 6h2.5v9h-2.5zM8.5 1H11v14H8.5zM12.25 6h2.5v9h-2.5z'/></svg>",
);
