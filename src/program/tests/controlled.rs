//! Parameters, expressions, subroutines, loops and choices, against the values that the manuals and arithmetic give.

use super::*;

/// Where X stands in millimetres after `lines` and a move to `[expression]`.
fn value_under(setup: &Setup, lines: &str, expression: &str) -> f64 {
    let items = items_under(setup, &format!("G0 X0.5\n{lines}\nG0 X[{expression}]\nM2"));
    let last = items.iter().rev().find_map(|item| match item.action {
        Action::Move(made) => Some(made.to_mm[0]),
        _ => None,
    });
    last.unwrap()
}

fn value(lines: &str, expression: &str) -> f64 {
    value_under(&linuxcnc(), lines, expression)
}

/// The examples of the RS274/NGC report and of LinuxCNC's manual, and closed forms.
#[test]
fn expressions_have_the_value_of_arithmetic() {
    let cases = [
        ("2.0 / 3 * 1.5 - 5.5 / 11.0", 0.5),
        ("1 + acos[0] - [3 ** [4.0/2]]", 82.0),
        ("2 ** 3 ** 2", 64.0),
        ("10 - 4 - 3", 3.0),
        ("2 + 3 * 4 ** 2", 50.0),
        ("7 mod 3", 1.0),
        ("-7 MOD 3", 2.0),
        ("fix[2.8]", 2.0),
        ("fix[-2.8]", -3.0),
        ("fup[2.8]", 3.0),
        ("fup[-2.8]", -2.0),
        ("round[2.5] + round[-2.5]", 0.0),
        ("abs[-3] + sqrt[16] + exp[0] + ln[1]", 8.0),
        ("sin[30] + cos[60] + tan[45]", 2.0),
        ("asin[1] + acos[1]", 90.0),
        ("atan[1]/[-1]", 135.0),
        ("atan[-1]/[-1]", -135.0),
        ("3 GT 2", 1.0),
        ("3 LT 2", 0.0),
        ("2 GE 2 AND 2 LE 2", 1.0),
        ("1 XOR 1", 0.0),
        ("0 OR 5", 1.0),
        ("1 EQ 1.00005", 1.0),
        ("1 NE 1.0002", 1.0),
        ("1 + 2 EQ 3", 1.0),
        ("-[2] - -3", 1.0),
        ("1--1", 2.0),
        (".5*.5", 0.25),
    ];
    for (expression, expected) in cases {
        let found = value("", expression);
        assert!((found - expected).abs() < 1e-12, "{expression}: {found}");
    }
}

#[test]
fn parameters_are_set_after_their_line_has_been_read() {
    // The RS274/NGC report: #3 was 15; `#3=6 G1 X#3` goes to 15.
    let program = run("#3=15\nF100 #3=6 G1 X#3\nX#3\nM2");
    assert_near(ends(&program).as_flattened(), &[0.015, 0.0, 0.0, 0.006, 0.0, 0.0]);
    assert_eq!(value("#1=2\n#2=1\n#1=#2 #2=#1", "#1*10+#2"), 12.0);
    // `##2` is the parameter whose number stands in #2.
    assert_eq!(value("#2=7\n#7=42", "##2"), 42.0);
    assert_eq!(value("#[1+1]=9", "#2"), 9.0);
    assert_eq!(value("#<Outer Width>=25", "#<outerwidth>"), 25.0);
    assert_eq!(value_under(&of(Dialect::Mach3), "#7000=3\n#1=[#7000*2]", "#1"), 6.0);
}

#[test]
fn exists_knows_what_is_set() {
    assert_eq!(value("#<a>=1", "EXISTS[#<a>] + 10*EXISTS[#<b>] + 100*EXISTS[#<_x>]"), 101.0);
}

#[test]
fn the_controllers_own_parameters_tell_its_state() {
    assert_eq!(value("G20 G0 X2\nG21", "#5420"), 50.8);
    assert_eq!(value("G0 X7", "#<_x> * 2"), 14.0);
    assert_eq!(value("G20\nF10", "#<_feed> + #<_imperial> + #<_metric>"), 11.0 * 25.4);
    assert_eq!(value("G91\n#1=#<_incremental>\nG90", "#1 + #<_absolute>"), 2.0);
    assert_eq!(value("G55", "#5220 * 1000 + #<_coord_system>"), 2550.0);
    assert_eq!(value("M3\nM4", "#<_spindle_on> * 10 + #<_spindle_cw>"), 10.0);
    let zero = Setup { work_zero_in_machine_m: [0.3, 0.0, 0.0], ..linuxcnc() };
    assert_eq!(value_under(&zero, "", "#5221"), 300.0 + 300.0);
}

