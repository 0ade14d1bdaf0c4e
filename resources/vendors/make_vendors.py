#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes resources/vendors/vendors.txt from IEEE's oui.txt (Debian: package ieee-data), which IEEE puts into the public domain.

    resources/vendors/make_vendors.py /usr/share/ieee-data/oui.txt > resources/vendors/vendors.txt

One line a prefix, "aabbcc<TAB>Short name", sorted, ASCII: the window searches it as it stands.
"""
import re
import sys
import unicodedata

# What a company calls itself to the registry, less what nobody says aloud.
LEGAL = re.compile(
    r"""[\s,.]*\b(
        co(mpany|rp|rporation)?|inc(orporated)?|ltd|limited|llc|lp|l\.p|plc|gmbh(\s*&\s*co\.?\s*kg)?|ag|kg|kgaa|sa|s\.a|sas|s\.a\.s|s\.?r\.?l|s\.?p\.?a|bv|b\.v|nv|n\.v|
        ab|as|a/s|oy|oyj|pty|pte|pvt|private|sdn|bhd|kk|k\.k|z\s*o\.?\s*o|sp|d\.o\.o|s\.r\.o|a\.s|jsc|ooo|mfg|
        trading\s+as.*|d/b/a.*|t/a.*
    )\b\.?[\s,.]*$""",
    re.IGNORECASE | re.VERBOSE,
)
TAIL = re.compile(
    r"\s+(technologies|technology|communications?|electronics?|international|systems?|industries|networks?|holdings?|group|mobile|computers?|"
    r"telecommunications?|corporate|semiconductors?|enterprise|trading|solutions|digital|equipment|device|devices|manufacturing|"
    r"investment\s+holding|\((?!.*phone)[^)]*\))$",
    re.IGNORECASE,
)
# Names that the rules above leave longer or stranger than people say them.
KNOWN = [
    (r"^hewlett packard enterprise", "HPE"),
    (r"^aruba, a hewlett", "Aruba"),
    (r"^hewlett.packard", "HP"),
    (r"^hp inc", "HP"),
    (r"^tp-link", "TP-Link"),
    (r"^d-link", "D-Link"),
    (r"^samsung", "Samsung"),
    (r"^cisco-linksys", "Linksys"),
    (r"^cisco meraki", "Meraki"),
    (r"^cisco", "Cisco"),
    (r"^huawei device", "Huawei"),
    (r"^huawei", "Huawei"),
    (r"^international business machines|^ibm", "IBM"),
    (r"^hon hai precision", "Foxconn"),
    (r"^lg electronics|^lg innotek", "LG"),
    (r"^sony", "Sony"),
    (r"^xiaomi|^beijing xiaomi", "Xiaomi"),
    (r"^vivo mobile", "Vivo"),
    (r"^guangdong oppo", "Oppo"),
    (r"^avm audiovisuelles|^avm gmbh", "AVM"),
    (r"^asustek", "ASUS"),
    (r"^dell", "Dell"),
    (r"^arris", "Arris"),
    (r"^ubiquiti", "Ubiquiti"),
    (r"^routerboard|^mikrotik", "MikroTik"),
    (r"^raspberry pi", "Raspberry Pi"),
    (r"^axis communications", "Axis"),
    (r"^pcs systemtechnik", "VirtualBox"),
    (r"^juniper", "Juniper"),
    (r"^amazon", "Amazon"),
    (r"^google", "Google"),
    (r"^microsoft", "Microsoft"),
    (r"^murata", "Murata"),
    (r"^zte", "ZTE"),
    (r"^zyxel", "Zyxel"),
    (r"^realtek", "Realtek"),
    (r"^philips", "Philips"),
    (r"^bosch", "Bosch"),
    (r"^siemens", "Siemens"),
    (r"^canon", "Canon"),
    (r"^brother", "Brother"),
    (r"^seiko epson", "Epson"),
    (r"^espressif", "Espressif"),
    (r"^netgear", "Netgear"),
    (r"^nokia", "Nokia"),
    (r"^motorola", "Motorola"),
    (r"^liteon|^lite-on", "Lite-On"),
    (r"^super micro", "Supermicro"),
    (r"^texas instruments", "Texas Instruments"),
    (r"^taiyo yuden", "Taiyo Yuden"),
]
KNOWN = [(re.compile(pattern, re.IGNORECASE), name) for pattern, name in KNOWN]
LONGEST = 24
# Blocks that the registry deals out in smaller parts, or keeps secret, name nobody.
NOBODY = re.compile(r"^(ieee registration|private$)", re.IGNORECASE)
# Locally administered prefixes that everybody's virtual machines use.
LOCAL = {"525400": "QEMU", "0242ac": "Docker"}


def shorten(name):
    name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip()
    for pattern, known in KNOWN:
        if pattern.search(name):
            return known
    name = name.replace("\t", " ").replace('"', "")
    name = re.sub(r"\s*,.*$", "", name) or name
    name = re.sub(r"\s*\([^)]*\)?", " ", name).strip() or name
    for pattern in (LEGAL, TAIL, LEGAL, TAIL, LEGAL):
        shorter = pattern.sub("", name).strip(" ,.&-")
        if len(shorter) >= 2:
            name = shorter
    if name.isupper() and len(name) > 5:
        name = name.title()
    while len(name) > LONGEST and " " in name:
        name = name.rsplit(" ", 1)[0].strip(" ,.&-")
    return name[:LONGEST].strip() or "unnamed"


def main(path):
    rows = dict(LOCAL)
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = re.match(r"([0-9A-F]{6})\s+\(base 16\)\s+(.*\S)", line)
            if match and not NOBODY.search(match[2]):
                rows[match[1].lower()] = shorten(match[2])
    sys.stdout.write("".join(f"{prefix}\t{name}\n" for prefix, name in sorted(rows.items())))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
