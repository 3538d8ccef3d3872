#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the stages of the test suite and ends with `N passed, N failed`.

A stage is a function that gives jobs (jobs.py); they run in the order and beside each other as their queues say, whatever
their stage. Output is shown only of what failed. At the end: the time of each stage, the ten slowest, and the failed tests
by name, before the last line."""
import argparse
import concurrent.futures
import functools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import jobs
from jobs import ALONE, CALLS, FIRST, LOW, ROOT, Job, Result, run, show

FILE_LIMIT = 800  # lines of one source file; 500 is the aim
LONG_ONLY = {"profiles.test.mjs"}  # all of their tests take minutes
# How many processors a test file keeps busy while it runs (--at-once 0 on a machine of its own says it): of a folder, and of
# files unlike the others. With two processors, one that draws and encodes runs beside those that mostly wait, and two such do not; what is
# measured, over a link (netns) or of what an encoder gets, has them nearly to itself.
LOADS = {
    "test/api": 0.45, "test/interop": 0.5, "test/e2e": 0.95, "test/netns": 1.5,
    "test/e2e/axe": 1.3, "test/e2e/c-client": 0.2, "test/e2e/call": 1.3, "test/e2e/outbox": 0.6, "test/e2e/push": 0.5, "test/e2e/sdk": 0.5,
    "test/e2e/quality": 1.5, "test/e2e/sdk-life": 0.7, "test/e2e/sdk-surface": 0.4,
    "test/interop/browser": 1.5, "test/interop/codecs": 1.3, "test/interop/data-tracks": 0.95, "test/interop/libconfab": 0.2,
    "test/interop/libconfab-codecs": 1.3, "test/interop/libconfab-resume": 0.2,
    "test/interop/matrix": 1.3, "test/interop/resume": 0.95, "test/interop/rtc-node": 0.3, "test/interop/tcp": 1.3,
    "test/netns/nat": 0.3, "test/netns/crowd": 0.3, "test/netns/data": 0.4, "test/netns/hosting": 0.5,
}
WRITTEN_BY_TOOLS = {"web/client/src/contract.ts"}  # as long as the contract is
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "LSAN_OPTIONS": f"suppressions={ROOT}/test/lsan.supp:print_suppressions=0",
}


def simple(name, command, **options):
    """One command that passes or fails as a whole."""
    code, output = run(command, **options)
    return Result(name, int(code == 0), int(code != 0), output=output)


def c_files():
    listed = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    return [f for f in listed if (ROOT / f).exists()]


def style():
    yield simple("format", ["clang-format-14", "--dry-run", "-Werror", *c_files()])
    yield simple("include arrows", [sys.executable, "tools/layers.py", "src", "tools/layers.txt"])
    sources = subprocess.run(["git", "ls-files", "*.c", "*.h", "*.ts", "*.tsx", "*.mjs", "*.py"], cwd=ROOT,
                             capture_output=True, text=True).stdout.split()
    long = [f for f in sources if f not in WRITTEN_BY_TOOLS and (ROOT / f).exists() and len((ROOT / f).read_text().splitlines()) > FILE_LIMIT]
    yield Result("file sizes", int(not long), int(bool(long)), output="too long: " + " ".join(long))
    yield simple("types", ["npx", "--no-install", "tsc", "--noEmit"], cwd=ROOT / "web")


def stage_style(_):
    yield Job("style", style, LOW)


def setup(folder, options, env=None):
    if not (ROOT / folder / "build.ninja").exists():
        code, output = run(["meson", "setup", folder, *options], env=env)
        if code:
            raise RuntimeError(output)
    else:
        run(["meson", "configure", folder, *[o for o in options if o.startswith("-D")]])


def build(folder, options, targets=(), env=None):
    """A job's call: sets up a folder and builds targets in it (none: all)."""
    setup(folder, options, env)
    code, output = run(["ninja", "-C", folder, *targets], timeout=3000)
    if code:
        raise RuntimeError("\n".join(output.splitlines()[-80:]))
    yield Result(f"{folder} builds", 1, 0)


