// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/texts.h"

#include <vector>

namespace dorascope::ui {

QString text(Ipv4Address address) { return QString::fromStdString(address.to_string()); }

QString poolText(const Ipv4Range& range)
{
    const QString first = text(range.first);
    if (range.first == range.last) return first;
    const bool sameNet = (range.first.value >> 8) == (range.last.value >> 8);
    return first + QChar(0x2013) + (sameNet ? QString::number(range.last.value & 0xff) : text(range.last));
}

observe::Pool poolOf(const server::Config& config)
{
    std::vector<Ipv4Range> ranges, holes;
    for (const server::Subnet& subnet : config.subnets) {
        ranges.insert(ranges.end(), subnet.pools.begin(), subnet.pools.end());
        holes.insert(holes.end(), subnet.exclusions.begin(), subnet.exclusions.end());
    }
    return {ranges, holes};
}

QString grouped(std::uint64_t n)
{
    QString digits = QString::number(n);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, QChar(0x2009));
    return digits;
}

} // namespace dorascope::ui
