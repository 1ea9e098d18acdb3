//! What the M words do to the torch, and what is warned of.

use super::*;

const LIT: Result<TorchEvent, f64> = Ok(TorchEvent::FlameOn);
const OPEN: Result<TorchEvent, f64> = Ok(TorchEvent::OxygenOn);
const SHUT: Result<TorchEvent, f64> = Ok(TorchEvent::OxygenOff);
const OFF: Result<TorchEvent, f64> = Ok(TorchEvent::AllOff);

fn preset(name: &str) -> Setup {
    Setup { torch_words: TorchWords::preset(name), ..linuxcnc() }
}

fn events(setup: &Setup, text: &str) -> Vec<Result<TorchEvent, f64>> {
    torch_events(&run_under(setup, text))
}

/// Dwells with their roles.
fn dwells(setup: &Setup, text: &str) -> Vec<(f64, DwellRole)> {
    let items = items_under(setup, text);
    items
        .iter()
        .filter_map(|i| if let Action::Dwell { seconds, role } = i.action { Some((seconds, role)) } else { None })
        .collect()
}

#[test]
fn m3_runs_the_start_sequence() {
    let setup = Setup { preheat_s: 12.0, pierce_s: 0.5, ..linuxcnc() };
    let (program, findings) = run_with(&setup, "G21 M3\nG4 P1\nM5\nM2");
    assert_eq!(torch_events(&program), [LIT, Err(12.0), OPEN, Err(0.5), Err(1.0), OFF]);
    assert_eq!(program.torch_words.name, "m3-starts");
    assert!(program.lights_torch && findings.iter().map(|d| d.code).eq(["P201"]), "{findings:?}");
    assert_eq!(program.items[0].tag(), program.items[3].tag());
    assert_eq!(program.line(program.items[4].tag()), 2);
}

#[test]
fn m8_opens_the_oxygen() {
    let setup = Setup { dwell_p_in_ms: true, preheat_s: 99.0, ..linuxcnc() };
    let (program, findings) = run_with(&setup, "M3\nG4 P9000\nM8\nM9\nM7 M5\nM5\nM2");
    assert_eq!(torch_events(&program), [LIT, Err(9.0), OPEN, SHUT, OFF, OPEN, OFF]);
    assert_eq!(program.torch_words.name, "m3-preheat-m8-oxygen");
    assert!(findings.iter().map(|d| d.code).eq(["P201", "P107"]), "{findings:?}");
    let (program, findings) = run_with(&preset("m3-starts"), "M3\nM8\nM9\nM5\nM2");
    assert_eq!(torch_events(&program), [LIT, OPEN, OFF]);
    assert!(findings.iter().map(|d| d.code).eq(["P207"]), "{findings:?}");
}

#[test]
fn each_habit_is_noticed() {
    let cases = [
        ("M3\nM5\nM2", "m3-starts"),
        ("M3\nM7\nM5\nM2", "m3-preheat-m8-oxygen"),
        ("M3 $0 S1\nM5 $0\nM2", "qtplasmac"),
        ("M3\nM62 P3\nM63 P3\nM5\nM2", "qtplasmac"),
        ("M3\nF1 G1 X1 S1000\nG0 X2 S0\nM5\nM2", "power-by-s"),
        ("M4 S1000\nG0 X1\nM5\nM2", "m3-starts"),
    ];
    for (text, name) in cases {
        assert_eq!(run(text).torch_words.name, name, "{text}");
    }
}

