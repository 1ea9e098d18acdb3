//! Words that ask something of the controller around the motion: outputs, inputs, overrides, tools, user words, messages.
//!
//! In: a block's commands and comments. Out: torch events where the torch words say so, else notes on what is passed over. May use `diag`.

use super::findings::{Once, Refusal, refusal};
use super::interpreter::Interpreter;
use super::vocabulary::Group;
use super::words::{Commands, whole};
use crate::diag::Diagnostic;
use crate::gcode::{Block, Dialect, Note, NoteKind};

/// M words of the owner's range that QtPlasmaC defines and that change nothing here.
const QTPLASMAC: [u16; 1] = [159];

impl Interpreter<'_, '_> {
    /// M62 to M68, M48 to M53, M100 to M199.
    pub(super) fn outputs(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        if let Some(code) = commands.group(Group::Output) {
            self.output(code, commands)?;
        }
        if let Some(code) = commands.group(Group::Override) {
            let span = commands.group_span(Group::Override);
            if code >= 50 {
                commands.take('P');
                commands.take('$');
            }
            if self.state.compensation.side.is_some() {
                return Err(self.not_while_compensating(span, "an override changes"));
            }
            self.out.findings.once(Once::Override, span, || {
                Diagnostic::note("P215", "M48 to M53 switch overrides and adaptive feed: the twin runs at the programmed feed")
            });
        }
        if let Some(code) = commands.group(Group::User) {
            self.user_word(code, commands)?;
        }
        Ok(())
    }

