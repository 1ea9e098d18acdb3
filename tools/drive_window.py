#!/usr/bin/env python3
"""Drives the app's window from outside, as a person would: opens an example, plays, scrubs, swaps a motor, saves, leaves.

    tools/drive_window.py TORCHTWIN [--pictures DIR]

Needs Xvfb and xdotool, and ffmpeg for pictures. The app says where its buttons are (`view --spots FILE`); everything else goes through the
window: mouse and keys in, files and exit code out. Exit code 0: all went as it should.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 240  # software drawing on a busy machine is slow
AGAIN_S = 12


class Window:
    def __init__(self, torchtwin, folder, pictures):
        self.folder, self.pictures, self.number = folder, pictures, 0
        self.spots_file = folder / "spots.json"
        display = next(n for n in range(90, 200) if not pathlib.Path(f"/tmp/.X11-unix/X{n}").exists())
        self.display = f":{display}"
        self.screen = subprocess.Popen(["Xvfb", self.display, "-screen", "0", "1440x900x24"], stderr=subprocess.DEVNULL)
        shutil.copytree("scenes", folder / "scenes")
        self.env = {**os.environ, "DISPLAY": self.display, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        answers = ["xdotool", "getdisplaygeometry"]
        self.until(lambda: subprocess.run(answers, env=self.env, capture_output=True).returncode == 0, "Xvfb")
        command = [torchtwin, "view", "--keep-in", str(folder / "keep"), "--spots", str(self.spots_file)]
        self.app = subprocess.Popen(command, env=self.env, cwd=folder)

    def spots(self):
        try:
            return json.loads(self.spots_file.read_text())
        except (OSError, ValueError):
            return {}

    def until(self, holds, what, again=None):
        """Waits; asks for it `again` now and then: what comes while a frame is drawn for seconds can be lost, as for a person."""
        begin = time.time()
        asked = begin
        while time.time() < begin + PATIENCE_S:
            if holds():
                return
            if again and time.time() > asked + AGAIN_S:
                again()
                asked = time.time()
            if getattr(self, "app", None) and self.app.poll() is not None:
                sys.exit(f"the app ended with {self.app.returncode} before: {what}")
            time.sleep(0.2)
        self.picture("waited")
        sys.exit(f"waited {PATIENCE_S} s in vain for: {what}\nthere are: {sorted(self.spots())}")

    def leave(self):
        """Ctrl+Q until it has gone; its exit code."""
        for _ in range(PATIENCE_S // AGAIN_S):
            self.key("ctrl+q")
            try:
                return self.app.wait(timeout=AGAIN_S)
            except subprocess.TimeoutExpired:
                pass
        sys.exit(f"the app did not leave in {PATIENCE_S} s")

    def xdotool(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=self.env, check=True)

    def click(self, name):
        self.until(lambda: name in self.spots(), name)
        x, y = self.spots()[name]
        self.xdotool("mousemove", x, y)
        time.sleep(0.6)  # a frame must see the mouse there before it is pressed
        self.xdotool("mousedown", 1)
        time.sleep(0.4)
        self.xdotool("mouseup", 1)
        time.sleep(0.6)

    def key(self, keys):
        *held, key = keys.split("+")
        for name in held:  # a frame must see them held before the key comes
            self.xdotool("keydown", name)
            time.sleep(1)
        self.xdotool("key", key)
        time.sleep(1)
        for name in held:
            self.xdotool("keyup", name)

    def x_of(self, name):
        return self.spots().get(name, [None])[0]

    def picture(self, name):
        if not self.pictures:
            return
        self.number += 1
        grab = ["ffmpeg", "-y", "-loglevel", "error", "-f", "x11grab", "-video_size", "1440x900", "-i", self.display]
        out = pathlib.Path(self.pictures) / f"{self.number:02}_{name}.png"
        subprocess.run([*grab, "-frames:v", "1", str(out)], check=False)


def drive(window):
    window.until(lambda: "example square_100.toml" in window.spots(), "the welcome")
    # Without a window manager nobody else gives it the keys.
    window.xdotool("search", "--name", "torchtwin", "windowfocus")
    time.sleep(1.5)
    window.picture("welcome")
    window.click("example square_100.toml")
    again = lambda: window.click("example square_100.toml")
    window.until(lambda: "timeline" in window.spots(), "the scene to open", again)
    window.until(lambda: "run is done" in window.spots(), "the run to end")
    window.picture("opened")

    start = window.x_of("playhead")
    window.key("space")
    window.until(lambda: window.x_of("playhead") > start + 2, "playing to move the playhead", lambda: window.key("space"))
    window.key("space")
    window.picture("played")

    window.click("timeline")
    middle = window.x_of("timeline")
    window.until(lambda: abs(window.x_of("playhead") - middle) <= 2, "scrubbing to the middle", lambda: window.click("timeline"))
    window.picture("scrubbed")

    window.click("tab machine")
    window.until(lambda: "part x.motor" in window.spots(), "the editor", lambda: window.click("tab machine"))
    window.click("part x.motor")
    window.until(lambda: "part search" in window.spots(), "the motors", lambda: window.click("part x.motor"))
    time.sleep(2)
    window.xdotool("type", "--delay", 300, "23HS45-4204")
    window.until(lambda: "offer 17HS19-2004S1" not in window.spots(), "the search to narrow the list")
    window.picture("searched")
    window.click("offer 23HS45-4204S")
    window.until(lambda: "machine is changed" in window.spots(), "the motor to be swapped", lambda: window.click("offer 23HS45-4204S"))
    window.until(lambda: "run is done" in window.spots(), "the run with the other motor")
    window.picture("swapped")

    window.key("ctrl+s")
    window.until(lambda: "file dialog" in window.spots(), "the dialog", lambda: window.key("ctrl+s"))
    time.sleep(1.5)
    window.picture("saving")
    window.key("Return")
    saved = window.folder / "scenes/machines/rack_4x4_changed.toml"
    window.until(saved.exists, f"{saved} to be written", lambda: window.key("Return"))
    text, before = saved.read_text(), pathlib.Path("scenes/machines/rack_4x4.toml").read_text()
    assert "23HS45-4204S" in text and text != before, "the saved machine has not got the other motor"
    assert text.startswith("# Changed in torchtwin from rack_4x4.toml"), "the saved machine does not say that it was changed"
    window.picture("saved")

    # A file that is there is written over only when that is wanted twice.
    other = window.folder / "scenes/machines/rack_4x4_2.toml"
    other.write_text("mine")
    window.click("machine save as")
    window.until(lambda: "machine replace it" in window.spots(), "to be asked", lambda: window.click("machine save as"))
    assert other.read_text() == "mine", "a file was written over unasked"
    window.click("machine replace it")
    window.until(lambda: other.read_text() != "mine", "the file to be replaced", lambda: window.click("machine replace it"))
    window.picture("replaced")

    code = window.leave()
    assert code == 0, f"the app ended with {code}"
    assert "square_100.toml" in (window.folder / "keep/app.toml").read_text(), "the scene is not among the recent ones"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("torchtwin")
    arguments.add_argument("--pictures")
    given = arguments.parse_args()
    if given.pictures:
        pathlib.Path(given.pictures).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        window = Window(os.path.abspath(given.torchtwin), pathlib.Path(folder), given.pictures)
        try:
            drive(window)
        finally:
            if window.app.poll() is None:
                window.app.kill()
            window.screen.terminate()
    print("opened, played, scrubbed, swapped a motor, saved, left")


if __name__ == "__main__":
    main()
