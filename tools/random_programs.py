#!/usr/bin/env python3
"""Writes random small G-code programs, to compare interpreters with each other on (see compare_linuxcnc.py).

Usage: tools/random_programs.py SEED COUNT FOLDER [--kind KIND] [--mutate SHARE]

Writes COUNT programs of each kind (or of KIND only) as FOLDER/KIND_SEED_NUMBER.ngc. The same arguments give the same programs.
Most programs are meant to be valid; those of some kinds get a random fault now and then, and with --mutate a share of all (0 to 1).
Kinds: kerf (compensation), arcs, offsets (work zeros and units), expressions, flow (o-words), cycles (canned), modal (words on a line).
"""

import argparse
import math
import os
import random

UNARY = ["ABS", "ACOS", "ASIN", "COS", "EXP", "FIX", "FUP", "LN", "ROUND", "SIN", "SQRT", "TAN"]
BINARY = ["**", "*", "/", "MOD", "+", "-", "EQ", "NE", "GT", "GE", "LT", "LE", "AND", "OR", "XOR"]


def num(value, digits=5):
    """A number as a word has it."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def turn_points(r):
    """A change of direction in degrees: anything, with more of what is close to straight on, to straight back and to right angles."""
    near = r.choice([0, 0, 1e-4, 1e-3, 0.01, 0.1, 1]) * r.choice([-1, 1])
    return r.choice([r.uniform(-180, 180)] * 4 + [near, 90 + near, -90 + near, 180 + near, r.uniform(-60, 60)])


class Path:
    """A point that moves in a plane, and the words for it; keeps programs in absolute or incremental distance consistent."""

    def __init__(self, r, plane="G17", incremental=False, digits=5):
        self.r, self.digits, self.incremental, self.plane = r, digits, incremental, plane
        self.names = {"G17": "XY", "G18": "ZX", "G19": "YZ"}[plane]
        self.centres = {"G17": "IJ", "G18": "KI", "G19": "JK"}[plane]
        self.third = {"G17": "Z", "G18": "Y", "G19": "X"}[plane]
        self.at = [0.0, 0.0]
        self.heading = r.uniform(0, 360)
        # Whether the values of the last words are as exact as the numbers in them.
        self.height = 0.0

    def words(self, to, names=None):
        base = self.at if self.incremental else [0, 0]
        values = [round(t - b, self.digits) for t, b in zip(to, base)]
        text = " ".join(f"{n}{num(v, self.digits)}" for n, v in zip(self.names, values))
        self.at = [v + b for v, b in zip(values, base)]
        return text

    def line(self, length, turn=0.0):
        self.heading += turn
        a = math.radians(self.heading)
        return self.words([self.at[0] + length * math.cos(a), self.at[1] + length * math.sin(a)])

    def up(self):
        new = round(self.r.uniform(-5, 5), 3)
        old, self.height = self.height, new
        return f"{self.third}{num(new - old if self.incremental else new)}"

    def arc(self, radius, sweep, turn=0.0, clockwise=False, by_radius=False, offset_error=0.0, absolute_centre=False):
        """An arc that starts `turn` degrees off the heading."""
        self.heading += turn
        side = -90 if clockwise else 90
        a = math.radians(self.heading + side)
        start = list(self.at)
        centre = [start[0] + radius * math.cos(a), start[1] + radius * math.sin(a)]
        signed = -sweep if clockwise else sweep
        b = a + math.pi + math.radians(signed)
        r2 = radius + offset_error
        end = [centre[0] + r2 * math.cos(b), centre[1] + r2 * math.sin(b)]
        self.heading += signed
        text = ("G2 " if clockwise else "G3 ") + (self.words(end) if sweep != 360 else "")
        if by_radius and sweep != 360:
            return text + f" R{num(-radius if sweep > 180 else radius, self.digits)}"
        if absolute_centre:
            return text + f" {self.centres[0]}{num(centre[0], self.digits)} {self.centres[1]}{num(centre[1], self.digits)}"
        offset = [c - s for c, s in zip(centre, start)]
        return text + f" {self.centres[0]}{num(offset[0], self.digits)} {self.centres[1]}{num(offset[1], self.digits)}"


def kerf(r):
    plane = r.choice(["G17"] * 4 + ["G18"])
    inch = r.random() < 0.3
    path = Path(r, plane, r.random() < 0.2, 5 if inch else r.choice([3, 4, 5]))
    size = 1 if inch else 25
    kerf_r = size * r.choice([0.001, 0.01, 0.04, 0.04, 0.1, 0.3])
    out = [f"{plane} {'G20' if inch else 'G21'} {'G91' if path.incremental else 'G90'} G40 F{r.choice([100, 50.5])}"]
    if r.random() < 0.2:
        out.append(r.choice(["G10 L2 P1 X1 Y2", "G92 X1 Y1", "G52 X3", "G10 L2 P1 R30", "G10 L2 P1 X1 R-90"]))
    out.append("G0 " + path.words([r.uniform(-3, 3) * size, r.uniform(-3, 3) * size]))
    side = r.choice(["G41", "G42"])
    lead_in = max(r.uniform(0.1, 2) * size, 0 if r.random() < 0.05 else 1.1 * kerf_r)
    if r.random() < 0.8:
        on = f"{side}.1 D{num(2 * kerf_r)}"
    else:
        on = f"{side} D{r.randint(1, 13)}"
        lead_in = max(lead_in, r.choice([1, 10, 130]) / (25.4 if inch else 1))
    lead = r.choice(["line", "line", "line", "arc", "rapid", "same", "up first", "with arc"])
    if lead == "same":
        out.append(f"{on} G1 " + path.line(lead_in))
    elif lead == "with arc":
        out.append(on + " " + path.arc(2 * lead_in, r.choice([45, 90, 90, 120]), 0, side == "G42"))
    else:
        out.append(on)
        if lead == "up first":
            out.append(r.choice(["G0 ", "G1 "]) + path.up())
        if lead == "arc":
            out.append(path.arc(2 * lead_in, r.choice([45, 90, 90, 120]), 0, r.choice([True, False])))
        else:
            out.append(("G0 " if lead == "rapid" else "G1 ") + path.line(lead_in))
    usual = 1 if side == "G41" else -1
    for _ in range(r.randint(1, 9)):
        turn = turn_points(r)
        if r.random() < 0.5:
            turn = abs(turn) * usual * r.choice([1, 1, -1])
        what = r.choice(["line"] * 6 + ["arc"] * 5 + ["radius", "rapid", "up", "spiral", "slant", "dwell", "nothing", "circle", "feed"])
        if what == "line":
            out.append("G1 " + path.line(r.choice([0.1, 1, 2, 3, 0.03]) * size * r.uniform(0.5, 1), turn))
        elif what == "rapid":
            out.append("G0 " + path.line(r.uniform(0.1, 3) * size, turn))
        elif what in ("arc", "radius", "spiral", "circle"):
            if r.random() < 0.5:
                turn = r.choice([0, 0, turn / 10])
            sweep = r.choice([10, 90, 180, 270, r.uniform(1, 350)]) if what != "circle" else 360
            text = path.arc(r.choice([0.1, 0.5, 1, 2]) * size * r.uniform(0.5, 1), sweep, turn, r.random() < 0.5, what == "radius")
            out.append(text + (" " + path.up() if what == "spiral" else ""))
        elif what == "slant":
            out.append("G1 " + path.line(r.uniform(0.1, 3) * size, turn) + " " + path.up())
        elif what == "up":
            out.append(r.choice(["G0 ", "G1 "]) + path.up())
        else:
            out.append({"dwell": "G4 P0.5", "nothing": r.choice(["(nothing)", "#1=3", "G1 " + path.words(list(path.at))]), "feed": "F77"}[what])
    if r.random() < 0.8:
        out.append(r.choice(["G40", "G40", "G40 G1 " + path.line(0.5 * size), "G40 G0 " + path.line(size, 90)]))
        if r.random() < 0.5:
            turn = turn_points(r)
            out.append(r.choice([lambda: "G1 " + path.line(size, turn), lambda: path.arc(size, 90, turn), lambda: "G0 " + path.line(size)])())
    out.append("M2")
    return out


def arcs(r):
    plane = r.choice(["G17", "G17", "G18", "G19"])
    inch = r.random() < 0.3
    path = Path(r, plane, r.random() < 0.25, r.choice([3, 4, 5]))
    size = 1 if inch else 25
    out = [f"{plane} {'G20' if inch else 'G21'} {'G91' if path.incremental else 'G90'} F100"]
    absolute = False
    if r.random() < 0.3:
        out.append(r.choice(["G10 L2 P1 R30", "G10 L2 P1 R90 X3 Y1", "G92 X1 Y2 Z3", "G10 L2 P1 X1 Y2 Z3"]))
    for _ in range(r.randint(2, 7)):
        if r.random() < 0.2:
            absolute = not absolute
            out.append("G90.1" if absolute else "G91.1")
        if r.random() < 0.3:
            out.append(r.choice(["G0 ", "G1 "]) + path.line(r.uniform(0, 2) * size, r.uniform(0, 360)))
        error = r.choice([0] * 30 + [1e-5, 1e-4, 1e-3, 0.0005 * size, 0.001 * size, 0.01 * size, 0.1 * size]) * r.choice([1, -1])
        sweep = r.choice([360, 180, 90, 359.9, 0.1, 179.99, 180.01] + [r.uniform(1, 359)] * 5)
        base_absolute = absolute
        text = path.arc(r.choice([0.02, 1, 1, 3]) * size * r.uniform(0.5, 1), sweep, r.uniform(0, 360), r.random() < 0.5,
                        r.random() < 0.35, error, base_absolute)
        if r.random() < 0.3:
            text += " " + path.up()
        if r.random() < 0.2:
            text += f" P{r.choice([1, 2, 3, 5] * 6 + [0, -1, 1.5, 1.0005])}"
        if r.random() < 0.02:
            text += f" {r.choice('IJKR')}{num(r.uniform(-3, 3))}"
        if r.random() < 0.03:
            words = text.split()
            del words[r.randrange(len(words))]
            text = " ".join(words)
        out.append(text)
        if r.random() < 0.1:
            path.plane = r.choice(["G17", "G18", "G19"])
            fresh = Path(r, path.plane, path.incremental, path.digits)
            out.append(f"{path.plane} G90 G0 X0 Y0 Z0")
            out.append("G91" if path.incremental else "G90")
            path = fresh
    out.append("M2")
    return out


def some_axes(r, scale=30.0):
    names = [n for n in "XYZ" if r.random() < 0.6] or [r.choice("XYZ")]
    return " ".join(n + num(r.uniform(-scale, scale), 3) for n in names)


def offsets(r):
    # Not tool 1: the bare interpreter thinks it in use from the start.
    tool = r.randint(2, 12)
    # The bare interpreter loses its place at a tool change in turned coordinates, and takes a tool's length over into other units.
    out = ["F100 G1", r.choice(["", "", f"T{tool} M6"])]
    zeros = ["G54", "G55", "G56", "G57", "G58", "G59", "G59.1", "G59.2", "G59.3"]
    for _ in range(r.randint(5, 22)):
        turn = f" R{r.choice([0, 30, -45, 90, 180, 12.345])}" if r.random() < 0.3 else ""
        choice = r.random()
        if choice < 0.35:
            line = r.choice(["G0 ", "G1 ", "G1 ", ""]) + some_axes(r)
        elif choice < 0.40:
            line = f"{r.choice(['G2', 'G3'])} X{num(r.uniform(-9, 9), 2)} Y{num(r.uniform(-9, 9), 2)} R{r.choice([40, 55])}\nG1"
        elif choice < 0.50:
            line = r.choice(["G92 " + some_axes(r), "G92 " + some_axes(r), "G92.1", "G92.2", "G92.3", "G52 " + some_axes(r), "G52 X0 Y0 Z0"])
        elif choice < 0.64:
            level = "L2" if turn else r.choice(["L2", "L2", "L20", "L20"]) if r.random() < 0.98 else "L20"
            line = f"G10 {level} P{r.choice([0, 1, 1, 2, 5, 9, 1])} {some_axes(r) if r.random() < 0.8 else ''}{turn}"
        elif choice < 0.72:
            line = r.choice(zeros + ["G54", "G55"]) + (" " + r.choice(["G0 ", "G1 "]) + some_axes(r) if r.random() < 0.3 else "")
        elif choice < 0.78:
            line = "G90 G53 " + r.choice(["G0 ", "G1 ", "G0 ", ""]) + some_axes(r)
        elif choice < 0.86:
            line = r.choice(["G28", "G30"]) + r.choice(["", ".1", " " + some_axes(r), " " + some_axes(r)])
        elif choice < 0.92:
            line = r.choice(["G43", f"G43 H{r.randint(0, 13)}", f"G43.1 Z{num(r.uniform(-9, 9), 2)}", "G43.1 X1 Y2", "G49",
                             f"G43.2 H{r.randint(1, 12)}", f"G10 L1 P{tool} Z{num(r.uniform(0, 9), 2)}", f"G10 L10 P{tool} Z1",
                             f"G10 L11 P{tool} Z2"])
        elif choice < 0.96:
            line = r.choice(["G49\nG20", "G49\nG21", "G90", "G91"])
        else:
            line = r.choice(["G0 X#5420 Y#5421 Z#5422", "X[#5221+1] Y[#5222] Z#5223", "X#5211 Y#5212 Z#5213", "G1 X#5220 Y[#5230]",
                             "X#5161 Y#5162 Z#5181", "X#<_x> Y#<_y> Z#<_z>", "X#5401 Z#5403", "X#5400 Y#5210", "X#<_coord_system>",
                             "X#<_metric> Y#<_incremental> Z#<_imperial>", "M70\nG91\nG1 X1\nM72", "M70", "M71", "M73", "G18", "G17", "X#5241 Y#5242 Z#5243",
                             "X#<_abs_x> Y#<_abs_y> Z#<_abs_z>"])
        out.append(line)
    out.append("M2")
    return out


NAMES = ["#1", "#2", "#3", "#100", "#<a>", "#<b c>", "#<_g>"]


def expression(r, depth):
    """A bracketed expression or something shorter."""
    if depth <= 0 or r.random() < 0.15:
        return r.choice([num(r.uniform(-9, 9), r.choice([0, 0, 1, 3])), num(r.randint(0, 9), 0), r.choice(NAMES), r.choice(NAMES)])
    kind = r.random()
    if kind < 0.55:
        parts = [expression(r, depth - 1)]
        for _ in range(r.choice([1, 1, 2, 2, 3, 4])):
            blank = r.choice(["", " "])
            parts.append(blank + r.choice(BINARY if r.random() < 0.6 else ["+", "-", "*", "/"]) + r.choice(["", " "]))
            parts.append(expression(r, depth - 1))
        return "[" + "".join(parts) + "]"
    if kind < 0.8:
        inside = expression(r, depth - 1)
        name = r.choice(UNARY)
        if name in ("LN", "SQRT") and r.random() < 0.8:
            inside = f"ABS[{inside}]"
        if name in ("ACOS", "ASIN") and r.random() < 0.8:
            inside = f"SIN[{inside}]"
        if name == "EXP" and r.random() < 0.9:
            inside = f"SIN[{inside}]"
        return f"{name}[{inside}]"
    if kind < 0.87:
        return f"ATAN[{expression(r, depth - 1)}]/[{expression(r, depth - 1)}]"
    if kind < 0.92:
        return f"EXISTS[{r.choice(NAMES + ['#<nowhere>', '#4999', '#<_new>'])}]"
    if kind < 0.96:
        return r.choice(["-", "+", "- "]) + r.choice(["#1", "#<a>", "[" + expression(r, depth - 1) + "]", "SIN[30]"])
    return r.choice(["##2", "#[#2+98]", "#[1+1]", "##<n>", "#[ROUND[2.6]]", "##[2]", "#-[-1]", "# 1", "#<A>", "#< a >", "#<B c>", "#<bc>"])


def expressions(r):
    out = ["F100", "#1=2.5 #2=1 #3=-4", "#100=0.25", "#<a>=1.5", "#<b c>=-2", "#<_g>=3", "#<n>=2"]
    for _ in range(r.randint(3, 12)):
        kind = r.random()
        if kind < 0.35:
            names = r.sample(["#1", "#2", "#3", "#100", "#<a>", "#<b c>", "#<_g>", "#[1+1]", "#<new>", "# 1", "##2"], r.randint(1, 3))
            settings = [f"{n}{r.choice(['=', ' = ', '= '])}{expression(r, r.randint(0, 3))}" for n in names]
            extra = f" G1 X[{expression(r, 1)}]" if r.random() < 0.3 else ""
            out.append(" ".join(settings) + extra)
            out.append("#1=[#1 MOD 7] #2=[ABS[ROUND[#2]] MOD 3 + 1]" if r.random() < 0.7 else "")
        elif kind < 0.42:
            out.append("G1 X" + r.choice(["SIN 30", "[1 2]", "[1+]", "[+1]", "[1--1]", "[2**-1]", "[2*-3]", "[--1]", "-[2]", "--2", "+-2", "1e3",
                                          "1.2.3", "[[1]", "[1]]", "#", "#<", "[#1", "[]", "ATAN[1]", "ATAN[1]/2", "ATAN[1]/[2]", "[1,2]", "#1.6",
                                          "#2.00001", "#0", "#-1", "#5400", "#5602", "#5603", "[1 EQ 1.00005]", "[0.5 AND 1]", "[1 = 1]",
                                          "SQRT[-1]", "LN[0]", "LN[-1]", "ASIN[1.1]", "ACOS[-1.0000001]", "[1/0]", "[[-8]**[1/3]]", "[[-8]**3]",
                                          "[0**0]", "[0**-1]", "[5 MOD 0]", "[-5 MOD 3]", "[5 MOD -3]", "[5.5 MOD 2]", "ROUND[-0.5]", "ROUND[2.5]",
                                          "FIX[-1.2]", "FUP[-1.2]", "EXISTS[1]", "EXISTS[#1]", "EXISTS[#<a>]", "EXISTS #1", "[2 ** 3 ** 2]",
                                          "[10-4-3]", "[8/4/2]", "[2*3 MOD 4]", "[1 OR 0 AND 0]", "[1 GT 0 EQ 1]", "[3-1 GT 1]", "[-2**2]",
                                          "[1.5XOR0]", "[1or0]", "[1LE2]", "TAN[90]", "EXP[800]", "[1e2]", "[ 1 + 2 ]", " [1]", "[1](c)", "[1(c)+2]",
                                          "0x10", ".5", "-.5", "5.", ".", "-", "+5", "- 5", "1 2", "1. 5", "#<_x>", "#<_nothing>", "#<nothing>"]))
        else:
            axes = r.sample("XYZ", r.randint(1, 3))
            out.append(f"{r.choice(['G0', 'G1', 'G1'])} " + " ".join(f"{a}[[{expression(r, r.randint(1, 3))}] MOD 99]" for a in axes))
    out.append("M2")
    return [line for line in out if line]


class Flow:
    """Nested o-words that end: counters of their own, and a bound on their number."""

    def __init__(self, r):
        self.r, self.count, self.out, self.subs = r, 100, [], []

    def label(self):
        self.count += 1
        return self.r.choice([f"o{self.count}", f"o{self.count}", f"O<l{self.count}>", f"o<L {self.count}>"])

    def condition(self):
        r = self.r
        return r.choice([f"[#1 {r.choice(['GT', 'LT', 'EQ', 'NE', 'LE'])} {r.randint(-3, 5)}]", f"[#<n> GT {r.randint(0, 3)}]",
                         "[#1 MOD 2]", "[1]", "[0]", "[#<_value>]", "[#<_value_returned>]", "[#2 AND #1]", "[#1 MOD 3 EQ 0] (why)"])

    def body(self, depth, loops):
        r = self.r
        for _ in range(r.randint(1, 3)):
            self.statement(depth, loops)

    def statement(self, depth, loops):
        r, out = self.r, self.out
        kind = r.choice(["move", "set", "move", "if", "while", "do", "repeat", "leave", "call", "if"])
        if depth <= 0 and kind in ("if", "while", "do", "repeat"):
            kind = "move"
        if kind == "move":
            out.append(r.choice(["G1 X#1 Y#2", "G1 X[#1+#<n>]", "G4 P0.25", "G1 X#<_value> Y#<_value_returned> Z#1", "G0 Z#3",
                                 "#<n>=[#<n>+1] G1 X#<n>", "G1 X#4 Y#30", "G1 X#<_call_level>"]))
        elif kind == "set":
            out.append(r.choice(["#1=[#1+1]", "#2=[#2-1]", "#<n>=[#<n>+1]", "#3=#<n>", "#31=#1", "#30=[#30+0.5]", "#<_g>=#1"]))
        elif kind == "if":
            label = self.label()
            out.append(f"{label} if {self.condition()}")
            self.body(depth - 1, loops)
            for _ in range(r.choice([0, 0, 1, 2])):
                out.append(f"{label} elseif {self.condition()}")
                self.body(depth - 1, loops)
            if r.random() < 0.5:
                out.append(f"{label} else")
                self.body(depth - 1, loops)
            out.append(f"{label} endif")
        elif kind in ("while", "do"):
            label = self.label()
            counter = 1000 + self.count
            test = f"[#{counter} LT {r.randint(0, 4)}]" + r.choice(["", "", " (why)"])
            out.append(f"#{counter}=0")
            out.append(f"{label} {kind}" + (f" {test}" if kind == "while" else ""))
            out.append(f"#{counter}=[#{counter}+1]")
            self.body(depth - 1, loops + [label])
            out.append(f"{label} endwhile" if kind == "while" else f"{label} while {test}")
        elif kind == "repeat":
            label = self.label()
            out.append(f"{label} repeat [{r.choice(['0', '1', '2', '3', '#1', '-1', '1.5', '2.4'])}]")
            self.body(depth - 1, loops + [label])
            out.append(f"{label} endrepeat")
        elif kind == "leave" and loops:
            guard = self.label()
            out.append(f"{guard} if {self.condition()}")
            out.append(f"{r.choice(loops)} {r.choice(['break', 'continue'])}")
            out.append(f"{guard} endif")
        elif kind == "call" and self.subs:
            arguments = " ".join(f"[{r.choice(['#1', '#2+1', '3', '#<n>', '-2.5'])}]" for _ in range(r.choice([0, 1, 1, 2, 3])))
            out.append(f"{r.choice(self.subs)} call {arguments}")


def flow(r):
    f = Flow(r)
    f.out = ["F100 #1=1 #2=2 #3=0", "#<n>=0", "#30=0"]
    fanuc = r.random() < 0.15
    for _ in range(0 if fanuc else r.choice([0, 1, 1, 2, 3])):
        name = f.label()
        f.out.append(f"{name} sub")
        if r.random() < 0.8:
            f.out.append("#<n>=#1")
        f.body(1, [])
        if r.random() < 0.4:
            guard = f.label()
            f.out += [f"{guard} if {f.condition()}", f"{name} return" + r.choice(["", " [#1+1]", "[7]"]), f"{guard} endif"]
        if r.random() < 0.2:
            guard = f.label()
            limit = r.choice([2, 4, 9, 10, 11])
            f.out += [f"{guard} if [#<_call_level> LT {limit}]" if r.random() < 0.5 else f"{guard} if [#1 LT {limit}]",
                      f"{name} call [#1+1]", f"{guard} endif"]
        f.out.append(f"{name} endsub" + r.choice(["", "", " [#1*2]", " [#<n>]"]))
        f.subs.append(name)
    f.body(3, [])
    f.body(3, [])
    if fanuc:
        f.out += [f"M98 P{r.choice([10, 10, 20])}" + r.choice(["", " L2", " L0", " L3", f" Q{1}"]), "G1 X#1", "M98 P20", "M2"]
        f.out.append(r.choice(["O10", "o10 (sub)", "O0010", "O10 #2=4"]))
        f.body(1, [])
        f.out += r.choice([["M99"], ["M98 P20 L2", "M99"], ["G1 X7 M99"], ["#1=[#1+1]", "M99"]])
        f.out += ["O20", "G1 Y[#1+3]", "#1=[#1+1]", "M99"]
    else:
        f.out.append("M2")
    if r.random() < 0.15:
        at = r.randrange(len(f.out))
        r.choice([lambda: f.out.pop(at), lambda: f.out.insert(at, r.choice(f.out)), lambda: f.out.insert(at, "o99 endif"),
                  lambda: f.out.insert(at, "o99 break"), lambda: f.out.insert(at, r.choice(f.out).upper())])()
    return f.out


def cycles(r):
    plane = r.choice(["G17", "G17", "G18", "G19"])
    third = {"G17": "Z", "G18": "Y", "G19": "X"}[plane]
    flat = [n for n in "XYZ" if n != third]
    out = [f"{plane} {r.choice(['G20', 'G21', 'G21'])} F100", "S100 M3" if r.random() < 0.9 else "", f"G0 {third}{num(r.uniform(0, 9), 2)}"]
    if r.random() < 0.2:
        out.append(r.choice(["G10 L2 P1 X1 Y2 Z3", "G92 X1 Z2", "G10 L2 P1 R30", "G52 Z2"]))
    cycle = None
    for _ in range(r.randint(2, 9)):
        choice = r.random()
        if choice < 0.5 or cycle is None:
            cycle = r.choice(["G73", "G81", "G82", "G83", "G85", "G86", "G88", "G89"])
            words = [cycle]
        elif choice < 0.75:
            words = []
        else:
            out.append(r.choice(["G80", "G98", "G99", "G91", "G90", "G0 X1 Y1 Z5", "G1 X3", "G91.1", "F50", "G4 P1", "M5", "M4 S10", "M3",
                                 "G80 X1", "G0", "G17", plane, "G93", "G94", "G53 G0 X1", "(comment)", "G61", "G20", "G21"]))
            continue
        words += [r.choice(["G98", "G99", ""]), r.choice(["", "", "", "G91", "G90"])]
        words += [f"{n}{num(r.uniform(-5, 5), 2)}" for n in flat if r.random() < 0.7]
        new = bool(words[0])
        if r.random() < (0.97 if new else 0.15):
            words.append(f"{third}{num(r.uniform(-6, 1), 2)}")
        if r.random() < (0.97 if new else 0.15):
            words.append(f"R{num(r.uniform(0, 6), 2)}")
        if cycle in ("G73", "G83") and r.random() < (0.99 if new else 0.1):
            words.append(f"Q{r.choice([0.5, 1, 2, 10, 0.7] * 5 + [0, -1])}")
        if cycle in ("G82", "G86", "G88", "G89") and r.random() < (0.99 if new else 0.1):
            words.append(f"P{r.choice([0, 0.5, 1] * 9 + [-1])}")
        if r.random() < 0.25:
            words.append(f"L{r.choice([1, 2, 3, 4] * 7 + [0, -1, 1.5])}")
        if r.random() < 0.02:
            words.append(r.choice(["I1", "J2", "A1", "P1", "Q2", "D1", "H1", "U1", "K1"]))
        out.append(" ".join(w for w in words if w))
    out.append("M2")
    return [line for line in out if line]


G_WORDS = ["0", "1", "2", "3", "4", "5", "5.1", "5.2", "5.3", "10", "17", "18", "19", "20", "21", "28", "28.1", "30", "30.1", "38.2", "38.3", "40", "41",
           "41.1", "42", "42.1", "43", "43.1", "43.2", "49", "52", "53", "54", "55", "59.3", "61", "61.1", "64", "73", "80", "81", "82", "83", "85", "86",
           "88", "89", "90", "90.1", "91", "91.1", "92", "92.1", "92.2", "92.3", "93", "94", "96", "97", "98", "99", "7", "8", "0.1", "100", "-1", "1.5"]
M_WORDS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "19", "30", "48", "49", "50", "51", "52", "53", "60", "61", "62", "63", "64", "65", "66", "67",
           "68", "70", "71", "72", "73", "98", "99", "-1", "200", "10", "3.5"]


def modal(r):
    start = [r.choice(["G20", "G21", "G21"]), "F100"]
    out = [" ".join(start)] if r.random() < 0.9 else []
    count = r.randint(2, 9)
    for line_number in range(count):
        words = []
        for _ in range(r.choice([0, 1, 1, 1, 2, 2, 3])):
            words.append("G" + r.choice(G_WORDS))
        for _ in range(r.choice([0, 0, 0, 1, 1, 2, 4])):
            words.append("M" + r.choice(M_WORDS))
        value = lambda: num(r.choice([r.uniform(-9, 9), r.randint(0, 9), 1, 0]), 2)
        # Most lines but the last are valid: words that often go together.
        plain = line_number + 1 < count or r.random() < 0.3
        if plain:
            words = [r.choice(["G0", "G1", "", "G1", "G2", "G53 G0", "G28", "G92", "G10 L2 P1", "G91 G1", "G90 G1", "G80", "G93 G1 F2", "G94 F9",
                               "G4 P1", "G64 P0.1", "G43.1", "G40", "M3 S1", "M5", "G20 F3", "G21 F50 G1", "M62 P1", "M66 P0 L0",
                               "M68 E0 Q1", "T1 M6", "G61", "G96 D1 S2", "G97", "M19 R3", "M50 P0", "M70", "M72", "G5.1 I1 J1", "G5 I1 J1 P1 Q1",
                               "G41.1 D1 G1", "G98", "M48", "M7 M8", "M9", "M0", "G18", "G17", "G7", "G8", "G90.1", "G91.1", "G92.1", "G52",
                               "G30.1", "G54", "G59.3", "G49", "@5 ^30 G1", "G1 @3", "G1 ^45", "G0 A1", "G1 B2", "M61 Q1"])]
        takes_axes = any(g in words[0].split() for g in ["G0", "G1", "G28", "G92", "G10", "G43.1", "G52"]) if plain else True
        if takes_axes and r.random() < (0.9 if plain else 0.75):
            words += [n + value() for n in r.sample("XYZ", r.randint(1, 2))]
        for letter in "IJKRPQLDHFSTEABCUVW":
            if r.random() < (0.03 if plain else 1) and r.random() < (0.1 if letter in "IJKRPQLF" else 0.04):
                words.append(letter + value())
        if r.random() < 0.7:
            words = " ".join(words).split(" ")
            r.shuffle(words)
        for index in range(len(words)):
            if r.random() < (0.02 if plain else 0.06):
                words.insert(index, r.choice(["(c)", "(MSG, hello)", "(debug,#1)", "()", "(print,x)", " ", "\t"]))
        line = r.choice([" ", "", " "]).join(words)
        wild = 0.02 if plain else 0.1
        if r.random() < wild:
            line = r.choice(["/", "N10 ", "N5", "n99999 ", "N1.5 ", "N-1 ", "/ N3 ", "N3 /", " ", "\t"]) + line
        if r.random() < wild:
            line += r.choice(["; end", " (end)", "%", ";", " ( open", " )", "*", " \\", "N7", "  ", "\r", "=", "!"])
        if r.random() < 0.1:
            line = line.lower()
        if r.random() < wild:
            line = "".join(c + (" " if r.random() < 0.2 else "") for c in line)
        out.append(line)
    if r.random() < 0.7:
        out.append(r.choice(["M2", "M30", "%"]))
    return out


def mutate(r, lines):
    """Spoils one line: a word less, a word more, a character less, two lines swapped."""
    at = r.randrange(len(lines))
    words = lines[at].split(" ")
    kind = r.choice(["less", "more", "character", "swap", "twice", "number"])
    if kind == "less":
        words.pop(r.randrange(len(words)))
    elif kind == "more":
        words.append(r.choice(r.choice(lines).split(" ")))
    elif kind == "character" and lines[at]:
        cut = r.randrange(len(lines[at]))
        words = [lines[at][:cut] + lines[at][cut + 1:]]
    elif kind == "swap":
        other = r.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
        return lines
    elif kind == "twice":
        lines.insert(at, lines[at])
        return lines
    else:
        words[r.randrange(len(words))] += r.choice(["0", ".5", "1", "-", "["])
    lines[at] = " ".join(words)
    return lines


KINDS = {f.__name__: f for f in (kerf, arcs, offsets, expressions, flow, cycles, modal)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("folder")
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--mutate", type=float, default=0.0)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    for kind in [options.kind] if options.kind else KINDS:
        for number in range(options.count):
            r = random.Random(f"{kind} {options.seed} {number}")
            lines = KINDS[kind](r)
            if r.random() < options.mutate:
                lines = mutate(r, lines)
            with open(os.path.join(options.folder, f"{kind}_{options.seed}_{number:04}.ngc"), "w", newline="\n") as file:
                file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