    fn output(&mut self, code: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::Output);
        if self.state.compensation.side.is_some() {
            return Err(self.not_while_compensating(span, format!("M{code} switches").as_str()));
        }
        match code {
            62..=65 => {
                let Some(port) = commands.take('P') else {
                    return Err(refusal("P008", span, format!("M{code} without P")).expected("P with the number of the output"));
                };
                if self.torch_words.action(code, Some(port), None).is_some() {
                    self.torch_word(code, Some(port), None, span);
                } else if whole(port) == Some(2) {
                    self.out.findings.once(Once::HeightControl, span, || {
                        Diagnostic::note(
                            "P216",
                            "M62 to M65 P2 switch torch height control (QtPlasmaC): the twin keeps the programmed height",
                        )
                    });
                } else {
                    self.out.findings.once(Once::Output, span, || {
                        Diagnostic::note(
                            "P219",
                            format!("output {port} is no torch word of this machine: M62 to M65 pass it over"),
                        )
                        .hint("if it works the torch, say so in the machine's torch words, such as oxygen = [\"M64 P1\"]")
                    });
                }
            }
            66 => self.wait(commands)?,
            _ => {
                let channel = commands.take('E').and_then(whole).filter(|e| *e >= 0);
                let Some(channel) = channel else {
                    return Err(refusal("P008", span, format!("M{code} without E")).expected("E with the number of the channel"));
                };
                let value = commands.take('Q').unwrap_or(0.0);
                self.out.findings.once(Once::FeedPercent, span, || {
                    let found = if channel == 3 {
                        format!("M{code} E3 Q{value}: percent of the feed for QtPlasmaC; the twin runs at the programmed feed")
                    } else {
                        format!("M{code} sets analogue output {channel}: passed over")
                    };
                    Diagnostic::note("P220", found)
                });
            }
        }
        Ok(())
    }

    /// M66: waits for an input. The twin's inputs are always what is waited for.
    fn wait(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::Output);
        let (p, e) = (commands.take('P'), commands.take('E'));
        let kind = commands.take('L').map_or(0.0, f64::round);
        let timeout = commands.take('Q').unwrap_or(0.0);
        if p.is_some() == e.is_some() || p.or(e).is_some_and(|n| n < 0.0) {
            return Err(refusal("P009", span, "M66 without one input").expected("P for a digital input or E for an analogue one"));
        }
        if timeout <= 0.0 && kind > 0.0 {
            return Err(
                refusal("P009", span, "M66 that waits without a time limit").expected("Q with the seconds to wait at most")
            );
        }
        if e.is_some() && kind != 0.0 {
            return Err(refusal("P009", span, "M66 that waits for an analogue input").expected("L0"));
        }
        self.out.findings.once(Once::Wait, span, || {
            Diagnostic::note("P221", "M66 does not wait: inputs are taken to be in the state that is waited for")
        });
        // #5399: high and rise find 1, low and fall find 0, and so does a look without waiting.
        self.parameters.set(5399, if matches!(kind as i32, 1 | 3) { 1.0 } else { 0.0 });
        Ok(())
    }

    fn user_word(&mut self, code: u16, commands: &mut Commands) -> Result<(), Refusal> {
        let span = commands.group_span(Group::User);
        let p = commands.take('P');
        commands.take('Q');
        if self.torch_words.action(code, p, None).is_some() {
            self.torch_word(code, p, None, span);
            return Ok(());
        }
        if code == 190 {
            let material = p.unwrap_or(-1.0);
            self.out.findings.once(Once::Material, span, || {
                Diagnostic::note(
                    "P222",
                    format!("M190 P{material} chooses a material of QtPlasmaC: the scene's plate and torch hold instead"),
                )
            });
            return Ok(());
        }
        if QTPLASMAC.contains(&code) || self.dialect == Dialect::Mach3 {
            self.out.findings.once(Once::UserWord, span, || {
                Diagnostic::note("P223", format!("M{code} is a command that the owner of the controller defines: passed over"))
                    .hint("if it works the torch, say so in the machine's torch words")
            });
            return Ok(());
        }
        Err(refusal("P002", span, format!("M{code} (a command that the owner of a controller defines) is not known here"))
            .expected("one of the machine's torch words")
            .hint("if it works the torch, say so in the machine's torch words; else remove it"))
    }

    /// T and M6, M61.
    pub(super) fn tool(&mut self, commands: &mut Commands) -> Result<(), Refusal> {
        let changes = commands.group(Group::ToolChange);
        let selects = commands.take('T');
        if changes.is_none() && selects.is_none() {
            return Ok(());
        }
        let span = if changes.is_some() { commands.group_span(Group::ToolChange) } else { commands.span('T') };
        self.out
            .findings
            .once(Once::Tool, span, || Diagnostic::note("P206", "tool words (T, M6) do nothing: the table has one torch"));
        let known = |number: i64| {
            number == 0 || self.setup.tools.is_empty() || self.parameters.tools.iter().any(|t| i64::from(t.number) == number)
        };
        let unknown = |number: f64, letter| {
            refusal("P060", commands.span(letter), format!("tool {number} is not in the tool table")).expected("one of its tools")
        };
        if let Some(number) = selects {
            match whole(number) {
                Some(n) if self.dialect != Dialect::LinuxCnc || known(n) => self.state.selected_tool = n as i32,
                _ => return Err(unknown(number, 'T')),
            }
        }
        match changes {
            Some(61) => {
                let Some(number) = commands.take('Q').and_then(whole).filter(|n| *n >= 0) else {
                    return Err(refusal("P008", span, "M61 without Q").expected("Q with the number of a tool"));
                };
                self.state.tool_number = number as i32;
            }
            Some(_) if self.state.compensation.side.is_some() && self.dialect == Dialect::LinuxCnc => {
                return Err(self.not_while_compensating(span, "the tool changes"));
            }
            Some(_) => {
                self.state.tool_number = self.state.selected_tool;
                self.state.spindle = 0;
            }
            None => {}
        }
        Ok(())
    }

    /// A comment that asks for something.
    pub(super) fn note(&mut self, block: &Block, note: &Note) -> Result<(), Refusal> {
        let text = block.text(note.text);
        match note.kind {
            NoteKind::Material => self.out.findings.once(Once::MagicMaterial, note.span, || {
                Diagnostic::note("P224", "a material for QtPlasmaC in a comment: the scene's plate and torch hold instead")
            }),
            NoteKind::Message => {
                let text = printable(text);
                self.out.findings.line(note.span, Diagnostic::note("P225", format!("message to the operator: {text}")));
            }
            NoteKind::Debug | NoteKind::Print => {
                let text = printable(&self.with_values(text, block.line));
                self.out.findings.line(note.span, Diagnostic::note("P226", format!("the program says: {}", text.trim())));
            }
        }
        Ok(())
    }

    /// A text with the values of the parameters in it.
    fn with_values(&self, text: &str, line: u32) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('#') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let width = if rest.starts_with("#<") {
                rest.find('>').map_or(rest.len(), |end| end + 1)
            } else {
                1 + rest[1..].chars().take_while(char::is_ascii_digit).count()
            };
            let (name, after) = rest.split_at(width.max(1));
            rest = after;
            match self.parameters.shown(name, &self.context(line)) {
                Some(value) => out.push_str(&format!("{value:.6}")),
                None => out.push_str(name),
            }
        }
        out.push_str(rest);
        out
    }
}

/// A program's own words, fit for a terminal.
fn printable(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
