// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/frame_queue.h"

#include <utility>

namespace dorascope::app {

decode::Frame FrameQueue::Batch::at(std::size_t i) const
{
    decode::Frame frame = items_[i].frame;
    frame.bytes = std::span<const std::byte>{bytes_}.subspan(items_[i].offset, items_[i].length);
    return frame;
}

void FrameQueue::Batch::clear()
{
    items_.clear();
    bytes_.clear();
}

FrameQueue::FrameQueue(std::size_t frameLimit, std::size_t byteLimit) : frameLimit_(frameLimit), byteLimit_(byteLimit) { }

bool FrameQueue::full(std::size_t more) const
{
    // One frame always fits, however large, or put() would wait for ever.
    if (queued_.items_.empty()) return false;
    return queued_.items_.size() >= frameLimit_ || queued_.bytes_.size() + more > byteLimit_;
}

void FrameQueue::append(const decode::Frame& frame)
{
    queued_.items_.push_back({frame, queued_.bytes_.size(), frame.bytes.size()});
    queued_.items_.back().frame.bytes = {};
    queued_.bytes_.insert(queued_.bytes_.end(), frame.bytes.begin(), frame.bytes.end());
}

bool FrameQueue::offer(const decode::Frame& frame)
{
    const std::scoped_lock lock(mutex_);
    if (full(frame.bytes.size())) {
        ++dropped_;
        return false;
    }
    append(frame);
    return true;
}

bool FrameQueue::put(const decode::Frame& frame)
{
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || !full(frame.bytes.size()); });
    if (closed_) return false;
    append(frame);
    return true;
}

bool FrameQueue::drain(Batch& into)
{
    into.clear();
    {
        const std::scoped_lock lock(mutex_);
        std::swap(into, queued_);
    }
    room_.notify_one();
    return into.size() > 0;
}

void FrameQueue::close()
{
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    room_.notify_all();
}

std::uint64_t FrameQueue::dropped() const
{
    const std::scoped_lock lock(mutex_);
    return dropped_;
}

} // namespace dorascope::app
