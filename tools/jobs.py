# SPDX-License-Identifier: Apache-2.0
"""Runs commands and jobs, as many at once as there are processors for.

A job is a call that yields results, with a figure of how many processors it keeps busy. Four queues: FIRST, one after the
other; then CALLS, in their order, each as soon as its figure fits beside those that run; beside both LOW, one after the other,
at low priority until the CALLS are done: they get what is left, and may not have limits that this could break; ALONE at last,
when nothing else runs."""
import os
import pathlib
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIRST, CALLS, LOW, ALONE = "first", "calls", "low", "alone"
CAPACITY = 0.75 * (os.cpu_count() or 1)  # the figures are averages: a browser that starts takes more

running = {}  # process groups by leader, to be ended with us
running_lock = threading.Lock()
this = threading.local()  # .low: the job of this thread gives way
TICKS = os.sysconf("SC_CLK_TCK")


class Result(typing.NamedTuple):
    name: str
    passed: int
    failed: int
    failures: tuple = ()  # names of the tests that failed; () = the name above says it
    output: str = ""  # shown when something failed


class Job(typing.NamedTuple):
    stage: str
    call: typing.Callable  # () -> iterable of Result
    queue: str = FIRST
    load: float = 1.0  # processors that it keeps busy, CALLS only
    gives: str = ""  # what it builds
    file: str = ""  # that it runs, CALLS only
    needs: str = ""  # starts when this is built; when that failed, it fails too


def end_group(pid, sig):
    try:
        os.killpg(pid, sig)
    except ProcessLookupError:
        pass


def end_all():
    """The whole run is interrupted."""
    with running_lock:
        for pid in running:
            end_group(pid, signal.SIGTERM)


def start(command, env, cwd, output, low):
    """In a process group of its own, which can be ended as a whole."""
    command = [*(["nice", "-n", "19"] if low else []), *map(str, command)]
    # Where Linux gives each session a share of its own, nice does not count between them: browsers have theirs, and so what is low.
    group = {"start_new_session": True} if low else {"process_group": 0}
    process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=output,
                               stderr=subprocess.STDOUT, **group)
    if low:
        try:
            pathlib.Path(f"/proc/{process.pid}/autogroup").write_text("19")
        except OSError:
            pass  # shares are not by session
    with running_lock:
        running[process.pid] = process
    return process


def wait(process, timeout, watch):
    """Until it ends; its exit code. One that takes too long is asked to end (browsers close), then made to: 124."""
    deadline = time.monotonic() + timeout
    late = False
    while process.poll() is None:
        if time.monotonic() > deadline:
            end_group(process.pid, signal.SIGKILL if late else signal.SIGTERM)
            late, deadline = True, time.monotonic() + 15
        if watch:
            watch(process.pid)
        time.sleep(0.05)
    with running_lock:
        del running[process.pid]
    end_group(process.pid, signal.SIGKILL)  # what it left behind
    return 124 if late else process.returncode


def run(command, env=None, cwd=ROOT, timeout=1200, watch=None):
    """Runs a command, in a LOW job at low priority; returns (exit code, output). watch(pid) is called all the time."""
    with tempfile.TemporaryFile() as output:
        code = wait(start(command, env, cwd, output, getattr(this, "low", False)), timeout, watch)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return code, text + (f"\ntimed out after {timeout} s" if code == 124 else "")


def show(output, lines=400):
    print("\n".join("    " + line for line in output.splitlines()[-lines:]), flush=True)


def same_priority():
    """For threads that a job makes: gives what sets their priority to its own, when they start."""
    low = this.low

    def initializer():
        this.low = low
    return initializer


def worked():
    """Seconds that the machine's processors have worked so far."""
    times = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(times[i]) for i in (0, 1, 2, 5, 6)) / TICKS  # user, nice, system, interrupts


class Done(typing.NamedTuple):
    """A result, how long it took, and how many processors worked meanwhile, for whomever."""
    stage: str
    result: Result
    seconds: float
    cores: float


class Schedule:
    """Runs jobs; `results()` yields a Done for each result as it comes."""

    def __init__(self, jobs, capacity=CAPACITY):
        self.capacity = capacity
        self.jobs = {name: [j for j in jobs if j.queue == name] for name in (FIRST, CALLS, LOW, ALONE)}
        self.wanted = {j.gives for j in jobs if j.gives}
        self.calls_to_come = bool(self.jobs[CALLS])
        self.built = {}  # what was built -> whether it worked
        self.changed = threading.Condition()
        self.load = 0.0
        self.out = queue.Queue()

    def work(self, job):
        """In a thread of its own."""
        this.low = job.queue == LOW and self.calls_to_come
        good = False
        at = time.monotonic(), worked()

        def put(result):
            nonlocal at
            now = time.monotonic(), worked()
            seconds, work = (b - a for a, b in zip(at, now))
            self.out.put(Done(job.stage, result, seconds, work / max(seconds, 0.01)))
            at = now

        try:
            if job.needs in self.wanted and not self.built[job.needs]:
                raise RuntimeError(f"{job.needs} could not be built")
            good = True
            for result in job.call():
                good = good and not result.failed
                put(result)
        except Exception as broken:  # a stage that breaks is a failure, whatever broke it
            good = False
            put(Result("the stage itself", 0, 1, output=str(broken) if isinstance(broken, RuntimeError) else repr(broken)))
        with self.changed:
            if job.gives:
                self.built[job.gives] = good
            self.load -= job.load if job.queue == CALLS else 0
            self.changed.notify_all()

    def ready(self, job):
        return job.needs not in self.wanted or job.needs in self.built

    def in_turn(self, jobs):
        for job in jobs:
            with self.changed:
                self.changed.wait_for(lambda job=job: self.ready(job))
            self.work(job)

    def fits(self, job):
        return self.ready(job) and (self.load + job.load <= self.capacity or self.load < 0.01)  # alone, whatever it uses

    def beside(self, jobs):
        waiting, threads = list(jobs), []
        while waiting:
            with self.changed:
                self.changed.wait_for(lambda: any(map(self.fits, waiting)))
                job = next(filter(self.fits, waiting))
                waiting.remove(job)
                self.load += job.load
            threads.append(threading.Thread(target=self.work, args=(job,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def everything(self):
        low = threading.Thread(target=self.in_turn, args=(self.jobs[LOW],), daemon=True)
        low.start()
        try:
            self.in_turn(self.jobs[FIRST])
            self.beside(self.jobs[CALLS])
            self.calls_to_come = False
            low.join()
            self.in_turn(self.jobs[ALONE])
        except Exception as mistake:  # of this file: the run has failed, and ends
            self.out.put(Done("the runner", Result("the runner itself", 0, 1, output=repr(mistake)), 0, 0))
        self.out.put(None)

    def results(self):
        threading.Thread(target=self.everything, daemon=True).start()
        while (done := self.out.get()) is not None:
            yield done


def end_with_us():
    """Ctrl-C or an end from outside: nothing is left running."""
    def stop(*_):
        end_all()
        sys.exit(130)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
