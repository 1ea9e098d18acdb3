#!/usr/bin/env python3
"""Compares `torchtwin path` with LinuxCNC's own interpreter, move by move.

Usage: tools/compare_linuxcnc.py TORCHTWIN FOLDER_OR_FILE... [--tools FILE] [--all]

Needs Debian's package linuxcnc-uspace (program `rs274`). For every program it runs both, undoes LinuxCNC's units and offsets, and compares:
end points within 1e-4 mm (or 1e-6 of their size, or the rounding of LinuxCNC's four decimals in the program's unit), arcs by centre,
plane and turns, feeds, dwells and their order. Programs that LinuxCNC refuses must be refused here too, on the same line.
Prints one line for each program that differs (each program with --all) and a summary; exit code 1 if any differs.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile

LIMIT_S = 60
CALL = re.compile(r"^\s*\d+\s+N\.*\d*\s+(\w+)\((.*)\)\s*$")


class Canon:
    """Undoes LinuxCNC's canonical calls into absolute millimetres."""

    def __init__(self):
        self.unit = 1.0
        self.g5x = [0.0] * 9
        self.g92 = [0.0] * 9
        self.tool = [0.0] * 9
        self.rotation = 0.0
        self.feed = 0.0
        self.plane = "XY"
        self.at = [0.0] * 3
        self.out = []

    def place(self, xyz):
        x, y, z = (a * self.unit + b for a, b in zip(xyz, self.g92[:3]))
        r = math.radians(self.rotation)
        x, y = x * math.cos(r) - y * math.sin(r), x * math.sin(r) + y * math.cos(r)
        return [a + b + c for a, b, c in zip((x, y, z), self.g5x[:3], self.tool[:3])]

    def call(self, name, args):
        def numbers():
            return [float(a) for a in args.replace(" ", ",").split(",") if a]

        if name == "USE_LENGTH_UNITS":
            self.unit = 25.4 if "INCH" in args else 1.0
        elif name == "SET_G5X_OFFSET":
            n = numbers()[1:]
            self.g5x = [v * self.unit for v in n] + [0.0] * (9 - len(n))
        elif name == "SET_G92_OFFSET":
            n = numbers()
            self.g92 = [v * self.unit for v in n] + [0.0] * (9 - len(n))
        elif name == "SET_XY_ROTATION":
            self.rotation = numbers()[0]
        elif name == "USE_TOOL_LENGTH_OFFSET":
            n = numbers()
            self.tool = [v * self.unit for v in n] + [0.0] * (9 - len(n))
        elif name == "SET_FEED_RATE":
            self.feed = numbers()[0] * self.unit
        elif name == "SELECT_PLANE":
            self.plane = {"CANON_PLANE_XY": "XY", "CANON_PLANE_XZ": "ZX", "CANON_PLANE_YZ": "YZ"}[args.strip()]
        elif name in ("STRAIGHT_TRAVERSE", "STRAIGHT_FEED", "STRAIGHT_PROBE"):
            n = numbers()
            kind = {"STRAIGHT_TRAVERSE": "rapid", "STRAIGHT_FEED": "feed", "STRAIGHT_PROBE": "probe"}[name]
            self.at = self.place(n[:3])
            self.out.append((kind, self.at, self.feed if kind != "rapid" else 0.0, None, self.unit))
        elif name == "ARC_FEED":
            e1, e2, c1, c2, turns, e3 = numbers()[:6]
            order = {"XY": (0, 1, 2), "ZX": (2, 0, 1), "YZ": (1, 2, 0)}[self.plane]
            end, centre = [0.0] * 3, [0.0] * 3
            for axis, e, c in zip(order, (e1, e2, e3), (c1, c2, e3)):
                end[axis], centre[axis] = e, c
            self.at = self.place(end)
            middle = self.place(centre)
            flat = [middle[order[0]], middle[order[1]]]
            self.out.append(("arc", self.at, self.feed, (self.plane, flat, int(turns)), self.unit))
        elif name == "DWELL":
            self.out.append(("dwell", None, numbers()[0], None, self.unit))
        elif name == "NURBS_FEED":
            self.out.append(("nurbs", None, 0.0, None, self.unit))


