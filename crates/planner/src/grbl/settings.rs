//! Grbl's `$` settings: those that shape motion, by number, with the checks the real one makes.
//!
//! In: numbers and values as `$$` prints them. Out: [`Settings`]. Uses nothing.

use crate::limits::Limits;
use crate::path::AXES;

/// `$1` that keeps the motors powered.
pub(super) const NEVER_IDLE_MS: f32 = 255.0;

/// Cycles of the step timer in a second: the 16 MHz of an Uno.
pub const TIMER_HZ: f64 = 16e6;
/// Most interrupts a second that the real one keeps up with, Hz.
pub const MAX_STEP_RATE_HZ: f64 = 30e3;

/// Settings that shape motion. Millimetres, seconds and minutes, single precision, as in the real one: its rounding is part of what it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// `$1`: how long the motors stay powered after a stop, ms; the controller does nothing else meanwhile. 255 is for ever.
    pub idle_delay_ms: f32,
    /// `$11`: junction deviation, mm.
    pub junction_deviation_mm: f32,
    /// `$12`: arc tolerance, mm.
    pub arc_tolerance_mm: f32,
    /// `$100` to `$102`: steps per millimetre.
    pub steps_per_mm: [f32; AXES],
    /// `$110` to `$112`: highest rates, mm/min.
    pub max_rate_mm_per_min: [f32; AXES],
    /// `$120` to `$122`: accelerations, mm/s².
    pub acceleration_mm_per_s2: [f32; AXES],
    /// `$130` to `$132`: travel, mm.
    pub travel_mm: [f32; AXES],
}

/// What Grbl 1.1 is delivered with on generic machines.
impl Default for Settings {
    fn default() -> Self {
        Self {
            idle_delay_ms: 25.0,
            junction_deviation_mm: 0.010,
            arc_tolerance_mm: 0.002,
            steps_per_mm: [250.0; AXES],
            max_rate_mm_per_min: [500.0; AXES],
            acceleration_mm_per_s2: [10.0; AXES],
            travel_mm: [200.0; AXES],
        }
    }
}

/// Why a setting is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingError {
    /// No such number (Grbl's error 3).
    Unknown,
    /// Below zero (4), or not finite.
    Negative,
    /// A step pulse shorter than 3 µs (6).
    PulseTooShort,
    /// Zero, where motion needs a value above it; the real one takes it and then never moves, or moves for ever.
    Zero,
    /// More than a hundred thousand steps per millimetre: no machine has that.
    TooLarge,
}

impl SettingError {
    /// The real one's error number, where it has one.
    pub fn grbl_error(self) -> Option<u8> {
        match self {
            Self::Unknown => Some(3),
            Self::Negative => Some(4),
            Self::PulseTooShort => Some(6),
            Self::Zero | Self::TooLarge => None,
        }
    }
}

impl Settings {
    /// The same limits in Grbl's terms; what they do not say is as delivered, but for motors that stay powered.
    pub fn from_limits(limits: &Limits) -> Self {
        Self {
            idle_delay_ms: NEVER_IDLE_MS,
            junction_deviation_mm: (limits.junction_deviation_m * 1e3) as f32,
            steps_per_mm: limits.steps_per_m.map(|s| (s * 1e-3) as f32),
            max_rate_mm_per_min: limits.max_speed_m_per_s.map(|v| (v * 60e3) as f32),
            acceleration_mm_per_s2: limits.max_acceleration_m_per_s2.map(|a| (a * 1e3) as f32),
            ..Self::default()
        }
    }

    /// Sets `$number=value`. Known numbers that do not shape motion are accepted and change nothing.
    ///
    /// # Errors
    /// [`SettingError`]; nothing is changed.
    pub fn set(&mut self, number: u16, value: f64) -> Result<(), SettingError> {
        if !value.is_finite() || value < 0.0 {
            return Err(SettingError::Negative);
        }
        let single = value as f32;
        let place = match number {
            0 if value < 3.0 => return Err(SettingError::PulseTooShort),
            0 | 2..=6 | 10 | 13 | 20..=27 | 30..=32 => return Ok(()),
            1 => {
                self.idle_delay_ms = single;
                return Ok(());
            }
            11 => &mut self.junction_deviation_mm,
            12 => &mut self.arc_tolerance_mm,
            100..=102 => &mut self.steps_per_mm[usize::from(number - 100)],
            110..=112 => &mut self.max_rate_mm_per_min[usize::from(number - 110)],
            120..=122 => &mut self.acceleration_mm_per_s2[usize::from(number - 120)],
            130..=132 => &mut self.travel_mm[usize::from(number - 130)],
            _ => return Err(SettingError::Unknown),
        };
        if (100..=102).contains(&number) && value > 1e5 {
            return Err(SettingError::TooLarge);
        }
        if single == 0.0 && number != 11 {
            return Err(SettingError::Zero);
        }
        *place = single;
        Ok(())
    }

    /// Accelerations as the planner uses them, mm/min².
    pub(super) fn acceleration_mm_per_min2(&self) -> [f32; AXES] {
        self.acceleration_mm_per_s2.map(|a| a * 3600.0)
    }
}
