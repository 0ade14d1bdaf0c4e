// SPDX-License-Identifier: GPL-3.0-or-later
// The embedded server's newest decisions, and those whose message has not been seen yet: a decision and the frame it is about come over
// different ways, whichever first.
#pragma once

#include "capture/observe/hash_index.h"
#include "capture/observe/records.h"
#include "engine/wire/decision.h"

#include <optional>
#include <span>
#include <vector>

namespace dorascope::observe {

/// Which message a decision is about: the reply, or, when there is none, the message that was left unanswered.
struct DecisionSubject {
    std::uint32_t xid = 0;
    HardwareAddress chaddr;
    MessageType type = MessageType::none;
    bool from_server = false;
    bool operator==(const DecisionSubject&) const = default;
};
/// Nothing for a deadline and for what could not be read.
std::optional<DecisionSubject> subject_of(const Decision& decision);

class DecisionLog {
public:
    DecisionId add(const Decision& decision);
    const Decision* find(DecisionId id) const;

    /// Its message has not been seen: keep it at hand.
    void wait(DecisionId id);
    bool waiting() const { return !waiting_.empty(); }
    /// The decision about this message, if one waits; it waits no longer. `server` is the sender's identifier, for replies.
    DecisionId take(const DecisionSubject& subject, Ipv4Address server, Instant at);
    std::size_t memory_used() const;

    /// The server's clock and the capture's are one, but the kernel stamps a frame when it passes: far more than that lies between
    /// two messages that could be taken for each other.
    static constexpr Duration kWindow = std::chrono::seconds{2};
    static constexpr std::size_t kKept = 16384; ///< at least; up to twice as many
    static constexpr std::size_t kMaxWaiting = 4096;

private:
    std::vector<Decision> kept_;
    DecisionId first_ = 0; ///< of kept_.front()
    HashIndex waiting_; // by subject
};

} // namespace dorascope::observe
