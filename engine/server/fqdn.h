// SPDX-License-Identifier: GPL-3.0-or-later
// The answer to a Client FQDN option (RFC 4702) of a server that updates no DNS.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace dorascope::server {

class FqdnAnswer {
public:
    /// `asked` is the client's option. The name is `own`, the reservation's, where there is one, else the client's; one that is not fully
    /// qualified is completed with `domain`. False when the option is malformed: then there is no answer to it.
    bool write(std::span<const std::byte> asked, std::string_view own, std::string_view domain);
    std::span<const std::byte> data() const { return {octets_.data(), size_}; }

private:
    static constexpr std::size_t kFixed = 3, kMaxName = 255;

    bool write_wire(std::span<const std::byte> name, std::string_view own, std::string_view domain);
    bool write_text(std::span<const std::byte> name, std::string_view own, std::string_view domain);
    bool put(std::span<const std::byte> octets);
    bool put_labels(std::string_view name);

    std::array<std::byte, kFixed + kMaxName> octets_{};
    std::size_t size_ = 0;
};

/// The host's own label in a client's FQDN option, whichever way it is written; empty where there is none, or the option is malformed.
std::string_view host_label(std::span<const std::byte> fqdn);

} // namespace dorascope::server
