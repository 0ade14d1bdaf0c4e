// SPDX-License-Identifier: GPL-3.0-or-later
// One thread serves, others look. A plain mutex lets a looker that takes many small bites go before the serving thread again and again.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

namespace dorascope::host {

/// lock() and unlock() are the serving thread's or a single look's; between two bites of a long look, give_way().
class ServerMutex {
public:
    void lock()
    {
        ++waiting_;
        mutex_.lock();
        --waiting_;
    }
    void unlock() { mutex_.unlock(); }
    /// Not holding it: returns when nobody who came before waits for it.
    void give_way() const
    {
        while (waiting_ > 0)
            std::this_thread::yield();
    }

private:
    std::mutex mutex_;
    std::atomic<int> waiting_{0};
};

} // namespace dorascope::host
