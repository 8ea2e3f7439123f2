"""The live page in a real browser: headless Chromium driven over chromedriver's own HTTP, with nothing but the standard
library."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import bed  # noqa: E402

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,1400"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
SCREENSHOTS = bed.ROOT / "build/screenshots"


class Browser:
    """One session of a WebDriver."""

    def __init__(self):
        self.port = bed.free_port()
        self.folder = tempfile.mkdtemp(prefix="browser-", dir=bed.scratch())
        with open(pathlib.Path(self.folder) / "driver.log", "wb") as log:
            self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=log, stderr=log,
                                           stdin=subprocess.DEVNULL, start_new_session=True)
        self.session = None
        bed.wait_until(self.is_ready, bed.PATIENCE, "chromedriver does not answer")
        options = {"binary": "/usr/bin/chromium", "args": [*FLAGS, f"--user-data-dir={self.folder}/profile"]}
        capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                        "goog:loggingPrefs": {"browser": "ALL"}}}
        self.session = self.ask("POST", "/session", {"capabilities": capabilities})["sessionId"]

    def is_ready(self):
        try:
            return self.ask("GET", "/status")["ready"]
        except OSError:
            return False

    def ask(self, method, path, body=None):
        where = f"http://127.0.0.1:{self.port}" + (f"/session/{self.session}" if self.session else "") + path
        data = json.dumps(body).encode() if body is not None else None
        wanted = urllib.request.Request(where, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(wanted, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:500]}") from None

    def open(self, address):
        self.ask("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def text(self, selector):
        return self.run("const e = document.querySelector(arguments[0]); return e ? e.innerText : null;", selector)

    def type(self, selector, text):
        found = self.ask("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self.ask("POST", f"/element/{found}/value", {"text": text})

    def wait_text(self, selector, part, seconds=bed.PATIENCE):
        try:
            return bed.wait_until(lambda: (text := self.text(selector)) is not None and part in text and text, seconds, "")
        except bed.PortError:
            raise AssertionError(f"{selector} does not show {part!r} but {self.text(selector)!r}") from None

    def screenshot(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(self.ask("GET", "/screenshot")))

    def complaints(self):
        """What the browser's console holds against the page."""
        return [entry for entry in self.ask("POST", "/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]

    def close(self):
        try:
            self.ask("DELETE", "")
        except (OSError, AssertionError):
            pass
        self.driver.terminate()
        self.driver.wait(20)


@unittest.skipUnless(shutil.which("chromedriver") and os.path.exists("/usr/bin/chromium"),
                     "Debian's chromium and chromium-driver are not installed")
class Page(bed.PortCase):
    @classmethod
    def setUpClass(cls):
        cls.port = bed.seeded_port()
        cls.addClassCleanup(cls.port.stop)
        cls.port.start()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.complaints()  # what earlier tests provoked
        self.browser.open(f"http://127.0.0.1:{self.port.ports['http']}/")
        self.browser.wait_text("#copy", "connected to relay-1")

    def judge(self, text):
        self.browser.type("#code", text + "\n")

    def outcome_class(self):
        return self.browser.run("return document.getElementById('verdict').className")

    def test_the_status_line_says_where_this_is_and_how_old_the_copy_is(self):
        self.assertEqual(self.browser.text("#port"), "lax-2720-lane1 · USLAX · US-D:2720")
        self.assertRegex(self.browser.text("#copy"), r"state \d+ · \d+ s old · \d+ stamps waiting")
        self.assertEqual(self.browser.complaints(), [])

    def test_a_typed_number_is_judged_in_words_and_colour(self):
        for code, word, name in ((bed.EXPORT_CARNET, "clear", "clear"), (bed.CARNETS[3], "refuse", "refuse"),
                                 (bed.CARNETS[4], "officer decides", "decide"), ("FR ATA FR26/000001", "cannot tell", "cannot_tell")):
            with self.subTest(code):
                verdict = self.port.scan_text(code)
                self.assertEqual(verdict["outcome"], name, [f["rule"] for f in verdict["findings"]])
                self.judge(code)
                self.browser.wait_text("#outcome", word)
                self.assertEqual(self.outcome_class(), name)
                for finding in verdict["findings"]:
                    self.assertIn(finding["rule"], self.browser.text("#findings"))
                self.browser.screenshot(name)
        colours = {self.browser.run("const d = document.createElement('div'); d.id = 'verdict'; d.className = arguments[0];"
                                    "document.body.append(d); const c = getComputedStyle(d).borderLeftColor; d.remove(); return c;", n)
                   for n in ("clear", "decide", "cannot_tell", "refuse")}
        self.assertEqual(len(colours), 4, "two outcomes have one colour")
        self.assertEqual(self.browser.complaints(), [])

    def test_a_verdict_from_elsewhere_arrives_by_itself(self):
        verdict = self.port.scan_picture(self.port.pictures / "9-foreign.png")
        self.browser.wait_text("#title", verdict["subject"]["title"])
        self.browser.wait_text("#verdicts tr", "cannot tell")

    def test_a_stamp_goes_from_stamped_to_anchored_before_the_eyes(self):
        self.port.broker.stop()
        self.browser.wait_text("#copy", "working offline")
        stamped = self.stamp_one(self.port, bed.CARNETS[1])
        row = self.browser.wait_text("#stamps tr", "stamped")
        self.assertIn(str(stamped["sequence"]), row)
        self.browser.screenshot("offline")
        self.port.start_broker()
        self.browser.wait_text("#stamps tr", "anchored (effective, block")
        self.assertIn(f"block {self.port.wait_anchored(stamped['stamp'])['height']}", self.browser.text("#stamps tr"))
        self.browser.screenshot("anchored")

    def test_markup_in_a_code_is_shown_and_never_run(self):
        attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
        self.judge(attack)
        self.browser.wait_text("#outcome", "cannot tell")
        self.port.scan_text("https://example.com/?q=" + attack)
        self.browser.wait_text("#verdicts tr", "cannot tell")
        self.assertEqual(self.browser.run("return document.title"), "Tidewaiter")
        self.assertEqual(self.browser.run("return document.querySelectorAll('main img, main script').length"), 0)
        self.browser.screenshot("markup")

    def test_a_picture_from_the_disk(self):
        found = self.browser.ask("POST", "/element", {"using": "css selector", "value": "#picture"})[ELEMENT]
        self.browser.ask("POST", f"/element/{found}/value", {"text": str(self.port.pictures / "7-revoked.png")})
        self.browser.wait_text("#findings", "ORI-28")

    def test_a_text_too_long_is_answered_in_words(self):
        self.browser.run("document.getElementById('code').value = 'A'.repeat(5000)")
        self.browser.type("#code", "\n")
        self.browser.wait_text("#notice", "4296")

    def test_a_gateway_that_goes_and_comes_back(self):
        self.port.gateway.stop()
        self.browser.wait_text("#copy", "does not answer")
        self.port.start_gateway()
        self.browser.wait_text("#copy", "state ", 60)

    def test_on_a_narrow_screen_nothing_is_cut_off(self):
        self.judge(bed.EXPORT_CARNET)
        self.browser.wait_text("#title", "US26/104417")
        self.browser.ask("POST", "/window/rect", {"width": 520, "height": 1100})
        try:
            self.browser.screenshot("narrow")
            wide = self.browser.run("return document.documentElement.scrollWidth - window.innerWidth")
            self.assertLessEqual(wide, 0, "the page is wider than the screen")
        finally:
            self.browser.ask("POST", "/window/rect", {"width": 1280, "height": 1400})


if __name__ == "__main__":
    unittest.main()
