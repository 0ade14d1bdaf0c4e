// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of message types: a bit each.
#pragma once

#include "engine/wire/message_type.h"

#include <cstdint>

namespace dorascope::observe {

/// 0 for types that have no place among sixteen.
constexpr std::uint16_t bit(MessageType type)
{
    const auto i = static_cast<unsigned>(type);
    return i < 16 ? static_cast<std::uint16_t>(1U << i) : std::uint16_t{0};
}

} // namespace dorascope::observe
