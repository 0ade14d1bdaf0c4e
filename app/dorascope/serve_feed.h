// SPDX-License-Identifier: GPL-3.0-or-later
// Serving on a real interface: the host on its own thread, and beside it a live capture of the same interface, because the embedded server
// is watched like any other. Its decisions come through a bounded queue of their own.
#pragma once

#include "app/dorascope/capture_feed.h"
#include "app/dorascope/held_queue.h"
#include "app/dorascope/notice_list.h"
#include "app/dorascope/order_desk.h"
#include "app/dorascope/refusal_tally.h"
#include "app/dorascope/source.h"
#include "engine/host/config_reload.h"
#include "engine/host/control_server.h"
#include "engine/host/dead_man.h"
#include "engine/host/server_host.h"
#include "engine/host/server_orders.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace dorascope::app {

class ServeFeed : public Source {
public:
    explicit ServeFeed(ui::ServeRequest request);
    ~ServeFeed() override;

    void pump(Intake& intake, std::chrono::nanoseconds elapsed, std::chrono::nanoseconds budget) override;
    void describe(ui::SourceStatus& status) const override;
    void stop() override;
    std::optional<ui::Problem> takeProblem() override;
    void order(ui::LeaseOrder order, Ipv4Address address) override;
    models::Reservations reservations() const override;
    void reload() override;
    QString configuration() const override;
    std::optional<OrderOutcome> takeOutcome() override { return desk_.takeOutcome(); }
    observe::Pool pool() const override;

private:
    /// The server and all that takes orders for it; made by the serving thread before it serves, and never replaced.
    struct Served;
    void run();
    std::unique_ptr<Served> open();
    void fail(ui::Problem problem);
    void take(std::span<const Decision> decisions);
    OrderOutcome carryOut(ui::LeaseOrder order, Ipv4Address address);
    OrderOutcome reloadNow();
    OrderOutcome readConfiguration(); ///< from the server, after an order that changes it
    void ask(OrderDesk::Work work);

    const ui::ServeRequest request_;
    CaptureFeed capture_;
    mutable std::mutex mutex_; ///< guards what follows, down to problem_; of served_ the pointer
    std::unique_ptr<Served> served_;
    server::Config config_; ///< in force
    std::vector<server::Reservation> ordered_; ///< beside those of config_
    models::Reservations reservations_; ///< those of config_ and those that were ordered
    std::vector<Decision> decisions_;
    std::uint64_t droppedDecisions_ = 0;
    RefusalTally refusals_;
    std::optional<ui::Problem> problem_;
    std::atomic<bool> stopping_ = false, finished_ = false, serving_ = false;
    HeldQueue held_;
    NoticeList notices_;
    OrderDesk desk_; ///< ends before the server does
    std::thread thread_;
    static constexpr std::size_t kMostDecisions = 65536;
};

} // namespace dorascope::app
