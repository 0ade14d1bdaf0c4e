// SPDX-License-Identifier: GPL-3.0-or-later
// What a server is told to do. Plain values; validate() finds everything that is wrong with them at once.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/instant.h"
#include "engine/wire/message.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dorascope::server {

/// RFC 2131 §4.2: the client identifier where the client sends one, else htype and chaddr. Opaque bytes, compared whole (RFC 4361, 6842).
struct ClientKey {
    enum class Kind : std::uint8_t { hardware, identifier };
    Kind kind = Kind::hardware;
    std::vector<std::uint8_t> bytes; ///< identifier: option 61's data; hardware: htype followed by hlen octets of chaddr
    auto operator<=>(const ClientKey&) const = default;
};
/// The key of a request: option 61 outranks chaddr. Nothing when the message has neither.
std::optional<ClientKey> client_key(const wire::Message& message);

/// What an offer carries besides the address. Empty means: not said at this level. Levels, the later outranking the earlier option by
/// option: Config, Subnet, each matching ClientClass in order of the file, Reservation. Everything is sent only to a client that asks
/// for it in option 55, unless it is forced (at any level); a client without option 55 gets 3, 6, 12, 15, 28 and 42. The subnet mask is
/// the exception: everybody gets it, because a host that is not told guesses it from the address's former class (RFC 2132 §3.3).
struct OptionSettings {
    std::vector<Ipv4Address> routers; // 3
    std::vector<Ipv4Address> dns_servers; // 6
    std::vector<Ipv4Address> ntp_servers; // 42
    std::string domain_name; // 15
    /// Every other option as wire data: the one form in which the server keeps what the configuration file spells out (RFC 3442 routes,
    /// RFC 3397 lists, RFC 3925 vendor data …).
    struct Extra {
        std::uint8_t code;
        std::vector<std::byte> data;
        bool force = false; ///< sent whether or not the client asks for it
        bool operator==(const Extra&) const = default;
    };
    std::vector<Extra> extra;
    std::optional<Ipv4Address> next_server; ///< siaddr: where the boot file is
    std::string boot_file; ///< `file`; as option 67 to a client that asks for 67
    std::string server_name; ///< `sname`; as option 66 to a client that asks for 66
    bool operator==(const OptionSettings&) const = default;
};

/// An address set aside for one client, inside or outside the pools of its subnet. Who that is, exactly one kind of these says: hardware,
/// client_id, client_hostname, or what its relay adds; circuit_id and remote_id may go together, and then both must match. One by hardware is
/// the card's: of the systems that run on it, under whatever identifiers, the one that asked last has the address.
struct Reservation {
    Ipv4Address address;
    std::optional<HardwareAddress> hardware;
    std::vector<std::uint8_t> client_id{}; ///< option 61
    std::string hostname{}; ///< what the client is told, as option 12; may be empty
    std::vector<std::uint8_t> circuit_id{}; ///< RFC 3046 §3.1
    std::vector<std::uint8_t> remote_id{}; ///< RFC 3046 §3.2
    std::string client_hostname{}; ///< option 12, else the host's label of option 81, as the client sends it, whatever its case
    OptionSettings options{};
    bool operator==(const Reservation&) const = default;
};

/// One thing that is true of a message. `data` is compared with the octets of its subject.
struct ClassTest {
    enum class Subject : std::uint8_t {
        option, ///< `code`, whole or prefix (60, 77 and 93 are options like others)
        hardware, ///< chaddr
        circuit_id,
        remote_id,
    };
    Subject subject = Subject::option;
    std::uint8_t code = 0;
    std::vector<std::byte> data; ///< empty: it is enough that it is there
    bool prefix = false; ///< else all of it must be equal
    std::vector<std::vector<std::byte>> alternatives{}; ///< … or with one of these, in the same way: architectures 7 and 9
    std::uint16_t offset = 0; ///< what comes before it is not compared
    bool anywhere = false; ///< the octets stand at `offset` or behind it; not together with `prefix`
    bool operator==(const ClassTest&) const = default;
};

/// Clients that are alike. A message belongs to each class all of whose tests hold.
struct ClientClass {
    std::string name;
    std::vector<ClassTest> tests;
    bool deny = false; ///< never answered
    OptionSettings options;
    /// Each in place of the subnet's. A class's own lease time is also the most that its clients get, unless it names a most of its own.
    std::optional<std::uint32_t> lease_seconds{}, min_lease_seconds{}, max_lease_seconds{};
    bool operator==(const ClientClass&) const = default;
};

/// Addresses to give out; with a class, only to clients of that class.
struct Pool : Ipv4Range {
    Pool() = default;
    Pool(Ipv4Range range, std::string of = {})
        : Ipv4Range{range}, client_class{std::move(of)} { } // a range is a pool for everybody
    Pool(Ipv4Address from, Ipv4Address to) : Ipv4Range{from, to} { }
    std::string client_class;
    bool operator==(const Pool&) const = default;
};

