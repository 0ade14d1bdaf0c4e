#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server under load, beside a reflector that stores nothing and beside other servers that are installed.

Two network namespaces and a cable; the server on one core, `dorascope-cli storm` as a relay agent (or with --link as clients on the
link) on another. One server after the other,
in rounds, so that what the machine does besides hits all of them. Everything is removed at the end, whatever happens.
"""
import argparse
import atexit
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from instructions import Callgrind, report

FAMILY = "dorascope-bench-"
RELAYED_SERVER, RELAY, GIADDR, LINK_SERVER = "192.168.77.1", "192.168.77.2", "10.0.0.1", "10.0.0.1"
POOL_FIRST, POOL_LAST = "10.1.0.0", "10.60.0.0"
LEASE = 7200


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Network:
    """Two namespaces: `srv` with the server's eth0, `rel` with the relay agent's, or the clients'."""

    def __init__(self, link):
        self.remove_leftovers()
        self.srv, self.rel = (f"{FAMILY}{os.getpid()}-{name}" for name in ("srv", "rel"))
        atexit.register(self.remove)
        for name in (self.srv, self.rel):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", self.srv, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", self.rel)
        for name in (self.srv, self.rel):
            ip("-n", name, "link", "set", "eth0", "up")
        if link:
            ip("-n", self.srv, "address", "add", LINK_SERVER + "/8", "dev", "eth0")
            return
        for name, address in ((self.srv, RELAYED_SERVER), (self.rel, RELAY)):
            ip("-n", name, "address", "add", address + "/24", "dev", "eth0")
        ip("-n", self.rel, "address", "add", GIADDR + "/8", "dev", "lo")
        ip("-n", self.srv, "route", "add", "10.0.0.0/8", "via", RELAY)

    def remove(self):
        for name in (self.srv, self.rel):
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)

    @staticmethod
    def remove_leftovers():
        """Of runs that were killed: their number is that of a process that is no more."""
        for line in subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout.splitlines():
            name = line.split()[0]
            if name.startswith(FAMILY) and not Path("/proc", name[len(FAMILY):].split("-")[0]).exists():
                subprocess.run(["ip", "netns", "delete", name])


def within(namespace, cores, argv):
    """Ends with us, however we end; all of these replace themselves, so that the process number is the server's. Of real-time priority:
    who shares the core would otherwise decide when a server that slept for a microsecond runs again."""
    pin = ["taskset", "-c", str(cores)] if os.cpu_count() > 1 else []
    return ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", namespace, "chrt", "--rr", "1", *pin, *map(str, argv)]


# ---------------------------------------------------------------- the servers, a class each


class Reflector:
    name, program = "reflector", None
    stores = False

    def argv(self, bench, state):
        return [bench.bin / "bench_reflector", bench.server, *(["--link", "eth0"] if bench.options.link else [])]


class SyncingReflector(Reflector):
    name = "reflector, 1 fdatasync a batch"

    def argv(self, bench, state):
        return [*super().argv(bench, state), "--sync", state / "sync"]


class DoraScope:
    name, program = "dorascope-cli serve (synced)", None
    stores = True

    def argv(self, bench, state):
        (state / "dhcp.toml").write_text(f"""probe = {{ enabled = false }}
[[subnet]]
prefix = "10.0.0.0/8"
pool = "{POOL_FIRST}-{POOL_LAST}"
lease_time = {LEASE}
""")
        return [bench.bin / "dorascope-cli", "serve", "--interface", "eth0", "--quiet", "--config", state / "dhcp.toml", "--state-dir", state]


class Kea:
    name, program = "Kea memfile (not synced)", "kea-dhcp4"
    stores = True

    def argv(self, bench, state):
        config = {"Dhcp4": {
            "interfaces-config": {"interfaces": ["eth0"], "dhcp-socket-type": "raw" if bench.options.link else "udp"},
            "lease-database": {"type": "memfile", "persist": True, "name": str(state / "kea-leases.csv"), "lfc-interval": 0},
            "valid-lifetime": LEASE,
            "subnet4": [{"subnet": "10.0.0.0/8", "pools": [{"pool": f"{POOL_FIRST} - {POOL_LAST}"}]}],
            "loggers": [{"name": "kea-dhcp4", "severity": "FATAL", "output_options": [{"output": "stderr"}]}]}}
        (state / "kea.json").write_text(json.dumps(config))
        return ["env", f"KEA_PIDFILE_DIR={state}", f"KEA_LOCKFILE_DIR={state}", "kea-dhcp4", "-c", state / "kea.json"]


