"""Transactions that must not get in: each is refused with its reason, and the ledger's state is what it was."""

import contextlib
import json
import sqlite3
import unittest

import bed

OBJECTS = bed.ROOT / "tests/data/objects"


def sample(name):
    """The bytes of one sample object."""
    return bytes.fromhex(json.loads((OBJECTS / f"{name}.json").read_text())["cose_hex"])


class Transactions(bed.PortCase):
    @classmethod
    def setUpClass(cls):
        cls.port = bed.seeded_port()
        cls.addClassCleanup(cls.port.stop)
        cls.port.start()

    def submit(self, body):
        return bed.request(self.port.ports["node"], "POST", "/api/transactions", body, "application/octet-stream")

    def settled(self):
        """The state once nothing waits and every change is proven."""
        def quiet():
            status = self.port.node_status()
            return status if status["waiting"] == 0 and status["height"] > status_before["height"] - 1 else None
        status_before = self.port.node_status()
        return bed.wait_until(quiet, bed.PATIENCE, "the node does not come to rest")

    def assert_refused(self, body, *codes):
        before = self.settled()["app_hash"]
        status, answer = self.submit(body)
        self.assertIn(status, (400, 413), answer)
        self.assertIn(answer["error"]["code"].split(".")[0], codes, answer)
        self.assertGreater(len(answer["error"]["detail"]), 10, answer)
        self.assertEqual(self.settled()["app_hash"], before, "something of it is in the state")
        return answer["error"]

    def test_what_is_no_transaction(self):
        for body in (b"", b"\0", b"hello", b"\xff" * 100, b"\x9f" * 50_000, b"\xd2\x84", bytes(range(256))):
            with self.subTest(body[:8]):
                self.assert_refused(body, "cbor", "cose", "claims", "claim", "envelope", "application")

    def test_one_that_is_cut_at_any_point(self):
        whole = sample("stamp-import")
        for length in (1, len(whole) // 4, len(whole) // 2, len(whole) - 1):
            with self.subTest(length):
                self.assert_refused(whole[:length], "cbor", "cose", "claims", "claim", "envelope", "application")

    def test_too_large(self):
        status, answer = self.submit(b"\0" * 400_000)
        self.assertEqual(status, 413, answer)

    def test_of_another_chain(self):
        for name in ("stamp-import", "carnet-issue", "identity-register", "origin-issue"):
            with self.subTest(name):
                error = self.assert_refused(sample(name), "application", "claims", "claim", "envelope", "cose")
                self.assertRegex(error["code"] + error["detail"], "chain|key|audience|not known|unknown")

    def test_by_a_stranger(self):
        """Signed by a port of the demonstration's kind, whose keys this ledger never met."""
        stranger = bed.Port(bed.scratch() / "stranger", programs=bed.PROGRAMS)
        self.addCleanup(stranger.stop)
        stranger.prepare()
        gateway = self.port.folder
        stamped = self.stamp_one(self.port)
        row = self.port.wait_anchored(stamped["stamp"])
        self.assertEqual(row["outcome"], "effective")
        with contextlib.closing(sqlite3.connect(f"file:{gateway}/gateway/box.db?mode=ro", uri=True)) as box:
            transaction = box.execute("SELECT bytes FROM outbox WHERE sequence = 1").fetchone()[0]
        stranger.start_broker()
        stranger.start_node()
        before = stranger.node_status()["app_hash"]
        status, answer = bed.request(stranger.ports["node"], "POST", "/api/transactions", transaction, "application/octet-stream")
        self.assertEqual(status, 400, answer)
        self.assertTrue(answer["error"]["code"].startswith("application."), answer)
        self.assertEqual(stranger.node_status()["app_hash"], before)

    def test_again_the_same_is_the_same(self):
        """A stamp that comes twice is one stamp."""
        stamped = self.stamp_one(self.port, bed.CARNETS[1])
        self.port.wait_anchored(stamped["stamp"])
        with contextlib.closing(sqlite3.connect(f"file:{self.port.folder}/gateway/box.db?mode=ro", uri=True)) as box:
            transaction = box.execute("SELECT bytes FROM outbox WHERE stamp = ?", (bytes.fromhex(stamped["stamp"]),)).fetchone()[0]
        before = self.settled()["app_hash"]
        self.submit(transaction)
        self.assertEqual(self.settled()["app_hash"], before, "applied twice")
        altered = bytearray(transaction)
        altered[-1] ^= 1
        self.assert_refused(bytes(altered), "application", "cose", "claims", "claim", "envelope")

    def test_blobs_and_records_by_wrong_names(self):
        node = self.port.ports["node"]
        status, answer = bed.request(node, "POST", "/api/blobs?namespace=No%20Such", b"x", "application/octet-stream")
        self.assert_error((status, answer), 400, "node.namespace")
        status, answer = bed.request(node, "GET", "/api/light-block/xyz")
        self.assert_error((status, answer), 400, "node.height")
        status, answer = bed.request(node, "GET", "/api/light-block/99999999")
        self.assert_error((status, answer), 404, "node.height")
        status, answer = bed.request(node, "GET", "/api/record?namespace=carnet%2Fus&key=nothing")
        self.assertEqual(status, 200)
        self.assertNotIn("value", answer)
        self.assertTrue(answer["proof"]["record"], "absence without a proof")
        status, answer = bed.request(node, "GET", "/api/transactions/" + "0" * 64)
        self.assertEqual((status, answer), (200, {"status": "unknown"}))


if __name__ == "__main__":
    unittest.main()
