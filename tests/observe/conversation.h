// SPDX-License-Identifier: GPL-3.0-or-later
// DHCP as people tell it: `lan.hears(discover("A"))`, `lan.hears(offer("A", "10.0.0.10"))`. Each message becomes a whole frame, which a
// LanState is shown; time passes only when the test says so.
#pragma once

#include "capture/observe/lan_state.h"
#include "engine/wire/framing.h"
#include "engine/wire/message.h"

#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::observe::test {

using namespace std::chrono_literals;

Ipv4Address ip(std::string_view text);
/// Client "A" is 02:00:00:00:00:41.
HardwareAddress hardware(std::string_view client);
inline constexpr std::uint32_t kXid = 0x3903f326;

/// One message on its way: what it says, and the frame around it.
struct Said {
    wire::Message message;
    wire::FrameSpec frame;
    std::optional<wire::Buffer> payload; ///< instead of the message
    std::size_t snap = 65535; ///< octets of the frame that the capture keeps

    Said xid(std::uint32_t value) const;
    Said server(std::string_view address, std::string_view mac) const; ///< another than 10.0.0.1; for replies also the sender
    Said lease(std::uint32_t seconds) const;
    Said without(std::uint8_t option) const;
    Said text(std::uint8_t option, std::string_view value) const;
    Said bytes(std::uint8_t option, std::initializer_list<std::uint8_t> value) const;
    Said relayed(std::string_view giaddr) const;
    Said unicast(std::string_view source, std::string_view destination) const;
    Said nameless() const; ///< hlen 0, as on InfiniBand
    Said raw(wire::Buffer bytes) const;
    Said cut(std::size_t octets) const;
    wire::Buffer payload_bytes() const;
    wire::Buffer frame_bytes() const;
};

Said discover(std::string_view client);
Said offer(std::string_view client, std::string_view address);
Said request(std::string_view client, std::string_view address); ///< SELECTING: names the server
Said reboot(std::string_view client, std::string_view address); ///< INIT-REBOOT
Said renew(std::string_view client, std::string_view address); ///< unicast, with ciaddr
Said ack(std::string_view client, std::string_view address);
Said nak(std::string_view client);
Said decline(std::string_view client, std::string_view address);
Said release(std::string_view client, std::string_view address);
Said inform(std::string_view client, std::string_view address);

/// A decision of the embedded server 10.0.0.1 about a message of `client`.
Decision decided(std::string_view client, MessageType received, MessageType reply);

class Lan {
public:
    explicit Lan(Limits limits = {});

    MessageId hears(const Said& said);
    void decides(Decision decision); ///< now
    void passes(Duration time); ///< with nothing heard
    void wait(Duration time) { now += time; } ///< until the next thing heard
    Lan& dora(std::string_view client, std::string_view address, std::uint32_t xid = kXid); ///< 1 ms between messages

    const Exchange& exchange(std::size_t i = 0) const { return state.exchanges()[i]; }
    const Exchange& last_exchange() const { return state.exchanges().back(); }
    const Message& message(std::size_t i) const { return state.messages()[i]; }
    const Client& client(std::size_t i = 0) const { return state.clients()[i]; }
    const Server& server(std::size_t i = 0) const { return state.servers()[i]; }
    BindingState binding(std::string_view address) const;
    /// "DORA" and the like: the letters of an exchange's messages.
    std::string letters(std::size_t i = 0) const;

    LanState state;
    Changes changes; ///< of the last thing heard
    Instant now{std::chrono::seconds{1'700'000'000}};
    std::uint64_t frames = 0;
};

} // namespace dorascope::observe::test
