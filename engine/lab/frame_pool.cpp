// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/frame_pool.h"

namespace dorascope::lab {

std::optional<std::uint32_t> FramePool::make(const wire::FrameSpec& spec, std::span<const std::byte> payload)
{
    if (free_.empty()) {
        if (frames_.size() >= kMaxFrames) return std::nullopt;
        free_.push_back(static_cast<std::uint32_t>(frames_.size()));
        frames_.emplace_back();
    }
    const std::uint32_t id = free_.back();
    Frame& frame = frames_[id];
    wire::make_udp_frame(spec, payload, frame.bytes);
    // Read back with the same framing that reads a real LAN, checksums verified: a frame that would not be accepted there is not here.
    const auto ethernet = wire::parse_ethernet(frame.bytes);
    if (!ethernet) return std::nullopt;
    const auto udp = wire::parse_ipv4_udp(std::span{frame.bytes}.subspan(ethernet->payload_offset));
    if (!udp || udp->ip_checksum != wire::Checksum::good || udp->udp_checksum == wire::Checksum::bad) return std::nullopt;
    free_.pop_back();
    frame.destination = ethernet->destination;
    frame.source = ethernet->source;
    frame.packet_offset = ethernet->payload_offset;
    frame.udp = *udp;
    frame.users = 1;
    return id;
}

void FramePool::drop(std::uint32_t id)
{
    if (--frames_[id].users == 0) free_.push_back(id);
}

} // namespace dorascope::lab
