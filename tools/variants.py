#!/usr/bin/env python3
"""The rack table with one thing changed, side by side: how the README's table of variants is made.

    tools/variants.py target/debug/torchtwin [scene]

Writes the machines into a folder of their own, runs the scene (the CEB side plate unless given) on each with the reduced engine, and prints
the table. Needs nothing but Python.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SCENES = Path(__file__).resolve().parent.parent / "scenes"


def table(text, name):
    """The lines of a table of a TOML file, its header included."""
    start = text.index(f"[{name}]")
    return text[start : text.index("\n[", start) + 1]


def replaced(text, *pairs):
    for old, new in pairs:
        if old not in text:
            sys.exit(f"variants: {old!r} is not in the machine file any more")
        text = text.replace(old, new)
    return text


def steps(text):
    """Steps per millimetre of X and Y, as the controller has them."""
    return [re.search(rf'^"\${key}" = \S+', text, re.M).group(0) for key in (100, 101)]


def wheels(rack, _belt):
    guides = [(table(rack, name), table(rack, name)) for name in ("gantry.guide", "carriage.guide")]
    ours = [re.sub(r"elements = \d+", "elements = 4", re.sub(r'part = "\S+"', 'part = "v-wheel-pom"', old)) for old, _ in guides]
    ours = [re.sub(r"rail_mm = \d+", "rail_mm = 0", new) for new in ours]
    beam = re.search(r'^beam = "\S+"', rack, re.M).group(0)
    return replaced(rack, *((old, new) for (old, _), new in zip(guides, ours)), (beam, 'beam = "ts-4080"'))


def belts(rack, belt):
    names = ["axis.x.transmission", "axis.y.transmission"]
    pairs = [(table(rack, name), table(belt, name)) for name in names]
    return replaced(rack, *pairs, *zip(steps(rack), steps(belt)))


def small_motors(rack, _belt):
    return replaced(rack, *((table(rack, n), table(rack, n).replace("23HS30-2804S", "17HS19-2004S1")) for n in ("axis.x", "axis.y")))


def unshimmed(rack, _belt):
    return replaced(rack, ('"hgr20-clone"', '"hgr20-clone-unshimmed"'), ('"hgr15-clone"', '"hgr15-clone-unshimmed"'))


def loose(rack, _belt):
    return replaced(rack, *((f"[{name}.guide]", f"[{name}.guide]\nplay_mm = 0.1") for name in ("gantry", "slide")))


# Lines of the budget that the torch's path has no part in.
NOT_THE_TORCH = ("kerf", "plate growth")


def straight(machine):
    names = ("x_bow_mm", "y_bow_mm", "squareness_mm_per_m", "warming_k", "x_pitch_error_mm_per_m", "y_pitch_error_mm_per_m")
    return machine + "\n[geometry]\n" + "".join(f"{name} = 0\n" for name in names)


VARIANTS = {
    "rack table": lambda rack, _: rack,
    "rails as screwed on, not shimmed": unshimmed,
    "0.1 mm of play in gantry and slide": loose,
    "POM V wheels, ts-4080 beam": wheels,
    "belts as on the belt table": belts,
    "17HS19-2004S1 on X and Y": small_motors,
    "geometry all 0": lambda rack, _: straight(rack),
    "belt table": lambda _, belt: belt,
    "belt table, geometry all 0": lambda _, belt: straight(belt),
}


def report(program, scene, machine, folder):
    path = folder / "machine.toml.txt"
    path.write_text(machine)
    text = re.sub(r"\[\[?size\b.*", "", scene.read_text(), flags=re.S)
    text = re.sub(r'^machine = ".*"', 'machine = "machine.toml.txt"', text, flags=re.M)
    text = re.sub(r'^program = "(.*)"', lambda m: f'program = "{scene.parent.resolve() / m[1]}"', text, flags=re.M)
    copy = folder / scene.name
    copy.write_text(text)
    done = subprocess.run([program, "run", str(copy), "--engine", "reduced", "--json"], capture_output=True, text=True)
    if done.returncode > 1:
        sys.exit(done.stderr or done.stdout)
    return json.loads(done.stdout)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    scene = Path(sys.argv[2]) if len(sys.argv) > 2 else SCENES / "ceb_press_side.toml"
    rack, belt = ((SCENES / "machines" / f"{name}.toml").read_text() for name in ("rack_4x4", "belt_4x4"))
    print("| | worst, typical distance from the path | most of it from | first natural frequency | torque to spare | racking |")
    print("|---|---|---|---|---|---|")
    for name, change in VARIANTS.items():
        with tempfile.TemporaryDirectory() as folder:
            found = report(program, scene, change(rack, belt), Path(folder))
        figures = found["figures"]
        rungs = sorted((line for line in found["error_budget"] if line["rung"] not in NOT_THE_TORCH), key=lambda line: -line["worst_mm"])
        most = ", ".join(f"{line['rung']} {line['worst_mm']:.3f}" for line in rungs[:2])
        print(
            f"| {name} | {figures['contour_error_max_mm']:.3f}, {figures['contour_error_rms_mm']:.3f} mm | {most} mm "
            f"| {figures['first_mode_hz']:.1f} Hz | {100 * figures['torque_margin_min']:.0f} % | {figures['racking_max_mm']:.3f} mm |",
            flush=True,
        )


if __name__ == "__main__":
    main()
