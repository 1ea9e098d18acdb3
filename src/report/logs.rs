//! Time series for other programs: `trace.parquet` (pandas, DuckDB) and `trace.mcap` (Foxglove, PlotJuggler).
//!
//! In: scene and record. Out: both files; the same bytes for the same run. Uses serde_json; the only place that knows the crate mcap.
//!
//! The MCAP file has a channel each for the trace, for every thermocouple and for the events, JSON with a JSON schema; its time is simulated
//! time in nanoseconds from the start of the run.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use mcap::records::MessageHeader;
use mcap::{WriteOptions, Writer};
use serde_json::{Value, json};

use crate::diag::{Diagnostic, Place};
use crate::scene::model::Scene;
use crate::twin::record::{Record, TraceSample};

use super::columns::{Column, Columns};
use super::files::write_file;
use super::json::{event_name, number};

/// A number of a trace sample: its name, and how to get it, in the unit of the name.
type Field = (&'static str, fn(&TraceSample) -> f64);

/// What of a trace sample is a number.
const FIELDS: [Field; 12] = [
    ("time_s", |s| s.time_s),
    ("planned_x_mm", |s| s.planned_in_machine_m[0] * 1e3),
    ("planned_y_mm", |s| s.planned_in_machine_m[1] * 1e3),
    ("planned_z_mm", |s| s.planned_in_machine_m[2] * 1e3),
    ("tip_x_mm", |s| s.tip_in_machine_m[0] * 1e3),
    ("tip_y_mm", |s| s.tip_in_machine_m[1] * 1e3),
    ("tip_z_mm", |s| s.tip_in_machine_m[2] * 1e3),
    ("speed_mm_per_min", |s| s.speed_m_per_s * 60e3),
    ("following_error_mm", |s| s.following_error_m * 1e3),
    ("racking_mm", |s| s.racking_m * 1e3),
    ("torque_use_share", |s| s.torque_use),
    ("cutting", |s| f64::from(u8::from(s.cutting))),
];

/// Writes both files into a folder that is there.
///
/// # Errors
/// A message if they cannot be written.
pub fn write(folder: &Path, scene: &Scene, record: &Record) -> Result<(), Diagnostic> {
    let made = |name: &str, bytes: Result<Vec<u8>, String>| {
        let path = folder.join(name);
        let place = Place { file: path.display().to_string(), ..Place::default() };
        let bytes = bytes.map_err(|why| Diagnostic::error("R002", format!("the log cannot be made: {why}")).at(place))?;
        write_file(&path, &bytes)
    };
    made("trace.parquet", table(scene, record).to_parquet())?;
    made("trace.mcap", mcap(scene, record).map_err(|error| error.to_string()))
}

/// The trace as a table: a row a sample, thermocouples as columns `probe_NAME_c`.
pub fn table(scene: &Scene, record: &Record) -> Columns {
    let trace = &record.trace;
    let mut columns: Vec<(String, Column)> = vec![
        ("time_s".into(), Column::Number(trace.iter().map(|s| s.time_s).collect())),
        ("line".into(), Column::Whole(trace.iter().map(|s| i64::from(s.line)).collect())),
        ("cutting".into(), Column::Flag(trace.iter().map(|s| s.cutting).collect())),
    ];
    let fields = FIELDS.iter().filter(|(name, _)| !["time_s", "cutting"].contains(name));
    columns.extend(fields.map(|(name, get)| (name.to_string(), Column::Number(trace.iter().map(get).collect()))));
    for probe in &record.probes {
        let mut readings: Vec<f64> = probe.series.iter().map(|(_, c)| *c).collect();
        readings.resize(trace.len(), f64::NAN);
        columns.push((format!("probe_{}_c", probe.name.replace(' ', "_")), Column::Number(readings)));
    }
    Columns { columns, about: about(scene) }
}

fn about(scene: &Scene) -> BTreeMap<String, String> {
    let program = scene.job.program_file.clone();
    [("scene", scene.file.clone()), ("title", scene.title.clone()), ("program", program)]
        .map(|(key, value)| (key.to_string(), value))
        .into()
}

/// The trace, the thermocouples and the events as an MCAP file.
fn mcap(scene: &Scene, record: &Record) -> mcap::McapResult<Vec<u8>> {
    let options = WriteOptions::new().compression(None).profile("").library("torchtwin");
    let mut out = Log { writer: options.create(Cursor::new(Vec::new()))?, sequence: 0 };
    let numbers: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).chain(["line"]).collect();
    let trace = out.channel("/trace", "torchtwin.Trace", &numbers, &[])?;
    let events = out.channel("/events", "torchtwin.Event", &["line", "x_mm", "y_mm"], &["kind", "text"])?;
    let mut probes = Vec::new();
    for probe in &record.probes {
        let topic = format!("/probes/{}", probe.name.replace(' ', "_"));
        probes.push(out.channel(&topic, "torchtwin.Probe", &["temperature_c"], &[])?);
    }
    let mut told = record.events.iter().peekable();
    for (k, sample) in record.trace.iter().enumerate() {
        while let Some(event) = told.next_if(|event| event.time_s <= sample.time_s) {
            let at = event.at_in_machine_m;
            let message = json!({ "kind": event_name(event.kind), "text": event.text, "line": event.line,
                "x_mm": number(at[0] * 1e3), "y_mm": number(at[1] * 1e3) });
            out.message(events, event.time_s, &message)?;
        }
        let mut message: serde_json::Map<String, Value> =
            FIELDS.iter().map(|(name, get)| (name.to_string(), number(get(sample)))).collect();
        message.insert("line".into(), Value::from(sample.line));
        out.message(trace, sample.time_s, &Value::Object(message))?;
        for (channel, probe) in probes.iter().zip(&record.probes) {
            if let Some((time_s, c)) = probe.series.get(k) {
                out.message(*channel, *time_s, &json!({ "temperature_c": number(*c) }))?;
            }
        }
    }
    for event in told {
        let message = json!({ "kind": event_name(event.kind), "text": event.text, "line": event.line });
        out.message(events, event.time_s, &message)?;
    }
    let metadata = mcap::records::Metadata { name: "torchtwin".into(), metadata: about(scene) };
    out.writer.write_metadata(&metadata)?;
    out.writer.finish()?;
    Ok(out.writer.into_inner().into_inner())
}

