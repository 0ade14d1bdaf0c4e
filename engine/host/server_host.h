// SPDX-License-Identifier: GPL-3.0-or-later
// The server on a real interface: receive a batch, let DhcpServer decide, commit the leases, then transmit.
#pragma once

#include "engine/host/host_notice.h"
#include "engine/host/interface.h"
#include "engine/host/lease_store.h"
#include "engine/host/privileged.h"
#include "engine/server/dhcp_server.h"

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace dorascope::host {

struct ServeOptions {
    std::string interface;
    server::Config config;
    std::filesystem::path state_dir; ///< holds leases-INTERFACE.sqlite; empty: default_state_dir()
};
/// $XDG_STATE_HOME/dorascope where that is set; else /var/lib/dorascope for root, ~/.local/state/dorascope for others.
std::filesystem::path default_state_dir();

struct HostCounters {
    std::uint64_t received = 0, transmitted = 0, commits = 0, send_errors = 0, kernel_drops = 0, store_failures = 0;
    std::uint64_t bad_frames = 0; ///< wrong checksum, cut, no UDP where UDP should be: never reached the server
    std::uint64_t not_for_us = 0; ///< addressed to another machine
    std::uint64_t no_address = 0; ///< requests while the interface has no IPv4 address to answer from
};

/// Whatever did not become a request that was answered and stored; what the server itself refuses it counts by reason.
struct DropReason {
    std::string_view name;
    std::uint64_t HostCounters::*count;
    std::string_view text; ///< for people: "… TEXT"
};
inline constexpr std::array kDropReasons{DropReason{"kernel_drops", &HostCounters::kernel_drops, "dropped by the kernel"},
                                         DropReason{"bad_frames", &HostCounters::bad_frames, "damaged"},
                                         DropReason{"not_for_us", &HostCounters::not_for_us, "for other machines"},
                                         DropReason{"no_address", &HostCounters::no_address, "while without an address"},
                                         DropReason{"send_errors", &HostCounters::send_errors, "not sent"},
                                         DropReason{"store_failures", &HostCounters::store_failures, "stores failed"}};

class ServerHost {
public:
    /// Called on the serving thread after each batch, with what the server decided. Must be quick; may be empty.
    using DecisionSink = std::function<void(std::span<const Decision>)>;

    /// Interface, sockets (through netd), store and server, in that order; the first that fails is the error.
    static tl::expected<ServerHost, HostError> open(ServeOptions options);
    ServerHost(ServerHost&&) noexcept;
    ServerHost& operator=(ServerHost&&) noexcept;
    ~ServerHost();

    /// For the log or the status bar: interface down, store failing, replies not sent. On the serving thread, so it must not wait for
    /// anybody (a terminal, a pipe); may be empty.
    using NoticeSink = std::function<void(const HostNotice&)>;

    /// Both before run(). What is to be said of the start is said at once, to the sink.
    void on_decisions(DecisionSink sink);
    void on_notice(NoticeSink sink);

    // For parts beside the server, before run() or on the serving thread:
    /// `on_ready` is called on the serving thread, between two batches, whenever `descriptor` is readable. Borrowed: forget() first, then
    /// close.
    tl::expected<void, HostError> watch(int descriptor, std::function<void()> on_ready);
    void forget(int descriptor);
    /// Commit, then speak, for what a person orders (reconfigure, release, erase …): when this returns, what `order` wrote is durable and
    /// what it sends has left. An error: it could not be stored, and leases are as they were before.
    using Order = std::function<void(Instant now, server::DhcpServer& server, server::Outbox& out)>;
    tl::expected<void, HostError> carry_out(const Order& order);
    /// A look at the server as it stands; the disk is not waited for, and nothing is received meanwhile.
    void look(const std::function<void(Instant now, const server::DhcpServer& server)>& at) const;
    /// What else is kept beside the leases.
    LeaseStore& store();
    /// From any thread: `task` runs on the serving thread, between two batches. After run() has returned nothing runs any more.
    void post(std::function<void()> task);

    /// Serves until stop(), or until something breaks for good (interface gone). Blocks the calling thread.
    tl::expected<void, HostError> run();
    /// From any thread or a signal handler.
    void stop();

    /// By the clock that leases are counted by.
    Instant now() const;
    /// As it is now.
    Interface interface() const;
    /// Before run() or on the serving thread: by which clients on the link know the server.
    Ipv4Address identity() const;
    /// From any thread. leases() is taken in small bites, so that serving is not held up: each row as it stood at one moment meanwhile.
    HostCounters counters() const;
    std::vector<server::Lease> leases() const;
    /// One of those bites, appended in no order: begins at cursor 0 and gives the next; server::kEndOfLeases: that was all.
    std::size_t leases(std::size_t cursor, std::vector<server::Lease>& to) const;
    std::optional<server::Lease> lease(Ipv4Address address) const;
    std::vector<server::PoolUse> pool_use() const;

private:
    struct Impl;
    explicit ServerHost(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::host
