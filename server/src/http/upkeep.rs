//! The forms of what is said of the installation and of its data.

use app::{
    ApiError,
    settings::{self, Section},
};
use domain::{Failure, Invalid, Label, ports::Services};

use super::people::{Done, Typed};

/// Does what a form asks for. What it needs has been looked at.
pub(super) async fn act(services: &Services, path: &str, typed: &Typed<'_>) -> Result<Done, ApiError> {
    let done = |section: Section, word: &str| Done {
        next: format!("{}?done={word}", section.path()),
        ..Done::default()
    };
    let upkeep = &services.upkeep;
    Ok(match path {
        settings::SET_RETENTION => {
            upkeep.keep(typed.0.to_vec()).await?;
            done(Section::Data, "saved")
        }
        settings::BACK_UP => {
            let is_made = upkeep.back_up().await?;
            done(Section::Data, if is_made { "backup" } else { "backing-up" })
        }
        settings::REMOVE_BACKUP => {
            upkeep.remove_backup(typed.text("name")).await?;
            done(Section::Data, "backup-removed")
        }
        settings::SET_DEFAULTS => {
            upkeep.set_defaults(typed.0.to_vec()).await?;
            done(Section::Defaults, "defaults")
        }
        _ => change_label(services, typed).await?,
    })
}

async fn change_label(services: &Services, typed: &Typed<'_>) -> Result<Done, ApiError> {
    let label = Label::of(typed.text("label")).ok_or(Failure::NotFound)?;
    let to = match typed.text("do") {
        "rename" => Some(typed.text("to")),
        "delete" => None,
        _ => return Err(Failure::from(Invalid::one("do", words::API_RELABEL)).into()),
    };
    let merge = typed.text("merge") == "true";
    let changed = services.trackers.relabel(label, typed.text("from"), to, merge).await?;
    let next = format!("{}?undo={}", Section::Tags.path(), changed.key);
    Ok(Done { next, ..Done::default() })
}
