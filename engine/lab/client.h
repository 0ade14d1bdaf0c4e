// SPDX-License-Identifier: GPL-3.0-or-later
// A DHCP client as RFC 2131 §4.4 and figure 5 describe it, sans-IO: it is handed time and bytes and says what to send. It knows nothing
// of the virtual LAN, so the same code can stand on a real interface.
#pragma once

#include "engine/lab/random.h"
#include "engine/wire/address.h"
#include "engine/wire/instant.h"
#include "engine/wire/message.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dorascope::lab {

/// RFC 2131 figure 5.
enum class ClientState : std::uint8_t { init, selecting, requesting, init_reboot, rebooting, bound, renewing, rebinding, off };

/// What a client is, and says of itself in its messages.
struct ClientIdentity {
    MacAddress mac;
    std::vector<std::uint8_t> client_id; ///< option 61; empty: not sent
    std::string hostname; ///< option 12; empty: not sent
    std::string vendor_class; ///< option 60; empty: not sent
    std::vector<std::uint8_t> parameters; ///< option 55; empty: not sent
    bool broadcast_flag = true; ///< cannot take unicast before it has an address
    bool probes = false; ///< asks by ARP whether a new address is in use before it takes it (§4.4.1, RFC 5227)
};

/// A UDP payload received on port 68.
struct ClientInbound {
    std::span<const std::byte> payload; ///< borrowed for the call
    Ipv4Address destination; ///< IP destination
};

/// A message to send from port 68 to port 67. `payload` lies in the client until its next call.
struct ClientTransmit {
    enum class Kind : std::uint8_t {
        dhcp,
        arp_probe, ///< not DHCP at all: an ARP request for `destination` with sender address 0 (RFC 5227 §2.1.1)
    };
    Kind kind = Kind::dhcp;
    Ipv4Address source; ///< 0.0.0.0 while the client has no address
    Ipv4Address
        destination; ///< 255.255.255.255, or the server's address: ordinary unicast, the link address is the caller's to find
    std::span<const std::byte> payload;
};

/// What a DHCPACK gave. Times are counted from when the first DHCPREQUEST left (§4.4.1), so that the client never believes longer in
/// a lease than its server does.
struct ClientLease {
    Ipv4Address address;
    Ipv4Address server; ///< server identifier
    Instant renewal = kNever; ///< T1
    Instant rebinding = kNever; ///< T2
    Instant expires = kNever;
    std::optional<Ipv4Address> mask;
    std::vector<Ipv4Address> routers, dns_servers;
};

class Client {
public:
    Client(ClientIdentity identity, std::uint64_t seed);

    /// Joins the network: INIT-REBOOT with a lease it remembers and that is not over, else INIT. Nothing when it is on already.
    std::optional<ClientTransmit> start(Instant now);
    /// One received payload; whatever is not an answer to this client is ignored. May answer with at most one message.
    std::optional<ClientTransmit> receive(Instant now, const ClientInbound& inbound);
    /// What became due: retransmission, T1, T2, expiry. Call until next_deadline() lies after `now`.
    std::optional<ClientTransmit> advance(Instant now);
    /// Somebody uses `address`, as ARP says. If it is the one this client is about to take: DHCPDECLINE (§4.4.4).
    std::optional<ClientTransmit> address_in_use(Instant now, Ipv4Address address);
    /// When advance() has next something to do; kNever when only a message can change anything.
    Instant next_deadline() const { return deadline_; }

    /// Leaves, with a DHCPRELEASE when it holds a lease (§4.4.6).
    std::optional<ClientTransmit> release(Instant now);
    /// Leaves without a word and remembers its lease, as a machine does that is switched off.
    void power_off();

    const ClientIdentity& identity() const { return identity_; }
    ClientState state() const { return state_; }
    /// The address it is using; unspecified when it has none.
    Ipv4Address address() const;
    /// The lease it holds, or remembers while it is off.
    const std::optional<ClientLease>& lease() const { return lease_; }

private:
    struct Reaction;
    struct Timeout;
    using Sent = std::optional<ClientTransmit>;
    /// §3.1 (5): "might retransmit the DHCPREQUEST message four times, for a total delay of 60 seconds, before restarting".
    static constexpr unsigned kMaxRequests = 5;

    Sent discover(Instant now);
    Sent begin_reboot(Instant now);
    Sent begin_renewing(Instant now);
    Sent begin_rebinding(Instant now);
    Sent lose_lease(Instant now);
    Sent begin_check(Instant now);
    Sent check(Instant now);
    Sent take_lease();

    Sent on_offer(Instant now, const wire::Message& offer);
    Sent on_ack(Instant now, const wire::Message& ack);
    Sent on_nak(Instant now, const wire::Message& nak);

    Sent resend_discover(Instant now);
    Sent resend_request(Instant now);
    Sent resend_renewal(Instant now);
    Sent resend_rebinding(Instant now);
    Sent resend_until(Instant now, Instant end);

    bool is_answer(const wire::Message& reply) const;
    bool takes_server(const wire::Message& reply) const;
    bool hears(const ClientInbound& inbound) const;
    std::uint16_t elapsed_seconds(Instant now) const;
    Duration backoff();
    void begin_exchange(Instant now);

    void fill_header(MessageType type, std::uint16_t secs);
    void fill_parameters();
    Sent send_discover(Instant now);
    Sent send_request(Instant now);
    Sent send_release();
    Sent send_decline();
    Sent emit(Ipv4Address destination);

    ClientIdentity identity_;
    Random random_;
    ClientState state_ = ClientState::off;
    Instant deadline_ = kNever;
    std::optional<ClientLease> lease_;

    // the exchange under way
    std::uint32_t xid_ = 0;
    Instant began_{}; ///< address acquisition or renewal began: secs counts from here
    Instant asked_{}; ///< first DHCPREQUEST of the exchange: the lease counts from here
    std::uint16_t discover_secs_ = 0;
    unsigned attempts_ = 0; ///< messages sent since the last change of state
    unsigned naks_ = 0; ///< in a row, without a lease between
    bool checking_ = false; ///< has its DHCPACK and asks by ARP whether anybody uses the address; still REQUESTING in figure 5
    Ipv4Address wanted_; ///< option 50
    Ipv4Address server_; ///< selected by its offer

    wire::Message incoming_, outgoing_; ///< reused, so that the steady state allocates nothing
    wire::Buffer buffer_;
};

} // namespace dorascope::lab
