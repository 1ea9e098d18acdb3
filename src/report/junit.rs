//! JUnit XML, the form in which CI systems read test results: one test suite for each scene, one test case for each check.
//!
//! In: the outcome of several scenes. Out: one XML text. Uses the scene's model and `diag`.

use std::fmt::Write;

use crate::diag::Diagnostic;
use crate::scene::model::Scene;

use super::judge::{Check, Verdict};
use super::svg::escape;

/// What became of one scene.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// It ran.
    Ran {
        /// The scene.
        scene: &'a Scene,
        /// Its verdict.
        verdict: &'a Verdict,
        /// Wall seconds; none leaves the time out, so that the text is the same for the same run.
        wall_s: Option<f64>,
    },
    /// It could not run.
    CouldNotRun {
        /// Scene file as given.
        file: &'a str,
        /// What was found.
        findings: &'a [Diagnostic],
    },
}

/// The outcomes of several scenes as one JUnit document.
pub fn junit(outcomes: &[Outcome<'_>]) -> String {
    let mut suites = String::new();
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    for outcome in outcomes {
        match *outcome {
            Outcome::Ran { scene, verdict, wall_s } => {
                tests += verdict.checks.len();
                failures += verdict.failed();
                suite(&mut suites, scene, verdict, wall_s);
            }
            Outcome::CouldNotRun { file, findings } => {
                tests += 1;
                errors += 1;
                broken_suite(&mut suites, file, findings);
            }
        }
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"torchtwin\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n{suites}</testsuites>\n"
    )
}

fn suite(out: &mut String, scene: &Scene, verdict: &Verdict, wall_s: Option<f64>) {
    let time = wall_s.filter(|s| s.is_finite()).map_or(String::new(), |s| format!(" time=\"{s:.3}\""));
    let (name, tests, failures) = (xml(&scene.file), verdict.checks.len(), verdict.failed());
    let _ =
        writeln!(out, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\"{time}>");
    for check in &verdict.checks {
        let case =
            format!("<testcase classname=\"{name}\" name=\"{}\"", xml(&format!("{} {}", check.figure, check.bound_words())));
        if check.pass {
            let _ = writeln!(out, "    {case}/>");
        } else {
            let _ = writeln!(out, "    {case}>");
            let _ = writeln!(
                out,
                "      <failure message=\"{}\" type=\"out of bounds\">{}</failure>",
                xml(&message(check)),
                xml(&detail(check, verdict))
            );
            let _ = writeln!(out, "    </testcase>");
        }
    }
    let _ = writeln!(out, "  </testsuite>");
}

fn broken_suite(out: &mut String, file: &str, findings: &[Diagnostic]) {
    let name = xml(file);
    let message = findings.first().map_or("the scene could not run".into(), |finding| finding.to_string());
    let all: Vec<String> = findings.iter().map(Diagnostic::to_string).collect();
    let _ = writeln!(out, "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">");
    let _ = writeln!(out, "    <testcase classname=\"{name}\" name=\"runs\">");
    let _ = writeln!(out, "      <error message=\"{}\" type=\"could not run\">{}</error>", xml(&message), xml(&all.join("\n")));
    let _ = writeln!(out, "    </testcase>\n  </testsuite>");
}

/// "0.412 mm, should be at most 0.250 mm, over by 0.162 mm".
fn message(check: &Check) -> String {
    let margin = check.margin_words();
    let margin = if margin.is_empty() { margin } else { format!(", {margin}") };
    format!("{}: {}, should be {}{margin}", check.figure, check.value_words(), check.bound_words())
}

fn detail(check: &Check, verdict: &Verdict) -> String {
    let of_check = verdict.reasons.iter().filter(|reason| reason.figure == check.figure);
    let lines: Vec<String> = of_check.map(|reason| format!("{}\n  what would help: {}", reason.text, reason.fix)).collect();
    lines.join("\n")
}

/// Escaped for XML, without the control characters that XML 1.0 cannot hold.
fn xml(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || *c == '\n' || *c == '\t';
    escape(&text.chars().filter(allowed).filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::super::{judge, sample, svg};
    use super::*;

    #[test]
    fn one_case_for_each_check_and_failures_say_why() {
        let (mut scene, record) = sample::failing();
        scene.file = "scenes/<odd> & \"name\"\u{1}.toml".into();
        let verdict = judge(&scene, &record);
        let (fine, fine_record) = sample::good();
        let fine_verdict = judge(&fine, &fine_record);
        let findings = [Diagnostic::error("S001", "unknown key 'x'").hint("remove it")];
        let text = junit(&[
            Outcome::Ran { scene: &scene, verdict: &verdict, wall_s: Some(1.25) },
            Outcome::Ran { scene: &fine, verdict: &fine_verdict, wall_s: None },
            Outcome::CouldNotRun { file: "scenes/broken.toml", findings: &findings },
        ]);
        assert_eq!(text.matches("<testcase ").count(), verdict.checks.len() + fine_verdict.checks.len() + 1);
        assert_eq!(text.matches("<failure ").count(), verdict.failed());
        assert!(text.contains("scenes/&lt;odd&gt; &amp; &quot;name&quot;.toml"), "{text}");
        assert!(text.contains("errors=\"1\"") && text.contains("unknown key &#39;x&#39;") && text.contains("time=\"1.250\""));
        assert!(text.contains("what would help"));
        svg::check_balanced(&text).unwrap();
    }
}
