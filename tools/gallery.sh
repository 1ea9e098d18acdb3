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
draw 06_peak ceb_press_side --camera top --plate peak --size 1280x800
draw 07_racking_x1000 one_side_unplugged --at 38 --magnify 1000 --pitch-deg 58 --yaw-deg -12 --size 1440x900 --panels error
draw 08_failing rapid_too_hard --size 1440x900 --panels verdict
draw 09_motors rapid_too_hard --at 2.2 --size 1440x900 --panels motors
draw 10_error square_100 --at 35.0 --camera torch --size 1440x900 --panels error
draw 11_plots ceb_press_side --at 300 --size 1440x900 --panels plots
draw 12_machine ceb_press_side --size 1440x900 --panels machine
draw 13_belts ceb_press_side_belt --at 300 --camera front --yaw-deg -52 --pitch-deg 20 --look-at-mm 150,250 --distance-mm 2300 --size 1280x800
draw 14_fallen ceb_press_side --at 622 --camera side --yaw-deg -35 --pitch-deg 16 --look-at-mm 300,350 --distance-mm 2900 --size 1280x800
draw 15_light square_100 --at 50 --size 1440x900 --panels plots --light
draw 16_tipped low_travel --at 47.75 --camera torch --distance-mm 600 --size 1440x900 --panels verdict
draw 17_haz square_100 --at 66 --camera torch --haz --pitch-deg 55 --distance-mm 420 --size 1280x800
