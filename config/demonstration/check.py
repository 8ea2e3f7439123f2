"""Drives a demonstration port of its own without a person: `./run --check`. Exit code 0 only if all came out as written."""

import hashlib
import json
import shutil
import subprocess
import time

import port as demonstration
from port import PortError, ROOT, wait_until

EXPECTED = json.loads((demonstration.DATA / "expected.json").read_text())
SLOWEST = 5.0  # seconds for one scan on a busy machine; an ordinary one takes a few hundredths


class Failed(Exception):
    pass


class Report:
    """One line per check; the first that fails ends its group, not the whole."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, what, good, detail=""):
        self.passed += bool(good)
        self.failed += not good
        print(f"{'ok  ' if good else 'FAIL'}  {what}" + (f": {detail}" if detail and not good else ""), flush=True)
        return good

    def must(self, what, good, detail=""):
        if not self.check(what, good, detail):
            raise Failed(what)


def cbor(data, at=0):
    """As much CBOR as ledger records have; returns (value, next offset)."""
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info >= 24:
        size = 1 << (info - 24)
        info, at = int.from_bytes(data[at:at + size], "big"), at + size
    if major == 0:
        return info, at
    if major == 1:
        return -1 - info, at
    if major == 2:
        return bytes(data[at:at + info]), at + info
    if major == 3:
        return data[at:at + info].decode(), at + info
    if major == 4:
        items = []
        for _ in range(info):
            item, at = cbor(data, at)
            items.append(item)
        return items, at
    if major == 5:
        members = {}
        for _ in range(info):
            key, at = cbor(data, at)
            members[key], at = cbor(data, at)
        return members, at
    if major == 6:
        return cbor(data, at)
    return {20: False, 21: True}.get(info), at


class Check:
    def __init__(self, port):
        self.port = port
        self.report = Report()
        self.made = []  # (record key, stamp id) in the order in which they were made

    # -- tools --------------------------------------------------------------------------------------

    def command(self, *arguments):
        """The command with --json; returns (exit code, decoded last line)."""
        done = subprocess.run([str(self.port.programs / "tidewaiter"), *map(str, arguments), "--json"],
                              capture_output=True, text=True, timeout=30)
        lines = done.stdout.strip().splitlines()
        return done.returncode, (json.loads(lines[-1]) if lines else None)

    def desk_command(self, *arguments):
        return self.command(*arguments, "--gateway", f"http://127.0.0.1:{self.port.ports['http']}")

    def verdicts(self):
        return self.port.http("GET", "/api/verdicts")[1]["verdicts"]

    def stamps(self):
        return self.port.http("GET", "/api/stamps")[1]["stamps"]

    def ledger_stamps(self, namespace, key):
        """Ids and outcomes of a carnet's stamps as the ledger node has them."""
        code, body = demonstration.request(self.port.ports["node"], "GET",
                                           f"/api/record?namespace={namespace}&key={key}/stamps/1")
        if code != 200 or "value" not in body:
            return []
        page, _ = cbor(bytes.fromhex(body["value"]))
        return [(hashlib.sha256(entry[1]).hexdigest(), entry[3]) for entry in page[1]]

    def judged_as(self, what, verdict, expected, seconds):
        rules = sorted(finding["rule"] for finding in verdict["findings"])
        good = verdict["outcome"] == expected["outcome"] and rules == sorted(expected["rules"]) and seconds <= SLOWEST
        self.report.check(f"{expected['file']} {what}: {expected['outcome']} {' '.join(expected['rules'])} ({seconds:.2f} s)",
                          good, f"came out as {verdict['outcome']} {rules} in {seconds:.2f} s")

    # -- what is checked ------------------------------------------------------------------------------

    def scans(self, texts):
        for expected in EXPECTED["pictures"]:
            picture = self.port.pictures / expected["file"]
            begin = time.monotonic()
            self.judged_as("over HTTP", self.port.scan_picture(picture), expected, time.monotonic() - begin)

            known = {verdict["verdict"] for verdict in self.verdicts()}
            begin = time.monotonic()
            shutil.copy(picture, self.port.scan_folder / expected["file"])
            verdict = wait_until(lambda: next((v for v in self.verdicts() if v["verdict"] not in known and
                                               v["source"] == "folder"), None), 15, f"{expected['file']} in the folder")
            self.judged_as("from the folder", verdict, expected, time.monotonic() - begin)

            for what, source in (("by the command", picture), ("as text", texts[expected["file"]])):
                begin = time.monotonic()
                code, verdict = self.desk_command("scan", source)
                self.judged_as(what, verdict, expected, time.monotonic() - begin)
                self.report.check(f"{expected['file']} {what}: exit code", code == EXPECTED["exit_codes"][expected["outcome"]],
                                  f"was {code}")
        left = [entry.name for entry in self.port.scan_folder.iterdir() if entry.is_file()]
        wait_until(lambda: not [e for e in self.port.scan_folder.iterdir() if e.suffix == ".png"], 10, f"{left} are still there")
        self.report.check("every picture has left the scan folder", True)

    def stamp(self, what, namespace, key, **fields):
        code, body = self.port.stamp(**fields)
        self.report.must(f"{what}: stamped", code == 201 and body.get("stamp"), f"{code} {body}")
        self.made.append((namespace, key, body["stamp"]))
        return body

    def anchored(self, what, stamp):
        row = self.port.wait_anchored(stamp, 30)
        self.report.check(f"{what}: anchored, effective", row.get("outcome") == "effective" and row.get("height", 0) > 0, str(row))

    def stamping(self, texts):
        rows = len(self.stamps())
        code, body = self.port.stamp(code=texts["4-refuse.png"], operation="IMPORT")
        self.report.check("IMPORT of 4: refused with CAR-28, no row",
                          code == 409 and "CAR-28" in [f["rule"] for f in body["verdict"]["findings"]] and
                          len(self.stamps()) == rows, f"{code} {body}")
        code, body = self.port.stamp(code=texts["5-decide.png"], operation="REEXPORT")
        self.report.check("REEXPORT of 5 without a reason: refused, no row", code == 409 and len(self.stamps()) == rows,
                          f"{code} {body}")
        made = [
            ("EXPORT of 1", "carnet/us", "ATA:US26/104417", {"code": texts["1-export.png"], "operation": "EXPORT"}),
            ("IMPORT of 2", "carnet/ch", "ATA:CH26/020871", {"code": texts["2-import.png"], "operation": "IMPORT"}),
            ("REEXPORT of 3", "carnet/tw", "TECRO_AIT:TW26/TA00318", {"code": texts["3-reexport.png"], "operation": "REEXPORT"}),
            ("REEXPORT of 5 with a reason", "carnet/de", "ATA:F/2026/03355",
             {"code": texts["5-decide.png"], "operation": "REEXPORT", "reason": "late through a strike at the port"}),
        ]
        for what, namespace, key, fields in made:
            body = self.stamp(what, namespace, key, **fields)
            self.report.check(f"{what}: a receipt", body.get("receipt", "").startswith("TW1"), str(body.get("receipt"))[:60])
            self.anchored(what, body["stamp"])

    def without_broker(self, texts):
        self.port.broker.stop()
        wait_until(lambda: not self.port.status()["connected"], 20, "the gateway does not notice that its relay is gone")
        self.report.check("broker stopped: status says that no relay is connected", True)
        age = self.port.status()["copy"]["age_seconds"]
        verdict = self.port.scan_picture(self.port.pictures / "4-refuse.png")
        self.report.check("broker stopped: scans go on", verdict["outcome"] == "refuse", str(verdict))
        self.report.check("broker stopped: the verdict shows its age", verdict["basis"]["age_seconds"] >= age, str(verdict["basis"]))
        stamps = [
            ("REIMPORT of 1", "carnet/us", "ATA:US26/104417", {"code": "ATA US US 26/104417", "operation": "REIMPORT"}),
            ("REEXPORT of a part of 2", "carnet/ch", "ATA:CH26/020871",
             {"code": "ATA CH CH 26/020871", "operation": "REEXPORT", "sheet": 1, "references": [1], "lines": "1-3"}),
            ("REEXPORT of the rest of 2", "carnet/ch", "ATA:CH26/020871",
             {"code": "ATA CH CH 26/020871", "operation": "REEXPORT", "sheet": 2, "references": [1], "lines": "4-6"}),
        ]
        made = [(what, self.stamp(f"broker stopped: {what}", namespace, key, **fields))
                for what, namespace, key, fields in stamps]
        status = self.port.status()
        self.report.check("broker stopped: three stamps wait", status["pending_stamps"] == len(made), str(status))
        time.sleep(1.1)
        self.report.check("broker stopped: the age grows", self.port.status()["copy"]["age_seconds"] > age)
        self.port.start_broker()
        for what, body in made:
            self.anchored(f"broker started: {what}", body["stamp"])
        sequences = [body["sequence"] for _, body in made]
        self.report.check("numbers without a gap, in order", sequences == list(range(sequences[0], sequences[0] + len(made))),
                          str(sequences))
        heights = [self.port.stamp_status(body["stamp"])["height"] for _, body in made]
        self.report.check("anchored in the order in which they were made", heights == sorted(heights), str(heights))

    def on_the_ledger_once(self):
        for namespace, key, stamp in self.made:
            outcomes = [outcome for found, outcome in self.ledger_stamps(namespace, key) if found == stamp]
            self.report.check(f"the ledger has {stamp[:12]} of {key} once, effective", outcomes == [1], str(outcomes))
        for key in sorted({key for _, key, _ in self.made}):
            namespace = next(n for n, k, _ in self.made if k == key)
            ours = [stamp for _, k, stamp in self.made if k == key]
            there = [found for found, _ in self.ledger_stamps(namespace, key) if found in ours]
            self.report.check(f"the stamps of {key} lie in order", there == ours, str(there))
        listed = [row["stamp"] for row in self.stamps()]
        self.report.check("/api/stamps lists each once, the newest first", listed == [s for _, _, s in reversed(self.made)],
                          str(listed))

    def killed(self):
        before = self.port.status()["journal_rows"]
        body = self.stamp("EXPORT of 1 on its second sheet, then kill -9", "carnet/us", "ATA:US26/104417",
                          code="ATA US US 26/104417", operation="EXPORT")
        kept = {row["stamp"] for row in self.stamps()}
        verdicts = {verdict["verdict"] for verdict in self.verdicts()}
        self.port.gateway.kill()
        self.port.start_gateway()
        self.port.wait_for_copy()
        self.report.check("after kill -9: every stamp is there", kept == {row["stamp"] for row in self.stamps()})
        self.report.check("after kill -9: every verdict is there", verdicts <= {v["verdict"] for v in self.verdicts()})
        self.report.check("after kill -9: the journal has lost nothing", self.port.status()["journal_rows"] > before)
        self.anchored("after kill -9: the stamp made just before", body["stamp"])

    def commands(self):
        code, status = self.desk_command("status")
        self.report.check("command status", code == 0 and status["device"] == demonstration.DEVICE, f"{code} {status}")
        code, shown = self.desk_command("show", "CH ATA CH 26/020871")
        self.report.check("command show: the history of the Swiss carnet",
                          code == 0 and [s["operation"] for s in shown["history"]] ==
                          ["VALIDATE", "EXPORT", "IMPORT", "REEXPORT", "REEXPORT"], f"{code} {shown}")
        # The header above a state proves it, and so was verified by itself.
        code, steps = self.desk_command("explain", status["copy"]["height"] + 1)
        self.report.check("command explain: the header that proves the copy leads to the anchor", code == 0 and '"anchor"' in json.dumps(steps),
                          f"{code} {steps}")
        code, rule = self.command("rules")
        self.report.check("command rules", code == 0 and rule["rule"].startswith("ORI-"), f"{code} {rule}")
        code, seen = self.command("inspect", self.port.pictures / "6-origin.png", "--trust",
                                  self.port.folder / "keys" / "certifier-mx.pub")
        symbol = (seen or {}).get("symbols", [{}])[0]
        self.report.check("command inspect: the claim's signature is valid", code == 0 and
                          symbol.get("signature") == "valid", f"{code} {seen}")

    def second_start(self):
        stamps = [row["stamp"] for row in self.stamps()]
        height = self.port.node_status()["height"]
        self.port.stop()
        self.report.check("all three programs end when told to", not any(p.is_running() for p in
                          (self.port.gateway, self.port.node, self.port.broker)))
        self.port.start()
        self.report.check("a second start finds every stamp", [row["stamp"] for row in self.stamps()] == stamps)
        self.report.check("a second start goes on where the chain was", self.port.node_status()["height"] >= height)
        verdict = self.port.scan_text("ATA GB LO/26/00981")
        self.report.check("a second start judges", verdict["outcome"] == "refuse", str(verdict))

    def all(self):
        texts = json.loads((self.port.pictures / "texts.json").read_text())
        groups = (lambda: self.scans(texts), lambda: self.stamping(texts), lambda: self.without_broker(texts),
                  self.on_the_ledger_once, self.killed, self.commands, self.second_start)
        for group in groups:
            try:
                group()
            except Failed:
                pass
            except (PortError, OSError, KeyError, subprocess.TimeoutExpired) as error:
                self.report.check("no error on the way", False, f"{type(error).__name__}: {error}")


def main():
    folder = ROOT / ".demonstration-check"
    handle = demonstration.lock(folder)
    for entry in folder.iterdir():
        if entry.name != "lock":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    port = demonstration.Port(folder)
    check = Check(port)
    try:
        begin = time.monotonic()
        port.start()
        check.report.check(f"the port starts on an empty folder ({time.monotonic() - begin:.1f} s)", True)
        check.all()
    finally:
        port.stop()
        handle.close()
    report = check.report
    print(f"{report.passed} checks passed, {report.failed} failed.")
    if report.failed:
        print(f"The port's logs are in {folder}/log.")
        return 1
    shutil.rmtree(folder)
    return 0