struct Subnet {
    Ipv4Prefix prefix;
    std::vector<Pool> pools;
    std::vector<Ipv4Range> exclusions;
    std::vector<Reservation> reservations;
    OptionSettings options;
    std::uint32_t lease_seconds = 3600; ///< kInfiniteSeconds: for ever
    std::uint32_t min_lease_seconds = 60; ///< what a client may ask for (option 51) is clamped to [min, max]
    std::uint32_t max_lease_seconds = 86400;
    std::optional<std::uint32_t> renewal_seconds; ///< T1; default half of the lease (RFC 2131 §4.4.5)
    std::optional<std::uint32_t> rebinding_seconds; ///< T2; default 0.875 of the lease
    /// Subnets with the same name share one link: a client on it may get an address of any of them, in order of the file. Empty: alone.
    std::string shared_network;
    bool operator==(const Subnet&) const = default;
};

/// What this server does where another may be (RFC 2131 §4.3.2; `polite` is ours).
enum class Authority : std::uint8_t {
    normal, ///< answers whoever asks, is silent about clients it does not know
    authoritative, ///< NAKs unknown clients in INIT-REBOOT and REBINDING
    polite, ///< as normal, but answers a DISCOVER or a BOOTP client only if nobody else has within `polite_delay`
};

/// Is an address in use before it is offered for the first time? RFC 2131 §2.2, RFC 5227: ARP on the link, ICMP echo through a relay.
struct ProbeSettings {
    bool enabled = false; ///< the command line and the configuration file turn it on
    std::uint32_t count = 1; ///< 1 to 5
    Duration timeout = std::chrono::milliseconds{500}; ///< for each; 1 ms to 10 s
    bool operator==(const ProbeSettings&) const = default;
};

/// 0: no limit.
struct Limits {
    /// Messages of one client, with a burst of twice as many: of a chaddr from its own card, or by one relay. Under the same chaddr from
    /// other cards and relays come four times as many at most, all together;
    /// through the relay or repeater that carried the client's messages when it got its lease, four times as many of its own.
    std::uint32_t client_per_second = 0;
    std::uint32_t total_per_second =
        0; ///< messages of clients without lease or reservation once that many come; the known go first
    /// Outstanding offers to strangers of one source MAC on the link, and leases of theirs that no offer went before (a REQUEST out of the
    /// blue, rapid commit, BOOTP).
    std::uint32_t offers_per_mac = 16;
    std::uint32_t offers_per_relay =
        256; ///< the same for each relay and subnet, and for each of up to 16 groups of its circuits (82.1)
    /// Leases of one source MAC on the link besides those in its own name; a repeater or a machine with virtual ones has many, by right.
    /// Leases read from the store count once they are renewed: it does not tell who carried their messages.
    std::uint32_t leases_per_mac = 64;
    /// Leases of one circuit of a relay (82.1 and, where it is there, 82.2). Off, because a relay may name its interface so, with a whole
    /// subnet behind it.
    std::uint32_t leases_per_circuit = 0;
    bool operator==(const Limits&) const = default;
};

struct Config {
    std::vector<Subnet> subnets;
    OptionSettings options; ///< of every subnet
    std::vector<ClientClass> classes;
    Authority authority = Authority::normal;
    Duration polite_delay = std::chrono::seconds{1};
    ProbeSettings probe;
    Limits limits;
    bool rapid_commit = false; ///< RFC 4039
    bool subnet_selection = false; ///< heed option 118 (RFC 3011); 82.5 is always heeded
    bool bootp = false; ///< answer clients without option 53 (RFC 1534), with a lease for ever
    Duration offer_hold = std::chrono::seconds{30}; ///< how long an offered address is kept for its client
    Duration decline_quarantine = std::chrono::minutes{10}; ///< how long a declined or conflicting address is not used
    std::size_t max_offers = 65536; ///< bound on outstanding offers, whatever the network sends
    bool operator==(const Config&) const = default;
};

struct ConfigError {
    std::string key; ///< dotted path as in the TOML file: "subnet[0].pool[1]"
    std::string problem; ///< what is wrong, with the value
    std::string suggestion; ///< what would be right; may be empty
};
using ConfigErrors = std::vector<ConfigError>;

/// Nobody reads more of them at once, and a file of 16 MiB can hold millions. Where there are more the last says so, without a key.
inline constexpr std::size_t kMostConfigErrors = 1000;
ConfigError more_than_listed();

/// All that is wrong, in order of the file. Empty means DhcpServer::create() will take it.
/// Covers: pools outside their subnet or overlapping (also across subnets), overlapping subnets, pools of a class that there is not,
/// reservations outside the subnet or colliding (address or client), T1 < T2 < lease, network/broadcast address in a pool, more than 2^24
/// pool addresses, options that contradict a setting or are the server's own, names that are none or twice the same. Of several that
/// overlap at one address each is named once, beside the one that comes before it.
ConfigErrors validate(const Config& config);

/// Such as the lease time and the server identifier: no level may say them.
bool is_filled_in_by_server(std::uint8_t code);

/// What is taken but hardly meant, in order of the file: one of the server's `own_addresses`, or a router, gateway or DNS server that
/// options name, in a pool (not given out), a router or gateway that clients cannot reach, classless routes without a default route,
/// options whose data is not of their format, classes denied and yet configured.
ConfigErrors warnings(const Config& config, std::span<const Ipv4Address> own_addresses = {});

} // namespace dorascope::server