def linuxcnc(path, tools):
    with tempfile.NamedTemporaryFile("w", suffix=".var") as var:
        command = ["rs274", "-g", "-v", var.name] + (["-t", tools] if tools else []) + [os.path.basename(path)]
        try:
            done = subprocess.run(command, cwd=os.path.dirname(path) or ".", capture_output=True, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            return None, "does not end", None
    canon = Canon()
    for line in done.stdout.decode("latin-1").splitlines():
        found = CALL.match(line)
        if found:
            canon.call(found.group(1), found.group(2))
    if done.returncode == 0:
        return canon.out, None, None
    said = [l for l in done.stderr.decode("latin-1").splitlines() if l.strip() and l != "executing"]
    message = said[0] if said else "no message"
    if message.startswith("File ended with no percent sign"):
        return canon.out, None, "end of file"
    return canon.out, message, said[1] if len(said) > 1 else ""


def ours(program, path, tools):
    command = [program, "path", path, "--dialect", "linuxcnc", "--machine-units", "inch"]
    command += ["--tools", tools] if tools else []
    try:
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return None, "does not end", 0
    items = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if done.returncode == 0:
        return items, None, 0
    text = done.stderr.decode()
    found = re.search(r"^(.*?):(\d+):\d+: error\[[^\]]*\]: (.*)$", text, re.M)
    if not found:
        return items, text.strip().splitlines()[0] if text.strip() else f"exit code {done.returncode}", 0
    return items, found.group(3), int(found.group(2))


def compare(theirs, mine):
    """None if equal, else what differs first."""
    mine = list(mine)
    at = 0
    for index, (kind, place, value, arc, unit) in enumerate(theirs):
        if kind == "nurbs":
            # LinuxCNC prints no points of a spline: all the feeds of one line here are that spline.
            line = mine[at]["line"] if at < len(mine) else None
            while at < len(mine) and mine[at]["line"] == line:
                at += 1
            continue
        if at >= len(mine):
            return f"item {index}: {kind} is missing here"
        item = mine[at]
        where = f"item {index}, line {item['line']}"
        at += 1
        if item["kind"] != kind:
            return f"{where}: {kind} there, {item['kind']} here"
        if kind == "dwell":
            if abs(item["seconds"] - value) > 1e-4:
                return f"{where}: dwell {value} there, {item['seconds']} here"
            continue
        # A point and up to three offsets, each rounded to four decimals.
        near = 2e-4 * unit + 1e-4
        for axis, (a, b) in enumerate(zip(place, item["end_mm"])):
            if abs(a - b) > max(near, 1e-6 * abs(a)):
                return f"{where}: {'XYZ'[axis]} {a:.5f} there, {b:.5f} here"
        if kind != "rapid" and abs(value - item["feed_mm_per_min"]) > max(near, 1e-6 * abs(value)):
            return f"{where}: feed {value} there, {item['feed_mm_per_min']} here"
        if arc:
            plane, centre, turns = arc
            if plane != item["plane"] or turns != item["turns"]:
                return f"{where}: {plane} {turns} turns there, {item['plane']} {item['turns']} here"
            order = {"XY": (0, 1), "ZX": (2, 0), "YZ": (1, 2)}[plane]
            for a, axis in zip(centre, order):
                b = item["centre_mm"][axis]
                if abs(a - b) > max(near, 1e-6 * abs(a)):
                    return f"{where}: centre {'XYZ'[axis]} {a:.5f} there, {b:.5f} here"
    if at < len(mine):
        return f"{len(mine) - at} more items here, from line {mine[at]['line']}"
    return None


def programs(names):
    for name in names:
        if os.path.isdir(name):
            for folder, _, files in sorted(os.walk(name)):
                for file in sorted(files):
                    if not file.endswith((".tsv", ".md", ".tbl", ".expected", ".with_tools")):
                        yield os.path.abspath(os.path.join(folder, file))
        else:
            yield os.path.abspath(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("torchtwin")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--tools")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    tools = os.path.abspath(options.tools) if options.tools else None
    tally = {"equal": 0, "both refuse": 0, "moves differ": 0, "refused here only": 0, "refused there only": 0, "other line": 0, "no end": 0}
    moves = 0
    for path in programs(options.names):
        theirs, refusal, text = linuxcnc(path, tools)
        mine, why, line = ours(options.torchtwin, path, tools)
        if theirs is None:
            verdict, words = "no end", f"LinuxCNC {refusal}; here: {why or 'accepted'}"
        elif refusal is None and why is None:
            words = compare(theirs, mine)
            verdict = "moves differ" if words else "equal"
            moves += len(theirs)
        elif refusal is None and text and ("has no end" in why or "the file ends" in why):
            verdict, words = "both refuse", ""
        elif refusal is None:
            verdict, words = "refused here only", f"line {line}: {why}"
        elif why is None:
            verdict, words = "refused there only", f"{refusal} | {text}"
        else:
            words = f"{refusal} | {why}"
            with open(path, "rb") as file:
                lines = file.read().decode("latin-1").splitlines()
            here = lines[line - 1].strip() if 0 < line <= len(lines) else ""
            # LinuxCNC notices that there is no such subroutine at the end of the file.
            sought = refusal.startswith("EOF in file") and "no subroutine" in why
            same = sought or here == (text or "").strip() or (text or "").strip().startswith(here[:200]) and here
            verdict = "both refuse" if same else "other line"
            if not same:
                words += f" | there: {text} | here: line {line}: {here}"
        tally[verdict] += 1
        if options.all or verdict not in ("equal", "both refuse"):
            print(f"{verdict}: {os.path.relpath(path)}: {words or ''}")
    print(f"{moves} items equal or compared; " + ", ".join(f"{name} {count}" for name, count in tally.items()))
    sys.exit(1 if tally["moves differ"] or tally["refused here only"] or tally["refused there only"] or tally["other line"] else 0)


if __name__ == "__main__":
    main()
