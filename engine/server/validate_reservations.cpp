// SPDX-License-Identifier: GPL-3.0-or-later
// Reservations: each for one client, each address once.
#include "engine/server/levels.h"
#include "engine/server/reservation_index.h"
#include "engine/server/validation.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::server {

namespace {

using Octets = std::vector<std::uint8_t>;

std::string describe(const Octets& octets) { return fmt::format("{:02x}", fmt::join(octets, ":")); }

/// What a reservation knows its client by, in one form for all kinds, and in words.
struct Who {
    Octets key;
    std::string text;
    auto operator<=>(const Who& other) const { return key <=> other.key; }
    bool operator==(const Who& other) const { return key == other.key; }
};

void append(Octets& key, const Octets& octets)
{
    key.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(octets.size(), 255)));
    key.insert(key.end(), octets.begin(), octets.end());
}

Who who_of(const Reservation& r)
{
    if (r.hardware) {
        const auto bytes = r.hardware->bytes();
        Octets key{0, r.hardware->type};
        key.insert(key.end(), bytes.begin(), bytes.end());
        return {std::move(key), r.hardware->to_string()};
    }
    Who who;
    if (!r.client_id.empty()) {
        who = {{1}, "client identifier " + describe(r.client_id)};
        append(who.key, r.client_id);
    } else if (!r.client_hostname.empty()) {
        who = {{2}, fmt::format("host name \"{}\"", r.client_hostname)};
        for (const char c : r.client_hostname)
            who.key.push_back(static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    } else {
        who = {{3}, fmt::format("circuit \"{}\", remote \"{}\"", describe(r.circuit_id), describe(r.remote_id))};
        append(who.key, r.circuit_id);
        append(who.key, r.remote_id);
    }
    return who;
}

/// Those that clients of the subnet are told unless a class or a reservation knows better, in ascending order.
std::vector<Ipv4Address> routers_of(const Findings& found, const Subnet& subnet)
{
    std::vector<Ipv4Address> routers = Level{subnet.options}.routers();
    if (routers.empty()) return found.top_routers;
    std::ranges::sort(routers);
    return routers;
}

void check_reserved_address(Findings& found, const Subnet& subnet, Ipv4Address address, bool router, const std::string& where)
{
    const Ipv4Prefix& prefix = subnet.prefix;
    const std::string text = address.to_string();
    if (!prefix.contains(address)) {
        found.add(where + ".address", fmt::format("{} is not inside {}", text, prefix.to_string()),
                  fmt::format("an address from {} to {}", prefix.network.to_string(), prefix.broadcast().to_string()));
    } else if (prefix.length <= 30 && (address == prefix.network || address == prefix.broadcast())) {
        found.add(where + ".address", fmt::format("{} is the network or broadcast address of {}", text, prefix.to_string()));
    }
    if (router)
        found.add(where + ".address", fmt::format("{} is a router's", text), "another address: the router has this one already");
}

/// False when it is for nobody, or for several.
bool check_client(Findings& found, const Reservation& r, const std::string& where)
{
    if (r.hardware && r.hardware->length == 0) found.add(where + ".hardware", "a hardware address has at least one octet");
    if (r.client_id.size() > kMaxClientId) found.add(where + ".client_id", "a client identifier has at most 255 octets");
    // RFC 3046 §2: each suboption has one length octet.
    if (r.circuit_id.size() > 255) found.add(where + ".circuit_id", "a circuit identifier has at most 255 octets");
    if (r.remote_id.size() > 255) found.add(where + ".remote_id", "a remote identifier has at most 255 octets");
    if (const auto fault = fault_of_name(r.client_hostname); !r.client_hostname.empty() && !fault.empty()) {
        found.add(where + ".client_hostname", fmt::format("\"{}\" {}", r.client_hostname, fault));
    } else if (r.client_hostname.size() > kMaxLabel) {
        found.add(where + ".client_hostname", fmt::format("no more than {} octets are kept of a host name", kMaxLabel));
    }
    const bool by_relay = !r.circuit_id.empty() || !r.remote_id.empty();
    const int ways = int{r.hardware.has_value()} + int{!r.client_id.empty()} + int{!r.client_hostname.empty()} + int{by_relay};
    if (ways == 1) return true;
    found.add(where, ways == 0 ? "does not say whom it is for" : "says in several ways whom it is for",
              "exactly one of hardware, client_id, client_hostname, or circuit_id and remote_id");
    return false;
}

/// Reports each repetition at the later of the two entries, or at `what` of it.
template <class T, class Text>
void check_unique(Findings& found, std::vector<std::pair<T, std::size_t>>& entries, const std::string& key, std::string_view what,
                  Text text)
{
    std::ranges::sort(entries);
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].first != entries[i - 1].first) continue;
        found.add(fmt::format("{}.reservation[{}]{}", key, entries[i].second, what),
                  fmt::format("{} is in {}.reservation[{}] already", text(entries[i].first), key, entries[i - 1].second));
    }
}

} // namespace

void check_reservations(Findings& found, const Subnet& subnet, const std::string& key)
{
    if (subnet.reservations.empty()) return;
    const auto routers = routers_of(found, subnet);
    std::vector<std::pair<Ipv4Address, std::size_t>> addresses;
    std::vector<std::pair<Who, std::size_t>> clients;
    for (std::size_t i = 0; i < subnet.reservations.size(); ++i) {
        const Reservation& r = subnet.reservations[i];
        const std::string where = fmt::format("{}.reservation[{}]", key, i);
        check_reserved_address(found, subnet, r.address, std::ranges::binary_search(routers, r.address), where);
        addresses.emplace_back(r.address, i);
        if (check_client(found, r, where)) clients.emplace_back(who_of(r), i);
        if (const auto fault = fault_of_name(r.hostname); !r.hostname.empty() && !fault.empty()) {
            found.add(where + ".hostname", fmt::format("\"{}\" {}", r.hostname, fault));
        }
        check_options(found, r.options, where);
    }
    check_unique(found, addresses, key, ".address", [](Ipv4Address a) { return a.to_string(); });
    check_unique(found, clients, key, "", [](const Who& who) { return who.text; });
}

} // namespace dorascope::server
