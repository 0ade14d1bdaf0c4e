// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/message.h"

#include <algorithm>

namespace dorascope::wire {

HardwareAddress Message::hardware() const
{
    HardwareAddress hw;
    hw.type = htype;
    hw.length = std::min<std::uint8_t>(hlen, HardwareAddress::kMaxLength);
    for (std::size_t i = 0; i < hw.length; ++i)
        hw.octets[i] = std::to_integer<std::uint8_t>(chaddr[i]);
    return hw;
}

void Message::set_hardware(const HardwareAddress& hw)
{
    htype = hw.type;
    hlen = std::min<std::uint8_t>(hw.length, HardwareAddress::kMaxLength);
    chaddr = {};
    for (std::size_t i = 0; i < hlen; ++i)
        chaddr[i] = std::byte{hw.octets[i]};
}

void Message::clear()
{
    op = 1;
    htype = 1;
    hlen = 6;
    hops = 0;
    xid = 0;
    secs = 0;
    flags = 0;
    ciaddr = yiaddr = siaddr = giaddr = {};
    chaddr = {};
    sname.clear();
    file.clear();
    options.clear();
}

} // namespace dorascope::wire
