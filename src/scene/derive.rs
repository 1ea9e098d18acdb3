//! The mechanism from real geometry: masses, moments, stiffness.
//!
//! In: the checked machine file, the catalogue, the plate. Out: `machine`'s parameters. May use: `machine`'s params.
//!
//! The formulas, which `ARCHITECTURE.md` need not repeat:
//! * mass: section kg/m × length, rails, blocks, motors, listed parts; moments of boxes and edge frames about the common centre;
//! * guide: each block's stiffness (maker's × share reached) in series with its seat; across the travel n·k; pitch and yaw
//!   n·k·(s/2)² with the blocks s apart; roll n·k·(g/2)² with rails g apart plus n·k·arm² of the blocks themselves;
//! * beam: E·I and G·J of the section over the span between the rails;
//! * feet: sway c·E·I/h³ a leg, up and down E·A/h of the leg in series with its foot; rocking from the legs' distance.

use super::bodies::{Assembly, mass_at};
use super::catalogue::{Catalogue, Found, Guide, Section, TorchPart};
use super::check::Checker;
use super::drive::{in_series, located};
use super::machine_file::{GuideUse, MachineFile, PartMass};
use super::motors::motor_mass_kg;
use super::used::Used;
use super::wheels::Wheel;
use crate::machine::params::{BeamParams, BodyParams, MachineParams, MountParams, PlayParams};

/// No mount may ring faster than this on the mass it meets: the engine steps at 0.1 ms. The brackets in series with it,
/// which nobody publishes, are softer than that anyway.
const FASTEST_RAD_PER_S: f64 = 6000.0;
/// Thickness of the slat layer for moments, m.
const SLAT_HEIGHT_M: f64 = 0.05;
/// Gravity, m/s².
const GRAVITY: f64 = 9.81;

/// What the plate adds to the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlateMass {
    /// Mass, kg.
    pub mass_kg: f64,
    /// Size, m.
    pub size_m: [f64; 3],
    /// Low corner, m.
    pub corner_in_machine_m: [f64; 2],
}

/// The catalogue parts that the mechanism is made of.
pub(super) struct Parts<'c> {
    pub tube: Found<'c, Section>,
    pub beam: Found<'c, Section>,
    /// Guides of gantry, carriage and slide.
    pub guides: [Found<'c, Guide>; 3],
    torch: Found<'c, TorchPart>,
    /// Masses of the motors of X, Y (one), Z with their gearboxes, kg.
    motor_kg: [f64; 3],
}

impl<'c> Parts<'c> {
    /// Looks everything up; `None` after an error.
    pub fn find(file: &MachineFile, catalogue: &'c Catalogue, checker: &mut Checker<'_>, used: &mut Used) -> Option<Self> {
        let tube = located(catalogue.section(file.frame.tube.get_ref()), &file.frame.tube, checker);
        let beam = located(catalogue.section(file.gantry.beam.get_ref()), &file.gantry.beam, checker);
        let guides = [&file.gantry.guide, &file.carriage.guide, &file.slide.guide]
            .map(|guide| located(catalogue.guide(guide.part.get_ref()), &guide.part, checker));
        let torch = located(catalogue.torch(file.slide.torch.get_ref()), &file.slide.torch, checker);
        let axes = [&file.axis.x, &file.axis.y, &file.axis.z];
        let motors = axes.map(|axis| located(catalogue.motor(axis.motor.get_ref()), &axis.motor, checker));
        let [Some(gantry), Some(carriage), Some(slide)] = guides else { return None };
        let [Some(x), Some(y), Some(z)] = motors else { return None };
        let mut motor_kg = [x, y, z].map(|motor| motor_mass_kg(motor, &catalogue.motor_class, used));
        for (kg, axis) in motor_kg.iter_mut().zip(axes) {
            let word = axis.transmission.reduction.as_ref().and_then(|reduction| reduction.gearbox.as_ref());
            // A gearbox that is not there is complained of where the drive is built.
            if let Some(gearbox) = word.and_then(|word| catalogue.gearbox(word.get_ref()).ok()) {
                *kg += used.take(gearbox.key("mass_kg"), &gearbox.part.mass_kg);
            }
        }
        Some(Self { tube: tube?, beam: beam?, guides: [gantry, carriage, slide], torch: torch?, motor_kg })
    }
}

