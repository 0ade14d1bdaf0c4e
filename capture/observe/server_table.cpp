// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/server_table.h"

#include "engine/wire/cursor.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <cstring>

namespace dorascope::observe {

namespace {

constexpr std::uint64_t kNoMac = ~std::uint64_t{0};

std::uint64_t number_of(const std::optional<MacAddress>& mac)
{
    if (!mac) return kNoMac;
    std::uint64_t number = 0;
    for (const auto octet : mac->octets)
        number = number << 8 | octet;
    return number;
}

/// The Ethernet address that sent a reply, where it is the server's own. A relayed reply bears the relay's.
std::optional<MacAddress> own_mac(const Reading& reading, const decode::DhcpPacket& packet)
{
    return reading.giaddr.is_unspecified() ? packet.link.source : std::nullopt;
}

void assign_addresses(std::vector<Ipv4Address>& list, std::span<const std::byte> data)
{
    const std::size_t n = std::min(data.size() / 4, ServerTable::kMaxAddresses);
    list.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        list[i] = {wire::load_u32(data.data() + 4 * i)};
}

void assign_text(std::string& text, std::span<const std::byte> data)
{
    data = data.first(std::min(data.size(), ServerTable::kMaxText));
    while (!data.empty() && data.back() == std::byte{0})
        data = data.first(data.size() - 1);
    if (text.size() == data.size() && (data.empty() || std::memcmp(text.data(), data.data(), data.size()) == 0)) return;
    text = wire::printable(data);
}

} // namespace

ServerId ServerTable::identify(const Reading& reading, const decode::DhcpPacket& packet, Instant at, bool& full)
{
    const auto identifier = reading.address(Watched::server_identifier).value_or(packet.udp.source);
    auto mac = own_mac(reading, packet);
    // A server behind a relay answers a renewal directly (RFC 2131 §4.4.5): then the frame bears a router's address, not its own.
    const bool direct = !reading.ciaddr.is_unspecified() && packet.udp.destination == reading.ciaddr;
    if (mac && direct && by_key_.contains({identifier.value, kNoMac})) mac.reset();

    return find_or_add(identifier, mac, at, full);
}

ServerId ServerTable::find_or_add(Ipv4Address identifier, const std::optional<MacAddress>& mac, Instant at, bool& full)
{
    const auto key = std::pair{identifier.value, number_of(mac)};
    const auto it = by_key_.find(key);
    const auto id = it != by_key_.end() ? it->second : static_cast<ServerId>(servers_.size());
    if (it == by_key_.end()) {
        if (servers_.size() >= limit_) {
            full = true;
            return kNone;
        }
        Server server;
        server.identifier = identifier;
        server.mac = mac;
        server.first_seen = server.last_seen = at;
        servers_.push_back(std::move(server));
        touched_.emplace_back();
        reservoirs_.emplace_back();
        by_key_.emplace(key, id);
    }
    by_identifier_[identifier] = id;
    return id;
}

ServerId ServerTable::own(Ipv4Address identifier, const MacAddress& mac, Instant at, bool& full)
{
    const auto id = find_or_add(identifier, mac, at, full);
    if (id != kNone) servers_[id].embedded = true;
    return id;
}

ServerId ServerTable::named(Ipv4Address identifier) const
{
    const auto it = by_identifier_.find(identifier);
    return it == by_identifier_.end() ? kNone : it->second;
}

void ServerTable::learn(ServerId id, const Reading& reading, Instant at, Changes& changes)
{
    Server& server = servers_[id];
    server.last_seen = std::max(server.last_seen, at);
    touch(id, changes);
    if (reading.type == MessageType::nak) ++server.naks;
    if (reading.type != MessageType::offer && reading.type != MessageType::ack) return;
    ++(reading.type == MessageType::offer ? server.offers : server.acks);

    if (const auto mask = reading.address(Watched::subnet_mask)) server.subnet_mask = *mask;
    if (const auto data = reading.option(Watched::routers); data.size() >= 4) assign_addresses(server.routers, data);
    if (const auto data = reading.option(Watched::dns_servers); data.size() >= 4) assign_addresses(server.dns_servers, data);
    if (const auto data = reading.option(Watched::domain_name); !data.empty()) assign_text(server.domain_name, data);
    if (const auto seconds = reading.u32(Watched::lease_time)) server.lease_seconds = *seconds;
    if (reading.yiaddr.is_unspecified()) return; // the answer to an INFORM hands out no address
    if (server.lowest.is_unspecified() || reading.yiaddr < server.lowest) server.lowest = reading.yiaddr;
    server.highest = std::max(server.highest, reading.yiaddr);
}

void ServerTable::answered(ServerId id, Duration after)
{
    auto& samples = servers_[id].response_ms;
    auto& reservoir = reservoirs_[id];
    const auto ms = std::chrono::duration<float, std::milli>(after).count();
    ++reservoir.answers;
    if (samples.size() < kMaxSamples) {
        samples.push_back(ms);
        return;
    }
    // Algorithm R, with xorshift64 as the source of chance.
    reservoir.random ^= reservoir.random << 13;
    reservoir.random ^= reservoir.random >> 7;
    reservoir.random ^= reservoir.random << 17;
    const auto place = static_cast<std::size_t>(reservoir.random % reservoir.answers);
    if (place < kMaxSamples) samples[place] = ms;
}

std::size_t ServerTable::memory_used() const
{
    std::size_t used = 0;
    for (const auto& server : servers_)
        used += sizeof(Server) + 192 + server.response_ms.capacity() * sizeof(float);
    return used;
}

} // namespace dorascope::observe
