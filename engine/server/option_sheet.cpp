// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/option_sheet.h"

#include <algorithm>
#include <bit>

namespace dorascope::server {

namespace option = wire::option;

namespace {

std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span{text.data(), text.size()}); }

} // namespace

void OptionSheet::lay_over(const OptionSettings& settings)
{
    set_addresses(option::router, settings.routers);
    set_addresses(option::dns_servers, settings.dns_servers);
    set_addresses(option::ntp_servers, settings.ntp_servers);
    if (!settings.domain_name.empty()) set(option::domain_name, as_bytes(settings.domain_name));
    if (settings.next_server) next_server = settings.next_server;
    if (!settings.boot_file.empty()) {
        boot_file = settings.boot_file;
        set(option::bootfile_name, as_bytes(boot_file));
    }
    if (!settings.server_name.empty()) {
        server_name = settings.server_name;
        set(option::tftp_server_name, as_bytes(server_name));
    }
    for (const auto& extra : settings.extra) {
        if (extra.data.empty()) continue;
        set(extra.code, extra.data);
        const bool known = std::ranges::find(forced_, extra.code) != forced_.end();
        if (extra.force && !known) forced_.push_back(extra.code);
    }
}

std::size_t OptionSheet::rank(std::uint8_t code) const
{
    std::size_t lower = 0;
    const unsigned word = code >> 6;
    for (unsigned i = 0; i < word; ++i)
        lower += static_cast<std::size_t>(std::popcount(present_[i]));
    return lower + static_cast<std::size_t>(std::popcount(present_[word] & ((std::uint64_t{1} << (code & 63)) - 1)));
}

void OptionSheet::set(std::uint8_t code, std::span<const std::byte> data)
{
    const Entry entry{static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(data.size())};
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    const auto at = rank(code);
    if (has(code)) {
        entries_[at] = entry;
    } else {
        entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(at), entry);
        present_[code >> 6] |= std::uint64_t{1} << (code & 63);
    }
}

void OptionSheet::set_addresses(std::uint8_t code, const std::vector<Ipv4Address>& addresses)
{
    if (addresses.empty()) return;
    std::vector<std::byte> data;
    for (const Ipv4Address address : addresses) {
        for (int shift = 24; shift >= 0; shift -= 8)
            data.push_back(static_cast<std::byte>(address.value >> shift));
    }
    set(code, data);
}

std::span<const std::byte> OptionSheet::option(std::uint8_t code) const
{
    if (!has(code)) return {};
    const Entry& at = entries_[rank(code)];
    return {bytes_.data() + at.offset, at.length};
}

std::size_t OptionSheet::memory_used() const
{
    return bytes_.capacity() + entries_.capacity() * sizeof(Entry) + forced_.capacity();
}

// ---- a pile of sheets ----------------------------------------------------------------------------------------------------------

std::span<const std::byte> OptionLevels::option(std::uint8_t code) const
{
    for (auto sheet = sheets_.rbegin(); sheet != sheets_.rend(); ++sheet) {
        if ((*sheet)->has(code)) return (*sheet)->option(code);
    }
    return {};
}

Ipv4Address OptionLevels::next_server() const
{
    for (auto sheet = sheets_.rbegin(); sheet != sheets_.rend(); ++sheet) {
        if ((*sheet)->next_server) return *(*sheet)->next_server;
    }
    return {};
}

std::string_view OptionLevels::boot_file() const
{
    for (auto sheet = sheets_.rbegin(); sheet != sheets_.rend(); ++sheet) {
        if (!(*sheet)->boot_file.empty()) return (*sheet)->boot_file;
    }
    return {};
}

std::string_view OptionLevels::server_name() const
{
    for (auto sheet = sheets_.rbegin(); sheet != sheets_.rend(); ++sheet) {
        if (!(*sheet)->server_name.empty()) return (*sheet)->server_name;
    }
    return {};
}

} // namespace dorascope::server
