"""Keeps the house in order: who may include whom, and where third-party headers may appear."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

# Inside ledger each module may include those before it.
LEDGER_ORDER = ["base", "codec", "crypto", "chain", "state", "documents", "claims", "application", "store"]

# A third-party header, by how its path begins -> the only folders that may include it.
ADAPTERS = {
    "openssl/": ["ledger/crypto/openssl"],
    "sodium": ["ledger/crypto/sodium"],
    "mbedtls/": ["ledger/crypto/mbedtls"],
    "zlib.h": ["ledger/codec/zlib"],
    "sqlite3.h": ["ledger/store/sqlite"],
    "google/protobuf": ["ledger/chain"],
    "boost/": ["daemon/loop"],
    "mqtt/": ["daemon/mqtt"],
    "MQTT": ["daemon/mqtt"],
    "ZXing/": ["drivers/symbols"],
    "zbar": ["drivers/symbols"],
    "qrencode.h": ["drivers/symbols"],
    "png.h": ["drivers/symbols"],
    "turbojpeg.h": ["drivers/symbols"],
    "toml++/": ["daemon/settings"],
    "spdlog/": ["daemon/log"],
    "fmt/": ["daemon/log"],
    "nlohmann/": ["daemon/json"],
    "CLI/": ["daemon/cli"],
    "seccomp.h": ["daemon/decoder"],
    "systemd/": ["daemon/log", "daemon/gateway"],
}

# What makes code impure: the ledger is a function of its inputs.
IMPURE_HEADERS = {
    "thread", "mutex", "condition_variable", "future", "iostream", "fstream", "chrono", "random", "regex",
    "sys/socket.h", "time.h", "ctime", "unistd.h",
}
# The store and the random source touch the system by their nature.
IMPURE_EXCEPTIONS = {
    "ledger/store": {"mutex", "unistd.h"},
    "ledger/crypto/sodium": set(),
}


def sources(top):
    for suffix in ("*.hpp", "*.cpp"):
        yield from sorted((ROOT / top).rglob(suffix))


def includes(path):
    text = path.read_text(encoding="utf-8")
    return [(kind, name) for kind, name in INCLUDE.findall(text)]


def relative(path):
    return path.relative_to(ROOT).as_posix()


class House(unittest.TestCase):
    def test_ledger_includes_nothing_of_ours_outside_itself(self):
        for path in sources("ledger"):
            for kind, name in includes(path):
                self.assertFalse(name.startswith(("drivers/", "daemon/", "tests/")), f"{relative(path)} includes {name}")

    def test_drivers_do_not_include_daemons(self):
        for path in sources("drivers"):
            for kind, name in includes(path):
                self.assertFalse(name.startswith(("daemon/", "tests/")), f"{relative(path)} includes {name}")

    def test_ledger_modules_include_only_those_before_them(self):
        for path in sources("ledger"):
            module = path.relative_to(ROOT / "ledger").parts[0]
            for kind, name in includes(path):
                if name.startswith("ledger/"):
                    used = name.split("/")[1]
                    self.assertLessEqual(LEDGER_ORDER.index(used), LEDGER_ORDER.index(module),
                                         f"{relative(path)} includes {name}: {module} comes before {used}")

    def test_third_party_headers_stay_in_their_adapter_folder(self):
        found = set()
        for top in ("ledger", "drivers", "daemon"):
            for path in sources(top):
                for kind, name in includes(path):
                    for prefix, folders in ADAPTERS.items():
                        if kind == "<" and name.startswith(prefix):
                            found.add(prefix)
                            self.assertTrue(any(relative(path).startswith(folder + "/") for folder in folders),
                                            f"{relative(path)} includes <{name}>, which belongs in {folders}")
        # A table row that matches nothing guards nothing.
        self.assertGreaterEqual(len(found), 12, f"only {sorted(found)} were seen")

    def test_unknown_third_party_headers_are_refused(self):
        known = tuple(ADAPTERS)
        system = re.compile(r"^(sys|linux|netinet|arpa|net|asm)/|^[a-z_0-9]+(\.h)?$")
        for top in ("ledger", "drivers", "daemon"):
            for path in sources(top):
                for kind, name in includes(path):
                    if kind == "<" and not name.startswith(known):
                        self.assertRegex(name, system, f"{relative(path)} includes <{name}>, which no adapter owns")

    def test_ledger_is_pure(self):
        for path in sources("ledger"):
            allowed = set()
            for folder, names in IMPURE_EXCEPTIONS.items():
                if relative(path).startswith(folder + "/"):
                    allowed |= names
            for kind, name in includes(path):
                if kind == "<" and name in IMPURE_HEADERS - allowed:
                    self.fail(f"{relative(path)} includes <{name}>: the ledger has no threads, clocks or streams")

    def test_headers_are_guarded_and_files_are_of_a_size_to_read(self):
        for top in ("ledger", "drivers", "daemon", "tests"):
            for path in sources(top):
                text = path.read_text(encoding="utf-8")
                if path.suffix == ".hpp":
                    self.assertIn("#pragma once", text, relative(path))
                    self.assertNotRegex(text, r"(?m)^using namespace", relative(path))
                self.assertLessEqual(text.count("\n"), 900, f"{relative(path)} should be split")

    def test_nothing_is_left_to_do(self):
        done = subprocess.run(["git", "grep", "-nIE", r"\b(TODO|FIXME|XXX|HACK)\b", "--", "*.cpp", "*.hpp", "*.sh", "run", "test"],
                              cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(done.stdout, "")

    def test_every_module_says_what_it_is_for(self):
        for top in ("ledger", "drivers", "daemon"):
            for folder in sorted({p.parent for p in sources(top)}):
                owner = folder
                while not (owner / "CMakeLists.txt").exists():
                    owner = owner.parent
                self.assertTrue((owner / "README.md").exists(), f"{relative(owner)} has no README.md")


if __name__ == "__main__":
    unittest.main()
