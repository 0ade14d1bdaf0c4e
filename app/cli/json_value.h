// SPDX-License-Identifier: GPL-3.0-or-later
// For the .cpp files that make JSON, and for them only: the library's header is heavy.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/dissection.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

namespace dorascope::cli {

/// Keeps the order of the keys: people read these lines too.
using Json = nlohmann::ordered_json;

inline Json json_of(Ipv4Address address) { return address.to_string(); }
inline Json json_of(const MacAddress& mac) { return mac.to_string(); }
inline Json json_of(const HardwareAddress& hardware) { return hardware.to_string(); }
inline Json json_of(std::uint32_t number) { return number; }
inline Json json_of(const std::string& text) { return text; }
/// What is not there is null.
template <typename T> Json json_of(const std::optional<T>& value) { return value ? json_of(*value) : Json(nullptr); }

/// One line. Strings are made valid UTF-8 where they are not.
std::string to_line(const Json& object);

/// An option's value the way JSON would say it: numbers, strings, lists; null when the bytes do not fit the option's format.
Json option_value(std::uint8_t code, std::span<const std::byte> data);
/// The options of a message in wire order.
Json options_json(std::span<const std::byte> payload, std::span<const wire::WireOption> options);

} // namespace dorascope::cli
