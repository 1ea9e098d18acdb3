#!/usr/bin/env python3
"""The mechanism as equations for SciPy, apart from the project's code: makes tests/reference/machine_*.csv.

Four rigid bodies in full rotation (quaternions), guides as springs and dampers in the first body's axes, beam bending and twist in series with
the carriage's guide, drives as a spring and damper to a commanded place. Integrated by DOP853 to 1e-10 relative; the tip against the
plate every 2 ms (square: 10 ms). The numbers of the machine stand in `src/machine/engines/cases.rs` too, which reads these files.

Usage: python3 tools/machine_reference.py tests/reference     (needs numpy and scipy; takes some minutes)
"""

import os
import sys

import numpy as np
from scipy.integrate import solve_ivp

DAMPING = 0.02
GRAVITY = 9.81
FRAME, GANTRY, CARRIAGE, TORCH = range(4)
MASS = [150.0, 22.0, 4.0, 2.0]
INERTIA = np.array([[40.0, 40.0, 70.0], [0.2, 3.2, 3.2], [0.08] * 3, [0.04] * 3])
CENTRE = np.array([[0.6, 0.6, -0.1], [0.625, 0.0, 0.2], [0.0, 0.0, 0.2], [0.0, 0.0, 0.15]])
TIP = np.zeros(3)
SPAN, VERTICAL, HORIZONTAL, TORSION, LEFT = 1.35, 2.27e5, 7.7e4, 7.5e4, -0.05
# first body, second body, linear stiffness, angular stiffness, place at machine zero, mass and inertia that its damping is made for
MOUNTS = [
    (None, FRAME, [2e6, 2e6, 2e7], [2e6] * 3, [0.6, 0.6, -0.3], 150.0),
    (FRAME, GANTRY, [4e7, 0.0, 4e7], [2e5] * 3, [-0.05, 0.0, 0.15], 11.0),
    (FRAME, GANTRY, [4e7, 0.0, 4e7], [2e5] * 3, [1.3, 0.0, 0.15], 11.0),
    (GANTRY, CARRIAGE, [0.0, 3e7, 3e7], [2e5] * 3, [0.0, 0.0, 0.2], 4.0),
    (CARRIAGE, TORCH, [2e7, 2e7, 0.0], [2e5] * 3, [0.0, 0.0, 0.18], 2.0),
]
# Drives: stiffness and damping along X, Y1, Y2, Z.
DRIVE_K = np.array([2e6, 2e6, 2e6, 2e6])
DRIVE_C = np.array([200.0, 300.0, 300.0, 100.0])


def rotation(q):
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def turn_between(first, second):
    """Rotation vector that takes the first orientation to the second, in the first body's axes."""
    r = first.T @ second
    angle = np.arccos(np.clip((np.trace(r) - 1) / 2, -1, 1))
    skew = 0.5 * np.array([r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]])
    return skew if angle < 1e-6 else skew * angle / np.sin(angle)


def series(a, b):
    return a * b / (a + b) if a > 0 else 0.0


def stiffness(k, travel_x):
    linear, angular = np.array(MOUNTS[k][2]), np.array(MOUNTS[k][3])
    if k == 3:
        s = np.clip(MOUNTS[k][4][0] + travel_x - LEFT, 0.05 * SPAN, 0.95 * SPAN)
        rest = SPAN - s
        bending = 3 * SPAN / (s * s * rest * rest)
        linear[1] = series(linear[1], bending * HORIZONTAL)
        linear[2] = series(linear[2], bending * VERTICAL)
        angular[0] = series(angular[0], TORSION * (1 / s + 1 / rest))
    return linear, angular


def unpack(y):
    y = y.reshape(4, 13)
    return y[:, :3], y[:, 3:7], y[:, 7:10], y[:, 10:]


def mount_state(k, x, r, v, w):
    first, second, _, _, at0, _ = MOUNTS[k]
    at0 = np.array(at0)
    at = x[second] + r[second] @ (at0 - CENTRE[second])
    speed = v[second] + np.cross(w[second], at - x[second])
    if first is None:
        return np.eye(3), at, at - at0, speed, None
    travel = r[first].T @ (at - x[first]) - (at0 - CENTRE[first])
    speed = r[first].T @ (speed - v[first] - np.cross(w[first], at - x[first]))
    return r[first], at, travel, speed, first


def derivative(t, y, push):
    x, q, v, w = unpack(y)
    r = [rotation(qi / np.linalg.norm(qi)) for qi in q]
    force, torque = np.zeros((4, 3)), np.zeros((4, 3))
    states = [mount_state(k, x, r, v, w) for k in range(5)]
    axis = {1: (1, 1), 2: (1, 2), 3: (0, 0), 4: (2, 3)}  # mount: direction, drive
    travel = np.array([states[3][2][0], states[1][2][1], states[2][2][1], states[4][2][2]])
    rate = np.array([states[3][3][0], states[1][3][1], states[2][3][1], states[4][3][2]])
    drive = push(t, travel, rate)
    for k, (base, at, gone, speed, first) in enumerate(states):
        second, mass = MOUNTS[k][1], MOUNTS[k][5]
        linear, angular = stiffness(k, gone[0])
        c = 2 * DAMPING * np.sqrt(np.array(MOUNTS[k][2]) * mass)
        ca = 2 * DAMPING * np.sqrt(np.array(MOUNTS[k][3]) * INERTIA[second])
        f = -linear * gone - c * speed
        if k in axis:
            f[axis[k][0]] += drive[axis[k][1]]
        first_r = np.eye(3) if first is None else r[first]
        first_w = np.zeros(3) if first is None else w[first]
        m = -angular * turn_between(first_r, r[second]) - ca * (base.T @ (w[second] - first_w))
        f, m = base @ f, base @ m
        force[second] += f
        torque[second] += m + np.cross(at - x[second], f)
        if first is not None:
            force[first] -= f
            torque[first] -= m + np.cross(at - x[first], f)
    force[TORCH][2] -= MASS[TORCH] * GRAVITY
    out = np.zeros((4, 13))
    out[:, :3] = v
    for i in range(4):
        qw, qx, qy, qz = q[i]
        wx, wy, wz = w[i]
        out[i, 3:7] = 0.5 * np.array(
            [-qx * wx - qy * wy - qz * wz, qw * wx + qz * wy - qy * wz, qw * wy - qz * wx + qx * wz, qw * wz + qy * wx - qx * wy]
        )
        out[i, 7:10] = force[i] / MASS[i]
        # Turns are small: moments of inertia along the machine's axes, no gyroscopic term (rates squared times 1e-4).
        out[i, 10:] = torque[i] / INERTIA[i]
    return out.ravel()


