//! A guide or mount between two bodies: an explicit spring and damper along and about three axes.
//!
//! In: poses and speeds of both bodies. Out: the force and torque on the second body at the mount's point. Uses nothing but vectors.
//!
//! Explicit, applied every step: an implicit joint would eat the vibration this twin is here to show.

use rapier3d_f64::math::{Pose, Vector};

use crate::machine::params::{BeamParams, MountParams};
use crate::machine::play::Seats;

/// A body's state, as the engine hands it out.
#[derive(Clone, Copy, Debug)]
pub struct Motion {
    /// Pose: centre of mass and orientation.
    pub pose: Pose,
    /// Speed of the centre of mass, m/s.
    pub linear: Vector,
    /// Angular speed, rad/s.
    pub angular: Vector,
}

impl Motion {
    fn speed_at(&self, point: Vector) -> Vector {
        self.linear + self.angular.cross(point - self.pose.translation)
    }
}

/// A mount with its constants worked out.
#[derive(Clone, Debug)]
pub struct Mount {
    params: MountParams,
    /// Mount point seen from the second body's centre of mass.
    point_in_second: Vector,
    /// The same seen from the first body's at machine zero.
    point_in_first: Vector,
    linear_damping: Vector,
    angular_damping: Vector,
    beam: Option<BeamParams>,
    /// Where its ends sit in their play.
    seats: Seats,
}

/// What a mount does at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Reaction {
    /// Point of action in machine coordinates, m.
    pub at: Vector,
    /// Force on the second body, N.
    pub force: Vector,
    /// Torque on the second body besides the force's own, N·m.
    pub torque: Vector,
}

impl Mount {
    /// A mount of a second body (centre `second_centre`, mass and inertia given for its damping) on a first (centre `first_centre`).
    /// With `beam`, the beam's bending and twist at the mount's place act in series.
    pub fn new(
        params: &MountParams,
        first_centre: Vector,
        second_centre: Vector,
        second_mass_kg: f64,
        second_inertia_kg_m2: [f64; 3],
        beam: Option<&BeamParams>,
    ) -> Self {
        let at = Vector::from_array(params.at_in_machine_m);
        let damping = |k: f64, m: f64| 2.0 * params.damping_ratio * (k * m).sqrt();
        let linear = params.linear_n_per_m;
        let angular = params.angular_nm_per_rad;
        Self {
            point_in_second: at - second_centre,
            point_in_first: at - first_centre,
            linear_damping: Vector::from_array(std::array::from_fn(|i| damping(linear[i], second_mass_kg))),
            angular_damping: Vector::from_array(std::array::from_fn(|i| damping(angular[i], second_inertia_kg_m2[i]))),
            params: params.clone(),
            beam: beam.cloned(),
            seats: [0.0; 2],
        }
    }

    /// The second body's mount point, m.
    pub fn place(&self, second: &Motion) -> Vector {
        second.pose.translation + second.pose.rotation * self.point_in_second
    }

    /// Where the second body's mount point stands in the first body's frame against machine zero, m, and its speed there, m/s.
    pub fn travel(&self, first: &Motion, second: &Motion) -> (Vector, Vector, Vector) {
        let at = self.place(second);
        let into_first = first.pose.rotation.inverse();
        let travel = into_first * (at - first.pose.translation) - self.point_in_first;
        let speed = into_first * (second.speed_at(at) - first.speed_at(at));
        (at, travel, speed)
    }

    /// Stiffness at `travel_x_m` along the beam, N/m and N·m/rad: the guide, in series with the beam if there is one.
    fn stiffness(&self, travel_x_m: f64) -> (Vector, Vector) {
        let own = (self.params.linear_n_per_m, self.params.angular_nm_per_rad);
        let (linear, angular) = self.beam.as_ref().map_or(own, |beam| beam.in_series(&self.params, travel_x_m));
        (Vector::from_array(linear), Vector::from_array(angular))
    }

    /// Force and torque on the second body (the driven direction has no stiffness).
    pub fn react(&self, first: &Motion, second: &Motion) -> Reaction {
        let (at, travel, speed) = self.travel(first, second);
        let (linear, angular) = self.stiffness(travel.x);
        let mut force = -(linear * travel) - self.linear_damping * speed;
        let into_first = first.pose.rotation.inverse();
        let turn = small_rotation(into_first * second.pose.rotation);
        let spin = into_first * (second.angular - first.angular);
        let mut torque = -(angular * turn) - self.angular_damping * spin;
        if let Some(play) = &self.params.play {
            let [off, rates] = [[travel, turn], [speed, spin]].map(|pair| pair.map(|v| v.to_array()));
            let (force_n, axis, torque_nm) = play.push(self.seats, off, rates, linear.x, self.linear_damping.x);
            (force.x, torque[axis]) = (force_n, torque_nm);
        }
        Reaction { at, force: first.pose.rotation * force, torque: first.pose.rotation * torque }
    }

    /// The mount point seen from the second body's centre of mass, m.
    pub fn in_second_m(&self) -> Vector {
        self.point_in_second
    }

    /// How far its play shifts a point of the second body `above_m` above it in X, m.
    pub fn play_at_m(&self, above_m: f64) -> f64 {
        self.params.play.map_or(0.0, |play| play.shift_m(self.seats, above_m))
    }

    /// Lets its ends slide to where they sit by now.
    pub fn settle(&mut self, first: &Motion, second: &Motion) {
        if let Some(play) = &self.params.play {
            let (_, travel, _) = self.travel(first, second);
            let turn = small_rotation(first.pose.rotation.inverse() * second.pose.rotation);
            self.seats = play.seats(self.seats, travel.to_array(), turn.to_array(), self.params.linear_n_per_m[0]);
        }
    }
}

/// Rotation vector of a small rotation, rad: 2 (x, y, z) of its quaternion with w > 0; its error is the cube of the angle over 24.
pub(super) fn small_rotation(q: rapier3d_f64::math::Rotation) -> Vector {
    let sign = if q.w < 0.0 { -2.0 } else { 2.0 };
    Vector::new(q.x, q.y, q.z) * sign
}
