// SPDX-License-Identifier: GPL-3.0-or-later
// The frames on their way, each stored once however many receive it, and read once: its headers stand beside its bytes.
#pragma once

#include "engine/wire/framing.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace dorascope::lab {

struct Frame {
    wire::Buffer bytes; ///< complete Ethernet
    MacAddress destination, source;
    std::optional<wire::ArpView> arp; ///< then it is ARP, and all that follows means nothing
    wire::UdpView udp; ///< payload_offset counts from the start of the IP packet
    std::size_t packet_offset = 0;
    std::uint32_t sender_life = 0; ///< which life of its sender it comes from: what a dead process had not sent yet is never sent
    std::uint32_t users = 0;

    std::span<const std::byte> payload() const
    {
        return std::span{bytes}.subspan(packet_offset + udp.payload_offset, udp.payload_length);
    }
};

/// Slots are reused with their buffers, so that the steady state allocates nothing.
class FramePool {
public:
    static constexpr std::size_t kMaxFrames = 65536; ///< beyond that a switch has no buffer left either

    /// Stores a UDP frame with one user, the caller. Nothing when the pool is full.
    std::optional<std::uint32_t> make(const wire::FrameSpec& spec, std::span<const std::byte> payload);
    std::optional<std::uint32_t> make(const wire::ArpView& arp, MacAddress destination);
    const Frame& operator[](std::uint32_t id) const { return frames_[id]; }
    void set_sender_life(std::uint32_t id, std::uint32_t life) { frames_[id].sender_life = life; }
    void keep(std::uint32_t id) { ++frames_[id].users; }
    void drop(std::uint32_t id);
    std::size_t in_use() const { return frames_.size() - free_.size(); }

private:
    bool reserve();
    std::optional<std::uint32_t> take();

    std::deque<Frame> frames_; ///< a frame stays where it is while its receiver makes others
    std::vector<std::uint32_t> free_;
};

} // namespace dorascope::lab
