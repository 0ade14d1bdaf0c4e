// SPDX-License-Identifier: GPL-3.0-or-later
// Imported leases beside those that are there.
#pragma once

#include "engine/interchange/leases.h"

namespace dorascope::interchange {

/// Imported leases beside those that are there. What is there stays, and is said, where another client holds it, where it is in quarantine,
/// and where it is newer (renewed later): an old file must not give an address in use to somebody else. Nor must it take a client's lease
/// away by one of another address: where the file does not say when that was renewed, it was before the one that is there.
struct LeaseMerge {
    std::vector<server::LeaseWrite> writes;
    std::size_t added = 0, replaced = 0, same = 0;
    std::size_t held = 0, quarantined = 0, newer = 0; ///< why they were kept
    std::vector<NotCarried> kept;
};
struct MergeRules {
    Instant now; ///< tells what is still held
    bool overwrite = false; ///< nothing that differs is kept
};
LeaseMerge merge_leases(std::span<const server::Lease> present, const LeaseImport& imported, const MergeRules& rules);

} // namespace dorascope::interchange
