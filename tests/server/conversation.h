// SPDX-License-Identifier: GPL-3.0-or-later
// A server and its clients in virtual time, so that a test reads like the conversation it is about.
#pragma once

#include "engine/server/dhcp_server.h"
#include "engine/wire/message.h"

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string_view>
#include <vector>

namespace dorascope {

void PrintTo(const Ipv4Address& address, std::ostream* os);
void PrintTo(const MessageType& type, std::ostream* os);
void PrintTo(const Outcome& outcome, std::ostream* os);
void PrintTo(const StepCode& code, std::ostream* os);

namespace server {

void PrintTo(const LeaseState& state, std::ostream* os);

using namespace std::chrono_literals;

Ipv4Address address(std::string_view text);
Ipv4Prefix prefix(std::string_view text);
Ipv4Range range(std::string_view text);
MacAddress mac(std::uint32_t number);
std::vector<std::byte> octets(std::initializer_list<int> values);
std::vector<std::byte> octets(std::string_view text);

/// A subnet with router .1, two DNS servers, and this one pool.
Subnet subnet(std::string_view prefix, std::string_view pool);
Config config_of(Subnet subnet);
/// 192.168.1.0/24, pool .100 to .200, served by 192.168.1.2.
Config office();

/// What the server made of one packet.
struct Answer {
    std::optional<wire::Message> message; ///< the reply, parsed
    Transmit transmit; ///< payload is not kept
    std::size_t octets = 0; ///< UDP payload
    Decision decision;
    std::vector<Lease> writes;

    bool silent() const { return !message.has_value(); }
    MessageType type() const { return message ? message->type() : MessageType::none; }
    Ipv4Address yiaddr() const { return message ? message->yiaddr : Ipv4Address{}; }
    bool has(StepCode code) const;
    /// Addresses of the steps with this code, in order.
    std::vector<Ipv4Address> addresses(StepCode code) const;
    std::vector<std::uint8_t> option_codes() const;
};

class Conversation;

/// A client by hand: it says what the test tells it to, and remembers its address.
class Station {
public:
    using Edit = std::function<void(wire::Message&)>;

    Answer discover(const Edit& edit = {});
    Answer select(Ipv4Address offered, const Edit& edit = {}); ///< SELECTING
    Answer init_reboot(Ipv4Address remembered, const Edit& edit = {});
    Answer renew(Ipv4Address mine, const Edit& edit = {}); ///< RENEWING: unicast
    Answer rebind(Ipv4Address mine, const Edit& edit = {}); ///< REBINDING: broadcast
    Answer release(Ipv4Address mine, const Edit& edit = {});
    Answer decline(Ipv4Address taken, const Edit& edit = {});
    Answer inform(Ipv4Address mine, const Edit& edit = {});
    /// DISCOVER to ACK; the address, or none.
    Ipv4Address dora(const Edit& edit = {});

    wire::Message message(MessageType type) const;
    Answer send(wire::Message message, bool unicast = false);

    Conversation* talk = nullptr;
    HardwareAddress hardware;
    std::vector<std::uint8_t> client_id;
    bool broadcast_flag = false;
    Ipv4Address giaddr;
    std::uint32_t xid = 0x3903f326;
};
/// With a parameter request list of these.
Station::Edit asking_for(std::initializer_list<int> codes);

class Conversation {
public:
    explicit Conversation(Config config = office(), LeaseTable leases = {});

    Station client(std::uint32_t number); ///< MAC 02:00:… number
    Station client_with_id(std::uint32_t number, std::vector<std::uint8_t> id);
    Answer hear(std::span<const std::byte> payload, bool unicast = false);
    /// Somebody answers for an address.
    void answered(Ipv4Address where, const MacAddress& by = {});
    /// A server's message to a client, seen on the link.
    void overhear(const wire::Message& reply);
    /// Time passes; each deadline is met on its way.
    void wait(Duration span);
    /// Time passes, and nobody calls advance().
    void sleep(Duration span) { now += span; }
    /// The process dies and starts again from what it stored.
    void restart();
    /// What `out` holds is stored, or taken back where nothing can be stored.
    void keep();
    std::optional<LeaseState> state(std::string_view text) const;
    const PoolUse& use();

    Instant now{1'700'000'000s};
    Ipv4Address local = address("192.168.1.2");
    std::array<Ipv4Address, 7> also_local{}; ///< the interface's further addresses
    std::uint16_t source_port = 68;
    DhcpServer server;
    Outbox out;
    std::vector<Lease> stored; ///< what the writes amount to
    std::vector<Decision> lapsed; ///< decisions about deadlines
    std::vector<Answer> later; ///< replies to messages that had to wait
    std::vector<ProbeRequest> probes; ///< all that the server asked about
    MacAddress source_mac; ///< of the frames that carry the clients' messages; zero: not known
    bool storing = true; ///< false: writes fail, and are rolled back

private:
    void store(std::span<const LeaseWrite> writes);
    Answer reply_in(std::size_t index) const;
    void note_later();
    std::vector<PoolUse> use_;
};

} // namespace server
} // namespace dorascope
