// SPDX-License-Identifier: GPL-3.0-or-later
// What a dhcpd.conf calls DHCP's options: dhcpd's own names, and those that the file defines.
#pragma once

#include "engine/wire/option_table.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dorascope::interchange {

class IscOptionNames {
public:
    struct Option {
        std::uint8_t code;
        wire::OptionFormat format;
    };

    /// "option NAME code N = TYPE"
    void define(std::string_view name, Option option) { defined_.insert_or_assign(std::string{name}, option); }
    std::optional<Option> find(std::string_view name) const;

private:
    std::map<std::string, Option, std::less<>> defined_;
};

} // namespace dorascope::interchange