#[test]
fn qtplasmac_holds_the_torch_off_and_on() {
    let setup = Setup { preheat_s: 3.0, ..preset("qtplasmac") };
    let text = "F600 M3 $0 S1\nG1 X10\nM62 P3\nG1 X20\nM63 P3\nG1 X30\nM65 P3\nM5 $0\nM65 P3\nM2";
    // M65 P3 with the torch lit and the oxygen open, or without a flame, does nothing.
    assert_eq!(events(&setup, text), [LIT, Err(3.0), OPEN, SHUT, OPEN, OFF]);
    // $1 and $2 are the scribe and the spotting tool; M5 $-1 stops all.
    assert_eq!(events(&setup, "M3 $1 S1\nM5 $1\nM3 $2\nM2"), []);
    assert_eq!(events(&setup, "M3 $0\nM5 $-1\nM2"), [LIT, Err(3.0), OPEN, OFF]);
    assert_eq!(codes_under(&setup, "G21 M3 $1\nM3 $2\nM3\nM5\nM2"), ["P117"]);
    assert_eq!(errors_under(&setup, "M3 $9\nM2"), [("P009", 1)]);
}

#[test]
fn m62_and_m63_switch_with_the_next_move() {
    let setup = preset("qtplasmac");
    let with_move = |text: &str| {
        let program = run_under(&setup, text);
        let of = |item: &PathItem| if let PathItem::Torch { with_move, .. } = item { Some(*with_move) } else { None };
        program.items.iter().filter_map(of).collect::<Vec<_>>()
    };
    let text = "G21 F600 M3 $0 S1\nG1 X10\nM62 P3\nG1 X20\nM63 P3\nG1 X30\nM64 P3\nG1 X40\nM65 P3\nG1 X50\nM5 $0\nM2";
    assert_eq!(with_move(text), [false, false, true, true, false, false, false]);
    let unheard = "G21 F600 M3 $0 S1\nG1 X10\nM62 P3\nM5 $0\nM2";
    assert_eq!(codes_under(&setup, unheard), ["P121"]);
    assert_eq!(codes_under(&setup, "G21 F600 M3 $0 S1\nG1 X10\nM62 P3\nM5 $0\nG0 X0\nM2"), [""; 0]);
}

#[test]
fn the_power_is_s() {
    let setup = preset("power-by-s");
    let text = "F600 S0 M4\nG1 X1 S500\nG1 X2\nG1 X3 S0\nS800\nM5\nM2";
    assert_eq!(events(&setup, text), [LIT, OPEN, SHUT, OPEN, OFF]);
    assert_eq!(events(&setup, "S500\nM3\nM5\nM2"), [LIT, OPEN, OFF]);
}

#[test]
fn a_machine_may_have_its_own_torch_words() {
    let rule = |text: &str, action| (text.parse::<TorchTrigger>().unwrap(), action);
    let rules = vec![
        rule("M64 P1", TorchAction::Oxygen),
        rule("M65 P1", TorchAction::OxygenOff),
        rule("M64 P2", TorchAction::Flame),
        rule("M65 P2", TorchAction::AllOff),
        rule("M150", TorchAction::Start),
    ];
    let words = TorchWords { name: "own".into(), rules, power_by_s: false };
    let setup = Setup { torch_words: Some(words), pierce_s: 0.5, ..linuxcnc() };
    assert_eq!(events(&setup, "M64 P2\nG4 P9\nM64 P1\nG4 P1\nM65 P1\nM65 P2\nM2"), [LIT, Err(9.0), OPEN, Err(1.0), SHUT, OFF]);
    assert_eq!(events(&setup, "M150\nM65 P2\nM2"), [LIT, OPEN, Err(0.5), OFF]);
    // Words that are no torch words do nothing to it.
    assert_eq!(events(&setup, "M3\nM8\nM62 P1\nM64 P5\nM5\nM2"), []);
    assert_eq!(codes_under(&setup, "G21 M64 P5\nM64 P7\nM64 P2\nM65 P2\nM2"), ["P219"]);
    assert_eq!(errors_under(&setup, "M151\nM2"), [("P002", 1)]);
}

