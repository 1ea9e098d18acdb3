//! Torch and plate: what the flame does where the tip is, the heat it leaves, and the cut.
//!
//! In: one sample of the tip at a time, torch events. Out: cuts, events, gas used, plate temperature. The twin hands the local temperature
//! from `heat` to `torch`, and the cut from `torch` to `heat`; the two rooms do not know each other.

use crate::plate::geometry::Region;
use crate::plate::heat::{Conduction, Heat};
use crate::scene::model::Scene;
use crate::torch;
use crate::twin::edge::Edge;
use crate::twin::growth::Growth;
use crate::twin::record::{Cut, CutEnd, CutPoint, Event, EventKind};
use crate::twin::stroke::{Burner, Stroke};
use torchtwin_planner::TorchEvent;

/// Distance between recorded points of a cut, m: half a kerf's hundredth, and a tenth of the wave that 20 Hz leaves at 8 mm/s.
const POINT_SPACING_M: f64 = 40e-6;

/// Heat is handed to the plate at least this often, s: about one step of its cells. That of a plain source with every step, so that reading the
/// face it shines on knows how fresh the heat there is.
const HEAT_INTERVAL_S: f64 = 0.1;
/// And whenever the torch has come this share of a cell further: half of it before and half after the step makes that second order.
const HEAT_INTERVAL_CELLS: f64 = 0.25;

/// Where the front meets plate that it has not heated itself: ahead of the tip by this many flame radii.
const AHEAD_IN_RADII: f64 = 2.0;

/// Share of the clean speed below which a cut's edge is taken to be heated as at it: the formulas are for a front that moves steadily.
const STEADY_SHARE: f64 = 0.2;

/// How far from its part a lead-in may begin, m. Basis: estimate, twice what is usual.
const LEAD_IN_M: f64 = 0.04;

/// Touches beyond this many are counted without an event each.
const MOST_TOUCH_EVENTS: u32 = 20;

/// One sample of the machine for the torch.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Time, s.
    pub time_s: f64,
    /// Since the last sample, s.
    pub dt_s: f64,
    /// Line of the program.
    pub line: u32,
    /// Tip against the plate, machine coordinates, m.
    pub tip_in_machine_m: [f64; 3],
    /// Planned point, m.
    pub planned_in_machine_m: [f64; 3],
    /// Planned direction of travel in X and Y.
    pub tangent: [f64; 2],
    /// Planned speed, m/s.
    pub speed_m_per_s: f64,
    /// Distance from the programmed path, m.
    pub deviation_m: f64,
}

/// Torch and plate with all that changes.
pub struct Process {
    params: torch::Params,
    burner: Burner,
    /// Heat is handed over at least this often, s.
    interval_s: f64,
    corner: [f64; 2],
    size: [f64; 2],
    state: torch::State,
    /// Plate temperature.
    pub heat: Heat,
    flame: bool,
    oxygen: bool,
    cut: Option<Cut>,
    /// Finished cuts.
    pub cuts: Vec<Cut>,
    /// Events so far.
    pub events: Vec<Event>,
    /// Oxygen used, m³.
    pub oxygen_m3: f64,
    /// Fuel used, m³.
    pub fuel_m3: f64,
    /// Air or plasma gas used, m³.
    pub air_m3: f64,
    /// Heat that the plate has taken from the flame (or a plain source) and from the kerf's walls, J.
    pub heat_j: [f64; 2],
    /// Time spent cutting, s.
    pub cut_time_s: f64,
    /// Highest speed of a plain source while it burns, m/s.
    pub source_m_per_s: f64,
    last_tip: Option<[f64; 2]>,
    pending: Pending,
    /// Strokes put to the plate since they were last taken away.
    pub strokes: Vec<Stroke>,
    /// Direction of the last travel.
    heading: [f64; 2],
    /// Speed as the front feels it, m/s.
    front_m_per_s: f64,
    /// Temperature of the plate before the flame came to rest on it, °C.
    before_c: f64,
    touching: bool,
    /// Deepest of the present touch, m, and its event.
    deepest_m: f64,
    touch_event: Option<usize>,
    /// Times the tip came to touch the plate.
    pub touches: u32,
    /// Where cuts began: time s, line, temperature of the plate there, °C.
    pub warm_starts: Vec<(f64, u32, f64)>,
    /// Cuts lost.
    pub lost: u32,
    /// (∫ kerf dx, ∫ dx, least, greatest) while cutting, m.
    pub kerf: (f64, f64, f64, f64),
    /// (∫ drag dx, ∫ rounding of the upper edge dx) while cutting, m².
    pub edge: (f64, f64),
    /// How much parts had grown as they were cut.
    pub growth: Growth,
    law: Conduction,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    time_s: f64,
    flame_j: f64,
    burn_j: f64,
    from: Option<[f64; 2]>,
    kerf_m: f64,
    through: bool,
}

