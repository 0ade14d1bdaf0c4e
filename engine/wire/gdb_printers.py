# SPDX-License-Identifier: GPL-3.0-or-later
# gdb pretty-printers for addresses and instants:  (gdb) source engine/wire/gdb_printers.py
import datetime

import gdb
import gdb.printing


def dotted(value):
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


class Ipv4Address:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return dotted(int(self.value["value"]))


class Ipv4Prefix(Ipv4Address):
    def to_string(self):
        return "%s/%d" % (dotted(int(self.value["network"]["value"])), int(self.value["length"]))


class Ipv4Range(Ipv4Address):
    def to_string(self):
        return "%s-%s" % (dotted(int(self.value["first"]["value"])), dotted(int(self.value["last"]["value"])))


def octets(array, count):
    elements = array["_M_elems"]
    return ":".join("%02x" % int(elements[i]) for i in range(count))


class MacAddress(Ipv4Address):
    def to_string(self):
        return octets(self.value["octets"], 6)


class HardwareAddress(Ipv4Address):
    def to_string(self):
        return "%s (htype %d)" % (octets(self.value["octets"], min(int(self.value["length"]), 16)), int(self.value["type"]))


class Instant(Ipv4Address):
    def to_string(self):
        nanoseconds = int(self.value["__d"]["__r"])
        if nanoseconds == 2**63 - 1:
            return "never"
        seconds, rest = divmod(nanoseconds, 10**9)
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        return "%s.%09dZ" % (moment.strftime("%Y-%m-%dT%H:%M:%S"), rest)


printers = gdb.printing.RegexpCollectionPrettyPrinter("dorascope")
for name, kind in (
    ("Ipv4Address", Ipv4Address),
    ("Ipv4Prefix", Ipv4Prefix),
    ("Ipv4Range", Ipv4Range),
    ("MacAddress", MacAddress),
    ("HardwareAddress", HardwareAddress),
):
    printers.add_printer(name, "^dorascope::%s$" % name, kind)
printers.add_printer("Instant", "^std::chrono::time_point<dorascope::LabClock,.*>$", Instant)
gdb.printing.register_pretty_printer(gdb.current_objfile(), printers, replace=True)
