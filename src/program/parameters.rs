//! Parameters and expressions: `#1`, `#<name>`, `[…]`.
//!
//! In: a block's code and the state. Out: numbers, or why there is none. The numbers of parameters and their meaning are LinuxCNC's (its
//! manual, "Parameters"); Mach3 has the same below 5400. May use `gcode`'s blocks.

use super::findings::{Refusal, refusal};
use super::setup::{Setup, Tool};
use super::state::{FeedMode, Place, Side, State};
use crate::gcode::{Binary, Block, Dialect, Op, Setting, Span, Target, Unary, Value};
use std::collections::{BTreeMap, HashMap};
use std::f64::consts::PI;

/// One more than the highest numbered parameter of LinuxCNC 2.9.
const LINUXCNC_PARAMETERS: usize = 5602;
/// One more than the highest numbered parameter of Mach3.
const MACH3_PARAMETERS: usize = 10_321;
/// Parameters #1 to this one are local to a subroutine.
pub(super) const LOCAL: usize = 30;
/// Numbers nearer than this are equal (LinuxCNC).
const EQUAL: f64 = 1e-4;
/// Where the current position stands.
const POSITION: usize = 5420;

/// What a named parameter may ask of the interpreter.
pub(super) struct Context<'a> {
    pub(super) state: &'a State,
    pub(super) setup: &'a Setup,
    pub(super) dialect: Dialect,
    /// Named parameters of the subroutine being executed.
    pub(super) locals: &'a HashMap<String, f64>,
    /// Depth of calls.
    pub(super) level: usize,
    /// What the last subroutine returned.
    pub(super) returned: Option<f64>,
    /// Line being executed.
    pub(super) line: u32,
}

/// The numbered parameters, and the named ones that all subroutines share.
pub(super) struct Parameters {
    numbered: Vec<f64>,
    globals: HashMap<String, f64>,
    /// The tool table, which G10 L1, L10 and L11 change; lengths in the controller's own units.
    pub(super) tools: Vec<Tool>,
    /// What a block has overwritten of the numbered ones, to be put back if it turns out faulty.
    overwritten: Vec<(usize, f64)>,
}

impl Parameters {
    /// As the controller keeps them at the start, with work zeros and homes from the setup.
    pub(super) fn new(setup: &Setup, dialect: Dialect) -> Self {
        let count = match dialect {
            Dialect::Mach3 => MACH3_PARAMETERS,
            _ => LINUXCNC_PARAMETERS,
        };
        let mut new =
            Self { numbered: vec![0.0; count], globals: HashMap::new(), tools: setup.tools.clone(), overwritten: Vec::new() };
        let unit = setup.machine_unit_mm;
        for zero in 0..9 {
            for axis in 0..3 {
                new.numbered[5221 + 20 * zero + axis] = setup.work_zero_in_machine_m[axis] * 1e3 / unit;
            }
        }
        for home in [5161, 5181] {
            new.numbered[home + 2] = setup.start_in_machine_m[2] * 1e3 / unit;
        }
        new.numbered[5220] = 1.0;
        new
    }

    /// None at all, to stand in while the real ones are in use.
    pub(super) fn empty() -> Self {
        Self { numbered: Vec::new(), globals: HashMap::new(), tools: Vec::new(), overwritten: Vec::new() }
    }

    /// The parameter with this number.
    pub(super) fn get(&self, number: usize) -> f64 {
        self.numbered.get(number).copied().unwrap_or(0.0)
    }

    /// Sets the parameter with this number.
    pub(super) fn set(&mut self, number: usize, value: f64) {
        if let Some(slot) = self.numbered.get_mut(number) {
            self.overwritten.push((number, std::mem::replace(slot, value)));
        }
    }

    /// Starts a block.
    pub(super) fn begin(&mut self) {
        self.overwritten.clear();
    }

    /// Puts back what the block has overwritten.
    pub(super) fn back(&mut self) {
        for (number, value) in self.overwritten.drain(..).rev() {
            self.numbered[number] = value;
        }
    }

    /// The parameters from `first` on as a place, mm and degrees.
    pub(super) fn place(&self, first: usize, setup: &Setup) -> Place {
        std::array::from_fn(|axis| self.get(first + axis) * unit(setup, axis))
    }

    /// Stores a place in the parameters from `first` on.
    pub(super) fn set_place(&mut self, first: usize, place: &Place, setup: &Setup) {
        for (axis, at) in place.iter().enumerate() {
            self.set(first + axis, at / unit(setup, axis));
        }
    }

