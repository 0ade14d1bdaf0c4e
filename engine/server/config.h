// SPDX-License-Identifier: GPL-3.0-or-later
// What a server is told to do. Plain values; validate() finds everything that is wrong with them at once.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/instant.h"
#include "engine/wire/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
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

/// An address set aside for one client, inside or outside the pools of its subnet.
struct Reservation {
    Ipv4Address address;
    std::optional<HardwareAddress> hardware; ///< exactly one of hardware …
    std::vector<std::uint8_t> client_id; ///< … and client_id (not empty) is set
    std::string hostname; ///< sent as option 12; may be empty
    bool operator==(const Reservation&) const = default;
};

/// What an offer carries besides the address. Empty means: not sent.
struct OptionSettings {
    std::vector<Ipv4Address> routers; // 3
    std::vector<Ipv4Address> dns_servers; // 6
    std::vector<Ipv4Address> ntp_servers; // 42
    std::string domain_name; // 15
    /// Further options as wire data, sent when asked for in option 55.
    struct Extra {
        std::uint8_t code;
        std::vector<std::byte> data;
        bool operator==(const Extra&) const = default;
    };
    std::vector<Extra> extra;
    bool operator==(const OptionSettings&) const = default;
};

struct Subnet {
    Ipv4Prefix prefix;
    std::vector<Ipv4Range> pools;
    std::vector<Ipv4Range> exclusions;
    std::vector<Reservation> reservations;
    OptionSettings options;
    std::uint32_t lease_seconds = 3600; ///< kInfiniteSeconds: for ever
    std::uint32_t min_lease_seconds = 60; ///< what a client may ask for (option 51) is clamped to [min, max]
    std::uint32_t max_lease_seconds = 86400;
    std::optional<std::uint32_t> renewal_seconds; ///< T1; default half of the lease (RFC 2131 §4.4.5)
    std::optional<std::uint32_t> rebinding_seconds; ///< T2; default 0.875 of the lease
    bool operator==(const Subnet&) const = default;
};

struct Config {
    std::vector<Subnet> subnets;
    bool authoritative = false; ///< NAK unknown clients in INIT-REBOOT and REBINDING instead of staying silent
    Duration offer_hold = std::chrono::seconds{30}; ///< how long an offered address is kept for its client
    Duration decline_quarantine = std::chrono::minutes{10}; ///< how long a declined address is not used
    std::size_t max_offers = 65536; ///< bound on outstanding offers, whatever the network sends
    bool operator==(const Config&) const = default;
};

struct ConfigError {
    std::string key; ///< dotted path as in the TOML file: "subnet[0].pool[1]"
    std::string problem; ///< what is wrong, with the value
    std::string suggestion; ///< what would be right; may be empty
};
using ConfigErrors = std::vector<ConfigError>;

/// All that is wrong, in order of the file. Empty means DhcpServer::create() will take it.
/// Covers: pools outside their subnet or overlapping (also across subnets), overlapping subnets, reservations outside the subnet or
/// colliding (address or client), T1 < T2 < lease, network/broadcast address in a pool, more than 2^24 pool addresses, empty names.
ConfigErrors validate(const Config& config);

} // namespace dorascope::server
