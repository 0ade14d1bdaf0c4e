// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/link_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace dorascope::host {

tl::expected<LinkWatch, HostError> LinkWatch::open(const Interface& interface)
{
    LinkWatch watch;
    watch.index_ = interface.index;
    watch.name_ = interface.name;
    watch.netlink_ = Descriptor{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR;
    if (!watch.netlink_ || ::bind(watch.netlink_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return tl::unexpected{
            HostError{HostError::Kind::system, std::string{"Cannot watch the interfaces: "} + std::strerror(errno) + ".", ""}};
    watch.look();
    return watch;
}

// The messages only say that something changed; what is so is asked anew. So none is misread, and a lost one (ENOBUFS) does no harm.
void LinkWatch::drain() const
{
    std::array<char, 8192> discarded;
    while (::recv(netlink_.get(), discarded.data(), discarded.size(), MSG_DONTWAIT) > 0 || errno == ENOBUFS || errno == EINTR) { }
}

void LinkWatch::look()
{
    const auto all = interfaces();
    if (!all) return; // out of memory or descriptors: as it was
    interface_.reset();
    own_.clear();
    for (const auto& interface : *all) {
        for (const auto& [address, prefix] : interface.addresses)
            own_.push_back(address);
        if (interface.index == index_) interface_ = interface;
    }
}

LinkWatch::Change LinkWatch::update()
{
    const std::optional<Interface> before = interface_;
    drain();
    look();
    if (!interface_) return {true, {}};
    Change change;
    if (!before) return change;
    const auto say = [&](NoticeSubject about, bool over, const char* what) {
        change.notices.push_back({about, over, "Interface " + name_ + what});
    };
    constexpr auto kLink = NoticeSubject::link, kAddress = NoticeSubject::address;
    const bool stays_up = before->up && interface_->up;
    if (before->up && !interface_->up) say(kLink, false, " is down: nobody is served until it is up again.");
    if (!before->up && interface_->up) say(kLink, true, " is up again: serving goes on.");
    if (stays_up && before->carrier && !interface_->carrier) say(kLink, false, " has lost its carrier (cable or access point).");
    if (stays_up && !before->carrier && interface_->carrier) say(kLink, true, " has a carrier again.");
    if (!before->addresses.empty() && interface_->addresses.empty())
        say(kAddress, false, " has lost its IPv4 address: nobody is served until it has one again.");
    if (before->addresses.empty() && !interface_->addresses.empty())
        say(kAddress, true, " has an IPv4 address again: serving goes on.");
    return change;
}

bool LinkWatch::is_own_address(Ipv4Address address) const { return std::find(own_.begin(), own_.end(), address) != own_.end(); }

} // namespace dorascope::host
