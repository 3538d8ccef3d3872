#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the built web app into the binary: usage: embed.py web/dist assets.S assets_table.c

Writes an assembly file that includes the bytes, compressed where that is smaller, and the C table of src/control/http/assets.h. The outputs are only
written again when a file of web/dist, other than the packages in npm/, changed. Without web/dist the table holds one page that says how to build it."""
import gzip
import hashlib
import os
import pathlib
import re
import sys

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
    ".webp": "image/webp", ".ico": "image/x-icon", ".woff2": "font/woff2", ".json": "application/json",
    ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
    ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".map": "application/json", ".ts": "text/plain; charset=utf-8",
}
# A name with a hash in it, as esbuild makes them: app-3KD7WQ2A.js
HASHED = re.compile(r"-[0-9A-Za-z]{8,}\.\w+$")
PLACEHOLDER = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Confab: web app not built</title>
<h1>The web app is not in this binary</h1>
<p>The server runs, but it was built without the web app. Run <code>make build</code> in the source folder, then start
confabd again.</p>
</html>
"""


def collect(dist):
    """[(path, bytes)], sorted as strcmp does."""
    files = []
    if (dist / "index.html").is_file():
        for folder, folders, names in os.walk(dist):
            if folder == str(dist) and "npm" in folders:
                folders.remove("npm")  # packages that `make packages` puts there: no part of the app, and perhaps packed just now
            for file in (pathlib.Path(folder) / name for name in names if not name.startswith(".")):
                files.append(("/" + file.relative_to(dist).as_posix(), file.read_bytes()))
    else:
        files.append(("/index.html", PLACEHOLDER))
    return sorted(files, key=lambda item: item[0].encode())


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_outputs(files, digest, assembly, table):
    folder = table.parent / (table.name + ".bytes")
    folder.mkdir(exist_ok=True)
    rows, externs = [], []
    asm = [".section .rodata, \"a\"\n"]

    def include(name, content):
        (folder / name).write_bytes(content)
        asm.append(f".global {name}\n.hidden {name}\n.balign 16\n{name}:\n.incbin \"{(folder / name).resolve()}\"\n.byte 0\n")
        externs.append(f"extern const uint8_t {name}[];\n")

    for index, (path, content) in enumerate(files):
        packed = gzip.compress(content, 9, mtime=0)
        name = f"confab_asset_{index}"
        smaller = len(packed) < len(content) * 0.9
        include(name, packed if smaller else content)
        kind = TYPES.get(pathlib.PurePosixPath(path).suffix, "application/octet-stream")
        etag = '"' + hashlib.sha256(content).hexdigest()[:20] + '"'
        rows.append(
            f"\t{{ {c_string(path)}, {c_string(kind)}, {c_string(etag)}, {name}, {len(content)}, "
            f"{len(packed) if smaller else 0}, {'true' if HASHED.search(path) else 'false'} }},\n")
    asm.append('.section .note.GNU-stack, "", @progbits\n')
    assembly.write_text("".join(asm))
    table.write_text(f"/* {digest} */\n/* Made by tools/embed.py. */\n#include \"control/http/assets.h\"\n\n" + "".join(externs) +
                     "\nconst struct asset assets[] = {\n" + "".join(rows) + "};\n" +
                     "const size_t asset_count = sizeof assets / sizeof assets[0];\n")


def main():
    dist, assembly, table = map(pathlib.Path, sys.argv[1:])
    files = collect(dist)
    hasher = hashlib.sha256(pathlib.Path(__file__).read_bytes())
    for path, content in files:
        hasher.update(f"{path}\0{len(content)}\0".encode() + content)
    digest = hasher.hexdigest()
    if assembly.exists() and table.exists():
        with open(table, encoding="utf-8") as old:
            if digest in old.readline():
                return
    write_outputs(files, digest, assembly, table)


if __name__ == "__main__":
    os.umask(0o022)
    main()
