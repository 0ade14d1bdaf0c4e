// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/config_formats.h"

#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::OptionSettings;

std::optional<std::vector<Ipv4Address>> addresses_of(std::uint8_t code, std::span<const std::byte> data)
{
    const auto value = wire::decode_option(code, data);
    const auto* list = value ? std::get_if<std::vector<Ipv4Address>>(&*value) : nullptr;
    return list != nullptr ? std::optional{*list} : std::nullopt;
}

struct OwnMember {
    std::uint8_t code;
    std::vector<Ipv4Address> OptionSettings::*member;
};
constexpr OwnMember kOwnMembers[] = {{wire::option::router, &OptionSettings::routers},
                                     {wire::option::dns_servers, &OptionSettings::dns_servers},
                                     {wire::option::ntp_servers, &OptionSettings::ntp_servers}};

} // namespace

server::ClientClass* class_named(server::Config& config, std::string_view name)
{
    const auto at = std::ranges::find(config.classes, name, &server::ClientClass::name);
    return at == config.classes.end() ? nullptr : &*at;
}

std::string unused_name(const server::Config& config, std::string wanted)
{
    const auto taken = [&](const std::string& name) {
        return std::ranges::find(config.classes, name, &server::ClientClass::name) != config.classes.end();
    };
    auto name = wanted;
    // Counted from the classes that there are: a file that wants one name a thousand times is not searched a million times.
    for (std::size_t i = config.classes.size() + 1; taken(name); ++i)
        name = fmt::format("{} {}", wanted, i);
    return name;
}

bool set_option(OptionSettings& options, std::uint8_t code, std::vector<std::byte> data, bool force)
{
    if (code == wire::option::domain_name && !force) {
        const auto value = wire::decode_option(code, data);
        const auto* name = value ? std::get_if<std::string>(&*value) : nullptr;
        if (name == nullptr) return false;
        options.domain_name = *name;
        return true;
    }
    for (const auto& own : kOwnMembers) {
        if (own.code != code || force) continue;
        auto list = addresses_of(code, data);
        if (!list) return false;
        options.*own.member = std::move(*list);
        return true;
    }
    if (data.empty()) return false;
    const auto there = std::ranges::find(options.extra, code, &OptionSettings::Extra::code);
    if (there != options.extra.end()) {
        *there = {code, std::move(data), force};
    } else {
        options.extra.push_back({code, std::move(data), force});
    }
    return true;
}

Said said(const OptionSettings& options)
{
    Said all;
    for (const auto& own : kOwnMembers)
        all[own.code] = !(options.*own.member).empty();
    all[wire::option::domain_name] = !options.domain_name.empty();
    for (const auto& extra : options.extra)
        all.set(extra.code);
    all[256] = options.next_server.has_value();
    all[257] = !options.boot_file.empty();
    all[258] = !options.server_name.empty();
    return all;
}

void inherit(OptionSettings& below, const OptionSettings& upper)
{
    for (const auto& own : kOwnMembers)
        if ((below.*own.member).empty()) below.*own.member = upper.*own.member;
    if (below.domain_name.empty()) below.domain_name = upper.domain_name;
    if (!below.next_server) below.next_server = upper.next_server;
    if (below.boot_file.empty()) below.boot_file = upper.boot_file;
    if (below.server_name.empty()) below.server_name = upper.server_name;
    for (const auto& extra : upper.extra) {
        const bool there = std::ranges::find(below.extra, extra.code, &OptionSettings::Extra::code) != below.extra.end();
        if (!there) below.extra.push_back(extra);
    }
}

std::size_t size_of(const OptionSettings& options)
{
    std::size_t size = options.domain_name.size() + options.boot_file.size() + options.server_name.size();
    size += 4 * (options.routers.size() + options.dns_servers.size() + options.ntp_servers.size());
    for (const auto& extra : options.extra)
        size += sizeof extra + extra.data.size();
    return size;
}

} // namespace dorascope::interchange
