// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/decision_log.h"

#include "capture/observe/client_table.h"

#include <algorithm>

namespace dorascope::observe {

namespace {

std::uint64_t hash(const DecisionSubject& subject)
{
    const auto type = static_cast<std::uint64_t>(subject.type) << 1 | (subject.from_server ? 1U : 0U);
    return spread(HardwareHash{}(subject.chaddr) ^ (std::uint64_t{subject.xid} << 16) ^ type);
}

Duration distance(Instant a, Instant b) { return a < b ? b - a : a - b; }

} // namespace

std::optional<DecisionSubject> subject_of(const Decision& decision)
{
    const bool replied = decision.reply != MessageType::none;
    if (!replied && decision.received == MessageType::none) return std::nullopt;
    return DecisionSubject{decision.xid, decision.chaddr, replied ? decision.reply : decision.received, replied};
}

DecisionId DecisionLog::add(const Decision& decision)
{
    if (kept_.size() >= 2 * kKept) {
        kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(kKept));
        first_ += static_cast<DecisionId>(kKept);
    }
    kept_.push_back(decision);
    return first_ + static_cast<DecisionId>(kept_.size() - 1);
}

const Decision* DecisionLog::find(DecisionId id) const
{
    const auto i = id - first_; // wraps for what is older
    return i < kept_.size() ? &kept_[i] : nullptr;
}

void DecisionLog::wait(DecisionId id)
{
    const Decision* const decision = find(id);
    const auto subject = decision != nullptr ? subject_of(*decision) : std::nullopt;
    if (!subject) return;
    if (waiting_.size() >= kMaxWaiting) waiting_.clear(); // nobody captures what the server sends: do not wait for ever
    const auto key = hash(*subject);
    for (std::uint64_t i = 0; i < kAlternates; ++i) {
        const auto other = waiting_.find(key + i);
        const Decision* const old = other == kNone ? nullptr : find(other);
        if (old != nullptr && distance(old->at, decision->at) <= kWindow) continue;
        waiting_.set(key + i, id);
        return;
    }
}

DecisionId DecisionLog::take(const DecisionSubject& subject, Ipv4Address server, Instant at)
{
    const auto key = hash(subject);
    for (std::uint64_t i = 0; i < kAlternates; ++i) {
        const auto id = waiting_.find(key + i);
        const Decision* const decision = id == kNone ? nullptr : find(id);
        if (decision == nullptr || subject_of(*decision) != subject || distance(decision->at, at) > kWindow) continue;
        if (subject.from_server && !decision->server.is_unspecified() && decision->server != server) continue;
        waiting_.erase(key + i);
        return id;
    }
    return kNone;
}

std::size_t DecisionLog::memory_used() const
{
    std::size_t used = waiting_.memory_used();
    for (const auto& decision : kept_)
        used += sizeof(Decision) + decision.steps.capacity() * sizeof(DecisionStep);
    return used;
}

} // namespace dorascope::observe
