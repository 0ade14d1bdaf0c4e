// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/fqdn.h"

#include "engine/wire/option_table.h"

#include <algorithm>

namespace dorascope::server {

namespace {

using Octets = std::span<const std::byte>;
constexpr std::size_t kMaxLabel = 63;
constexpr std::byte kUpdatesAreOver{255}; ///< RFC 4702 §2.2: RCODE1 and RCODE2 of a server

/// RFC 4702 §4: S says that the server updates the A record, which this one never does; O that the client wanted it to; N that nothing
/// is updated at all. E stays as it came, because it says how the name is written.
std::byte answer_to(std::uint8_t flags)
{
    using wire::Fqdn;
    const bool wanted = (flags & Fqdn::kServerUpdates) != 0 && (flags & Fqdn::kNoUpdate) == 0;
    return static_cast<std::byte>((flags & Fqdn::kCanonicalWire) | Fqdn::kNoUpdate | (wanted ? Fqdn::kOverride : 0));
}

struct Labels {
    bool well_formed = false;
    bool rooted = false; ///< ends with the root label: fully qualified
};
Labels check_labels(Octets name)
{
    while (!name.empty()) {
        const auto length = std::to_integer<std::size_t>(name[0]);
        if (length == 0) return {name.size() == 1, true};
        if (length > kMaxLabel || length >= name.size()) return {};
        name = name.subspan(1 + length);
    }
    return {true, false};
}

} // namespace

bool FqdnAnswer::put(Octets octets)
{
    if (octets.size() > octets_.size() - size_) return false;
    std::ranges::copy(octets, octets_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += octets.size();
    return true;
}

bool FqdnAnswer::put_labels(std::string_view name)
{
    while (!name.empty()) {
        const auto label = name.substr(0, name.find('.'));
        if (label.empty() || label.size() > kMaxLabel) return false;
        const std::byte length{static_cast<std::uint8_t>(label.size())};
        if (!put({&length, 1}) || !put(std::as_bytes(std::span{label}))) return false;
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return true;
}

bool FqdnAnswer::write_wire(Octets name, std::string_view own, std::string_view domain)
{
    const Labels labels = check_labels(name);
    if (!labels.well_formed) return false;
    constexpr std::byte kRoot{0};
    if (!own.empty()) {
        if (!put_labels(own)) return false;
        name = {};
    }
    if (labels.rooted && own.empty()) return put(name);
    const bool host_alone = own.find('.') == std::string_view::npos;
    if (!put(name)) return false;
    if (size_ == kFixed) return true; // no name at all: the server gives none
    if (host_alone && domain.empty()) return true; // a host's name that nothing completes
    return (!host_alone || put_labels(domain)) && put({&kRoot, 1});
}

bool FqdnAnswer::write_text(Octets name, std::string_view own, std::string_view domain)
{
    if (!own.empty()) name = std::as_bytes(std::span{own});
    const bool qualified = std::ranges::find(name, std::byte{'.'}) != name.end();
    if (!put(name)) return false;
    if (name.empty() || qualified || domain.empty()) return true;
    static constexpr std::byte kDot{'.'};
    return put({&kDot, 1}) && put(std::as_bytes(std::span{domain}));
}

bool FqdnAnswer::write(Octets asked, std::string_view own, std::string_view domain)
{
    size_ = 0;
    if (asked.size() < kFixed) return false;
    const auto flags = std::to_integer<std::uint8_t>(asked[0]);
    if (domain.ends_with('.')) domain.remove_suffix(1);
    if (own.ends_with('.')) own.remove_suffix(1);
    const std::array fixed{answer_to(flags), kUpdatesAreOver, kUpdatesAreOver};
    put(fixed);
    const bool wire_form = (flags & wire::Fqdn::kCanonicalWire) != 0;
    return wire_form ? write_wire(asked.subspan(kFixed), own, domain) : write_text(asked.subspan(kFixed), own, domain);
}

std::string_view host_label(Octets fqdn)
{
    constexpr std::size_t kBeforeName = 3; // flags, RCODE1, RCODE2
    if (fqdn.size() <= kBeforeName) return {};
    auto name = fqdn.subspan(kBeforeName);
    const auto text = [](Octets octets) { return std::string_view{reinterpret_cast<const char*>(octets.data()), octets.size()}; };
    if ((std::to_integer<std::uint8_t>(fqdn[0]) & wire::Fqdn::kCanonicalWire) != 0) {
        const auto length = std::to_integer<std::size_t>(name[0]);
        return check_labels(name).well_formed ? text(name.subspan(1, length)) : std::string_view{};
    }
    return text(name).substr(0, text(name).find('.')); // RFC 4702 §2.3.1: the deprecated ASCII form
}

} // namespace dorascope::server