#[test]
fn hal_and_ini_values_come_from_outside() {
    let hal = [("plasmac.cut-feed-rate".to_string(), 2540.0), ("setup.kerf".to_string(), 1.5)].into();
    let setup = Setup { hal, ..linuxcnc() };
    assert_eq!(value_under(&setup, "", "#<_hal[plasmac.cut-feed-rate]>"), 2540.0);
    assert_eq!(value_under(&setup, "", "#<_ini[setup]kerf>"), 1.5);
    assert_eq!(value_under(&setup, "", "EXISTS[#<_hal[other.pin]>]"), 0.0);
    let (_, findings) = run_with(&linuxcnc(), "F#<_hal[plasmac.cut-feed-rate]>\nG1 X1\nM2");
    let errors: Vec<_> = findings.iter().filter(|d| d.severity == Severity::Error).collect();
    assert_eq!((errors.len(), errors[0].code), (1, "P030"));
    assert!(errors[0].hint.contains("--hal plasmac.cut-feed-rate="), "{}", errors[0].hint);
}

/// Sums of 1 to 10 are 55, however one goes round.
#[test]
fn loops_go_round_as_often_as_they_say() {
    let whiles = "#1=0 #2=1\no1 while [#2 LE 10]\n#1=[#1+#2]\n#2=[#2+1]\no1 endwhile";
    let dos = "#1=0 #2=1\no1 do\n#1=[#1+#2]\n#2=[#2+1]\no1 while [#2 LE 10]";
    let repeats = "#1=0 #2=1\no1 repeat [10]\n#1=[#1+#2]\n#2=[#2+1]\no1 endrepeat";
    let breaks = "#1=0 #2=1\no1 while [1]\no2 if [#2 GT 10]\no1 break\no2 endif\n#1=[#1+#2]\n#2=[#2+1]\no1 endwhile";
    let continues = "#1=0 #2=0\no1 while [#2 LT 20]\n#2=[#2+1]\no2 if [#2 GT 10]\no1 continue\no2 endif\n#1=[#1+#2]\no1 endwhile";
    let do_continues = "#1=0 #2=0\no1 do\n#2=[#2+1]\no2 if [#2 GT 10]\no1 continue\no2 endif\n#1=[#1+#2]\no1 while [#2 LT 20]";
    for lines in [whiles, dos, repeats, breaks, continues, do_continues] {
        assert_eq!(value(lines, "#1"), 55.0, "{lines}");
    }
    assert_eq!(value("#1=3\no1 while [0]\n#1=5\no1 endwhile\no2 repeat [0]\n#1=6\no2 endrepeat", "#1"), 3.0);
    assert_eq!(value("#1=0\no1 repeat [4]\no2 repeat [5]\n#1=[#1+1]\no2 endrepeat\no1 endrepeat", "#1"), 20.0);
}

#[test]
fn choices_take_the_first_true_branch() {
    let chain = "o1 if [#1 EQ 1]\n#2=10\no1 elseif [#1 EQ 2]\n#2=20\no1 elseif [#1 LE 3]\n#2=30\no1 else\n#2=40\no1 endif";
    for (given, expected) in [(1, 10.0), (2, 20.0), (3, 30.0), (4, 40.0)] {
        assert_eq!(value(&format!("#1={given}\n{chain}"), "#2"), expected);
    }
    // What is not taken is not executed, nor judged.
    assert_eq!(value("#2=1\no1 if [0]\n#2=[1/0]\nG999\no2 if [1]\no2 endif\no1 endif", "#2"), 1.0);
}

#[test]
fn subroutines_have_arguments_locals_and_results() {
    let area = "o100 sub\n#3=[#1*#2]\n#<inside>=1\n#<_calls>=[#<_calls>+1]\no100 endsub [#3]\n#<_calls>=0\n#1=5\n#3=7";
    assert_eq!(value(&format!("{area}\no100 call [4] [6]"), "#<_value>"), 24.0);
    assert_eq!(value(&format!("{area}\no100 call [4] [6]"), "#1*10+#3"), 57.0);
    assert_eq!(value(&format!("{area}\no100 call [4] [6]\no100 call [1] [1]"), "#<_calls>"), 2.0);
    assert_eq!(value(&format!("{area}\no100 call [4]"), "#<_value> + EXISTS[#<inside>]"), 0.0);
    assert_eq!(value("o1 sub\no2 if [#1 GT 1]\no1 return [9]\no2 endif\no1 endsub [3]\no1 call [2]", "#<_value>"), 9.0);
    let factorial =
        "o<f> sub\no1 if [#1 LE 1]\no<f> return [1]\no1 endif\no<f> call [#1-1]\no<f> endsub [#1*#<_value>]\no<f> call [7]";
    assert_eq!(value(factorial, "#<_value>"), 5040.0);
    // Called before it is defined, further on in the file.
    assert_eq!(value("o7 call [3]\n#5=#<_value>\nG0 X#5\nM2\no7 sub\no7 endsub [#1+1]", "#5"), 4.0);
}

