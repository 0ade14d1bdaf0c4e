// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a test wants to know about a lab: its frames read, its decisions, and a check after every change that no address is used twice.
#pragma once

#include "engine/lab/lab.h"
#include "engine/wire/framing.h"
#include "engine/wire/message.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dorascope::lab::testing {

using namespace std::chrono_literals;

inline Ipv4Address address(std::string_view text) { return Ipv4Address::parse(text).value(); }

/// A frame of the LAN, taken apart.
struct Seen {
    Instant at{};
    MacAddress to, from;
    Ipv4Address source, destination;
    wire::Message message;
    MessageType type() const { return message.type(); }
    bool broadcast() const { return to.is_broadcast() && destination.is_broadcast(); }
};

inline Seen take_apart(Instant at, std::span<const std::byte> frame)
{
    const auto ethernet = wire::parse_ethernet(frame).value();
    const auto packet = frame.subspan(ethernet.payload_offset);
    const auto udp = wire::parse_ipv4_udp(packet).value();
    EXPECT_EQ(udp.ip_checksum, wire::Checksum::good);
    EXPECT_EQ(udp.udp_checksum, wire::Checksum::good);
    return {at,         ethernet.destination, ethernet.source,
            udp.source, udp.destination,      wire::parse(packet.subspan(udp.payload_offset, udp.payload_length)).value()};
}

/// Who uses which address, from the changes alone. Two users at any instant are counted and said.
class Holders {
public:
    void change(Instant at, const MacAddress& client, Ipv4Address address, bool holds)
    {
        if (!holds) {
            const auto held = table_.find(address);
            if (held == table_.end() || held->second.erase(client) == 0) ADD_FAILURE() << "gave up what it did not have";
            return;
        }
        auto& users = table_[address];
        users.insert(client);
        if (users.size() < 2) return;
        ++doubles_;
        const Duration since_epoch = at.time_since_epoch();
        ADD_FAILURE() << address.to_string() << " is used by " << users.size() << " clients at " << since_epoch.count() << " ns";
    }
    std::size_t doubles() const { return doubles_; }
    std::size_t held() const
    {
        std::size_t count = 0;
        for (const auto& [address, users] : table_)
            count += users.size();
        return count;
    }
    bool holds(const MacAddress& client, Ipv4Address address) const
    {
        const auto held = table_.find(address);
        return held != table_.end() && held->second.contains(client);
    }

private:
    std::map<Ipv4Address, std::set<MacAddress>> table_;
    std::size_t doubles_ = 0;
};

/// Attach before time begins.
struct Watch {
    explicit Watch(Lab& lab)
    {
        lab.on_frame([this](Instant at, std::span<const std::byte> frame) {
            const auto ethernet = wire::parse_ethernet(frame).value();
            if (ethernet.ether_type == wire::kEtherArp) {
                arps.push_back(wire::parse_arp(frame.subspan(ethernet.payload_offset)).value());
            } else {
                frames.push_back(take_apart(at, frame));
            }
        });
        lab.on_decision([this](const Decision& decision) { decisions.push_back(decision); });
        lab.on_hold(
            [this](Instant at, const MacAddress& client, Ipv4Address a, bool holds) { holders.change(at, client, a, holds); });
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// "DORA": the letters of the frames seen, of one client or of all.
    std::string letters(std::optional<MacAddress> client = std::nullopt) const
    {
        std::string text;
        for (const Seen& seen : frames)
            if (!client || seen.message.hardware().mac() == client) text += letter(seen.type());
        return text;
    }
    const Seen& last() const { return frames.back(); }

    std::vector<Seen> frames; ///< of DHCP
    std::vector<wire::ArpView> arps;
    std::vector<Decision> decisions;
    Holders holders;
};

inline const MacAddress kLaptop{{0x3c, 0x22, 0xfb, 0x0a, 0x01, 0x02}};

inline ClientSpec client(const MacAddress& mac, Duration starts = {})
{
    ClientSpec spec;
    spec.name = "Laptop " + mac.to_string();
    spec.mac = mac;
    spec.starts = starts;
    return spec;
}

inline MacAddress numbered_mac(unsigned n)
{
    return {{0x3c, 0x22, 0xfb, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}};
}

/// The server of the built-in scenarios with another lease time and pool, and these clients.
inline Scenario small_lan(std::uint32_t lease_seconds, std::vector<ClientSpec> clients,
                          std::string_view pool = "192.168.1.100-192.168.1.200")
{
    Scenario made = scenario("three-clients").value();
    made.server.config.subnets[0].pools = {Ipv4Range::parse(pool).value()};
    made.server.config.subnets[0].lease_seconds = lease_seconds;
    made.clients = std::move(clients);
    return made;
}

} // namespace dorascope::lab::testing
