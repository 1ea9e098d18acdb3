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
        /// Whether it failed on just what it announces, and that counts as passed.
        announced: bool,
    },
    /// It was not run.
    Skipped {
        /// Scene file as given.
        file: &'a str,
        /// Why not.
        why: &'a str,
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
    let mut all_s = 0.0;
    for outcome in outcomes {
        match *outcome {
            Outcome::Ran { scene, verdict, wall_s, announced } => {
                tests += verdict.checks.len();
                failures += if announced { 0 } else { verdict.failed() };
                all_s += wall_s.filter(|s| s.is_finite()).unwrap_or(0.0);
                suite(&mut suites, scene, verdict, wall_s, announced);
            }
            Outcome::Skipped { file, why } => {
                tests += 1;
                let case = format!("<skipped message=\"{}\"/>", xml(why));
                lone_suite(&mut suites, file, [0, 1], &case);
            }
            Outcome::CouldNotRun { file, findings } => {
                tests += 1;
                errors += 1;
                broken_suite(&mut suites, file, findings);
            }
        }
    }
    let time = if all_s > 0.0 { format!(" time=\"{all_s:.3}\"") } else { String::new() };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"torchtwin\"{time} tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n{suites}</testsuites>\n"
    )
}

fn suite(out: &mut String, scene: &Scene, verdict: &Verdict, wall_s: Option<f64>, announced: bool) {
    let time = wall_s.filter(|s| s.is_finite()).map_or(String::new(), |s| format!(" time=\"{s:.3}\""));
    let (name, tests) = (xml(&scene.file), verdict.checks.len());
    let failures = if announced { 0 } else { verdict.failed() };
    let _ =
        writeln!(out, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\"{time}>");
    for check in &verdict.checks {
        let case =
            format!("<testcase classname=\"{name}\" name=\"{}\"", xml(&format!("{} {}", check.figure, check.bound_words())));
        if check.pass {
            let _ = writeln!(out, "    {case}/>");
        } else if announced {
            let text = format!("failed, as the scene announces: {}\n{}", message(check), detail(check, verdict));
            let _ = writeln!(out, "    {case}>\n      <system-out>{}</system-out>\n    </testcase>", xml(&text));
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
    let message = findings.first().map_or("the scene could not run".into(), |finding| finding.to_string());
    let all: Vec<String> = findings.iter().map(Diagnostic::to_string).collect();
    let case = format!("<error message=\"{}\" type=\"could not run\">{}</error>", xml(&message), xml(&all.join("\n")));
    lone_suite(out, file, [1, 0], &case);
}

/// A suite with one case, "runs", for a scene without a verdict; errors and skipped as counted.
fn lone_suite(out: &mut String, file: &str, [errors, skipped]: [usize; 2], inside: &str) {
    let name = xml(file);
    let _ = writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"{errors}\" skipped=\"{skipped}\">\n    \
         <testcase classname=\"{name}\" name=\"runs\">\n      {inside}\n    </testcase>\n  </testsuite>"
    );
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
            Outcome::Ran { scene: &scene, verdict: &verdict, wall_s: Some(1.25), announced: false },
            Outcome::Ran { scene: &fine, verdict: &fine_verdict, wall_s: None, announced: false },
            Outcome::Skipped { file: "scenes/late.toml", why: "interrupted" },
            Outcome::CouldNotRun { file: "scenes/broken.toml", findings: &findings },
        ]);
        assert_eq!(text.matches("<testcase ").count(), verdict.checks.len() + fine_verdict.checks.len() + 2);
        assert_eq!(text.matches("<failure ").count(), verdict.failed());
        assert!(text.contains("scenes/&lt;odd&gt; &amp; &quot;name&quot;.toml"), "{text}");
        assert!(text.contains("errors=\"1\"") && text.contains("unknown key &#39;x&#39;") && text.contains("time=\"1.250\""));
        assert!(text.contains("what would help"));
        assert!(text.contains("<skipped message=\"interrupted\"/>"), "{text}");
        svg::check_balanced(&text).unwrap();
        let announced = junit(&[Outcome::Ran { scene: &scene, verdict: &verdict, wall_s: None, announced: true }]);
        assert!(announced.contains("failures=\"0\"") && announced.contains("as the scene announces"), "{announced}");
    }
}
