// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/texts.h"

#include <algorithm>

namespace dorascope::ui {

QString text(Ipv4Address address) { return QString::fromStdString(address.to_string()); }

QString poolText(const Ipv4Range& range)
{
    const QString first = text(range.first);
    if (range.first == range.last) return first;
    const bool sameNet = (range.first.value >> 8) == (range.last.value >> 8);
    return first + QChar(0x2013) + (sameNet ? QString::number(range.last.value & 0xff) : text(range.last));
}

models::PoolInfo poolInfo(const server::Config& config)
{
    models::PoolInfo info;
    for (const server::Subnet& subnet : config.subnets)
        for (const Ipv4Range& pool : subnet.pools) {
            if (info.size == 0) info.range = pool;
            info.size += pool.size();
            for (const Ipv4Range& hole : subnet.exclusions)
                if (hole.overlaps(pool))
                    info.size -= Ipv4Range{std::max(hole.first, pool.first), std::min(hole.last, pool.last)}.size();
        }
    return info;
}

QString grouped(std::uint64_t n)
{
    QString digits = QString::number(n);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, QChar(0x2009));
    return digits;
}

} // namespace dorascope::ui
