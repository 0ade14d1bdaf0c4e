// SPDX-License-Identifier: GPL-3.0-or-later
// A subnet as the server works with it: which of its addresses may be leased, to whom, which are free, and its options ready to send.
#pragma once

#include "engine/server/client_key.h"
#include "engine/server/config.h"
#include "engine/server/deadline_heap.h"
#include "engine/server/free_map.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dorascope::server {

/// How far configuration lets an address be leased, whoever holds it.
enum class Leasable : std::uint8_t { dynamic, reserved, excluded, outside_pool, outside_subnet };

class ServedSubnet {
public:
    ServedSubnet(const Subnet& subnet, std::uint16_t index);

    const Subnet& config() const { return *config_; }
    const Ipv4Prefix& prefix() const { return config_->prefix; }
    std::uint16_t index() const { return index_; }

    Leasable leasable(Ipv4Address address) const;
    /// RFC 2131 §4.3.1. An identifier outranks chaddr; a reservation by MAC holds whatever identifier the client sends.
    const Reservation* reservation_for(const Client& client) const;
    const Reservation* reservation_at(Ipv4Address address) const;

    /// The lowest address in nobody's hands and without history, at or above `from`.
    std::optional<Ipv4Address> first_free(Ipv4Address from = {}) const;
    bool is_free(Ipv4Address address) const;
    void take(Ipv4Address address);
    void give_back(Ipv4Address address);
    /// The pools' addresses in order, less exclusions: what is listed when a trace says why the lower ones were not taken.
    std::optional<Ipv4Address> next_in_pool(Ipv4Address from) const;
    std::uint64_t pool_addresses_below(Ipv4Address address) const;
    std::uint64_t pool_size() const { return pool_size_; }
    /// Is it one of those that pool_size() and the counts below are about?
    bool counts(Ipv4Address address) const { return pool_of(address) != nullptr && !excluded(address); }

    /// The data of an option that this subnet hands out when it is asked for. Empty: none.
    std::span<const std::byte> option(std::uint8_t code) const;
    /// Those sent to a client that says nothing about what it wants, in order.
    std::span<const std::uint8_t> default_options() const { return default_options_; }

    /// Former leases of dynamic addresses, oldest first.
    DeadlineHeap reclaim;
    std::size_t inactive = 0, bound = 0, offered = 0, declined = 0; ///< pool addresses by what they are now
    std::size_t memory_used() const;

private:
    struct Pool {
        Ipv4Range range;
        FreeMap free; ///< place i is range.first + i
    };
    const Pool* pool_of(Ipv4Address address) const;
    FreeMap* free_map_of(Ipv4Address address);
    bool excluded(Ipv4Address address) const;
    void merge_exclusions();
    void prepare_pools();
    void index_reservations();
    void prepare_options();
    void prepare_option(std::uint8_t code, std::span<const std::byte> data);
    void prepare_addresses(std::uint8_t code, const std::vector<Ipv4Address>& addresses);

    const Subnet* config_;
    std::uint16_t index_;
    std::vector<Pool> pools_; ///< in order of address
    std::vector<Ipv4Range> exclusions_; ///< configured ones, network, broadcast, routers: sorted and merged
    std::uint64_t pool_size_ = 0;
    std::vector<const Reservation*> by_address_, by_hardware_, by_client_id_; ///< each sorted by what it is named after

    struct Prepared {
        std::uint32_t offset = 0, length = 0;
    };
    std::array<Prepared, 256> prepared_{};
    std::vector<std::byte> option_bytes_;
    std::vector<std::uint8_t> default_options_;
};

} // namespace dorascope::server
