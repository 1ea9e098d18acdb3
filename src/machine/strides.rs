//! Mechanism and drives about a place as one linear system, and its exact motion over a stride of half a millisecond.
//!
//! In: [`MachineParams`], the linear terms of the drives, where the machine stands. Out: [`Linear`]: mode shapes and a matrix exponential.
//! May use: nalgebra, the reduced engine's coordinates, `modes`' springs.
//!
//! M q̈ + C q̇ + K q = f with the four bodies' coordinates and one for each rotor, q from the pose that the fields of the motors ask for. Modes
//! that turn by more than a radian and a half in a stride follow at once and are left out; the others move by exp(A h), with all couplings of their
//! damping. What is not linear (load angle beyond its spring, detent, friction) comes as impulses between strides, which is second order and
//! neither feeds nor damps what vibrates (the impulse method: Hairer, Lubich and Wanner, Geometric Numerical Integration, chapter XIII).

use nalgebra::{Cholesky, DMatrix, DVector, SymmetricEigen};

use super::JOINTS;
use super::engines::reduced::{COORDINATES, ReducedMachine};
use super::modes::{DriveSprings, Part, springs};
use super::params::MachineParams;

/// Length of a stride, s.
pub const STRIDE_S: f64 = 0.5e-3;
/// Modes that move, a multiple of four; those above follow at once.
pub const MODES: usize = 20;
/// Coordinates: those of the bodies, then the four rotors' travels.
pub const SIZE: usize = COORDINATES + JOINTS;
/// Fastest mode that moves, rad per stride: 350 Hz.
const LIMIT_RAD: f64 = 1.5;

/// Linear terms of a drive, seen at the load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DriveTerms {
    /// Rotor and springs.
    pub springs: DriveSprings,
    /// Damping of the transmission, N·s/m.
    pub transmission_n_s_per_m: f64,
    /// Iron loss and viscous drag of the rotor, N·s/m.
    pub rotor_n_s_per_m: f64,
}

/// Rows of the transition that are summed at once.
const BAND: usize = 8;

/// Values of the modes.
pub type Modal = [f64; MODES];

/// Where the modes stand and how fast they change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModalState {
    /// Places, m √kg.
    pub at: Modal,
    /// Rates, m √kg/s.
    pub rate: Modal,
}

/// The linear system about one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// A row for each coordinate.
    shapes: [Modal; SIZE],
    /// Transposed shapes times masses: coordinates to modes.
    weights: [[f64; SIZE]; MODES],
    /// exp(A h) in bands of eight rows, of each a column for each of places and rates: a band's sums stay in the processor's registers.
    transition: Box<[[[f64; BAND]; 2 * MODES]; 2 * MODES / BAND]>,
    /// Coordinates at rest under gravity, less the travel of the axes.
    pub rest: [f64; SIZE],
    /// Travel of the joints at rest, m.
    pub rest_loads_m: [f64; JOINTS],
    /// Travel of each joint by the modes.
    pub joints: [Modal; JOINTS],
    /// What half of an impulse of a newton over the stride adds to each load's speed, m/(s N).
    pub loads_yield: [f64; JOINTS],
    /// What an impulse on each rotor moves, kg.
    pub rotors_move_kg: [f64; JOINTS],
    /// How far each rotor comes in a stride, by places and rates of the modes.
    pub comes: [[Modal; 2]; JOINTS],
    /// Impulse on each rotor that takes a metre off that, N·s/m.
    pub stop_n_s_per_m: [f64; JOINTS],
    /// Stiffness of each transmission in here, N/m.
    pub transmissions_n_per_m: [f64; JOINTS],
    /// Rates of the modes at a metre per second of X, Y and Z as a whole.
    pub follow: [Modal; 3],
}

