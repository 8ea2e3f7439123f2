#!/usr/bin/env python3
"""The demonstration port: a broker, one ledger node and one gateway on this machine, all below one folder.

`./run` starts it; the integration tests use the class Port to start ports of their own.
"""

import ctypes
import fcntl
import getpass
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "config/demonstration"
CHAIN = "tidewaiter-demo-1"
DEVICE = "lax-2720-lane1"
OFFICER = "US-7Q4K2M"
PREFERRED = {"mqtt": 18830, "node": 18831, "http": 8080}


class PortError(Exception):
    """Says what went wrong, where, and what to do."""


def die_with_parent():
    """Run in each child before exec: when this process is killed, its children end too."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def mosquitto():
    """Debian keeps it where only root's PATH looks."""
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") or "mosquitto"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    """Polls until `condition()` is true and returns its value; a deadline, never a blind sleep."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise PortError(f"{what}: not within {seconds} s")
        time.sleep(0.03)


def request(port, method, target, body=None, content_type="application/json", timeout=10):
    """One HTTP exchange on loopback; returns (status, decoded body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        connection.request(method, target, body, {"Content-Type": content_type} if body is not None else {})
        answer = connection.getresponse()
        data = answer.read()
        is_json = answer.getheader("Content-Type", "").startswith("application/json")
        return answer.status, (json.loads(data) if is_json else data.decode("utf-8", "replace"))
    finally:
        connection.close()


class Process:
    """A child in a session of its own, so that Ctrl-C reaches us alone and we end it in order."""

    def __init__(self, name, command, log):
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.child = None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          start_new_session=True, preexec_fn=die_with_parent)
        return self

    def is_running(self):
        return self.child is not None and self.child.poll() is None

    def must_run(self):
        if not self.is_running():
            code = None if self.child is None else self.child.returncode
            tail = pathlib.Path(self.log).read_text(errors="replace")[-1500:]
            raise PortError(f"{self.name} ended with {code}; the end of {self.log}:\n{tail}")
        return True

    def stop(self, seconds=15):
        if not self.is_running():
            return
        self.child.terminate()
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        if self.is_running():
            self.child.kill()
            self.child.wait()


class Port:
    """One demonstration port. Folder layout: keys/, broker/, node/, gateway/, scan/, pictures/."""

    def __init__(self, folder, ports=None, programs=None):
        self.folder = pathlib.Path(folder).resolve()
        self.programs = pathlib.Path(programs or os.environ.get("TW_PROGRAMS") or ROOT / "build/release/bin")
        self.ports = ports or {name: free_port() for name in PREFERRED}
        self.scan_folder = self.folder / "scan"
        self.pictures = self.folder / "pictures"
        log = self.folder / "log"
        self.broker = Process("mosquitto", [mosquitto(), "-c", self.folder / "broker/mosquitto.conf"], log / "broker.log")
        self.node = Process("tidewaiter-node",
                            [self.programs / "tidewaiter-node", "--config", self.folder / "node.toml"], log / "node.log")
        self.gateway = Process("tidewaiterd",
                               [self.programs / "tidewaiterd", "--config", self.folder / "tidewaiterd.toml"],
                               log / "gateway.log")

    # -- setting up ---------------------------------------------------------------------------------

    def prepare(self):
        """Writes keys, genesis and configuration where they are missing; what is there stays."""
        for name in ("broker", "node", "gateway", "scan", "pictures", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        if not (self.folder / "genesis.cbor").exists():
            self.tidewaiter("demonstration", "prepare", "--data", self.folder, "--from", DATA, json_output=False)
        self.write_configuration()

    def write_configuration(self):
        for name, template in (("broker/mosquitto.conf", "mosquitto.conf"), ("node.toml", "node.toml"),
                               ("tidewaiterd.toml", "tidewaiterd.toml")):
            text = (DATA / template).read_text()
            values = {"folder": str(self.folder), "chain": CHAIN, "device": DEVICE, "user": getpass.getuser(),
                      **{f"{key}_port": str(value) for key, value in self.ports.items()}}
            for key, value in values.items():
                text = text.replace("@" + key + "@", value)
            (self.folder / name).write_text(text)

    def tidewaiter(self, *arguments, json_output=True, timeout=60):
        """Runs the command; returns its decoded output, raises PortError with what it said."""
        command = [self.programs / "tidewaiter", *arguments] + (["--json"] if json_output else [])
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout)
        if done.returncode != 0:
            raise PortError(f"{' '.join(str(p) for p in arguments)} ended with {done.returncode}: "
                            f"{(done.stderr or done.stdout).strip()}")
        return json.loads(done.stdout) if json_output and done.stdout.strip() else done.stdout

    # -- running ------------------------------------------------------------------------------------

    def start(self):
        self.prepare()
        self.start_broker()
        self.start_node()
        if not (self.folder / "seeded").exists():
            self.tidewaiter("demonstration", "seed", "--data", self.folder, "--from", DATA, "--node", self.node_url(),
                            json_output=False)
            (self.folder / "seeded").touch()
        self.start_gateway()
        self.wait_for_copy()

    def start_broker(self):
        self.broker.start()
        wait_until(lambda: self.broker.must_run() and self.answers(self.ports["mqtt"]), 10, "mosquitto does not listen")

    def start_node(self):
        self.node.start()
        wait_until(lambda: self.node.must_run() and self.node_status(), 20, "tidewaiter-node does not answer")

    def start_gateway(self):
        self.gateway.start()
        wait_until(lambda: self.gateway.must_run() and self.status(), 20, "tidewaiterd does not answer")

    def wait_for_copy(self, seconds=30):
        """Until the gateway's copy has reached the state of the node's newest header."""
        def caught_up():
            self.gateway.must_run()
            node, gateway = self.node_status(), self.status()
            return node and gateway and gateway["copy"]["height"] >= node["height"] - 1 and gateway["copy"]["height"] > 0
        wait_until(caught_up, seconds, "the gateway's copy does not reach the ledger")

    def stop(self):
        for process in (self.gateway, self.node, self.broker):
            process.stop()

    @staticmethod
    def answers(port):
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def node_url(self):
        return f"http://127.0.0.1:{self.ports['node']}"

    # -- what a person or a program does at the port --------------------------------------------------

    def http(self, method, target, body=None, content_type="application/json", timeout=10):
        return request(self.ports["http"], method, target, body, content_type, timeout)

    def status(self):
        try:
            code, body = self.http("GET", "/api/status", timeout=2)
            return body if code == 200 else None
        except (OSError, http.client.HTTPException):
            return None

    def node_status(self):
        try:
            code, body = request(self.ports["node"], "GET", "/api/status", timeout=2)
            return body if code == 200 else None
        except (OSError, http.client.HTTPException):
            return None

    def scan_text(self, text):
        code, body = self.http("POST", "/api/scan", text.encode(), "text/plain")
        if code != 200:
            raise PortError(f"scan answered {code}: {body}")
        return body

    def scan_picture(self, path):
        code, body = self.http("POST", "/api/scan", pathlib.Path(path).read_bytes(), "application/octet-stream")
        if code != 200:
            raise PortError(f"scan of {path} answered {code}: {body}")
        return body

    def stamp(self, **fields):
        return self.http("POST", "/api/stamp", {"officer": OFFICER, **fields})

    def stamp_status(self, stamp):
        code, body = self.http("GET", f"/api/stamps/{stamp}")
        return body if code == 200 else None

    def wait_anchored(self, stamp, seconds=20):
        return wait_until(lambda: (self.stamp_status(stamp) or {}).get("status") == "anchored" and self.stamp_status(stamp),
                          seconds, f"stamp {stamp[:16]} is not anchored")


def lock(folder):
    """One demonstration per folder. The lock ends with this process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = open(folder / "lock", "w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise PortError(f"a demonstration port already runs on {folder}; end it there with Ctrl-C first") from None
    return handle


def choose_ports():
    """The documented ports; one that is taken by somebody else is an error that says so."""
    for name, number in PREFERRED.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                raise PortError(f"port {number} on 127.0.0.1 ({name}) is in use by another program; "
                                f"stop that program, then start again") from None
    return dict(PREFERRED)


def introduce(port):
    shown = port.folder.relative_to(ROOT) if port.folder.is_relative_to(ROOT) else port.folder
    lines = [
        "A demonstration port of entry is running: Los Angeles International Airport (Schedule D 2720).",
        f"  runs     mosquitto on 127.0.0.1:{port.ports['mqtt']}, tidewaiter-node on :{port.ports['node']},"
        f" tidewaiterd on :{port.ports['http']}; logs in {shown}/log",
        f"  look     http://127.0.0.1:{port.ports['http']}/ shows each verdict and stamp as it happens",
        f"  scan     cp {shown}/pictures/1-export.png {shown}/scan/     (or drop any PNG or JPEG there)",
        f"  or       build/release/bin/tidewaiter scan {shown}/pictures/2-import.png",
        "  or       build/release/bin/tidewaiter scan 'ATA GB LO/26/00981'     (a number typed from the cover)",
        f"  stamp    build/release/bin/tidewaiter stamp 'CH ATA CH 26/020871' --operation IMPORT --sheet 1 --officer {OFFICER}",
        "  follow   build/release/bin/tidewaiter status; … show 'CH ATA CH 26/020871';"
        f" … explain {port.status()['copy']['height'] + 1}; … rules",
        f"  unplug   kill $(pgrep -f {shown}/broker/mosquitto.conf): scan and stamp on, watch the age; "
        "then press b here to start the broker again",
        "  end      Ctrl-C ends these three programs and nothing else; ./run finds the data again, ./run --reset forgets it",
    ]
    print("\n".join(lines), flush=True)


def line_of(event, value):
    """One line for people about a verdict or a stamp."""
    clock = time.strftime("%H:%M:%S")
    if event == "verdict":
        mark = {"clear": "● clear", "decide": "▲ officer decides", "cannot_tell": "? cannot tell",
                "refuse": "■ refuse"}[value["outcome"]]
        rules = " ".join(finding["rule"] for finding in value["findings"])
        return f"{clock}  {mark:<18} {value['subject']['title']}  {rules}  [{value['source']}]"
    state = value["status"] + (f" ({value['outcome']}, block {value['height']})" if "outcome" in value else "")
    return f"{clock}  stamp {value['sequence']:<12} {value['operation']} {value['key']}  {state}"


def show_events(port):
    """Prints verdicts and stamps as they happen, until the gateway ends the stream. Runs on a thread of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port.ports["http"], timeout=60)
    try:
        connection.request("GET", "/api/events")
        stream = connection.getresponse()
        event = ""
        while raw := stream.readline():
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if line.startswith("event:"):
                event = line[6:].strip()
            elif line.startswith("data:") and event in ("verdict", "stamp"):
                text = line_of(event, json.loads(line[5:]))
                print("".join(c if c.isprintable() else "?" for c in text), flush=True)
    except (OSError, http.client.HTTPException, ValueError):
        pass  # the gateway is ending; serve() says so if it should not
    finally:
        connection.close()


def serve(port):
    """Until Ctrl-C or SIGTERM; a line 'b' on standard input starts a stopped broker again."""
    import select
    stopping = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.append(True))
    inputs = [sys.stdin] if sys.stdin and not sys.stdin.closed else []
    threading.Thread(target=show_events, args=(port,), daemon=True).start()
    while not stopping:
        try:
            ready, _, _ = select.select(inputs, [], [], 0.5)
        except InterruptedError:
            continue
        if ready:
            line = sys.stdin.readline()
            if line == "":
                inputs = []
            elif line.strip() == "b" and not port.broker.is_running():
                port.start_broker()
                print("The broker runs again.", flush=True)
        for process in (port.node, port.gateway):
            process.must_run()


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else ""
    folder = ROOT / ".demonstration"
    try:
        if mode == "--check":
            sys.path.insert(0, str(DATA))
            import check
            return check.main()
        handle = lock(folder)
        if mode == "--reset":
            for entry in folder.iterdir():
                if entry.name != "lock":
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        port = Port(folder, choose_ports())
        try:
            port.start()
            introduce(port)
            serve(port)
        finally:
            port.stop()
            handle.close()
        print("The demonstration port has ended; its data stays in .demonstration.")
        return 0
    except PortError as error:
        print(f"tidewaiter: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
