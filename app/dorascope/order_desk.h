// SPDX-License-Identifier: GPL-3.0-or-later
// Where the window leaves its orders: an order waits for the serving thread and for the disk, and the window waits for neither.
#pragma once

#include "app/dorascope/source.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace dorascope::app {

class OrderDesk {
public:
    using Work = std::function<OrderOutcome()>;

    OrderDesk();
    ~OrderDesk(); ///< what has not begun is not done
    OrderDesk(const OrderDesk&) = delete;
    OrderDesk& operator=(const OrderDesk&) = delete;

    /// One after another, on the desk's thread. False when too many wait.
    bool ask(Work work);
    std::optional<OrderOutcome> takeOutcome();

private:
    void run();
    static constexpr std::size_t kMostWaiting = 64;

    std::mutex mutex_;
    std::condition_variable asked_;
    std::deque<Work> waiting_;
    std::deque<OrderOutcome> done_;
    bool closing_ = false;
    std::thread thread_;
};

} // namespace dorascope::app
