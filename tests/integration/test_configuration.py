"""What an operator sees when a configuration, a key, an anchor or a folder is wrong. Nothing starts, nothing changes."""

import re
import socket
import unittest

import bed


class Configuration(bed.PortCase):
    PROGRAMS = (("tidewaiter-node", "node.toml"), ("tidewaiterd", "tidewaiterd.toml"))

    def refused(self, program, port, name, code):
        """The program ends at once with code 1 and one line that begins with its name and the error's code."""
        ended, said = bed.run_program(program, "--config", port.folder / name)
        self.assertEqual(ended, 1, said)
        last = said.strip().splitlines()[-1]
        self.assertTrue(last.startswith(f"{program}: {code}: "), said)
        return last

    def position(self, port, name, needle):
        """line:column of a text in a configuration file."""
        for number, line in enumerate((port.folder / name).read_text().splitlines(), 1):
            if needle in line:
                return f"{port.folder / name}:{number}:{line.index(needle) + 1}"
        raise AssertionError(f"no {needle!r} in {name}")

    def test_an_unknown_key_is_named_with_its_place_and_the_key_that_was_meant(self):
        port = self.open_port(start=False)
        for program, name, old, new, meant in (("tidewaiter-node", "node.toml", "heartbeat = ", "hartbeat = ", "heartbeat"),
                                               ("tidewaiterd", "tidewaiterd.toml", "threshold = ", "treshold = ", "threshold")):
            bed.edit(port.folder / name, old, new)
            said = self.refused(program, port, name, "settings.unknown")
            self.assertIn(self.position(port, name, new), said)
            self.assertIn(meant, said.split(new.split()[0], 1)[1], "the nearest known key is not offered")

    def test_a_wrong_type_is_named_with_its_place(self):
        port = self.open_port(start=False)
        for program, name, old, new, key in (("tidewaiter-node", "node.toml", 'engine = "solo"', "engine = 7", "engine"),
                                             ("tidewaiterd", "tidewaiterd.toml", "threshold = 2", 'threshold = "two"', "threshold")):
            bed.edit(port.folder / name, old, new)
            said = self.refused(program, port, name, "settings.type")
            self.assertRegex(said, re.escape(str(port.folder / name)) + r":\d+:\d+: ")
            self.assertIn(key, said)

    def test_a_missing_key_is_named(self):
        port = self.open_port(start=False)
        for program, name, line, key in (("tidewaiter-node", "node.toml", f'id = "relay-1"\nmember', "id"),
                                         ("tidewaiterd", "tidewaiterd.toml", 'place = "USLAX"\n', "place")):
            bed.edit(port.folder / name, line, "member" if key == "id" else "")
            said = self.refused(program, port, name, "settings.missing")
            self.assertRegex(said, re.escape(str(port.folder / name)) + r":\d+:\d+: ")
            self.assertIn(key, said)

    def test_no_toml_at_all_is_named_with_its_place(self):
        port = self.open_port(start=False)
        for program, name in self.PROGRAMS:
            with open(port.folder / name, "a") as file:
                file.write("\nthis is = = not TOML\n")
            said = self.refused(program, port, name, "settings.syntax")
            self.assertRegex(said, re.escape(str(port.folder / name)) + r":\d+:\d+: ")

    def test_a_missing_file_is_named(self):
        port = self.open_port(start=False)
        for program, name in self.PROGRAMS:
            (port.folder / name).unlink()
            self.assertIn(name, self.refused(program, port, name, "settings.file"))

    def test_the_doors_stay_on_this_machine(self):
        port = self.open_port(start=False)
        for program, name, key in (("tidewaiter-node", "node.toml", "node"), ("tidewaiterd", "tidewaiterd.toml", "http")):
            bed.edit(port.folder / name, f'http = "127.0.0.1:{port.ports[key]}"', f'http = "0.0.0.0:{port.ports[key]}"')
            self.assertIn("loopback", self.refused(program, port, name, "settings.value"))

    def test_a_key_that_others_may_read_is_refused(self):
        port = self.open_port(start=False)
        for program, name, key in (("tidewaiter-node", "node.toml", "node/validator.key"),
                                   ("tidewaiterd", "tidewaiterd.toml", "keys/lax-2720-lane1.key")):
            (port.folder / key).chmod(0o644)
            said = self.refused(program, port, name, "files.not-private")
            self.assertIn(str(port.folder / key), said)

    def test_a_key_that_is_no_key_is_refused_without_showing_it(self):
        port = self.open_port(start=False)
        for program, name, key in (("tidewaiter-node", "node.toml", "node/validator.key"),
                                   ("tidewaiterd", "tidewaiterd.toml", "keys/lax-2720-lane1.key")):
            text = (port.folder / key).read_text()
            secret = text.split()[-1]
            (port.folder / key).write_text(text.replace(secret, secret[:-2]))
            ended, said = bed.run_program(program, "--config", port.folder / name)
            self.assertEqual(ended, 1, said)
            self.assertIn(str(port.folder / key), said)
            self.assertNotIn(secret[:16], said, "a key's secret was printed")


