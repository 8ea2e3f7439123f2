"""Every process is killed at random moments under traffic; what was promised is there afterwards, once.

The order of blocks is not promised: a node that was killed forgets what waited, and a later stamp may come in first. The
ledger folds a carnet's stamps by their own times.
"""

import contextlib
import hashlib
import http.client
import os
import random
import signal
import sqlite3
import threading
import unittest

import bed


class Traffic:
    """An officer who scans and stamps without a pause; remembers what was answered 201."""

    def __init__(self, port, case):
        self.port = port
        self.case = case
        self.promised = []
        self.is_running = True
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        rest = list(bed.CARNETS)
        while self.is_running and rest:
            code = rest[0]
            try:
                step = next(iter(self.port.scan_text(code)["next"]), None)
                if step is None:
                    rest.pop(0)
                    continue
                fields = {k: step[k] for k in ("operation", "sheet", "lines", "references") if k in step}
                status, answer = self.port.stamp(code=code, reason="looked at", **fields)
                if status == 201:
                    self.promised.append(answer)
                else:
                    rest.pop(0)
                rest.append(rest.pop(0))
                self.port.scan_picture(self.port.pictures / "1-export.png")
            except (OSError, http.client.HTTPException, bed.PortError, ValueError, IndexError):
                threading.Event().wait(0.02)

    def stop(self):
        self.is_running = False
        self.thread.join(bed.PATIENCE)


def journal_is_a_chain(path):
    """Recomputed here by hand: each row's hash covers the one before it."""
    def cbor_head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        for size, extra in ((1, 24), (2, 25), (4, 26), (8, 27)):
            if number < 1 << 8 * size:
                return bytes([major << 5 | extra]) + number.to_bytes(size, "big")
        raise ValueError(number)
    previous = bytes(32)
    with contextlib.closing(sqlite3.connect(path)) as box:
        rows = box.execute("SELECT row, kind, at, content, hash FROM journal ORDER BY row").fetchall()
    for number, (row, kind, at, content, stored) in enumerate(rows, 1):
        encoded = (cbor_head(4, 4) + cbor_head(0, row) + cbor_head(0, kind) + cbor_head(0, at) +
                   cbor_head(2, len(content)) + content)
        previous = hashlib.sha256(previous + encoded).digest()
        if row != number or previous != stored:
            return f"row {number} does not follow"
    return None


class Killed(bed.PortCase):
    def setUp(self):
        self.seed = int(os.environ.get("TW_SEED", random.randrange(10**6)))
        self.random = random.Random(self.seed)
        print(f"seed {self.seed} (TW_SEED repeats it)", flush=True)

    def under_traffic(self, port, blow, blows):
        """Strikes at random moments while stamps are made; then everything must be as promised."""
        traffic = Traffic(port, self)
        try:
            for _ in range(blows):
                made = len(traffic.promised)
                bed.wait_until(lambda: len(traffic.promised) > made or not traffic.thread.is_alive(), bed.PATIENCE,
                               "no stamp is made between two blows")
                threading.Event().wait(self.random.uniform(0, 0.25))
                blow()
        finally:
            traffic.stop()
        self.assertGreater(len(traffic.promised), 0)
        self.check(port, traffic.promised)

    def check(self, port, promised):
        rows = self.assert_anchored_once(port, promised, 60)
        for row in rows:
            port.wait_anchored(row["stamp"], 60)
        by_number = sorted(port.http("GET", "/api/stamps")[1]["stamps"], key=lambda row: row["sequence"])
        for stamp in promised:
            self.assertEqual([row["stamp"] for row in by_number].count(stamp["stamp"]), 1)
        self.assertNotIn("not_stamping", port.status())
        self.assertEqual(port.status()["pending_stamps"], 0)
        self.check_ledger(port, by_number)
        self.check_files(port)

    def check_ledger(self, port, rows):
        """The ledger's own books, asked at the node: each carnet's history has this port's stamps once."""
        for carnet in {(row["namespace"], row["key"]) for row in rows}:
            status, record = bed.request(port.ports["node"], "GET", f"/api/record?namespace={carnet[0]}&key={carnet[1]}")
            self.assertEqual(status, 200)
            self.assertIn("value", record, f"the ledger has no record of {carnet}")
            self.assertTrue(record["proof"]["record"] and record["proof"]["application"])
        for row in rows:
            status, done = bed.request(port.ports["node"], "GET", f"/api/transactions/{row['stamp']}")
            self.assertEqual((status, done["status"], done["code"], done["height"]), (200, "included", 0, row["height"]), done)

    def check_files(self, port):
        """Read after an orderly end: one block a height, and a journal that is a chain."""
        port.gateway.stop()
        port.node.stop()
        with contextlib.closing(sqlite3.connect(port.folder / "node/blocks.db")) as blocks:
            heights = [row[0] for row in blocks.execute("SELECT height FROM blocks ORDER BY height")]
        self.assertEqual(heights, list(range(1, len(heights) + 1)))
        self.assertIsNone(journal_is_a_chain(port.folder / "gateway/box.db"))
        port.start_node()
        port.start_gateway()
        self.assertNotIn("not_stamping", port.status())

    def test_the_gateway(self):
        port = self.open_port()

        def blow():
            port.gateway.kill()
            port.start_gateway()
        self.under_traffic(port, blow, 4)

    def test_the_node(self):
        port = self.open_port()

        def blow():
            port.node.kill()
            port.start_node()
        self.under_traffic(port, blow, 4)

    def test_the_broker(self):
        port = self.open_port()

        def blow():
            port.broker.kill()
            port.start_broker()
        self.under_traffic(port, blow, 4)

    def test_the_decoder(self):
        port = self.open_port()

        def blow():
            for child in bed.children(port.gateway.child.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        self.under_traffic(port, blow, 4)
        self.assertEqual(port.scan_picture(port.pictures / "1-export.png")["subject"]["kind"], "carnet")

    def test_all_of_them_at_once(self):
        """The power fails."""
        port = self.open_port()

        def blow():
            for process in (port.gateway, port.node, port.broker):
                process.child.kill()
            for process in (port.gateway, port.node, port.broker):
                process.child.wait()
            port.start_broker()
            port.start_node()
            port.start_gateway()
        self.under_traffic(port, blow, 3)


if __name__ == "__main__":
    unittest.main()
