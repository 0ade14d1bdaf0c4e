// SPDX-License-Identifier: GPL-3.0-or-later
// [[subnet]] and the pools in it.
#include "engine/host/config_levels.h"
#include "engine/host/config_options.h"

namespace dorascope::host {
namespace {

using server::Pool;
using server::Subnet;

constexpr const char* kRangeForm = "\"192.168.1.100-192.168.1.200\"";

/// As Ipv4Range::parse(), but what ends before it begins is taken: validate() knows what was meant. Spaces around the '-' do no harm.
struct WrittenRange {
    Ipv4Range range;
    static std::optional<WrittenRange> parse(std::string_view text)
    {
        const auto trimmed = [](std::string_view part) {
            const auto first = std::min(part.find_first_not_of(' '), part.size());
            return part.substr(first, part.find_last_not_of(' ') + 1 - first);
        };
        const auto dash = text.find('-');
        const auto first = Ipv4Address::parse(trimmed(text.substr(0, dash)));
        const auto last = dash == std::string_view::npos ? first : Ipv4Address::parse(trimmed(text.substr(dash + 1)));
        if (!first || !last) return std::nullopt;
        return WrittenRange{{*first, *last}};
    }
};

/// As Ipv4Prefix::parse(), with host bits: validate() says what would be right.
struct WrittenPrefix {
    Ipv4Prefix prefix;
    static std::optional<WrittenPrefix> parse(std::string_view text)
    {
        if (const auto proper = Ipv4Prefix::parse(text)) return WrittenPrefix{*proper};
        const auto slash = std::min(text.find('/'), text.size());
        const auto network = Ipv4Address::parse(text.substr(0, slash));
        const auto whole = network ? Ipv4Prefix::parse(fmt::format("0.0.0.0{}", text.substr(slash))) : std::nullopt;
        return whole ? std::optional{WrittenPrefix{{*network, whole->length}}} : std::nullopt;
    }
};

/// Stands where a range could not be read, so that those behind it keep their places; it is nowhere, and told already.
constexpr Ipv4Range kUnreadRange{{1}, {0}};

Ipv4Range read_range(Reader& reader, const Place& at)
{
    const auto written = reader.parsed<WrittenRange>(at, "a range of IPv4 addresses", kRangeForm);
    return written ? written->range : kUnreadRange;
}

/// { range = "…", class = "…" }
struct ClassPool {
    std::vector<Ipv4Range> ranges;
    std::string client_class;
};

constexpr Key<ClassPool> kPoolKeys[] = {
    {"range",
     [](Reader& reader, const Place& at, ClassPool& pool) {
         reader.each(at, [&](const Place& one) { pool.ranges.push_back(read_range(reader, one)); });
     }},
    {"class", read_text_into<&ClassPool::client_class>},
};

void read_pools(Reader& reader, const Place& at, Subnet& subnet)
{
    reader.each(at, [&](const Place& one) {
        ClassPool pool;
        if (one.node.is(ConfigNode::Kind::table)) {
            reader.require(one, "range", kRangeForm);
            read_table(reader, one, pool, kPoolKeys);
            if (pool.ranges.empty()) pool.ranges.push_back(kUnreadRange);
        } else {
            kPoolKeys[0].read(reader, one, pool);
        }
        for (const auto& range : pool.ranges) { // each is a pool of its own to validate()
            reader.placed(fmt::format("{}[{}]", at.path, subnet.pools.size()), one.path);
            subnet.pools.emplace_back(range, pool.client_class);
        }
    });
}

void read_exclusions(Reader& reader, const Place& at, Subnet& subnet)
{
    reader.each(at, [&](const Place& one) { subnet.exclusions.push_back(read_range(reader, one)); });
}

constexpr Key<Subnet> kSubnetKeys[] = {
    {"prefix",
     [](Reader& reader, const Place& at, Subnet& subnet) {
         const auto written = reader.parsed<WrittenPrefix>(at, "a subnet", "\"192.168.1.0/24\"");
         if (written) subnet.prefix = written->prefix;
     }},
    {"shared_network", read_text_into<&Subnet::shared_network>},
    {"pool", read_pools},
    {"exclude", read_exclusions},
    {"lease_time", read_seconds_into<&Subnet::lease_seconds>},
    {"min_lease_time", read_seconds_into<&Subnet::min_lease_seconds>},
    {"max_lease_time", read_seconds_into<&Subnet::max_lease_seconds>},
    {"renewal_time", read_seconds_into<&Subnet::renewal_seconds>},
    {"rebinding_time", read_seconds_into<&Subnet::rebinding_seconds>},
    {"reservation", read_reservations},
};

std::string pool_toml(const Pool& pool)
{
    const std::string range = fmt::format("\"{}\"", pool.to_string());
    return pool.client_class.empty() ? range : fmt::format("{{ range = {}, class = {} }}", range, toml_text(pool.client_class));
}

template <typename T, class Text> std::string list(std::string_view key, const std::vector<T>& values, Text text)
{
    std::string out;
    for (const auto& value : values)
        out += (out.empty() ? "" : ", ") + text(value);
    return out.empty() ? "" : fmt::format("{} = [{}]\n", key, out);
}

} // namespace

void read_subnets(Reader& reader, const Place& at, server::Config& config)
{
    reader.each(at, [&](const Place& one) {
        reader.require(one, "prefix", "\"192.168.1.0/24\"");
        Subnet& subnet = config.subnets.emplace_back();
        read_table(reader, one, subnet, kSubnetKeys, &subnet.options);
    });
}

std::string subnet_toml(const Subnet& subnet)
{
    std::string out = fmt::format("\n[[subnet]]\nprefix = \"{}\"\n", subnet.prefix.to_string());
    if (!subnet.shared_network.empty()) out += fmt::format("shared_network = {}\n", toml_text(subnet.shared_network));
    out += list("pool", subnet.pools, pool_toml);
    out += list("exclude", subnet.exclusions, [](const Ipv4Range& range) { return fmt::format("\"{}\"", range.to_string()); });
    out += fmt::format("lease_time = {}\nmin_lease_time = {}\nmax_lease_time = {}\n", seconds_toml(subnet.lease_seconds),
                       seconds_toml(subnet.min_lease_seconds), seconds_toml(subnet.max_lease_seconds));
    if (subnet.renewal_seconds) out += fmt::format("renewal_time = {}\n", seconds_toml(*subnet.renewal_seconds));
    if (subnet.rebinding_seconds) out += fmt::format("rebinding_time = {}\n", seconds_toml(*subnet.rebinding_seconds));
    out += option_settings_toml(subnet.options);
    for (const auto& reservation : subnet.reservations)
        out += reservation_toml(reservation);
    return out;
}

std::string seconds_toml(std::uint32_t value) { return value == kInfiniteSeconds ? "\"infinite\"" : fmt::format("{}", value); }

std::string duration_toml(Duration value)
{
    const std::int64_t count = value.count();
    if (count % 1'000'000'000 == 0) return fmt::format("{}", count / 1'000'000'000);
    if (count % 1'000'000 == 0) return fmt::format("\"{} ms\"", count / 1'000'000);
    return fmt::format("\"{} ns\"", count);
}

} // namespace dorascope::host
