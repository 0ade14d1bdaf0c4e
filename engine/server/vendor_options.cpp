// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/vendor_options.h"

#include "engine/wire/cursor.h"

namespace dorascope::server {

namespace {

using Octets = std::span<const std::byte>;
constexpr std::uint8_t kVendorClass = 124, kVendorOptions = 125;
constexpr std::size_t kBlockHeader = 5; ///< enterprise number and a length octet

/// Takes the first block off `rest`: enterprise number, length, data. Empty when none is left, or it overruns.
Octets take_block(Octets& rest)
{
    if (rest.size() < kBlockHeader) return {};
    const std::size_t size = kBlockHeader + std::to_integer<std::size_t>(rest[4]);
    if (rest.size() < size) return {};
    const Octets block = rest.first(size);
    rest = rest.subspan(size);
    return block;
}

bool names(const wire::Message& request, std::uint8_t code, std::uint32_t enterprise)
{
    auto rest = request.options.find(code).value_or(Octets{});
    for (Octets block = take_block(rest); !block.empty(); block = take_block(rest)) {
        if (wire::load_u32(block.data()) == enterprise) return true;
    }
    return false;
}

} // namespace

void add_vendor_options(const wire::Message& request, Octets configured, wire::Options& options)
{
    if (!request.options.has(kVendorClass) && !request.options.has(kVendorOptions))
        return options.set(kVendorOptions, configured);
    if (options.has(kVendorOptions)) return; // the list asks for it twice
    for (Octets block = take_block(configured); !block.empty(); block = take_block(configured)) {
        const std::uint32_t enterprise = wire::load_u32(block.data());
        if (names(request, kVendorClass, enterprise) || names(request, kVendorOptions, enterprise)) {
            options.append(kVendorOptions, block);
        }
    }
}

} // namespace dorascope::server
