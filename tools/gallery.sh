#!/usr/bin/env bash
# Draws the pictures of docs/gallery.md anew: tools/gallery.sh TORCHTWIN [NAME…]
set -euo pipefail
cd "$(dirname "$0")/.."
torchtwin=$1; shift
only=" $* "
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
mkdir -p docs/gallery

draw() { # name, scene, arguments
  local name=$1 scene=$2; shift 2
  [ "$only" = "  " ] || [[ "$only" == *" $name "* ]] || return 0
  echo "$name"
  "$torchtwin" render "scenes/$scene.toml" --engine reduced --out "docs/gallery/$name.png" "$@" > /dev/null
}

draw 01_overview ceb_press_side --at 420 --size 1440x900 --panels verdict
draw 02_torch ceb_press_side --at 420 --camera torch --size 1280x800
draw 03_kerf square_100 --at 41 --camera kerf --size 1280x800
draw 04_pierce square_100 --at 12.6 --camera torch --size 1280x800
draw 05_temperature ceb_press_side --at 420 --camera top --plate temperature --size 1280x800
draw 06_peak_and_haz ceb_press_side --camera top --plate peak --haz --size 1280x800
draw 07_flex_x300 one_side_unplugged --at 30 --magnify 300 --size 1440x900 --panels error
draw 08_failing rapid_too_hard --size 1440x900 --panels verdict
draw 09_motors rapid_too_hard --at 2.2 --size 1440x900 --panels motors
draw 10_error square_100 --at 35.0 --camera torch --size 1440x900 --panels error
draw 11_plots ceb_press_side --at 300 --size 1440x900 --panels plots
draw 12_machine ceb_press_side --size 1440x900 --panels machine
draw 13_belts ceb_press_side_belt --at 300 --camera side --size 1280x800
draw 14_part_free ceb_press_side --camera overview --look-at-mm 300,300 --distance-mm 900 --size 1280x800
draw 15_light square_100 --at 50 --size 1440x900 --panels plots --light
