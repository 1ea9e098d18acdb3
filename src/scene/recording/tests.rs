//! Recordings against files written by hand, and what is said of faulty ones.

use super::*;
use crate::scene::check::Check;

fn edge(tick: u64, axis: u8, forward: bool) -> StepEdge {
    StepEdge { tick, axis, forward }
}

fn channels(text: &str) -> ChannelTable {
    let table: ChannelTable = toml::from_str(text).unwrap();
    table.check("", crate::scene::check::Bounds::Any, &mut Checker::new("scene.toml", text));
    table
}

#[test]
fn a_table_gives_its_steps_and_the_torch() {
    let text =
        "time_s,axis,direction\r\n0.5,preheat,1\n1.0000000625,x,1\n\n1.0000000625, Y ,-1\n2,oxygen,1\n3,oxygen,0\n3,preheat,0\n";
    let recording = csv::read("steps.csv", text).unwrap();
    assert_eq!(recording.steps, [edge(16_000_001, 0, true), edge(16_000_001, 1, false)]);
    let expected = [(8_000_000, TorchEvent::FlameOn), (32_000_000, TorchEvent::OxygenOn), (48_000_000, TorchEvent::AllOff)];
    assert_eq!(recording.torch, expected);
}

#[test]
fn faulty_lines_of_a_table_are_named() {
    for (text, line, words) in [
        ("time_s,axis,direction\n0.1,x\n", 2, "three fields"),
        ("0.1,x,1\n0.1,x,1,2\n", 2, "three fields"),
        ("later,x,1\n", 1, "the time \"later\""),
        ("-1,x,1\n", 1, "the time \"-1\""),
        ("inf,x,1\n", 1, "the time \"inf\""),
        ("0.1,a,1\n", 1, "the axis \"a\""),
        ("0.1,x,2\n", 1, "the direction \"2\""),
        ("0.1,x,1\n0.05,x,1\n", 2, "earlier than"),
        ("0.1,oxygen,-1\n", 1, "oxygen switched to \"-1\""),
        ("time_s,axis,direction\n", 0, "no step"),
    ] {
        let finding = csv::read("steps.csv", text).unwrap_err();
        assert_eq!((finding.place.file.as_str(), finding.place.line), ("steps.csv", line), "{finding}");
        assert!(finding.to_string().contains(words) && !finding.hint.is_empty(), "{finding}");
    }
}

/// As a logic analyser saves it: its own names, everything told at the start, levels on one line with the time.
const ANALYSER: &str = "$date today $end\n$comment two\nlines $end\n$timescale 1 us $end\n$scope module libsigrok $end\n\
    $var wire 1 ! D0 $end\n$var wire 1 \" D1 $end\n$var wire 1 # D6 $end\n$var wire 8 % bus $end\n$upscope $end\n$enddefinitions $end\n\
    #0 1! 0\" 0#\n#5 0!\n#1000 1! 1\"\n#1010 0! b1010 %\n#1500 1#\n#2000 1!\n#2010 0!\n#3000 1! 0\"\n#3010 0!\n";

#[test]
fn wires_of_a_logic_analyser_are_read_by_the_names_the_scene_gives() {
    let table = channels("x_step = \"D0\"\nx_dir = \"D1\"\ntorch_oxygen = \"D6\"\n");
    let recording = vcd::read("probe.vcd", ANALYSER, Some(&table)).unwrap();
    // A wire that is high at the start has not risen, and a direction that changes with the step counts for it.
    assert_eq!(recording.steps, [edge(16_000, 0, true), edge(32_000, 0, true), edge(48_000, 0, false)]);
    assert_eq!(recording.torch, [(24_000, TorchEvent::OxygenOn)]);
}

#[test]
fn every_time_scale_counts_in_ticks() {
    for (scale, second) in [("1 s", 1_u64), ("10ms", 100), ("1 us", 1_000_000), ("100 ps", 10_000_000_000)] {
        let head = "$var wire 1 a x_step $end $var wire 1 b x_dir $end $enddefinitions $end";
        let text = format!("$timescale {scale} $end {head}\n#0 0a 1b\n#{second} 1a\n");
        assert_eq!(vcd::read("a.vcd", &text, None).unwrap().steps, [edge(16_000_000, 0, true)], "{scale}");
    }
}

#[test]
fn faulty_wires_are_named() {
    let table = channels("x_step = \"D0\"\nx_dir = \"D9\"\n");
    let own = |body: &str| {
        format!("$timescale 1 ns $end\n$var wire 1 a x_step $end\n$var wire 1 b x_dir $end\n$enddefinitions $end\n{body}")
    };
    for (text, table, line, words) in [
        (ANALYSER.to_string(), None, 11, "there is no wire \"x_step\"; expected one of the file's wires: D0, D1, D6, bus"),
        (ANALYSER.to_string(), Some(&table), 11, "there is no wire \"D9\""),
        (own("#1 1a\n"), None, 5, "direction is not known"),
        (own("#9 1b\n#8 1a\n"), None, 6, "earlier than"),
        (own("#x\n"), None, 5, "the time \"#x\""),
        (own("hello\n"), None, 5, "\"hello\""),
        (own("#1 1b\n"), None, 0, "no step"),
        (own("").replace("1 ns", "3 ns"), None, 1, "time scale \"3ns\""),
        (own("").replace("$timescale 1 ns $end", ""), None, 4, "no $timescale"),
        ("time_s,axis,direction\n".into(), None, 1, "\"time_s,axis,direction\""),
        (String::new(), None, 0, "no wire is declared"),
    ] {
        let finding = vcd::read("a.vcd", &text, table).unwrap_err();
        assert_eq!((finding.place.file.as_str(), finding.place.line), ("a.vcd", line), "{finding}");
        assert!(finding.to_string().contains(words), "{finding}");
    }
}