/// An MCAP file under way.
struct Log {
    writer: Writer<Cursor<Vec<u8>>>,
    sequence: u32,
}

impl Log {
    fn channel(&mut self, topic: &str, schema: &str, numbers: &[&str], words: &[&str]) -> mcap::McapResult<u16> {
        let of =
            |names: &[&str], kind: &str| names.iter().map(|name| (name.to_string(), json!({ "type": kind }))).collect::<Vec<_>>();
        let properties: serde_json::Map<String, Value> = of(numbers, "number").into_iter().chain(of(words, "string")).collect();
        let schema_text = json!({ "type": "object", "properties": properties }).to_string();
        let schema = self.writer.add_schema(schema, "jsonschema", schema_text.as_bytes())?;
        self.writer.add_channel(schema, topic, "json", &BTreeMap::new())
    }

    fn message(&mut self, channel_id: u16, time_s: f64, message: &Value) -> mcap::McapResult<()> {
        let time = (time_s.max(0.0) * 1e9).round() as u64;
        self.sequence += 1;
        let header = MessageHeader { channel_id, sequence: self.sequence, log_time: time, publish_time: time };
        self.writer.write_to_known_channel(&header, message.to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn both_logs_hold_every_sample_and_are_the_same_twice() {
        let (scene, record) = sample::good();
        let table = table(&scene, &record);
        assert_eq!(table.rows(), record.trace.len());
        let tip = table.numbers("tip_x_mm").unwrap();
        assert!(tip.iter().zip(&record.trace).all(|(mm, sample)| *mm == sample.tip_in_machine_m[0] * 1e3));
        let bytes = mcap(&scene, &record).unwrap();
        assert!(bytes == mcap(&scene, &record).unwrap(), "two files of one run differ");
        let messages: Vec<_> = mcap::MessageStream::new(&bytes).unwrap().map(Result::unwrap).collect();
        let on = |topic: &str| messages.iter().filter(|m| m.channel.topic == topic).count();
        assert_eq!((on("/trace"), on("/events")), (record.trace.len(), record.events.len()));
        let last: Value = serde_json::from_slice(&messages.iter().rfind(|m| m.channel.topic == "/trace").unwrap().data).unwrap();
        assert_eq!(last["line"], record.trace.last().unwrap().line);
    }
}
