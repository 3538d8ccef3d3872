#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What libconfab promises about its face: header_docs.py FOLDER LIBRARY TEST...

Every public function has a comment right before it, which says from which thread it is called or that it waits, and
what it fails with; the tests (C sources) call every one; each header compiles alone as C99 and as C++; the library exports
exactly the functions of the headers.
"""
import pathlib
import re
import subprocess
import sys

headers, library = sorted(pathlib.Path(sys.argv[1]).glob("*.h")), sys.argv[2]
text = "".join(header.read_text() for header in headers)
problems = []

# "The same without waiting" has the words of the function before it
THREAD = re.compile(r"[Ww]aits|[Aa]ny thread|not wait|without waiting|[Oo]n the loop's thread|In callbacks|See confab_client_fd")
ERRORS = re.compile(r"CONFAB_ERR_|\b0\b|[Nn]ever fails|Never fail\b|The same without|does nothing|done comes|CONFAB_CALL_|See confab_client_fd")
tests = "".join(pathlib.Path(name).read_text() for name in sys.argv[3:])
declared = re.findall(r"CONFAB_API [^;]*?\b(confab_\w+)\(", text)
for name in declared:
    before = text[: re.search(rf"CONFAB_API [^;]*?\b{name}\(", text).start()].rstrip()
    if not before.endswith("*/"):
        problems.append(f"{name} has no comment before it")
        continue
    comment = before[before.rindex("/*") :]
    if not THREAD.search(comment):
        problems.append(f"{name}: the comment says neither on which thread nor whether it waits")
    if not ERRORS.search(comment):
        problems.append(f"{name}: the comment does not say what it fails with")
    if not re.search(rf"\b{name}\(", tests):
        problems.append(f"{name} is called by no test")

for compiler, language in (("cc", ["-std=c99", "-x", "c"]), ("c++", ["-std=c++11", "-x", "c++"])):
    for header in headers:
        source = f'#include "{header.name}"\n#include "{header.name}"\nint main(void) {{ return 0; }}\n'
        command = [compiler, *language, "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{header.parent}", "-fsyntax-only", "-"]
        done = subprocess.run(command, input=source, text=True, capture_output=True)
        if done.returncode:
            problems.append(f"{header.name}: {' '.join(command)}:\n{done.stderr}")

symbols = subprocess.run(["nm", "-D", "--defined-only", library], text=True, capture_output=True, check=True).stdout
exported = {line.split()[-1].split("@")[0] for line in symbols.splitlines()}
# of the sanitizers and of old linkers, not ours
exported = {s for s in exported if not s.startswith(("__", "_init", "_fini", "_edata", "_end", "___"))}
problems += [f"{s} is exported and in no header" for s in sorted(exported - set(declared))]
problems += [f"{s} is in a header and not exported" for s in sorted(set(declared) - exported)]

print("\n".join(problems) if problems else f"{len(declared)} functions: documented, exported, C99 and C++")
sys.exit(bool(problems) or not declared)
