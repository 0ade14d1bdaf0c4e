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

void widen(Bucket& into, std::uint32_t low, std::uint32_t high)
{
    into.bound_low = std::min(into.bound_low, low);
    into.bound_high = std::max(into.bound_high, high);
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
            widen(joined, second.bound_low, second.bound_high);
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
    if (needed > buckets_.size()) buckets_.resize(needed, Bucket{{}, bound_now_, bound_now_});
}

void Series::count(Instant at, MessageType type)
{
    reach(at);
    // Captures merged from several machines step back in time, even to before the first frame: then the first bucket counts it.
    const auto index = at <= origin_ ? 0 : static_cast<std::size_t>((at - origin_) / width_);
    ++buckets_[index].messages[static_cast<std::size_t>(rate_kind(type))];
}

void Series::bound(Instant at, std::uint32_t addresses)
{
    // Order of arrival is the truth: a change that bears an older time is one of now.
    reach(at);
    bound_now_ = addresses;
    widen(buckets_.back(), addresses, addresses);
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
            out[i].bound_low = out[i].bound_high = bound_now_;
            continue;
        }
        const std::size_t past = std::min(index_at(end - Duration{1}) + 1, buckets_.size());
        out[i].bound_low = buckets_[first].bound_low;
        for (std::size_t b = first; b < past; ++b)
            widen(out[i], buckets_[b].bound_low, buckets_[b].bound_high);
    }
    return out;
}

} // namespace dorascope::observe
