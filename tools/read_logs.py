"""Reads the logs of a run with other people's readers (pyarrow, mcap) and compares them with its report.

    python3 tools/read_logs.py FOLDER

FOLDER is what `torchtwin run SCENE --report FOLDER --logs` wrote. Exit code 0: both logs say what the report says; 1: they do not; 3: a
reader is not installed (pip install pyarrow mcap).
"""

import json
import math
import sys
from pathlib import Path

try:
    import pyarrow.parquet as parquet
    from mcap.reader import make_reader
except ImportError as missing:
    print(f"not compared: {missing}")
    sys.exit(3)


def main(folder: Path) -> int:
    report = json.loads((folder / "report.json").read_text())
    table = parquet.read_table(folder / "trace.parquet")
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    rows = table.num_rows
    faults = []
    if not all(a < b for a, b in zip(columns["time_s"], columns["time_s"][1:])):
        faults.append("time does not rise")
    # The trace keeps the largest error since the last sample, so that its largest is the report's.
    worst = max(columns["following_error_mm"])
    if not math.isclose(worst, report["figures"]["following_error_max_mm"], rel_tol=1e-9, abs_tol=2e-3):
        faults.append(f"following error {worst} mm, report {report['figures']['following_error_max_mm']} mm")
    with (folder / "trace.mcap").open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        messages = {}
        for _, channel, message in reader.iter_messages():
            messages.setdefault(channel.topic, []).append((message.log_time, json.loads(message.data)))
    trace = messages["/trace"]
    if len(trace) != rows:
        faults.append(f"{len(trace)} messages, {rows} rows")
    for k in range(0, rows, max(rows // 500, 1)):
        time_ns, values = trace[k]
        if abs(time_ns * 1e-9 - columns["time_s"][k]) > 1e-9 or values["tip_x_mm"] != columns["tip_x_mm"][k]:
            faults.append(f"sample {k}: {values} against a row at {columns['time_s'][k]} s")
    if len(messages.get("/events", [])) != len(report["events"]):
        faults.append(f"{len(messages.get('/events', []))} events, report {len(report['events'])}")
    for probe in report["probes"]:
        name = probe["name"].replace(" ", "_")
        if len(messages[f"/probes/{name}"]) != rows or max(columns[f"probe_{name}_c"]) > probe["peak_c"] + 1e-9:
            faults.append(f"probe {name}")
    print(f"{rows} rows, {sum(map(len, messages.values()))} messages on {len(messages)} topics" if not faults else "\n".join(faults))
    return 1 if faults else 0


sys.exit(main(Path(sys.argv[1])))
