//! Candidates: every combination of the choices that a scene's `[size]` allows.
//!
//! In: a scene. Out: candidates by number, each as a machine file's text and as a scene. May use: `scene`.

use std::path::{Path, PathBuf};

use crate::diag::Diagnostic;
use crate::scene::model::{Choice, Scene, Sizing};
use crate::scene::size::MachineText;
use crate::scene::{self, Changes};

/// Most candidates that are looked at.
pub const MOST: usize = 1_000_000;

/// Steps per metre may be off the drive's own by this share; beyond it Grbl's setting follows the drive.
const STEPS_TOLERANCE: f64 = 1e-4;

/// All candidates of a scene.
#[derive(Clone, Debug)]
pub struct Space {
    /// What varies, and what may be spent.
    pub sizing: Sizing,
    scene_file: PathBuf,
    base: MachineText,
    changes: Changes,
}

impl Space {
    /// The candidates of `scene`, which was read with `changes`. What concerns all of them is checked: each choice alone must make a machine.
    ///
    /// # Errors
    /// A scene without `[size]`, too many candidates, choices that make no machine.
    pub fn of(scene: &Scene, changes: &Changes) -> Result<Self, Vec<Diagnostic>> {
        let place = crate::diag::Place { file: scene.file.clone(), ..crate::diag::Place::default() };
        let Some(sizing) = scene.size.clone().filter(|sizing| !sizing.vary.is_empty()) else {
            let finding = Diagnostic::error("S005", "the scene does not say what may vary").at(place);
            return Err(vec![finding.expected("a [size] table with [[size.vary]]").hint("see scenes/ceb_press_side.toml")]);
        };
        let base = MachineText::of(scene).map_err(|finding| vec![*finding])?;
        let space = Self { sizing, scene_file: Path::new(&scene.file).to_path_buf(), base, changes: changes.clone() };
        if space.count() > MOST {
            let finding = Diagnostic::error("S006", format!("[size] makes {} candidates", space.count())).at(place);
            return Err(vec![finding.expected(format!("at most {MOST}")).hint("leave out choices that are out of the question")]);
        }
        for vary in &space.sizing.vary {
            for choice in &vary.options {
                let mut text = space.base.clone();
                text.choose(choice).map_err(|finding| vec![*finding])?;
            }
        }
        Ok(space)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sizing.vary.iter().fold(1, |count, vary| count.saturating_mul(vary.options.len()))
    }

    /// The choices of candidate `number`; the last thing that varies changes first.
    pub fn choices(&self, number: usize) -> Vec<&Choice> {
        let mut rest = number;
        let mut chosen: Vec<&Choice> = Vec::new();
        for vary in self.sizing.vary.iter().rev() {
            chosen.push(&vary.options[rest % vary.options.len()]);
            rest /= vary.options.len();
        }
        chosen.reverse();
        chosen
    }

    /// Names of the choices of candidate `number`.
    pub fn names(&self, number: usize) -> Vec<String> {
        self.choices(number).into_iter().map(|choice| choice.name.clone()).collect()
    }

    /// The machine file of candidate `number`, and the scene with it. Steps per millimetre in `[grbl]` are those of its drives.
    ///
    /// # Errors
    /// Everything wrong with that machine.
    pub fn candidate(&self, number: usize) -> Result<(Scene, String), Vec<Diagnostic>> {
        let mut machine = self.base.clone();
        for choice in self.choices(number) {
            machine.choose(choice).map_err(|finding| vec![*finding])?;
        }
        let load = |machine: &MachineText| {
            let text = machine.text();
            let changes = Changes { machine_text: Some(text.clone()), ..self.changes.clone() };
            scene::load_changed(&self.scene_file, &changes).map(|scene| (scene, text))
        };
        let (scene, text) = load(&machine)?;
        let own =
            [0, 1, 2].map(|axis| scene.machine.joints.iter().find(|j| j.axis == axis).map_or(1.0, |joint| joint.steps_per_m));
        let off = |axis: usize| (scene.machine.limits.steps_per_m[axis] / own[axis] - 1.0).abs() > STEPS_TOLERANCE;
        if scene.machine.grbl.is_none() || !(0..3).any(off) {
            return Ok((scene, text));
        }
        for (axis, steps_per_m) in own.into_iter().enumerate() {
            let key = format!("grbl.${}", 100 + axis);
            machine.set(&key, &format!("{:.3}", steps_per_m * 1e-3), false).map_err(|finding| vec![*finding])?;
        }
        load(&machine)
    }

    /// What a machine of these parts costs with shipping and tax, USD.
    pub fn total_usd(&self, parts_usd: f64) -> f64 {
        let shipped = parts_usd * (1.0 + self.sizing.shipping_percent / 100.0);
        (shipped * (1.0 + self.sizing.tax_percent / 100.0) * 100.0).round() / 100.0
    }
}
