// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/decision_log.h"

#include "capture/observe/client_table.h"

namespace dorascope::observe {

namespace {

std::uint64_t key_of(const DecisionSubject& subject)
{
    const auto type = static_cast<std::uint64_t>(subject.type) << 1 | (subject.from_server ? 1U : 0U);
    return spread(observe::key_of(subject.chaddr) ^ spread(subject.xid)) ^ type;
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
    waiting_.insert(waiting_.hash(key_of(*subject)), id);
}

DecisionId DecisionLog::take(const DecisionSubject& subject, Ipv4Address server, Instant at)
{
    const auto hash = waiting_.hash(key_of(subject));
    const auto id = waiting_.find(hash, [&](DecisionId candidate) {
        const Decision* const decision = find(candidate);
        if (decision == nullptr || subject_of(*decision) != subject || distance(decision->at, at) > kWindow) return false;
        return !subject.from_server || decision->server.is_unspecified() || decision->server == server;
    });
    if (id != kNone) waiting_.erase(hash, id);
    return id;
}

std::size_t DecisionLog::memory_used() const
{
    std::size_t used = waiting_.memory_used();
    for (const auto& decision : kept_)
        used += sizeof(Decision) + decision.steps.capacity() * sizeof(DecisionStep);
    return used;
}

} // namespace dorascope::observe
