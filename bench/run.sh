#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the tables of bench/README.md. ROUNDS, SECONDS, WORKLOADS, SERVERS: see bench/load.mjs.
set -euo pipefail
cd "$(dirname "$0")/.."
bench/size.sh
node bench/first-call.mjs "${CALLS:-10}"
build/bench/bench_parse
build/bench/bench_srtp
build/bench/bench_forward
node bench/load.mjs
node bench/chat.mjs
