// SPDX-License-Identifier: GPL-3.0-or-later
// Options as wire data, made ready when the configuration is read, so that a reply only copies them. A sheet is one level of the
// configuration, or several laid over each other; what one client is told is a pile of sheets.
#pragma once

#include "engine/server/config.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::server {

class OptionSheet {
public:
    OptionSheet() = default;
    explicit OptionSheet(const OptionSettings& settings) { lay_over(settings); }

    /// What `settings` says takes the place of what the sheet said so far, option by option.
    void lay_over(const OptionSettings& settings);
    void set(std::uint8_t code, std::span<const std::byte> data);
    bool empty() const { return entries_.empty() && !next_server && boot_file.empty() && server_name.empty(); }

    bool has(std::uint8_t code) const { return (present_[code >> 6] >> (code & 63) & 1) != 0; }
    /// Empty: none.
    std::span<const std::byte> option(std::uint8_t code) const;
    /// Those sent whether or not the client asks for them.
    std::span<const std::uint8_t> forced() const { return forced_; }
    std::size_t memory_used() const;

    std::optional<Ipv4Address> next_server;
    std::string boot_file, server_name;

private:
    struct Entry {
        std::uint32_t offset, length;
    };
    /// Place in entries_ of a code: how many lower codes there are.
    std::size_t rank(std::uint8_t code) const;
    void set_addresses(std::uint8_t code, const std::vector<Ipv4Address>& addresses);

    std::array<std::uint64_t, 4> present_{}; ///< one bit a code
    std::vector<Entry> entries_; ///< in order of code
    std::vector<std::byte> bytes_;
    std::vector<std::uint8_t> forced_;
};

/// The sheets that apply to one client, the later outranking the earlier: its subnet's, its classes' in order of the file, its
/// reservation's. Borrowed; keeps its buffer when cleared.
class OptionLevels {
public:
    void clear() { sheets_.clear(); }
    void add(const OptionSheet& sheet)
    {
        if (!sheet.empty()) sheets_.push_back(&sheet);
    }
    std::span<const std::byte> option(std::uint8_t code) const;
    template <class Visit> void for_each_forced(Visit&& visit) const
    {
        for (const OptionSheet* sheet : sheets_) {
            for (const std::uint8_t code : sheet->forced())
                visit(code);
        }
    }
    Ipv4Address next_server() const;
    std::string_view boot_file() const;
    std::string_view server_name() const;
    /// Is there anything for a client that boots from the network?
    bool boots() const { return !next_server().is_unspecified() || !boot_file().empty(); }

private:
    std::vector<const OptionSheet*> sheets_;
};

} // namespace dorascope::server
