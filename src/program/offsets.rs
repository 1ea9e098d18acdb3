//! Where coordinates count from: work zeros, G92 and G52, tool lengths, homes; and the switching of kerf compensation.
//!
//! In: a block's commands. Out: a changed state; the torch stays where it is, but for G28 and G30. May use `diag`.

use super::findings::{Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::item::{MoveKind, Plane};
use super::output::Draft;
use super::setup::Tool;
use super::state::{AXES, FARTHEST_MM, Place, Side, rotated};
use super::vocabulary::Group;
use super::words::{AXIS_LETTERS, Commands, whole};
use crate::diag::Diagnostic;
use crate::gcode::{Dialect, Span};

impl Interpreter<'_, '_> {
    /// The tool with this number.
    fn tool_of(&self, number: f64, span: Span) -> Result<Tool, Refusal> {
        let number = whole(number).ok_or_else(|| {
            refusal("P060", span, format!("tool {number} is not a whole number")).expected("the number of a tool")
        })?;
        if number == 0 {
            return Ok(Tool::default());
        }
        let found = self.parameters.tools.iter().find(|t| i64::from(t.number) == number);
        found.copied().ok_or_else(|| {
            let finding = refusal("P060", span, format!("tool {number} is not in the tool table"));
            if self.setup.tools.is_empty() {
                finding
                    .expected("a tool table")
                    .hint("give one with --tools, in LinuxCNC's format: T1 P1 D1.5; or, in LinuxCNC, write G41.1 D with the kerf")
            } else {
                let known: Vec<String> = self.setup.tools.iter().map(|t| format!("T{}", t.number)).collect();
                finding.expected(format!("one of {}", known.join(" ")))
            }
        })
    }

    /// G40, G41, G42, G41.1, G42.1.
    pub(super) fn compensation(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let Some(code) = commands.group(Group::Compensation) else { return Ok(()) };
        let span = commands.group_span(Group::Compensation);
        if code == 400 {
            self.state.doubt.compensation = false;
            return self.end_compensation();
        }
        if self.state.plane == Plane::Yz {
            return Err(refusal("P057", span, "kerf compensation in the YZ plane").expected("G17"));
        }
        if self.state.compensation.side.is_some() {
            return Err(refusal("P057", span, "kerf compensation is on already").expected("G40 before it"));
        }
        let diameter = match commands.take('D') {
            Some(diameter) if matches!(code, 411 | 421) => diameter * self.state.unit_mm,
            None if matches!(code, 411 | 421) => {
                return Err(refusal("P008", span, format!("G{} without D", f64::from(code) / 10.0))
                    .expected("D with the width of the kerf, such as G41.1 D1.5"));
            }
            // Mach3 takes P for the radius.
            None if self.dialect == Dialect::Mach3 && commands.has('P') => {
                2.0 * commands.take('P').unwrap_or(0.0) * self.state.unit_mm
            }
            Some(number) if number < 0.0 => {
                return Err(
                    refusal("P009", commands.span('D'), format!("D{number} is negative")).expected("the number of a tool")
                );
            }
            Some(number) => self.tool_of(number, commands.span('D'))?.diameter * self.setup.machine_unit_mm,
            None => self.tool_of(f64::from(self.state.tool_number), span)?.diameter * self.setup.machine_unit_mm,
        };
        if commands.take('L').is_some_and(|l| l != 0.0 && l != 9.0) {
            return Err(refusal("P057", commands.span('L'), "the side of a lathe tool").hint("remove L; this is a table"));
        }
        if diameter.abs() > FARTHEST_MM {
            return Err(refusal("P018", commands.span('D'), "a kerf wider than any table").hint("check the units (G20, G21)"));
        }
        let left = matches!(code, 410 | 411) == (diameter >= 0.0);
        let compensation = &mut self.state.compensation;
        compensation.side = Some(if left { Side::Left } else { Side::Right });
        compensation.radius_mm = 0.5 * diameter.abs();
        compensation.leads_in = true;
        self.state.compensated = true;
        // A way in from an unknown place cannot be judged, nor what follows it.
        self.state.doubt.compensation = false;
        self.state.doubt.compensation = self.state.doubt.of_geometry(self.state.plane);
        let radius = compensation.radius_mm;
        self.out.findings.once(Once::Compensated, span, || {
            if radius == 0.0 {
                Diagnostic::warning("P119", "kerf compensation by nothing: the tool has no diameter")
                    .hint("give the kerf as the tool's diameter, or write G41.1 D with it")
            } else {
                Diagnostic::note(
                    "P214",
                    format!("kerf compensation by the program: the torch runs {radius:.4} mm beside the path"),
                )
            }
        });
        Ok(())
    }

    /// G43, G43.1, G43.2, G49.
    pub(super) fn tool_length(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let Some(code) = commands.group(Group::ToolLength) else { return Ok(()) };
        let span = commands.group_span(Group::ToolLength);
        if self.state.compensation.side.is_some() {
            return Err(self.not_while_compensating(span, "the tool length changes"));
        }
        let table = |s: &Self, number: f64| -> Result<Place, Refusal> {
            let tool = s.tool_of(number, if commands.has('H') { commands.span('H') } else { span })?;
            let unit = |axis| if axis >= 3 { 1.0 } else { s.setup.machine_unit_mm };
            Ok(std::array::from_fn(|axis| tool.offset[axis] * unit(axis)))
        };
        let known = !self.setup.tools.is_empty();
        let offset = match code {
            430 if !known => {
                // Without a table, as on a torch table, there is nothing to look up.
                commands.take('H');
                return Ok(());
            }
            430 => {
                let number = commands.peek('H').unwrap_or(f64::from(self.state.tool_number));
                let offset = table(self, number)?;
                commands.take('H');
                offset
            }
            431 => {
                let mut offset = self.state.tool;
                for (axis, length) in offset.iter_mut().enumerate() {
                    *length = self.state.axis_value(commands, axis)?.unwrap_or(*length);
                }
                offset
            }
            432 => {
                // LinuxCNC 2.9 means to take axis words too, but then looks for tool -1.
                let Some(number) = commands.peek('H').filter(|_| !commands.has_axes()) else {
                    return Err(refusal("P008", span, "G43.2 without H, or with an axis")
                        .expected("H with the number of a tool, alone")
                        .hint("G43.1 takes lengths"));
                };
                let more = table(self, number)?;
                commands.take('H');
                std::array::from_fn(|axis| self.state.tool[axis] + more[axis])
            }
            _ => {
                if self.dialect == Dialect::Grbl {
                    // Grbl takes axis words beside G49 for its own.
                    for letter in ['X', 'Y', 'Z'] {
                        commands.take(letter);
                    }
                }
                [0.0; AXES]
            }
        };
        self.state.keep_place(|s| s.tool = offset);
        Ok(())
    }

    /// G54 to G59.3.
    pub(super) fn work_zero(&mut self, commands: &Commands) -> Result<(), Refusal> {
        let Some(code) = commands.group(Group::WorkZero) else { return Ok(()) };
        let span = commands.group_span(Group::WorkZero);
        let index = if code > 590 { 5 + (code - 590) } else { (code - 540) / 10 } as u8;
        if self.state.compensation.side.is_some() && self.dialect == Dialect::LinuxCnc {
            return Err(self.not_while_compensating(span, "the work zero changes"));
        }
        if index == self.state.zero {
            return Ok(());
        }
        self.select_zero(index);
        self.parameters.set(5220, f64::from(index) + 1.0);
        if self.state.origin[..3].iter().zip(self.setup.work_zero_in_machine_m).all(|(a, b)| *a == b * 1e3) {
            self.out.findings.once(Once::OtherZero, span, || {
                Diagnostic::note("P203", "G55 to G59 have the same work zero as G54 until G10 moves them")
            });
        }
        Ok(())
    }

    pub(super) fn select_zero(&mut self, index: u8) {
        let first = 5221 + 20 * usize::from(index);
        let origin = self.parameters.place(first, self.setup);
        let rotation = self.parameters.get(first + 9);
        self.state.keep_place(|s| (s.zero, s.origin, s.rotation_deg) = (index, origin, rotation));
    }

    /// The words of group 0 but G4 and G53, and of LinuxCNC's group 16.
    pub(super) fn non_modal(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let once = commands.group(Group::NonModal);
        let code = match (once, commands.group(Group::Shift)) {
            (Some(code), None) => code,
            (None, Some(code)) => code,
            (Some(code), Some(shift)) => {
                self.non_modal_word(code, commands)?;
                shift
            }
            (None, None) => return Ok(()),
        };
        self.non_modal_word(code, commands)
    }

    fn non_modal_word(&mut self, code: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::NonModal);
        let compensates = self.state.compensation.side.is_some();
        match code {
            40 | 530 => Ok(()),
            53 => self.nurbs_end(commands),
            280 | 300 | 281 | 301 | 920..=923 | 520 if compensates => {
                Err(self.not_while_compensating(span, "the zero or the home changes"))
            }
            280 => self.go_home(5161, commands),
            300 => self.go_home(5181, commands),
            281 if self.dialect == Dialect::Mach3 => self.go_home(5161, commands),
            281 | 301 => {
                let here = self.state.machine(&self.state.at);
                self.parameters.set_place(if code == 281 { 5161 } else { 5181 }, &here, self.setup);
                Ok(())
            }
            100 => self.set_zero(commands),
            _ => self.shift(code, commands),
        }
    }

    /// G92, G52, G92.1, G92.2, G92.3.
    fn shift(&mut self, code: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let mut shift = self.state.shift;
        match code {
            920 | 520 => {
                for (axis, shift) in shift.iter_mut().enumerate() {
                    if let Some(value) = self.state.axis_value(commands, axis)? {
                        *shift = if code == 520 { value } else { self.state.at[axis] + *shift - value };
                        self.state.doubt.axes &= !(1 << axis);
                    }
                }
                self.parameters.set(5210, 1.0);
                self.parameters.set_place(5211, &shift, self.setup);
            }
            923 => {
                self.parameters.set(5210, 1.0);
                shift = self.parameters.place(5211, self.setup);
            }
            _ => {
                self.parameters.set(5210, 0.0);
                shift = [0.0; AXES];
                if code == 921 {
                    self.parameters.set_place(5211, &shift, self.setup);
                }
            }
        }
        self.state.keep_place(|s| s.shift = shift);
        Ok(())
    }

    /// G28 and G30: over the place the axis words name to the home that stands from parameter `home` on.
    fn go_home(&mut self, home: usize, commands: &mut Commands) -> Result<(), Refusal> {
        let home = self.parameters.place(home, self.setup);
        let axes: Vec<usize> = (0..AXES).filter(|axis| commands.has(AXIS_LETTERS[*axis])).collect();
        if self.dialect != Dialect::Grbl || !axes.is_empty() {
            let over = self.state.target(commands)?;
            self.rapid_to(over);
        }
        // In work coordinates: where they are turned, homing X alone moves the machine in X and Y.
        let home = self.state.work(&home);
        let mut end = self.state.at;
        for axis in 0..AXES {
            if axes.is_empty() || axes.contains(&axis) {
                end[axis] = home[axis];
                self.state.doubt.axes &= !(1 << axis);
            }
        }
        self.rapid_to(end);
        Ok(())
    }

    fn rapid_to(&mut self, to: Place) {
        if to[..3] != self.state.at[..3] {
            self.state.moved();
        }
        self.state.at = to;
        self.out.make_move(&self.state, Draft { kind: MoveKind::Rapid, to, arc: None, feed: 0.0, in_work: false });
    }

    /// What Grbl minds about a G10, in its order. P and L count to their whole parts.
    pub(super) fn check_zero(&self, commands: &Commands) -> Result<(), Refusal> {
        let (p, l) = (commands.peek('P'), commands.peek('L'));
        if p.is_none() && l.is_none() {
            return Err(without_p(commands));
        }
        let (p, l) = (p.unwrap_or(0.0).trunc(), l.unwrap_or(0.0).trunc());
        if p > 6.0 {
            return Err(refusal("P009", commands.span('P'), format!("G10 P{p}")).expected("0 to 6").grbl(29));
        }
        if l == 2.0 && commands.has('R') {
            return Err(refusal("P007", commands.span('R'), "R in this G10").expected("R in G10 L2 of LinuxCNC only").grbl(20));
        }
        if l != 2.0 && l != 20.0 {
            return Err(refusal("P009", commands.group_span(Group::NonModal), format!("G10 L{l}"))
                .expected("L2 or L20")
                .grbl(20));
        }
        Ok(())
    }

    /// G10 L2 and L20; L1, L10 and L11 set tools, of which a torch has none.
    fn set_zero(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::NonModal);
        let grbl = self.dialect == Dialect::Grbl;
        let (mut p, mut l) = (commands.take('P'), commands.take('L'));
        if grbl {
            (p, l) = (p.map(f64::trunc), l.map(f64::trunc));
        } else if p.is_none() {
            return Err(without_p(commands));
        }
        let l = if self.dialect == Dialect::Mach3 { l.unwrap_or(2.0) } else { l.unwrap_or(0.0) };
        let most = if self.dialect == Dialect::LinuxCnc { 9.0 } else { 6.0 };
        let fits = |p: f64| whole(p).is_some() && (0.0..=most).contains(&p);
        let p = p.unwrap_or(0.0);
        match whole(l) {
            Some(level @ (1 | 10 | 11)) if self.dialect == Dialect::LinuxCnc && !self.setup.tools.is_empty() => {
                return self.set_tool(level, p, commands);
            }
            Some(1 | 10 | 11) if self.dialect != Dialect::Grbl => {
                for letter in ['R', 'I', 'J', 'Q', 'X', 'Y', 'Z', 'A', 'B', 'C'] {
                    commands.take(letter);
                }
                self.out.findings.once(Once::Tool, span, || {
                    Diagnostic::note("P206", "tool words (T, M6, G10 L1) do nothing: the table has one torch")
                });
                return Ok(());
            }
            Some(2 | 20) => {}
            _ => return Err(refusal("P009", span, format!("G10 L{l}")).expected("L2 or L20")),
        }
        if !fits(p) {
            return Err(refusal("P009", commands.span('P'), format!("G10 P{p}")).expected(format!("0 to {most}")));
        }
        let index = if p.round() == 0.0 { self.state.zero } else { p.round() as u8 - 1 };
        let first = 5221 + 20 * usize::from(index);
        if self.state.compensation.side.is_some() && index == self.state.zero {
            return Err(self.not_while_compensating(span, "the work zero changes"));
        }
        if let Some(letter) = ['I', 'J'].into_iter().find(|l| commands.has(*l)) {
            return Err(refusal("P007", commands.span(letter), format!("{letter} in G10 L2")).expected("X, Y, Z or R").grbl(36));
        }
        let mut rotation = self.parameters.get(first + 9);
        if let Some(turn) = commands.take('R') {
            if l == 20.0 || grbl {
                return Err(refusal("P007", commands.span('R'), "R in this G10")
                    .expected("R in G10 L2 of LinuxCNC only")
                    .grbl(36));
            }
            rotation = turn;
        }
        let mut origin = self.parameters.place(first, self.setup);
        let machine = self.state.machine(&self.state.at);
        let wanted: Vec<Option<f64>> = (0..AXES).map(|axis| self.state.axis_value(commands, axis)).collect::<Result<_, _>>()?;
        if l == 2.0 {
            for (axis, value) in wanted.iter().enumerate() {
                origin[axis] = value.unwrap_or(origin[axis]);
            }
        } else {
            // Where the torch is, in that zero's coordinates as they are, and as they shall be.
            let mut there = self.state;
            (there.origin, there.rotation_deg) = (origin, rotation);
            let now = there.work(&machine);
            let shift = self.state.shift;
            let turned = |xy: [f64; 2]| rotated([xy[0] + shift[0], xy[1] + shift[1]], rotation);
            let (old, new) = (turned([now[0], now[1]]), turned([wanted[0].unwrap_or(now[0]), wanted[1].unwrap_or(now[1])]));
            origin[0] += old[0] - new[0];
            origin[1] += old[1] - new[1];
            for axis in 2..AXES {
                origin[axis] += wanted[axis].map_or(0.0, |value| now[axis] - value);
            }
        }
        for (axis, value) in wanted.iter().enumerate() {
            if value.is_some() && l == 20.0 {
                self.state.doubt.axes &= !(1 << axis);
            }
        }
        self.parameters.set_place(first, &origin, self.setup);
        self.parameters.set(first + 9, rotation);
        if index == self.state.zero {
            let turned = rotation != self.state.rotation_deg;
            let shift = self.state.shift;
            if turned && self.dialect == Dialect::LinuxCnc {
                // LinuxCNC turns where it thinks it is without the shift of G92 and G52, so that axes without a word in the next move go
                // astray.
                self.state.shift = [0.0; AXES];
            }
            self.select_zero(index);
            self.state.shift = shift;
        }
        Ok(())
    }

    /// G10 L1, L10 and L11: changes the tool table.
    fn set_tool(&mut self, level: i64, number: f64, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::NonModal);
        self.tool_of(number, commands.span('P'))?;
        let number = whole(number).unwrap_or(0);
        let Some(index) = self.parameters.tools.iter().position(|t| i64::from(t.number) == number) else {
            return Err(refusal("P009", commands.span('P'), format!("G10 P{number}")).expected("the number of a tool"));
        };
        if !commands.has_axes() && !['R', 'I', 'J', 'Q'].into_iter().any(|l| commands.has(l)) {
            return Err(refusal("P015", span, "G10 for a tool that changes nothing of it").expected("X, Y, Z or R"));
        }
        let mut tool = self.parameters.tools[index];
        let unit = |axis: usize| if axis >= 3 { 1.0 } else { self.setup.machine_unit_mm };
        // Where the tool's tip is if it has no length: in the work zero in force, or for L11 in G59.3 without shift.
        let mut there = self.state;
        (there.tool, there.rotation_deg) = ([0.0; AXES], if level == 1 { 0.0 } else { there.rotation_deg });
        if level == 11 {
            (there.origin, there.rotation_deg) = (self.parameters.place(5381, self.setup), self.parameters.get(5390));
            there.shift = [0.0; AXES];
        }
        let tip = there.work(&self.state.machine(&self.state.at));
        let mut offset: Place = std::array::from_fn(|axis| tool.offset[axis] * unit(axis));
        [offset[0], offset[1]] = rotated([offset[0], offset[1]], -there.rotation_deg);
        for axis in 0..AXES {
            if let Some(value) = self.state.axis_value(commands, axis)? {
                offset[axis] = if level == 1 { value } else { tip[axis] - value };
            }
        }
        [offset[0], offset[1]] = rotated([offset[0], offset[1]], there.rotation_deg);
        tool.offset = std::array::from_fn(|axis| offset[axis] / unit(axis));
        if let Some(radius) = self.state.length(commands, 'R', FARTHEST_MM)? {
            tool.diameter = 2.0 * radius / self.setup.machine_unit_mm;
        }
        for letter in ['I', 'J', 'Q'] {
            commands.take(letter);
        }
        self.parameters.tools[index] = tool;
        Ok(())
    }
}

fn without_p(commands: &Commands) -> Refusal {
    refusal("P008", commands.group_span(Group::NonModal), "G10 without P").expected("P, such as G10 L2 P1 X0").grbl(28)
}
