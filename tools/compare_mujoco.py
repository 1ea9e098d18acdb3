#!/usr/bin/env python3
"""The mechanism of tests/reference in MuJoCo: error against the same truth, and speed, beside the engines here.

Four bodies on slides and hinges in series; the gantry's two trucks as one place between them (they are alike), the beam's stiffness set anew
in every step. What the engines here cost is measured by `cargo bench --bench chain -- mechanism` in the same run, what they are off by
is printed by `cargo test --lib independent_solver -- --nocapture`.

Usage: python3 tools/compare_mujoco.py     (needs mujoco and numpy)
"""

import csv
import os
import subprocess
import sys
import time

import mujoco
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from machine_reference import (  # noqa: E402
    CENTRE,
    DAMPING,
    DRIVE_C,
    DRIVE_K,
    GRAVITY,
    INERTIA,
    MASS,
    MOUNTS,
    square,
    stiffness,
)

NAMES = ["frame", "gantry", "carriage", "torch"]
HALF_M = 0.5 * (MOUNTS[2][4][0] - MOUNTS[1][4][0])


def places():
    """Of each body's guide: where it acts, stiffness and damping along and about X, Y, Z."""
    out = []
    for body, mounts in enumerate([[0], [1, 2], [3], [4]]):
        at = np.mean([MOUNTS[k][4] for k in mounts], axis=0)
        linear = np.sum([np.array(MOUNTS[k][2], float) for k in mounts], axis=0)
        angular = np.sum([np.array(MOUNTS[k][3], float) for k in mounts], axis=0)
        c = np.sum([2 * DAMPING * np.sqrt(np.array(MOUNTS[k][2]) * MOUNTS[k][5]) for k in mounts], axis=0)
        ca = np.sum([2 * DAMPING * np.sqrt(np.array(MOUNTS[k][3]) * INERTIA[body]) for k in mounts], axis=0)
        if body == 1:
            # Two trucks at an arm, and the two drives of Y.
            for turn, along in [(1, 2), (2, 1)]:
                per_side = MOUNTS[1][2][along] if along == 2 else DRIVE_K[1]
                damper = 2 * DAMPING * np.sqrt(MOUNTS[1][2][2] * 11.0) if along == 2 else DRIVE_C[1]
                angular[turn] += 2 * per_side * HALF_M**2
                ca[turn] += 2 * damper * HALF_M**2
        out.append((at, linear, angular, c, ca))
    return out


def model(integrator, step_s):
    open_, close = "", ""
    parent = np.zeros(3)
    for name, (at, linear, angular, c, ca), mass, inertia, centre in zip(NAMES, places(), MASS, INERTIA, CENTRE):
        joints = ""
        for i, axis in enumerate(["1 0 0", "0 1 0", "0 0 1"]):
            joints += f'<joint name="{name}_s{i}" type="slide" axis="{axis}" stiffness="{linear[i]}" damping="{c[i]}"/>'
        for i, axis in enumerate(["1 0 0", "0 1 0", "0 0 1"]):
            joints += f'<joint name="{name}_t{i}" type="hinge" axis="{axis}" stiffness="{angular[i]}" damping="{ca[i]}"/>'
        at_ = " ".join(map(str, at - parent))
        com = " ".join(map(str, centre - at))
        gravity = 0 if name == "torch" else 1
        open_ += f'<body name="{name}" pos="{at_}" gravcomp="{gravity}">{joints}<inertial pos="{com}" mass="{mass}" diaginertia="{" ".join(map(str, inertia))}"/>'
        if name in ("torch", "frame"):
            open_ += f'<site name="{name}_tip" pos="{" ".join(map(str, -at))}"/>'
        close += "</body>"
        parent = at
    drives = ""
    for joint, k, d in [("carriage_s0", DRIVE_K[0], DRIVE_C[0]), ("gantry_s1", 2 * DRIVE_K[1], 2 * DRIVE_C[1]), ("torch_s2", DRIVE_K[3], DRIVE_C[3])]:
        drives += f'<general joint="{joint}" biastype="affine" gainprm="1" biasprm="0 {-k} {-d}"/>'
    return mujoco.MjModel.from_xml_string(
        f'<mujoco><compiler angle="radian"/><option timestep="{step_s}" integrator="{integrator}" gravity="0 0 -{GRAVITY}"><flag contact="disable"/></option>'
        f"<worldbody>{open_}{close}</worldbody><actuator>{drives}</actuator></mujoco>"
    )


def run(integrator, step_s):
    m = model(integrator, step_s)
    d = mujoco.MjData(m)
    rows = [[float(x) for x in row] for row in list(csv.reader(open(os.path.join(HERE, "../tests/reference/machine_square.csv"))))[1:]]
    carriage = [mujoco.mj_name2id(m, mujoco.mjtObj.mjOBJ_JOINT, f"carriage_{n}") for n in ("s0", "s1", "s2", "t0")]
    x_at = m.jnt_qposadr[carriage[0]]
    torch, frame = (mujoco.mj_name2id(m, mujoco.mjtObj.mjOBJ_SITE, f"{n}_tip") for n in ("torch", "frame"))
    n, worst, spent = 0, 0.0, 0.0
    for row in rows[1:]:
        for _ in range(round((row[0] - n * step_s) / step_s)):
            (x, y), (vx, vy) = square((n + 0.5) * step_s)
            d.ctrl[:] = [DRIVE_K[0] * x + DRIVE_C[0] * vx, 2 * (DRIVE_K[1] * y + DRIVE_C[1] * vy), 0.0]
            linear, angular = stiffness(3, d.qpos[x_at])
            m.jnt_stiffness[carriage[1]], m.jnt_stiffness[carriage[2]], m.jnt_stiffness[carriage[3]] = linear[1], linear[2], angular[0]
            begin = time.perf_counter()
            mujoco.mj_step(m, d)
            spent += time.perf_counter() - begin
            n += 1
        mujoco.mj_kinematics(m, d)
        frame_r = d.site_xmat[frame].reshape(3, 3)
        tip = frame_r.T @ (d.site_xpos[torch] - d.site_xpos[frame])
        worst = max(worst, np.linalg.norm(tip - np.array(row[1:])))
    return worst, n * step_s / spent


def main():
    print(f"MuJoCo {mujoco.__version__}, square of 100 mm, error against DOP853 and speed of its steps alone:")
    # At 1 ms this machine's stiff guides make both unstable.
    for integrator, step_s in [("RK4", 0.5e-3), ("RK4", 0.1e-3), ("implicitfast", 1e-4), ("Euler", 1e-4)]:
        error_m, factor = run(integrator, step_s)
        print(f"  {integrator:13} {step_s * 1e3:5.2f} ms  {error_m * 1e6:9.2f} µm  {factor:7.0f} × real time")
    sys.stdout.flush()
    bench = ["cargo", "bench", "--bench", "chain", "--", "mechanism", "--noplot"]
    subprocess.run(bench, cwd=os.path.join(HERE, ".."), check=True)


if __name__ == "__main__":
    main()