#[test]
fn dwells_have_a_role() {
    let text = "F600 G4 P1\nM3\nG4 P20\nG4 P2\nM8\nG4 P0.7\nG1 X5\nG4 P3\nM9\nG4 P4\nM5\nG4 P5\nM2";
    let expected = [
        (1.0, DwellRole::Wait),
        (20.0, DwellRole::Preheat),
        (2.0, DwellRole::Preheat),
        (0.7, DwellRole::Pierce),
        (3.0, DwellRole::Wait),
        (4.0, DwellRole::Preheat),
        (5.0, DwellRole::Wait),
    ];
    assert_eq!(dwells(&preset("m3-preheat-m8-oxygen"), text), expected);
    let starts = Setup { preheat_s: 9.0, pierce_s: 0.4, ..preset("m3-starts") };
    let expected = [(9.0, DwellRole::Preheat), (0.4, DwellRole::Pierce), (0.3, DwellRole::Pierce)];
    assert_eq!(dwells(&starts, "M3\nG4 P0.3\nM5\nM2"), expected);
}

#[test]
fn the_words_of_qtplasmac_are_read() {
    let hal = [("plasmac.cut-feed-rate".to_string(), 1800.0)].into();
    let setup = Setup { hal, ..linuxcnc() };
    let text = "G21 (metric)\nG40 G49 G64 P0.1 G80 G90 G92.1 G94 G97\nM52 P1 (adaptive feed on)\nM65 P2 (enable THC)\nM65 P3\n\
        M68 E3 Q0 (velocity 100%)\n(o=0,kw=1.5,ph=3.1)\nM190 P-1\nM66 P3 L3 Q1\nF#<_hal[plasmac.cut-feed-rate]>\nG0 X5\n\
        M3 $0 S1\nG4 P0.5\nG3 X15 I5\nM67 E3 Q60 (corner)\nG1 Y10.25\nM67 E3 Q0\nM62 P2\nM5 $-1\nM159 P1\nM2";
    let (program, findings) = run_with(&setup, text);
    assert!(!any_error(&findings), "{findings:?}");
    assert_eq!(program.torch_words.name, "qtplasmac");
    assert_near(&[moves(&program)[1].1], &[0.03]);
    let told: Vec<_> = findings.iter().map(|d| d.code).collect();
    assert_eq!(told, ["P201", "P215", "P216", "P220", "P224", "P222", "P221", "P223"]);
}

#[test]
fn the_end_closes_the_torch_and_the_rest_is_ignored() {
    let (program, findings) = run_with(&linuxcnc(), "G21 M3\nM30\nG0 X1\nM5");
    assert_eq!(torch_events(&program).last(), Some(&OFF));
    assert!(moves(&program).is_empty());
    assert!(findings.iter().any(|d| d.code == "P108") && findings.iter().any(|d| d.code == "P208"));
    // M99 in the main program ends it, as far as the twin goes.
    assert_eq!(codes_under(&of(Dialect::Mach3), "G21 M3\nM5\nM99\nG0 X1"), ["P201", "P217", "P208"]);
}

#[test]
fn warnings_and_notes_say_what_was_assumed() {
    assert_eq!(codes("G21 M3\nG4 P1\nG1 X1 F1\nM5\nM2"), ["P201"]);
    assert_eq!(codes("M3\nG0 X1\nM5\nM2"), ["P201", "P101", "P202"]);
    assert_eq!(codes("G21 G0 X1\n"), ["P102", "P103"]);
    assert_eq!(codes("%\nG21 M3\nM5\n%"), ["P201"]);
    let all = "G21 G0 X1\nM3\nG0 X2\nG55\nG56\nG61\nG64\nM0\nT1 M6\n/M5\nM1\nM2";
    assert_eq!(codes(all), ["P201", "P101", "P203", "P205", "P206", "P209"]);
    assert_eq!(codes("G21 F0\nM3\nM3\nG4 P500\nM2"), ["P201", "P104", "P106", "P109", "P108"]);
    assert_eq!(codes("G21 M3\nG20 F10\nM5\nM2"), ["P201", "P114"]);
    assert_eq!(codes("G21 M3\n(MSG, turn it)\n(DEBUG, x is #5420)\nM5\nM2"), ["P201", "P225", "P226"]);
}

