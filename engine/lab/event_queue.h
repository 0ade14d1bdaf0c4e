// SPDX-License-Identifier: GPL-3.0-or-later
// What is going to happen on the virtual LAN, in order of time; of two events at one instant the one put in first comes first.
#pragma once

#include "engine/wire/instant.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dorascope::lab {

/// Stations and frames by index: an event is a value of 32 octets, and a heap of them stays in the cache.
struct Event {
    enum class Kind : std::uint8_t {
        arrive, ///< `frame` reaches `station`
        send, ///< `frame` leaves `station`
    };
    Instant at{};
    std::uint64_t order = 0; ///< set by push()
    Kind kind{};
    std::uint32_t station = 0;
    std::uint32_t frame = 0;
};

/// A binary heap. Every event holds a frame, so the FramePool bounds it.
class EventQueue {
public:
    void push(Event event);
    /// The earliest; the queue must not be empty.
    const Event& top() const { return heap_.front(); }
    Event pop();
    bool empty() const { return heap_.empty(); }
    std::size_t size() const { return heap_.size(); }

private:
    static bool before(const Event& a, const Event& b) { return a.at != b.at ? a.at < b.at : a.order < b.order; }

    std::vector<Event> heap_;
    std::uint64_t pushed_ = 0;
};

} // namespace dorascope::lab
