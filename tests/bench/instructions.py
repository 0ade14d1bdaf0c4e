# SPDX-License-Identifier: GPL-3.0-or-later
"""Instructions in user space, counted by callgrind: the same however busy the machine is, unlike any time. What the kernel does, and how
often memory is waited for, is not among them."""
import collections
import re
import shutil
import subprocess
from pathlib import Path


class Callgrind:
    """A server run under valgrind, counting while count() says so."""

    def __init__(self, out):
        self.out = Path(out)

    @staticmethod
    def missing():
        return [name for name in ("valgrind", "callgrind_control") if not shutil.which(name)]

    def argv(self, argv):
        return ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={self.out}", "--instr-atstart=no", *argv]

    @staticmethod
    def count(process, on):
        subprocess.run(["callgrind_control", "-i", "on" if on else "off", str(process.pid)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def read(self):
        """(instructions by file, instructions of each function itself and with what it calls, calls). Names are said once in the file, and
        a number stands for them afterwards; the line after `calls=` has what was called cost."""
        names, objects = {}, {}
        by_object, own, whole, calls = (collections.Counter() for _ in range(4))
        place, function, called, is_cost_of_call = None, None, None, False
        for line in self.out.read_text().splitlines():
            if named := re.match(r"(c?)(ob|fn)=\((\d+)\)(?: (.*))?", line):
                callee, kind, number, name = named.groups()
                if name:
                    (objects if kind == "ob" else names)[number] = name.strip()
                if kind == "fn" and callee:
                    called = number
                elif kind == "fn":
                    function = number
                elif not callee:
                    place = number
            elif line.startswith("calls="):
                calls[called] += int(line[6:].split()[0])
                is_cost_of_call = True
            elif cost := re.match(r"[+\-*\d]\S* (\d+)$", line):
                if is_cost_of_call:
                    whole[called] += int(cost[1])
                else:
                    own[function] += int(cost[1])
                    by_object[place] += int(cost[1])
                is_cost_of_call = False
        rows = [(names.get(f, "?"), own[f], whole[f], calls[f]) for f in own]
        return {Path(objects.get(o, "?")).name: n for o, n in by_object.items()}, rows


def report(counter, handshakes, most=40):
    by_object, rows = counter.read()
    total = sum(by_object.values())
    print(f"{total / handshakes:.0f} instructions a DORA in user space: "
          + ", ".join(f"{name} {count / handshakes:.0f}" for name, count in sorted(by_object.items(), key=lambda x: -x[1])[:3]) + "\n")
    print(f"{'itself':>8} {'with calls':>10} {'calls':>7}")
    for name, own, whole, calls in sorted(rows, key=lambda row: -row[1])[:most]:
        print(f"{own / handshakes:8.0f} {whole / handshakes:10.0f} {calls / handshakes:7.2f}  {re.sub(r'[(<].*', '', name)[:90]}")