impl Process {
    /// A plate at ambient, of which these parts are to be made, and a closed torch.
    pub fn new(scene: &Scene, wanted: &[Region]) -> Self {
        let heat = Heat::new(&scene.plate.heat);
        let burner = Burner::of(&scene.torch.params.setting);
        Self {
            interval_s: if burner.is_source() { HEAT_INTERVAL_S.min(heat.best_dt_s()) } else { HEAT_INTERVAL_S },
            growth: Growth::new(wanted, scene.plate.corner_in_machine_m, &heat),
            law: scene.plate.heat.conduction,
            burner,
            params: scene.torch.params.clone(),
            corner: scene.plate.corner_in_machine_m,
            size: scene.plate.size_m,
            state: torch::State::default(),
            heat,
            flame: false,
            oxygen: false,
            cut: None,
            cuts: Vec::new(),
            events: Vec::new(),
            oxygen_m3: 0.0,
            fuel_m3: 0.0,
            air_m3: 0.0,
            heat_j: [0.0; 2],
            cut_time_s: 0.0,
            source_m_per_s: 0.0,
            last_tip: None,
            pending: Pending::default(),
            strokes: Vec::new(),
            heading: [1.0, 0.0],
            front_m_per_s: 0.0,
            before_c: scene.plate.heat.ambient_c,
            touching: false,
            deepest_m: 0.0,
            touch_event: None,
            touches: 0,
            warm_starts: Vec::new(),
            lost: 0,
            kerf: (0.0, 0.0, f64::INFINITY, 0.0),
            edge: (0.0, 0.0),
        }
    }

    /// What the torch does on this plate.
    pub fn setting(&self) -> &torch::Setting {
        &self.params.setting
    }

    /// Whether the preheat flame burns.
    pub fn burning(&self) -> bool {
        self.flame
    }

    /// Whether the torch is through the plate and burning.
    pub fn cutting(&self) -> bool {
        self.state.phase == torch::Phase::Cutting
    }

    /// What the torch is doing.
    pub fn phase(&self) -> torch::Phase {
        self.state.phase
    }

    /// Present kerf width, m; 0 unless piercing or cutting.
    pub fn kerf_now_m(&self) -> f64 {
        self.pending.kerf_m
    }

    /// Where the torch is. A plain source, there to test the heat alone, is where the program says.
    fn at(&self, s: &Sample) -> [f64; 2] {
        let [x, y, _] = if self.is_source() { s.planned_in_machine_m } else { s.tip_in_machine_m };
        [x, y]
    }

    /// Whether it heats and cuts nothing.
    pub fn is_source(&self) -> bool {
        self.burner.is_source()
    }

    /// Brings the plate's temperature up to the last sample.
    pub fn catch_up(&mut self) {
        if let Some(tip) = self.last_tip
            && self.pending.time_s > 0.0
        {
            self.flush(tip);
        }
    }

    fn over_plate(&self, p: [f64; 2]) -> bool {
        (0..2).all(|i| p[i] >= self.corner[i] && p[i] <= self.corner[i] + self.size[i])
    }

