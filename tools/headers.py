#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does every header of src/ compile by itself? A header names what it needs, so any file may
include it first.

    headers.py SOURCE_ROOT GENERATED_HEADERS COMPILER...
"""
import concurrent.futures
import pathlib
import subprocess
import sys

FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wno-unused-function", "-Werror",
         "-fsyntax-only", "-x", "c"]


def main():
    root, generated, compiler = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    source = root / "src"
    headers = sorted(p.relative_to(source) for p in source.rglob("*.h"))

    def errors(header):
        text = f'#include "{header}"\n#include "{header}"\n'
        command = [*compiler, *FLAGS, f"-I{source}", f"-I{root}/include", f"-I{generated}", "-"]
        done = subprocess.run(command, input=text, text=True, capture_output=True)
        return done.stderr if done.returncode else ""

    with concurrent.futures.ThreadPoolExecutor() as pool:
        failed = {h: e for h, e in zip(headers, pool.map(errors, headers)) if e}
    for header, error in failed.items():
        print(f"src/{header} does not compile by itself; include in it what it uses:\n{error}")
    print(f"{len(headers)} headers, {len(failed)} failed")
    return 1 if failed or not headers else 0


sys.exit(main())
