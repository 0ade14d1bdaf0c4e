// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/relay_information.h"

namespace dorascope::server {

namespace {

enum Suboption : std::uint8_t {
    kCircuitId = 1,
    kRemoteId = 2,
    kLinkSelection = 5,
    kRelayFlags = 10,
    kServerOverride = 11,
    kSourcePort = 19,
};
constexpr std::uint8_t kUnicastFlag = 0x80; // RFC 5010 §3: the most significant bit

std::optional<Ipv4Address> address_in(std::span<const std::uint8_t> data)
{
    if (data.size() != 4) return std::nullopt;
    return Ipv4Address::from_octets(data[0], data[1], data[2], data[3]);
}

} // namespace

RelayInformation::RelayInformation(const wire::Message& message)
{
    const auto option = message.options.find(wire::option::relay_agent_information);
    if (!option) return;
    const bool relayed = !message.giaddr.is_unspecified();
    std::span<const std::uint8_t> rest{reinterpret_cast<const std::uint8_t*>(option->data()), option->size()};
    while (rest.size() >= 2 && rest.size() >= 2U + rest[1]) {
        const auto data = rest.subspan(2, rest[1]);
        switch (rest[0]) {
        case kCircuitId: circuit_id = data; break;
        case kRemoteId: remote_id = data; break;
        case kLinkSelection:
            if (relayed) link_selection = address_in(data);
            break;
        case kRelayFlags:
            if (relayed && data.size() == 1) unicast = (data[0] & kUnicastFlag) != 0;
            break;
        case kServerOverride:
            if (relayed) server_override = address_in(data);
            break;
        case kSourcePort: source_port = relayed && data.empty(); break;
        default: break;
        }
        rest = rest.subspan(2U + rest[1]);
    }
    // An address that no host can have says nothing.
    if (server_override && !server_override->is_host()) server_override.reset();
}

} // namespace dorascope::server