    /// How far beside the plate a place is, m; 0 over it.
    fn beside_m(&self, p: [f64; 2]) -> f64 {
        let of = |i: usize| (self.corner[i] - p[i]).max(p[i] - self.corner[i] - self.size[i]).max(0.0);
        of(0).hypot(of(1))
    }

    /// Distance of a place on the plate from its border, m.
    fn border_away_m(&self, p: [f64; 2]) -> f64 {
        let of = |i: usize| (p[i] - self.corner[i]).min(self.corner[i] + self.size[i] - p[i]);
        of(0).min(of(1))
    }

    fn note(&mut self, s: &Sample, kind: EventKind, text: String) {
        let at_in_machine_m = [s.tip_in_machine_m[0], s.tip_in_machine_m[1]];
        self.events.push(Event { time_s: s.time_s, line: s.line, kind, at_in_machine_m, text });
    }

    /// Switches the torch.
    pub fn switch(&mut self, event: TorchEvent, s: &Sample) {
        let was_open = self.oxygen;
        match event {
            TorchEvent::FlameOn => {
                if !self.flame {
                    self.note(s, EventKind::FlameOn, self.burner.kind().begins()[0].into());
                }
                self.flame = true;
            }
            TorchEvent::OxygenOn => {
                if !self.oxygen {
                    self.note(s, EventKind::Pierce, self.burner.kind().begins()[1].into());
                }
                self.oxygen = true;
            }
            TorchEvent::OxygenOff => self.oxygen = false,
            TorchEvent::AllOff => {
                self.oxygen = false;
                self.flame = false;
            }
        }
        if was_open && !self.oxygen && self.cut.is_some() {
            self.end_cut(CutEnd::Closed, s);
        }
    }

    fn end_cut(&mut self, end: CutEnd, s: &Sample) {
        if let Some(mut cut) = self.cut.take() {
            let point = self.point(s, cut.points.last().map_or(0.0, |p| p.kerf_m));
            if cut.points.last().is_some_and(|p| p.time_s < s.time_s) {
                cut.points.push(point);
            }
            if !matches!(end, CutEnd::Lost(_)) {
                self.note(s, EventKind::CutEnd, "cut ended".into());
            }
            cut.end = end;
            self.growth.end(&cut.points, &self.heat, self.law);
            self.cuts.push(cut);
        }
    }

    fn point(&self, s: &Sample, kerf_m: f64) -> CutPoint {
        CutPoint {
            time_s: s.time_s,
            line: s.line,
            tip_in_machine_m: [s.tip_in_machine_m[0], s.tip_in_machine_m[1]],
            programmed_in_machine_m: [s.planned_in_machine_m[0], s.planned_in_machine_m[1]],
            kerf_m,
            deviation_m: s.deviation_m,
            speed_m_per_s: s.speed_m_per_s,
            haz_m: 0.0,
            cooling_s: 0.0,
            heading: self.heading,
        }
    }

    /// Plate temperature that the front meets.
    fn plate_c(&self, tip: [f64; 2]) -> f64 {
        let reach = if self.cutting() { AHEAD_IN_RADII * self.params.setting.flame_radius_m } else { 0.0 };
        let ahead = [tip[0] + reach * self.heading[0], tip[1] + reach * self.heading[1]];
        self.heat.temperature_c(if self.over_plate(ahead) { ahead } else { tip })
    }

    /// Moves torch and plate on to sample `s`.
    pub fn step(&mut self, s: &Sample) {
        let tip = self.at(s);
        let over_plate = self.over_plate(tip);
        self.touch(s, over_plate);
        let before = self.last_tip.replace(tip).unwrap_or(tip);
        let moved_m = (tip[0] - before[0]).hypot(tip[1] - before[1]);
        if self.flame || self.oxygen || self.state.phase != torch::Phase::Off {
            self.burn(s, tip, before, moved_m, over_plate);
        }
        self.pending.time_s += s.dt_s;
        let from = self.pending.from.unwrap_or(tip);
        let come_m = (tip[0] - from[0]).hypot(tip[1] - from[1]);
        let due = if self.is_source() {
            self.pending.time_s + s.dt_s > self.interval_s
        } else {
            self.pending.time_s >= self.interval_s
        };
        if due || come_m >= HEAT_INTERVAL_CELLS * self.heat.cell_m()[0] {
            self.flush(tip);
        }
    }

