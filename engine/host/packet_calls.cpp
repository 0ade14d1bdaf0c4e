// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/packet_calls.h"

#include <array>
#include <cstring>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/socket.h>

namespace dorascope::host {
namespace {

constexpr std::size_t kBatch = 64;
constexpr std::size_t kLargestFrame = 9216; // a jumbo frame
constexpr int kSocketBuffer = 8 << 20; // for a burst while the disk is waited for; the kernel gives what net.core.rmem_max allows

} // namespace

struct PacketCalls::Buffers {
    struct Slot {
        std::array<std::byte, kLargestFrame> frame;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(tpacket_auxdata))> control;
        sockaddr_ll from;
        iovec part;
    };
    std::array<Slot, kBatch> slots;
    std::array<mmsghdr, kBatch> messages{};
    std::array<ReceivedFrame, kBatch> frames;

    void prepare(std::size_t i)
    {
        Slot& slot = slots[i];
        slot.part = {slot.frame.data(), slot.frame.size()};
        msghdr& header = messages[i].msg_hdr;
        header = {};
        header.msg_name = &slot.from;
        header.msg_namelen = sizeof slot.from;
        header.msg_iov = &slot.part;
        header.msg_iovlen = 1;
        header.msg_control = slot.control.data();
        header.msg_controllen = slot.control.size();
    }

    bool checksum_pending(std::size_t i)
    {
        msghdr& header = messages[i].msg_hdr;
        for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
            if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA) continue;
            tpacket_auxdata auxiliary{};
            std::memcpy(&auxiliary, CMSG_DATA(c), sizeof auxiliary);
            return (auxiliary.tp_status & TP_STATUS_CSUMNOTREADY) != 0;
        }
        return false;
    }
};

PacketCalls::PacketCalls(int fd) : fd_{fd}, buffers_{std::make_unique<Buffers>()}
{
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer);
}
PacketCalls::~PacketCalls() = default;

std::span<const ReceivedFrame> PacketCalls::receive()
{
    Buffers& b = *buffers_;
    for (std::size_t i = 0; i < kBatch; ++i)
        b.prepare(i);
    const int count = ::recvmmsg(fd_, b.messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    was_full_ = count == static_cast<int>(kBatch);
    if (count <= 0) return {};
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const mmsghdr& message = b.messages[i];
        b.frames[i].bytes = {b.slots[i].frame.data(), message.msg_len};
        b.frames[i].cut = (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
        b.frames[i].for_another_host = b.slots[i].from.sll_pkttype == PACKET_OTHERHOST;
        b.frames[i].checksum_pending = b.checksum_pending(i);
    }
    return {b.frames.data(), static_cast<std::size_t>(count)};
}

/// After a batch that was not full nothing was left a moment ago.
bool PacketCalls::has_more() const
{
    pollfd socket{fd_, POLLIN, 0};
    return was_full_ && ::poll(&socket, 1, 0) > 0;
}

} // namespace dorascope::host
