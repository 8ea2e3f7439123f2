"""The gateway's HTTP: every wrong request is answered with what is wrong, and the right ones arrive at every screen."""

import http.client
import json
import socket
import unittest

import bed


class Http(bed.PortCase):
    @classmethod
    def setUpClass(cls):
        cls.port = bed.seeded_port()
        cls.addClassCleanup(cls.port.stop)
        cls.port.start()

    def raw(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port.ports["http"], timeout=10)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def stamp_answer(self, **fields):
        return self.port.http("POST", "/api/stamp", {"officer": bed.OFFICER, "code": bed.EXPORT_CARNET,
                                                     "operation": "EXPORT", "sheet": 1, "lines": "1-7", **fields})

    def test_an_unknown_path(self):
        status, body = self.port.http("GET", "/api/nothing")
        self.assertEqual((status, "error" in body), (404, True), body)

    def test_a_wrong_method_says_which_is_right(self):
        status, headers, _ = self.raw("PUT", "/api/scan", b"x", {"Content-Type": "text/plain"})
        self.assertEqual(status, 405)
        self.assertEqual(headers["Allow"], "POST")

    def test_a_wrong_content_type(self):
        self.assert_error(self.port.http("POST", "/api/scan", b"x", "text/html"), 415, "api.content-type", "text/plain")
        self.assert_error(self.port.http("POST", "/api/stamp", b"{}", "text/plain"), 415, "api.content-type", "application/json")

    def test_a_wrong_field_is_named_and_no_stamp_is_made(self):
        for fields, word in (({"sheet": "one"}, "sheet"), ({"sheet": 100}, "sheet"), ({"references": [0]}, "references"),
                             ({"final_date": "tomorrow"}, "final_date"), ({"answers": {"CAR-09": "no"}}, "CAR-09"),
                             ({"operations": "EXPORT"}, "operations"), ({"officer": 7}, "officer"), ({"lines": 3}, "lines"),
                             ({"branch": "00"}, "branch")):
            status, answer = self.stamp_answer(**fields)
            self.assertEqual(status, 400, answer)
            self.assertIn(word, answer["error"]["detail"])
        self.assertEqual(self.port.http("GET", "/api/stamps")[1]["stamps"], [])

    def test_json_that_is_none(self):
        status, answer = self.port.http("POST", "/api/stamp", b'{"officer": ')
        self.assertEqual(status, 400)
        self.assertTrue(answer["error"]["code"].startswith("json."), answer)
        status, answer = self.port.http("POST", "/api/stamp", b"[" * 5000)
        self.assertEqual(status, 400)

    def test_neither_or_both_of_code_and_verdict(self):
        self.assert_error(self.stamp_answer(verdict="0" * 32), 400, "order.verdict", "code", "verdict")
        status, answer = self.port.http("POST", "/api/stamp", {"officer": bed.OFFICER, "operation": "EXPORT"})
        self.assert_error((status, answer), 400, "order.verdict")
        status, answer = self.port.http("POST", "/api/stamp", {"officer": bed.OFFICER, "operation": "EXPORT", "verdict": "0" * 32})
        self.assert_error((status, answer), 400, "order.verdict", "scan again")

    def test_a_stamp_that_the_rules_refuse_answers_409_with_the_verdict(self):
        status, answer = self.stamp_answer(code="ATA GB LO/26/00981", operation="IMPORT", lines="1-5", reason="because")
        self.assertEqual(status, 409, answer)
        self.assertIn("CAR-28", [f["rule"] for f in answer["verdict"]["findings"]])
        self.assertEqual(self.port.http("GET", "/api/stamps")[1]["stamps"], [])

    def test_unknown_stamps_heights_and_records(self):
        self.assert_error(self.port.http("GET", "/api/stamps/" + "0" * 64), 404, "stamp.unknown")
        self.assertEqual(self.port.http("GET", "/api/stamps/xyz")[0], 400)
        self.assert_error(self.port.http("GET", "/api/explain/0"), 400, "api.height")
        self.assert_error(self.port.http("GET", "/api/explain/999999"), 404, "explain.height")
        self.assert_error(self.port.http("GET", "/api/show"), 400, "api.code")
        self.assert_error(self.port.http("GET", "/api/show?code=nonsense"), 400, "show.name")
        self.assert_error(self.port.http("GET", "/api/show?code=ATA%20US%20US26%2F999999"), 404, "show.absent")

    def test_a_name_of_elsewhere_that_leads_here_is_refused(self):
        """Else a web page on the internet could stamp through the officer's browser."""
        status, _, body = self.raw("GET", "/api/status", headers={"Host": "evil.example"})
        self.assertNotIn(status, (200, 204), body)
        self.assertNotIn("journal_rows", body)
        self.assertEqual(self.raw("GET", "/api/status", headers={"Host": f"localhost:{self.port.ports['http']}"})[0], 200)

    def test_a_body_that_is_too_large_is_refused_before_it_is_read(self):
        with socket.create_connection(("127.0.0.1", self.port.ports["http"]), timeout=10) as raw:
            raw.sendall(b"POST /api/stamp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        b"Content-Length: 999999999\r\n\r\n")
            self.assertIn(b" 413 ", raw.recv(1000).split(b"\r\n")[0])

    def test_what_is_not_http_ends_that_connection_only(self):
        with socket.create_connection(("127.0.0.1", self.port.ports["http"]), timeout=10) as raw:
            raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n")
            first = raw.recv(1000)
        self.assertTrue(first == b"" or b" 400 " in first.split(b"\r\n")[0], first)
        self.assertIsNotNone(self.port.status())

    def test_pages_may_load_nothing_from_elsewhere(self):
        status, headers, _ = self.raw("GET", "/")
        self.assertEqual(status, 200)
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])


