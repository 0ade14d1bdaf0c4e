// SPDX-License-Identifier: GPL-3.0-or-later
// Frames by recvmmsg: where there is no ring.
#pragma once

#include "engine/host/packet_receiver.h"

namespace dorascope::host {

class PacketCalls : public FrameSource {
public:
    explicit PacketCalls(int fd);
    ~PacketCalls() override;
    std::span<const ReceivedFrame> receive() override;
    void release() override { }
    bool has_more() const override;

private:
    struct Buffers;
    int fd_;
    std::unique_ptr<Buffers> buffers_;
    bool was_full_ = false;
};

} // namespace dorascope::host