def tip(y):
    x, q, _, _ = unpack(y)
    torch, frame = rotation(q[TORCH] / np.linalg.norm(q[TORCH])), rotation(q[FRAME] / np.linalg.norm(q[FRAME]))
    at = x[TORCH] + torch @ (TIP - CENTRE[TORCH])
    return frame.T @ (at - x[FRAME]) + CENTRE[FRAME]


def at_rest():
    y = np.zeros((4, 13))
    y[:, :3] = CENTRE
    y[:, 3] = 1.0
    return y.ravel()


def held(t, travel, rate):
    return -DRIVE_K * travel - DRIVE_C * rate


def to_a_place(place):
    def push(t, travel, rate):
        at, speed = place(t)
        wanted = np.array([at[0], at[1], at[1], 0.0])
        going = np.array([speed[0], speed[1], speed[1], 0.0])
        return DRIVE_K * (wanted - travel) + DRIVE_C * (going - rate)

    return push


SIDE, SPEED, ACCELERATION = 0.1, 0.1, 0.981
RAMP = SPEED / ACCELERATION
LEG = SIDE / SPEED + RAMP


def along(t):
    """Place and speed on a leg from rest to rest."""
    if t < RAMP:
        return 0.5 * ACCELERATION * t * t, ACCELERATION * t
    if t < LEG - RAMP:
        return 0.5 * ACCELERATION * RAMP * RAMP + SPEED * (t - RAMP), SPEED
    left = max(LEG - t, 0.0)
    return SIDE - 0.5 * ACCELERATION * left * left, ACCELERATION * left


def square(t):
    leg = min(int(t / LEG), 3)
    s, v = along(min(t - leg * LEG, LEG))
    place = [(s, 0.0), (SIDE, s), (SIDE - s, SIDE), (0.0, SIDE - s)][leg]
    speed = [(v, 0.0), (0.0, v), (-v, 0.0), (0.0, -v)][leg]
    return place, speed


def stalled(t, travel, rate):
    """Y1 is driven 1 mm in 50 ms and back, Y2 is locked."""
    phase = np.pi * min(t / 0.05, 2.0)
    wanted = np.array([0.0, 0.5e-3 * (1 - np.cos(phase)), 0.0, 0.0])
    going = np.array([0.0, 0.5e-3 * np.pi / 0.05 * np.sin(phase) if t < 0.1 else 0.0, 0.0, 0.0])
    return DRIVE_K * (wanted - travel) + DRIVE_C * (going - rate)


def pushed(t, travel, rate):
    """30 N on the carriage and 20 N on each side from the start on."""
    return held(t, travel, rate) + np.array([30.0, 20.0, 20.0, 0.0])


def run(name, folder, start, push, until, every, breaks=()):
    times, tips, y, t0 = [], [], start, 0.0
    for t1 in list(breaks) + [until]:
        at = [t for t in np.arange(0, until + every / 2, every) if t0 - 1e-12 < t < t1 - 1e-12 or (t1 == until and abs(t - t1) < 1e-9)]
        solved = solve_ivp(derivative, (t0, t1), y, "DOP853", args=(push,), rtol=1e-10, atol=1e-13, dense_output=True, max_step=0.01)
        times += at
        tips += [tip(solved.sol(t)) for t in at]
        y, t0 = solved.y[:, -1], t1
    with open(os.path.join(folder, f"machine_{name}.csv"), "w") as out:
        out.write("time_s,tip_x_m,tip_y_m,tip_z_m\n")
        for t, p in zip(times, tips):
            out.write(f"{t:.4f},{p[0]:.12f},{p[1]:.12f},{p[2]:.12f}\n")
    print(name, len(times))


def main():
    folder = sys.argv[1]
    rest = at_rest()
    # Let go from a place 0.2 mm off in X and Y on the carriage, the torch with it.
    off = rest.reshape(4, 13).copy()
    off[CARRIAGE, :2] += 2e-4
    off[TORCH, :2] += 2e-4
    off[GANTRY, 1] += 2e-4
    run("free", folder, off.ravel(), held, 0.3, 0.002)
    run("push", folder, rest, pushed, 0.3, 0.002)
    run("stalled", folder, rest, stalled, 0.3, 0.002, breaks=(0.1,))
    corners = [leg * LEG + d for leg in range(4) for d in (RAMP, LEG - RAMP, LEG)][:-1]
    run("square", folder, rest, to_a_place(square), 4 * LEG, 0.01, breaks=corners)


if __name__ == "__main__":
    main()
