// SPDX-License-Identifier: GPL-3.0-or-later
// Frames in memory: their bytes one after the other in large chunks, and an index entry of 32 octets each.
#pragma once

#include "capture/decode/frame.h"

#include "capture/observe/large_vector.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace dorascope::observe {

class FrameStore {
public:
    explicit FrameStore(std::size_t byte_limit) : byte_limit_{byte_limit} { }

    /// False when the limit (of the frames' bytes) is reached, or when the number does not follow the last one.
    bool append(const decode::Frame& frame);
    std::size_t size() const { return index_.size(); }
    std::size_t byte_limit() const { return byte_limit_; }
    decode::Frame at(std::size_t i) const;
    std::optional<std::size_t> find(std::uint64_t number) const;
    /// How many frames had arrived before the first one later than `t`.
    std::size_t arrived_by(Instant t) const;
    std::size_t memory_used() const;

    static constexpr std::size_t kMaxFrame = 262144; ///< libpcap's MAXIMUM_SNAPLEN; longer ones are cut, as a capture would

private:
    static constexpr std::size_t kChunk = std::size_t{1} << 20, kBlock = 256;
    struct Entry {
        Instant at;
        std::uint64_t number;
        std::uint64_t chunk : 24, offset : 20, length : 20;
        std::uint32_t original_length;
        decode::LinkType link;
    };
    static_assert(sizeof(Entry) <= 32);

    std::size_t byte_limit_;
    LargeVector<Entry> index_;
    std::vector<Instant> newest_; // after each block of kBlock frames: the newest instant so far
    std::vector<std::unique_ptr<std::byte[]>> chunks_;
    std::size_t chunk_used_ = kChunk;
    std::size_t bytes_ = 0; // of all frames
};

} // namespace dorascope::observe
