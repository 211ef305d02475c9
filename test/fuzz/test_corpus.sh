#!/bin/sh
# The corpus of every fuzz target, and what fuzzing has found, once more.
set -u
cd "$(dirname "$0")" || exit 1
status=0 targets=0
for source in fuzz_*.c; do
	name=${source#fuzz_}
	name=${name%.c}
	"$BUILD/replay/$name" corpus/"$name"/* || {
		echo "$name failed"
		status=1
	}
	targets=$((targets + 1))
done
[ "$targets" -gt 0 ] || status=1
exit $status
