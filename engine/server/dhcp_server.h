// SPDX-License-Identifier: GPL-3.0-or-later
// The DHCP server, sans-IO: it is handed time and bytes and says what to store, what to send and why. It opens nothing, reads no clock.
#pragma once

#include "engine/server/config.h"
#include "engine/server/lease.h"
#include "engine/wire/decision.h"
#include "engine/wire/framing.h"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::server {

/// A received DHCP payload and how it came.
struct Inbound {
    std::span<const std::byte> payload; ///< UDP payload; borrowed for the call
    std::uint32_t interface = 0; ///< index, echoed in the transmits
    Ipv4Address local; ///< the receiving interface's address: becomes server identifier, and picks the subnet when giaddr is 0
    /// The interface's further addresses, zero where it has no more: on a link with several subnets each may be a server's.
    std::array<Ipv4Address, 7> also_local{};
    Ipv4Address source; ///< IP source
    Ipv4Address destination; ///< IP destination; 255.255.255.255 tells REBINDING from RENEWING
    std::uint16_t source_port = 68;
    MacAddress source_mac; ///< zero when unknown
    /// The largest IP datagram that a frame of the link takes. No reply is larger: one that goes to a client without an address is never in
    /// fragments, and behind a relay there is a link as well.
    std::uint16_t mtu = 1500;
};

/// How a reply reaches its client (RFC 2131 §4.1).
enum class Delivery : std::uint8_t {
    broadcast, ///< 255.255.255.255, ff:ff:ff:ff:ff:ff
    link_unicast, ///< to `destination` (yiaddr) in a frame to `mac` (chaddr), without ARP
    routed, ///< ordinary unicast: relay, or a client that has its address
};

/// A reply to send. `payload` lies in the Outbox.
struct Transmit {
    std::uint32_t interface = 0;
    Delivery delivery{};
    Ipv4Address source; ///< of the server's own addresses the one that suits
    Ipv4Address destination;
    std::uint16_t destination_port = 68;
    MacAddress mac; ///< link destination for broadcast and link_unicast
    std::span<const std::byte> payload;
    /// A client may hold the server to it: it follows the writes. An OFFER is no promise yet (RFC 2131 §3.1, 2: the server need not even
    /// reserve the address), and may go before them.
    bool promises = true;
};

/// "Is this address in use?" An answer from anybody but `client` comes back by DhcpServer::probe_answered(); the server itself keeps
/// the time (next_deadline(), advance()) and asks again where it is told to.
struct ProbeRequest {
    enum class Method : std::uint8_t { arp, icmp_echo };
    Method method{};
    std::uint32_t interface = 0;
    Ipv4Address address;
    Ipv4Address source; ///< the server's own address
};

/// What one or more calls produced. Owned by the caller and reused: clear() keeps every buffer, so that the steady state allocates nothing.
/// Contract, "commit then speak": make every write durable, of the Outboxes in the order they were filled; then send the transmits.
/// Only what promises nothing may leave earlier. If a write fails, send no promise, and hand this Outbox and all that were filled after it
/// to DhcpServer::roll_back(), the last one first.
class Outbox {
public:
    Outbox();
    ~Outbox();
    Outbox(Outbox&&) noexcept;
    Outbox& operator=(Outbox&&) noexcept;

    std::span<const Transmit> transmits() const;
    std::span<const LeaseWrite> writes() const;
    std::span<const ProbeRequest> probes() const;
    std::span<const Decision> decisions() const;
    bool empty() const;
    void clear();

private:
    friend class DhcpServer;
    friend struct OutboxAccess; ///< the server's side, engine/server/outbox.h
    struct Storage;
    std::unique_ptr<Storage> storage_;
};

/// How full a subnet is.
struct PoolUse {
    Ipv4Prefix subnet;
    std::uint64_t size = 0; ///< pool addresses less exclusions
    std::uint64_t bound = 0, offered = 0, declined = 0; ///< of those, now
    /// Leased now and none of those: reserved beside the pools, or leased before these were the pools.
    std::uint64_t outside = 0;
};

/// Why an order was not carried out.
enum class OrderError : std::uint8_t {
    unknown_address, ///< no history of it here
    not_leased, ///< release(): nobody has it
    not_quarantined,
    not_served, ///< its lease is kept aside, for a configuration that has its subnet
};
std::string_view to_string(OrderError error);

