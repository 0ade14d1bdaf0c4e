// SPDX-License-Identifier: GPL-3.0-or-later
// The longer part of --help: examples, and the names that JSON uses. The man page says the same.
#pragma once

#include <string_view>

namespace dorascope::cli::help {

inline constexpr std::string_view kRoot = R"(Examples:
  dorascope-cli demo                                   three clients get their addresses
  dorascope-cli serve -i eth0 --pool 192.168.1.100-192.168.1.200
  dorascope-cli ctl list                               what that server has leased to whom
  dorascope-cli watch -i eth0                          every DHCP message, as it happens
  dorascope-cli read capture.pcapng --json             one JSON object a message
  dorascope-cli config import /etc/dnsmasq.conf        another server's configuration as ours

Exit status: 0 done; 1 storm found wrong replies; 2 not done, and one sentence on standard error says why and what to do.)";

inline constexpr std::string_view kDemo = R"(Examples:
  dorascope-cli demo                     three clients ask at the same moment
  dorascope-cli demo rogue               a second server races the first
  dorascope-cli demo office --fast --seed 7 -w office.pcap

Columns: time, letter and type of the message, client, what it says.)";

inline constexpr std::string_view kServe =
    R"(The subnet and the server's own identifier come from the interface's address that the pool
belongs to. With --subnet the clients are elsewhere, behind a relay agent that sends to this
machine. The addresses of the interface, of routers and of DNS, NTP and TFTP servers are never
given out, also when they lie in the pool. --authoritative, --polite, --probe and --rapid-commit
outrank what the file of --config says.

Ctrl-C or SIGTERM ends it, and so does its terminal when that is closed (not under nohup); leases
survive, also kill -9 and power loss. SIGHUP reads the file of --config again, and so does
dorascope-cli ctl reload: a file with errors changes nothing. See ctl --help for all orders.

Examples:
  dorascope-cli serve -i eth0 --pool 192.168.1.100-192.168.1.200
  dorascope-cli serve -i eth0 --pool 192.168.1.100-192.168.1.200 --router 192.168.1.1 \
                --dns 192.168.1.1,9.9.9.9 --lease-time 600
  dorascope-cli serve -i eth0 --pool 192.168.1.100-192.168.1.200 --polite --for 2h
  dorascope-cli serve -i eth0 --subnet 10.1.0.0/16 --pool 10.1.0.10-10.1.3.250 --router 10.1.0.1
  dorascope-cli serve -i eth0 --config dhcp.toml --state-dir /srv/leases)";

inline constexpr std::string_view kConfig =
    R"(What to do:
  check FILE          is the configuration right? Every mistake, with line, key and what was expected
  import FILE         the configuration of dnsmasq, ISC dhcpd or Kea as ours
  export kea FILE     ours as the configuration of kea-dhcp4
  example             a commented configuration with every key
  options             every option that has a key: code, key, type and RFC, and how each type is written

FILE may be -, which is standard input. What the other side has no word for, or what was not
understood, is listed on standard error, each with its line and the reason. What a server that runs
has in force, dorascope-cli ctl config prints. Formats (--from): dnsmasq, isc, kea.

Examples:
  dorascope-cli config example > dhcp.toml
  dorascope-cli config options | grep -i route
  dorascope-cli config check dhcp.toml
  dorascope-cli config import /etc/dnsmasq.conf -o dhcp.toml
  dorascope-cli config import dhcpd.conf --from isc > dhcp.toml
  dorascope-cli config export kea dhcp.toml --interface eth0 -o kea-dhcp4.conf && kea-dhcp4 -t kea-dhcp4.conf)";

inline constexpr std::string_view kLeases =
    R"(What to do:
  export              the leases of an interface (--interface) or of a file (--file), also while they are served
  import FILE         leases for an interface's server (--interface) or into a file (--into), which no
                      server may have open; - is standard input

The server of an interface has them in leases-IF.sqlite in --state-dir: for root /var/lib/dorascope, for
others ~/.local/state/dorascope.