class Anchor(bed.PortCase):
    def refused(self, port, code):
        ended, said = bed.run_program("tidewaiterd", "--config", port.folder / "tidewaiterd.toml")
        self.assertEqual(ended, 1, said)
        self.assertIn(f"tidewaiterd: {code}: ", said)
        return said

    def test_too_few_administrators(self):
        port = self.open_port(start=False)
        keys = (port.folder / "keys/administrators.pub").read_text().splitlines()
        names = [line for line in keys if line.startswith("tidewaiter-public-key-1")]
        (port.folder / "keys/administrators.pub").write_text("\n".join(names[:1]) + "\n")
        said = self.refused(port, "gateway.anchor")
        self.assertIn("signed by 1 of the administrators", said)
        self.assertIn("2 are needed", said)

    def test_damaged(self):
        port = self.open_port(start=False)
        anchor = port.folder / "anchor.cose"
        data = bytearray(anchor.read_bytes())
        data[len(data) // 3] ^= 1
        anchor.write_bytes(bytes(data))
        ended, said = bed.run_program("tidewaiterd", "--config", port.folder / "tidewaiterd.toml")
        self.assertEqual(ended, 1, said)
        self.assertIn("anchor.cose", said)

    def test_of_another_chain(self):
        port = self.open_port(start=False)
        bed.edit(port.folder / "tidewaiterd.toml", 'id = "tidewaiter-demo-1"', 'id = "another-chain-1"')
        ended, said = bed.run_program("tidewaiterd", "--config", port.folder / "tidewaiterd.toml")
        self.assertEqual(ended, 1, said)
        self.assertIn("anchor.cose", said)

    def test_missing(self):
        port = self.open_port(start=False)
        (port.folder / "anchor.cose").unlink()
        self.assertIn("anchor.cose", self.refused(port, "files.missing"))

    def test_another_genesis_under_an_old_chain(self):
        port = self.open_port(start=False)
        data = bytearray((port.folder / "genesis.cbor").read_bytes())
        data[-1] ^= 1
        (port.folder / "genesis.cbor").write_bytes(bytes(data))
        ended, said = bed.run_program("tidewaiter-node", "--config", port.folder / "node.toml")
        self.assertEqual(ended, 1, said)
        self.assertIn("genesis", said)


class Twice(bed.PortCase):
    def test_a_second_daemon_on_a_data_folder_names_the_process_that_has_it(self):
        port = self.open_port()
        for program, name, process, data in (("tidewaiter-node", "node.toml", port.node, "node"),
                                             ("tidewaiterd", "tidewaiterd.toml", port.gateway, "gateway")):
            ended, said = bed.run_program(program, "--config", port.folder / name)
            self.assertEqual(ended, 1, said)
            self.assertIn(f"{program}: files.locked: {port.folder / data} is used by process {process.child.pid}", said)
        self.assertTrue(port.node_status() and port.status(), "the first ones were disturbed")
        port.wait_anchored(self.stamp_one(port)["stamp"])

    def test_a_second_gateway_on_a_taken_port_says_so(self):
        port = self.open_port(start=False)
        with socket.create_server(("127.0.0.1", port.ports["http"])), \
                socket.create_server(("127.0.0.1", port.ports["node"])):
            for program, name, key in (("tidewaiter-node", "node.toml", "node"), ("tidewaiterd", "tidewaiterd.toml", "http")):
                ended, said = bed.run_program(program, "--config", port.folder / name)
                self.assertEqual(ended, 1, said)
                self.assertIn(f"{program}: http.listen: 127.0.0.1:{port.ports[key]}", said)
                self.assertIn("in use", said)

    def test_a_second_demonstration_on_a_folder_is_refused(self):
        import port as demonstration
        folder = bed.scratch() / "demonstration"
        with demonstration.lock(folder):
            with self.assertRaisesRegex(bed.PortError, "already runs on .*demonstration; end it there"):
                demonstration.lock(folder)
        demonstration.lock(folder).close()

    def test_the_lock_ends_with_its_process_however_that_ends(self):
        port = self.open_port()
        first = port.gateway.child.pid
        port.gateway.kill()
        port.start_gateway()
        self.assertNotEqual(port.gateway.child.pid, first)
        self.assertEqual((port.folder / "gateway/lock").read_text().strip(), str(port.gateway.child.pid))


if __name__ == "__main__":
    unittest.main()