    fn touch(&mut self, s: &Sample, over_plate: bool) {
        let depth_m = -s.tip_in_machine_m[2];
        let touching = over_plate && depth_m > 0.0;
        if touching && !self.touching {
            self.touches += 1;
            self.touch_event = (self.touches <= MOST_TOUCH_EVENTS).then_some(self.events.len());
            self.deepest_m = 0.0;
            if self.touch_event.is_some() {
                self.note(s, EventKind::TipTouchesPlate, String::new());
            }
        }
        if touching && depth_m > self.deepest_m {
            self.deepest_m = depth_m;
            if let Some(event) = self.touch_event.and_then(|i| self.events.get_mut(i)) {
                event.text =
                    format!("the tip runs into the plate from here on, down to {:.2} mm below its upper side", depth_m * 1e3);
            }
        }
        self.touching = touching;
    }

    /// What the front feels: it cannot react faster than it burns across its own width, kerf over clean speed (basis: estimate), so a
    /// corner's short slow-down leaves no mark and a real stop does.
    fn feel(&mut self, s: &Sample) {
        if s.tangent != [0.0; 2] {
            self.heading = s.tangent;
        }
        let setting = &self.params.setting;
        let reaction_s = setting.kerf_m / setting.clean_speed_m_per_s;
        let share = 1.0 - (-s.dt_s / reaction_s).exp();
        self.front_m_per_s += share * (s.speed_m_per_s - self.front_m_per_s);
    }

    fn burn(&mut self, s: &Sample, tip: [f64; 2], before: [f64; 2], moved_m: f64, over_plate: bool) {
        self.feel(s);
        let input = torch::Input {
            flame: self.flame,
            oxygen: self.oxygen,
            standoff_m: s.tip_in_machine_m[2],
            speed_m_per_s: self.front_m_per_s,
            plate_c: self.plate_c(tip),
            over_plate,
            beside_m: self.beside_m(tip),
            over_border: over_plate && self.border_away_m(tip) <= self.params.setting.kerf_m,
            moved_m,
            dt_s: s.dt_s,
        };
        let was = self.state.phase;
        if matches!(was, torch::Phase::Off | torch::Phase::Idle | torch::Phase::Cutting) {
            self.before_c = input.plate_c;
        }
        let out = torch::step(&self.params, &input, &mut self.state);
        self.oxygen_m3 += out.oxygen_m3;
        self.fuel_m3 += out.fuel_m3;
        self.air_m3 += out.air_m3;
        let through = out.phase == torch::Phase::Cutting;
        if through && was != torch::Phase::Cutting {
            self.warm_starts.push((s.time_s, s.line, self.before_c));
            self.note(s, EventKind::CutStart, "pierced through, the cut begins".into());
        }
        if out.kerf_m > 0.0 {
            self.record(s, &out, tip, moved_m, through);
        } else if self.cut.is_some() && out.lost.is_none() {
            self.end_cut(CutEnd::LeftPlate, s);
        }
        if let Some(cause) = out.lost {
            self.lost += 1;
            let words = match cause {
                torch::LostCause::Standoff => {
                    let [at, least, most] =
                        [input.standoff_m, self.params.standoff_min_m, self.params.standoff_max_m].map(|m| m * 1e3);
                    format!(
                        "the tip was {at:.2} mm above the plate, where {least:.1} to {most:.1} mm cut: check the torch height"
                    )
                }
                _ => cause.words(self.burner.kind()).to_string(),
            };
            self.note(
                s,
                EventKind::CutLost,
                format!("cut lost at line {}: {words}; {}", s.line, cause.recovery(self.burner.kind())),
            );
            self.end_cut(CutEnd::Lost(words), s);
        }
        if self.is_source() && self.flame {
            self.source_m_per_s = self.source_m_per_s.max(s.speed_m_per_s);
        }
        let p = &mut self.pending;
        p.flame_j += out.flame_w * s.dt_s;
        p.burn_j += out.burn_w * s.dt_s;
        p.kerf_m = out.kerf_m;
        p.through |= through;
        p.from.get_or_insert(before);
    }