    /// Exchanges the parameters that are local to a subroutine.
    pub(super) fn swap_locals(&mut self, values: &mut [f64; LOCAL]) {
        self.numbered[1..=LOCAL].swap_with_slice(values);
    }

    /// The value of what was written at `span`.
    pub(super) fn evaluate(&self, block: &Block, value: Value, span: Span, context: &Context) -> Result<f64, Refusal> {
        let expression = match value {
            Value::Number(number) => return Ok(number),
            Value::Expression(expression) => expression,
        };
        let mut stack: Vec<f64> = Vec::with_capacity(8);
        for op in block.code(expression) {
            // Expressions are compiled so that operands are there; a missing one is 0.
            let result = match *op {
                Op::Number(number) => number,
                Op::Named(name) if sets_before(block, block.text(name), span) => {
                    self.find(block.text(name), context).unwrap_or(0.0)
                }
                Op::Named(name) => self.named(block.text(name), span, context)?,
                Op::ExistsNamed(name) => {
                    let name = block.text(name);
                    f64::from(u8::from(self.find(name, context).is_some() || sets_before(block, name, span)))
                }
                Op::Parameter => {
                    let index = self.index(finite(stack.pop(), span)?, span)?;
                    self.numbered_value(index, span, context)?
                }
                Op::Exists => {
                    let index = whole_index(stack.pop().unwrap_or(0.0), span)?;
                    f64::from(u8::from(self.has(index)))
                }
                Op::Unary(unary) => apply_unary(unary, finite(stack.pop(), span)?, span)?,
                Op::Binary(binary) => {
                    let (right, left) = (stack.pop().unwrap_or(0.0), stack.pop().unwrap_or(0.0));
                    apply(binary, left, right, span)?
                }
                Op::Bracketed => finite(stack.pop(), span)?,
            };
            // A value that was lost.
            if result.is_nan() && matches!(op, Op::Named(_) | Op::Parameter) {
                return Err(Refusal::silent());
            }
            stack.push(result);
        }
        finite(stack.pop(), span)
    }

    /// Carries out the settings of a block, after all their values are known.
    pub(super) fn assign(&mut self, block: &Block, context: &Context) -> Result<Vec<(String, f64)>, Refusal> {
        let mut values = Vec::with_capacity(block.settings.len());
        for setting in &block.settings {
            let index = match setting.target {
                Target::Numbered(index) => self.evaluate(block, index, setting.span, context)?,
                Target::Named(_) => 0.0,
            };
            values.push((index, self.evaluate(block, setting.value, setting.span, context)?));
        }
        let mut locals = Vec::new();
        for (setting, (index, value)) in block.settings.iter().zip(values) {
            self.assign_one(block, setting, index, value, context, &mut locals)?;
        }
        Ok(locals)
    }

    fn assign_one(
        &mut self,
        block: &Block,
        setting: &Setting,
        index: f64,
        value: f64,
        context: &Context,
        locals: &mut Vec<(String, f64)>,
    ) -> Result<(), Refusal> {
        match setting.target {
            Target::Numbered(_) => {
                let index = self.index(index, setting.span)?;
                if context.dialect == Dialect::LinuxCnc && matches!(index, 5400..=5413 | 5420..=5428) {
                    return Err(refusal("P032", setting.span, format!("#{index} can only be read"))
                        .expected("a parameter of your own, such as #100"));
                }
                self.set(index, value);
            }
            Target::Named(name) => {
                let name = block.text(name);
                if predefined(name, context).is_some() || is_outside(name) {
                    return Err(refusal("P032", setting.span, format!("#<{name}> can only be read"))
                        .expected("a name of your own, such as #<depth>"));
                }
                if name.starts_with('_') {
                    self.globals.insert(name.to_string(), value);
                } else {
                    locals.push((name.to_string(), value));
                }
            }
        }
        Ok(())
    }

    /// Marks what a faulty block would have set, so that nothing later is blamed for it: NaN stands for a value that was lost.
    pub(super) fn lose(&mut self, block: &Block) -> Vec<(String, f64)> {
        let mut locals = Vec::new();
        for setting in &block.settings {
            match setting.target {
                Target::Named(name) if block.text(name).starts_with('_') => {
                    self.globals.insert(block.text(name).to_string(), f64::NAN);
                }
                Target::Named(name) => locals.push((block.text(name).to_string(), f64::NAN)),
                Target::Numbered(Value::Number(index)) => self.set(index as usize, f64::NAN),
                Target::Numbered(_) => {}
            }
        }
        locals
    }

