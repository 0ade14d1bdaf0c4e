// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/order_desk.h"

namespace dorascope::app {

OrderDesk::OrderDesk() : thread_([this] { run(); }) { }

OrderDesk::~OrderDesk()
{
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    asked_.notify_all();
    thread_.join();
}

bool OrderDesk::ask(Work work)
{
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_.size() >= kMostWaiting) return false;
        waiting_.push_back(std::move(work));
    }
    asked_.notify_one();
    return true;
}

std::optional<OrderOutcome> OrderDesk::takeOutcome()
{
    const std::scoped_lock lock(mutex_);
    std::optional<OrderOutcome> outcome;
    if (done_.empty()) return outcome;
    outcome.emplace(std::move(done_.front()));
    done_.pop_front();
    return outcome;
}

void OrderDesk::run()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        asked_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
        if (closing_) return;
        const Work work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        auto outcome = work();
        lock.lock();
        done_.push_back(std::move(outcome));
    }
}

} // namespace dorascope::app
