// SPDX-License-Identifier: GPL-3.0-or-later
// DHCPDISCOVERs, and others that ask for an address, whose answer waits: until a probe of the address is over (RFC 2131 §2.2), until other servers had their turn (polite),
// or both. Bounded, found by client, by address probed and by exchange; warm, it allocates nothing.
#pragma once

#include "engine/server/client_key.h"
#include "engine/server/deadline_heap.h"
#include "engine/server/dhcp_server.h"
#include "engine/server/slot_index.h"
#include "engine/wire/message.h"

#include <memory>
#include <optional>
#include <vector>

namespace dorascope::server {

struct Waiting {
    wire::Buffer payload; ///< the message as it came last: it is read again when its time comes
    Inbound inbound; ///< how it came; its payload is the one above
    HardwareAddress hardware;
    std::uint32_t xid = 0;
    MessageType type{}; ///< none: a BOOTP client's
    Ipv4Address giaddr;
    Instant since{}; ///< when the first of these messages came
    Instant polite_until{}; ///< nobody is answered before; `since` where no other server is waited for
    Ipv4Address address; ///< held for the client
    bool probing = false; ///< `address` is asked for
    ProbeRequest probe;
    Instant asked{}; ///< when for the first time
    std::uint32_t probes_left = 0;
    bool proven = false; ///< the probe of `address` is over, and nobody else answered
    std::uint32_t conflicts = 0; ///< addresses that turned out to be in use

    ClientKeyView client_key() const { return {kind, key}; }

private:
    friend class WaitingTable;
    std::vector<std::uint8_t> key;
    ClientKey::Kind kind{};
    std::uint32_t client_tag = 0, exchange_tag = 0, slot = 0;
    Instant due = kNever;
    bool in_use = false;
    bool known = false; ///< has a lease or a reservation
};

class WaitingTable {
public:
    /// What the network can make the server remember here: so many messages, so many octets of them. Strangers fill three quarters, so
    /// that a flood of them leaves room for those who have a lease or a reservation.
    static constexpr std::size_t kMost = 1024, kMostOctets = 2U << 20;
    static constexpr std::size_t kMostWithStrangers = kMost / 4 * 3, kMostOctetsWithStrangers = kMostOctets / 4 * 3;

    explicit WaitingTable(std::uint64_t seed) : seed_{seed} { }

    bool has_room(std::size_t octets, bool known) const
    {
        return size_ < (known ? kMost : kMostWithStrangers) && octets_ + octets <= most_octets(known);
    }
    std::size_t size() const { return size_; }
    /// Where there is room, for a client that has none here.
    Waiting& add(const Client& client, bool known, const wire::Message& message, const Inbound& inbound, Instant now);
    /// The client sent its message again: what it says now counts.
    void replace(Waiting& waiting, const wire::Message& message, const Inbound& inbound);
    void remove(Waiting& waiting);

    /// The server's addresses are other ones; it speaks as `local` from now on.
    void own_addresses(Ipv4Address local, const std::array<Ipv4Address, 7>& also_local);

    Waiting* find(const Client& client);
    Waiting* find_probe(Ipv4Address address);
    Waiting* find_exchange(const HardwareAddress& hardware, std::uint32_t xid);

    void begin_probe(Waiting& waiting, const ProbeRequest& probe, std::uint32_t count, Instant now);
    void end_probe(Waiting& waiting);
    void schedule(Waiting& waiting, Instant due);
    /// One whose time has come; nullptr: none. It has to be scheduled anew or removed.
    Waiting* due(Instant now);
    std::optional<Instant> next_deadline();

private:
    static std::size_t most_octets(bool known) { return known ? kMostOctets : kMostOctetsWithStrangers; }
    Waiting& at(std::uint32_t slot) { return *slots_[slot]; }
    const Waiting& at(std::uint32_t slot) const { return *slots_[slot]; }
    bool current(const DeadlineHeap::Item& item) const { return at(item.slot()).in_use && at(item.slot()).due == item.at(); }
    std::uint32_t exchange_tag(const HardwareAddress& hardware, std::uint32_t xid) const;
    Waiting* of(std::uint32_t slot) { return slot == SlotIndex::kNone ? nullptr : &at(slot); }
    void store(Waiting& waiting, const wire::Message& message, const Inbound& inbound);
    void drop_stale();

    std::uint64_t seed_;
    std::vector<std::unique_ptr<Waiting>> slots_;
    std::vector<std::uint32_t> free_;
    SlotIndex by_client_, by_probe_, by_exchange_;
    DeadlineHeap deadlines_;
    std::size_t size_ = 0, octets_ = 0;
};

} // namespace dorascope::server
