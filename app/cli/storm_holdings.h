// SPDX-License-Identifier: GPL-3.0-or-later
// Who holds which address, as the clients of a storm know it: the ledger that shows when an address is given twice.
#pragma once

#include "capture/observe/hash_index.h"
#include "engine/wire/address.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <vector>

namespace dorascope::cli {

struct Holding {
    Ipv4Address address;
    std::uint32_t client = 0;
    Instant expiry; ///< when the client must stop using it
    bool busy = false; ///< being renewed
};

class Holdings {
public:
    static constexpr std::uint32_t kNone = observe::HashIndex::kAbsent;

    std::uint32_t find(Ipv4Address address) const
    {
        return index_.find(index_.hash(address.value), [&](std::uint32_t i) { return all_[i].address == address; });
    }
    /// The client that holds the address now, if that is another one.
    const Holding* held_by_another(Ipv4Address address, std::uint32_t client, Instant now) const
    {
        const auto i = find(address);
        return i != kNone && all_[i].client != client && all_[i].expiry > now ? &all_[i] : nullptr;
    }
    void take(Ipv4Address address, std::uint32_t client, Instant expiry)
    {
        auto i = find(address);
        if (i == kNone) {
            i = static_cast<std::uint32_t>(all_.size());
            all_.emplace_back();
            index_.insert(index_.hash(address.value), i);
        }
        all_[i] = {address, client, expiry, all_[i].busy};
    }
    std::size_t size() const { return all_.size(); }
    Holding& operator[](std::uint32_t i) { return all_[i]; }
    const Holding& operator[](std::uint32_t i) const { return all_[i]; }

private:
    std::vector<Holding> all_; ///< one an address
    observe::HashIndex index_;
};

} // namespace dorascope::cli