/// Where things stand, m.
struct Layout {
    travel: [f64; 2],
    left: f64,
    right: f64,
    beam_y: f64,
    beam_z: f64,
    rail_z: f64,
    floor_z: f64,
    /// Outer size of the beam in Y and Z.
    beam_yz: [f64; 2],
}

impl Layout {
    fn of(file: &MachineFile, beam: &Section) -> Self {
        let outside = file.gantry.rail_outside_mm.as_ref().map_or(100.0, |q| q.value) * 1e-3;
        let travel = [file.travel.x_mm.value * 1e-3, file.travel.y_mm.value * 1e-3];
        let (height, width) = (beam.height_mm.value * 1e-3, beam.width_mm.value * 1e-3);
        Self {
            travel,
            left: -outside,
            right: travel[0] + outside,
            beam_y: -file.gantry.torch_ahead_mm.value * 1e-3,
            beam_z: file.gantry.beam_height_mm.value * 1e-3,
            rail_z: file.gantry.rail_height_mm.value * 1e-3,
            floor_z: -file.frame.table_height_mm.value * 1e-3,
            beam_yz: if upright(file) { [width, height] } else { [height, width] },
        }
    }

    fn middle(&self) -> [f64; 2] {
        self.travel.map(|length| 0.5 * length)
    }
}

fn upright(file: &MachineFile) -> bool {
    file.gantry.beam_upright.unwrap_or(true)
}

fn listed_kg(parts: &[PartMass]) -> f64 {
    parts.iter().map(|part| part.kg.value).sum()
}

/// Mass of the blocks or wheels of a guide, kg.
fn elements_kg(guide: Found<'_, Guide>, table: &GuideUse, used: &mut Used) -> f64 {
    let count = table.elements_in_all.as_ref().unwrap_or(&table.elements).value;
    count * used.take(guide.key("element_kg"), &guide.part.element_kg)
}

/// Mass of the rail of a guide, kg.
fn rail_kg(guide: Found<'_, Guide>, table: &GuideUse, used: &mut Used) -> f64 {
    table.rail_mm.value * 1e-3 * used.take(guide.key("rail_kg_per_m"), &guide.part.rail_kg_per_m)
}

fn section_kg(section: Found<'_, Section>, length_m: f64, used: &mut Used) -> f64 {
    length_m * used.take(section.key("kg_per_m"), &section.part.kg_per_m)
}

/// Frame with legs, slats, rails and plate.
fn frame(file: &MachineFile, parts: &Parts<'_>, at: &Layout, plate: PlateMass, used: &mut Used) -> BodyParams {
    let mut body = Assembly::default();
    let table = &file.frame;
    let [size_x, size_y] = [table.size_mm[0].value * 1e-3, table.size_mm[1].value * 1e-3];
    let [x, y] = at.middle();
    let tube_kg = section_kg(parts.tube, table.tube_length_m.value, used);
    body.add_edges(tube_kg + listed_kg(&table.part), [x, y, 0.5 * at.floor_z], [size_x, size_y, -at.floor_z]);
    body.add_box(table.slats_kg.value, [x, y, -0.5 * SLAT_HEIGHT_M], [size_x, size_y, SLAT_HEIGHT_M]);
    let rail = rail_kg(parts.guides[0], &file.gantry.guide, used);
    for side in [at.left, at.right] {
        body.add_box(rail, [side, y, at.rail_z], [0.0, file.gantry.guide.rail_mm.value * 1e-3, 0.0]);
    }
    let [px, py, pz] = plate.size_m;
    let [cx, cy] = plate.corner_in_machine_m;
    body.add_box(plate.mass_kg, [cx + 0.5 * px, cy + 0.5 * py, -0.5 * pz], plate.size_m);
    body.body()
}

