// SPDX-License-Identifier: GPL-3.0-or-later
// Classes, and the pools that are kept for them.
#include "engine/server/validation.h"

#include "engine/wire/message.h"
#include "engine/wire/nearest_name.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::server {

namespace {

constexpr std::size_t kMaxClasses = 1024; ///< each message is compared with all of them
constexpr std::size_t kMostListed = 8, kLongestName = 255;

/// A test that can never hold, or says nothing.
void check_test(Findings& found, const ClassTest& test, const std::string& where)
{
    const bool option = test.subject == ClassTest::Subject::option;
    if (option && (test.code == wire::option::pad || test.code == wire::option::end)) {
        found.add(where, fmt::format("{} is no option's code", test.code), "1 to 254");
    }
    std::size_t octets = test.data.size(), least = octets;
    for (const auto& other : test.alternatives) {
        octets = std::max(octets, other.size());
        least = std::min(least, other.size());
    }
    if (least == 0 && (test.offset > 0 || test.anywhere))
        found.add(where, "looks for octets without saying which", "add text or hex");
    if (test.prefix && test.anywhere)
        found.add(where, "looks for octets at the beginning and anywhere", "one of prefix and anywhere");
    octets += test.offset;
    const bool hardware = test.subject == ClassTest::Subject::hardware;
    const std::size_t most = hardware ? HardwareAddress::kMaxLength : option ? 0xffffU : 255U;
    if (octets > most) {
        found.add(where, fmt::format("{} octets are more than there can be, {}", octets, most));
    }
}

/// Of what the class itself says; what it leaves to the subnet gives way.
void check_times(Findings& found, const ClientClass& each, const std::string& key)
{
    if (each.lease_seconds == 0U) found.add(key + ".lease_time", "a lease of 0 seconds is none", "lease_time = 3600");
    if (each.min_lease_seconds == 0U) found.add(key + ".min_lease_time", "a lease of 0 seconds is none", "min_lease_time = 60");
    if (each.max_lease_seconds == 0U) found.add(key + ".max_lease_time", "a lease of 0 seconds is none", "86400");
    const auto least = each.min_lease_seconds.value_or(0), most = each.max_lease_seconds.value_or(kInfiniteSeconds);
    if (least > most) {
        found.add(key + ".min_lease_time", fmt::format("{} is more than max_lease_time, {}", least, most));
    } else if (each.lease_seconds && (*each.lease_seconds < least || *each.lease_seconds > most)) {
        const bool short_of = *each.lease_seconds < least;
        found.add(key + ".lease_time",
                  fmt::format("{} is {} than {}, {}", *each.lease_seconds, short_of ? "less" : "more",
                              short_of ? "min_lease_time" : "max_lease_time", short_of ? least : most));
    }
}

void check_class(Findings& found, std::size_t i)
{
    const ClientClass& each = found.config.classes[i];
    const std::string key = fmt::format("class[{}]", i);
    if (each.name.empty()) found.add(key + ".name", "a class needs a name");
    if (each.name.size() > kLongestName)
        found.add(key + ".name", fmt::format("has {} octets, and a name at most {}", each.name.size(), kLongestName));
    const std::size_t first = found.class_named.at(each.name);
    if (!each.name.empty() && first != i)
        found.add(key + ".name", fmt::format("\"{}\" is the name of class[{}] already", each.name, first));
    if (each.tests.empty()) {
        found.add(key, "says nothing about who belongs to it", "vendor_class, user_class, architecture, mac_prefix or match");
    }
    for (const ClassTest& test : each.tests)
        check_test(found, test, key);
    check_options(found, each.options, key);
    check_times(found, each, key);
}

} // namespace

void check_classes(Findings& found)
{
    const auto& classes = found.config.classes;
    if (classes.size() > kMaxClasses) found.add("class", fmt::format("{} classes are more than {}", classes.size(), kMaxClasses));
    for (std::size_t i = 0; i < classes.size() && i < kMaxClasses; ++i)
        check_class(found, i);
}

std::string class_suggestion(const Config& config, std::string_view name)
{
    if (config.classes.empty()) return "add a [[class]] of that name";
    std::vector<std::string_view> names;
    for (const ClientClass& each : config.classes)
        if (names.size() < kMaxClasses && each.name.size() <= kLongestName) names.push_back(each.name);
    if (const auto nearest = nearest_name(name, names)) return fmt::format("did you mean {}?", *nearest);
    const bool some = names.size() > kMostListed;
    if (some) names.resize(kMostListed);
    return fmt::format("there is {}{}", fmt::join(names, ", "), some ? " and others" : "");
}

} // namespace dorascope::server
