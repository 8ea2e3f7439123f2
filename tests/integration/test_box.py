"""box.db: full, altered or old; copy.db: damaged, deleted or of another anchor. Nothing is claimed that was not kept."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import unittest

import bed


class Full(bed.PortCase):
    """A box without space says 507 and what to do; what it answered before stays."""

    def fill(self, port):
        """Scans until the box takes no more; returns how many verdicts were given, and the refusal."""
        given = 0
        while True:
            status, answer = port.http("POST", "/api/scan", bed.EXPORT_CARNET.encode(), "text/plain")
            if status != 200:
                return given, (status, answer)
            given += 1
            self.assertLess(given, 5000, "the box never fills")

    def kept_verdicts(self, port):
        with contextlib.closing(sqlite3.connect(port.folder / "gateway/box.db")) as box:
            return box.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0]

    def test_at_its_limit(self):
        port = self.open_port(start=False)
        size = (port.folder / "gateway/box.db").stat().st_size
        bed.edit(port.folder / "tidewaiterd.toml", "[port]", f'box_limit = "{size // 1024 + 120} KiB"\n\n[port]')
        limited = (port.folder / "tidewaiterd.toml").read_text()
        port.start_broker()
        port.start_node()
        port.start_gateway()
        port.wait_for_copy()
        before = self.kept_verdicts(port)
        stamped = self.stamp_one(port)
        port.wait_anchored(stamped["stamp"])
        events = bed.Events(port)
        self.addCleanup(events.close)
        given, refusal = self.fill(port)
        self.assert_error(refusal, 507, "store.full")
        self.assertGreater(len(refusal[1]["error"]["detail"]), 20)
        self.assertNotIn("outcome", refusal[1], "a verdict that was not kept was shown")
        status, answer = port.http("POST", "/api/stamp", {"officer": bed.OFFICER, "code": bed.CARNETS[1], "operation": "IMPORT",
                                                          "sheet": 1, "lines": "1-6", "reason": "looked at"})
        self.assert_error((status, answer), 507, "store.full")
        self.assertNotIn("receipt", answer, "a receipt was given for a stamp that was not kept")
        self.assertEqual([row["stamp"] for row in port.http("GET", "/api/stamps")[1]["stamps"]], [stamped["stamp"]])
        self.assertEqual(port.stamp_status(stamped["stamp"])["status"], "anchored")
        self.assertTrue(port.gateway.is_running())
        self.assertEqual(port.http("GET", "/api/show?code=ATA%20US%20US26%2F104417")[0], 200)
        self.assertEqual(self.kept_verdicts(port), before + given + 2, "one was given that was not kept")

        # A good picture in the folder waits for space; it is not called unreadable.
        part = port.scan_folder / "late.part"
        shutil.copy(port.pictures / "1-export.png", part)
        part.rename(port.scan_folder / "late.png")
        bed.wait_until(lambda: "folder.later" in (port.folder / "log/gateway.log").read_text(), 10, "it was not looked at")
        self.assertTrue((port.scan_folder / "late.png").exists())

        port.gateway.stop()
        (port.folder / "tidewaiterd.toml").write_text(limited.replace(f'box_limit = "{size // 1024 + 120} KiB"', ""))
        port.start_gateway()
        self.assertNotIn("not_stamping", port.status())
        self.assertEqual(self.stamp_one(port, bed.CARNETS[1])["sequence"], 2, "the refused stamp used up a number")
        bed.wait_until(lambda: (port.scan_folder / "done/late.png").exists(), 10, "the waiting picture was forgotten")

    def test_on_a_full_volume(self):
        port = self.open_port(start=False)
        data = port.folder / "gateway"
        aside = port.folder / "gateway-data"
        data.rename(aside)
        data.mkdir(mode=0o700)
        kib = sum(f.stat().st_size for f in aside.iterdir()) // 1024 + 16_000
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=700", "tmpfs", str(data)], capture_output=True)
        if done.returncode != 0:
            self.skipTest("a small volume cannot be mounted here: " + done.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "-l", str(data)])
        self.addCleanup(port.stop)
        for file in aside.iterdir():
            shutil.copy2(file, data / file.name)
        port.start_broker()
        port.start_node()
        port.start_gateway()
        port.wait_for_copy()
        stamped = self.stamp_one(port)
        port.wait_anchored(stamped["stamp"])
        with open(data / "ballast", "wb", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(b"\0" * 4096)
        given, refusal = self.fill(port)
        self.assert_error(refusal, 507, "store.full")
        self.assertTrue(port.gateway.is_running())
        self.assertEqual(port.http("GET", "/api/stamps")[1]["stamps"][0]["stamp"], stamped["stamp"])
        (data / "ballast").unlink()
        self.assertEqual(port.scan_text(bed.EXPORT_CARNET)["subject"]["kind"], "carnet")
        port.wait_anchored(self.stamp_one(port)["stamp"])


class Journal(bed.PortCase):
    def assert_judges_and_does_not_stamp(self, port, *words):
        self.assertEqual(port.scan_text(bed.EXPORT_CARNET)["subject"]["kind"], "carnet")
        for word in words:
            self.assertIn(word, port.status()["not_stamping"])
        before = port.http("GET", "/api/stamps")[1]["stamps"]
        step = {"officer": bed.OFFICER, "code": bed.CARNETS[1], "operation": "IMPORT", "sheet": 1, "lines": "1-6", "reason": "x"}
        self.assert_error(port.http("POST", "/api/stamp", step), 409, "desk.distrusted", *words)
        self.assertEqual(port.http("GET", "/api/stamps")[1]["stamps"], before)

    def tampered(self, statement):
        port = self.open_port()
        port.wait_anchored(self.stamp_one(port)["stamp"])
        port.gateway.stop()
        with contextlib.closing(sqlite3.connect(port.folder / "gateway/box.db")) as box:
            self.assertGreater(box.execute(statement).rowcount, 0)
            box.commit()
        port.start_gateway()
        port.wait_for_copy()
        return port

    def test_one_byte_of_one_row(self):
        port = self.tampered("UPDATE journal SET content = CAST(substr(content, 1, 4) || x'00' || substr(content, 6) AS BLOB)"
                             " WHERE row = (SELECT MIN(row) FROM journal WHERE kind = 4)")
        self.assert_judges_and_does_not_stamp(port, "journal", "altered")

    def test_a_row_taken_out(self):
        port = self.tampered("DELETE FROM journal WHERE row = (SELECT MIN(row) FROM journal WHERE kind = 4)")
        self.assert_judges_and_does_not_stamp(port, "journal", "missing")

    def test_the_newest_rows_taken_out(self):
        port = self.tampered("DELETE FROM journal WHERE row >= (SELECT MAX(row) - 1 FROM journal)")
        self.assert_judges_and_does_not_stamp(port, "older than its check-point")

    def put_back(self, port, names):
        """Stamps once more, then puts an older state of these files back."""
        data = port.folder / "gateway"
        old = port.folder / "old"
        port.gateway.stop()
        old.mkdir()
        for name in names:
            shutil.copy2(data / name, old / name)
        port.start_gateway()
        port.wait_for_copy()
        port.wait_anchored(self.stamp_one(port)["stamp"])
        port.gateway.stop()
        for name in names:
            shutil.copy2(old / name, data / name)
        for name in ("box.db-wal", "box.db-shm"):
            (data / name).unlink(missing_ok=True)
        port.start_gateway()
        port.wait_for_copy()

    def test_an_older_box_is_told_by_its_checkpoint(self):
        port = self.open_port()
        self.put_back(port, ["box.db"])
        self.assert_judges_and_does_not_stamp(port, "older than its check-point")

    def test_an_older_box_with_its_checkpoint_is_told_by_the_ledger(self):
        port = self.open_port()
        self.put_back(port, ["box.db", "journal.checkpoint"])
        self.assert_judges_and_does_not_stamp(port, "the ledger knows stamp 1 of this device")

    def test_a_damaged_checkpoint(self):
        port = self.open_port()
        port.gateway.stop()
        (port.folder / "gateway/journal.checkpoint").write_text("many\n")
        port.start_gateway()
        self.assert_judges_and_does_not_stamp(port, "journal.checkpoint is damaged")

    def test_a_box_that_is_no_database_is_kept_and_named(self):
        port = self.open_port(start=False)
        box = port.folder / "gateway/box.db"
        for name in ("box.db-wal", "box.db-shm"):
            (port.folder / "gateway" / name).unlink(missing_ok=True)
        rubbish = os.urandom(40_000)
        box.write_bytes(rubbish)
        ended, said = bed.run_program("tidewaiterd", "--config", port.folder / "tidewaiterd.toml")
        self.assertEqual(ended, 1, said)
        self.assertIn("box.db", said)
        self.assertEqual(box.read_bytes(), rubbish, "the evidence was touched")


class Copy(bed.PortCase):
    def remove_copy(self, port):
        for name in ("copy.db", "copy.db-wal", "copy.db-shm"):
            (port.folder / "gateway" / name).unlink(missing_ok=True)

    def test_deleted_it_is_loaded_again_and_stamps_stay(self):
        port = self.open_port()
        stamped = self.stamp_one(port)
        port.wait_anchored(stamped["stamp"])
        port.gateway.stop()
        self.remove_copy(port)
        port.start_gateway()
        bed.wait_until(lambda: port.status()["copy"]["loaded"], bed.PATIENCE, "the copy is not loaded again")
        port.wait_for_copy()
        self.assertEqual(port.stamp_status(stamped["stamp"])["status"], "anchored")
        self.assertEqual(self.stamp_one(port)["sequence"], 2)

    def damaged(self, change):
        port = self.open_port(start=False)
        copy = port.folder / "gateway/copy.db"
        for name in ("copy.db-wal", "copy.db-shm"):
            (port.folder / "gateway" / name).unlink(missing_ok=True)
        data = bytearray(copy.read_bytes())
        change(data)
        copy.write_bytes(bytes(data))
        port.start_broker()
        port.start_node()
        port.start_gateway()
        bed.wait_until(lambda: port.status()["copy"]["loaded"], bed.PATIENCE, "the copy is not loaded again")
        port.wait_for_copy()
        port.wait_anchored(self.stamp_one(port)["stamp"])

    def test_overwritten_with_rubbish_it_is_loaded_again(self):
        self.damaged(lambda data: data.__setitem__(slice(0, len(data)), os.urandom(len(data))))

    def test_damaged_in_every_page_it_is_loaded_again(self):
        def change(data):
            for page in range(4096, len(data), 4096):
                data[page:page + 64] = b"\xff" * 64
        self.damaged(change)

    def test_one_altered_record_is_not_believed(self):
        """What the copy says must be what the ledger signed: the record is not believed, and the copy is loaded again."""
        port = self.open_port(start=False)
        with contextlib.closing(sqlite3.connect(port.folder / "gateway/copy.db")) as copy:
            row, value = copy.execute("SELECT path, value FROM records WHERE key = 'ATA:US26/104417'").fetchone()
            altered = bytearray(value)
            altered[len(altered) // 2] ^= 1
            copy.execute("UPDATE records SET value = ? WHERE path = ?", (bytes(altered), row))
            copy.commit()
        port.start_broker()
        port.start_node()
        port.start_gateway()
        first = port.http("POST", "/api/scan", bed.EXPORT_CARNET.encode(), "text/plain")
        self.assertEqual((first[0], first[1]["outcome"], first[1]["next"]), (200, "cannot_tell", []), first)
        self.assertIn(["error", "store.corrupt"], first[1]["subject"]["details"])

        def reloaded():
            status = port.status()
            return status and status["copy"]["loaded"] and (port.folder / "gateway/copy.db.damaged").exists()
        bed.wait_until(reloaded, bed.PATIENCE, "the altered copy is not loaded again")
        port.wait_for_copy()
        self.assertTrue(port.gateway.is_running())
        self.assertEqual(port.scan_text(bed.EXPORT_CARNET)["subject"]["kind"], "carnet")
        port.wait_anchored(self.stamp_one(port)["stamp"])

    def test_of_another_anchor_is_an_error_that_says_what_to_do(self):
        port = self.open_port(start=False)
        with contextlib.closing(sqlite3.connect(port.folder / "gateway/copy.db")) as copy:
            table = next(row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                         if row[0].startswith("setting"))
            columns = [row[1] for row in copy.execute(f"PRAGMA table_info({table})")]
            changed = copy.execute(f"UPDATE {table} SET {columns[1]} = ? WHERE {columns[0]} = 'anchor'", (os.urandom(32),)).rowcount
            self.assertEqual(changed, 1)
            copy.commit()
        ended, said = bed.run_program("tidewaiterd", "--config", port.folder / "tidewaiterd.toml")
        self.assertEqual(ended, 1, said)
        self.assertIn("tidewaiterd: copy.anchor: ", said)
        self.assertIn("remove this file", said)


if __name__ == "__main__":
    unittest.main()
