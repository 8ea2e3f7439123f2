"""Each header of the ledger compiles alone: it includes what it uses, whoever includes it first.

A header that is the first include of its own source is compiled alone by the build; the others are compiled here.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "headers"
# Objects rather than a syntax check: they are what ccache keeps, so that a second run takes no time.
COMPILER = ([shutil.which("ccache")] if shutil.which("ccache") else []) + ["g++"]
FLAGS = ["-std=c++23", "-O0", "-c", "-Wall", "-Wextra", "-Werror", "-D_GLIBCXX_ASSERTIONS", "-I."]
ENVIRONMENT = dict(os.environ, CCACHE_BASEDIR=str(ROOT), CCACHE_NOHASHDIR="1")


def complaint(header):
    name = header.relative_to(ROOT).as_posix()
    # A fixed place, so that ccache knows the unit again.
    unit = FOLDER / (name.replace("/", "_") + ".cpp")
    # Twice: the second time must be a no-op.
    unit.write_text(f'#include "{name}"\n#include "{name}"\n', encoding="utf-8")
    source = unit.relative_to(ROOT).as_posix()
    done = subprocess.run([*COMPILER, *FLAGS, "-o", source + ".o", source], cwd=ROOT, env=ENVIRONMENT,
                          capture_output=True, text=True)
    return "" if done.returncode == 0 else f"{name}:\n{done.stderr[:2000]}"


def is_first_in_its_source(header):
    source = header.with_suffix(".cpp")
    if not source.exists():
        return False
    first = re.search(r'^#include [<"]([^>"]+)', source.read_text(encoding="utf-8"), re.M)
    return first is not None and first[1] == header.relative_to(ROOT).as_posix()


class Headers(unittest.TestCase):
    def test_each_header_of_the_ledger_compiles_alone(self):
        every = sorted((ROOT / "ledger").rglob("*.hpp"))
        headers = [header for header in every if not is_first_in_its_source(header)]
        self.assertGreater(len(every), 10)
        self.assertGreater(len(headers), 3)
        FOLDER.mkdir(parents=True, exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            complaints = [text for text in pool.map(complaint, headers) if text]
        self.assertEqual(complaints, [], "\n".join(complaints))


if __name__ == "__main__":
    unittest.main()
