// SPDX-License-Identifier: GPL-3.0-or-later
// Counts over time for the timeline and the charts: messages by type, addresses in use. Bounded: the bucket width doubles when full.
#pragma once

#include "engine/wire/instant.h"
#include "engine/wire/message_type.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace dorascope::observe {

/// The message kinds that charts tell apart, in stacking order.
enum class RateKind : std::uint8_t { discover, offer, request, ack, nak, decline, release, inform, other, count_ };
RateKind rate_kind(MessageType type);
inline constexpr std::size_t kRateKinds = static_cast<std::size_t>(RateKind::count_);

struct Bucket {
    std::array<std::uint32_t, kRateKinds> messages{};
    std::uint32_t bound_low = 0, bound_high = 0; ///< addresses bound, least and most within the bucket
    std::uint32_t used_low = 0, used_high = 0; ///< … of these within the pool
    std::uint32_t pool = 0; ///< addresses of the pool, most within the bucket; 0: unknown
    std::uint32_t total() const;
    /// What "in use" means: of the pool where one is known, so that it is never more than there is; else all.
    std::uint32_t in_use_low() const { return pool > 0 ? used_low : bound_low; }
    std::uint32_t in_use_high() const { return pool > 0 ? used_high : bound_high; }
};

class Series {
public:
    void count(Instant at, MessageType type);
    void bound(Instant at, std::uint32_t addresses, std::uint32_t used = 0); ///< from `at` on
    void pool(std::uint32_t size, std::uint32_t used); ///< from the newest instant on
    bool empty() const { return buckets_.empty(); }
    Instant first() const { return origin_; }
    Instant last() const { return last_; }
    Duration width() const { return width_; }
    std::span<const Bucket> buckets() const { return buckets_; } ///< from first(), width() each
    /// [from, to) reduced to n buckets (n ≥ 1), for as many pixels or bars as there are. Empty stretches carry the bound value on.
    std::vector<Bucket> reduce(Instant from, Instant to, std::size_t n) const;

    static constexpr std::size_t kMaxBuckets = 16384;

private:
    void reach(Instant at);
    void halve();
    Instant origin_{}, last_{};
    Duration width_ = std::chrono::milliseconds{10};
    Bucket level_; ///< now: what a new bucket begins with; no messages
    std::vector<Bucket> buckets_;
};

} // namespace dorascope::observe
