// SPDX-License-Identifier: GPL-3.0-or-later
// A queue of (instant, slot), earliest first, twelve octets an item. Items are never moved or taken out when a lease is renewed: an item
// that no longer says the truth is recognised when it comes to the top. retain() bounds how many such items can pile up.
#pragma once

#include "engine/wire/instant.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace dorascope::server {

class DeadlineHeap {
public:
    class Item {
    public:
        Item(Instant at, std::uint32_t slot)
            : high_{static_cast<std::int32_t>(ticks(at) >> 32)}, low_{static_cast<std::uint32_t>(ticks(at))}, slot_{slot}
        { }
        Instant at() const { return Instant{Duration{(std::int64_t{high_} << 32) | low_}}; }
        std::uint32_t slot() const { return slot_; }

    private:
        static std::int64_t ticks(Instant at) { return at.time_since_epoch().count(); }
        std::int32_t high_;
        std::uint32_t low_;
        std::uint32_t slot_;
    };

    bool empty() const { return items_.empty(); }
    std::size_t size() const { return items_.size(); }
    const Item& top() const { return items_.front(); }

    void reserve(std::size_t items) { items_.reserve(items); }
    void push(Instant at, std::uint32_t slot)
    {
        if (items_.size() == items_.capacity()) items_.reserve(items_.size() + items_.size() / 4 + 64);
        items_.emplace_back(at, slot);
        std::push_heap(items_.begin(), items_.end(), later);
    }
    void pop()
    {
        std::pop_heap(items_.begin(), items_.end(), later);
        items_.pop_back();
    }
    /// Keeps the items for which `keep(item)` holds; asked once an item.
    template <class Keep> void retain(Keep&& keep)
    {
        std::erase_if(items_, [&keep](const Item& item) { return !keep(item); });
        std::make_heap(items_.begin(), items_.end(), later);
    }
    template <class Visit> void for_each(Visit&& visit) const { std::for_each(items_.begin(), items_.end(), visit); }
    std::size_t memory_used() const { return items_.capacity() * sizeof(Item); }

private:
    static constexpr auto later = [](const Item& a, const Item& b) {
        return a.at() > b.at();
    }; // not a function, which would be called
    std::vector<Item> items_;
};

} // namespace dorascope::server
