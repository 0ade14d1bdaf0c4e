// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/packet_receiver.h"

#include "engine/host/packet_calls.h"
#include "engine/host/packet_ring.h"

namespace dorascope::host {

PacketReceiver::PacketReceiver(int fd, std::size_t mtu, Means preferred)
{
    if (preferred == Means::ring) source_ = PacketRing::open(fd, mtu);
    if (source_) return;
    means_ = Means::calls;
    source_ = std::make_unique<PacketCalls>(fd);
}

} // namespace dorascope::host
