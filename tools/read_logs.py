"""Reads what a run wrote with other people's readers and compares it with its report.

    python3 tools/read_logs.py FOLDER

FOLDER is what `torchtwin run SCENE --report FOLDER --logs` wrote: `trace.parquet` (pyarrow), `trace.mcap` (mcap), `steps.vcd` (vcdvcd),
`parts.dxf` (ezdxf), `parts.svg` (Python's own XML), the maps `peak`, `temperature` and `cooling` as NPY (numpy) and PNG (Pillow). Exit code 0: all say
what the report says; 1: they do not; 3: a reader is not installed (pip install pyarrow mcap vcdvcd ezdxf numpy pillow).
"""

import json
import math
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

try:
    import ezdxf
    import numpy as np
    import pyarrow.parquet as parquet
    from mcap.reader import make_reader
    from PIL import Image
    from vcdvcd import VCDVCD
except ImportError as missing:
    print(f"not compared: {missing}")
    sys.exit(3)

# Planned points are sampled with the machine, steps are where they are: a step, and what the axis goes in a machine step (0.1 ms at 9 m/min).
STEP_MM = 0.02
AXES = {"x": ("X",), "y": ("Y1", "Y2"), "z": ("Z",)}


def trace(folder, report, faults):
    """Parquet and MCAP against each other and the report; returns the table and how many messages there are on how many topics."""
    table = parquet.read_table(folder / "trace.parquet")
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    rows = table.num_rows
    if not all(a < b for a, b in zip(columns["time_s"], columns["time_s"][1:])):
        faults.append("time does not rise")
    # The trace keeps the largest error since the last sample, so that its largest is the report's.
    worst = max(columns["following_error_mm"])
    if not math.isclose(worst, report["figures"]["following_error_max_mm"], rel_tol=1e-9, abs_tol=2e-3):
        faults.append(f"following error {worst} mm, report {report['figures']['following_error_max_mm']} mm")
    with (folder / "trace.mcap").open("rb") as file:
        messages = {}
        for _, channel, message in make_reader(file, validate_crcs=True).iter_messages():
            messages.setdefault(channel.topic, []).append((message.log_time, json.loads(message.data)))
    samples = messages["/trace"]
    if len(samples) != rows:
        faults.append(f"{len(samples)} messages, {rows} rows")
    for k in range(0, rows, max(rows // 500, 1)):
        time_ns, values = samples[k]
        if abs(time_ns * 1e-9 - columns["time_s"][k]) > 1e-9 or values["tip_x_mm"] != columns["tip_x_mm"][k]:
            faults.append(f"sample {k}: {values} against a row at {columns['time_s'][k]} s")
    if len(messages.get("/events", [])) != len(report["events"]):
        faults.append(f"{len(messages.get('/events', []))} events, report {len(report['events'])}")
    for probe in report["probes"]:
        name = probe["name"].replace(" ", "_")
        if len(messages[f"/probes/{name}"]) != rows or max(columns[f"probe_{name}_c"]) > probe["peak_c"] + 1e-9:
            faults.append(f"probe {name}")
    return columns, sum(map(len, messages.values())), len(messages)


def edges(vcd, name):
    """Times, s, of a wire's rising edges, and its level over time."""
    wire = vcd[f"torchtwin.{name}"]
    unit_s = float(vcd.timescale["timescale"])
    times = np.array([time for time, _ in wire.tv], dtype=np.int64)
    levels = np.array([level == "1" for _, level in wire.tv], dtype=bool)
    rises = levels & np.concatenate(([True], ~levels[:-1])) if len(levels) else levels
    return times[rises] * unit_s, (times * unit_s, levels)


def steps(folder, columns, report, faults):
    """Every step of the VCD: as many as the report counts on each motor, and each where and when the planned point of the trace is."""
    vcd = VCDVCD(str(folder / "steps.vcd"))
    at, count = np.array(columns["time_s"]), 0
    for axis, motors in AXES.items():
        rises, _ = edges(vcd, f"{axis}_step")
        times, levels = edges(vcd, f"{axis}_dir")[1]
        forward = levels[np.searchsorted(times, rises, side="right") - 1] if len(rises) else np.array([], dtype=bool)
        count += len(rises)
        for motor in motors:
            if len(rises) != report["axes"][motor]["steps"]:
                faults.append(f"{axis}: {len(rises)} steps in the VCD, report {report['axes'][motor]['steps']} on motor {motor}")
        planned = np.array(columns[f"planned_{axis}_mm"])
        net = np.concatenate(([0], np.cumsum(np.where(forward, 1, -1))))[np.searchsorted(rises, at, side="right")]
        # What a step is worth is not in the file: one line through all samples must do.
        line = np.polyfit(net, planned, 1) if np.ptp(net) > 0 else (0.0, planned.mean())
        off = np.abs(planned - np.polyval(line, net)).max()
        if off > max(STEP_MM, 1.5 * abs(line[0])):
            faults.append(f"{axis}: {off:.4f} mm from the planned point at {at[np.argmax(np.abs(planned - np.polyval(line, net)))]} s")
    opened, _ = edges(vcd, "torch_oxygen")
    # An opening that never became a cut is a pierce too.
    pierces = sum(event["kind"] == "pierce" for event in report["events"])
    if len(opened) != pierces or pierces < len(report["cuts"]):
        faults.append(f"the oxygen opens {len(opened)} times in the VCD, the report has {pierces} pierces and {len(report['cuts'])} cuts")
    return count


def parts(folder, report, faults):
    """The drawings of the parts: areas of the DXF, paths of the SVG."""
    finished = [part for part in report["parts"] if part["freed_at_s"] is not None and not part["scrap"]]
    drawing = ezdxf.readfile(folder / "parts.dxf")
    errors = drawing.audit().errors
    if errors or drawing.units != ezdxf.units.MM:
        faults.append(f"DXF: {errors[:3]}, units {drawing.units}")
    areas = {}
    for line in drawing.modelspace().query("POLYLINE"):
        x, y = np.array([(vertex.dxf.location.x, vertex.dxf.location.y) for vertex in line.vertices]).T
        area = abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
        areas.setdefault(line.dxf.layer, []).append(area)
        if not line.is_closed:
            faults.append(f"DXF: an open line on {line.dxf.layer}")
    # The largest ring of a part is its outline, the others are holes.
    drawn = [2 * max(rings) - sum(rings) for _, rings in sorted(areas.items(), key=lambda item: int(item[0].split("_")[1]))]
    cold = [part["cold_area_mm2"] for part in finished]
    if len(drawn) != len(finished) or any(abs(a - b) > 0.01 for a, b in zip(drawn, cold)):
        faults.append(f"DXF: areas {drawn}, report {cold}")
    paths = ET.parse(folder / "parts.svg").getroot().findall(".//{http://www.w3.org/2000/svg}path")
    if len(paths) != len(finished):
        faults.append(f"SVG: {len(paths)} paths for {len(finished)} parts")
    return len(finished)


# Cooling is timed from 800 to 500 degC. Peaks are kept in single precision.
HOT_C, COOL_C, ROUNDING_C = 800.0, 500.0, 0.01


def scale_of(about, name):
    """Values of the darkest and the brightest colour of a map's picture."""
    ends = about["pictures"][f"{name}.png"]
    return [next(value for key, value in ends.items() if key.startswith(end)) for end in ("darkest", "brightest")]


def picture(folder, name, values, scale, faults):
    """A map's PNG: a pixel a cell, upper edge first, and one colour for one value, from the scale's low end to its high one."""
    image = np.array(Image.open(folder / f"{name}.png").convert("RGBA")).astype(int)[::-1]
    if image.shape[:2] != values.shape:
        faults.append(f"{name}.png: {image.shape[:2]} pixels for {values.shape} cells")
        return
    low, high = scale
    gone = np.isnan(values)
    if (gone != (image[..., 3] == 0)).any():
        faults.append(f"{name}.png: what is not there any more is not what shows nothing")
    shade = np.rint((np.clip(values, low, high) - low) / max(high - low, 1e-30) * 254)
    shade = np.where(gone, 255, np.nan_to_num(shade)).astype(int)
    for step in np.unique(shade):
        spread = np.ptp(image[shade == step], axis=0).max()
        # Two neighbouring shades may meet in one step of this rounding.
        if spread > 24:
            faults.append(f"{name}.png: colours {spread} apart for one value of about {low + step / 254 * (high - low):.4g}")
            return


def maps(folder, report, faults):
    """The maps of temperature, peak and cooling time, where there are any."""
    if not (folder / "maps.json").exists():
        return 0
    about = json.loads((folder / "maps.json").read_text())
    peak, last, took = (np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("peak", "temperature", "cooling"))
    columns, rows = about["cells"]
    for name, values in (("peak", peak), ("temperature", last), ("cooling", took)):
        known = np.isfinite(values) | (np.isnan(values) & (name == "temperature"))
        if values.shape != (rows, columns) or values.dtype != np.float32 or not known.all():
            faults.append(f"{name}.npy: {values.shape} {values.dtype}, cells {about['cells']}")
    if float(peak.max()) != np.float32(report["figures"]["peak_temperature_c"]) or (np.nan_to_num(last) > peak + 1e-3).any():
        faults.append(f"NPY: peak {peak.max()}, report {report['figures']['peak_temperature_c']}")
    # What has fallen out, with cells of its kerf around it and slivers beside it.
    fallen = np.array([part["area_mm2"] for part in report["parts"] if part["freed_at_s"] is not None and "falls" in part["support"]])
    gone_mm2 = np.isnan(last).sum() * about["cell_mm"][0] * about["cell_mm"][1]
    with_kerf = (np.sqrt(fallen / np.pi) + about["cell_mm"][0]) ** 2 * np.pi
    if not 0.8 * fallen.sum() <= gone_mm2 <= with_kerf.sum() + 20 * about["cell_mm"][0] * about["cell_mm"][1]:
        faults.append(f"temperature.npy: {gone_mm2} mm2 are gone where {fallen.sum()} mm2 fell")
    # What is gone says nothing of its cooling.
    there = np.nan_to_num(last, nan=HOT_C)
    timed = took > 0
    if (took < 0).any() or (peak[timed] < HOT_C - ROUNDING_C).any():
        faults.append(f"cooling.npy: {(timed & (peak < HOT_C - ROUNDING_C)).sum()} cells are timed that were never at {HOT_C} degC")
    # What was that hot and is cool has been timed; what has been timed may have been warmed again since.
    if (~timed & (peak > HOT_C + ROUNDING_C) & (there < COOL_C - ROUNDING_C)).any():
        faults.append("cooling.npy: cells that have cooled are not timed")
    for name, values in (("peak", peak), ("temperature", last), ("cooling", took)):
        picture(folder, name, values, scale_of(about, name), faults)
    return peak.size


def main(folder):
    report = json.loads((folder / "report.json").read_text())
    faults = []
    columns, messages, topics = trace(folder, report, faults)
    count = steps(folder, columns, report, faults)
    drawn, cells = parts(folder, report, faults), maps(folder, report, faults)
    told = f"{len(columns['time_s'])} rows, {messages} messages on {topics} topics, {count} steps, {drawn} parts, {cells} cells"
    print(f"{folder.name}: {told}" if not faults else "\n".join(f"{folder.name}: {fault}" for fault in faults))
    return 1 if faults else 0


sys.exit(main(Path(sys.argv[1])))