def meson_tests(name, folder, env=None, timeout_multiplier=4):
    code, output = run(["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", "-t", str(timeout_multiplier)],
                       env=env, timeout=3000)
    counts = {key: int(value) for key, value in re.findall(r"^(Ok|Fail|Timeout|Unexpected Pass):\s+(\d+)", output, re.M)}
    passed = counts.get("Ok", 0)
    failed = sum(counts.values()) - passed
    if code and not failed:
        failed = 1
    names = re.findall(r"^\s*\d+/\d+ (?:\S+ - )?(?:\S+:)?(.+?)\s+(?:FAIL|TIMEOUT|UNEXPECTEDPASS)\b", output, re.M)
    yield Result(name, passed, failed, tuple(dict.fromkeys(names)), output)


def web():
    yield simple("web app builds", ["make", "web"])


def stage_web(_):
    yield Job("web", web, FIRST, gives="web")


def stage_unit(_):
    yield Job("unit", lambda: build("build", ["-Dtests=true", "--buildtype=release"]), FIRST, gives="build")
    yield Job("unit", lambda: meson_tests("unit, vectors, simulated calls", "build"), FIRST, needs="build")


def stage_asan(_):
    options = ["-Dtests=true", "-Db_sanitize=address,undefined", "--buildtype=debugoptimized"]
    yield Job("asan", lambda: build("build-asan", options), LOW, gives="build-asan", needs="web")
    yield Job("asan", lambda: meson_tests("the same under ASan and UBSan", "build-asan", SANITIZERS, timeout_multiplier=20), LOW, needs="build-asan")
    # whole calls of libconfab; the server is the ordinary build, api-asan and e2e-asan have the other
    yield from node_jobs("asan", LIBCONFAB, {**SANITIZERS, "CONFAB_CLIENT_BUILD": "build-asan"}, needs="build-asan")


LIBCONFAB = [ROOT / f"test/interop/libconfab{part}.test.mjs" for part in ("", "-chat", "-data", "-events", "-resume", "-rpc", "-streams")]
# what has threads of its own, and can be built with ThreadSanitizer in a minute
TSAN_TESTS = ["client/test_client_api", "plane/test_queue", "confabd/test_media_thread", "confabd/test_media_tcp", "store/test_store"]


def stage_tsan(_):
    """The threads of the queue, the media workers, the store and libconfab; the server is the ordinary build."""
    env = {"TSAN_OPTIONS": "halt_on_error=0:exitcode=66"}
    targets = [*(f"test/unit/{t}" for t in TSAN_TESTS), "test/lib/talk", "examples/example_doorbell", "examples/example_publish", "examples/example_recorder"]

    def tests():
        for test in TSAN_TESTS:
            yield simple(f"{test} under TSan", [f"build-tsan/test/unit/{test}"], env=env)

    options = ["-Dtests=true", "-Db_sanitize=thread", "--buildtype=debugoptimized"]
    yield Job("tsan", lambda: build("build-tsan", options, targets), LOW, gives="build-tsan")
    yield Job("tsan", tests, LOW, needs="build-tsan")
    yield from node_jobs("tsan", LIBCONFAB, {**env, "CONFAB_CLIENT_BUILD": "build-tsan"}, needs="build-tsan")


def end_after(seconds):
    """For run: asks libFuzzer to end once it has had so many seconds of a processor, however many it had to wait for."""
    def watch(pid):
        try:
            user, system = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
            if (int(user) + int(system)) / jobs.TICKS >= seconds:
                os.kill(pid, signal.SIGUSR1)
        except (OSError, ValueError):
            pass  # it has just ended
    return watch


def fuzz_one(target, seconds):
    name = target.name.removeprefix("fuzz_")
    grown = ROOT / "build-fuzz" / "grown" / name
    grown.mkdir(parents=True, exist_ok=True)
    code, output = run([target, "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1",
                        f"-artifact_prefix={ROOT}/build-fuzz/crash-{name}-", grown, f"fuzz/corpus/{name}"],
                       timeout=20 * seconds + 120, watch=end_after(seconds))
    runs = re.search(r"number_of_executed_units: (\d+)", output)
    return name, code, output, int(runs[1]) if runs else 0