class IscDhcpd:
    name, program = "ISC dhcpd (synced)", "dhcpd"
    stores = True

    def argv(self, bench, state):
        (state / "leases").touch()
        # Its memory and its time go by the size of the pool: a smaller one, and no more than a run needs.
        elsewhere = "" if bench.options.link else "subnet 192.168.77.0 netmask 255.255.255.0 { }"
        (state / "dhcpd.conf").write_text(f"""default-lease-time {LEASE}; ping-check false; authoritative;
{elsewhere}
subnet 10.0.0.0 netmask 255.0.0.0 {{ range 10.1.0.0 10.1.127.255; }}
""")
        return ["dhcpd", "-4", "-f", "-q", "-cf", state / "dhcpd.conf", "-lf", state / "leases", "-pf", state / "pid", "eth0"]


class Dnsmasq:
    name, program = "dnsmasq (not synced)", "dnsmasq"
    stores = True

    def argv(self, bench, state):
        return ["dnsmasq", "-k", "-C", "/dev/null", "--port=0", "--user=root", "--interface=eth0", "--bind-interfaces", "--no-ping",
                "--quiet-dhcp", "--log-facility=/dev/null", f"--dhcp-leasefile={state / 'leases'}", "--dhcp-lease-max=1000000",
                f"--dhcp-range=10.1.0.0,10.3.255.255,255.0.0.0,{LEASE}", "--pid-file="]


SERVERS = [Reflector(), SyncingReflector(), DoraScope(), Kea(), IscDhcpd(), Dnsmasq()]