/// Beam with X rails, trucks, Y motors and listed parts.
fn gantry(file: &MachineFile, parts: &Parts<'_>, at: &Layout, used: &mut Used) -> BodyParams {
    let mut body = Assembly::default();
    let length = file.gantry.beam_length_mm.value * 1e-3;
    let [width, height] = at.beam_yz;
    let x = at.middle()[0];
    let beam_kg = section_kg(parts.beam, length, used);
    body.add_box(beam_kg + listed_kg(&file.gantry.part), [x, at.beam_y, at.beam_z], [length, width, height]);
    let rail = rail_kg(parts.guides[1], &file.carriage.guide, used);
    body.add_box(rail, [x, at.beam_y + 0.5 * width, at.beam_z], [length, 0.0, height]);
    let truck = file.gantry.truck_kg.value + parts.motor_kg[1] + elements_kg(parts.guides[0], &file.gantry.guide, used);
    let long = file.gantry.guide.spacing_mm.value * 1e-3 + 0.08;
    for side in [at.left, at.right] {
        let tall = (at.beam_z - at.rail_z).abs();
        body.add_box(truck, [side, at.beam_y, 0.5 * (at.beam_z + at.rail_z)], [0.02, long, tall]);
    }
    body.body()
}

/// Carriage plate with blocks, the X motor at its upper end and the Z motor above it.
fn carriage(file: &MachineFile, parts: &Parts<'_>, at: &Layout, used: &mut Used) -> BodyParams {
    let mut body = Assembly::default();
    let [wide, tall] = [file.carriage.plate_mm[0].value * 1e-3, file.carriage.plate_mm[1].value * 1e-3];
    let face = at.beam_y + 0.5 * at.beam_yz[0] + 0.03;
    let plate = listed_kg(&file.carriage.part) + elements_kg(parts.guides[1], &file.carriage.guide, used);
    body.add_box(plate, [0.0, face, at.beam_z], [wide, 0.03, tall]);
    body.add_box(rail_kg(parts.guides[2], &file.slide.guide, used), [0.0, face + 0.02, at.beam_z], [0.0, 0.0, tall]);
    body.add_box(parts.motor_kg[0], [0.0, at.beam_y, at.beam_z + 0.5 * at.beam_yz[1] + 0.05], [0.06, 0.06, 0.08]);
    body.add_box(parts.motor_kg[2], [0.0, face + 0.03, at.beam_z + 0.5 * tall], [0.05, 0.05, 0.05]);
    body.body()
}

/// Torch with its holder: the torch stands on the tip, the holder between it and the slide.
fn torch(file: &MachineFile, parts: &Parts<'_>, used: &mut Used) -> BodyParams {
    let mut body = Assembly::default();
    let part = parts.torch.part;
    let mass = used.take(parts.torch.key("mass_kg"), &part.mass_kg);
    let length = used.take(parts.torch.key("length_mm"), &part.length_mm) * 1e-3;
    let wide = part.barrel_mm.value * 1e-3;
    body.add_box(mass, [0.0, 0.0, 0.5 * length], [wide, wide, length]);
    let holder = listed_kg(&file.slide.part) + elements_kg(parts.guides[2], &file.slide.guide, used);
    let height = file.slide.height_mm.value * 1e-3;
    body.add_box(holder, [0.0, -0.04, height], [0.08, 0.03, file.slide.guide.spacing_mm.value * 1e-3 + 0.05]);
    body.body()
}

/// Play of a guide that carries `load_kg`: what drags its ends along the rail, drags them across as well. None along X, where the torch's
/// overhang holds every block or wheel on a flank.
fn play(found: Found<'_, Guide>, table: &GuideUse, along: usize, load_kg: f64, used: &mut Used) -> Option<PlayParams> {
    let part = found.part;
    let mm = match (&table.play_mm, &part.play_mm) {
        (Some(given), _) => given.value,
        (None, Some(usual)) => used.take(found.key("play_mm"), usual),
        (None, None) => return None,
    };
    let each_n = used.take(found.key("drag_n"), &part.drag_n) * table.elements.value;
    let weight_n = used.take(found.key("friction_coefficient"), &part.friction_coefficient) * load_kg * GRAVITY;
    PlayParams::new(along, 0.5e-3 * mm, 0.5 * (each_n + weight_n), 0.5e-3 * table.spacing_mm.value)
}

