#!/usr/bin/env python3
"""How `run --samples` and `run DIR` scale from one thread to more, and that the answer stays the same byte for byte.

Usage: tools/scaling.py TORCHTWIN [THREADS...]

THREADS are 1 and the number of cores unless given. Samples: 16 of scenes/square_100.toml, engine `reduced`. Folder: 16 copies of that scene.
Both are run three times for each number of threads, in turn, so that whatever else the machine does meets all alike; told are the quickest
run's wall time and its processor time (user and system). The ratio of processor times says what the threads cost one another (memory, caches,
locks); where it is near 1 and the wall time does not follow, the cores were busy with something else. Exit code 1: the bytes differ.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCENE = "square_100"
RUNS = 16
REPEATS = 3


def timed(command, out):
    """Exit code, wall and processor seconds of a command whose standard output goes into a file."""
    begin = time.monotonic()
    streams = [(os.POSIX_SPAWN_OPEN, 1, str(out), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=streams)
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), time.monotonic() - begin, usage.ru_utime + usage.ru_stime


def folder_of_scenes(work):
    """A folder of copies of the scene, with the machines and parts they name."""
    folder = work / "scenes"
    folder.mkdir()
    for beside in ("machines", "parts"):
        shutil.copytree(ROOT / "scenes" / beside, folder / beside)
    for k in range(RUNS):
        shutil.copy(ROOT / "scenes" / f"{SCENE}.toml", folder / f"{SCENE}_{k:02}.toml")
    return folder


def main(torchtwin, threads):
    wrong = False
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        samples = ["run", str(ROOT / "scenes" / f"{SCENE}.toml"), "--samples", str(RUNS), "--engine", "reduced", "--json"]
        folder = ["run", str(folder_of_scenes(work)), "--engine", "reduced", "--json"]
        for name, arguments in (("run --samples", samples), ("run DIR", folder)):
            best, answers = {}, set()
            for repeat in range(REPEATS):
                for count in threads:
                    out = work / "out.json"
                    code, wall, cpu = timed([torchtwin, *arguments, "--threads", str(count)], out)
                    if code not in (0, 1):
                        sys.exit(f"{' '.join(arguments)}: exit code {code}")
                    answers.add(out.read_bytes())
                    best[count] = min(best.get(count, (wall, cpu)), (wall, cpu))
            base = best[threads[0]]
            for count, (wall, cpu) in best.items():
                print(
                    f"{name:14} {count:2} threads: {wall:6.2f} s wall, {cpu:6.2f} s processor; "
                    f"{base[0] / wall:.2f} times as fast at {cpu / base[1]:.2f} times the processor time"
                )
            if len(answers) != 1:
                wrong = True
                print(f"{name}: the bytes differ between runs")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(os.path.abspath(sys.argv[1]), [int(count) for count in sys.argv[2:]] or sorted({1, os.cpu_count() or 1})))
