// SPDX-License-Identifier: GPL-3.0-or-later
// Times of nothing, which other servers take for "none": no lease here is of no seconds.
#include "engine/interchange/configs.h"

#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

struct Imported {
    ConfigFormat format;
    std::string_view text;
};

TEST(ImportedTimes, OfNothingAreTheLeastOrTheUsualOnes)
{
    const Imported files[] = {
        {ConfigFormat::isc,
         "min-lease-time 0;\noption dhcp-renewal-time 0;\n"
         "class \"guests\" { match if option vendor-class-identifier = \"guest\"; min-lease-time 0; }\n"
         "subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.10 10.0.0.20; }\n"},
        {ConfigFormat::kea,
         R"({"Dhcp4": {"valid-lifetime": 3600, "min-valid-lifetime": 0, "renew-timer": 0, "client-classes": [
            {"name": "guests", "test": "option[60].hex == 'guest'", "valid-lifetime": 600, "min-valid-lifetime": 0}],
            "subnet4": [{"id": 1, "subnet": "10.0.0.0/24", "pools": [{"pool": "10.0.0.10 - 10.0.0.20"}]}]}})"},
    };
    for (const auto& [format, text] : files) {
        const auto imported = import_config(text, format);
        ASSERT_TRUE(imported) << imported.error().problem;
        for (const auto& error : server::validate(imported->config))
            ADD_FAILURE() << to_string(format) << ", " << error.key << ": " << error.problem;
        ASSERT_EQ(imported->config.subnets.size(), 1U);
        EXPECT_EQ(imported->config.subnets[0].min_lease_seconds, 1U);
        EXPECT_FALSE(imported->config.subnets[0].renewal_seconds);
        ASSERT_EQ(imported->config.classes.size(), 1U);
        EXPECT_EQ(imported->config.classes[0].min_lease_seconds, 1U);
    }
}

} // namespace
} // namespace dorascope::interchange
