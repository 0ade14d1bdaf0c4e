// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/nearest_name.h"

#include <array>
#include <gtest/gtest.h>
#include <string>

namespace dorascope {
namespace {

TEST(NearestName, IsWhatWasMeant)
{
    constexpr std::array<std::string_view, 8> names{"lease_time", "min_lease_time", "router", "dns",
                                                    "base_time",  "three-clients",  "office", "rogue"};
    EXPECT_EQ(nearest_name("leese_time", names), "lease_time");
    EXPECT_EQ(nearest_name("lease_tim", names), "lease_time") << "one letter, though base_time is as long";
    EXPECT_EQ(nearest_name("routers", names), "router");
    EXPECT_EQ(nearest_name("lease", names), "lease_time");
    EXPECT_EQ(nearest_name("three", names), "three-clients") << "a word broken off";
    EXPECT_EQ(nearest_name("dsn", names), "dns");
    EXPECT_EQ(nearest_name("rouge", names), "rogue");
    EXPECT_EQ(nearest_name("offfice", names), "office");
}

TEST(NearestName, IsNothingWhereNoneIsNear)
{
    constexpr std::array<std::string_view, 4> names{"lease_time", "min_lease_time", "router", "dns"};
    EXPECT_EQ(nearest_name("bootfile", names), std::nullopt);
    EXPECT_EQ(nearest_name("", names), std::nullopt);
    EXPECT_EQ(nearest_name(std::string(100000, 'x'), names), std::nullopt);
    EXPECT_EQ(nearest_name("dns", {}), std::nullopt);
}

TEST(NearestName, AThirdAndOneLetterMayBeWrong)
{
    constexpr std::array<std::string_view, 1> names{"abcdef"};
    EXPECT_EQ(nearest_name("abcxyz", names), "abcdef");
    EXPECT_EQ(nearest_name("abwxyz", names), std::nullopt);
}

TEST(NearestName, OfTwoThatItBeginsIsTheNearerOne)
{
    constexpr std::array<std::string_view, 3> names{"domain_name_servers", "domain_search", "domain_name"};
    EXPECT_EQ(nearest_name("domain_searc", names), "domain_search");
    EXPECT_EQ(nearest_name("domain_nam", names), "domain_name");
}

TEST(EditDistance, CountsWhatAPersonGetsWrong)
{
    EXPECT_EQ(edit_distance("rouge", "rogue"), 1U) << "neighbours swapped are one mistake";
    EXPECT_EQ(edit_distance("abc", "abc"), 0U);
    EXPECT_EQ(edit_distance("abc", "ac"), 1U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
}

} // namespace
} // namespace dorascope
