// SPDX-License-Identifier: GPL-3.0-or-later
// Who answers. A server is its identifier together with its Ethernet address, as far as the address is its own: a rogue that borrows
// the identifier of the true server is a second server.
#pragma once

#include "capture/decode/packet.h"
#include "capture/observe/lan_state.h"
#include "capture/observe/reading.h"
#include "capture/observe/touched.h"

#include <map>

namespace dorascope::observe {

class ServerTable {
public:
    explicit ServerTable(std::size_t limit) : limit_{limit} { }

    std::span<const Server> list() const { return servers_; }
    Server& operator[](ServerId id) { return servers_[id]; }

    /// The sender of a reply; kNone when the limit is reached (`full` then).
    ServerId identify(const Reading& reading, const decode::DhcpPacket& packet, Instant at, bool& full);
    /// The embedded server, also before it has said anything; kNone when the limit is reached (`full` then).
    ServerId own(Ipv4Address identifier, const MacAddress& mac, Instant at, bool& full);
    /// The server last seen with this identifier: for requests, which name it.
    ServerId named(Ipv4Address identifier) const;
    /// A reply of this server: what it hands out.
    void learn(ServerId id, const Reading& reading, Instant at, Changes& changes);
    /// How long it took to answer: a sample of bounded size, fair over all answers (reservoir).
    void answered(ServerId id, Duration after);
    void touch(ServerId id, Changes& changes) { touched_[id].note(changes.servers, id); }
    std::size_t memory_used() const;

    static constexpr std::size_t kMaxSamples = 512, kMaxAddresses = 16, kMaxText = 255;

private:
    struct Reservoir {
        std::uint64_t answers = 0, random = 0x9e3779b97f4a7c15ULL; // the same on every run: no global random number
    };
    ServerId find_or_add(Ipv4Address identifier, const std::optional<MacAddress>& mac, Instant at, bool& full);

    std::size_t limit_;
    std::vector<Server> servers_;
    std::vector<Touched> touched_;
    std::vector<Reservoir> reservoirs_;
    std::map<std::pair<std::uint32_t, std::uint64_t>, ServerId> by_key_; // identifier and MAC; few, so a tree does
    std::map<Ipv4Address, ServerId> by_identifier_;
};

} // namespace dorascope::observe
