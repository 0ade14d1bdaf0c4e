// SPDX-License-Identifier: GPL-3.0-or-later
// From the thread that must not wait (serving, capturing) to the one that prints. A full queue drops the newest and counts it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

namespace dorascope::cli {

template <typename T> class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t limit) : limit_{limit} { }
    /// False: it was dropped. `beyond`: what is rare and matters more may go so far beyond the limit.
    bool push(T item, std::size_t beyond = 0)
    {
        {
            const std::lock_guard lock{mutex_};
            if (items_.size() >= limit_ + beyond) {
                ++dropped_;
                return false;
            }
            items_.push_back(std::move(item));
        }
        changed_.notify_one();
        return true;
    }
    /// No more will come: take() returns what is left, then nothing, without waiting.
    void close()
    {
        {
            const std::lock_guard lock{mutex_};
            closed_ = true;
        }
        changed_.notify_all();
    }
    /// All that is there; waits for the first, at most `patience`. Empty: the time is over, or closed() and drained.
    std::deque<T> take(std::chrono::milliseconds patience)
    {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, patience, [this] { return closed_ || !items_.empty(); });
        return std::exchange(items_, {});
    }
    bool closed() const
    {
        const std::lock_guard lock{mutex_};
        return closed_ && items_.empty();
    }
    std::uint64_t dropped() const
    {
        const std::lock_guard lock{mutex_};
        return dropped_;
    }

private:
    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> items_;
    std::uint64_t dropped_ = 0;
    bool closed_ = false;
};

} // namespace dorascope::cli
