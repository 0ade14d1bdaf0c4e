// SPDX-License-Identifier: GPL-3.0-or-later
// Lease writes reach the disk on a thread of their own: while it waits there, the serving thread hears and decides what comes next.
#pragma once

#include "engine/host/lease_store.h"

#include <memory>
#include <optional>
#include <span>
#include <tl/expected.hpp>

namespace dorascope::host {

/// One transaction at a time. All calls are the owner's, from one thread.
class LeaseCommitter {
public:
    using Outcome = tl::expected<void, HostError>;

    static tl::expected<LeaseCommitter, HostError> open(LeaseStore store);
    LeaseCommitter(LeaseCommitter&&) noexcept;
    LeaseCommitter& operator=(LeaseCommitter&&) = delete;
    ~LeaseCommitter(); ///< waits for what has begun

    /// Waits until nothing is being written; the store is the caller's then, until begin().
    LeaseStore& store();
    /// Begins one transaction; `writes` have to stay as they are until it has ended. Not while one is under way.
    void begin(std::span<const server::LeaseWrite> writes);
    /// What became of it, told once: durable, or nothing of it counts as stored. Nothing: still under way, or none was begun.
    std::optional<Outcome> ended();
    /// The same, waited for.
    Outcome wait();
    /// Readable from when a transaction has ended until ended() or wait() tells of it; and while there is upkeep_trouble().
    int descriptor() const;
    /// What went wrong with the store's log since the last call (LeaseStore::tidy): nothing is lost by it.
    std::optional<HostError> upkeep_trouble();

private:
    struct Impl;
    explicit LeaseCommitter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::host
