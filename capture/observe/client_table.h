// SPDX-License-Identifier: GPL-3.0-or-later
// Who asks. On the wire of one LAN a client is its hardware address; the client identifier (option 61) names it only where there is no
// hardware address to go by (hlen 0: RFC 4390 §2.1, InfiniBand), because servers before RFC 6842 do not echo it in their replies.
#pragma once

#include "capture/observe/hash_index.h"
#include "capture/observe/lan_state.h"
#include "capture/observe/large_vector.h"
#include "capture/observe/reading.h"
#include "capture/observe/touched.h"

#include <map>

namespace dorascope::observe {

/// All octets, type and length in 64 bits, for hashing.
std::uint64_t key_of(const HardwareAddress& hw);

class ClientTable {
public:
    explicit ClientTable(std::size_t limit) : limit_{limit} { }
    void seed(std::uint64_t seed) { by_hardware_.seed(seed); }

    std::span<const Client> list() const { return clients_; }
    Client& operator[](ClientId id) { return clients_[id]; }

    /// The client a message is from or for; kNone when it cannot be told or the limit is reached (`full` then).
    ClientId identify(const Reading& reading, Instant at, bool& full);
    ClientId find(const HardwareAddress& hardware) const { return find(hardware, by_hardware_.hash(key_of(hardware))); }
    /// A message of its own: what it says of itself.
    void learn(ClientId id, const Reading& reading);
    void seen(ClientId id, Instant at, Changes& changes);
    void touch(ClientId id, Changes& changes) { touched_[id].note(changes.clients, id); }
    std::size_t memory_used() const;

    static constexpr std::size_t kMaxText = 64; ///< octets of a host name or vendor class kept
    static constexpr std::size_t kMaxClientId = 255;

private:
    ClientId find(const HardwareAddress& hardware, std::uint32_t hash) const;
    ClientId add(const Reading& reading, Instant at, bool& full);

    std::size_t limit_;
    LargeVector<Client> clients_;
    LargeVector<Touched> touched_;
    HashIndex by_hardware_;
    std::map<std::vector<std::uint8_t>, ClientId> by_identifier_; // only those without a hardware address
};

} // namespace dorascope::observe
