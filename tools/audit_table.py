#!/usr/bin/env python3
"""Prints the table of `torchtwin plan --audit` for a stated corpus, both profiles, as Markdown.

Usage: tools/audit_table.py TORCHTWIN [PROGRAM...]

The corpus is made here, so that anybody gets the same: arcs of 4 mm radius joined end to end (the shape with which LinuxCNC's issue 3773 met
eight times its acceleration), a circle of 10 mm radius as an arc, as facets within 2 µm and as facets of 0.05 mm, a zigzag of 0.1 mm moves, a square,
long moves, and the earth-brick press's side plate. Machine: 9000 mm/min, 400 mm/s², jerk 8000 mm/s³, 122.231 steps/mm; corners within
0.05 mm; Grbl with junction deviation 0.020 mm and arc tolerance 0.002 mm, as scenes/machines/rack_4x4.toml has it. Programs given are added.
"""

import json
import math
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MACHINE = os.path.join(ROOT, "scenes/machines/rack_4x4.toml")


def facets(length_mm, radius=10.0):
    count = round(2 * math.pi * radius / length_mm)
    return [
        f"G1 X{radius * math.cos(2 * math.pi * k / count):.4f} Y{radius * math.sin(2 * math.pi * k / count):.4f}"
        for k in range(1, count + 1)
    ]


def corpus():
    head = ["G21 G90 G17", "F3000"]
    waves = ["G0 X0 Y0"]
    for k in range(20):
        waves.append(f"{'G3' if k % 2 else 'G2'} X{8 * (k + 1)} Y0 I4 J0")
    yield "arcs of 4 mm radius in a row", head + waves
    yield "circle of 10 mm radius, as an arc", head + ["G0 X10 Y0", "G3 X10 Y0 I-10 J0"]
    yield "the same in facets within 2 µm", head + ["G0 X10 Y0"] + facets(0.4)
    yield "the same in facets of 0.05 mm", head + ["G0 X10 Y0"] + facets(0.05)
    yield "zigzag of 0.1 mm moves", head + ["G0 X0 Y0"] + [f"G1 X{k * 0.1:.1f} Y{0.02 * (k % 2):.2f}" for k in range(1, 400)]
    yield "square of 50 mm", head + ["G0 X0 Y0", "G1 X50", "Y50", "X0", "Y0"]
    yield "ten rapids of 400 mm", head + [f"G0 X{400 * ((k + 1) % 2)} Y0\nM0" for k in range(10)]


def audit(torchtwin, program, profile):
    dialect = "grbl" if profile == "grbl" else "linuxcnc"
    command = [torchtwin, "plan", program, "--machine", MACHINE, "--profile", profile, "--dialect", dialect, "--audit", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if result.returncode != 0:
        sys.exit(f"{program}: {result.stderr.strip()}")
    return json.loads(result.stdout)


def row(torchtwin, title, program):
    cells = []
    for profile in ("grbl", "s_curve"):
        plan = audit(torchtwin, program, profile)
        axes = [plan["audit"]["axes"][a] for a in "xyz"]
        most = lambda what: max((a[what] or {"of_limit": float("nan")})["of_limit"] for a in axes)
        jerk = f"{most('jerk'):.2f}" if profile == "s_curve" else f"{max(a['jerk_mm_per_s3'] for a in axes) / 8000:.1f}"
        cells.append(
            f"{plan['cycle_time_s']:.2f} | {plan['audit']['time_of_bound']:.3f} | {most('acceleration'):.2f} | {jerk} | "
            f"{plan['audit']['deviation_mm']:.3f}"
        )
    print(f"| {title} | {cells[0]} | {cells[1]} |", flush=True)


def main():
    torchtwin = os.path.abspath(sys.argv[1])
    columns = "time, s | of bound | accel. | jerk | off, mm"
    print(f"| program | grbl: {columns} | s_curve: {columns} |")
    print("|---|" + "---|" * 10)
    with tempfile.TemporaryDirectory() as folder:
        for title, lines in corpus():
            path = os.path.join(folder, "program.nc")
            with open(path, "w") as out:
                out.write("\n".join(lines) + "\nM2\n")
            row(torchtwin, title, path)
    row(torchtwin, "side plate of the earth-brick press", os.path.join(ROOT, "scenes/parts/ceb_press_side.ngc"))
    for program in sys.argv[2:]:
        row(torchtwin, os.path.basename(program), os.path.abspath(program))


if __name__ == "__main__":
    main()