/// A guide that lets its body travel along `along` and holds it in the other two directions and about all three, as the
/// module's formulas say. Rails apart also hold the turn about the third direction a little; there the longer arm along
/// the travel counts alone.
fn guide(found: Found<'_, Guide>, table: &GuideUse, along: usize, at_m: [f64; 3], used: &mut Used) -> MountParams {
    let part = found.part;
    let own = used.take(found.key("stiffness_n_per_um"), &part.stiffness_n_per_um) * used.take(found.key("share"), &part.share);
    let each = in_series(&[own, table.seat_stiffness_n_per_um.value]) * 1e6;
    let arm_m = used.take(found.key("roll_arm_mm"), &part.roll_arm_mm) * 1e-3;
    let all = table.elements.value * each;
    let half_spacing_m = 0.5e-3 * table.spacing_mm.value;
    let half_gap_m = 0.5e-3 * table.rail_gap_mm.as_ref().map_or(0.0, |gap| gap.value);
    let mut linear = [all; 3];
    linear[along] = 0.0;
    let mut angular = [all * half_spacing_m.powi(2); 3];
    angular[along] = all * (half_gap_m.powi(2) + arm_m.powi(2));
    MountParams {
        linear_n_per_m: linear,
        angular_nm_per_rad: angular,
        damping_ratio: table.damping_ratio.value,
        at_in_machine_m: at_m,
        play: None,
    }
}

/// The legs: each c·E·I/h³ sideways; upwards E·A/h with the foot. They stand at the corners of the frame, a few also
/// between.
fn feet(file: &MachineFile, parts: &Parts<'_>, catalogue: &Catalogue, at: &Layout, used: &mut Used) -> MountParams {
    let table = &file.frame;
    let (e, _) = moduli(parts.tube, catalogue, used);
    let h = table.leg_mm.value * 1e-3;
    let legs = table.legs.value;
    let bending = used.take(parts.tube.key("i_weak_cm4"), &parts.tube.part.i_weak_cm4) * 1e-8;
    let sway = legs * table.leg_end_factor.value * e * bending / h.powi(3);
    let leg = e * used.take(parts.tube.key("area_mm2"), &parts.tube.part.area_mm2) * 1e-6 / h;
    let up = legs * in_series(&[leg, table.foot_stiffness_n_per_um.value * 1e6]);
    let [half_x, half_y] = [0.5e-3 * table.size_mm[0].value, 0.5e-3 * table.size_mm[1].value];
    let [x, y] = at.middle();
    MountParams {
        linear_n_per_m: [sway, sway, up],
        angular_nm_per_rad: [up * half_y.powi(2), up * half_x.powi(2), sway * (half_x.powi(2) + half_y.powi(2))],
        damping_ratio: table.damping_ratio.value,
        at_in_machine_m: [x, y, at.floor_z],
        play: None,
    }
}

/// E and G of a section, Pa.
fn moduli(section: Found<'_, Section>, catalogue: &Catalogue, used: &mut Used) -> (f64, f64) {
    let name = section.part.material.get_ref();
    catalogue.section_materials.get(name).map_or((203.0e9, 79.3e9), |material| {
        let mut take = |key: &str, q| used.take(format!("catalogue sections/{name} {key}"), q) * 1e9;
        (take("e_gpa", &material.e_gpa), take("g_gpa", &material.g_gpa))
    })
}

/// Keeps `mount` from ringing faster than the engine can follow on the bodies it joins (`None` is the ground). `shared`
/// mounts of this kind act on the same body.
fn tame(mount: &mut MountParams, bodies: [Option<&BodyParams>; 2], shared: f64) {
    let limit = FASTEST_RAD_PER_S.powi(2) / shared;
    for axis in 0..3 {
        let joined = |each: &dyn Fn(&BodyParams) -> f64| 1.0 / bodies.iter().flatten().map(|body| 1.0 / each(body)).sum::<f64>();
        let mass = joined(&|body| mass_at(body, mount.at_in_machine_m, axis));
        let inertia = joined(&|body| body.inertia_kg_m2[axis]);
        mount.linear_n_per_m[axis] = mount.linear_n_per_m[axis].min(limit * mass);
        mount.angular_nm_per_rad[axis] = mount.angular_nm_per_rad[axis].min(limit * inertia);
    }
}

