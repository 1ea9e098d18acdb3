//! The run behind the picture: the twin on its own thread, and everything it has shown so far.
//!
//! The run goes as fast as it computes, ahead of what is watched, as a film is loaded. In: a scene file and what is changed in it. Out:
//! [`Session`]. The run is the one that `torchtwin run` makes; nothing here can change a number of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bevy::prelude::Resource;
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};

use crate::diag::{Diagnostic, any_error};
use crate::job;
use crate::program::Program;
use crate::report::{self, Timing, Verdict};
use crate::scene::{self, Changes, catalogue::Catalogue, model::Scene};
use crate::twin::film::{Film, Shot};
use crate::twin::record::Record;
use crate::twin::{self, EngineKind};

/// Shots taken in one frame of the picture at most: a frame is not held up by a run that is much faster than it.
const SHOTS_A_FRAME: usize = 60_000;

/// What to run.
#[derive(Clone, Debug)]
pub struct Request {
    /// Scene file.
    pub scene: PathBuf,
    /// What is changed in it.
    pub changes: Changes,
    /// What integrates the mechanism.
    pub engine: EngineKind,
    /// End the run at this instant, s; its own end without it.
    pub until_s: Option<f64>,
}

/// What the thread of a run says.
enum News {
    Loaded(Box<(Scene, Catalogue, Program, Vec<Diagnostic>)>),
    Progress(f64),
    Shot(Box<Shot>),
    Done(Box<(Record, Verdict, Timing, Vec<Diagnostic>)>),
    Refused(Vec<Diagnostic>),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The scene is read.
    Loading,
    /// It runs.
    Running,
    /// It ran to its end.
    Done,
    /// It cannot run: the findings say why.
    Refused,
}

/// A run, and all that it has shown so far.
#[derive(Resource)]
pub struct Session {
    /// What was asked for.
    pub request: Request,
    /// Grows by one with every run that is begun: what was made from the scene of another generation is to be made anew.
    pub generation: u64,
    /// How far it is.
    pub state: State,
    /// The scene, once it is read.
    pub scene: Option<Arc<Scene>>,
    /// The parts that its files can name.
    pub catalogue: Option<Arc<Catalogue>>,
    /// Its program.
    pub program: Option<Arc<Program>>,
    /// Everything shown so far.
    pub film: Film,
    /// What the run left behind, once it has ended.
    pub record: Option<Arc<Record>>,
    /// Its verdict.
    pub verdict: Option<Arc<Verdict>>,
    /// Where its time went.
    pub timing: Option<Timing>,
    /// Everything found in scene and program.
    pub findings: Vec<Diagnostic>,
    /// Length of the run as planned, s; 0 until known.
    pub total_s: f64,
    news: Receiver<News>,
    stop: Arc<AtomicBool>,
}

impl Session {
    /// Begins a run on a thread of its own.
    pub fn begin(request: Request, generation: u64) -> Self {
        let (sender, news) = unbounded();
        let stop = Arc::new(AtomicBool::new(false));
        let (asked, stopping) = (request.clone(), stop.clone());
        std::thread::spawn(move || {
            if let Err(findings) = carry_out(&asked, &sender, &stopping) {
                // Nobody listens any more where the session has been dropped.
                let _ = sender.send(News::Refused(findings));
            }
        });
        Self {
            request,
            generation,
            state: State::Loading,
            scene: None,
            catalogue: None,
            program: None,
            film: Film::default(),
            record: None,
            verdict: None,
            timing: None,
            findings: Vec::new(),
            total_s: 0.0,
            news,
            stop,
        }
    }

    /// Takes what the run has shown since the last call.
    pub fn receive(&mut self) {
        for _ in 0..SHOTS_A_FRAME {
            match self.news.try_recv() {
                Ok(news) => self.take(news),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => return self.broken_off(),
            }
        }
    }

    /// Waits until the run has ended; `progress` hears how much of it is done, 0 to 1.
    pub fn wait(&mut self, progress: &dyn Fn(f64)) {
        while let Ok(news) = self.news.recv() {
            self.take(news);
            let total_s = self.request.until_s.unwrap_or(self.total_s);
            progress(if total_s > 0.0 { (self.film.known_s() / total_s).min(1.0) } else { 0.0 });
            if matches!(self.state, State::Done | State::Refused) {
                return;
            }
        }
        self.broken_off();
    }

    /// The thread is gone: a run that had not come to an end never will.
    fn broken_off(&mut self) {
        if matches!(self.state, State::Loading | State::Running) {
            let finding = Diagnostic::error("V009", "the run broke off");
            self.findings.push(finding.hint("this is a fault of torchtwin, not of your machine; please report the scene"));
            self.state = State::Refused;
        }
    }

    fn take(&mut self, news: News) {
        match news {
            News::Loaded(loaded) => {
                let (scene, catalogue, program, findings) = *loaded;
                (self.scene, self.program) = (Some(Arc::new(scene)), Some(Arc::new(program)));
                self.catalogue = Some(Arc::new(catalogue));
                (self.findings, self.state) = (findings, State::Running);
            }
            News::Progress(total_s) => self.total_s = total_s,
            News::Shot(shot) => self.film.keep(*shot),
            News::Done(done) => {
                let (record, verdict, timing, findings) = *done;
                self.total_s = record.duration_s;
                self.film.events.clone_from(&record.events);
                (self.record, self.verdict) = (Some(Arc::new(record)), Some(Arc::new(verdict)));
                self.timing = Some(timing);
                self.findings.extend(findings);
                self.state = State::Done;
            }
            News::Refused(findings) => {
                self.findings.extend(findings);
                self.state = State::Refused;
            }
        }
    }

    /// Length of the run: as planned, or as it was, s.
    pub fn length_s(&self) -> f64 {
        self.total_s.max(self.film.known_s())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Reads, runs and judges.
fn carry_out(request: &Request, news: &Sender<News>, stop: &AtomicBool) -> Result<(), Vec<Diagnostic>> {
    let begin = Instant::now();
    let clock = || begin.elapsed().as_secs_f64();
    let scene = scene::load_changed(&request.scene, &request.changes)?;
    let catalogue = scene::catalogue_of(&request.scene, &request.changes)?;
    let (program, program_findings) = job::program(&scene);
    let mut findings = scene.findings.clone();
    findings.extend(program_findings);
    let loaded_s = clock();
    let tell = |what: News| news.send(what).is_ok();
    let fit = !any_error(&findings);
    tell(News::Loaded(Box::new((scene.clone(), catalogue, program.clone(), findings))));
    if !fit {
        return Err(Vec::new());
    }
    let watch = |shot: Shot| tell(News::Shot(Box::new(shot))) && !stop.load(Ordering::Relaxed);
    let progress = |_: f64, total_s: f64, _: u32| {
        tell(News::Progress(total_s));
    };
    let options = twin::Options {
        engine: request.engine,
        fast_forward: true,
        strides: false,
        until_s: request.until_s,
        clock: &clock,
        progress: &progress,
        watch: Some(&watch),
    };
    let outcome = twin::run(&scene, &program, &options).map_err(|finding| vec![finding])?;
    if stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    let verdict = report::judge(&scene, &outcome.record);
    let mut stages = vec![("scene and program".to_string(), loaded_s)];
    stages.extend(outcome.stages.into_iter().map(|(name, s)| (name.to_string(), s)));
    let timing = Timing { stages, simulated_s: outcome.record.duration_s, wall_s: clock() };
    tell(News::Done(Box::new((outcome.record, verdict, timing, outcome.findings))));
    Ok(())
}