/// Subroutines in files of their own, by name.
struct Files(&'static [(&'static str, &'static str)]);

impl Library for Files {
    fn open(&self, name: &str) -> Option<(String, Source<'static>)> {
        let (_, text) = self.0.iter().find(|(known, _)| *known == name)?;
        Some((format!("{name}.ngc"), Source::text(*text)))
    }
}

#[test]
fn subroutines_may_stand_in_other_files() {
    let library = Files(&[
        ("hole", "(a hole)\no<hole> sub\nG0 X#1\no<edge> call\no<hole> endsub\nM2"),
        ("edge", "o<edge> sub\nG0 Y1 J2\no<edge> endsub"),
    ]);
    let setup = linuxcnc();
    let (program, findings) = interpret("main.ngc", "o<hole> call [3]\no<hole> call [4]\nM2", &setup, &library);
    assert_near(ends(&program).as_flattened(), &[0.003, 0.0, 0.0, 0.004, 0.0, 0.0]);
    let told: Vec<_> = findings
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| (d.place.file.as_str(), d.place.line, d.code))
        .collect();
    assert_eq!(told, [("edge.ngc", 2, "P007")]);
}

#[test]
fn m98_calls_a_number_so_many_times() {
    for dialect in [Dialect::Mach3, Dialect::LinuxCnc] {
        let program = run_under(&of(dialect), "G91\nM98 P200 L3\nG90\nM30\nO200\nG0 X2\nM98 P300\nM99\nO300\nG0 Y1\nM99");
        assert_near(ends(&program).last().unwrap(), &[0.006, 0.003, 0.0]);
    }
}

#[test]
fn m70_to_m73_keep_modes() {
    assert_eq!(value("G20\nM70\nG21 G91\nM72\n#1=#<_metric>\nG21", "#1*10 + #<_absolute>"), 1.0);
    let program = run("o1 sub\nM73\nG20 G91\no1 endsub\nG21 G90\no1 call\nG0 X5\nX6\nM2");
    assert_near(ends(&program).as_flattened(), &[0.005, 0.0, 0.0, 0.006, 0.0, 0.0]);
}

#[test]
fn endless_programs_are_errors_with_the_count() {
    let setup = Setup { most_repeats: 250, ..linuxcnc() };
    let endless = [
        "o1 while [1]\nG91 G0 X1\no1 endwhile\nM2",
        "o1 do\nG91 G0 X1\no1 while [1]\nM2",
        "o1 while [1]\no1 continue\no1 endwhile\nM2",
        "o1 repeat [1000000000]\no1 endrepeat\nM2",
        "M98 P5 L100000\nM2\nO5\nM99",
        "G91 G81 X1 Z-1 R0 L5000 F1\nM2",
    ];
    for text in endless {
        let (_, findings) = run_with(&setup, text);
        let errors: Vec<_> = findings.iter().filter(|d| d.severity == Severity::Error).collect();
        assert_eq!(errors.iter().map(|d| d.code).collect::<Vec<_>>(), ["P040"], "{text}: {findings:?}");
        assert!(errors[0].found.contains("250 rounds"), "{}", errors[0].found);
        assert!(errors[0].hint.contains("--most-repeats"));
    }
    // The bound is for all loops together, and is itself allowed.
    let mut items = Vec::new();
    let (_, findings) =
        stream("t", Source::text("G91\no1 repeat [250]\nG0 X1\no1 endrepeat\nM2"), &setup, &NoLibrary, &mut items);
    assert!(!any_error(&findings), "{findings:?}");
    assert_eq!(items.len(), 250);
    // One subroutine for ever calling itself comes to LinuxCNC's depth first.
    assert_eq!(errors_under(&setup, "o1 sub\no1 call\no1 endsub\no1 call\nM2").len(), 1);
}

#[test]
fn what_is_opened_is_closed() {
    assert_eq!(errors("o1 while [1]\nG0 X1\nM2\n"), []);
    assert_eq!(errors("o1 while [0]\nG0 X1\nM2\n"), [("P044", 1)]);
    assert_eq!(errors("o1 if [1]\nG0 X1\n"), [("P044", 1)]);
    assert_eq!(errors("o1 endwhile\nM2"), [("P042", 1)]);
    assert_eq!(errors("o1 endsub\nM2"), [("P043", 1)]);
    assert_eq!(errors("o1 call\nM2"), [("P048", 1)]);
    assert_eq!(errors("M98 P7\nM2"), [("P048", 1)]);
    assert_eq!(errors_under(&of(Dialect::Mach3), "M98 P7\nM2\nO7\nG0 X1"), [("P044", 4)]);
}
