#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lines of code and size of the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
count() { git ls-files "$@" | xargs cat | wc -l; }
printf 'lines of C in src            %7d\n' "$(count 'src/*.c' 'src/*.h')"
printf 'lines of C in test and fuzz  %7d\n' "$(count 'test/*.c' 'test/*.h' 'fuzz/*.c')"
printf 'lines of TypeScript          %7d\n' "$(count 'web/*.ts' 'web/*.tsx')"
printf 'lines of Node tests          %7d\n' "$(count 'test/*.mjs' 'web/*.test.mjs')"
strip -o /tmp/confabd-stripped.$$ build/confabd
printf 'build/confabd, KiB stripped  %7d\n' "$(($(stat -c %s /tmp/confabd-stripped.$$) / 1024))"
rm -f /tmp/confabd-stripped.$$
