#!/usr/bin/env python3
"""Opens report pages in a headless Chromium, in both themes, 1400 and 400 px wide, and takes pictures of them.

    python3 tools/open_pages.py FOLDER PAGE.html...

FOLDER takes the pictures, NAME-THEME-WIDTH.png. Exit code 1: a page writes to the console, asks for something from the network, is wider than the window,
or is not drawn; 3: there is no Chromium.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

THEMES = {"dark": 0, "light": 1}
WIDTHS = (1400, 400)
# In a frame of its own a page is as wide as asked for, also where the browser's window is not.
FRAME = """<!doctype html><meta charset="utf-8"><style>body{{margin:0}}iframe{{border:0;width:{width}px;height:{height}px}}</style>
<iframe srcdoc="{page}"></iframe><script>
const frame = document.querySelector("iframe");
frame.onload = () => {{
  const page = frame.contentDocument.documentElement;
  const loud = frame.contentWindow.performance.getEntriesByType("resource").filter((entry) => !entry.name.startsWith("data:"));
  document.title = `width ${{page.scrollWidth}} height ${{page.scrollHeight}} loads ${{loud.length}}`;
}};
</script>"""


def chromium(binary, arguments, page, profile):
    always = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", f"--user-data-dir={profile}"]
    return subprocess.run([binary, *always, *arguments, page.as_uri()], capture_output=True, text=True, timeout=120)


def faults(binary, page, folder, work):
    inside = page.read_text().replace("&", "&amp;").replace('"', "&quot;")
    for theme, number in THEMES.items():
        for width in WIDTHS:
            framed = work / f"{page.stem}-{theme}-{width}.html"
            look = [f"--blink-settings=preferredColorScheme={number}", "--virtual-time-budget=4000"]
            height = 1000
            for _ in range(2):
                framed.write_text(FRAME.format(width=width, height=height, page=inside))
                told = chromium(binary, [*look, "--dump-dom", f"--window-size={max(width, 500)},{height}"], framed, work / "profile")
                found = re.search(r"<title>width (\d+) height (\d+) loads (\d+)", told.stdout)
                if not found:
                    break
                height = min(int(found[2]), 9000)
            where = f"{page}, {theme}, {width} px"
            if not found:
                yield f"{where}: not drawn: {told.stderr[-300:]}"
                continue
            if int(found[1]) > width:
                yield f"{where}: {found[1]} px wide"
            if int(found[3]) > 0:
                yield f"{where}: loads {found[3]} files"
            yield from (f"{where}: {line.strip()}" for line in told.stderr.splitlines() if ":CONSOLE" in line)
            shot = folder / f"{page.parent.name}-{page.stem}-{theme}-{width}.png"
            chromium(binary, [*look, f"--screenshot={shot}", f"--window-size={max(width, 500)},{height}"], framed, work / "profile")
            if not shot.exists():
                yield f"{where}: no picture"


def main(folder, pages):
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        print("there is no Chromium here: not opened")
        return 3
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        wrong = [fault for page in pages for fault in faults(binary, page.resolve(), folder, Path(work))]
    print("\n".join(wrong) or f"{len(pages)} pages in {', '.join(THEMES)} at {' and '.join(map(str, WIDTHS))} px: nothing wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(page) for page in sys.argv[2:]]) if len(sys.argv) > 2 else __doc__)
