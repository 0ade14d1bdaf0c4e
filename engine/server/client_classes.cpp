// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/client_classes.h"

#include "engine/server/told_hosts.h"

#include <algorithm>

namespace dorascope::server {

namespace {

using Octets = std::span<const std::byte>;
constexpr std::uint8_t kClientArchitecture = 93;

bool agrees(const ClassTest& test, Octets wanted, Octets value)
{
    if (value.size() < test.offset) return false;
    value = value.subspan(test.offset);
    if (test.anywhere) return std::search(value.begin(), value.end(), wanted.begin(), wanted.end()) != value.end();
    if (test.prefix ? value.size() < wanted.size() : value.size() != wanted.size()) return false;
    return std::ranges::equal(wanted, value.first(wanted.size()));
}

bool agrees(const ClassTest& test, Octets value)
{
    const bool anything = test.data.empty() && test.alternatives.empty();
    if (anything || (!test.data.empty() && agrees(test, test.data, value))) return true;
    return std::ranges::any_of(test.alternatives, [&](const auto& other) { return agrees(test, other, value); });
}

/// RFC 3004 §4: a length octet before each class. True as well when the whole agrees: text without lengths, as iPXE sends it.
bool any_user_class(const ClassTest& test, Octets value)
{
    if (agrees(test, value)) return true;
    while (!value.empty()) {
        const auto length = std::to_integer<std::size_t>(value[0]);
        if (length == 0 || length >= value.size()) return false;
        if (agrees(test, value.subspan(1, length))) return true;
        value = value.subspan(1 + length);
    }
    return false;
}

/// RFC 4578 §2.1: one or more 16-bit types.
bool any_architecture(const ClassTest& test, Octets value)
{
    if (agrees(test, value)) return true;
    for (; value.size() >= 2; value = value.subspan(2)) {
        if (agrees(test, value.first(2))) return true;
    }
    return false;
}

} // namespace

bool holds(const ClassTest& test, const wire::Message& message, const Client& client)
{
    const auto bytes_of = [](std::span<const std::uint8_t> octets) { return std::as_bytes(octets); };
    switch (test.subject) {
    case ClassTest::Subject::hardware: return client.hardware.length > 0 && agrees(test, bytes_of(client.hardware.bytes()));
    case ClassTest::Subject::circuit_id:
        return !client.relay.circuit_id.empty() && agrees(test, bytes_of(client.relay.circuit_id));
    case ClassTest::Subject::remote_id: return !client.relay.remote_id.empty() && agrees(test, bytes_of(client.relay.remote_id));
    case ClassTest::Subject::option: break;
    }
    const auto value = message.options.find(test.code);
    if (!value) return false;
    if (test.code == wire::option::user_class) return any_user_class(test, *value);
    if (test.code == kClientArchitecture) return any_architecture(test, *value);
    return agrees(test, *value);
}

ClientClasses::ClientClasses(const Config& config) : config_{&config}
{
    sheets_.reserve(config.classes.size());
    for (const ClientClass& each : config.classes)
        append_told_hosts(sheets_.emplace_back(each.options), told_hosts_);
    std::ranges::sort(told_hosts_);
    told_hosts_.erase(std::unique(told_hosts_.begin(), told_hosts_.end()), told_hosts_.end());
}

void ClientClasses::match(const wire::Message& message, const Client& client, std::vector<std::uint16_t>& found) const
{
    found.clear();
    for (std::size_t i = 0; i < config_->classes.size(); ++i) {
        const auto& tests = config_->classes[i].tests;
        const bool member = std::ranges::all_of(tests, [&](const ClassTest& test) { return holds(test, message, client); });
        if (member) found.push_back(static_cast<std::uint16_t>(i));
    }
}

std::uint16_t ClientClasses::index_of(std::string_view name) const
{
    const auto at = std::ranges::find(config_->classes, name, &ClientClass::name);
    return at == config_->classes.end() ? kNone : static_cast<std::uint16_t>(at - config_->classes.begin());
}

} // namespace dorascope::server
