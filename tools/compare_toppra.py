#!/usr/bin/env python3
"""Compares the cycle times of `torchtwin plan --profile s_curve` with those of TOPP-RA, which is time-optimal on a smooth path but knows no jerk.

Usage: tools/compare_toppra.py TORCHTWIN     (needs `pip install toppra`)

TOPP-RA follows the smooth curve itself, under the same limits of speed and acceleration of each axis (150 mm/s, 400 mm/s²), and may change its
acceleration at once: a lower bound. The jerk-limited profile gets 8000 mm/s³ more to keep. Feeds are above what the axes can, so that the
limits of the axes are all that counts. Prints both times and their ratio.
"""

import json
import math
import os
import subprocess
import sys
import tempfile

import numpy
import toppra
import toppra.algorithm
import toppra.constraint

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MACHINE = os.path.join(ROOT, "scenes/machines/rack_4x4.toml")
SPEED, ACCELERATION = 150.0, 400.0


def optimal_s(points):
    path = toppra.SplineInterpolator(numpy.linspace(0, 1, len(points)), numpy.array(points))
    speed = toppra.constraint.JointVelocityConstraint(numpy.array([[-SPEED, SPEED]] * 2))
    acceleration = toppra.constraint.JointAccelerationConstraint(numpy.array([[-ACCELERATION, ACCELERATION]] * 2))
    solver = toppra.algorithm.TOPPRA(
        [speed, acceleration], path, gridpoints=numpy.linspace(0, 1, 2000), solver_wrapper="seidel"
    )
    return solver.compute_trajectory(0, 0).duration


def planned_s(torchtwin, lines):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.ngc")
        with open(path, "w") as out:
            out.write("\n".join(["G21 G90 G17 F60000"] + lines + ["M2"]) + "\n")
        command = [torchtwin, "plan", path, "--machine", MACHINE, "--profile", "s_curve", "--dialect", "linuxcnc", "--json"]
        result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        if result.returncode != 0:
            sys.exit(result.stderr.strip())
        return json.loads(result.stdout)["cycle_time_s"]


def facets(points, step):
    out, last = [], points[0]
    for x, y in points[1:]:
        if math.hypot(x - last[0], y - last[1]) >= step:
            out.append(f"G1 X{x:.4f} Y{y:.4f}")
            last = (x, y)
    return out + [f"G1 X{points[-1][0]:.4f} Y{points[-1][1]:.4f}"]


def main():
    toppra.setup_logging("ERROR")
    torchtwin = os.path.abspath(sys.argv[1])
    ring = lambda r: lambda u: (r * math.cos(2 * math.pi * u) - r, r * math.sin(2 * math.pi * u))
    line = lambda length: lambda u: (length * u, 0.0)
    wave = lambda u: (200 * u, 5 * math.sin(8 * math.pi * u))
    sample = lambda curve, count: [curve(u) for u in numpy.linspace(0, 1, count)]
    cases = [
        ("line of 1000 mm", line(1000), ["G1 X1000"]),
        ("line of 400 mm", line(400), ["G1 X400"]),
        ("line of 50 mm", line(50), ["G1 X50"]),
        ("circle of 100 mm radius, an arc", ring(100), ["G3 X0 Y0 I-100"]),
        ("circle of 10 mm radius, an arc", ring(10), ["G3 X0 Y0 I-10"]),
        ("the same in facets of 0.4 mm", ring(10), facets(sample(ring(10), 20000), 0.4)),
        ("the same in facets of 0.05 mm", ring(10), facets(sample(ring(10), 20000), 0.05)),
        ("wave of 5 mm in facets of 0.1 mm", wave, facets(sample(wave, 20000), 0.1)),
    ]
    print(f"{'path':36} {'TOPP-RA, s':>11} {'s_curve, s':>11} {'ratio':>7}")
    for title, curve, lines in cases:
        best, here = optimal_s(sample(curve, 701)), planned_s(torchtwin, lines)
        print(f"{title:36} {best:11.3f} {here:11.3f} {here / best:7.3f}")


if __name__ == "__main__":
    main()
