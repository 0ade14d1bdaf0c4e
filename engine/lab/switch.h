// SPDX-License-Identifier: GPL-3.0-or-later
// The switch: every frame goes to its receivers late, never, or twice, as the scenario says.
#pragma once

#include "engine/lab/event_queue.h"
#include "engine/lab/frame_pool.h"
#include "engine/lab/random.h"
#include "engine/lab/scenario.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace dorascope::lab {

/// What is plugged in, as far as the switch cares: a port takes what its owner's packet filter lets through, as on a real interface.
/// Servers take UDP port 67, and what other servers broadcast to port 68; clients UDP port 68 of exchanges with their own chaddr, which is
/// all that a client ever looks at; everybody takes ARP.
enum class Role : std::uint8_t { server, client, host };

struct SwitchCounters {
    std::uint64_t frames = 0; ///< sent by somebody
    std::uint64_t delivered = 0, lost = 0, duplicated = 0; ///< by frame and receiver
    std::uint64_t refused = 0; ///< no buffer left for it
    std::uint64_t unresolved = 0; ///< unicast to an address that nobody on the LAN holds
};

class Switch {
public:
    Switch(SwitchSpec spec, std::uint64_t seed, EventQueue& events, FramePool& frames);

    /// The port of `station`. False when the address is taken already, or is none that a station may have.
    bool plug_in(std::uint32_t station, const MacAddress& mac, Role role);
    std::optional<std::uint32_t> station_of(const MacAddress& mac) const;
    /// Puts the frame on its way to everybody it is for; the caller keeps its own hold of it.
    void forward(Instant now, std::uint32_t frame, std::uint32_t sender);
    void set_loss(double loss) { spec_.loss = loss; }

    const SwitchCounters& counters() const { return counters_; }
    SwitchCounters& counters() { return counters_; }

private:
    void to_servers(Instant now, std::uint32_t frame, std::uint32_t sender);
    void forward_arp(Instant now, std::uint32_t frame, std::uint32_t sender);
    void deliver(Instant now, std::uint32_t frame, std::uint32_t station);
    void schedule(Instant now, std::uint32_t frame, std::uint32_t station);

    SwitchSpec spec_;
    Random random_;
    EventQueue& events_;
    FramePool& frames_;
    struct Port {
        std::uint32_t station;
        Role role;
    };
    std::unordered_map<MacAddress, Port> ports_;
    std::vector<std::uint32_t> stations_, servers_; ///< in the order they were plugged in
    SwitchCounters counters_;
};

} // namespace dorascope::lab
