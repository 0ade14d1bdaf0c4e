// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/packet_ring.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

namespace dorascope::host {
namespace {

constexpr std::size_t kRingSize = 8 << 20; // for what arrives while the disk is waited for: 4096 frames of an ordinary Ethernet
constexpr std::size_t kBlockSize = 64 << 10; // a multiple of the page size of every machine
constexpr std::size_t kLargestMtu = 16 << 10; // more than any Ethernet has; loopback has 64 KiB
constexpr std::size_t kAround = 256; // tpacket2_hdr, sockaddr_ll, alignment; Ethernet header and VLAN tags

/// The word by which the kernel and we hand a slot to and fro.
std::atomic_ref<std::uint32_t> status_of(std::byte* slot)
{
    return std::atomic_ref{*reinterpret_cast<std::uint32_t*>(slot + offsetof(tpacket2_hdr, tp_status))};
}

/// Another core has just written them: asked for together, they do not wait for one another.
void prefetch(const std::byte* begin, std::size_t size)
{
    constexpr std::size_t kLine = 64, kMessage = 384; // an ordinary DHCP message and what is before it
    for (std::size_t at = 0; at < std::min(size, kMessage); at += kLine)
        __builtin_prefetch(begin + at);
}

/// Readable because something went wrong (the interface is down): read it, or the socket stays so.
void clear_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
}

} // namespace

std::unique_ptr<PacketRing> PacketRing::open(int fd, std::size_t mtu)
{
    const int version = TPACKET_V2;
    if (::setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) return nullptr;
    const std::size_t slot_size = std::bit_ceil(std::min(std::max<std::size_t>(mtu, 1500), kLargestMtu) + kAround);
    tpacket_req request{};
    request.tp_block_size = kBlockSize;
    request.tp_block_nr = kRingSize / kBlockSize;
    request.tp_frame_size = static_cast<unsigned>(slot_size);
    request.tp_frame_nr = static_cast<unsigned>(kRingSize / slot_size);
    if (::setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) return nullptr;
    void* const memory = ::mmap(nullptr, kRingSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED)
        return std::unique_ptr<PacketRing>{new PacketRing{fd, static_cast<std::byte*>(memory), slot_size, request.tp_frame_nr}};
    request = {};
    ::setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request);
    return nullptr;
}

PacketRing::~PacketRing() { ::munmap(memory_, kRingSize); }

std::span<const ReceivedFrame> PacketRing::receive()
{
    release();
    while (held_ < kBatch) {
        std::byte* const at = slot(next_);
        const std::uint32_t status = status_of(at).load(std::memory_order_acquire);
        if ((status & TP_STATUS_USER) == 0) break;
        __builtin_prefetch(slot(next_ + 2));
        const auto* const header = reinterpret_cast<const tpacket2_hdr*>(at);
        const auto* const from = reinterpret_cast<const sockaddr_ll*>(at + TPACKET_ALIGN(sizeof(tpacket2_hdr)));
        ReceivedFrame& frame = frames_[held_];
        frame.bytes = {at + header->tp_mac, header->tp_snaplen};
        prefetch(frame.bytes.data(), frame.bytes.size());
        frame.cut = header->tp_snaplen < header->tp_len;
        frame.for_another_host = from->sll_pkttype == PACKET_OTHERHOST;
        frame.checksum_pending = (status & TP_STATUS_CSUMNOTREADY) != 0;
        ++held_;
        ++next_;
    }
    if (held_ == 0) clear_error(fd_);
    return {frames_.data(), held_};
}

void PacketRing::release()
{
    for (; held_ > 0; --held_)
        status_of(slot(next_ - held_)).store(TP_STATUS_KERNEL, std::memory_order_release);
}

bool PacketRing::has_more() const { return (status_of(slot(next_)).load(std::memory_order_relaxed) & TP_STATUS_USER) != 0; }

} // namespace dorascope::host
