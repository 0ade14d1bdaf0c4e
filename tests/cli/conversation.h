// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of a LAN made by hand, with their times, and captures of them.
#pragma once

#include "capture/decode/packet.h"
#include "capture/source/capture_source.h"
#include "tests/support/raw_message.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dorascope::test {

/// 2024-05-01T12:00:00.25Z and some milliseconds.
Instant at_ms(std::int64_t milliseconds);

/// Adds frames one after another; the client is 02:00:00:00:00:01, the server 192.168.1.1.
class Conversation {
public:
    /// From the client, 0.0.0.0 to the broadcast address.
    Conversation& request(Instant at, const RawMessage& message);
    /// From the server to the broadcast address. op is set to 2.
    Conversation& reply(Instant at, RawMessage message, Ipv4Address server = Ipv4Address::from_octets(192, 168, 1, 1));
    /// Any bytes, any link.
    Conversation& frame(Instant at, wire::Buffer bytes, decode::LinkType link = decode::LinkType::ethernet);
    /// DISCOVER, OFFER, REQUEST, ACK of `address` 0, 2, 3 and 5 ms after `at`.
    Conversation& dora(Instant at, Ipv4Address address, std::uint32_t xid = 0x3903f326);

    std::size_t size() const { return frames_.size(); }
    decode::Frame operator[](std::size_t i) const;
    void write(const std::filesystem::path& file) const;

private:
    struct Owned {
        Instant at;
        decode::LinkType link;
        wire::Buffer bytes;
    };
    std::vector<Owned> frames_;
};

} // namespace dorascope::test
