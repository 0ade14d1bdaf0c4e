// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/station.h"

namespace dorascope::lab {

namespace {

constexpr std::uint16_t kArpRequest = 1, kArpReply = 2;
constexpr Duration kArpTime = std::chrono::microseconds{30}; // a kernel answers, no program

} // namespace

void Station::answer_arp(Instant now, const wire::ArpView& arp)
{
    const Ipv4Address own = address();
    if (arp.operation != kArpRequest || own.is_unspecified() || arp.target != own) return;
    const wire::ArpView reply{
        .operation = kArpReply, .sender_mac = mac_, .target_mac = arp.sender_mac, .sender = own, .target = arp.sender};
    lan_.send_arp(now + kArpTime, number_, reply, arp.sender_mac);
}

void HostStation::receive(Instant now, const Frame& frame)
{
    if (frame.arp) answer_arp(now, *frame.arp);
}

} // namespace dorascope::lab