class Codes(bed.PortCase):
    @classmethod
    def setUpClass(cls):
        cls.port = bed.seeded_port()
        cls.addClassCleanup(cls.port.stop)
        cls.port.start()

    def test_the_largest_code_of_rubbish_is_recognised_as_not_ours(self):
        for rubbish in ("9" * 4296, "A" * 4296, "TW1:" + "Z" * 4292, "TWZ1:" + "%" * 4291, "TW1L:" + "/" * 4291):
            verdict = self.port.scan_text(rubbish)
            self.assertEqual(verdict["outcome"], "cannot_tell", rubbish[:10])
            self.assertEqual(verdict["next"], [])
        self.assertEqual(self.port.scan_text(bed.EXPORT_CARNET)["subject"]["kind"], "carnet")

    def test_one_character_more_is_refused_with_both_numbers(self):
        answer = self.port.http("POST", "/api/scan", b"A" * 4297, "text/plain")
        self.assertIn(answer[0], (400, 413))
        self.assertIn("4296", answer[1]["error"]["detail"])
        self.assertIn("4297", answer[1]["error"]["detail"])

    def test_control_characters_come_back_escaped(self):
        verdict = self.port.scan_text("HELLO\x1b[31m\x00\x07\u202eevil<script>alert(1)</script>")
        self.assertEqual(verdict["outcome"], "cannot_tell")
        for text in json.dumps(verdict["subject"], ensure_ascii=False):
            self.assertFalse(ord(text) < 0x20 or text in "\u202e\x7f", f"{text!r} came through raw")

    def test_bytes_that_are_no_text_are_survived(self):
        status, answer = self.port.http("POST", "/api/scan", bytes(range(1, 256)), "text/plain")
        self.assertIn(status, (200, 400), answer)
        self.assertIsNotNone(self.port.status())

    def test_an_empty_code_is_nothing_that_can_be_read(self):
        verdict = self.port.scan_text("")
        self.assertEqual((verdict["outcome"], verdict["subject"]["kind"]), ("cannot_tell", "unreadable"))


class Live(bed.PortCase):
    def test_every_screen_sees_the_verdict_and_the_stamps_way_to_its_anchor(self):
        port = self.open_port()
        events = bed.Events(port)
        self.addCleanup(events.close)
        self.assertTrue(events.wait("status", lambda s: s["device"] == "lax-2720-lane1"))
        verdict = port.scan_text(bed.EXPORT_CARNET)
        self.assertEqual(events.wait("verdict", lambda v: v["verdict"] == verdict["verdict"])["outcome"], verdict["outcome"])
        stamped = self.stamp_one(port)
        events.wait("stamp", lambda s: s["stamp"] == stamped["stamp"] and s["status"] == "stamped")
        events.wait("stamp", lambda s: s["stamp"] == stamped["stamp"] and s["status"] == "anchored" and s["outcome"] == "effective")
        events.wait("status", lambda s: s["pending_stamps"] == 0 and s["copy"]["height"] > 1)

    def test_too_many_screens_are_refused_and_the_desk_goes_on(self):
        port = self.open_port()
        screens = []
        try:
            for _ in range(32):
                screens.append(bed.Events(port))
            for screen in screens:
                screen.wait("status", lambda s: True)
            self.assertEqual(port.http("GET", "/api/events")[0], 503)
            self.assertEqual(port.scan_text(bed.EXPORT_CARNET)["subject"]["kind"], "carnet")
        finally:
            for screen in screens:
                screen.close()


if __name__ == "__main__":
    unittest.main()
