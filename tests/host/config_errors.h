// SPDX-License-Identifier: GPL-3.0-or-later
// What a text that is no configuration is answered with.
#pragma once

#include "engine/host/config_file.h"

namespace dorascope::test {

using Texts = std::vector<std::string>;

/// "f:LINE: key: problem (suggestion)" of each error.
inline Texts errors_of(std::string_view toml)
{
    const auto parsed = host::parse_config(toml);
    if (parsed) return {"no error"};
    Texts texts;
    for (const auto& error : parsed.error())
        texts.push_back(host::to_string("f", error));
    return texts;
}

} // namespace dorascope::test
