// SPDX-License-Identifier: GPL-3.0-or-later
// Other servers' files, whatever is in them. The first octet chooses the reader; what it read is written and read again, and has to be
// the same.
#include "engine/interchange/configs.h"
#include "engine/interchange/lease_merge.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace dorascope;
using namespace dorascope::interchange;

constexpr Instant kNow = Instant{Duration{1'700'000'000'000'000'000}};

void must(bool holds)
{
    if (!holds) std::abort();
}

void check_config(std::string_view text, ConfigFormat format)
{
    const auto imported = import_config(text, format);
    if (!imported) return must(!imported.error().problem.empty());
    for (const auto& note : imported->not_carried)
        must(!note.why.empty());
    // What was read can be told to Kea, and Kea's reader takes what we tell it.
    const auto exported = export_kea(imported->config, "eth0", "");
    must(import_config(exported.json, ConfigFormat::kea).has_value() || exported.json.size() > kLargestConfig);
}

void check_leases(std::string_view text, LeaseFormat format)
{
    const auto imported = import_leases(text, format, kNow);
    if (!imported) return must(!imported.error().problem.empty());
    must(std::ranges::is_sorted(imported->leases, {}, &server::Lease::address));
    for (const auto exact : {LeaseFormat::csv, LeaseFormat::json}) {
        const auto again = import_leases(export_leases(imported->leases, exact).text, exact, kNow);
        must(again && again->leases == imported->leases);
    }
    for (const auto other : {LeaseFormat::dnsmasq, LeaseFormat::isc, LeaseFormat::kea})
        must(import_leases(export_leases(imported->leases, other).text, other, kNow).has_value());
    must(merge_leases(imported->leases, *imported, {.now = {}}).writes.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data + 1), size - 1};
    const auto choice = static_cast<unsigned>(data[0] - '0') % 8U;
    if (choice < 3)
        check_config(text, static_cast<ConfigFormat>(choice));
    else
        check_leases(text, static_cast<LeaseFormat>(choice - 3));
    (void)config_format_of(text);
    (void)lease_format_of(text);
    return 0;
}
