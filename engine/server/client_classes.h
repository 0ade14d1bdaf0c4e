// SPDX-License-Identifier: GPL-3.0-or-later
// Which classes a message belongs to: whose tests all hold.
#pragma once

#include "engine/server/client_key.h"
#include "engine/server/config.h"
#include "engine/server/option_sheet.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dorascope::server {

/// Classes by their place in the configuration, in ascending order.
using ClassSet = std::span<const std::uint16_t>;

class ClientClasses {
public:
    static constexpr std::uint16_t kNone = 0xffff;

    /// `config` outlives this.
    explicit ClientClasses(const Config& config);

    /// Replaces the contents of `found`.
    void match(const wire::Message& message, const Client& client, std::vector<std::uint16_t>& found) const;
    std::uint16_t index_of(std::string_view name) const;
    const ClientClass& at(std::uint16_t index) const { return config_->classes[index]; }
    const OptionSheet& options(std::uint16_t index) const { return sheets_[index]; }
    /// Routers, name servers and the like of all classes, in ascending order.
    const std::vector<Ipv4Address>& told_hosts() const { return told_hosts_; }

private:
    const Config* config_;
    std::vector<OptionSheet> sheets_;
    std::vector<Ipv4Address> told_hosts_;
};

/// Does `test` hold of this message? Options 77 and 93 are lists, of which one entry is enough: RFC 3004 §4 (and the bare text that many
/// clients send instead), RFC 4578 §2.1.
bool holds(const ClassTest& test, const wire::Message& message, const Client& client);

} // namespace dorascope::server
