// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/send_queue.h"

#include <cerrno>

namespace dorascope::host {

void SendQueue::flush(ReplySender::Result& result)
{
    for (std::size_t done = 0; done < size_;) {
        const int sent = ::sendmmsg(fd_, messages_.data() + done, static_cast<unsigned>(size_ - done), MSG_DONTWAIT);
        if (sent > 0) {
            result.sent += static_cast<std::uint64_t>(sent);
            done += static_cast<std::size_t>(sent);
        } else if (errno != EINTR) {
            ++result.failed;
            result.error = errno;
            result.destination = destinations_[done++];
        }
    }
    size_ = 0;
}

std::size_t SendQueue::flush_until_refused(ReplySender::Result& result)
{
    std::size_t done = 0;
    while (done < size_) {
        const int sent = ::sendmmsg(fd_, messages_.data() + done, static_cast<unsigned>(size_ - done), MSG_DONTWAIT);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno != EINTR) {
            break;
        }
    }
    result.sent += done;
    size_ = 0;
    return done;
}

} // namespace dorascope::host