/// The cursor after the last lease.
inline constexpr std::size_t kEndOfLeases = static_cast<std::size_t>(-1);

class DhcpServer {
public:
    /// Refuses a configuration that validate() finds fault with. Leases outside every subnet are kept aside, untouched.
    static tl::expected<DhcpServer, ConfigErrors> create(Config config, LeaseTable leases, Instant now);
    /// The same a part at a time, for a store of many: room for `leases` in all, then each part, before the first packet.
    void expect(std::size_t leases);
    void restore(Instant now, std::span<const Lease> part);
    DhcpServer(DhcpServer&&) noexcept;
    DhcpServer& operator=(DhcpServer&&) noexcept;
    ~DhcpServer();

    /// The server's addresses on its link, from now on, as in Inbound. What it had before may be leased, and a request that names it as the
    /// server is another's. (What an Inbound brings besides is learned as it comes.)
    void own_addresses(Ipv4Address local, const std::array<Ipv4Address, 7>& also_local);
    /// One received packet. Never throws, whatever the bytes; always adds exactly one Decision.
    void receive(Instant now, const Inbound& inbound, Outbox& out);
    /// Somebody answered for an address (ARP, ICMP echo): it is quarantined, and the client that was to have it gets the next one.
    /// `by` is zero where the answer does not tell.
    void probe_answered(Instant now, Ipv4Address address, const MacAddress& by, Outbox& out);
    /// Somebody answered for an address in the name of `sender`, in a frame that `sender` did not send: ignored, counted and said.
    void probe_forged(Instant now, Ipv4Address address, const MacAddress& sender, Outbox& out);
    /// A message from a server to a client, seen on the link: a polite server leaves that client to the other. Adds no decision unless
    /// something changes.
    void overheard(Instant now, const Inbound& reply, Outbox& out);
    /// What became due by `now`: offers that nobody took, leases that expired, quarantines that ended.
    void advance(Instant now, Outbox& out);
    /// When advance() has next something to do.
    std::optional<Instant> next_deadline() const;
    /// The writes of this outbox could not be stored: bindings go back to what they were before it. What was filled after it has been
    /// taken back before.
    void roll_back(const Outbox& out);

    /// Another configuration, from now on. Leases, offers and quarantines stay; those outside every new subnet are kept aside. A
    /// configuration that validate() finds fault with changes nothing.
    tl::expected<void, ConfigErrors> reconfigure(Instant now, Config config, Outbox& out);
    /// The same as part of something else, and noted as that: a person's order about one address. Nothing: without a decision.
    tl::expected<void, ConfigErrors> reconfigure(Instant now, Config config, const std::optional<DecisionStep>& noted,
                                                 Outbox& out);

    // What a person orders. Each adds one decision, and writes that have to be durable before the order counts as done.
    /// Takes a lease or an offer from its client: the address is free for others; the client keeps its claim to come back.
    tl::expected<void, OrderError> release(Instant now, Ipv4Address address, Outbox& out);
    /// The address is forgotten altogether: lease, history, quarantine.
    tl::expected<void, OrderError> erase(Instant now, Ipv4Address address, Outbox& out);
    tl::expected<void, OrderError> clear_quarantine(Instant now, Ipv4Address address, Outbox& out);

    /// How often each verdict was reached since the start: what was dropped, left unanswered or refused, by reason;
    /// and what each probe that was answered came to.
    std::uint64_t count(StepCode verdict) const;

    const Config& config() const;
    /// Every address with a history, in order of address; `offered` included.
    std::vector<Lease> leases() const;
    /// The same a bite at a time, in no order: appends at most `most`, begins at cursor 0 and gives the next cursor. For who must not keep
    /// the server from its work.
    std::size_t copy_leases(std::size_t cursor, std::size_t most, std::vector<Lease>& to) const;
    std::optional<Lease> lease(Ipv4Address address) const;
    std::vector<PoolUse> pool_use() const;
    std::size_t lease_count() const;
    /// Leases that are kept aside because no subnet holds them; they come back with a configuration that has their subnet.
    std::size_t aside_count() const;
    /// Bytes held for leases, indices and free map together.
    std::size_t memory_used() const;

private:
    struct State;
    explicit DhcpServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace dorascope::server