#[test]
fn messages_show_the_values_of_parameters() {
    let (_, findings) = run_with(&linuxcnc(), "#1=2.5 #<wide>=3\n(PRINT, #1 by #<Wide>, not #<high>)\nM2");
    let told: Vec<_> = findings.iter().filter(|d| d.code == "P226").map(|d| d.found.as_str()).collect();
    assert_eq!(told, ["the program says: 2.500000 by 3.000000, not #<high>"]);
}

#[test]
fn a_cut_without_a_pierce_hold_is_warned_of() {
    let cut = |wait: &str| format!("G21 F600 M3\n{wait}\nG1 X5.5\nY7.3\nM5\nM2");
    let told = |setup: &Setup, text: &str| codes_under(setup, text).contains(&"P110");
    assert!(told(&preset("m3-starts"), &cut("")));
    assert!(!told(&preset("m3-starts"), &cut("G4 P0.5")));
    assert!(told(&preset("m3-starts"), &cut("G4 P0")));
    assert!(!told(&Setup { pierce_s: 0.5, ..preset("m3-starts") }, &cut("")));
    // QtPlasmaC waits by itself.
    assert!(!told(&preset("qtplasmac"), &cut("")));
    // Where the program opens the oxygen by itself, the setup's hold is not run, and the preheat is none.
    let own = Setup { pierce_s: 0.5, ..preset("m3-preheat-m8-oxygen") };
    assert!(told(&own, &cut("G4 P20\nM8")));
    assert!(!told(&own, &cut("G4 P20\nM8\nG4 P1")));
    // Once for each cut, not for each move.
    let twice = format!("G21 F600 {0}{0}M2", "M3\nG1 X1.5\nY2.5\nX3.5\nM5\n");
    assert_eq!(codes_under(&preset("m3-starts"), &twice).iter().filter(|c| **c == "P110").count(), 2);
}

#[test]
fn rapids_with_the_torch_on_are_told_five_times() {
    let rapids: String = (1..=8).map(|n| format!("G0 X{n}\n")).collect();
    let (_, findings) = run_with(&linuxcnc(), &format!("G21 M3\n{rapids}M5\nM2"));
    let told: Vec<_> = findings.iter().filter(|d| d.code == "P101").collect();
    assert_eq!(told.len(), 6);
    assert!(told[5].found.starts_with("3 more"), "{}", told[5].found);
}

#[test]
fn moves_beyond_the_travel_are_warned_of() {
    let travel = Some([[0.0, 500.0], [0.0, 400.0], [-50.0, 0.0]]);
    let setup = Setup {
        travel_mm: travel,
        work_zero_in_machine_m: [0.1, 0.1, -0.01],
        start_in_machine_m: [0.1, 0.1, -0.01],
        ..linuxcnc()
    };
    let told = |text: &str| codes_under(&setup, text).iter().filter(|c| **c == "P111").count();
    assert_eq!(told("G0 X400 Y300 Z10\nX-100 Y-100 Z-40\nM2"), 0);
    assert_eq!(told("G0 X400.01\nM2"), 1);
    assert_eq!(told("G0 Z10.01\nM2"), 1);
    // An arc bulges out where its ends do not.
    assert_eq!(told("F100 G0 X400 Y0\nG2 X400 Y50 J25\nM2"), 0);
    assert_eq!(told("F100 G0 X400 Y0\nG3 X400 Y50 J25\nM2"), 1);
    assert_eq!(told("G53 G0 X900\nM2"), 0);
    assert_eq!(told(&"G0 X401\nX402\n".repeat(4)), 6);
}

#[test]
fn feeds_above_an_axis_are_warned_of() {
    let setup = Setup { fastest_mm_per_min: Some([5000.0, 5000.0, 600.0]), ..linuxcnc() };
    let told = |text: &str| codes_under(&setup, text).iter().filter(|c| **c == "P112").count();
    assert_eq!(told("F5000 G1 X10\nM2"), 0);
    assert_eq!(told("F5001 G1 X10\nM2"), 1);
    // At 45° each axis does 1/√2 of the feed.
    assert_eq!(told("F7071 G1 X10 Y10\nM2"), 0);
    assert_eq!(told("F7072 G1 X10 Y10\nM2"), 1);
    assert_eq!(told("F601 G1 Z-1\nM2"), 1);
    assert_eq!(told("F5001 G2 I5\nM2"), 1);
    assert_eq!(told("G0 X10 Z5\nM2"), 0);
}

