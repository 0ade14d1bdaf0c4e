// SPDX-License-Identifier: GPL-3.0-or-later
// Serving on a real interface: the host on its own thread, and beside it a live capture of the same interface, because the embedded server
// is watched like any other (DESIGN: One idea). Its decisions come through a bounded queue of their own.
#pragma once

#include "app/dorascope/capture_feed.h"
#include "app/dorascope/source.h"
#include "engine/host/server_host.h"

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
    models::PoolInfo pool() const override;

private:
    void run();
    void take(std::span<const Decision> decisions);

    const ui::ServeRequest request_;
    CaptureFeed capture_;
    mutable std::mutex mutex_; ///< guards host_ (the pointer), decisions_, problem_
    std::optional<host::ServerHost> host_;
    std::vector<Decision> decisions_;
    std::uint64_t droppedDecisions_ = 0;
    std::optional<ui::Problem> problem_;
    std::atomic<bool> stopping_ = false, finished_ = false, serving_ = false;
    std::thread thread_;
    static constexpr std::size_t kMostDecisions = 65536;
};

} // namespace dorascope::app
