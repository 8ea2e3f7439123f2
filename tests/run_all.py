#!/usr/bin/env python3
"""Runs every test program and prints one line at the end: N passed, N failed.

GoogleTest programs come from build/<preset>/tests, scripts from tests/*/test_*.py (unittest).
A test that was skipped is named loudly and counts as neither.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 900


class Totals:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = []
        self.failures = []

    def fail(self, name, why):
        self.failed += 1
        self.failures.append(f"{name}: {why}")


def run_gtest(program, totals, environment=None):
    """One GoogleTest program; its own JSON report is what counts."""
    report = program.with_suffix(".json")
    report.unlink(missing_ok=True)
    started = time.monotonic()
    name = f"{program.parent.parent.name}/{program.name}"
    env = dict(os.environ, **(environment or {}))
    try:
        done = subprocess.run([program, f"--gtest_output=json:{report}", "--gtest_brief=1"], cwd=ROOT, env=env,
                              timeout=TIMEOUT_SECONDS, capture_output=True, text=True, errors="replace")
        output, code = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired:
        output, code = f"no end after {TIMEOUT_SECONDS} s", -1
    seconds = time.monotonic() - started
    if not report.exists():
        totals.fail(name, f"ended with {code} and no report")
        print(output[-4000:])
        return
    passed = failed = 0
    for suite in json.loads(report.read_text())["testsuites"]:
        for case in suite["testsuite"]:
            label = f"{name} {suite['name']}.{case['name']}"
            if case.get("result") == "SKIPPED":
                totals.skipped.append(label)
            elif case.get("failures"):
                failed += 1
                totals.fail(label, case["failures"][0]["failure"][:400])
            else:
                passed += 1
    totals.passed += passed
    if code != 0 and failed == 0:
        totals.fail(name, f"every case passed but the program ended with {code}")
        failed += 1
    if failed:
        print(output[-6000:])
    print(f"{'FAIL' if failed else 'ok  '} {name}: {passed} passed, {failed} failed, {seconds:.1f} s", flush=True)


class Counting(unittest.TextTestResult):
    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def addSuccess(self, test):
        super().addSuccess(test)
        print(f"ok   {test.id()} ({time.monotonic() - self.began:.1f} s)", flush=True)


def run_scripts(totals):
    sys.path.insert(0, str(ROOT / "tests"))
    for folder in ("house", "integration", "browser"):
        where = ROOT / "tests" / folder
        if not where.is_dir() or not any(where.glob("test_*.py")):
            continue
        suite = unittest.defaultTestLoader.discover(str(where), top_level_dir=str(where))
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0, resultclass=Counting).run(suite)
        bad = result.failures + result.errors
        totals.passed += result.testsRun - len(bad) - len(result.skipped)
        for test, trace in bad:
            totals.fail(test.id(), trace.strip().splitlines()[-1])
        totals.skipped += [f"{test.id()} ({why})" for test, why in result.skipped]


def run_fuzzers(totals, seconds):
    for target in sorted((ROOT / "build/fuzz/bin").glob("fuzz_*")):
        if not os.access(target, os.X_OK) or target.suffix:
            continue
        corpus = ROOT / "tests/fuzz/corpus" / target.name.removeprefix("fuzz_")
        scratch = target.with_suffix(".corpus")
        scratch.mkdir(exist_ok=True)
        command = [target, f"-max_total_time={seconds}", "-rss_limit_mb=2048", "-timeout=10",
                   f"-artifact_prefix={target}.crash-", scratch] + ([corpus] if corpus.is_dir() else [])
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode == 0:
            totals.passed += 1
            print(f"ok   {target.name}: {seconds} s", flush=True)
        else:
            totals.fail(target.name, "found an input that breaks it")
            print(done.stderr[-4000:])


def main():
    long = "--long" in sys.argv[1:]
    if long:
        os.environ["TW_LONG_TESTS"] = "1"
    totals = Totals()
    presets = ["release"] + (["asan"] if long else [])
    for preset in presets:
        programs = sorted(p for p in (ROOT / "build" / preset / "tests").glob("*_test") if os.access(p, os.X_OK))
        if not programs:
            totals.fail(preset, "no test programs were built")
        for program in programs:
            run_gtest(program, totals)
    run_scripts(totals)
    if long:
        run_fuzzers(totals, 60)
    for name in totals.skipped:
        print(f"SKIPPED {name}")
    for failure in totals.failures:
        print(f"FAILED {failure}")
    print(f"{totals.passed} passed, {totals.failed} failed")
    return 1 if totals.failed or not totals.passed else 0


if __name__ == "__main__":
    sys.exit(main())
