#!/usr/bin/env python3
"""NumPy's FTCS of the plate that benches/heat.rs times: 1 mm cells, 1.2 x 2.4 m, constant properties, f64, in place.

Run beside `cargo bench --profile dev --bench heat`. Prints cell updates a second.
"""
import time

import numpy as np

NX, NY = 1200, 2400
R = 0.166
a = np.zeros((NY + 2, NX + 2))
b = np.zeros_like(a)
a[1200, 300:800] = 1000.0
w = np.empty((NY, NX))


def step(t, out):
    c = t[1:-1, 1:-1]
    np.add(t[1:-1, 2:], t[1:-1, :-2], out=w)
    np.add(w, t[2:, 1:-1], out=w)
    np.add(w, t[:-2, 1:-1], out=w)
    np.multiply(w, R, out=w)
    np.multiply(c, 1.0 - 4.0 * R, out=out[1:-1, 1:-1])
    np.add(out[1:-1, 1:-1], w, out=out[1:-1, 1:-1])
    out[0], out[-1] = out[1], out[-2]
    out[:, 0], out[:, -1] = out[:, 1], out[:, -2]


for _ in range(3):
    step(a, b)
    a, b = b, a
best = float("inf")
for _ in range(20):
    begin = time.perf_counter()
    step(a, b)
    best = min(best, time.perf_counter() - begin)
    a, b = b, a
print(f"numpy {np.__version__}: {NX * NY / best / 1e6:.0f} million cell updates/s, best of 20")
