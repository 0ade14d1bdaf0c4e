// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_option_names.h"

#include "engine/interchange/option_names.h"
#include "engine/interchange/text.h"

namespace dorascope::interchange {

std::optional<IscOptionNames::Option> IscOptionNames::find(std::string_view name) const
{
    if (name.starts_with("dhcp.")) name.remove_prefix(5); // the space that all of them are in
    if (const auto defined = defined_.find(name); defined != defined_.end()) return defined->second;
    auto code = isc_option_named(name);
    for (const std::string_view numbered : {"unknown-", "option-"}) {
        if (code || !name.starts_with(numbered)) continue;
        const auto number = decimal(name.substr(numbered.size()));
        if (number && *number > 0 && *number < 255) code = static_cast<std::uint8_t>(*number);
    }
    if (!code) return std::nullopt;
    return Option{*code, wire::option_info(*code).format};
}

} // namespace dorascope::interchange
