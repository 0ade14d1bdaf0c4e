// SPDX-License-Identifier: GPL-3.0-or-later
// What the embedded server held before anything was seen of it: leases out of its file, of which no frame tells.
#pragma once

#include "capture/observe/records.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dorascope::observe {

struct HeldLease {
    Ipv4Address address;
    HardwareAddress hardware; ///< in conflict: whose answer it was; length 0 where that is not known
    std::vector<std::uint8_t> client_id; ///< when the client goes by one; empty: by its hardware address
    std::string hostname, vendor_class; ///< printable
    BindingState state{}; ///< any but offered
    Instant since{}, renewed{}, expires{}; ///< as in Binding
};

/// A part of them, as they stood when serving began. Frames know better: where one has told of an address already, it stays with that.
struct HeldLeases {
    Instant at{};
    Ipv4Address server; ///< the identifier by which its clients know it …
    MacAddress mac; ///< … and the interface it serves on
    std::vector<HeldLease> leases;
    std::uint64_t left_out = 0; ///< there were more than are told of
    std::size_t memory_used() const;
};

} // namespace dorascope::observe
