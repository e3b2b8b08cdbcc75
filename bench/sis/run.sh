#!/usr/bin/env bash
# Fetches the data of SIS-Bench from PyPI, once, into a folder outside the repository, and measures.
#   bench/sis/run.sh [--long] [A-G...]
set -euo pipefail
cd "$(dirname "$0")/../.."
version=0.17.6
folder="${SIS_BENCH_CACHE:-${TMPDIR:-/tmp}/argent-sis-bench}/ruff-$version"
if [ ! -s "$folder/rules.json" ]; then
  mkdir -p "$folder"
  python3 -m pip install --quiet --no-deps --target "$folder/wheel" "ruff==$version"
  "$folder/wheel/bin/ruff" rule --all --output-format json > "$folder/rules.json.part"
  mv "$folder/rules.json.part" "$folder/rules.json"
fi
exec cargo run --quiet --profile measure --no-default-features --example sis-bench -- "$folder/rules.json" "$@"
