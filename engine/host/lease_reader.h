// SPDX-License-Identifier: GPL-3.0-or-later
// The leases of a file, read on one thread and taken in on another: at the start each costs about the same.
#pragma once

#include "engine/host/lease_store.h"

#include <functional>
#include <span>

namespace dorascope::host {

/// As LeaseStore::read; `take` is called on the caller's thread while the next parts are being read.
tl::expected<void, HostError> read_ahead(const LeaseStore& store,
                                         const std::function<void(std::span<const server::Lease>)>& take);

} // namespace dorascope::host
