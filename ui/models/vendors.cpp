// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/vendors.h"

#include <QCoreApplication>
#include <QResource>

#include <array>
#include <string_view>

// Outside of any namespace, as Qt wants it.
static void registerVendors() { Q_INIT_RESOURCE(vendors); }

namespace dorascope::models {
namespace {

constexpr std::size_t kPrefixDigits = 6; // three octets in hex

/// The whole list, stored uncompressed so that it is searched where the program's file is mapped.
std::string_view list()
{
    static const QResource resource = [] {
        registerVendors();
        return QResource{QStringLiteral(":/vendors/vendors.txt")};
    }();
    return {reinterpret_cast<const char*>(resource.data()), static_cast<std::size_t>(resource.size())};
}

/// Binary search over lines "aabbcc<TAB>name<LF>" of different lengths: halve the bytes, step back to the line's beginning.
std::string_view nameOf(std::string_view prefix)
{
    const std::string_view text = list();
    std::size_t low = 0, high = text.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const std::size_t newline = middle == 0 ? std::string_view::npos : text.rfind('\n', middle - 1);
        const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string_view line = text.substr(start, end - start);
        const int order = line.substr(0, kPrefixDigits).compare(prefix);
        if (order == 0) return line.size() > kPrefixDigits ? line.substr(kPrefixDigits + 1) : std::string_view{};
        if (order < 0)
            low = end + 1;
        else
            high = start;
    }
    return {};
}

} // namespace

QString vendorName(const MacAddress& mac)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::array<char, kPrefixDigits> prefix{};
    for (std::size_t i = 0; i < 3; ++i) {
        prefix[2 * i] = kHex[mac.octets[i] >> 4];
        prefix[2 * i + 1] = kHex[mac.octets[i] & 15];
    }
    const std::string_view name = nameOf({prefix.data(), prefix.size()});
    if (!name.empty()) return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
    // IEEE 802: the second lowest bit of the first octet tells that nobody registered this address.
    return mac.is_local() ? QCoreApplication::translate("Vendors", "random MAC") : QString{};
}

QString vendorName(const HardwareAddress& hardware)
{
    const auto mac = hardware.mac();
    return mac ? vendorName(*mac) : QString{};
}

} // namespace dorascope::models
