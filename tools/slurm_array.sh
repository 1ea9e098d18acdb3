#!/usr/bin/env bash
# A sizing, or the samples of a scene, as a Slurm job array: one shard a task. Any other engine does as well that can number its tasks.
#
#   sbatch --wait --array=1-8 tools/slurm_array.sh parts size scenes/ceb_press_side.toml --budget-usd 1500
#   torchtwin merge parts --report answer
#
# The first argument is the folder of the parts; a part that is there already is not made again, so that a lost one can be
# made alone: sbatch --array=3 with SHARDS=8 set.
#SBATCH --job-name=torchtwin
#SBATCH --cpus-per-task=1
set -euo pipefail
parts=$1
shift
shard=${SLURM_ARRAY_TASK_ID:?run this with sbatch --array=1-N}
of=${SHARDS:-$SLURM_ARRAY_TASK_COUNT}
part=$parts/$(printf 'part-%05d-of-%05d.parquet' "$shard" "$of")
[ -e "$part" ] || exec "${TORCHTWIN:-torchtwin}" "$@" --threads 1 --shard "$shard/$of" --report "$parts" --quiet
