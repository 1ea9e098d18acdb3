#!/usr/bin/env python3
"""Compares `torchtwin plan --profile grbl` with runs of the real Grbl 1.1, step by step.

Usage: tools/compare_grbl.py TORCHTWIN DATA [--only PART_OF_NAME] [--all]

DATA holds `gcode/` (programs) and `grbl/` (`runs.json` and traces, see its README): what Grbl's own C code did with each program for two sets
of settings. Compares steps of each axis and end positions (must be equal), the number of interrupts (equal), the time from first to last step
(within 0.002 %), and, where it was recorded, the position every 0.1 s after the first step (within a step). Prints a table; exit code 1 if any run is outside.
"""

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time

SETTINGS = {
    "a": {"$11": 0.010, "$12": 0.002, "$10%d": 80, "$11%d": 6000, "$12%d": 500},
    "b": {"$11": 0.020, "$12": 0.002, "$10%d": 250, "$11%d": 1500, "$12%d": 250},
}
TIME_SHARE = 2e-5
TRACE_STEPS = 1


def settings_file(folder, name):
    path = os.path.join(folder, name + ".txt")
    with open(path, "w") as out:
        for key, value in SETTINGS[name].items():
            for axis in range(3 if "%d" in key else 1):
                out.write(f"{key % axis if '%d' in key else key}={value}\n")
    return path


def program_file(folder, data, name):
    """The program as it was sent: lines that hold only % dropped."""
    owner, rest = name.split("/", 1)
    with open(os.path.join(data, "gcode", owner, rest), "rb") as source:
        lines = [line for line in source.read().splitlines() if line.strip() != b"%"]
    path = os.path.join(folder, "program.nc")
    with open(path, "wb") as out:
        out.write(b"\n".join(lines) + b"\n")
    return path


def trace_difference(trace, steps_file, first_s, first_there_s):
    """Largest difference in steps, and when, over the samples of the trace."""
    with gzip.open(trace, "rt") as source:
        samples = [[float(v) for v in row] for row in list(csv.reader(source))[1:]]
    at, worst, index = [0, 0, 0], (0, 0.0), 0
    with open(steps_file) as source:
        next(source)
        for line in source:
            second, axis, direction = line.split(",")
            if axis not in "xyz":
                continue  # the torch
            t = float(second) - first_s + first_there_s
            while index < len(samples) and samples[index][0] < t - 1e-9:
                worst = max(worst, (max(abs(at[i] - samples[index][1 + i]) for i in range(3)), samples[index][0]))
                index += 1
            at["xyz".index(axis)] += int(direction)
    for sample in samples[index:]:
        worst = max(worst, (max(abs(at[i] - sample[1 + i]) for i in range(3)), sample[0]))
    return worst


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("torchtwin")
    arguments.add_argument("data")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--all", action="store_true", help="a line for each run, not only for those outside")
    options = arguments.parse_args()
    with open(os.path.join(options.data, "grbl", "runs.json")) as source:
        runs = [run for run in json.load(source) if options.only in run["program"]]
    if not runs:
        sys.exit("no run to compare with")
    traces = 0
    bad, worst_share, worst_steps, spent, interrupts = 0, 0.0, 0, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        files = {name: settings_file(folder, name) for name in SETTINGS}
        for run in runs:
            program = program_file(folder, options.data, run["program"])
            steps = os.path.join(folder, "steps.csv")
            command = [options.torchtwin, "plan", program, "--settings", files[run["settings"]], "--json"]
            begin = time.time()
            result = subprocess.run(command, capture_output=True, text=True)
            spent += time.time() - begin
            if result.returncode == 2:
                print(run["settings"], run["program"], result.stderr)
                bad += 1
                continue
            plan = json.loads(result.stdout)
            axes = [plan["axes"][a] for a in "xyz"]
            same_steps = [a["steps"] for a in axes] == run["steps"]
            same_end = [a["end_position_steps"] for a in axes] == run["end_position"]
            there = run["last_step_s"] - run["first_step_s"]
            here = plan["last_step_s"] - plan["first_step_s"]
            share = abs(here / there - 1.0)
            trace = (0, 0.0)
            if "trace" in run:
                if subprocess.run(command + ["--steps", steps], capture_output=True).returncode == 2:
                    sys.exit(f"{run['program']}: no steps were written")
                traces += 1
                trace = trace_difference(
                    os.path.join(options.data, "grbl", run["trace"]), steps, plan["first_step_s"], run["first_step_s"]
                )
            fine = same_steps and same_end and plan["interrupts"] == run["isr"] and share <= TIME_SHARE and trace[0] <= TRACE_STEPS
            bad += not fine
            worst_share, worst_steps = max(worst_share, share), max(worst_steps, trace[0])
            interrupts += run["isr"]
            if options.all or not fine:
                print(
                    f"{run['settings']} {run['program'].split('/')[-1]:36} "
                    f"steps {'equal' if same_steps else [a['steps'] for a in axes]} end {'equal' if same_end else 'DIFFERS'} "
                    f"time {here:.4f} of {there:.4f} s ({share * 100:.4f} %) "
                    + (f"trace {trace[0]:.0f} at {trace[1]:.1f} s " if "trace" in run else "")
                    + f"interrupts {plan['interrupts']} of {run['isr']}"
                    + ("" if same_steps else f" wanted {run['steps']}")
                )
    print(
        f"{len(runs)} runs, {bad} outside; largest difference in time {worst_share * 100:.4f} %, on the way {worst_steps:.0f} steps ({traces} runs have it); "
        f"{interrupts / 1e6:.1f} million interrupts in {spent:.1f} s"
    )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
