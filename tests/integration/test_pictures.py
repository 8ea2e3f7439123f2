"""Pictures that are none, over HTTP and through the scan folder; and a decoder that is killed. The next good one works."""

import os
import pathlib
import signal
import threading
import time
import unittest

import bed

GOOD = "1-export.png"


def bad_pictures(good):
    """Name -> bytes; each is refused for a reason of its own."""
    return {
        "words.png": b"this is not a picture\n" * 50,
        "empty.png": b"",
        "truncated.png": good[:len(good) // 2],
        "huge.png": bed.png(10_000, 10_000, b"\0" * 10_001),
        "bomb.png": bed.png(60_000, 60_000, b"\0" * 100),
        "blank.png": bed.png(200, 200, (b"\0" + b"\xff" * 200) * 200),
        "pixelless.png": bed.png(0, 0),
        "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01",
        "text.png": b"TW1L:AAAA",
    }


class Pictures(bed.PortCase):
    @classmethod
    def setUpClass(cls):
        cls.port = bed.seeded_port()
        cls.addClassCleanup(cls.port.stop)
        cls.port.start()
        cls.good = (cls.port.pictures / GOOD).read_bytes()

    def good_scan(self):
        """A good picture is judged within a second: what came before left nothing behind."""
        began = time.monotonic()
        verdict = self.port.scan_picture(self.port.pictures / GOOD)
        self.assertLess(time.monotonic() - began, 1)
        self.assertEqual(verdict["subject"]["kind"], "carnet")
        return verdict

    def test_over_http_each_is_a_verdict_that_says_why(self):
        for name, data in bad_pictures(self.good).items():
            with self.subTest(name):
                status, verdict = self.port.http("POST", "/api/scan", data, "application/octet-stream")
                self.assertEqual(status, 200, verdict)
                self.assertEqual((verdict["outcome"], verdict["subject"]["kind"]), ("cannot_tell", "unreadable"))
                why = dict(verdict["subject"]["details"])["why"]
                self.assertGreater(len(why), 10, "no reason is given")
                self.assertEqual(verdict["next"], [], "something may be stamped on nothing")
                self.good_scan()

    def test_a_picture_that_claims_a_hundred_megapixels_costs_nothing(self):
        began = time.monotonic()
        status, verdict = self.port.http("POST", "/api/scan", bed.png(10_000, 10_000, b"\0" * 10_001), "image/png")
        self.assertLess(time.monotonic() - began, 1)
        self.assertEqual((status, verdict["subject"]["kind"]), (200, "unreadable"))
        for child in bed.children(self.port.gateway.child.pid):
            for line in (pathlib.Path("/proc") / str(child) / "status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    self.assertLess(int(line.split()[1]), 90_000, "the decoder took the memory that the file asked for")

    def test_a_file_too_large_is_refused(self):
        try:
            status = self.port.http("POST", "/api/scan", b"\0" * (17 * 1024 * 1024), "application/octet-stream")[0]
        except OSError:
            status = 413  # the connection was closed before all of it was sent
        self.assertEqual(status, 413)
        self.good_scan()

    def test_many_files_at_once_are_all_judged(self):
        """More than may wait for the decoder: none is put aside because it came at a busy moment."""
        folder = self.port.scan_folder
        names = [f"heap-{number}.png" for number in range(40)]
        for name in names:
            part = folder / (name + ".part")
            part.write_bytes(self.good)
            part.rename(folder / name)
        bed.wait_until(lambda: all((folder / "done" / name).exists() for name in names), 60, "some are not judged")
        self.assertEqual(list((folder / "unreadable").glob("heap-*")), [])

    def test_in_the_scan_folder_each_is_put_aside_with_a_reason(self):
        folder = self.port.scan_folder
        pictures = bad_pictures(self.good)
        for name, data in pictures.items():
            part = folder / (name + ".part")
            part.write_bytes(data)
            part.rename(folder / name)
        link = folder / "link.png"
        link.symlink_to("/etc/passwd")
        names = [*pictures, "link.png"]
        aside = folder / "unreadable"
        bed.wait_until(lambda: aside.is_dir() and all(any(n.startswith(pathlib.Path(name).stem) for n in os.listdir(aside))
                                                      for name in names) and not any((folder / n).exists() for n in names),
                       bed.PATIENCE, "bad pictures are not put aside")
        entries = os.listdir(aside)
        for name in names:
            reasons = [e for e in entries if e.startswith(pathlib.Path(name).stem) and e.endswith(".txt")]
            self.assertTrue(reasons, f"{name} has no reason beside it: {entries}")
            self.assertGreater(len((aside / reasons[0]).read_text().strip()), 10)
        moved = next(aside / e for e in entries if e.startswith("truncated") and not e.endswith(".txt"))
        self.assertEqual(moved.read_bytes(), pictures["truncated.png"], "the file itself was lost or altered")

        part = folder / "good.png.part"
        part.write_bytes(self.good)
        began = time.monotonic()
        part.rename(folder / "good.png")
        bed.wait_until(lambda: (folder / "done/good.png").exists(), 5, "the good picture is not judged")
        self.assertLess(time.monotonic() - began, 1)
        newest = self.port.http("GET", "/api/verdicts")[1]["verdicts"][0]
        self.assertEqual((newest["source"], newest["subject"]["kind"]), ("folder", "carnet"))

    def test_the_reason_says_what_was_wrong_with_that_file(self):
        folder = self.port.scan_folder
        part = folder / "colossal.part"
        part.write_bytes(bed.png(10_000, 10_000, b"\0" * 10_001))
        part.rename(folder / "colossal.png")
        aside = folder / "unreadable"
        def reason():
            return next((p for p in aside.glob("colossal*.txt") if p.stat().st_size), None)
        text = bed.wait_until(reason, bed.PATIENCE, "no reason").read_text()
        self.assertIn("10000", text.replace(",", "").replace(" ", ""), "the reason does not tell the size that was refused")

    def test_a_killed_decoder_is_started_again(self):
        self.good_scan()
        for _ in range(3):
            before = bed.children(self.port.gateway.child.pid)
            self.assertTrue(before, "no decoder runs")
            for child in before:
                os.kill(child, signal.SIGKILL)
            bed.wait_until(lambda: not set(before) & set(bed.children(self.port.gateway.child.pid)), 10, "it lives on")
            status, verdict = self.port.http("POST", "/api/scan", self.good, "application/octet-stream")
            self.assertEqual(status, 200, verdict)
            self.good_scan()

    def test_a_decoder_that_stands_still_is_killed_at_its_deadline(self):
        """Stopped in mid-picture: the deadline ends it, the desk answers others meanwhile, the next picture is read."""
        self.good_scan()
        for child in bed.children(self.port.gateway.child.pid):
            os.kill(child, signal.SIGSTOP)
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(
            self.port.http("POST", "/api/scan", self.good, "application/octet-stream", timeout=bed.PATIENCE)))
        waiting.start()
        began = time.monotonic()
        self.assertEqual(self.port.scan_text(bed.EXPORT_CARNET)["subject"]["kind"], "carnet")
        self.assertLess(time.monotonic() - began, 1, "a picture that hangs holds up the desk")
        waiting.join(bed.PATIENCE)
        self.assertTrue(answers, "the picture was never answered")
        self.assertIn(answers[0][0], (200, 503), answers[0])
        if answers[0][0] == 200:
            self.assertEqual(answers[0][1]["outcome"], "cannot_tell")
        self.good_scan()


if __name__ == "__main__":
    unittest.main()
