// SPDX-License-Identifier: GPL-3.0-or-later
// Between a pipe and the library that reads it: a read that waits for bytes cannot be called off, a poll can. Also listens to the status
// lines that dorascope-netd sends beside a capture.
#pragma once

#include "engine/host/privileged.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace dorascope::app {

class StreamRelay {
public:
    /// Takes over both descriptors; `status` may be empty.
    StreamRelay(host::Descriptor input, host::Descriptor status);
    StreamRelay(const StreamRelay&) = delete;
    StreamRelay& operator=(const StreamRelay&) = delete;
    ~StreamRelay(); ///< as stop(), and waits for the thread

    /// What comes in, up to its end or stop(). To be handed on once; −1 when the system had no descriptor left.
    int takeOutput() { return output_.release(); }
    /// The reader sees the end of the stream soon after. From any thread.
    void stop();

    std::uint64_t kernelDrops() const { return drops_; }
    std::string error() const; ///< what the sender said went wrong; empty when nothing did

private:
    void run();
    bool pass();
    bool listen();
    void line(const std::string& text);

    host::Descriptor input_, status_, relay_, output_, wake_;
    std::string partial_; ///< of a status line
    std::atomic<std::uint64_t> drops_ = 0;
    mutable std::mutex mutex_;
    std::string error_;
    std::thread thread_;
};

} // namespace dorascope::app
