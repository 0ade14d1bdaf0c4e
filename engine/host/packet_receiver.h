// SPDX-License-Identifier: GPL-3.0-or-later
// Frames from the packet socket, a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace dorascope::host {

struct ReceivedFrame {
    std::span<const std::byte> bytes; ///< valid until release()
    bool cut = false; ///< longer than any frame we keep room for
    bool for_another_host = false; ///< seen only because somebody made the interface promiscuous
    bool checksum_pending = false; ///< from this machine (veth, bridge): the UDP checksum is not filled in yet
};

/// One way of getting them.
class FrameSource {
public:
    virtual ~FrameSource() = default;
    virtual std::span<const ReceivedFrame> receive() = 0;
    virtual void release() = 0;
    virtual bool has_more() const = 0;
};

class PacketReceiver {
public:
    /// In order of preference; the next is taken where the kernel refuses.
    enum class Means : std::uint8_t {
        ring, ///< memory shared with the kernel: no call and no copy a frame
        calls, ///< recvmmsg
    };
    /// `fd` is borrowed: non-blocking, PACKET_AUXDATA on. Frames of an interface with this MTU fit.
    PacketReceiver(int fd, std::size_t mtu, Means preferred = Means::ring);
    Means means() const { return means_; }

    /// What is there now, at most a batch. Empty: nothing waits (or the interface is down, which the link watch tells).
    std::span<const ReceivedFrame> receive() { return source_->receive(); }
    /// The frames have been dealt with; their room is the kernel's again. Before the next receive(), and before waiting.
    void release() { source_->release(); }
    /// Whether another frame waits already.
    bool has_more() const { return source_->has_more(); }

private:
    std::unique_ptr<FrameSource> source_;
    Means means_ = Means::ring;
};

} // namespace dorascope::host