#[test]
fn a_path_drawn_at_the_parts_own_size_is_warned_of() {
    let part = |off: f64| {
        let (w, h) = (120.0 + off, 80.0 + off);
        format!(
            "G21 F600 M3\nG4 P1\nG91 G1 X{w}\nY{h}\nX-{w}\nY-{h}\nM5\nG0 X20 Y20\nM3\nG4 P1\nG1 X10\nG3 I-{}\nG1 X-10\nM5\nM2",
            8.0 - off / 2.0
        )
    };
    assert!(codes(&part(0.0)).contains(&"P115"));
    assert!(!codes(&part(1.37)).contains(&"P115"));
    let compensated = part(0.0).replace("G91 G1", "G91 G41.1 D0 G1").replace("M5\nG0", "G40 M5\nG0");
    assert!(!codes(&compensated).contains(&"P115"));
}

#[test]
fn the_dialect_is_guessed_and_said() {
    let cases = [
        ("o1 sub\no1 endsub\nM2", Dialect::LinuxCnc),
        ("$X\nG21\nM2", Dialect::Grbl),
        ("M98 P1\nM30\nO1\nM99", Dialect::Mach3),
        ("G21\nM2", Dialect::LinuxCnc),
    ];
    for (text, dialect) in cases {
        let (program, findings) = run_with(&Setup::default(), text);
        assert_eq!(program.dialect, dialect, "{text}");
        assert!(!any_error(&findings) && findings[0].code == "P200", "{findings:?}");
        assert!(!codes_under(&of(dialect), text).contains(&"P200"));
    }
}

#[test]
fn block_delete_passes_over_lines() {
    let text = "G21 G0 X1\n/G0 X2\n/G0 X3 U1 Q\nM2";
    let setup = Setup { block_delete: true, ..linuxcnc() };
    assert_eq!(ends(&run_under(&Setup { ..linuxcnc() }, "G21 G0 X1\n/G0 X2\nM2")).len(), 2);
    assert_eq!(errors(text), [("G002", 3)]);
    assert_eq!(errors_under(&setup, text), []);
    assert_eq!(ends(&run_under(&setup, text)).len(), 1);
    assert_eq!(codes_under(&setup, text), ["P102"]);
}

#[test]
fn grbl_lines_for_itself_are_passed_over() {
    assert_eq!(codes_under(&of(Dialect::Grbl), "$H\n$32=1\nG21 M3\nM5\nM2"), ["P201", "P210"]);
}

#[test]
fn tool_tables_are_those_of_linuxcnc() {
    let tools = read_tools("; made by hand\nT1 P1 X0 Y0 Z+0.5 A0 D+1.5 ;torch\n  t2 p2 d.8 q0\n\n").unwrap();
    let expected = [(1, 1.5, 0.5), (2, 0.8, 0.0)];
    assert_eq!(tools.iter().map(|t| (t.number, t.diameter, t.offset[2])).collect::<Vec<_>>(), expected);
    assert!(read_tools("T1 D1.5\nT2 E5").unwrap_err().starts_with("line 2: 'E5'"));
    let setup = Setup { tools, ..linuxcnc() };
    let program = run_under(&setup, "G43 H1\nG0 Z0\nG49\nG0 Z0\nT2 M6 G43\nG0 X[#5400] Z1\nM2");
    let expected = [[0.0, 0.0, 0.0005], [0.0; 3], [0.002, 0.0, 0.001]];
    assert_near(ends(&program).as_flattened(), expected.as_flattened());
    assert_eq!(errors_under(&setup, "T9 M6\nG43 H9\nM2"), [("P060", 1), ("P060", 2)]);
}
