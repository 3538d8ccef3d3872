#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that includes in src/ only point down: usage: layers.py src tools/layers.txt

Rules, one a line: `folder: folders it may include` and `<header.h>: files or folders that may see it`."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s+(?:"([^"]+)"|(<[^>]+>))')


def read_rules(path):
    folders, headers = {}, {}
    for line in pathlib.Path(path).read_text().splitlines():
        key, _, value = line.split("#")[0].partition(":")
        if key.strip():
            (headers if key.startswith("<") else folders)[key.strip()] = value.split()
    return folders, headers


def inside(path, folder):
    return (path + "/").startswith(folder + "/")


def folder_of(path, folders):
    """The longest rule folder that holds this path."""
    return max((f for f in folders if inside(path, f)), key=len, default=None)


def problems(src, folders, headers):
    for file in sorted(src.rglob("*.[ch]")):
        name = file.relative_to(src).as_posix()
        mine = folder_of(name, folders)
        if mine is None:
            yield f"{file}: no rule for this folder; add one to tools/layers.txt"
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            ours, foreign = found.groups()
            allowed = headers.get(foreign)
            if allowed is not None and not any(inside(name, a) for a in allowed):
                yield f"{file}:{number}: {foreign} belongs to {' '.join(allowed)}"
            theirs = folder_of(ours, folders) if ours else None
            if theirs not in (None, mine, *folders[mine]):
                yield f"{file}:{number}: {mine} must not include {theirs}"


found = list(problems(pathlib.Path(sys.argv[1]), *read_rules(sys.argv[2])))
print("\n".join(found), end="\n" if found else "")
sys.exit(bool(found))
