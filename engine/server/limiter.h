// SPDX-License-Identifier: GPL-3.0-or-later
// How much of the server one sender gets. Tables of fixed size, made when they are first needed: whatever the network sends, they neither
// grow nor fail, they only forget who was quiet longest.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/instant.h"

#include <array>
#include <cstdint>
#include <vector>

namespace dorascope::server {

/// A token bucket of twice the rate, kept as the instant at which it would be full again (the generic cell rate algorithm).
class Bucket {
public:
    /// False: there is nothing in it. Takes one where there is.
    bool take(Instant now, std::uint32_t per_second);
    /// Takes one whether or not there is.
    void drain(Instant now, std::uint32_t per_second);
    Instant full_at() const { return full_at_; }

private:
    void settle(Instant now);
    Instant full_at_{};
};

/// Entries by a 32-bit tag (a keyed hash), four to a set; the one with the earliest `idle_at` makes room.
template <class Entry> class SenderTable {
public:
    Entry& at(std::uint32_t tag)
    {
        if (entries_.empty()) entries_.resize(kSets);
        auto& set = entries_[tag % kSets];
        Slot* oldest = &set[0];
        for (Slot& slot : set) {
            if (slot.tag == tag && slot.used) return slot.entry;
            if (!slot.used || (oldest->used && slot.entry.idle_at() < oldest->entry.idle_at())) oldest = &slot;
        }
        *oldest = Slot{};
        oldest->tag = tag;
        oldest->used = true;
        return oldest->entry;
    }

private:
    static constexpr std::size_t kSets = 1024;
    struct Slot {
        std::uint32_t tag = 0;
        bool used = false;
        Entry entry;
    };
    std::vector<std::array<Slot, 4>> entries_;
};

/// What a sender that declines without end is not offered again. In place of a list without end: addresses are tried in order, so that
/// those up to the last one of a pool it declined are done with; and its reservation, which comes before any pool.
struct Shunned {
    Ipv4Address last, reserved; ///< zero: none
    bool has(Ipv4Address address) const { return !address.is_unspecified() && (address == last || address == reserved); }
};

class Limiter {
public:
    /// Of one sender or group of senders, told by a keyed hash.
    bool client_may_speak(std::uint32_t client, Instant now, std::uint32_t per_second);
    /// Of all clients: those that are known always go, and take from what is left for the others.
    bool anybody_may_speak(bool known, Instant now, std::uint32_t per_second);

    /// How many addresses this sender has sent into quarantine within the last `span` …
    std::uint32_t quarantines(std::uint32_t sender, Instant now);
    /// … and one more.
    void count_quarantine(std::uint32_t sender, Instant now, Duration span);
    /// It found another one in use, beyond those it may send into quarantine. Remembered as long as those.
    void shun(std::uint32_t sender, Instant now, Ipv4Address address, bool reserved);
    Shunned shunned(std::uint32_t sender, Instant now);
    /// Is anything shunned by anybody? It hardly ever is.
    bool shuns(Instant now) const { return now < shunning_until_; }

private:
    struct Rate {
        Bucket bucket;
        Instant idle_at() const { return bucket.full_at(); }
    };
    struct Quarantines {
        std::uint32_t count = 0;
        Instant until{}; ///< when they are forgotten
        Instant begun{};
        Shunned shunned;
        Instant idle_at() const { return until; }
    };
    SenderTable<Rate> rates_;
    SenderTable<Quarantines> quarantines_;
    Bucket total_;
    Instant shunning_until_{};
};

} // namespace dorascope::server
