//! What is measured, in which order.

use std::{path::PathBuf, time::Duration};

use crate::{
    Failure, Plan,
    blackbox::Programs,
    figures::Figures,
    goals, latency,
    load::{self, Subject, Window},
    machine, page,
    process::{Server, empty},
    report,
    scenario::{self, Scenario, Setup, What},
    start,
    targets::{Manner, Spoken, Targets},
};

/// The load under which the page and the starts are measured.
const PAGE_LOAD: usize = 1_000;
/// The load under which a poll is measured: what one page shows.
const POLL_LOAD: usize = 100;
/// The addresses of targets that hang.
const HANGING_NET: u8 = 78;

/// Measures one scenario after the other.
struct Run<'a> {
    plan: &'a Plan,
    length: Duration,
    figures: Figures,
}

pub(crate) async fn run(plan: &Plan) -> Result<(), Failure> {
    let scenarios = scenario::chosen(&plan.only, plan.trackers, plan.quick)?;
    let figures = Figures {
        date: machine::date(),
        machine: machine::machine(),
        load_before: machine::load(),
        note: plan.note.clone(),
        ..Figures::default()
    };
    let mut run = Run { plan, length: Duration::from_secs(if plan.quick { 10 } else { 20 }), figures };
    for scenario in &scenarios {
        report::say(format_args!("{} …", scenario.name));
        if let Err(failure) = run.measure(scenario).await {
            report::say(format_args!("  left out: {failure}"));
            run.figures.left_out.push(format!("{}: {failure}", scenario.name));
        }
        // Kept after each: a bench that is interrupted has not been for nothing.
        report::write(&run.figures, &plan.out)?;
    }
    report::say(report::table(&run.figures));
    if run.figures.left_out.len() == scenarios.len() {
        return Err(Failure::Unexpected("nothing could be measured".into()));
    }
    Ok(())
}

impl Run<'_> {
    async fn measure(&mut self, Scenario { name, what, .. }: &Scenario) -> Result<(), Failure> {
        match *what {
            What::Load(setup) => self.load(name, setup).await,
            What::Latency(setup) => self.latency(name, setup).await,
            What::Hanging { hanging, others } => self.hanging(name, hanging, others).await,
            What::Blackbox { trackers } => self.blackbox(name, trackers).await,
        }
    }

    async fn load(&mut self, name: &str, setup: Setup) -> Result<(), Failure> {
        let Setup { trackers, reused, spoken } = setup;
        if spoken == Spoken::Ping && !machine::may_ping() {
            return Err(Failure::Unexpected("this machine lets nobody like us send echoes".into()));
        }
        let data = self.folder(name)?;
        let mut targets = Targets::start(&self.manner(setup))?;
        let server = Server::start(&self.plan.server, &data, &[&targets]).await?;
        let cold = server.first_page;
        let mut subject =
            Subject { name, server: &server, targets: &mut targets, setup, beside: 0, data: &data };
        let window = load::watch(&mut subject, self.length).await?;
        let checks = window.total_checks();
        let is_plain = reused && spoken == Spoken::Http;
        if is_plain && trackers == POLL_LOAD {
            self.figures.poll = Some(page::poll(&server, trackers).await?);
            self.figures.client = page::client(&server).await?;
        }
        if is_plain && trackers == PAGE_LOAD {
            self.figures.page = Some(page::page(&server, trackers).await?);
        }
        server.stop()?;
        self.keep(window, &data);
        if is_plain && trackers == PAGE_LOAD {
            self.figures.start = Some(start::again(&self.plan.server, &data, trackers, checks, cold).await?);
        }
        Ok(())
    }

    async fn latency(&mut self, name: &str, setup: Setup) -> Result<(), Failure> {
        let data = self.folder(name)?;
        let manner = Manner { delays: latency::DELAYS_MS.into(), ..self.manner(setup) };
        let mut targets = Targets::start(&manner)?;
        let server = Server::start(&self.plan.server, &data, &[&targets]).await?;
        let latency = latency::measure(name, &server, &mut targets, self.length, !self.plan.quick).await?;
        server.stop()?;
        self.figures.goals.extend(goals::of_latency(&latency));
        self.figures.latencies.push(latency);
        Ok(())
    }

    async fn hanging(&mut self, name: &str, hanging: usize, others: usize) -> Result<(), Failure> {
        let setup = Setup { trackers: others, reused: true, spoken: Spoken::Http };
        let data = self.folder(name)?;
        let mut targets = Targets::start(&self.manner(setup))?;
        let hanging =
            Targets::start(&Manner { count: hanging, hang: true, net: HANGING_NET, ..Manner::default() })?;
        let server = Server::start(&self.plan.server, &data, &[&targets, &hanging]).await?;
        let beside = hanging.urls.len();
        let mut subject =
            Subject { name, server: &server, targets: &mut targets, setup, beside, data: &data };
        let window = load::watch(&mut subject, self.length).await?;
        server.stop()?;
        self.keep(window, &data);
        Ok(())
    }

    async fn blackbox(&mut self, name: &str, trackers: usize) -> Result<(), Failure> {
        let programs = Programs::find(self.plan.peers.as_deref())?;
        let setup = Setup { trackers, reused: false, spoken: Spoken::Http };
        let mut targets = Targets::start(&self.manner(setup))?;
        let theirs = programs.measure(name, &self.plan.scratch, &mut targets, self.length).await?;
        let data = self.folder(name)?;
        let server = Server::start(&self.plan.server, &data, &[&targets]).await?;
        let mut subject =
            Subject { name, server: &server, targets: &mut targets, setup, beside: 0, data: &data };
        let window = load::watch(&mut subject, self.length).await?;
        server.stop()?;
        let ours = window.close(&data);
        let comparison = theirs.with(&ours);
        self.figures.goals.extend(goals::of_comparison(&comparison));
        self.figures.comparisons.push(comparison);
        self.figures.loads.push(ours);
        Ok(())
    }

    fn keep(&mut self, window: Window, data: &std::path::Path) {
        let load = window.close(data);
        self.figures.goals.extend(goals::of_load(&load));
        self.figures.loads.push(load);
    }

    fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        empty(self.plan.scratch.join(name))
    }

    fn manner(&self, Setup { trackers, reused, spoken }: Setup) -> Manner {
        let authority = (spoken == Spoken::Https).then(|| self.plan.scratch.join("authority.pem"));
        Manner { count: trackers, spoken, close: !reused, authority, ..Manner::default() }
    }
}
