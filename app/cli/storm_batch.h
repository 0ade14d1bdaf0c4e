// SPDX-License-Identifier: GPL-3.0-or-later
// recvmmsg and sendmmsg, a batch at a time: one crossing into the kernel for up to 64 datagrams or frames.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <sys/socket.h>
#include <sys/uio.h>

namespace dorascope::cli {

inline constexpr unsigned kStormBatch = 64;

class ReceiveBatch {
public:
    ReceiveBatch()
    {
        for (unsigned i = 0; i < kStormBatch; ++i) {
            parts_[i] = {buffers_[i].data(), buffers_[i].size()};
            messages_[i].msg_hdr.msg_iov = &parts_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
        }
    }
    /// Waits for the first as long as SO_RCVTIMEO says. Returns how many there are.
    unsigned receive(int fd)
    {
        const int count = ::recvmmsg(fd, messages_.data(), kStormBatch, MSG_WAITFORONE, nullptr);
        return count > 0 ? static_cast<unsigned>(count) : 0U;
    }
    std::span<const std::byte> operator[](unsigned i) const { return {buffers_[i].data(), messages_[i].msg_len}; }

private:
    static constexpr std::size_t kLargest = 2048;
    std::array<std::array<std::byte, kLargest>, kStormBatch> buffers_;
    std::array<iovec, kStormBatch> parts_;
    std::array<mmsghdr, kStormBatch> messages_{};
};

class SendBatch {
public:
    void add(std::span<const std::byte> bytes, int fd)
    {
        parts_[count_] = {const_cast<std::byte*>(bytes.data()), bytes.size()};
        messages_[count_].msg_hdr.msg_iov = &parts_[count_];
        messages_[count_].msg_hdr.msg_iovlen = 1;
        if (++count_ == kStormBatch) flush(fd);
    }
    /// One that is refused (ECONNREFUSED: nobody listened when the one before came) is skipped.
    void flush(int fd)
    {
        unsigned done = 0;
        while (done < count_) {
            const int sent = ::sendmmsg(fd, messages_.data() + done, count_ - done, 0);
            if (sent < 0 && errno == EINTR) continue;
            done += sent > 0 ? static_cast<unsigned>(sent) : 1U;
        }
        count_ = 0;
    }

private:
    std::array<iovec, kStormBatch> parts_{};
    std::array<mmsghdr, kStormBatch> messages_{};
    unsigned count_ = 0;
};

} // namespace dorascope::cli