impl Linear {
    /// The mechanism `p` with its drives, the axes at `place_m`, the torch hanging `hangs_m` below where Z's rotor has it, by play.
    pub fn new(p: &MachineParams, drives: &[DriveTerms; JOINTS], place_m: [f64; 3], hangs_m: f64) -> Self {
        let mut machine = ReducedMachine::new(p, STRIDE_S);
        machine.jump(place_m);
        let masses = DVector::from_fn(SIZE, |i, _| match i.checked_sub(COORDINATES) {
            None => machine.inertia(i),
            Some(j) => drives[j].springs.rotor_kg,
        });
        let (mut stiffness, mut damping) = (DMatrix::zeros(SIZE, SIZE), DMatrix::zeros(SIZE, SIZE));
        let mut transmissions = vec![DVector::zeros(SIZE); JOINTS];
        for spring in springs(&machine, &drives.map(|drive| drive.springs)) {
            let n_s_per_m = match spring.part {
                Part::Transmission(j) => {
                    transmissions[j] = spring.way.clone();
                    drives[j].transmission_n_s_per_m
                }
                Part::Magnet(j) => drives[j].rotor_n_s_per_m,
                _ => spring.damping,
            };
            stiffness.ger(spring.stiffness, &spring.way, &spring.way, 1.0);
            damping.ger(n_s_per_m, &spring.way, &spring.way, 1.0);
        }
        let (shapes, squares) = slow_modes(&masses, &stiffness);
        let reduced = shapes.transpose() * damping * &shapes;
        let motion = DMatrix::from_fn(2 * MODES, 2 * MODES, |i, j| {
            STRIDE_S
                * match (i.checked_sub(MODES), j.checked_sub(MODES)) {
                    (None, Some(n)) => f64::from(i == n),
                    (Some(n), None) if n == j => -squares[n],
                    (Some(m), Some(n)) => -reduced[(m, n)],
                    _ => 0.0,
                }
        })
        .exp();
        let mut weight = DVector::zeros(SIZE);
        weight[COORDINATES - 4] = -p.torch.mass_kg * p.gravity_m_per_s2;
        // Where a field holds nothing there is no rest to sag to; nobody strides then.
        let mut sag = Cholesky::new(stiffness).map_or_else(|| DVector::zeros(SIZE), |c| c.solve(&weight));
        sag[COORDINATES - 4] -= hangs_m;
        let row = |way: &DVector<f64>| -> Modal { std::array::from_fn(|n| way.dot(&shapes.column(n))) };
        // A transmission's way is its load's travel less its rotor's.
        let rotor = |j: usize| DVector::from_fn(SIZE, |i, _| f64::from(i == COORDINATES + j));
        let loads: Vec<_> = transmissions.iter().enumerate().map(|(j, way)| way + rotor(j)).collect();
        let weighted = |mut way: DVector<f64>| -> Modal {
            way.component_mul_assign(&masses);
            row(&way)
        };
        let comes: [[Modal; 2]; JOINTS] = std::array::from_fn(|j| {
            let of = |state: usize, n: usize| {
                let next: f64 = (0..MODES).map(|m| shapes[(COORDINATES + j, m)] * motion[(m, state * MODES + n)]).sum();
                next - if state == 0 { shapes[(COORDINATES + j, n)] } else { 0.0 }
            };
            [0, 1].map(|state| std::array::from_fn(|n| of(state, n)))
        });
        let stop = |j: usize| 1.0 / dot(&comes[j][1], &std::array::from_fn(|n| shapes[(COORDINATES + j, n)]));
        let by_loads: [Modal; JOINTS] = std::array::from_fn(|j| row(&loads[j]));
        Self {
            loads_yield: by_loads.map(|load| 0.5 * STRIDE_S * dot(&load, &load)),
            stop_n_s_per_m: std::array::from_fn(stop),
            rotors_move_kg: std::array::from_fn(|j| 1.0 / shapes.row(COORDINATES + j).norm_squared()),
            comes,
            shapes: std::array::from_fn(|i| std::array::from_fn(|n| shapes[(i, n)])),
            weights: std::array::from_fn(|n| std::array::from_fn(|i| shapes[(i, n)] * masses[i])),
            transition: Box::new(std::array::from_fn(|band| {
                std::array::from_fn(|j| std::array::from_fn(|i| motion[(BAND * band + i, j)]))
            })),
            rest: std::array::from_fn(|i| sag[i]),
            rest_loads_m: std::array::from_fn(|j| loads[j].dot(&sag)),
            joints: by_loads,
            transmissions_n_per_m: drives.map(|drive| drive.springs.transmission_n_per_m),
            follow: std::array::from_fn(|axis| weighted(as_a_whole(axis))),
        }
    }

