// SPDX-License-Identifier: GPL-3.0-or-later
// One address with a history, as it lies in memory: 80 octets, and a text beside it only where the client sent one.
#pragma once

#include "engine/server/client_key.h"
#include "engine/server/lease.h"

#include <memory>

namespace dorascope::server {

/// What an address is, apart from any offer: LeaseState without `offered`, and nothing at all.
enum class Standing : std::uint8_t { none, bound, expired, released, declined, conflict };

/// An offer lies over the standing of its address: one that nobody takes leaves a bound client bound, and a former client's history alone.
struct Binding {
    static constexpr Instant kNoOffer = Instant::min();
    static constexpr Instant kNoTimer = Instant::max();

    bool offered() const { return offer_until != kNoOffer; }
    bool bound() const { return standing == Standing::bound; }
    /// In quarantine, whoever found it in use.
    bool quarantined() const { return standing == Standing::declined || standing == Standing::conflict; }
    /// Nobody has it now, but somebody had.
    bool inactive() const { return !offered() && (standing == Standing::expired || standing == Standing::released); }
    /// An offer and nothing stronger.
    bool only_offered() const { return offered() && !bound(); }
    /// When advance() has something to do about it.
    Instant deadline() const;

    ClientKeyView key(const HardwareKey& scratch) const;
    std::string_view hostname() const;
    std::string_view vendor_class() const;
    bool is_of(const Client& client) const;
    /// Takes over who the client is. A message that leaves out host name or vendor class does not erase what an earlier one of the
    /// same client said.
    void identify(const Client& client, bool same_client);
    std::size_t text_capacity() const { return std::size_t{2} * text_capacity_; }

    Instant timer = kNoTimer; ///< of its item in the queue of deadlines; never later than deadline()
    Instant since{}, renewed{}, expires{};
    Instant offer_until = kNoOffer;
    Ipv4Address address;
    std::uint32_t source = 0; ///< the sender that an offer or a lease counts for, hashed; 0: of no account, or not known
    HardwareAddress hardware;
    std::uint16_t subnet = 0;
    Standing standing = Standing::none;
    bool in_use : 1 = false;
    bool indexed : 1 = false; ///< found under its client
    bool dynamic : 1 = false; ///< belongs to the free map when nobody has a claim to it
    bool counted : 1 = false; ///< is one of its subnet's pool_size() addresses
    bool in_reclaim_queue : 1 = false; ///< the subnet's queue of former leases holds it with its present `expires`
    bool probing : 1 = false; ///< the offer only keeps the address until it is known that nobody uses it
    bool key_is_hardware : 1 = true; ///< ClientKey::Kind
    bool key_in_text : 1 = false; ///< else the key is htype and chaddr
    bool on_its_word : 1 = false; ///< no offer went before the lease
    bool tallied : 1 = false; ///< the lease is counted for `source` now

private:
    std::span<const std::uint8_t> piece(std::size_t which) const;
    void store_text(std::span<const std::uint8_t> id, std::string_view host, std::string_view vendor);

    std::uint8_t text_capacity_ = 0; ///< in pairs of octets: three lengths, 255 and twice 63 at most
    /// Three octets of lengths, then identifier, host name, vendor class.
    std::unique_ptr<std::uint8_t[]> text_;
};
static_assert(sizeof(Binding) <= 80);

} // namespace dorascope::server
