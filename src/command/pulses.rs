//! Step pulses and the torch's switching in files: CSV for people and programs, VCD for GTKWave, PulseView and logic analysers.
//!
//! In: steps and torch events in the order of time, or a scene whose controller makes them. Out: lines. Uses the planner's step type.

use std::io::{Result, Write};

use crate::job;
use crate::scene::model::Scene;
use crate::twin::{controller, course::Course};
use torchtwin_planner::{AXES, Output, StepEdge, TICK_HZ, TorchEvent};

const NAMES: [char; AXES] = ['x', 'y', 'z'];
/// Wires of the torch; in VCD their first letters stand for them.
const TORCH: [&str; 2] = ["preheat", "oxygen"];
/// How long a step pin stays high, ticks: Grbl's 10 µs.
const PULSE_TICKS: u64 = (TICK_HZ * 10e-6) as u64;
/// A tick in the unit of the VCD file, 100 ps.
const VCD_UNITS_PER_TICK: u64 = (1e10 / TICK_HZ) as u64;

/// Where steps go.
pub enum Pulses<W: Write> {
    /// `time_s,axis,direction`, one line a step; `preheat` or `oxygen` and 1 or 0 where the torch is switched.
    Csv(W),
    /// A step pin and a direction pin for each axis, and two wires of the torch.
    Vcd(Vcd<W>),
}

/// State of the pins.
pub struct Vcd<W: Write> {
    out: W,
    /// When each step pin goes low again, ticks.
    falls: [Option<u64>; AXES],
    forward: [Option<bool>; AXES],
    now: u64,
}

impl<W: Write> Pulses<W> {
    /// A CSV file, its first line written.
    pub fn csv(mut out: W) -> Result<Self> {
        out.write_all(b"time_s,axis,direction\n")?;
        Ok(Self::Csv(out))
    }

    /// A VCD file, its declarations written.
    pub fn vcd(mut out: W) -> Result<Self> {
        writeln!(out, "$timescale 100 ps $end\n$scope module torchtwin $end")?;
        for (i, name) in NAMES.into_iter().enumerate() {
            let (step, direction) = identifiers(i);
            writeln!(out, "$var wire 1 {step} {name}_step $end\n$var wire 1 {direction} {name}_dir $end")?;
        }
        for wire in TORCH {
            writeln!(out, "$var wire 1 {} torch_{wire} $end", &wire[..1])?;
        }
        // What is low at first; a direction is told with the first step.
        writeln!(out, "$upscope $end\n$enddefinitions $end\n#0\n$dumpvars 0x 0y 0z 0p 0o $end")?;
        Ok(Self::Vcd(Vcd { out, falls: [None; AXES], forward: [None; AXES], now: 0 }))
    }

    /// Writes a step.
    pub fn step(&mut self, edge: &StepEdge) -> Result<()> {
        match self {
            Self::Csv(out) => {
                let axis = NAMES[usize::from(edge.axis)];
                writeln!(out, "{},{axis},{}", seconds(edge.tick), if edge.forward { 1 } else { -1 })
            }
            Self::Vcd(vcd) => vcd.step(edge),
        }
    }

    /// Writes how the torch is switched.
    pub fn torch(&mut self, tick: u64, event: TorchEvent) -> Result<()> {
        let wires: &[(&str, u8)] = match event {
            TorchEvent::FlameOn => &[(TORCH[0], 1)],
            TorchEvent::OxygenOn => &[(TORCH[1], 1)],
            TorchEvent::OxygenOff => &[(TORCH[1], 0)],
            TorchEvent::AllOff => &[(TORCH[1], 0), (TORCH[0], 0)],
        };
        if let Self::Vcd(vcd) = self {
            vcd.fall_until(tick)?;
            vcd.at(tick)?;
        }
        wires.iter().try_for_each(|(wire, level)| match self {
            Self::Csv(out) => writeln!(out, "{},{wire},{level}", seconds(tick)),
            Self::Vcd(vcd) => writeln!(vcd.out, "{level}{}", &wire[..1]),
        })
    }

    /// Writes what is left.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::Csv(mut out) => out.flush(),
            Self::Vcd(mut vcd) => {
                vcd.fall_until(u64::MAX)?;
                vcd.out.flush()
            }
        }
    }
}

/// Every step and torch event of a scene's run as a VCD file: what its controller makes of its program, once more.
///
/// # Errors
/// None but for lack of memory.
pub fn of_run(scene: &Scene) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let (program, _) = job::program(scene);
    let course = Course::new(&program);
    let mut pulses = Pulses::vcd(&mut out)?;
    for output in controller::outputs(scene, &course) {
        match output {
            Output::Step(edge) => pulses.step(&edge)?,
            Output::Torch { tick, event, .. } => pulses.torch(tick, event)?,
            _ => {}
        }
    }
    pulses.finish()?;
    Ok(out)
}