Formats (--to, --from): csv and json keep everything; dnsmasq (dnsmasq.leases), isc (dhcpd.leases) and
kea (memfile CSV) what those servers keep; what they do not is listed on standard error. What is there
is left alone, and said, where another client holds it, where it is in quarantine, and where it was renewed
later or the file does not say when; --overwrite replaces it.

Examples:
  dorascope-cli leases export -i eth0 --to csv -o leases.csv
  dorascope-cli leases export --file leases-eth0.sqlite --to kea --config dhcp.toml -o kea-leases4.csv
  dorascope-cli leases import /var/lib/misc/dnsmasq.leases --interface eth0)";

inline constexpr std::string_view kCtl =
    R"(Orders:
  list                     leases, quarantine, reservations, pools, and what was decided how often
  status                   since when, with what configuration, how many packets
  release ADDRESS          take the address from its client; the client keeps its claim to come back
  delete ADDRESS           forget the address: lease, history and quarantine
  reserve ADDRESS MAC      keep the address for this client; in the pool or outside it
  reserve ADDRESS --client-id HEX           … for the one with this identifier (option 61),
  reserve ADDRESS --client-hostname NAME    … that calls itself so (option 12, else 81),
  reserve ADDRESS --circuit-id HEX          … that hangs on this circuit of its relay (82.1);
                           --remote-id (82.2) in its place or beside it. HEX may be text:TEXT
  unreserve ADDRESS        give up a reservation that was ordered so
  clear-quarantine ADDRESS let an address that was in use by somebody be given out again
  reload [FILE]            read the configuration file again, or this one from now on
  config                   what is in force, as the TOML that serve takes, with the reservations
                           that were ordered; --out (-o) names a file
  stop                     end the server; its leases are kept

An order is on disk when it is answered. Reservations are kept beside the leases and survive
restarts; what the configuration file reserves is its own. A client is not told of a release: it
may use the address until its lease ends. Only the user who started the server, and root, may
give orders.

Examples:
  dorascope-cli ctl list
  dorascope-cli ctl reserve 192.168.1.50 3c:22:fb:0a:01:02 --hostname printer
  dorascope-cli ctl reserve 192.168.1.51 --circuit-id text:ge-0/0/7
  dorascope-cli ctl -i eth0 reload dhcp.toml
  dorascope-cli ctl config -o dhcp.toml
  dorascope-cli ctl config | dorascope-cli config export kea - --interface eth0 -o kea-dhcp4.conf
  dorascope-cli ctl list --json | jq 'select(.kind == "lease" and .state == "bound") | .address'

JSON, one object a line, each with a kind; times are seconds since 1970, what is not there is null.
  lease        address, state (offered, bound, expired, released, declined, conflict), chaddr,
               client_id, hostname, vendor_class, since, renewed, expires
  pool         subnet, size, bound, offered, declined, outside
  reservation  address, hardware, client_id, circuit_id, remote_id, client_hostname, hostname,
               from (order, configuration)
  count        reason (of a decision; or bad_frames, not_for_us, no_address, kernel_drops,
               send_errors, store_failures), times
  status       interface, server, pid, since, now, stops_at, state_dir, config, authority, probe,
               rapid_commit, leases, received, transmitted, commits, bad_frames, not_for_us,
               no_address, kernel_drops, send_errors, store_failures
  config       text (a part of the file; all of them, one after the other, are the file)
  done         ok, said, warnings)";

inline constexpr std::string_view kWatch =
    R"(Messages are printed as they come. Exchanges are printed once, when their outcome is settled,
those still pending at the end. Leases are printed each time one changes; servers when they are
first seen, and all of them at the end. What the kernel dropped is said at the end.

Examples:
  dorascope-cli watch -i eth0
  dorascope-cli watch -i eth0 --json --what exchanges | jq 'select(.outcome != "bound")'
  dorascope-cli watch -i eth0 --seconds 60 -w minute.pcap

)";

