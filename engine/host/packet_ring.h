// SPDX-License-Identifier: GPL-3.0-or-later
// Frames from a ring that the kernel fills (PACKET_RX_RING, TPACKET_V2): one slot a frame, handed over one by one, so that no timer
// holds a frame back as TPACKET_V3's blocks do.
#pragma once

#include "engine/host/packet_receiver.h"

#include <array>

namespace dorascope::host {

class PacketRing : public FrameSource {
public:
    /// Nothing where the kernel refuses (no memory, an old kernel): then the socket is as it was.
    static std::unique_ptr<PacketRing> open(int fd, std::size_t mtu);
    ~PacketRing() override;
    PacketRing(const PacketRing&) = delete;
    PacketRing& operator=(const PacketRing&) = delete;

    std::span<const ReceivedFrame> receive() override;
    void release() override;
    bool has_more() const override;

private:
    static constexpr std::size_t kBatch = 256;
    PacketRing(int fd, std::byte* memory, std::size_t slot_size, std::size_t slots)
        : fd_{fd}, memory_{memory}, slot_size_{slot_size}, slots_{slots}
    { }
    std::byte* slot(std::size_t i) const { return memory_ + i % slots_ * slot_size_; }

    int fd_;
    std::byte* memory_;
    std::size_t slot_size_, slots_;
    std::size_t next_ = 0; ///< first slot not yet handed out; slots_ is a power of two, so running over is well
    std::size_t held_ = 0; ///< slots before it that are ours until release()
    std::array<ReceivedFrame, kBatch> frames_;
};

} // namespace dorascope::host
