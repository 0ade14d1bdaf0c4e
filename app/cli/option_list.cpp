// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/option_list.h"

#include "engine/host/config_options.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <bitset>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

constexpr std::size_t kTypeColumn = 18; // the longest is hardware_or_opaque

std::string line(std::uint8_t code, std::string_view key, std::size_t widest)
{
    const auto& info = wire::option_info(code);
    return fmt::format("{:>3}  {:<{}}  {:<{}}  {}\n", code, key, widest, wire::format_name(info.format), kTypeColumn,
                       info.rfc.empty() ? "Microsoft"
                                        : info.rfc); // what is nobody's by assignment has a name only where it is theirs
}

} // namespace

std::string option_list()
{
    const auto options = host::option_keys_by_code();
    std::size_t widest = 0;
    for (const auto& each : options)
        widest = std::max(widest, each.key.size());
    std::string out;
    std::bitset<256> used;
    for (const auto& [code, key] : options) {
        out += line(code, key, widest);
        used.set(static_cast<std::size_t>(wire::option_info(code).format));
    }
    out += "\nThe types, and what is written for each; of those in the plural a list, [\"…\", \"…\"], or one of them:\n";
    for (std::size_t i = 0; i < wire::format_names().size(); ++i) {
        if (used[i])
            out += fmt::format("  {:<{}}  {}\n", wire::format_names()[i], kTypeColumn,
                               wire::words_expected(static_cast<wire::OptionFormat>(i)));
    }
    return out;
}

} // namespace dorascope::cli
