//! Natural frequencies of machine and drives together, and what bends in each.
//!
//! In: [`MachineParams`], the springs of the drives, where the machine stands. Out: modes, lowest first. May use: nalgebra's eigenvalues,
//! the reduced engine's coordinates.
//!
//! Undamped and about a place: M q̈ + K q = 0 with the four bodies' coordinates and one for each rotor. A rotor stands between two
//! springs: the mesh, belt or screw to its load, and the magnetic spring T N/r² to the field that it follows (N rotor teeth, T the torque
//! that the current can hold, r the travel of a radian), which is often the softest of all.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::engines::reduced::{COORDINATES, GUIDES, ReducedMachine, Strain};
use super::params::MachineParams;
use super::{JOINT_NAMES, JOINTS};

/// Half of the step for differences, m and rad: what is differenced is linear but for turns times shifts.
const NUDGE: f64 = 1e-6;

/// Rotor and springs of one drive, seen at the load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DriveSprings {
    /// Rotor inertia over the square of the travel of a radian, kg.
    pub rotor_kg: f64,
    /// Rotor to load, N/m.
    pub transmission_n_per_m: f64,
    /// Field to rotor, N/m.
    pub magnet_n_per_m: f64,
}

/// What is strained in a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Frame on its feet.
    Feet,
    /// Guides of the gantry's sides, and what holds the beam to them.
    Trucks,
    /// Beam and the carriage's guides.
    Beam,
    /// The torch's slide.
    TorchSlide,
    /// Mesh, belt or screw of the joint with this number.
    Transmission(usize),
    /// Magnetic spring of its motor.
    Magnet(usize),
}

impl Part {
    /// In words.
    pub fn title(self) -> String {
        match self {
            Self::Feet => "frame on its feet".into(),
            Self::Trucks => "guides of the gantry".into(),
            Self::Beam => "beam and guides of the carriage".into(),
            Self::TorchSlide => "torch slide".into(),
            Self::Transmission(joint) => format!("transmission of {}", JOINT_NAMES[joint]),
            Self::Magnet(joint) => format!("load angle of motor {}", JOINT_NAMES[joint]),
        }
    }
}

/// One mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Mode {
    /// Natural frequency, Hz.
    pub frequency_hz: f64,
    /// Parts with their shares of the strain energy, largest first.
    pub shares: Vec<(Part, f64)>,
}

impl Mode {
    /// "23.4 Hz: load angle of motor X 62 %, transmission of X 30 %".
    pub fn title(&self) -> String {
        let named = |(part, share): &(Part, f64)| format!("{} {:.0} %", part.title(), 100.0 * share);
        let parts: Vec<_> = self.shares.iter().take(3).filter(|(_, share)| *share >= 0.1).map(named).collect();
        format!("{:.1} Hz: {}", self.frequency_hz, parts.join(", "))
    }
}

/// All modes with the machine's axes at `at_m`, lowest first.
pub fn modes(p: &MachineParams, drives: &[DriveSprings; JOINTS], at_m: [f64; 3]) -> Vec<Mode> {
    let size = COORDINATES + JOINTS;
    let mut machine = ReducedMachine::new(p, 1.0);
    machine.jump(at_m);
    let mut masses = DVector::zeros(size);
    for i in 0..COORDINATES {
        masses[i] = machine.inertia(i);
    }
    for (j, drive) in drives.iter().enumerate() {
        masses[COORDINATES + j] = drive.rotor_kg;
    }
    let springs = springs(&machine, drives);
    let mut stiffness = DMatrix::zeros(size, size);
    for spring in &springs {
        stiffness.ger(spring.stiffness, &spring.way, &spring.way, 1.0);
    }
    let root = masses.map(f64::sqrt);
    let scaled = DMatrix::from_fn(size, size, |i, j| stiffness[(i, j)] / (root[i] * root[j]));
    let eigen = SymmetricEigen::new(scaled);
    let mut modes: Vec<Mode> = (0..size)
        .map(|n| {
            let square = eigen.eigenvalues[n].max(0.0);
            let shape = eigen.eigenvectors.column(n).component_div(&root);
            let mut shares: Vec<(Part, f64)> = Vec::new();
            for Spring { part, stiffness, way, .. } in &springs {
                let energy = stiffness * way.dot(&shape).powi(2) / square.max(f64::MIN_POSITIVE);
                match shares.iter_mut().find(|(other, _)| other == part) {
                    Some((_, sum)) => *sum += energy,
                    None => shares.push((*part, energy)),
                }
            }
            shares.sort_by(|a, b| b.1.total_cmp(&a.1));
            Mode { frequency_hz: square.sqrt() / std::f64::consts::TAU, shares }
        })
        .collect();
    modes.sort_by(|a, b| a.frequency_hz.total_cmp(&b.frequency_hz));
    modes
}

/// A spring of the mechanism.
pub(super) struct Spring {
    /// What it belongs to.
    pub part: Part,
    /// N/m or N·m/rad.
    pub stiffness: f64,
    /// N·s/m or N·m·s/rad, of guides only.
    pub damping: f64,
    /// Its stretch for a unit of each coordinate.
    pub way: DVector<f64>,
}

/// Every spring with the machine where it stands.
pub(super) fn springs(machine: &ReducedMachine, drives: &[DriveSprings; JOINTS]) -> Vec<Spring> {
    const PARTS: [Part; GUIDES] = [Part::Feet, Part::Trucks, Part::Trucks, Part::Beam, Part::TorchSlide];
    let size = COORDINATES + JOINTS;
    let nudged = |i: usize, by: f64| {
        let mut machine = machine.clone();
        machine.nudge(i, by);
        machine
    };
    let mut guides = vec![DVector::zeros(size); 6 * GUIDES];
    let mut travels = vec![DVector::zeros(size); JOINTS];
    for i in 0..COORDINATES {
        let (ahead, back) = (nudged(i, NUDGE), nudged(i, -NUDGE));
        let (strains, before) = (ahead.strains(), back.strains());
        for (n, way) in guides.iter_mut().enumerate() {
            way[i] = (strains[n / 6][n % 6].travel - before[n / 6][n % 6].travel) / (2.0 * NUDGE);
        }
        let (joints, before) = (ahead.joints(), back.joints());
        for (j, way) in travels.iter_mut().enumerate() {
            way[i] = (joints[j].position_m - before[j].position_m) / (2.0 * NUDGE);
        }
    }
    let strains = machine.strains();
    let of_guide = |(n, way): (usize, DVector<f64>)| {
        let Strain { stiffness, damping, .. } = strains[n / 6][n % 6];
        Spring { part: PARTS[n / 6], stiffness, damping, way }
    };
    let mut out: Vec<_> = guides.into_iter().enumerate().map(of_guide).filter(|spring| spring.stiffness > 0.0).collect();
    for (j, (mut way, drive)) in travels.into_iter().zip(drives).enumerate() {
        way[COORDINATES + j] = -1.0;
        out.push(Spring { part: Part::Transmission(j), stiffness: drive.transmission_n_per_m, damping: 0.0, way });
        let mut rotor = DVector::zeros(size);
        rotor[COORDINATES + j] = 1.0;
        out.push(Spring { part: Part::Magnet(j), stiffness: drive.magnet_n_per_m, damping: 0.0, way: rotor });
    }
    out
}

#[cfg(test)]
mod tests;
