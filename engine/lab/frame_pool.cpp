// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/frame_pool.h"

namespace dorascope::lab {

bool FramePool::reserve()
{
    if (!free_.empty()) return true;
    if (frames_.size() >= kMaxFrames) return false;
    free_.push_back(static_cast<std::uint32_t>(frames_.size()));
    frames_.emplace_back();
    return true;
}

/// The reserved frame has its bytes. Read back with the same framing that reads a real LAN, checksums verified: what would not be
/// accepted there does not exist here.
std::optional<std::uint32_t> FramePool::take()
{
    const std::uint32_t id = free_.back();
    Frame& frame = frames_[id];
    const auto ethernet = wire::parse_ethernet(frame.bytes);
    if (!ethernet) return std::nullopt;
    const auto packet = std::span{frame.bytes}.subspan(ethernet->payload_offset);
    frame.destination = ethernet->destination;
    frame.source = ethernet->source;
    frame.packet_offset = ethernet->payload_offset;
    frame.arp.reset();
    if (ethernet->ether_type == wire::kEtherArp) {
        const auto arp = wire::parse_arp(packet);
        if (!arp) return std::nullopt;
        frame.arp = *arp;
    } else {
        const auto udp = wire::parse_ipv4_udp(packet);
        if (!udp || udp->ip_checksum != wire::Checksum::good || udp->udp_checksum == wire::Checksum::bad) return std::nullopt;
        frame.udp = *udp;
    }
    free_.pop_back();
    frame.users = 1;
    return id;
}

std::optional<std::uint32_t> FramePool::make(const wire::FrameSpec& spec, std::span<const std::byte> payload)
{
    if (!reserve()) return std::nullopt;
    wire::make_udp_frame(spec, payload, frames_[free_.back()].bytes);
    return take();
}

std::optional<std::uint32_t> FramePool::make(const wire::ArpView& arp, MacAddress destination)
{
    if (!reserve()) return std::nullopt;
    wire::make_arp_frame(arp, destination, frames_[free_.back()].bytes);
    return take();
}

void FramePool::drop(std::uint32_t id)
{
    if (--frames_[id].users == 0) free_.push_back(id);
}

} // namespace dorascope::lab
