// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/held_leases.h"

namespace dorascope::observe {

std::size_t HeldLeases::memory_used() const
{
    std::size_t used = leases.capacity() * sizeof(HeldLease);
    for (const HeldLease& lease : leases)
        used += lease.client_id.capacity() + lease.hostname.capacity() + lease.vendor_class.capacity();
    return used;
}

} // namespace dorascope::observe
