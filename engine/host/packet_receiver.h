// SPDX-License-Identifier: GPL-3.0-or-later
// Frames from the packet socket, a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace dorascope::host {

struct ReceivedFrame {
    std::span<const std::byte> bytes; ///< valid until the next receive()
    bool cut = false; ///< longer than any frame we keep room for
    bool for_another_host = false; ///< seen only because somebody made the interface promiscuous
    bool checksum_pending = false; ///< from this machine (veth, bridge): the UDP checksum is not filled in yet
};

class PacketReceiver {
public:
    static constexpr std::size_t kBatch = 64;

    /// `fd` is borrowed: non-blocking, PACKET_AUXDATA on.
    explicit PacketReceiver(int fd);
    PacketReceiver(PacketReceiver&&) noexcept;
    PacketReceiver& operator=(PacketReceiver&&) noexcept;
    ~PacketReceiver();

    /// What is there now, at most kBatch. Empty: nothing waits (or the interface is down, which the link watch tells).
    std::span<const ReceivedFrame> receive();

private:
    struct Buffers;
    int fd_;
    std::unique_ptr<Buffers> buffers_;
};

} // namespace dorascope::host