/// The whole mechanism, and a wheel of the carriage with what it carries, where its guide has wheels in grooves.
pub(super) fn mechanism(
    file: &MachineFile,
    parts: &Parts<'_>,
    catalogue: &Catalogue,
    plate: PlateMass,
    used: &mut Used,
) -> (MachineParams, Option<Wheel>) {
    let at = Layout::of(file, parts.beam.part);
    let (frame, gantry) = (frame(file, parts, &at, plate, used), gantry(file, parts, &at, used));
    let (carriage, torch) = (carriage(file, parts, &at, used), torch(file, parts, used));
    let mut feet = feet(file, parts, catalogue, &at, used);
    tame(&mut feet, [Some(&frame), None], 1.0);
    let mut trucks = [at.left, at.right].map(|x| {
        let point = [x, at.beam_y, at.rail_z];
        guide(parts.guides[0], &file.gantry.guide, 1, point, used)
    });
    let on_a_side_kg = 0.5 * (gantry.mass_kg + carriage.mass_kg + torch.mass_kg);
    for truck in &mut trucks {
        tame(truck, [Some(&frame), Some(&gantry)], 2.0);
        truck.loosen(play(parts.guides[0], &file.gantry.guide, 1, on_a_side_kg, used));
    }
    let face = at.beam_y + 0.5 * at.beam_yz[0];
    let mut carriage_guide = guide(parts.guides[1], &file.carriage.guide, 0, [0.0, face, at.beam_z], used);
    let wheel = Wheel::of_carriage(parts.guides[1], &file.carriage.guide, [&carriage, &torch], face, GRAVITY, used);
    if let Some(wheel) = &wheel {
        let share = wheel.stiffness_share();
        carriage_guide.linear_n_per_m = carriage_guide.linear_n_per_m.map(|k| share * k);
        carriage_guide.angular_nm_per_rad = carriage_guide.angular_nm_per_rad.map(|k| share * k);
    }
    tame(&mut carriage_guide, [Some(&gantry), Some(&carriage)], 1.0);
    let slide_at = [0.0, -0.05, file.slide.height_mm.value * 1e-3];
    let mut torch_slide = guide(parts.guides[2], &file.slide.guide, 2, slide_at, used);
    tame(&mut torch_slide, [Some(&carriage), Some(&torch)], 1.0);
    torch_slide.loosen(play(parts.guides[2], &file.slide.guide, 2, 0.0, used));
    let (e, g) = moduli(parts.beam, catalogue, used);
    let section = parts.beam.part;
    let strong = e * used.take(parts.beam.key("i_strong_cm4"), &section.i_strong_cm4) * 1e-8;
    let weak = e * used.take(parts.beam.key("i_weak_cm4"), &section.i_weak_cm4) * 1e-8;
    let (vertical_n_m2, horizontal_n_m2) = if upright(file) { (strong, weak) } else { (weak, strong) };
    let params = MachineParams {
        beam: BeamParams {
            span_m: at.right - at.left,
            vertical_n_m2,
            horizontal_n_m2,
            torsion_n_m2: g * used.take(parts.beam.key("j_cm4"), &section.j_cm4) * 1e-8,
            left_x_in_machine_m: at.left,
        },
        frame,
        gantry,
        carriage,
        torch,
        feet,
        trucks,
        carriage_guide,
        torch_slide,
        tip_in_machine_m: [0.0; 3],
        travel_m: [[0.0, at.travel[0]], [0.0, at.travel[1]], file.travel.z_mm.clone().map(|z| z.value * 1e-3)],
        gravity_m_per_s2: GRAVITY,
    };
    (params, wheel)
}
