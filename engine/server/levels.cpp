// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/levels.h"

#include "engine/server/option_sheet.h"
#include "engine/wire/message.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <unordered_map>

namespace dorascope::server {

namespace {

namespace option = wire::option;

constexpr std::uint8_t kTftpServerAddress = 150; ///< RFC 5859
constexpr Ipv4Prefix kEverywhere{};

Level::Routes routes_of(const OptionSheet& sheet)
{
    const auto value = wire::decode_option(option::classless_routes, sheet.option(option::classless_routes));
    if (!sheet.has(option::classless_routes) || !value) return Level::Routes::unsaid;
    const auto* routes = std::get_if<std::vector<wire::Route>>(&*value);
    const auto is_default = [](const wire::Route& route) { return route.destination == kEverywhere; };
    const bool complete = routes == nullptr || std::ranges::any_of(*routes, is_default);
    return complete ? Level::Routes::with_default : Level::Routes::without_default;
}

/// A URL says itself where to fetch it from (UEFI HTTP boot, iPXE).
bool is_url(std::span<const std::byte> name)
{
    const std::string_view text{reinterpret_cast<const char*>(name.data()), name.size()};
    return text.find("://") != std::string_view::npos;
}

} // namespace

Level::Level(const OptionSettings& options)
{
    const OptionSheet sheet{options};
    if (sheet.empty()) return;
    for (std::size_t i = 0; i < kHostOptions.size(); ++i)
        told[i] = told_hosts(sheet, kHostOptions[i].code);
    routes = routes_of(sheet);
    const auto name = sheet.option(option::bootfile_name); // the name in `file` is there too
    if (!name.empty()) file = is_url(name) ? File::from_url : File::from_server;
    tells_server = sheet.next_server.has_value() || sheet.has(option::tftp_server_name) || sheet.has(kTftpServerAddress);
}

Level Level::under(const Level& upper) const
{
    Level both = *this;
    for (std::size_t i = 0; i < told.size(); ++i)
        if (upper.told[i].said) both.told[i] = upper.told[i];
    if (upper.routes != Routes::unsaid) both.routes = upper.routes;
    if (upper.file != File::unsaid) both.file = upper.file;
    both.tells_server = tells_server || upper.tells_server;
    return both;
}

std::string key_of(const OptionSettings& options, std::uint8_t code, std::optional<std::size_t> item)
{
    const auto extra = std::ranges::find(options.extra, code, &OptionSettings::Extra::code);
    if (extra != options.extra.end()) return fmt::format("option[{}]", extra - options.extra.begin());
    const std::string name = code == option::router ? "router" : "boot_file";
    return item ? fmt::format("{}[{}]", name, *item) : name;
}

void append_named(const Level& level, std::vector<LevelMap::Named>& hosts)
{
    for (std::size_t i = 0; i < level.told.size(); ++i)
        for (const Ipv4Address host : level.told[i].hosts)
            hosts.emplace_back(host, i);
}

LevelMap::LevelMap(const Config& config) : config_{config}, top_{config.options}, kept_(config.classes.size())
{
    std::unordered_map<std::string_view, std::size_t> named;
    for (std::size_t i = 0; i < config.classes.size(); ++i) {
        const ClientClass& each = config.classes[i];
        named.try_emplace(each.name, i);
        const Level& level = classes_.emplace_back(each.options);
        append_named(level, class_hosts_);
        if (!each.deny) class_tells_server_ = class_tells_server_ || level.tells_server;
    }
    std::ranges::sort(class_hosts_);
    class_hosts_.erase(std::unique(class_hosts_.begin(), class_hosts_.end()), class_hosts_.end());
    for (std::size_t s = 0; s < config.subnets.size(); ++s) {
        const Subnet& subnet = config.subnets[s];
        subnets_.push_back(top_.under(Level{subnet.options}));
        bool open = !subnet.reservations.empty();
        for (const Pool& pool : subnet.pools) {
            const auto kept_for = named.find(pool.client_class);
            open = open || pool.client_class.empty();
            if (pool.client_class.empty() || kept_for == named.end()) continue;
            auto& places = kept_[kept_for->second];
            if (places.empty() || places.back() != s) places.push_back(s);
        }
        if (open) open_.push_back(s);
    }
}

std::vector<std::size_t> LevelMap::places_of(std::size_t i) const
{
    std::vector<std::size_t> places;
    if (!config_.classes[i].deny) std::ranges::set_union(open_, kept_[i], std::back_inserter(places));
    return places;
}

bool LevelMap::reaches_clients(std::size_t s, const std::function<bool(const Level&)>& outranks) const
{
    const Subnet& subnet = config_.subnets[s];
    const auto of_everybody = [](const Pool& pool) { return pool.client_class.empty(); };
    if (std::ranges::any_of(subnet.pools, of_everybody)) return true;
    const auto not_outranked = [&](const Reservation& r) { return r.options == OptionSettings{} || !outranks(Level{r.options}); };
    if (std::ranges::any_of(subnet.reservations, not_outranked)) return true;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const bool here = std::ranges::binary_search(kept_[i], s);
        if (here && !config_.classes[i].deny && !outranks(classes_[i])) return true;
    }
    return false;
}

} // namespace dorascope::server