    fn record(&mut self, s: &Sample, out: &torch::Output, tip: [f64; 2], moved_m: f64, through: bool) {
        let mut point = self.point(s, out.kerf_m);
        if through {
            let setting = &self.params.setting;
            let speed = self.front_m_per_s.max(STEADY_SHARE * setting.clean_speed_m_per_s);
            // A flame's heat comes from the middle of the kerf, and what burns goes with the face that is made; of an arc's only the share that passes
            // the kerf's walls is counted.
            let (heat_w, from_m) = if matches!(setting.kind, torch::Kind::OxyFuel(_)) {
                (out.flame_w + setting.burn_j_per_m2 * speed * setting.thickness_m, 0.5 * out.kerf_m)
            } else {
                (out.burn_w, 0.0)
            };
            let edge = Edge::beside(heat_w, speed, setting.thickness_m, self.plate_c(tip));
            (point.haz_m, point.cooling_s) = ((edge.half_width_m - from_m).max(0.0), edge.cooling_s);
        }
        if self.cut.is_none() {
            self.growth.begin(tip, LEAD_IN_M, &self.heat, self.law);
        }
        let cut = self.cut.get_or_insert_with(|| Cut { points: Vec::new(), end: CutEnd::Unfinished, budget: Vec::new() });
        let far = cut.points.last().is_none_or(|p| {
            let [x, y] = p.tip_in_machine_m;
            (tip[0] - x).hypot(tip[1] - y) >= POINT_SPACING_M
        });
        if far {
            cut.points.push(point);
        } else if let Some(last) = cut.points.last_mut() {
            // Of each stretch the point furthest off stays; at rest the kerf only grows.
            let kerf_m = last.kerf_m.max(out.kerf_m);
            if point.deviation_m.abs() > last.deviation_m.abs() {
                *last = point;
            }
            last.kerf_m = kerf_m;
        }
        if through {
            self.cut_time_s += s.dt_s;
            self.kerf.0 += out.kerf_m * moved_m;
            self.kerf.1 += moved_m;
            let share = self.front_m_per_s / self.params.setting.clean_speed_m_per_s;
            self.edge.0 += out.drag * self.params.setting.thickness_m * moved_m;
            self.edge.1 += torch::top_rounding_m(share) * moved_m;
            if s.speed_m_per_s > 0.0 {
                // A pierce hole is wider than any kerf; it counts in the contour, not in the kerf's figures.
                self.kerf.2 = self.kerf.2.min(out.kerf_m);
                self.kerf.3 = self.kerf.3.max(out.kerf_m);
            }
        }
    }

    /// Hands the gathered heat and cut to the plate and moves its temperature on.
    fn flush(&mut self, tip: [f64; 2]) {
        let p = std::mem::take(&mut self.pending);
        self.pending.kerf_m = p.kerf_m;
        let stroke = Stroke {
            time_s: p.time_s,
            flame_j: p.flame_j,
            burn_j: p.burn_j,
            from: p.from.unwrap_or(tip),
            to: tip,
            kerf_m: p.kerf_m,
            through: p.through,
        };
        let taken_j = self.burner.apply(&stroke, &mut self.heat);
        self.heat_j = std::array::from_fn(|i| self.heat_j[i] + taken_j[i]);
        self.strokes.push(stroke);
    }

    /// Ends what is still open at the end of the run.
    pub fn finish(&mut self, s: &Sample) {
        self.flush(self.at(s));
        self.end_cut(CutEnd::Unfinished, s);
    }
}
