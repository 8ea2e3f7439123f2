"""What the integration and browser tests share: one seeded port as a template, copied for each test."""

import atexit
import functools
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "config/demonstration"))

from port import OFFICER, Port, PortError, free_port, request, wait_until  # noqa: E402

__all__ = ["OFFICER", "Port", "PortError", "PortCase", "free_port", "request", "wait_until"]

PROGRAMS = pathlib.Path(os.environ.get("TW_PROGRAMS", ROOT / "build/release/bin")).resolve()
# The seeded carnets, as an officer types them.
CARNETS = ["ATA US US26/104417", "ATA CH CH26/020871", "TECRO_AIT TW TW26/TA00318", "ATA GB LO/26/00981", "ATA DE F/2026/03355"]
EXPORT_CARNET = CARNETS[0]
# What a loaded machine may take before a test gives up; nothing waits this long when it works.
PATIENCE = 30


@functools.cache
def scratch():
    """The folder of this run; removed at its end."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tidewaiter-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def template():
    """A prepared and seeded port whose gateway has its copy; every program of it has ended."""
    port = Port(scratch() / "template", programs=PROGRAMS)
    try:
        port.start()
    finally:
        port.stop()
    return port.folder


def seeded_port():
    """A port of its own on a copy of the template, with new ports, not started."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="port-", dir=scratch()))
    shutil.rmtree(folder)
    shutil.copytree(template(), folder)
    for log in (folder / "log").iterdir():
        log.unlink()
    port = Port(folder, programs=PROGRAMS)
    port.write_configuration()
    return port


def edit(path, old, new):
    """Replaces a text that must be there once."""
    text = path.read_text()
    assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new))


def run_program(name, *arguments, timeout=PATIENCE):
    """Runs a program to its end; returns (code, what it said)."""
    done = subprocess.run([str(PROGRAMS / name), *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                          errors="replace", stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def png(width, height, rows=b""):
    """A PNG file that claims this size; `rows` are its raw image bytes."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def children(pid):
    """The processes whose parent is `pid`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


class Events:
    """Server-sent events of a gateway, collected by a thread."""

    def __init__(self, port):
        self.seen = []
        self.socket = socket.create_connection(("127.0.0.1", port.ports["http"]), timeout=PATIENCE)
        self.socket.sendall(b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        kind = None
        try:
            with self.socket.makefile("rb") as stream:
                for line in stream:
                    if line.startswith(b"event: "):
                        kind = line[7:].decode().strip()
                    elif line.startswith(b"data: ") and kind:
                        self.seen.append((kind, json.loads(line[6:])))
        except OSError:
            return

    def wait(self, kind, condition, seconds=PATIENCE):
        """The first event of that kind that fits."""
        def look():
            return next((data for name, data in list(self.seen) if name == kind and condition(data)), None)
        return wait_until(look, seconds, f"no {kind} event that fits")

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
        self.thread.join(5)


class PortCase(unittest.TestCase):
    """Opens ports that end with the test, and shows the programs' logs when it fails."""

    def open_port(self, start=True, **changes):
        port = seeded_port()
        for (name, old), new in changes.pop("configuration", {}).items():
            edit(port.folder / name, old, new)
        self.addCleanup(self.close_port, port)
        if start:
            port.start()
        return port

    def close_port(self, port):
        port.stop()
        outcome = getattr(self, "_outcome", None)
        errors = [str(e) for _, e in getattr(outcome, "errors", []) or [] if e] if outcome else []
        result = getattr(outcome, "result", None)
        mine = [test for test, _ in (result.failures + result.errors)] if result else []
        if (errors or self in mine) and (port.folder / "log").is_dir():
            for log in sorted((port.folder / "log").iterdir()):
                print(f"--- {log.name} of {self.id()}\n{log.read_text(errors='replace')[-2500:]}", flush=True)
        shutil.rmtree(port.folder, ignore_errors=True)

    def assert_error(self, answer, status, code, *words):
        """An HTTP error that names its code and says what an operator can use."""
        self.assertEqual(answer[0], status, answer[1])
        self.assertEqual(answer[1]["error"]["code"], code, answer[1])
        for word in words:
            self.assertIn(word, answer[1]["error"]["detail"])

    def possible_stamp(self, port, code):
        """The fields of a stamp that may be made now on that carnet, or None when there is none."""
        for step in port.scan_text(code)["next"]:
            fields = {"code": code, **{k: step[k] for k in ("operation", "sheet", "lines", "references") if k in step}}
            code_of_try, answer = port.http("POST", "/api/stamp", {"officer": OFFICER, **fields, "reason": "looked at"})
            if code_of_try == 201:
                return answer
        return None

    def stamp_one(self, port, code=EXPORT_CARNET):
        stamped = self.possible_stamp(port, code)
        self.assertIsNotNone(stamped, f"nothing can be stamped on {code}")
        return stamped

    def stamp_many(self, port, count, carnets=CARNETS):
        """That many stamps, each carnet in turn; fewer only when nothing more may be stamped."""
        made = []
        rest = list(carnets)
        while rest and len(made) < count:
            code = rest.pop(0)
            stamped = self.possible_stamp(port, code)
            if stamped:
                made.append(stamped)
                rest.append(code)
        return made

    def assert_anchored_once(self, port, stamps, seconds=PATIENCE):
        """Every one of these is in the ledger as effective, and this device's numbers run from 1 without a gap."""
        for stamp in stamps:
            row = port.wait_anchored(stamp["stamp"], seconds)
            self.assertIn(row["outcome"], ("effective", "late"), row)
        rows = port.http("GET", "/api/stamps")[1]["stamps"]
        numbers = sorted(row["sequence"] for row in rows)
        self.assertEqual(numbers, list(range(1, len(rows) + 1)), "sequence numbers have a gap or come twice")
        self.assertEqual(len({row["stamp"] for row in rows}), len(rows))
        return rows