    /// Travel of rotor `j` by the modes.
    pub fn rotor(&self, j: usize) -> &Modal {
        &self.shapes[COORDINATES + j]
    }

    /// Modes of what coordinates are off rest, or of their rates.
    pub fn modal(&self, off: &[f64; SIZE]) -> Modal {
        std::array::from_fn(|n| product(&self.weights[n], off))
    }

    /// Coordinates of modes.
    pub fn coordinates(&self, modal: &Modal) -> [f64; SIZE] {
        std::array::from_fn(|i| dot(&self.shapes[i], modal))
    }

    /// Moves on by a stride.
    pub fn stride(&self, state: &mut ModalState) {
        let mut now = [0.0; 2 * MODES];
        now[..MODES].copy_from_slice(&state.at);
        now[MODES..].copy_from_slice(&state.rate);
        let mut next = [0.0; 2 * MODES];
        for (next, band) in next.as_chunks_mut::<BAND>().0.iter_mut().zip(self.transition.iter()) {
            let mut sums = [0.0; BAND];
            for (x, column) in now.iter().zip(band) {
                (0..BAND).for_each(|i| sums[i] += column[i] * x);
            }
            *next = sums;
        }
        let (at, rate) = next.split_at(MODES);
        state.at.copy_from_slice(at);
        state.rate.copy_from_slice(rate);
    }
}

/// Σ a b.
pub fn dot(a: &Modal, b: &Modal) -> f64 {
    product(a, b)
}

/// Σ a b in four sums side by side, of lengths that are multiples of four: one sum after the other would wait for itself.
fn product<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    let mut sums = [0.0; 4];
    for (a, b) in a.as_chunks::<4>().0.iter().zip(b.as_chunks::<4>().0) {
        (0..4).for_each(|i| sums[i] += a[i] * b[i]);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// `to` += `by` · `row`.
pub fn add(to: &mut Modal, by: f64, row: &Modal) {
    to.iter_mut().zip(row).for_each(|(to, r)| *to += by * r);
}

/// Shapes of the slow modes, a column each and normalised to unit mass, and the squares of their frequencies; columns left over are zero.
fn slow_modes(masses: &DVector<f64>, stiffness: &DMatrix<f64>) -> (DMatrix<f64>, [f64; MODES]) {
    let root = masses.map(f64::sqrt);
    let scaled = DMatrix::from_fn(SIZE, SIZE, |i, j| stiffness[(i, j)] / (root[i] * root[j]));
    let eigen = SymmetricEigen::new(scaled);
    let mut order: Vec<usize> = (0..SIZE).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*a].total_cmp(&eigen.eigenvalues[*b]));
    let mut shapes = DMatrix::zeros(SIZE, MODES);
    let mut squares = [0.0; MODES];
    let limit = (LIMIT_RAD / STRIDE_S).powi(2);
    for (n, k) in order.into_iter().take(MODES).filter(|k| eigen.eigenvalues[*k] < limit).enumerate() {
        squares[n] = eigen.eigenvalues[k].max(0.0);
        shapes.set_column(n, &eigen.eigenvectors.column(k).component_div(&root));
    }
    (shapes, squares)
}

/// Coordinates for a metre of travel of an axis, rotors included.
fn as_a_whole(axis: usize) -> DVector<f64> {
    let mut way = DVector::zeros(SIZE);
    // Gantry, carriage and torch ride in Y, the last two in X, the last in Z.
    let first_body = [2, 1, 3][axis];
    for body in first_body..COORDINATES / 6 {
        way[6 * body + axis] = 1.0;
    }
    let rotors: &[usize] = [&[0][..], &[1, 2], &[3]][axis];
    rotors.iter().for_each(|j| way[COORDINATES + j] = 1.0);
    way
}

/// Adds the travel of X, Y and Z to coordinates.
pub fn carry(coordinates: &mut [f64; SIZE], travel_m: [f64; 3]) {
    let [x, y, z] = travel_m;
    for (body, shift) in [(1, [0.0, y, 0.0]), (2, [x, y, 0.0]), (3, [x, y, z])] {
        (0..3).for_each(|i| coordinates[6 * body + i] += shift[i]);
    }
    for (j, travel) in [x, y, y, z].into_iter().enumerate() {
        coordinates[COORDINATES + j] += travel;
    }
}

#[cfg(test)]
mod tests;
