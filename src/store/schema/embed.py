#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns NNN_*.sql into a C table: embed.py out.c file.sql..."""
import json
import pathlib
import sys

out, *files = sys.argv[1:]
steps = [pathlib.Path(f) for f in sorted(files)]
assert [int(s.name[:3]) for s in steps] == list(range(1, len(steps) + 1)), "schema steps must be numbered 001, 002, …"
lines = ["/* Made by schema/embed.py. */", '#include "store/db.h"', "const char *const db_schema[] = {"]
for step in steps:
    lines.append("\t(")
    lines += ["\t" + json.dumps(line + "\n") for line in step.read_text().splitlines()]
    lines[-1] += "),"
lines += ["};", f"const unsigned db_schema_steps = {len(steps)};", ""]
pathlib.Path(out).write_text("\n".join(lines))
