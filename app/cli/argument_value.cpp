// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/argument_value.h"

#include "engine/wire/nearest_name.h"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::cli {

Failure bad_value(std::string_view option, std::string_view text, std::string_view expected)
{
    return {fmt::format("{} cannot be \"{}\"", option, text), fmt::format("give {}", expected)};
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> names, std::string_view introduction)
{
    const auto nearest = nearest_name(word, names);
    return fmt::format("{}{} {}", nearest ? fmt::format("did you mean {}? ", *nearest) : "", introduction,
                       fmt::join(names, ", "));
}

Value<std::vector<Ipv4Address>> addresses(std::string_view option, const std::vector<std::string>& texts)
{
    std::vector<Ipv4Address> list;
    for (const auto& text : texts) {
        const auto address = value<Ipv4Address>(option, text, "an IPv4 address, as in 192.168.1.1");
        if (!address) return tl::unexpected{address.error()};
        list.push_back(*address);
    }
    return list;
}

Value<std::uint64_t> number(std::string_view option, const std::string& text, std::uint64_t least, std::uint64_t most)
{
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size() || n < least || n > most) {
        return tl::unexpected{bad_value(option, text, fmt::format("a whole number from {} to {}", least, most))};
    }
    return n;
}

} // namespace dorascope::cli