def fuzz(targets, seconds):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1, initializer=jobs.same_priority()) as pool:
        runs = [pool.submit(fuzz_one, ROOT / "build-fuzz/fuzz" / t, seconds) for t in targets]
        for ended in concurrent.futures.as_completed(runs):
            name, code, output, inputs = ended.result()
            bad = bool(code) or inputs == 0
            yield Result(f"{name} ({inputs:,} inputs in {seconds} s of a processor)", int(not bad), int(bad), output=output)


def stage_fuzz(options):
    names = sorted(f.stem.removeprefix("fuzz_") for f in (ROOT / "fuzz").glob("fuzz_*.c"))
    targets = [f"fuzz_{n}" for n in names if options.fuzz_target in ("", n)]
    if not targets:
        raise RuntimeError(f"no fuzz target {options.fuzz_target}; there are: {' '.join(names)}")
    meson = ["-Dfuzz=true", "-Dtests=false", "-Db_sanitize=address,undefined", "-Db_lundef=false", "--buildtype=debugoptimized"]
    yield Job("fuzz", lambda: build("build-fuzz", meson, [f"fuzz/{t}" for t in targets], {"CC": "clang-14"}), LOW, gives="build-fuzz")
    yield Job("fuzz", lambda: fuzz(targets, options.fuzz_seconds), LOW, needs="build-fuzz")


# A test may leave something out for these reasons; any other, such as a program that is missing, is a failure.
MAY_SKIP = re.compile("CONFAB_LONG|sanitizer")


def tap_counts(code, output):
    """What Node's test runner counted; a run without a test is a failure, and so is a test that was left out."""
    passed, failed = (sum(map(int, re.findall(rf"^(?:#|ℹ) {word} (\d+)", output, re.M))) for word in ("pass", "fail"))
    failed += len(tap_skipped(output))
    if (code and not failed) or not passed + failed:
        failed += 1
    return passed, failed


def tap_skipped(output):
    found = re.finditer(r"^ *ok \d+ - (.*?) # SKIP ?(.*)", output, re.M)
    return tuple(f"{f[1]} (left out: {f[2] or 'no reason given'})" for f in found if not MAY_SKIP.search(f[2]))


def tap_failures(output):
    """The names of the tests that failed themselves, not for a test inside."""
    found = re.finditer(r"^ *not ok \d+ - (.*)\n((?: +.*\n){0,12})", output, re.M)
    return tuple(f[1] for f in found if "subtestsFailed" not in f[2] and " # TODO" not in f[1]) + tap_skipped(output)


def node_file(file, env, timeout):
    code, output = run(["node", "--test", "--test-reporter=tap", file], env=env, timeout=timeout)
    ok, bad = tap_counts(code, output)
    names = tap_failures(output) or (f"ended with code {code}",)
    yield Result(file, ok, bad, tuple(f"{file}: {n}" for n in names) if bad else (), output)


def node_jobs(stage, files, env=None, timeout=1200, needs="build"):
    """A job for each file of Node's test runner."""
    names = sorted(str(f.relative_to(ROOT)) for f in files)
    if not names:
        raise RuntimeError(f"no test files for {stage}")
    for name in names:
        load = LOADS.get(name.removesuffix(".test.mjs"), LOADS[os.path.dirname(name)])
        yield Job(stage, functools.partial(node_file, name, env, timeout), CALLS, load, needs=needs, file=name)


def sdk():
    yield simple("web app builds", ["make", "web"])
    code, output = run(["node", "test.mjs"], cwd=ROOT / "web")
    passed, failed = tap_counts(code, output)
    yield Result("SDK", passed, failed, tuple(f"SDK: {name}" for name in tap_failures(output)), output)
    yield simple("every method and event has a test", ["node", "tools/surface.mjs", "--check"])


def stage_sdk(_):
    yield Job("sdk", sdk, FIRST)


def files_of(folder):
    return (ROOT / folder).glob("*.test.mjs")


def stage_e2e(_):
    return node_jobs("e2e", files_of("test/e2e"))


