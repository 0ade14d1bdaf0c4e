// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to the interface while it is served: down, up, addresses, gone.
#pragma once

#include "engine/host/host_notice.h"
#include "engine/host/interface.h"
#include "engine/host/privileged.h"

#include <optional>
#include <string>
#include <vector>

namespace dorascope::host {

class LinkWatch {
public:
    static tl::expected<LinkWatch, HostError> open(const Interface& interface);

    /// Readable when something changed somewhere; then call update().
    int descriptor() const { return netlink_.get(); }
    struct Change {
        bool gone = false;
        std::vector<HostNotice> notices;
    };
    Change update();
    /// Nothing when it is gone.
    const std::optional<Interface>& interface() const { return interface_; }
    /// Every IPv4 address of the machine: a request may be sent to any of them and arrive here.
    bool is_own_address(Ipv4Address address) const;

private:
    LinkWatch() = default;
    void drain() const;
    void look();

    Descriptor netlink_;
    std::uint32_t index_ = 0;
    std::string name_;
    std::optional<Interface> interface_;
    std::vector<Ipv4Address> own_;
};

} // namespace dorascope::host
