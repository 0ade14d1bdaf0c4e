// SPDX-License-Identifier: GPL-3.0-or-later
// How often everything happened: a simulation in which something never happens proves nothing about it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dorascope::server::simulation {

enum class Count : std::uint8_t {
    events,
    acks,
    naks,
    offers,
    bootp_replies,
    declines,
    releases,
    probes,
    conflicts,
    exhausted,
    expiries,
    offers_expired,
    restarts,
    rolled_back,
    reconfigured,
    orders,
    clock_steps,
    left_to_others,
    bootp_left_to_others,
    limited,
    leases_limited,
    flooded,
    made_up_leases,
    of_class,
    heard_in_a_flood,
    passed_on,
    count_
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Count::count_)> kCountNames{
    "events",
    "acks",
    "naks",
    "offers",
    "replies to BOOTP clients",
    "declines",
    "releases",
    "probes",
    "conflicts",
    "exhausted pools",
    "expiries",
    "offers not taken",
    "restarts",
    "lost writes",
    "configurations",
    "orders",
    "clock steps",
    "other servers",
    "other servers of BOOTP clients",
    "limits",
    "limits of leases",
    "packets of floods",
    "leases of made-up clients",
    "addresses of a class",
    "holders heard during a flood",
    "addresses that passed from client to client of a card",
};

class Tally {
public:
    std::uint64_t& operator[](Count what) { return counts_[static_cast<std::size_t>(what)]; }
    std::uint64_t operator[](Count what) const { return counts_[static_cast<std::size_t>(what)]; }
    void add(const Tally& other)
    {
        for (std::size_t i = 0; i < counts_.size(); ++i)
            counts_[i] += other.counts_[i];
    }
    bool operator==(const Tally&) const = default;

private:
    std::array<std::uint64_t, kCountNames.size()> counts_{};
};

} // namespace dorascope::server::simulation