    /// The value behind `#5` or `#<name>` in a message; none if there is none.
    pub(super) fn shown(&self, name: &str, context: &Context) -> Option<f64> {
        match name.strip_prefix("#<") {
            Some(name) => {
                let name: String = name.trim_end_matches('>').chars().filter(|c| !c.is_whitespace()).collect();
                self.find(&name.to_ascii_lowercase(), context)
            }
            None => {
                let index = name.strip_prefix('#')?.parse::<usize>().ok().filter(|n| (1..self.numbered.len()).contains(n))?;
                self.numbered_value(index, Span::default(), context).ok()
            }
        }
    }

    fn index(&self, value: f64, span: Span) -> Result<usize, Refusal> {
        let index = whole_index(value, span)?;
        if !self.has(index) {
            return Err(refusal("P033", span, format!("there is no parameter #{index}"))
                .expected(format!("#1 to #{}", self.numbered.len() - 1)));
        }
        Ok(index as usize)
    }

    /// Whether there is a parameter with this number.
    fn has(&self, index: f64) -> bool {
        (1.0..self.numbered.len() as f64).contains(&index)
    }

    fn numbered_value(&self, index: usize, span: Span, context: &Context) -> Result<f64, Refusal> {
        let state = context.state;
        match index {
            5420..=5428 if context.dialect == Dialect::LinuxCnc => {
                if state.compensation.side.is_some() {
                    return Err(refusal("P034", span, format!("#{index} is read while kerf compensation is on"))
                        .expected("G40 before it")
                        .hint("the position is not known until the next corner is"));
                }
                let axis = index - POSITION;
                Ok(state.at.get(axis).map_or(0.0, |at| at / state.unit(axis)))
            }
            5400 => Ok(f64::from(state.tool_number)),
            // Of the tool in use, whatever G43 has made of it.
            5401..=5406 | 5410 => {
                let tool = self.tools.iter().find(|t| t.number == state.tool_number);
                Ok(tool.map_or(0.0, |t| t.offset.get(index - 5401).copied().unwrap_or(t.diameter)))
            }
            _ => Ok(self.get(index)),
        }
    }

    fn find(&self, name: &str, context: &Context) -> Option<f64> {
        predefined(name, context)
            .or_else(|| if name.starts_with('_') { self.globals.get(name) } else { context.locals.get(name) }.copied())
            .or_else(|| outside(name, &context.setup.hal))
    }

    fn named(&self, name: &str, span: Span, context: &Context) -> Result<f64, Refusal> {
        self.find(name, context).ok_or_else(|| {
            if is_outside(name) {
                let key = outside_key(name);
                refusal("P030", span, format!("#<{name}> asks the controller for a value that is not configured"))
                    .expected(format!("a value for \"{key}\""))
                    .hint(format!("give it with --hal {key}=VALUE, or in the scene under [job.hal]"))
            } else {
                refusal("P031", span, format!("#<{name}> is not set"))
                    .expected("a value given to it before")
                    .hint("names without '_' in front are known only in the subroutine that sets them")
            }
        })
    }
}

/// Whether a block has begun to set a name where something stands at `span`: LinuxCNC makes the parameter, with 0 for its value, as soon as
/// it has read `#<name>=`.
fn sets_before(block: &Block, name: &str, span: Span) -> bool {
    let named = |s: &Setting| matches!(s.target, Target::Named(n) if block.text(n) == name);
    block.settings.iter().any(|s| named(s) && s.span.column <= span.column)
}

/// What a 1 in the controller's own units means for `axis`.
fn unit(setup: &Setup, axis: usize) -> f64 {
    if axis >= 3 { 1.0 } else { setup.machine_unit_mm }
}

/// Whether a name asks for a value outside the interpreter.
fn is_outside(name: &str) -> bool {
    name.starts_with("_hal[") || name.starts_with("_ini[")
}

/// `_hal[a.b]` is configured as `a.b`, `_ini[section]key` as `section.key`.
fn outside_key(name: &str) -> String {
    let (inner, rest) = name[5..].split_once(']').unwrap_or((&name[5..], ""));
    if rest.is_empty() { inner.to_string() } else { format!("{inner}.{rest}") }
}

