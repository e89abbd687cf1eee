#!/usr/bin/env bash
# Measures, side by side with the peers, and keeps what was printed. Arguments go to the drivers.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test bench
questions=(launch capture through_cat startup process connection synchronize queues)
build bench "${questions[@]/#/bench_}"
results=build/bench/results
mkdir -p "$results"
file=$results/$(date +%Y-%m-%d-%H%M).txt
{
  lscpu | grep -m1 'Model name'
  uname -sr
  c++ --version | head -n1
  echo "Release, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
} | tee "$file"
failed=0
for question in "${questions[@]}"; do
  driver=$(find build/bench -type f -name "bench_$question" -perm -u+x -print -quit)
  "$driver" "$@" 2>&1 | tee -a "$file" || failed=1
done
python3 benchmarks/compile.py --build build/bench "$@" 2>&1 | tee -a "$file" || failed=1
echo "kept in $file"
exit "$failed"