def installed(server):
    return server.program is None or shutil.which(server.program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


# ---------------------------------------------------------------- running them


class Running:
    """A server that runs, ended on the way out."""

    def __init__(self, bench, server, state, cores=0):
        self.bench, self.server = bench, server
        self.log = open(state / "log", "ab")
        self.process = subprocess.Popen(within(bench.network.srv, cores, server.argv(bench, state)), stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def ready(self):
        """It answers one client; else what it said."""
        try:
            self.bench.storm("--clients", 1, "--timeout", 20, "--tries", 500)
        except RuntimeError as error:
            raise RuntimeError(f"{self.server.name} does not answer: {error}\n{Path(self.log.name).read_text()[-2000:]}")
        return self

    def resident(self):
        for line in Path("/proc", str(self.process.pid), "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


class Bench:
    def __init__(self, options):
        self.bin, self.options = Path(options.bin), options
        self.network = Network(options.link)
        self.server = LINK_SERVER if options.link else RELAYED_SERVER
        self.where = ["--interface", "eth0"] if options.link else ["--relayed", GIADDR, "--server", self.server]
        self.folder = Path(tempfile.mkdtemp(prefix=FAMILY, dir=options.state_dir))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.count = 0

    def state(self, copy_of=None):
        self.count += 1
        folder = self.folder / str(self.count)
        if copy_of:
            shutil.copytree(copy_of, folder)
        else:
            folder.mkdir()
        return folder

    def storm_argv(self, *words):
        self.count += 1  # a seed of its own: nobody comes twice unless meant to
        seed = [] if "--seed" in words else ["--seed", self.count]
        return within(self.network.rel, 1 % os.cpu_count(),
                      [self.bin / "dorascope-cli", "storm", *self.where, "--json", *seed, *words])

    def storm(self, *words):
        done = subprocess.run(self.storm_argv(*words), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return json.loads(done.stdout)

    def load(self, running, seconds):
        return self.storm("--seconds", seconds, "--server-pid", running.process.pid, "--in-flight", self.options.in_flight)

    def round_of(self, server, results):
        """New clients with 64 in flight, then one alone; each on a server that starts empty."""
        state = self.state()
        with Running(self, server, state) as running:
            running.ready()
            results.setdefault(server.name, []).append(self.load(running, self.options.seconds))
            alone = self.storm("--seconds", 2, "--in-flight", 1)
            results.setdefault(server.name + "/alone", []).append(alone)
        shutil.rmtree(state)

    def fill(self, server):
        """A state folder with many leases in it, and what a lease takes of memory."""
        state = self.state()
        with Running(self, server, state) as running:
            running.ready()
            empty = running.resident()
            self.storm("--clients", self.options.leases, "--in-flight", self.options.in_flight)
            memory = (running.resident() - empty) / self.options.leases
        return state, memory

    def held_round(self, server, full, results):
        """The same load on a server that holds many leases already."""
        state = self.state(full)
        with Running(self, server, state) as running:
            running.ready()
            results.setdefault(server.name + "/held", []).append(self.load(running, self.options.seconds))
        shutil.rmtree(state)

    def start_round(self, server, full, results):
        """From the start of the process until a client that asks every few milliseconds has its first OFFER. That client is all the load
        there is, so the server may have both cores, as on a laptop."""
        state = self.state(full)
        argv = self.storm_argv("--clients", 1, "--timeout", 4, "--tries", 100000)
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as client:
            time.sleep(.3)
            begun = time.time()
            with Running(self, server, state, "0,1" if os.cpu_count() > 1 else 0):
                answer = json.loads(client.communicate(timeout=120)[0])
        results.setdefault(server.name + "/start", []).append(answer["first_offer"] - begun)
        shutil.rmtree(state)


# ---------------------------------------------------------------- what comes out


def count_instructions(bench, handshakes=8000):
    """Of our server under load, once what is done once is done."""
    missing = Callgrind.missing()
    if missing:
        sys.exit(f"bench server: --instructions needs {' and '.join(missing)} (./dev setup all installs them)")
    state = bench.state()
    counter = Callgrind(state / "callgrind.out")

    class Counted(DoraScope):
        def argv(self, bench, state):
            return counter.argv(super().argv(bench, state))

    patience = ["--timeout", 20, "--in-flight", bench.options.in_flight]
    with Running(bench, Counted(), state) as running:
        running.ready()
        bench.storm("--clients", 2000, *patience)
        counter.count(running.process, True)
        bench.storm("--clients", handshakes, *patience)
        counter.count(running.process, False)
    report(counter, handshakes)


def cpu(result):
    return sum(result["server_cpu_us"].values())


class Figures:
    def __init__(self, results):
        self.results = results

    def of(self, name, get):
        return statistics.median(map(get, self.results[name])) if self.results.get(name) else None

    def rate(self, name):
        return self.of(name, lambda r: r["per_second"])

    def cpu(self, name):
        return self.of(name, cpu)

    def offer(self, name):
        return self.of(name + "/alone", lambda r: r["offer_us"]["p50"])

    def ack(self, name):
        return self.of(name + "/alone", lambda r: r["ack_us"]["p50"])


def ratio(a, b):
    return a / b if a is not None and b else None


def text(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


def table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print()


def comparison(figures, names):
    rows = [["server", "DORA/s", "(least–most)", "CPU µs/DORA", "× Kea's rate", "× reflector's CPU", "OFFER µs", "ACK µs"]]
    for name in filter(figures.results.get, names):
        rates = [r["per_second"] for r in figures.results[name]]
        rows.append([name, text(figures.rate(name), "{:.0f}"), f"{min(rates):.0f}–{max(rates):.0f}", text(figures.cpu(name)),
                     text(ratio(figures.rate(name), figures.rate(Kea.name))), text(ratio(figures.cpu(name), figures.cpu(Reflector.name))),
                     text(figures.offer(name), "{:.0f}"), text(figures.ack(name), "{:.0f}")])
    table(rows)


def verdicts(figures, memory):
    """A row a target: what, target, measured, and whether at most (or at least) that was reached."""
    us = DoraScope.name
    sync = None
    if figures.ack(SyncingReflector.name) is not None:
        sync = figures.ack(SyncingReflector.name) - figures.ack(Reflector.name)
    bare_cpu, held = figures.cpu(Reflector.name), figures.of(us + "/held", lambda r: r["per_second"])
    rows = [
        ("DORA/s ÷ Kea's", "least", 6, ratio(figures.rate(us), figures.rate(Kea.name))),
        ("CPU µs per DORA", "most", 12, figures.cpu(us)),
        ("CPU per DORA ÷ reflector's", "most", 1.8, ratio(figures.cpu(us), bare_cpu)),
        ("DORA/s with the leases held ÷ with none", "least", .85, ratio(held, figures.rate(us))),
        ("one client: OFFER ÷ reflector's", "most", 1.3, ratio(figures.offer(us), figures.offer(Reflector.name))),
        ("one client: ACK µs, reflector's + 2 syncs", "most", sync and figures.ack(Reflector.name) + 2 * sync, figures.ack(us)),
        ("resident octets a lease", "most", 160, memory),
        ("start to the first OFFER with the leases, s", "most", .3, figures.of(us + "/start", float)),
    ]
    out = [["what", "target", "measured", ""]]
    for what, kind, target, value in rows:
        sign = "≥" if kind == "least" else "≤"
        met = value is not None and target is not None and (value >= target if kind == "least" else value <= target)
        verdict = "not measured" if value is None or target is None else "met" if met else "NOT met"
        out.append([what, f"{sign} {text(target)}", text(value), verdict])
    table(out)


def machine():
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    return f"{time.strftime('%Y-%m-%d %H:%M')}, {model}, {os.cpu_count()} cores, Linux {os.uname().release}, load average {os.getloadavg()[0]:.1f}"


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench server", description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3, help="of all servers, one after the other (default 3)")
    parser.add_argument("--seconds", type=float, default=4, help="of load each (default 4)")
    parser.add_argument("--in-flight", type=int, default=64, help="clients at the same time (default 64)")
    parser.add_argument("--link", action="store_true", help="clients on the link, not through a relay agent")
    parser.add_argument("--leases", type=int, default=500000, help="held, for what is measured on a full server (default 500000)")
    parser.add_argument("--no-held", action="store_true", help="leave out what is measured on a full server")
    parser.add_argument("--no-peers", action="store_true", help="leave out Kea, ISC dhcpd and dnsmasq")
    parser.add_argument("--state-dir", default="/var/tmp", help="where leases are kept: a real disk (default /var/tmp)")
    parser.add_argument("--instructions", action="store_true",
                        help="count those of dorascope-cli serve in user space instead (valgrind): the same on a busy machine")
    parser.add_argument("--json", help="write every result of every round into this file")
    options = parser.parse_args()
    options.seconds = max(1, round(options.seconds))
    return options


def main():
    options = arguments()
    if os.geteuid() != 0:
        sys.exit("bench server: network namespaces need root")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench server: ended by a signal"))
    print(machine() + f", {options.rounds} rounds of {options.seconds} s, {options.in_flight} in flight {'on the link' if options.link else 'through a relay'}, SCHED_RR\n", flush=True)
    bench, results, memory = Bench(options), {}, None
    if options.instructions:
        return count_instructions(bench)
    servers = [s for s in SERVERS if installed(s) and not (s.program and options.no_peers)]
    missing = [s.name for s in SERVERS if not installed(s)]
    if missing:
        print("not installed, so not compared (./dev setup peers): " + ", ".join(missing) + "\n")
    for number in range(options.rounds):
        for server in servers:
            print(f"round {number + 1}: {server.name}", file=sys.stderr, flush=True)
            try:
                bench.round_of(server, results)
            except RuntimeError as error:  # a peer that gives up must not cost the others their figures
                if not server.program:
                    raise
                print(f"{server.name}: {error}", file=sys.stderr)
    if not options.no_held:
        ours = next(s for s in servers if isinstance(s, DoraScope))
        print(f"{options.leases} leases", file=sys.stderr, flush=True)
        full, memory = bench.fill(ours)
        for number in range(options.rounds):
            bench.held_round(ours, full, results)
            bench.start_round(ours, full, results)
    figures = Figures(results)
    comparison(figures, [s.name for s in servers])
    verdicts(figures, memory)
    if options.json:
        Path(options.json).write_text(json.dumps({"machine": machine(), "results": results, "memory_per_lease": memory}, indent=1))


if __name__ == "__main__":
    main()
