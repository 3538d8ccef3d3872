#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the stages of the test suite and ends with `N passed, N failed`.

A stage is a function that yields results, one for each test program or file as it ends; a stage that breaks counts as one
failure. Output is shown only of what failed. The failed tests are listed by name at the end, before the last line."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_LIMIT = 800  # lines of one source file; 500 is the aim
LONG_ONLY = {"profiles.test.mjs"}  # all of their tests take minutes
# These wait most of their time, for timers of the product, and use less than a third of a processor: they run beside the
# others, so many of a folder at once. The longest come first.
WAITING = {
    "test/api": (4, ["calls", "channels", "load", "ring", "messages"]),
    "test/interop": (1, ["rtc-node", "libconfab", "libconfab-layers", "libconfab-events", "libconfab-data", "webhooks", "data"]),
}
WRITTEN_BY_TOOLS = {"web/client/src/contract.ts"}  # as long as the contract is
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "LSAN_OPTIONS": f"suppressions={ROOT}/test/lsan.supp:print_suppressions=0",
}


class Result(typing.NamedTuple):
    name: str
    passed: int
    failed: int
    failures: tuple = ()  # names of the tests that failed; () = the name above says it


def run(command, env=None, cwd=ROOT, timeout=1200):
    """Runs a command; returns (exit code, output)."""
    try:
        done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as stuck:
        return 124, (stuck.stdout or b"").decode(errors="replace") + f"\ntimed out after {timeout} s"


def show(output, lines=400):
    print("\n".join("    " + line for line in output.splitlines()[-lines:]), flush=True)


def simple(name, command, **options):
    """One command that passes or fails as a whole."""
    code, output = run(command, **options)
    if code:
        show(output)
    return Result(name, int(code == 0), int(code != 0))


def c_files():
    listed = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    return [f for f in listed if (ROOT / f).exists()]


def stage_style(_):
    yield simple("format", ["clang-format-14", "--dry-run", "-Werror", *c_files()])
    yield simple("include arrows", [sys.executable, "tools/layers.py", "src", "tools/layers.txt"])
    sources = subprocess.run(["git", "ls-files", "*.c", "*.h", "*.ts", "*.tsx", "*.mjs", "*.py"], cwd=ROOT,
                             capture_output=True, text=True).stdout.split()
    long = [f for f in sources if f not in WRITTEN_BY_TOOLS and (ROOT / f).exists() and len((ROOT / f).read_text().splitlines()) > FILE_LIMIT]
    if long:
        show("too long: " + " ".join(long))
    yield Result("file sizes", int(not long), int(bool(long)))
    yield simple("types", ["npx", "--no-install", "tsc", "--noEmit"], cwd=ROOT / "web")


def setup(folder, options, env=None):
    if not (ROOT / folder / "build.ninja").exists():
        code, output = run(["meson", "setup", folder, *options], env=env)
        if code:
            raise RuntimeError(output)
    else:
        run(["meson", "configure", folder, *[o for o in options if o.startswith("-D")]])


def ninja(folder, *targets):
    code, output = run(["ninja", "-C", folder, *targets], timeout=1800)
    if code:
        raise RuntimeError("\n".join(output.splitlines()[-80:]))


def meson_tests(name, folder, env=None, timeout_multiplier=1):
    code, output = run(["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", "-t", str(timeout_multiplier)],
                       env=env, timeout=1800)
    counts = {key: int(value) for key, value in re.findall(r"^(Ok|Fail|Timeout|Unexpected Pass):\s+(\d+)", output, re.M)}
    passed = counts.get("Ok", 0)
    failed = sum(counts.values()) - passed
    if code and not failed:
        failed = 1
    if failed:
        show(output)
    names = re.findall(r"^\s*\d+/\d+ (?:\S+ - )?(?:\S+:)?(.+?)\s+(?:FAIL|TIMEOUT|UNEXPECTEDPASS)\b", output, re.M)
    return Result(name, passed, failed, tuple(dict.fromkeys(names)))


def stage_web(_):
    yield simple("web app builds", ["make", "web"])


def stage_unit(_):
    setup("build", ["-Dtests=true", "--buildtype=release"])
    ninja("build")
    yield meson_tests("unit, vectors, simulated calls", "build")


def stage_asan(_):
    setup("build-asan", ["-Dtests=true", "-Db_sanitize=address,undefined", "--buildtype=debugoptimized"])
    ninja("build-asan")
    yield meson_tests("the same under ASan and UBSan", "build-asan", env=SANITIZERS, timeout_multiplier=4)
    # whole calls of libconfab; the server is the ordinary build, api-asan and e2e-asan have the other
    yield from node_tests([ROOT / "test/interop/libconfab.test.mjs"], env={**SANITIZERS, "CONFAB_CLIENT_BUILD": "build-asan"})


