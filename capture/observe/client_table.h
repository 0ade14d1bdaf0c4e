// SPDX-License-Identifier: GPL-3.0-or-later
// Who asks: whoever sends one client identifier (option 61), or none, from one hardware address (RFC 2131 §4.2). Nearly always there is one
// client to a hardware address, and finding that is all there is to it. A reply to one of several, or to one without a hardware address
// (hlen 0: RFC 4390 §2.1, InfiniBand), need not say whom it is for, because servers before RFC 6842 do not echo the identifier: then who
// asked under its xid is meant.
#pragma once

#include "capture/observe/hash_index.h"
#include "capture/observe/held_leases.h"
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

    /// The client a message is from or for; kNone when it cannot be told or the limit is reached (`full` then). `guessed`: the message is
    /// a reply, and it may as well be for another.
    ClientId identify(const Reading& reading, Instant at, bool& full, bool& guessed);
    /// The first seen with this hardware address.
    ClientId find(const HardwareAddress& hardware) const { return find(hardware, by_hardware_.hash(key_of(hardware))); }
    /// Its hardware address alone does not tell who it is.
    bool is_ambiguous(ClientId id) const { return notes_[id].several || clients_[id].hardware.length == 0; }
    /// The client of a lease that the embedded server holds, with what its file knows of it; kNone when the limit is reached.
    ClientId held(const HeldLease& lease, bool& full);
    /// A message of its own: what it says of itself.
    void learn(ClientId id, const Reading& reading);
    void seen(ClientId id, Instant at, Changes& changes);
    void touch(ClientId id, Changes& changes) { notes_[id].touched.note(changes.clients, id); }
    std::size_t memory_used() const;

    static constexpr std::size_t kMaxText = 64; ///< octets of a host name or vendor class kept
    static constexpr std::size_t kMaxClientId = 255;

private:
    struct Notes {
        Touched touched;
        bool told = false; ///< by what it goes: a message of its own was seen whole
        bool several = false; ///< of its hardware address
    };
    /// By what a client goes: RFC 2131 §4.2.
    struct Identity {
        const HardwareAddress& hardware;
        std::span<const std::uint8_t> identifier;
        bool told = true; ///< false: nothing is known of an identifier
    };
    ClientId find(const HardwareAddress& hardware, std::uint32_t hash) const;
    ClientId find_or_add(const Identity& who, Instant at, bool& full);
    ClientId find_or_add_further(const Identity& who, Instant at, bool& full);
    ClientId find_exactly(const Identity& who) const;
    bool goes_by(ClientId id, std::span<const std::uint8_t> identifier) const;
    void name(ClientId id, const Identity& who);
    ClientId add(const HardwareAddress& hardware, Instant at, bool& full);

    std::size_t limit_;
    LargeVector<Client> clients_;
    LargeVector<Notes> notes_;
    HashIndex by_hardware_; // the first of each
    std::map<std::vector<std::uint8_t>, ClientId>
        further_; // the others, and those without a hardware address: by all that names them
};

} // namespace dorascope::observe
