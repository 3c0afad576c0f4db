//! What is measured, in which order.

use std::{fs, path::Path, time::Duration};

use crate::{
    Failure, Plan, figures::Figures, load, machine, page, process::Server, report, start, targets::Targets,
};

/// The load under which the page and the starts are measured.
const PAGE_LOAD: usize = 1_000;
/// The load under which a poll is measured: what one page shows.
const POLL_LOAD: usize = 100;

pub(crate) async fn run(plan: &Plan) -> Result<(), Failure> {
    let mut figures = Figures {
        date: machine::date(),
        machine: machine::machine(),
        load_before: machine::load(),
        note: plan.note.clone(),
        ..Figures::default()
    };
    let (sizes, seconds): (&[usize], _) =
        if plan.quick { (&[100, 1_000], 10) } else { (&[100, 1_000, 5_000], 20) };
    let chosen = plan.trackers.map(|one| vec![one]);
    for trackers in chosen.as_deref().unwrap_or(sizes) {
        for reused in [true, false] {
            one(plan, *trackers, reused, Duration::from_secs(seconds), &mut figures).await?;
            // Kept after each load: a bench that is interrupted has not been for nothing.
            report::write(&figures, &plan.out)?;
        }
    }
    report::say(report::table(&figures));
    Ok(())
}

async fn one(
    plan: &Plan,
    trackers: usize,
    reused: bool,
    length: Duration,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let connections = if reused { "reused" } else { "fresh" };
    report::say(format_args!("{trackers} trackers, connections {connections} …"));
    let data = plan.scratch.join(format!("{trackers}-{connections}"));
    empty(&data)?;
    let targets = Targets::start(trackers, reused)?;
    let server = Server::start(&plan.server, &data, &targets.urls).await?;
    let cold = server.first_page;
    let window = load::watch(&server, &data, trackers, reused, length).await?;
    let checks = window.total_checks();
    if reused && trackers == POLL_LOAD {
        figures.poll = Some(page::poll(&server, trackers).await?);
        figures.client = page::client(&server).await?;
    }
    if reused && trackers == PAGE_LOAD {
        figures.page = Some(page::page(&server, trackers).await?);
    }
    server.stop()?;
    figures.loads.push(window.close(&data));
    if reused && trackers == PAGE_LOAD {
        figures.start = Some(start::again(&plan.server, &data, trackers, checks, cold).await?);
    }
    Ok(())
}

fn empty(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Failure::io(format!("emptying {}", folder.display())))?;
    }
    fs::create_dir_all(folder).map_err(Failure::io(format!("making {}", folder.display())))
}