# what has threads of its own, and can be built with ThreadSanitizer in a minute
TSAN_TESTS = ["client/test_client_api", "plane/test_queue", "confabd/test_media_thread", "confabd/test_media_tcp", "store/test_store"]


def stage_tsan(_):
    """The threads of the queue, the media workers, the store and libconfab; the server is the ordinary build."""
    setup("build-tsan", ["-Dtests=true", "-Db_sanitize=thread", "--buildtype=debugoptimized"])
    ninja("build-tsan", *[f"test/unit/{t}" for t in TSAN_TESTS], "test/lib/talk", "examples/example_doorbell")
    env = {"TSAN_OPTIONS": "halt_on_error=0:exitcode=66"}
    for test in TSAN_TESTS:
        yield simple(f"{test} under TSan", [f"build-tsan/test/unit/{test}"], env=env, timeout=600)
    yield from node_tests([ROOT / "test/interop/libconfab.test.mjs"], env={**env, "CONFAB_CLIENT_BUILD": "build-tsan"})


def fuzz_one(target, seconds):
    name = target.name.removeprefix("fuzz_")
    grown = ROOT / "build-fuzz" / "grown" / name
    grown.mkdir(parents=True, exist_ok=True)
    code, output = run([str(target), f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=1",
                        f"-artifact_prefix={ROOT}/build-fuzz/crash-{name}-", str(grown), f"fuzz/corpus/{name}"],
                       timeout=seconds + 120)
    runs = re.search(r"number_of_executed_units: (\d+)", output)
    return name, code, output, int(runs[1]) if runs else 0


def stage_fuzz(options):
    setup("build-fuzz", ["-Dfuzz=true", "-Dtests=false", "-Db_sanitize=address,undefined", "-Db_lundef=false",
                         "--buildtype=debugoptimized"], env={"CC": "clang-14"})
    wanted = f"fuzz_{options.fuzz_target}" if options.fuzz_target else None
    names = sorted(f.stem.removeprefix("fuzz_") for f in (ROOT / "fuzz").glob("fuzz_*.c"))
    targets = [f"fuzz_{n}" for n in names if wanted in (None, f"fuzz_{n}")]
    if not targets:
        raise RuntimeError(f"no fuzz target {options.fuzz_target}; there are: {' '.join(names)}")
    ninja("build-fuzz", *[f"fuzz/{t}" for t in targets])
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        jobs = [pool.submit(fuzz_one, ROOT / "build-fuzz/fuzz" / t, options.fuzz_seconds) for t in targets]
        for job in concurrent.futures.as_completed(jobs):
            name, code, output, runs = job.result()
            bad = bool(code) or runs == 0
            if bad:
                show(output, 60)
            yield Result(f"fuzz {name} ({runs:,} inputs in {options.fuzz_seconds} s)", int(not bad), int(bad))


def tap_counts(code, output):
    """What Node's test runner counted; a run without a test is a failure."""
    passed, failed = (sum(map(int, re.findall(rf"^(?:#|ℹ) {word} (\d+)", output, re.M))) for word in ("pass", "fail"))
    if (code and not failed) or not passed + failed:
        failed += 1
    return passed, failed


def tap_failures(output):
    """The names of the tests that failed themselves, not for a test inside."""
    found = re.finditer(r"^ *not ok \d+ - (.*)\n((?: +.*\n){0,12})", output, re.M)
    return tuple(f[1] for f in found if "subtestsFailed" not in f[2] and " # TODO" not in f[1])


def node_file(file, env, cwd, timeout):
    start = time.monotonic()
    code, output = run(["node", "--test", "--test-reporter=tap", file], env=env, cwd=cwd, timeout=timeout)
    ok, bad = tap_counts(code, output)
    names = tap_failures(output) or (f"ended with code {code}",)
    return output, Result(f"{file} ({time.monotonic() - start:.0f} s)", ok, bad, tuple(f"{file}: {n}" for n in names) if bad else ())


