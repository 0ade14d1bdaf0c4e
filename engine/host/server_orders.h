// SPDX-License-Identifier: GPL-3.0-or-later
// What a person orders of a running server, in the terminal or in the window. Each order waits for its turn on the serving thread and is
// durable when it returns.
#pragma once

#include "engine/host/control_protocol.h"
#include "engine/host/ordered_reservations.h"
#include "engine/host/server_host.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace dorascope::host {

class ServerOrders {
public:
    /// A sentence that says what was done.
    using Outcome = tl::expected<std::string, HostError>;

    /// Before host.run(): takes up the reservations that were ordered in earlier runs; notices() says which no longer fit. `configured` is
    /// what the host was opened with. `host` outlives this and stays where it is.
    static tl::expected<std::unique_ptr<ServerOrders>, HostError> open(ServerHost& host, server::Config configured);
    /// After host.run() has returned, or when it will not be called: orders that wait fail, and so do those that come.
    void close();

    // From any thread but the serving one.
    Outcome release(Ipv4Address address);
    Outcome erase(Ipv4Address address);
    Outcome clear_quarantine(Ipv4Address address);
    /// Survives restarts; replaces what was ordered for that address before. What the configuration reserves stays its own.
    Outcome reserve(server::Reservation reservation);
    Outcome unreserve(Ipv4Address address);
    /// Another configuration, with the ordered reservations. What does not fit changes nothing. Returns sentences of warning.
    tl::expected<std::vector<std::string>, server::ConfigErrors> reconfigure(server::Config configured);

    struct Snapshot {
        std::shared_ptr<const server::Config> config; ///< in force, without what was ordered
        std::vector<server::Reservation> ordered;
        std::vector<std::pair<StepCode, std::uint64_t>> counts; ///< verdicts that were reached
        std::uint64_t leases = 0;
        Instant now{};
    };
    tl::expected<Snapshot, HostError> snapshot();

    const std::vector<std::string>& notices() const { return notices_; }
    ServerHost& host() { return host_; }
    Instant since() const { return since_; }

private:
    ServerOrders(ServerHost& host, server::Config configured)
        : host_{host}, configured_{std::make_shared<const server::Config>(std::move(configured))}
    { }
    /// Runs on the serving thread; false when that is no more.
    bool take_turn(const std::function<void()>& task);
    using LeaseOrder = std::function<tl::expected<void, server::OrderError>(Instant, server::DhcpServer&, server::Outbox&)>;
    using Said = std::function<std::string(const std::optional<server::Lease>& before)>;
    Outcome on_address(Ipv4Address address, const LeaseOrder& order, const Said& said);
    Outcome reserve_now(const server::Reservation& reservation);
    Outcome unreserve_now(Ipv4Address address);
    /// `noted`: as DhcpServer::reconfigure().
    tl::expected<std::vector<std::string>, server::ConfigErrors> reconfigure_now(const server::Config& configured,
                                                                                 const std::vector<server::Reservation>& ordered,
                                                                                 const std::optional<DecisionStep>& noted);
    tl::expected<void, server::ConfigErrors> put_in_force(server::Config next, const std::optional<DecisionStep>& noted);

    ServerHost& host_;
    // Of the serving thread (before run(): of whoever opens):
    std::shared_ptr<const server::Config> configured_; ///< never null; shared with who looks at it
    std::vector<server::Reservation> ordered_;
    std::vector<std::string> notices_;
    Instant since_{};

    std::mutex mutex_;
    std::condition_variable turned_;
    bool closed_ = false;
};

} // namespace dorascope::host
