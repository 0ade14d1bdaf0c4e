// SPDX-License-Identifier: GPL-3.0-or-later
// The server on a real interface: receive a batch, let DhcpServer decide, commit the leases, then transmit (DESIGN: Commit, then speak).
#pragma once

#include "engine/host/interface.h"
#include "engine/host/lease_store.h"
#include "engine/host/privileged.h"
#include "engine/server/dhcp_server.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

namespace dorascope::host {

struct ServeOptions {
    std::string interface;
    server::Config config;
    std::filesystem::path state_dir; ///< holds leases-INTERFACE.sqlite; empty: default_state_dir()
};
/// $XDG_STATE_HOME/dorascope, else ~/.local/state/dorascope; /var/lib/dorascope for root.
std::filesystem::path default_state_dir();

struct HostCounters {
    std::uint64_t received = 0, transmitted = 0, commits = 0, send_errors = 0, kernel_drops = 0, store_failures = 0;
    std::uint64_t bad_frames = 0; ///< wrong checksum, cut, no UDP where UDP should be: never reached the server
    std::uint64_t not_for_us = 0; ///< addressed to another machine
};

class ServerHost {
public:
    /// Called on the serving thread after each batch, with what the server decided. Must be quick; may be empty.
    using DecisionSink = std::function<void(std::span<const Decision>)>;

    /// Interface, sockets (through netd), store and server, in that order; the first that fails is the error.
    static tl::expected<ServerHost, HostError> open(ServeOptions options);
    ServerHost(ServerHost&&) noexcept;
    ServerHost& operator=(ServerHost&&) noexcept;
    ~ServerHost();

    /// A sentence for the log or the status bar: interface down, store failing, replies not sent. On the serving thread; may be empty.
    using NoticeSink = std::function<void(const std::string&)>;

    /// Both before run().
    void on_decisions(DecisionSink sink);
    void on_notice(NoticeSink sink);
    /// Serves until stop(), or until something breaks for good (interface gone). Blocks the calling thread.
    tl::expected<void, HostError> run();
    /// From any thread or a signal handler.
    void stop();

    const Interface& interface() const;
    /// Thread-safe snapshots.
    HostCounters counters() const;
    std::vector<server::Lease> leases() const;
    std::vector<server::PoolUse> pool_use() const;

private:
    struct Impl;
    explicit ServerHost(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::host
