// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/denied_clients.h"

#include "engine/interchange/config_formats.h"

#include <algorithm>

namespace dorascope::interchange {

bool DeniedClients::add(server::Config& config, server::ClassTest test)
{
    const auto alike = [&](std::size_t i) {
        const auto& there = config.classes[i].tests.front();
        return there.subject == test.subject && there.code == test.code && there.prefix == test.prefix;
    };
    const auto at = std::ranges::find_if(classes_, alike);
    if (at != classes_.end()) {
        config.classes[*at].tests.front().alternatives.push_back(std::move(test.data));
        return true;
    }
    if (config.classes.size() == kMostClasses) return false;
    classes_.push_back(config.classes.size());
    config.classes.push_back({unused_name(config, std::string{name_}), {std::move(test)}, true, {}, std::nullopt});
    return true;
}

} // namespace dorascope::interchange
