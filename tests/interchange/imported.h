// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration of another server as it comes over, with what is said to have stayed behind.
#pragma once

#include "engine/interchange/configs.h"

#include <gtest/gtest.h>

namespace dorascope::interchange {

struct Read {
    server::Config config;
    std::vector<std::string> notes;
};
inline Read read_as(std::string_view text, ConfigFormat format)
{
    const auto imported = import_config(text, format);
    EXPECT_TRUE(imported) << imported.error().line << ": " << imported.error().problem;
    Read r;
    if (!imported) return r;
    r.config = imported->config;
    for (const auto& note : imported->not_carried)
        r.notes.push_back(to_string(note));
    return r;
}

} // namespace dorascope::interchange