def node_tests(files, env=None, cwd=ROOT, timeout=1200, at_once=1):
    """Runs files with Node's test runner, so many at a time and those that wait beside them; a result for each."""
    files = sorted(str(f.relative_to(cwd)) for f in files)
    if not files:
        raise RuntimeError("no test files")
    lanes, names = WAITING.get(os.path.dirname(files[0]), (1, []))
    waiting = [f for f in (f"{os.path.dirname(files[0])}/{name}.test.mjs" for name in names) if f in files]
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool, concurrent.futures.ThreadPoolExecutor(lanes) as beside:
        jobs = [beside.submit(node_file, file, env, cwd, timeout) for file in waiting]
        jobs += [pool.submit(node_file, file, env, cwd, timeout) for file in files if file not in waiting]
        for job in concurrent.futures.as_completed(jobs):
            output, result = job.result()
            if result.failed:
                show(output)
            yield result


def stage_sdk(_):
    yield simple("web app builds", ["make", "web"])
    code, output = run(["node", "test.mjs"], cwd=ROOT / "web")
    passed, failed = tap_counts(code, output)
    if failed:
        show(output)
    yield Result("SDK", passed, failed, tuple(f"SDK: {name}" for name in tap_failures(output)))
    yield simple("every method and event has a test", ["node", "tools/surface.mjs", "--check"])


def stage_api(_):  # these wait more than they work, each for a server of its own
    yield from node_tests((ROOT / "test/api").glob("*.test.mjs"), at_once=2)


def stage_api_asan(_):
    yield from node_tests((ROOT / "test/api").glob("*.test.mjs"),
                     env={**SANITIZERS, "CONFAB_BUILD": "build-asan"}, at_once=2)


def stage_interop(_):
    yield from node_tests((ROOT / "test/interop").glob("*.test.mjs"))


def stage_e2e(_):
    yield from node_tests((ROOT / "test/e2e").glob("*.test.mjs"))


def stage_netns(options):
    files = (f for f in (ROOT / "test/netns").glob("*.test.mjs") if options.long or f.name not in LONG_ONLY)
    yield from node_tests(files, timeout=3600 if options.long else 600)


VOID = 77  # exit code of a measurement that the machine was too busy for


def stage_bench(_):
    """Neither passed nor failed when the machine is too busy to say."""
    setup("build", ["-Dtests=true", "--buildtype=release"])
    ninja("build")
    code, output = run(["node", "bench/load.mjs", "--gate"])
    show(output)
    yield Result("CPU per forwarded packet, beside the bare server's", int(code == 0), int(code not in (0, VOID)))


def stage_e2e_asan(_):
    yield from node_tests([ROOT / "test/e2e/call.test.mjs"],
                     env={**SANITIZERS, "CONFAB_BUILD": "build-asan"})


STAGES = {
    "style": stage_style, "web": stage_web, "unit": stage_unit, "sdk": stage_sdk, "api": stage_api,
    "interop": stage_interop, "e2e": stage_e2e, "netns": stage_netns, "bench": stage_bench, "asan": stage_asan, "api-asan": stage_api_asan,
    "e2e-asan": stage_e2e_asan, "tsan": stage_tsan, "fuzz": stage_fuzz,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="comma-separated stages: " + " ".join(STAGES))
    parser.add_argument("--fuzz-seconds", type=int, default=5)
    parser.add_argument("--fuzz-target", default="")
    parser.add_argument("--long", action="store_true", help="the long variants of tests that have one (CONFAB_LONG=1)")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else list(STAGES)
    unknown = [w for w in wanted if w not in STAGES]
    if unknown:
        parser.error(f"no stage {unknown[0]}; there are: {' '.join(STAGES)}")
    for tool in ("meson", "ninja", "node", "clang-format-14"):
        if not shutil.which(tool):
            sys.exit(f"run_tests: {tool} is missing; run tools/deps.sh test")

    if options.long:
        os.environ["CONFAB_LONG"] = "1"
    passed = failed = 0
    failures = []
    for stage in wanted:
        start = time.monotonic()
        print(f"== {stage}", flush=True)
        try:
            for result in STAGES[stage](options):
                passed, failed = passed + result.passed, failed + result.failed
                if result.failed:
                    failures += [f"{stage}: {name}" for name in result.failures or (result.name,)]
                verdict = "FAIL" if result.failed else "ok" if result.passed else "void"
                print(f"  {verdict:4} {result.name}: {result.passed} passed, {result.failed} failed", flush=True)
        except RuntimeError as broken:
            failed += 1
            failures.append(f"{stage}: the stage itself")
            show(str(broken))
            print(f"  FAIL {stage}", flush=True)
        print(f"  ({time.monotonic() - start:.0f} s)", flush=True)
    if failures:
        print("== failed\n" + "\n".join(f"  {name}" for name in failures))
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(bool(failed))


main()
