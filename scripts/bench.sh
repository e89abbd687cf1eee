#!/usr/bin/env bash
# Measures progeny side by side with its peers, and keeps what was printed in build/bench/results.
# --record also makes docs/benchmarks.md, its plots and the README's figures of it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

all_questions=(launch capture through_cat startup process connection synchronize queues pickles)

usage() {
  echo "usage: ./dev bench [--quick] [--record] [QUESTION...]" >&2
  echo "questions: ${all_questions[*]}" >&2
  exit 2
}

# How many percent of the processors' time is used: others would disturb the figures.
busy_percent() {
  awk '
    function used_and_all() { getline <"/proc/stat"; all = 0; for (i = 2; i <= 9; ++i) all += $i
                              used = all - $5 - $6; close("/proc/stat") }
    BEGIN { used_and_all(); used0 = used; all0 = all; system("sleep 2"); used_and_all()
            printf "%.0f", 100 * (used - used0) / (all - all0 + 1) }'
}

# The circumstances, one a line: scripts/bench_results.py reads them.
print_facts() {
  local changes=""
  if ! git diff --quiet HEAD -- src include benchmarks 2>/dev/null; then
    changes=" with uncommitted changes"
  fi
  echo "date: $(date +%Y-%m-%d)"
  echo "commit: $(git rev-parse --short HEAD 2>/dev/null || echo unknown)$changes"
  echo "machine: $(lscpu | sed -n 's/^Model name: *//p' | head -n1), $(nproc) processors"
  echo "memory: $(awk '/^MemTotal:/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
  echo "kernel: $(uname -sr)"
  echo "compiler: $(c++ --version | head -n1), Release"
  echo "python: $(python3 --version)"
  echo "busy: $(busy_percent) % before the first task"
  echo "scale: $scale"
  echo "questions: ${all_questions[*]}"
}

scale=full
record=0
options=()
questions=()
for argument in "$@"; do
  case $argument in
    --quick | --smoke)
      scale=${argument#--}
      options+=("$argument")
      ;;
    --record) record=1 ;;
    *)
      [[ " ${all_questions[*]} " == *" $argument "* ]] || usage
      questions+=("$argument")
      ;;
  esac
done
((${#questions[@]})) || questions=("${all_questions[@]}")

need build test bench
build bench "${questions[@]/#/bench_}"
results=build/bench/results
mkdir -p "$results"
file=$results/$(date +%Y-%m-%d-%H%M%S).txt
print_facts | tee "$file"
failed=0
for question in "${questions[@]}"; do
  driver=$(find build/bench -type f -name "bench_$question" -perm -u+x -print -quit)
  "$driver" "${options[@]}" 2>&1 | tee -a "$file" || failed=1
done
python3 benchmarks/compile.py --build build/bench "${options[@]}" 2>&1 | tee -a "$file" || failed=1
echo "kept in $file"
if ((record)); then
  mkdir -p docs/benchmarks
  cp "$file" docs/benchmarks/results.txt
  # A run of some questions leaves the README alone.
  python3 scripts/bench_report.py docs/benchmarks/results.txt
  echo "recorded in docs/benchmarks.md"
fi
exit "$failed"
