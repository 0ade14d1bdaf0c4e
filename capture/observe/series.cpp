// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/series.h"

#include <algorithm>
#include <numeric>

namespace dorascope::observe {

RateKind rate_kind(MessageType type)
{
    switch (type) {
    case MessageType::discover: return RateKind::discover;
    case MessageType::offer: return RateKind::offer;
    case MessageType::request: return RateKind::request;
    case MessageType::ack: return RateKind::ack;
    case MessageType::nak: return RateKind::nak;
    case MessageType::decline: return RateKind::decline;
    case MessageType::release: return RateKind::release;
    case MessageType::inform: return RateKind::inform;
    default: return RateKind::other;
    }
}

std::uint32_t Bucket::total() const { return std::accumulate(messages.begin(), messages.end(), std::uint32_t{0}); }

namespace {

void add(Bucket& into, const Bucket& from)
{
    for (std::size_t kind = 0; kind < kRateKinds; ++kind)
        into.messages[kind] += from.messages[kind];
}

void widen(Bucket& into, const Bucket& level)
{
    into.bound_low = std::min(into.bound_low, level.bound_low);
    into.bound_high = std::max(into.bound_high, level.bound_high);
    into.used_low = std::min(into.used_low, level.used_low);
    into.used_high = std::max(into.used_high, level.used_high);
    into.pool = std::max(into.pool, level.pool);
}

/// The levels of another bucket, with the messages that are there.
void begin_with(Bucket& into, const Bucket& level)
{
    const auto messages = into.messages;
    into = level;
    into.messages = messages;
}

} // namespace

void Series::halve()
{
    const std::size_t half = (buckets_.size() + 1) / 2;
    for (std::size_t i = 0; i < half; ++i) {
        Bucket joined = buckets_[2 * i];
        if (2 * i + 1 < buckets_.size()) {
            const Bucket& second = buckets_[2 * i + 1];
            add(joined, second);
            widen(joined, second);
        }
        buckets_[i] = joined;
    }
    buckets_.resize(half);
    width_ *= 2;
}

/// Makes room up to and including `at`. What lies between the last bucket and the new one carries the bound value on.
void Series::reach(Instant at)
{
    if (buckets_.empty()) origin_ = last_ = at;
    last_ = std::max(last_, at);
    while ((last_ - origin_) / width_ >= static_cast<Duration::rep>(kMaxBuckets))
        halve();
    const auto needed = static_cast<std::size_t>((last_ - origin_) / width_) + 1;
    if (needed > buckets_.size()) buckets_.resize(needed, level_);
}

void Series::count(Instant at, MessageType type)
{
    reach(at);
    // Captures merged from several machines step back in time, even to before the first frame: then the first bucket counts it.
    const auto index = at <= origin_ ? 0 : static_cast<std::size_t>((at - origin_) / width_);
    ++buckets_[index].messages[static_cast<std::size_t>(rate_kind(type))];
}

void Series::bound(Instant at, std::uint32_t addresses, std::uint32_t used)
{
    // Order of arrival is the truth: a change that bears an older time is one of now.
    reach(at);
    level_.bound_low = level_.bound_high = addresses;
    level_.used_low = level_.used_high = used;
    widen(buckets_.back(), level_);
}

void Series::pool(std::uint32_t size, std::uint32_t used)
{
    level_.pool = size;
    level_.used_low = level_.used_high = used;
    if (!buckets_.empty()) widen(buckets_.back(), level_);
}

std::vector<Bucket> Series::reduce(Instant from, Instant to, std::size_t n) const
{
    n = std::max<std::size_t>(n, 1);
    std::vector<Bucket> out(n);
    if (buckets_.empty() || to <= from) return out;

    const auto span = (to - from).count();
    const auto parts = static_cast<Duration::rep>(n);
    const auto edge = [&](std::size_t i) {
        const auto k = static_cast<Duration::rep>(i);
        return from + Duration{span / parts * k + span % parts * k / parts};
    };
    const auto start_of = [&](std::size_t bucket) { return origin_ + width_ * static_cast<Duration::rep>(bucket); };
    const auto index_at = [&](Instant t) {
        return t <= origin_ ? std::size_t{0} : static_cast<std::size_t>((t - origin_) / width_);
    };

    std::size_t next = std::min(index_at(from), buckets_.size()); // the next bucket whose messages are still to be counted
    for (std::size_t i = 0; i < n; ++i) {
        const Instant begin = edge(i), end = std::max(edge(i + 1), begin + Duration{1});
        for (; next < buckets_.size() && start_of(next) < end; ++next)
            add(out[i], buckets_[next]);

        if (end <= origin_) continue; // before anything was seen: nothing was bound
        const std::size_t first = index_at(begin);
        if (first >= buckets_.size()) {
            begin_with(out[i], level_);
            continue;
        }
        const std::size_t past = std::min(index_at(end - Duration{1}) + 1, buckets_.size());
        begin_with(out[i], buckets_[first]);
        for (std::size_t b = first + 1; b < past; ++b)
            widen(out[i], buckets_[b]);
    }
    return out;
}

} // namespace dorascope::observe
