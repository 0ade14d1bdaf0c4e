// SPDX-License-Identifier: GPL-3.0-or-later
// The bounded queue from a capturing thread to the window. Frames lie back to back in one buffer, and the reader takes
// all of them in one swap.
#pragma once

#include "capture/decode/frame.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace dorascope::app {

class FrameQueue {
public:
    class Batch {
    public:
        std::size_t size() const { return items_.size(); }
        decode::Frame at(std::size_t i) const; ///< borrowed from the batch
        void clear();

    private:
        friend class FrameQueue;
        struct Item {
            decode::Frame frame; ///< its span is filled in by at(): the buffer moves while it grows
            std::size_t offset = 0, length = 0;
        };
        std::vector<Item> items_;
        std::vector<std::byte> bytes_;
    };

    explicit FrameQueue(std::size_t frameLimit = std::size_t{1} << 18, std::size_t byteLimit = std::size_t{64} << 20);

    /// Never waits: a frame that finds the queue full is dropped and counted. False when it was.
    bool offer(const decode::Frame& frame);
    /// Waits for room: for files, of which nothing may be lost. False once close() was called.
    bool put(const decode::Frame& frame);
    /// Everything queued, in order, replacing `into`. False when there was nothing.
    bool drain(Batch& into);
    /// Wakes a waiting put() for good.
    void close();

    std::uint64_t dropped() const;

private:
    bool full(std::size_t more) const;
    void append(const decode::Frame& frame);

    const std::size_t frameLimit_, byteLimit_;
    mutable std::mutex mutex_;
    std::condition_variable room_;
    Batch queued_;
    std::uint64_t dropped_ = 0;
    bool closed_ = false;
};

} // namespace dorascope::app