def stage_netns(options):
    files = [f for f in files_of("test/netns") if options.long or f.name not in LONG_ONLY]
    return node_jobs("netns", files, timeout=3600 if options.long else 1200)


def stage_interop(_):
    return node_jobs("interop", files_of("test/interop"))


def stage_api(_):
    return node_jobs("api", files_of("test/api"))


def stage_api_asan(_):
    return node_jobs("api-asan", files_of("test/api"), {**SANITIZERS, "CONFAB_BUILD": "build-asan"}, needs="build-asan")


def stage_e2e_asan(_):
    return node_jobs("e2e-asan", [ROOT / "test/e2e/call.test.mjs"], {**SANITIZERS, "CONFAB_BUILD": "build-asan"}, needs="build-asan")


VOID = 77  # exit code of a measurement that the machine was too busy for


def bench():
    """Neither passed nor failed when the machine is too busy to say."""
    code, output = run(["node", "bench/load.mjs", "--gate"])
    show(output)
    yield Result("CPU per forwarded packet, beside the bare server's", int(code == 0), int(code not in (0, VOID)), output=output)


def stage_bench(_):
    yield Job("bench", bench, ALONE, needs="build")


# Where one may run beside the other, the upper one goes first.
STAGES = {
    "web": stage_web, "unit": stage_unit, "sdk": stage_sdk, "style": stage_style,
    "e2e": stage_e2e, "netns": stage_netns, "interop": stage_interop, "api": stage_api,
    "asan": stage_asan, "e2e-asan": stage_e2e_asan, "api-asan": stage_api_asan, "tsan": stage_tsan, "fuzz": stage_fuzz,
    "bench": stage_bench,
}


def planned(wanted, options):
    try:
        found = [job for name, stage in STAGES.items() if name in wanted for job in stage(options)]
        return [job for job in found if job.queue != CALLS or re.search(options.files, job.file)]
    except RuntimeError as broken:
        print(f"run_tests: {broken}\n0 passed, 1 failed")
        sys.exit(1)


def summary(done, wall):
    """The stages' times and the slowest; stages run beside each other, so that the sum of times is more than what passed."""
    print(f"== times ({wall:.0f} s)")
    for stage in dict.fromkeys(d.stage for d in done):
        of = [d for d in done if d.stage == stage]
        print(f"  {sum(d.seconds for d in of):6.0f} s  {stage}: {sum(d.result.passed for d in of)} passed, {sum(d.result.failed for d in of)} failed")
    print("== slowest")
    for d in sorted(done, key=lambda d: -d.seconds)[:10]:
        print(f"  {d.seconds:6.0f} s  {d.stage}: {d.result.name}")


def report(d, alone):
    passed, failed = d.result.passed, d.result.failed
    if failed:
        show(d.result.output)
    verdict = "FAIL" if failed else "ok" if passed else "void"
    cores = f", {d.cores:.2f} cores" if alone else ""
    print(f"  {verdict:4} {d.stage}: {d.result.name} ({d.seconds:.0f} s{cores}): {passed} passed, {failed} failed", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="comma-separated stages: " + " ".join(STAGES))
    parser.add_argument("--fuzz-seconds", type=int, default=5, help="of a processor, for each target")
    parser.add_argument("--fuzz-target", default="")
    parser.add_argument("--files", default="", help="a pattern: of the stages that run files, only those whose name fits")
    parser.add_argument("--at-once", type=float, default=jobs.CAPACITY, help="processors that test files may keep busy (%(default)s); 0: one file after the other")
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
    jobs.end_with_us()
    start = time.monotonic()
    done = []
    for d in jobs.Schedule(planned(wanted, options), options.at_once).results():
        report(d, options.at_once == 0)
        done.append(d)
    summary(done, time.monotonic() - start)
    failures = [f"{d.stage}: {name}" for d in done if d.result.failed for name in d.result.failures or (d.result.name,)]
    if failures:
        print("== failed\n" + "\n".join(f"  {name}" for name in failures))
    passed, failed = (sum(getattr(d.result, what) for d in done) for what in ("passed", "failed"))
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(bool(failed) or not passed)


main()
