"""No broker, no node, or a line that breaks, stalls and swallows: the desk goes on and nothing is lost or doubled."""

import random
import select
import socket
import threading
import time
import unittest

import bed


class Line:
    """A TCP line between the gateway and its broker that can be made bad.

    mode: "good"; "cut" refuses newcomers and drops who is there; "hole" accepts and never answers; "slow" delays.
    """

    def __init__(self, target, seed=None):
        self.target = target
        self.mode = "good"
        self.random = random.Random(seed)
        self.drop_after = None
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.open = set()
        self.lock = threading.Lock()
        self.is_running = True
        self.cuts = 0
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while self.is_running:
            ready, _, _ = select.select([self.server], [], [], 0.1)
            if not ready:
                continue
            client, _ = self.server.accept()
            if self.mode == "cut":
                client.close()
                continue
            with self.lock:
                self.open.add(client)
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        broker = None
        left = self.random.randrange(*self.drop_after) if self.drop_after else None
        try:
            while self.is_running and client in self.open:
                if self.mode == "hole":
                    if select.select([client], [], [], 0.05)[0] and not client.recv(65536):
                        return
                    continue
                if broker is None:
                    broker = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                ready, _, _ = select.select([client, broker], [], [], 0.05)
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    if self.mode == "slow":
                        threading.Event().wait(self.random.uniform(0, 0.15))
                    if left is not None:
                        data, left = data[:left], left - len(data)
                    (broker if source is client else client).sendall(data)
                    if left is not None and left <= 0:
                        self.cuts += 1
                        return
        except OSError:
            return
        finally:
            with self.lock:
                self.open.discard(client)
            client.close()
            if broker:
                broker.close()

    def change(self, mode):
        self.mode = mode
        with self.lock:
            for client in list(self.open):
                if mode == "cut":
                    self.open.discard(client)
                    client.close()

    def close(self):
        self.is_running = False
        self.thread.join(5)
        self.server.close()
        with self.lock:
            self.open.clear()


class Case(bed.PortCase):
    def timed(self, work):
        """The desk answers in under a second, whatever the line does."""
        began = time.monotonic()
        value = work()
        self.assertLess(time.monotonic() - began, 1, "the desk was held up")
        return value

    def stamps_while(self, port, count, already=0):
        """Stamps on two carnets in turn, each while the desk is watched."""
        made = []
        for number in range(already, already + count):
            code = bed.CARNETS[number % 2]
            stamped = self.timed(lambda code=code: self.stamp_one(port, code))
            self.assertEqual(stamped["status"], "stamped")
            made.append(stamped)
        return made

    def wait_connected(self, port, is_connected, seconds=bed.PATIENCE):
        return bed.wait_until(lambda: (port.status() or {}).get("connected") is is_connected and port.status(), seconds,
                              f"connected does not become {is_connected}")


class Offline(Case):
    def test_the_broker_stops_and_comes_back(self):
        port = self.open_port()
        port.broker.stop()
        status = self.wait_connected(port, False)
        age = status["copy"]["age_seconds"]
        bed.wait_until(lambda: port.status()["copy"]["age_seconds"] > age, 10, "the copy does not grow older")
        made = self.stamps_while(port, 4)
        self.assertEqual(port.status()["pending_stamps"], 4)
        for stamp in made:
            self.assertEqual(port.stamp_status(stamp["stamp"])["status"], "stamped", "called more than it is")
        port.start_broker()
        self.wait_connected(port, True)
        rows = self.assert_anchored_once(port, made)
        self.assertEqual(len(rows), 4)
        heights = [row["height"] for row in sorted(rows, key=lambda row: row["sequence"])]
        self.assertEqual(heights, sorted(heights), "later stamps came first")
        self.assertLess(port.status()["copy"]["age_seconds"], 40)

    def test_the_node_stops_while_the_broker_runs(self):
        port = self.open_port()
        port.node.stop()
        made = self.stamps_while(port, 2)
        self.assertNotEqual(port.stamp_status(made[0]["stamp"])["status"], "anchored", "believed without a block")
        port.start_node()
        self.assert_anchored_once(port, made)

    def test_started_without_broker_and_node_it_serves_from_its_copy(self):
        port = self.open_port(start=False)
        port.start_gateway()
        status = port.status()
        self.assertEqual((status["connected"], status["copy"]["loaded"]), (False, True))
        verdict = self.timed(lambda: port.scan_text(bed.EXPORT_CARNET))
        self.assertEqual(verdict["subject"]["kind"], "carnet")
        self.assertIn("age_seconds", verdict["basis"])
        made = self.stamps_while(port, 2)
        port.gateway.stop()
        port.start_gateway()
        self.assertEqual(port.status()["pending_stamps"], 2, "stamps were forgotten at a restart")
        port.start_broker()
        port.start_node()
        self.assert_anchored_once(port, made)

    def test_without_any_copy_nothing_is_clear(self):
        port = self.open_port(start=False)
        (port.folder / "gateway/copy.db").unlink()
        port.start_gateway()
        self.assertFalse(port.status()["copy"]["loaded"])
        verdict = self.timed(lambda: port.scan_text(bed.EXPORT_CARNET))
        self.assertEqual(verdict["outcome"], "cannot_tell")
        self.assertIsNone(self.possible_stamp(port, bed.EXPORT_CARNET), "stamped on a carnet that nobody saw")
        self.assertEqual(port.http("GET", "/api/health")[0], 503)


class BadLine(Case):
    def lined_port(self, seed=None):
        port = self.open_port(start=False)
        line = Line(port.ports["mqtt"], seed)
        self.addCleanup(line.close)
        bed.edit(port.folder / "tidewaiterd.toml", f'broker = "127.0.0.1:{port.ports["mqtt"]}"',
                 f'broker = "127.0.0.1:{line.port}"')
        # start() would write the configuration anew.
        port.start_broker()
        port.start_node()
        return port, line

    def test_a_line_that_breaks_at_random_loses_and_doubles_nothing(self):
        seed = random.randrange(10**6)
        print(f"seed {seed}", flush=True)
        port, line = self.lined_port(seed)
        line.drop_after = (2_000, 9_000)
        port.start_gateway()
        made = []
        for number in range(8):
            line.change("slow" if number % 3 == 1 else "good")
            made += self.stamps_while(port, 1, number)
            if number % 4 == 3:
                line.change("cut")
        line.drop_after = None
        line.change("cut")
        line.change("good")
        self.assert_anchored_once(port, made, 60)

    def test_a_line_that_swallows_everything_holds_nothing_up(self):
        port, line = self.lined_port()
        line.change("hole")
        port.start_gateway()
        made = self.stamps_while(port, 2)
        self.assertFalse(port.status()["connected"], "a line that never answered counts as connected")
        line.change("cut")
        line.change("good")
        self.wait_connected(port, True, 60)
        self.assert_anchored_once(port, made)

    def test_a_line_that_falls_silent_while_connected(self):
        port, line = self.lined_port()
        port.start_gateway()
        self.wait_connected(port, True)
        line.change("hole")
        made = self.stamps_while(port, 3)
        for stamp in made:
            self.assertIn(port.stamp_status(stamp["stamp"])["status"], ("stamped", "sent"))
        line.change("cut")
        line.change("good")
        self.assert_anchored_once(port, made, 60)


if __name__ == "__main__":
    unittest.main()
