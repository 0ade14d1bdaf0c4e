// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/timers.h"

#include <algorithm>
#include <bit>

namespace dorascope::lab {

void Timers::set(std::uint32_t station, Instant deadline)
{
    if (station >= deadlines_.size()) grow(station + 1);
    if (deadlines_[station] == deadline) return;
    deadlines_[station] = deadline;
    for (std::size_t node = (deadlines_.size() + station) / 2; node >= 1; node /= 2)
        winners_[node] = earlier(winners_[2 * node], winners_[2 * node + 1]);
}

void Timers::grow(std::uint32_t stations)
{
    const std::uint32_t size = std::bit_ceil(std::max(stations, 2U));
    deadlines_.resize(size, kNever);
    winners_.resize(2 * std::size_t{size});
    for (std::uint32_t i = 0; i < size; ++i)
        winners_[size + i] = i;
    for (std::size_t node = size - 1; node >= 1; --node)
        winners_[node] = earlier(winners_[2 * node], winners_[2 * node + 1]);
}

} // namespace dorascope::lab
