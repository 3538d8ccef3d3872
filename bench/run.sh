#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the tables of bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
bench/size.sh
node bench/first-call.mjs "${ROUNDS:-10}"
[ ! -x build/bench/bench_srtp ] || build/bench/bench_srtp
[ ! -x build/bench/bench_forward ] || build/bench/bench_forward