fn outside(name: &str, configured: &BTreeMap<String, f64>) -> Option<f64> {
    if is_outside(name) { configured.get(&outside_key(name)).copied() } else { None }
}

/// The read-only names of LinuxCNC.
fn predefined(name: &str, context: &Context) -> Option<f64> {
    if !name.starts_with('_') {
        return None;
    }
    let state = context.state;
    let flag = |yes: bool| Some(f64::from(u8::from(yes)));
    let work = |axis: usize| Some(state.at[axis] / state.unit(axis));
    let machine = |axis: usize| Some(state.machine(&state.at)[axis] / state.unit(axis));
    match name {
        "_vmajor" => Some(2.9),
        "_vminor" => Some(0.0),
        "_line" => Some(f64::from(context.line)),
        "_motion_mode" => Some(state.motion.map_or(-1.0, f64::from)),
        "_plane" => Some([170.0, 180.0, 190.0][state.plane as usize]),
        "_ccomp" => Some(match state.compensation.side {
            None => 400.0,
            Some(Side::Left) => 410.0,
            Some(Side::Right) => 420.0,
        }),
        "_metric" => flag(state.unit_mm == 1.0),
        "_imperial" => flag(state.unit_mm != 1.0),
        "_absolute" => flag(!state.incremental),
        "_incremental" => flag(state.incremental),
        "_inverse_time" => flag(state.feed_mode == FeedMode::InverseTime),
        "_units_per_minute" => flag(state.feed_mode == FeedMode::PerMinute),
        "_units_per_rev" => Some(0.0),
        "_coord_system" => Some(540.0 + 10.0 * f64::from(state.zero.min(5)) + f64::from(state.zero.saturating_sub(5))),
        "_tool_offset" => flag(state.tool.iter().any(|t| *t != 0.0)),
        "_retract_r_plane" => flag(state.retract_to_clearance),
        "_retract_old_z" => flag(!state.retract_to_clearance),
        "_spindle_rpm_mode" => Some(1.0),
        "_spindle_css_mode" => Some(0.0),
        "_ijk_absolute_mode" => flag(!state.centres_incremental),
        "_lathe_diameter_mode" => flag(state.diameter),
        "_lathe_radius_mode" => flag(!state.diameter),
        "_spindle_on" => flag(state.spindle != 0),
        "_spindle_cw" => flag(state.spindle == 1),
        "_mist" | "_flood" => Some(0.0),
        "_speed_override" | "_feed_override" => Some(1.0),
        "_adaptive_feed" | "_feed_hold" => Some(0.0),
        "_feed" => Some(state.feed / state.unit_mm),
        "_rpm" => Some(state.speed),
        "_x" => work(0),
        "_y" => work(1),
        "_z" => work(2),
        "_a" => work(3),
        "_b" => work(4),
        "_c" => work(5),
        "_u" | "_v" | "_w" => Some(0.0),
        "_abs_x" => machine(0),
        "_abs_y" => machine(1),
        "_abs_z" => machine(2),
        "_abs_a" => machine(3),
        "_abs_b" => machine(4),
        "_abs_c" => machine(5),
        "_metric_machine" => flag(context.setup.machine_unit_mm == 1.0),
        "_current_tool" => Some(f64::from(state.tool_number)),
        "_selected_tool" => Some(f64::from(state.selected_tool)),
        "_current_pocket" | "_selected_pocket" => Some(0.0),
        "_value" => Some(context.returned.unwrap_or(0.0)),
        "_value_returned" => flag(context.returned.is_some()),
        "_task" => Some(0.0),
        "_call_level" => Some(context.level as f64),
        "_remap_level" => Some(0.0),
        _ => None,
    }
}

/// The result of an expression. LinuxCNC looks at what a bracket comes to, not at each operation in it.
fn finite(value: Option<f64>, span: Span) -> Result<f64, Refusal> {
    match value.unwrap_or(0.0) {
        value if value.is_nan() => Err(refusal("P036", span, "the result is no number, as after MOD by zero")
            .hint("test the divisor first: o1 if [#1 NE 0]")),
        value if value.is_infinite() => Err(refusal("P037", span, "the result is too large a number")),
        value => Ok(value),
    }
}

/// The whole number next to that of a parameter.
fn whole_index(value: f64, span: Span) -> Result<f64, Refusal> {
    let index = value.round();
    if (value - index).abs() > 1e-4 {
        return Err(refusal("P033", span, format!("parameter number {value} is not whole")).expected("a whole number after '#'"));
    }
    Ok(index)
}