inline constexpr std::string_view kRead =
    R"(Everything is printed as it stands at the end of the file; only messages come one by one. An
exchange that the file leaves unanswered counts as unanswered. Of a file without any DHCP message
standard error says so, and what its frames are. Times are of this machine's time zone; with TZ=UTC
before the command they are UTC.

Examples:
  dorascope-cli read capture.pcapng
  dorascope-cli read capture.pcapng --json --what exchanges | jq .dora_ms
  ssh router tcpdump -i br0 -U -w - port 67 or port 68 | dorascope-cli read - --json

)";

inline constexpr std::string_view kJson =
    R"(JSON, one object a line. Times are seconds since 1970 with a fraction, addresses dotted quads,
MAC addresses lower-case with colons, xid "0x3903f326"; what is not there is null.
  messages   frame (from 1, over all frames, as Wireshark counts), time,
             link {source, destination, vlan}, ip {source, destination},
             udp {source_port, destination_port}, type ("DHCPDISCOVER", "BOOTP" without one),
             op, htype, hlen, hops, xid, secs, broadcast, ciaddr, yiaddr, siaddr, giaddr, chaddr,
             sname, file, options [{code, name, value, hex, area}] in the order of the wire,
             anomalies [{code, severity, offset, length, option, text, clause}]
  exchanges  xid, chaddr, client_id (hex), messages [type, …], frames [number, …], start, end,
             outcome (pending, bound, renewed, nak, no_offer, no_ack, not_taken, declined, released,
             informed, unanswered, orphan), address, server, offers [{server, address, ms}],
             offer_ms, ack_ms, dora_ms, retransmissions
  leases     address, chaddr, client_id, hostname, vendor_class, server, state (offered, bound,
             expired, released, declined), since, renewed, expires, lease_seconds
  servers    server, mac, first_seen, last_seen, offers, acks, naks, subnet_mask, routers,
             dns_servers, domain_name, lease_seconds, lowest, highest,
             response_ms {samples, least, median, p95, most})";

inline constexpr std::string_view kStorm =
    R"(Each client does DISCOVER, OFFER, REQUEST, ACK, and the next one begins when one is done. Every
OFFER and ACK is checked (client, address offered, server identifier, lease time, mask, ciaddr,
giaddr), and that no address is given to two clients while a lease on it is alive. A wrong reply
is named, and the exit status is 1. With --known the clients come again when all have a lease:
through a relay they rebind (ciaddr), on a link they reboot (option 50).

A server that probes addresses before it offers them is measured waiting: serve with probes off.
When more clients are given up than served, the exit status is 2.

It takes every address that the server has. So it runs in a network namespace or against
loopback only, unless the interface is named twice: --interface eth0 --yes-really eth0.
It needs root: port 67 for --relayed, CAP_NET_RAW for frames on a link.

Examples:
  ip netns exec relay dorascope-cli storm --relayed 10.1.0.1 --server 192.168.1.1 --clients 100000
  ip netns exec relay dorascope-cli storm --relayed 10.1.0.1 --server 192.168.1.1 --in-flight 1 --seconds 5
  ip netns exec lan dorascope-cli storm -i eth0 --clients 5000 --known --seconds 10 --json
  dorascope-cli storm --relayed 127.0.0.2 --server 127.0.0.1 --server-pid $(pidof dhcpd)

JSON: kind ("dora" or "renewal"), giaddr, in_flight, took_seconds, exchanges, per_second,
  offer_us and ack_us {p50, p90, p99, max} from the first try to the answer, retransmissions, lost
  (clients given up), naks, strays (replies nobody waited for), held (addresses), server_cpu_us and
  own_cpu_us {user, system} per exchange, first_offer and first_ack (seconds since 1970),
  fault_count, faults [text])";

inline constexpr std::string_view kInterfaces = R"(Example:
  dorascope-cli interfaces)";

} // namespace dorascope::cli::help
