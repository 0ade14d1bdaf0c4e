// SPDX-License-Identifier: GPL-3.0-or-later
// What observing yields: messages, exchanges, bindings, servers, clients. Plain values, referred to by index; an index never changes its
// meaning while a LanState lives.
#pragma once

#include "capture/observe/small_vector.h"
#include "engine/wire/address.h"
#include "engine/wire/instant.h"
#include "engine/wire/message_type.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::observe {

using MessageId = std::uint32_t;
using ExchangeId = std::uint32_t;
using ClientId = std::uint32_t;
using ServerId = std::uint32_t;
using DecisionId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffffU;

/// One DHCP message seen. Its bytes are in the Recording under `frame`. ≤ 64 octets.
struct Message {
    std::uint64_t frame = 0; ///< frame number, from 1
    Instant at{};
    std::uint32_t xid = 0;
    ClientId client = kNone;
    ServerId server = kNone; ///< the sender of a reply; for requests the server it names (option 54 or unicast destination)
    ExchangeId exchange = kNone;
    DecisionId decision = kNone; ///< the embedded server's, for replies of its own
    Ipv4Address address; ///< yiaddr; for requests option 50 or ciaddr
    MessageType type{};
    bool from_server = false; ///< op 2
    bool retransmission = false; ///< same type, xid and client as an earlier one of the exchange, from the same sender
    bool broadcast_flag = false;
    bool link_broadcast = false; ///< to ff:ff:ff:ff:ff:ff or 255.255.255.255
    bool relayed = false; ///< giaddr set
    bool malformed = false; ///< wire::parse refused it; what can be read is read
};

/// How an exchange stands. The names (to_string) are those of the JSON.
enum class ExchangeOutcome : std::uint8_t {
    pending, ///< still within its time
    bound, ///< ACK to a DISCOVER–REQUEST
    renewed, ///< ACK to a renewal, rebinding or reboot
    nak,
    no_offer, ///< DISCOVER, no answer
    no_ack, ///< REQUEST, no answer
    not_taken, ///< offered, but the client never asked for it
    declined,
    released,
    informed, ///< INFORM answered
    unanswered, ///< INFORM not answered
    orphan, ///< replies without a request seen
};
std::string_view to_string(ExchangeOutcome outcome);

struct Offer {
    ServerId server = kNone;
    Ipv4Address address;
    MessageId message = kNone;
    Duration after{}; ///< since the (last) DISCOVER before it
};

/// All messages of one client under one xid, with every server's part (RFC 2131 §4.4.1: the REQUEST bears the DISCOVER's… xid).
struct Exchange {
    std::uint32_t xid = 0;
    ClientId client = kNone;
    Instant start{}, end{}; ///< first and last message
    ExchangeOutcome outcome{};
    Ipv4Address address; ///< acknowledged; else the newest offered or asked for
    ServerId server = kNone; ///< that acknowledged or refused; else that offered first
    SmallVector<MessageId, 4> messages; ///< in order; at most kMaxMessages, then only counted
    SmallVector<Offer, 1> offers;
    std::optional<Duration> offer_time; ///< DISCOVER → first OFFER
    std::optional<Duration> ack_time; ///< REQUEST → ACK
    std::optional<Duration> dora_time; ///< first DISCOVER → ACK
    std::uint32_t retransmissions = 0;
    std::uint32_t message_count = 0;
    static constexpr std::size_t kMaxMessages = 4096;
};

struct Client {
    HardwareAddress hardware;
    std::vector<std::uint8_t> client_id; ///< option 61, by which it goes; empty: by its hardware address
    std::string hostname; ///< option 12 or 81, printable
    std::string vendor_class; ///< option 60, printable
    Instant first_seen{}, last_seen{};
    Ipv4Address address; ///< held, as far as seen
    std::uint32_t messages = 0;
};

struct Server {
    Ipv4Address identifier; ///< option 54, else the IP source
    std::optional<MacAddress> mac; ///< of an unrelayed reply
    Instant first_seen{}, last_seen{};
    std::uint32_t offers = 0, acks = 0, naks = 0;
    // what it handed out last
    Ipv4Address subnet_mask;
    std::vector<Ipv4Address> routers, dns_servers;
    std::string domain_name;
    std::uint32_t lease_seconds = 0;
    Ipv4Address lowest, highest; ///< range of addresses seen from it
    bool embedded = false; ///< it is ours: its decisions came along
    std::vector<float> response_ms; ///< reservoir of OFFER and ACK times, bounded
};

enum class BindingState : std::uint8_t {
    offered,
    bound,
    expired,
    released,
    declined, ///< the client found it in use
    conflict, ///< a probe of the embedded server did
};
std::string_view to_string(BindingState state);

/// An address and who holds it, as far as frames tell.
struct Binding {
    Ipv4Address address;
    ClientId client = kNone;
    ServerId server = kNone;
    BindingState state{};
    Instant since{}; ///< first ACK to this client
    Instant renewed{}; ///< last ACK
    Instant expires{}; ///< by option 51; kNever for infinite; at{} when unknown
    std::uint32_t lease_seconds = 0;
    ExchangeId exchange = kNone; ///< the last one about it
    bool quarantined = false; ///< by the embedded server, which gives it to nobody; another server may have bound it all the same
    /// Nobody is known to have it, or to have had it.
    bool is_nobodys() const;
};

} // namespace dorascope::observe
