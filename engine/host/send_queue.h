// SPDX-License-Identifier: GPL-3.0-or-later
// What sendmmsg is given, a batch of it.
#pragma once

#include "engine/host/reply_sender.h"

#include <array>
#include <sys/socket.h>

namespace dorascope::host {

class SendQueue {
public:
    static constexpr std::size_t kBatch = 64;

    explicit SendQueue(int fd) : fd_{fd} { }
    std::size_t size() const { return size_; }
    bool full() const { return size_ == kBatch; }
    /// The next one to fill in; `destination` for the report.
    msghdr& add(Ipv4Address destination)
    {
        destinations_[size_] = destination;
        msghdr& header = messages_[size_++].msg_hdr;
        header = {};
        return header;
    }
    /// All of them; what one of them is refused for is no reason to leave out the others.
    void flush(ReplySender::Result& result);
    /// As many as are taken without a refusal; says how many. The others are forgotten.
    std::size_t flush_until_refused(ReplySender::Result& result);

private:
    int fd_;
    std::size_t size_ = 0;
    std::array<mmsghdr, kBatch> messages_{};
    std::array<Ipv4Address, kBatch> destinations_{};
};

} // namespace dorascope::host