/// A tick is a sixteenth of a microsecond: ten decimals say it exactly.
fn seconds(tick: u64) -> String {
    let (seconds, rest) = (tick / TICK_HZ as u64, tick % TICK_HZ as u64);
    format!("{seconds}.{:010}", rest * VCD_UNITS_PER_TICK)
}

fn identifiers(axis: usize) -> (char, char) {
    (NAMES[axis], NAMES[axis].to_ascii_uppercase())
}

impl<W: Write> Vcd<W> {
    fn step(&mut self, edge: &StepEdge) -> Result<()> {
        let axis = usize::from(edge.axis);
        // A pulse must end before the next begins.
        if let Some(fall) = &mut self.falls[axis] {
            *fall = (*fall).min(edge.tick.saturating_sub(1));
        }
        self.fall_until(edge.tick)?;
        let (step, direction) = identifiers(axis);
        self.at(edge.tick)?;
        if self.forward[axis] != Some(edge.forward) {
            self.forward[axis] = Some(edge.forward);
            writeln!(self.out, "{}{direction}", u8::from(edge.forward))?;
        }
        writeln!(self.out, "1{step}")?;
        self.falls[axis] = Some(edge.tick + PULSE_TICKS);
        Ok(())
    }

    fn at(&mut self, tick: u64) -> Result<()> {
        if tick > self.now {
            self.now = tick;
            writeln!(self.out, "#{}", tick * VCD_UNITS_PER_TICK)?;
        }
        Ok(())
    }

    /// Lets fall every pin that is due at or before `tick`.
    fn fall_until(&mut self, tick: u64) -> Result<()> {
        loop {
            let due = (0..AXES).filter_map(|i| Some((self.falls[i]?, i))).min();
            let Some((fall, axis)) = due.filter(|(fall, _)| *fall <= tick) else { return Ok(()) };
            self.at(fall)?;
            writeln!(self.out, "0{}", identifiers(axis).0)?;
            self.falls[axis] = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pulses: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> String {
        let mut out = Vec::new();
        pulses(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    const EDGES: [StepEdge; 3] = [
        StepEdge { tick: 16_000_001, axis: 0, forward: true },
        StepEdge { tick: 16_000_001, axis: 1, forward: false },
        StepEdge { tick: 16_000_101, axis: 0, forward: true },
    ];

    #[test]
    fn times_are_exact_in_csv() {
        let csv = text(|out| {
            let mut pulses = Pulses::csv(out)?;
            EDGES.iter().try_for_each(|edge| pulses.step(edge))?;
            pulses.finish()
        });
        assert_eq!(csv, "time_s,axis,direction\n1.0000000625,x,1\n1.0000000625,y,-1\n1.0000063125,x,1\n");
    }

    #[test]
    fn the_torch_is_switched_between_the_steps() {
        let write = |pulses: &mut Pulses<&mut Vec<u8>>| {
            pulses.torch(8_000_000, TorchEvent::FlameOn)?;
            pulses.step(&EDGES[0])?;
            pulses.torch(32_000_000, TorchEvent::AllOff)
        };
        let csv = text(|out| write(&mut Pulses::csv(out)?));
        assert_eq!(
            csv.lines().skip(1).collect::<Vec<_>>(),
            ["0.5000000000,preheat,1", "1.0000000625,x,1", "2.0000000000,oxygen,0", "2.0000000000,preheat,0"]
        );
        let vcd = text(|out| write(&mut Pulses::vcd(out)?));
        assert!(vcd.contains("$var wire 1 p torch_preheat $end\n$var wire 1 o torch_oxygen $end\n"), "{vcd}");
        assert!(vcd.ends_with("#5000000000\n1p\n#10000000625\n1X\n1x\n#10000100625\n0x\n#20000000000\n0o\n0p\n"), "{vcd}");
    }

    #[test]
    fn pins_rise_and_fall_in_vcd_and_a_pulse_ends_before_the_next() {
        let vcd = text(|out| {
            let mut pulses = Pulses::vcd(out)?;
            EDGES.iter().try_for_each(|edge| pulses.step(edge))?;
            pulses.finish()
        });
        let body = vcd.split("$enddefinitions $end\n").nth(1).unwrap();
        let expected = [
            "#0",
            "$dumpvars 0x 0y 0z 0p 0o $end",
            "#10000000625",
            "1X",
            "1x",
            "0Y",
            "1y",
            "#10000062500",
            "0x",
            "#10000063125",
            "1x",
            "#10000100625",
            "0y",
            "#10000163125",
            "0x",
        ];
        assert_eq!(body.lines().collect::<Vec<_>>(), expected);
    }
}
