// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/packet_receiver.h"

#include "engine/host/packet_calls.h"
#include "engine/host/packet_ring.h"

#include <cstring>
#include <net/if.h>
#include <sys/ioctl.h>

namespace dorascope::host {
namespace {

std::size_t mtu_of(int fd, const std::string& interface)
{
    ifreq query{};
    std::strncpy(query.ifr_name, interface.c_str(), sizeof query.ifr_name - 1);
    return ::ioctl(fd, SIOCGIFMTU, &query) == 0 && query.ifr_mtu > 0 ? static_cast<std::size_t>(query.ifr_mtu) : 1500;
}

} // namespace

PacketReceiver::PacketReceiver(int fd, const std::string& interface, Means preferred)
{
    if (preferred == Means::ring) source_ = PacketRing::open(fd, mtu_of(fd, interface));
    if (source_) return;
    means_ = Means::calls;
    source_ = std::make_unique<PacketCalls>(fd);
}

} // namespace dorascope::host
