// SPDX-License-Identifier: GPL-3.0-or-later
// Option 125 (RFC 3925 §4): to each client what its own vendors are to be told, and nothing of others.
#pragma once

#include "engine/wire/message.h"

namespace dorascope::server {

/// Adds those blocks of `configured` whose enterprise number the client names in option 124 or 125; all, when it names none.
void add_vendor_options(const wire::Message& request, std::span<const std::byte> configured, wire::Options& options);

} // namespace dorascope::server