/// What LinuxCNC's π, a long double, is more than its nearest f64.
const PI_REST: f64 = 1.225_148_454_908_62e-16;

/// Radians, and the rest that f64 leaves out. LinuxCNC reckons with long doubles here, and FIX and comparisons show the last bit:
/// SIN[30] is exactly 0.5.
fn radians(degrees: f64) -> (f64, f64) {
    let turns = degrees * PI;
    let rest = degrees.mul_add(PI, -turns) + degrees * PI_REST;
    let quotient = turns / 180.0;
    let rest = (quotient.mul_add(-180.0, turns) + rest) / 180.0;
    // Of an angle so large, no digit says anything.
    (quotient, if rest.abs() < 1e-6 { rest } else { 0.0 })
}

fn sine(degrees: f64) -> f64 {
    let (angle, rest) = radians(degrees);
    rest.mul_add(angle.cos(), angle.sin())
}

fn cosine(degrees: f64) -> f64 {
    let (angle, rest) = radians(degrees);
    (-rest).mul_add(angle.sin(), angle.cos())
}

fn tangent(degrees: f64) -> f64 {
    let (angle, rest) = radians(degrees);
    let tangent = angle.tan();
    if tangent.abs() < 1e6 { rest.mul_add(tangent.mul_add(tangent, 1.0), tangent) } else { sine(degrees) / cosine(degrees) }
}

/// Degrees, as exactly.
fn degrees(radians: f64) -> f64 {
    let halves = radians * 180.0;
    let quotient = halves / PI;
    quotient + (quotient.mul_add(-PI, halves) - quotient * PI_REST) / PI
}

fn apply_unary(unary: Unary, x: f64, span: Span) -> Result<f64, Refusal> {
    let outside =
        |what: &str, expected: &str| Err(refusal("P035", span, format!("{what} of {x}")).expected(expected.to_string()));
    Ok(match unary {
        Unary::Abs => x.abs(),
        Unary::Acos if x.abs() > 1.0 => return outside("ACOS", "-1 to 1"),
        Unary::Acos => degrees(x.acos()),
        Unary::Asin if x.abs() > 1.0 => return outside("ASIN", "-1 to 1"),
        Unary::Asin => degrees(x.asin()),
        Unary::Cos => cosine(x),
        Unary::Exp => x.exp(),
        Unary::Fix => x.floor(),
        Unary::Fup => x.ceil(),
        Unary::Ln if x <= 0.0 => return outside("LN", "more than 0"),
        Unary::Ln => x.ln(),
        Unary::Round => x.round(),
        Unary::Sin => sine(x),
        Unary::Sqrt if x < 0.0 => return outside("SQRT", "0 or more"),
        Unary::Sqrt => x.sqrt(),
        Unary::Tan => tangent(x),
        Unary::Negate => -x,
    })
}

fn apply(binary: Binary, left: f64, right: f64, span: Span) -> Result<f64, Refusal> {
    let flag = |yes: bool| f64::from(u8::from(yes));
    Ok(match binary {
        Binary::Power if left < 0.0 && right.floor() != right => {
            return Err(refusal("P035", span, format!("{left} to the power of {right}"))
                .expected("a whole exponent, or a base of 0 or more"));
        }
        Binary::Power => left.powf(right),
        Binary::Times => left * right,
        Binary::Over if right == 0.0 => {
            return Err(refusal("P036", span, "division by zero").hint("test the divisor first: o1 if [#1 NE 0]"));
        }
        Binary::Over => left / right,
        Binary::Mod => left.rem_euclid(right),
        Binary::Plus => left + right,
        Binary::Minus => left - right,
        Binary::Equal => flag((left - right).abs() < EQUAL),
        Binary::NotEqual => flag((left - right).abs() >= EQUAL),
        Binary::Greater => flag(left > right),
        Binary::GreaterOrEqual => flag(left >= right),
        Binary::Less => flag(left < right),
        Binary::LessOrEqual => flag(left <= right),
        Binary::And => flag(left != 0.0 && right != 0.0),
        Binary::Or => flag(left != 0.0 || right != 0.0),
        Binary::Xor => flag((left != 0.0) != (right != 0.0)),
        Binary::Atan if !(left.is_finite() && right.is_finite()) => return finite(Some(left + right), span),
        Binary::Atan => degrees(left.atan2(right)),
    })
}
