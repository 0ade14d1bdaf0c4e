// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/frame_store.h"

#include <algorithm>

namespace dorascope::observe {

bool FrameStore::append(const decode::Frame& frame)
{
    const std::size_t length = std::min(frame.bytes.size(), kMaxFrame);
    if (bytes_ + length > byte_limit_) return false;
    if (!index_.empty() && frame.number <= index_.back().number) return false;
    if (length > kChunk - chunk_used_ || chunks_.empty()) {
        chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kChunk));
        chunk_used_ = 0;
    }
    std::copy_n(frame.bytes.data(), length, chunks_.back().get() + chunk_used_);
    make_room(index_);
    index_.push_back({frame.at, frame.number, (chunks_.size() - 1) & 0xffffff, chunk_used_ & 0xfffff, length & 0xfffff,
                      frame.original_length, frame.link});
    chunk_used_ += length;
    bytes_ += length;

    if (index_.size() % kBlock == 1) newest_.push_back(newest_.empty() ? frame.at : newest_.back());
    newest_.back() = std::max(newest_.back(), frame.at);
    return true;
}

decode::Frame FrameStore::at(std::size_t i) const
{
    const Entry& entry = index_[i];
    const std::byte* const bytes = chunks_[entry.chunk].get() + entry.offset;
    return {entry.number, entry.at, entry.link, entry.original_length, {bytes, static_cast<std::size_t>(entry.length)}};
}

std::optional<std::size_t> FrameStore::find(std::uint64_t number) const
{
    const auto it =
        std::lower_bound(index_.begin(), index_.end(), number, [](const Entry& e, std::uint64_t n) { return e.number < n; });
    if (it == index_.end() || it->number != number) return std::nullopt;
    return static_cast<std::size_t>(it - index_.begin());
}

std::size_t FrameStore::arrived_by(Instant t) const
{
    // newest_ ascends, so the first block that holds a later frame is found by halving.
    const auto block = std::upper_bound(newest_.begin(), newest_.end(), t) - newest_.begin();
    std::size_t i = std::min(static_cast<std::size_t>(block) * kBlock, index_.size());
    while (i < index_.size() && index_[i].at <= t)
        ++i;
    return i;
}

std::size_t FrameStore::memory_used() const
{
    return chunks_.size() * kChunk + index_.size() * sizeof(Entry) + newest_.capacity() * sizeof(Instant);
}

} // namespace dorascope::observe
