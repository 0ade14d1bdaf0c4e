// SPDX-License-Identifier: GPL-3.0-or-later
// Leases on disk: SQLite, WAL, synchronous=FULL, one transaction a batch. A file ordinary tools can read.
#pragma once

#include "engine/host/host_error.h"
#include "engine/host/run_clock.h"
#include "engine/server/lease.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <tl/expected.hpp>

namespace dorascope::host {

class LeaseStore {
public:
    /// Opens or makes the file (and its folder). Refuses one that another server holds, that is damaged, or of another schema.
    static tl::expected<LeaseStore, HostError> open(const std::filesystem::path& file);
    /// An existing file to read from, also while a server has it; commit() fails.
    static tl::expected<LeaseStore, HostError> open_to_read(const std::filesystem::path& file);
    LeaseStore(LeaseStore&&) noexcept;
    LeaseStore& operator=(LeaseStore&&) noexcept;
    ~LeaseStore();

    tl::expected<server::LeaseTable, HostError> load() const;
    /// The same in parts, in order of address: each is gone when `take` returns.
    tl::expected<void, HostError> read(const std::function<void(std::span<const server::Lease>)>& take) const;
    tl::expected<std::size_t, HostError> count() const;
    /// One transaction, synced when this returns. On error nothing of it counts as stored; the next one may go well.
    tl::expected<void, HostError> commit(std::span<const server::LeaseWrite> writes);
    /// Moves what has piled up in the log into the file, when it is worth it, or when the last commit found no room. Takes a while, so:
    /// after the replies have left. An error loses nothing; it is tried again later.
    tl::expected<void, HostError> tidy();

    /// Once, before load(): by which clock to go, see run_clock.h.
    tl::expected<RunClock, HostError> begin_run(const MachineTime& machine);

    // Reservations that a person ordered of a running server; each change is synced when it returns.
    tl::expected<std::vector<server::Reservation>, HostError> reservations() const;
    /// Replaces the one of the same address.
    tl::expected<void, HostError> keep(const server::Reservation& reservation);
    tl::expected<void, HostError> forget(Ipv4Address address);

private:
    struct Impl;
    explicit LeaseStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::host
