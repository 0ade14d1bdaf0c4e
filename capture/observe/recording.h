// SPDX-License-Identifier: GPL-3.0-or-later
// The append-only list of frames, of the embedded server's decisions about them, and of what it has to give and what it held
// before. Everything on screen is a fold over it.
#pragma once

#include "capture/decode/frame.h"
#include "capture/observe/lan_state.h"
#include "engine/wire/decision.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace dorascope::observe {

class Recording {
public:
    /// `byte_limit` bounds the frames' bytes kept in memory: then the newest frames are refused and counted (dropped()).
    /// `keyframe_limit` bounds what keyframes take: with fewer of them time travel is slower.
    explicit Recording(std::size_t byte_limit = std::size_t{2} << 30, std::size_t keyframe_limit = std::size_t{256} << 20);
    Recording(Recording&&) noexcept;
    Recording& operator=(Recording&&) noexcept;
    ~Recording();

    /// Copies the bytes. False, and counted, when there is no room or the number does not ascend. Frame numbers ascend; frames that are no DHCP or ARP need not be kept by the caller.
    bool append(const decode::Frame& frame);
    void append(const Decision& decision);
    void append(const PoolChange& change);
    void append(HeldLeases held);

    std::size_t size() const; ///< frames
    bool empty() const { return size() == 0; }
    /// By number; nothing when it is not held. Valid until the next append.
    std::optional<decode::Frame> frame(std::uint64_t number) const;
    std::uint64_t dropped() const;
    std::size_t memory_used() const; ///< with keyframes

    /// The fold up to and including `t`, in order of arrival: what had arrived before the first frame later than `t`, with time passed to
    /// `t` (kNever: everything, and no time passed). Keyframes make it quick: cost is a copy and the distance to the nearest. They are
    /// made here, on the first way past, so that two threads must not call it at once.
    LanState at(Instant t) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::observe
